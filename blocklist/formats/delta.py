"""delta-{previous}-{serial}.json: what changed since the previous release. Applied to that one's entries it gives this one's, to the byte of `entries.json`.

`added` holds the new entries in full, `changed` those that stood before and say something else now (another end, another scope), `removed` the names that left, with cause and
reason. The first release's delta begins at 0, which is the empty list. Whoever applies one checks the outcome against the digest of `entries.json` in the manifest.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as quoted

from blocklist.content import Content, Gone, Line, Listed, moment_of
from blocklist.formats.entries_json import line_in, line_text
from blocklist.formats.jsonrows import NAME as HOST
from blocklist.formats.jsonrows import SERIAL, TEXT, TIME, check_inert, fullmatch, text_in
from blocklist.formats.plain import checked, in_order, lines_of, nothing
from blocklist.formats.removed import CAUSES
from casefile.plaintext import inert
from casefile.records import Scope

NAME = "delta-{previous}-{serial}.json"
left_out = nothing
FORMAT = "mirrorwatch-delta-1"

HEAD = re.compile(rf'\{{"format":"{FORMAT}","old":(?P<old>{SERIAL}),"new":(?P<new>{SERIAL}),"made_at":"(?P<made_at>{TIME}Z)",')
REMOVAL = re.compile(rf'\{{"name":"({HOST})","cause":"({"|".join(CAUSES)})","reason":"({TEXT})"\}}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """From the list of serial `old` to that of `new`. All three parts are sorted by name."""

    old: int
    new: int
    made_at: str
    added: tuple[Line, ...]
    changed: tuple[Line, ...]
    removed: tuple[Gone, ...]


def write(content: Content) -> bytes:
    """A JSON object with one entry a line."""
    return _text(
        Delta(
            old=content.previous,
            new=content.serial,
            made_at=content.made_at,
            added=content.added,
            changed=content.altered,
            removed=tuple(Gone(name=one.name, cause=one.cause, reason=inert(one.reason)) for one in content.gone),
        )
    )


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes of what is new or changed; raises `ValueError`."""
    delta = read_delta(data)
    return _listed((*delta.added, *delta.changed))


def view(content: Content) -> tuple[Listed, ...]:
    """What is new or changed."""
    return _listed((*content.added, *content.altered))


def read_delta(data: bytes) -> Delta:
    """The whole delta; raises `ValueError` for anything that `write` would not write."""
    lines = lines_of(data)
    head = HEAD.fullmatch(lines[0] if lines else "")
    if head is None:
        raise ValueError(f"not a delta of the format {FORMAT}")
    moment_of(head["made_at"])
    parts = _parts(lines)
    delta = Delta(
        old=int(head["old"]),
        new=int(head["new"]),
        made_at=head["made_at"],
        added=tuple([line_in(row, number) for number, row in parts["added"]]),
        changed=tuple([line_in(row, number) for number, row in parts["changed"]]),
        removed=tuple([_gone(row, number) for number, row in parts["removed"]]),
    )
    _check(delta)
    if _text(delta) != data:
        raise ValueError("not written as a delta is (brackets, commas, escapes)")
    return delta


def apply_to(lines: Iterable[Line], delta: Delta) -> tuple[Line, ...]:
    """The entries of the release `delta.new`, sorted by name; `lines`: those of `delta.old`.

    A name may be new and stand in the old list too: it left and was listed again. Raises `ValueError` where the delta is of another list: it removes or changes a
    name that is not there.
    """
    now = {line.name: line for line in lines}
    for one in delta.removed:
        if now.pop(one.name, None) is None:
            raise ValueError(f"{one.name} leaves with serial {delta.new} but is not on this list: it is not the one of serial {delta.old}")
    for line in delta.changed:
        if line.name not in now:
            raise ValueError(
                f"{line.name} changes with serial {delta.new} but is not on this list: it is not the one of serial {delta.old}"
            )
    now |= {line.name: line for line in (*delta.changed, *delta.added)}
    return tuple(now[name] for name in sorted(now))


def _check(delta: Delta) -> None:
    """Raises `ValueError` where the serials go back, a name has two parts in it, or a line another serial."""
    if not delta.old < delta.new < 1 << 32:
        raise ValueError("the serials must be two numbers of 32 bits, the new one larger")
    for part in (delta.added, delta.changed, delta.removed):
        in_order([Listed(one.name, Scope.EXACT) for one in part])
    in_order(_listed((*delta.added, *delta.changed)))
    standing = {line.name for line in (*delta.added, *delta.changed)}
    for one in delta.removed:
        if one.name in standing:
            raise ValueError(f"{one.name} leaves and stands")
    for line in (*delta.added, *delta.changed):
        if line.changed != delta.new:
            raise ValueError(f"{line.name} did not change with serial {delta.new}")
    if any(line.since != delta.new for line in delta.added) or any(line.since == delta.new for line in delta.changed):
        raise ValueError("a line is new and changed at once")


def _listed(lines: Sequence[Line]) -> tuple[Listed, ...]:
    return tuple(line.listed for line in sorted(lines, key=lambda one: one.name))


def _parts(lines: list[str]) -> dict[str, list[tuple[int, str]]]:
    """The rows of each part with their line numbers; whether brackets and commas stand right is seen when the delta is written again."""
    parts: dict[str, list[tuple[int, str]]] = {"added": [], "changed": [], "removed": []}
    part = ""
    for number, line in enumerate(lines[1:], 2):
        if line.startswith('"'):
            part = line[1:].partition('"')[0]
        elif line.startswith("{") and part in parts:
            parts[part].append((number, line.removesuffix(",")))
    return parts


def _gone(row: str, number: int) -> Gone:
    name, cause, reason = fullmatch(REMOVAL, row, number, "a removal").groups()
    check_inert(reason, number)
    if not reason:
        raise ValueError(f"line {number}: a removal without a reason")
    return Gone(name=checked(name, number), cause=cause, reason=text_in(reason, number))


def _text(delta: Delta) -> bytes:
    parts = {
        "added": [line_text(line) for line in delta.added],
        "changed": [line_text(line) for line in delta.changed],
        "removed": [f'{{"name":{quoted(one.name)},"cause":{quoted(one.cause)},"reason":{quoted(one.reason)}}}' for one in delta.removed],
    }
    head = f'{{"format":{quoted(FORMAT)},"old":{delta.old},"new":{delta.new},"made_at":{quoted(delta.made_at)}'
    arrays = [f'"{name}":{_rows(rows)}' for name, rows in parts.items()]
    return (",\n".join([head, *arrays]) + "}\n").encode("ascii")


def _rows(rows: list[str]) -> str:
    return "[\n" + ",\n".join(rows) + "\n]" if rows else "[]"
