"""entries.json: the canonical list, a JSON array with one entry a line; every other file follows from it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

from blocklist.content import CANARY, ENTRY, Content, Line, Listed, moment_of
from blocklist.formats.jsonrows import NAME as HOST
from blocklist.formats.jsonrows import SERIAL, TEXT, TIME, fullmatch, rows_file, rows_of, text_in
from blocklist.formats.plain import everything, in_order, listed, nothing
from casefile.records import Scope

NAME = "entries.json"
left_out = nothing
view = everything
NONE = b"[]\n"

ROW = re.compile(
    rf'\{{"name":"({HOST})","unicode_name":"({TEXT})","scope":"({"|".join(scope.value for scope in Scope)})","kind":"({ENTRY}|{CANARY})",'
    rf'"family":"({TEXT})","reason":"({TEXT})","legal_act":"({TEXT})","listed_at":"({TIME}Z)","expires_at":"({TIME}Z)","since":({SERIAL}),"changed":({SERIAL})\}}'
)


def write(content: Content) -> bytes:
    """The array; keys in the order of `Line`."""
    return write_lines(content.lines)


def write_lines(lines: Sequence[Line]) -> bytes:
    """The array of these lines: whoever has the last list and applies changes to it writes the same file with this."""
    return array(map(line_text, lines)) if lines else NONE


def array(items: Iterable[str]) -> bytes:
    """A JSON array with one item a line, one at least."""
    return rows_file("[", items, "]")


def line_text(line: Line) -> str:
    """One entry as JSON; by hand, since a list of 100,000 is written four times faster so."""
    return (
        f'{{"name":{quoted(line.name)},"unicode_name":{quoted(line.unicode_name)},"scope":{quoted(line.scope)},"kind":{quoted(line.kind)},'
        f'"family":{quoted(line.family)},"reason":{quoted(line.reason)},"legal_act":{quoted(line.legal_act)},'
        f'"listed_at":{quoted(line.listed_at)},"expires_at":{quoted(line.expires_at)},"since":{line.since},"changed":{line.changed}}}'
    )


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return in_order([_checked(row, number)[0] for number, row in _rows(data)])


def read_lines(data: bytes) -> tuple[Line, ...]:
    """The whole entries; raises `ValueError` naming the line."""
    lines = tuple([line_in(row, number) for number, row in _rows(data)])
    in_order([line.listed for line in lines])
    return lines


def line_in(row: str, number: int) -> Line:
    """The entry in a row; raises `ValueError` naming it by its line number."""
    one, parts = _checked(row, number)
    _, unicode_name, scope, kind, family, reason, act, listed_at, expires_at, since, changed = parts
    return Line(
        name=one.name,
        unicode_name=text_in(unicode_name, number),
        scope=scope,
        kind=kind,
        family=text_in(family, number),
        reason=text_in(reason, number),
        legal_act=text_in(act, number),
        listed_at=listed_at,
        expires_at=expires_at,
        since=int(since),
        changed=int(changed),
    )


def check_times(listed_at: str, expires_at: str, number: int) -> None:
    """Raises `ValueError` where one is no time, or the end is not after the begin."""
    if _moment(listed_at) >= _moment(expires_at):
        raise ValueError(f"line {number}: expires before it is listed")


def _rows(data: bytes) -> Iterator[tuple[int, str]]:
    """The rows with their line numbers."""
    if data == NONE:
        return
    rows = rows_of(data, "]")
    if next(rows) != "[":
        raise ValueError("not a JSON array with one entry a line")
    yield from enumerate(rows, 2)


def _checked(row: str, number: int) -> tuple[Listed, tuple[str, ...]]:
    """The name and all parts of a row."""
    parts = fullmatch(ROW, row, number, "an entry").groups()
    one = listed(parts[0], Scope.EXACT if parts[2] == Scope.EXACT.value else Scope.SUBDOMAINS, number)
    check_times(parts[7], parts[8], number)
    if "\\" in row:
        for text in (parts[1], *parts[4:7]):
            text_in(text, number)
    return one, parts


@lru_cache(maxsize=4096)
def _moment(text: str) -> str:
    """`text`, which as a time in its normal form sorts as times do; remembered, since a night's entries share theirs."""
    moment_of(text)
    return text
