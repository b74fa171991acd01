"""entries.csv: the list for spreadsheets; nothing in a cell computes."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from io import BytesIO, TextIOWrapper
from itertools import chain

from blocklist.content import CANARY, ENTRY, Content, Line, Listed
from blocklist.formats.entries_json import check_times
from blocklist.formats.jsonrows import SERIAL, TIME
from blocklist.formats.plain import everything, in_order, lines_of, listed, nothing
from casefile.plaintext import inert_cell
from casefile.records import Scope

NAME = "entries.csv"
left_out = nothing
view = everything
COLUMNS = [field.name for field in fields(Line)]
SCOPES = {scope.value: scope for scope in Scope}
END = re.compile(rf"({TIME}Z),({TIME}Z),{SERIAL},{SERIAL}")
"""The last four cells of a line, which are never quoted."""


def write(content: Content) -> bytes:
    """A head line and one line an entry; quoting by the csv module, cells made inert."""
    return _table(chain([COLUMNS], (_cells(line) for line in content.lines)))


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    found: list[Listed] = []
    try:
        again = _table(_checked(csv.reader(lines_of(data), strict=True), found))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if not again or again != data:
        raise ValueError("not written as a table is (head line, quotes, blank lines)")
    return in_order(found)


def _table(rows: Iterable[Sequence[str | int]]) -> bytes:
    """The rows as a table, encoded as they come."""
    whole = BytesIO()
    with TextIOWrapper(whole, "utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows(rows)
        text.flush()
        return whole.getvalue()


def _checked(rows: Iterable[list[str]], found: list[Listed]) -> Iterator[list[str]]:
    """The rows again, checked, with the name in each put into `found`; raises `ValueError` naming the line."""
    for number, row in enumerate(rows, 1):
        if number > 1:
            found.append(_listed(row, number))
        elif row != COLUMNS:
            raise ValueError(f"the first line must be {','.join(COLUMNS)}")
        yield row


def _cells(line: Line) -> tuple[str | int, ...]:
    texts = (_inert(text) for text in (line.family, line.reason, line.legal_act))
    ends = (line.listed_at, line.expires_at, line.since, line.changed)
    return _inert(line.name), _inert(line.unicode_name), line.scope, line.kind, *texts, *ends


def _inert(text: str) -> str:
    """A cell in which nothing computes; most begin with a letter or a figure and need no second look."""
    return text if text[:1].isalnum() and text.isprintable() else inert_cell(text)


def _listed(row: list[str], number: int) -> Listed:
    if len(row) != len(COLUMNS):
        raise ValueError(f"line {number}: wants {len(COLUMNS)} fields")
    for cell in (row[1], *row[4:7]):  # the others are compared with what they can be
        if _inert(cell) != cell:
            raise ValueError(f"line {number}: a cell that a spreadsheet would compute")
    end = END.fullmatch(",".join(row[7:]))
    if end is None or row[3] not in (ENTRY, CANARY) or row[2] not in SCOPES:
        raise ValueError(f"line {number}: scope, kind, times or serials are not written as they are here")
    check_times(row[7], row[8], number)
    return listed(row[0], SCOPES[row[2]], number)
