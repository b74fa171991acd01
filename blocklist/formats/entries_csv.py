"""entries.csv: the list for spreadsheets; nothing in a cell computes."""

import csv
import io
from dataclasses import astuple, fields

from blocklist.content import Content, Line, Listed
from blocklist.formats.plain import checked, in_order, lines_of
from casefile.plaintext import inert_cell
from casefile.records import Scope

NAME = "entries.csv"
COLUMNS = [field.name for field in fields(Line)]


def write(content: Content) -> bytes:
    """A head line and one line an entry; quoting by the csv module, cells made inert."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([inert_cell(str(cell)) for cell in astuple(line)] for line in content.lines)
    return text.getvalue().encode("utf-8")


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    lines_of(data)
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if not rows or rows[0] != COLUMNS:
        raise ValueError(f"the first line must be {','.join(COLUMNS)}")
    return in_order([_listed(row, number) for number, row in enumerate(rows[1:], 2)])


def view(content: Content) -> tuple[Listed, ...]:
    """Everything."""
    return content.listed


def _listed(row: list[str], number: int) -> Listed:
    if len(row) != len(COLUMNS):
        raise ValueError(f"line {number}: wants {len(COLUMNS)} fields")
    for cell in row:
        if inert_cell(cell) != cell:
            raise ValueError(f"line {number}: a cell that a spreadsheet would compute")
    return Listed(checked(row[COLUMNS.index("name")], number), Scope(row[COLUMNS.index("scope")]))
