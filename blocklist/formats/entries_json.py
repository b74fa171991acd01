"""entries.json: the canonical list, a JSON array with one entry a line; every other file follows from it."""

import json
from dataclasses import asdict, fields

from blocklist.content import Content, Line, Listed, moment_of
from blocklist.formats.plain import checked, in_order, lines_of
from casefile.records import Scope

NAME = "entries.json"


def write(content: Content) -> bytes:
    """The array; keys in the order of `Line`."""
    return array([json.dumps(asdict(line), ensure_ascii=True, separators=(",", ":")) for line in content.lines])


def array(items: list[str]) -> bytes:
    """A JSON array with one item a line."""
    return (("[\n" + ",\n".join(items) + "\n]\n") if items else "[]\n").encode("ascii")


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return tuple(line.listed for line in read_lines(data))


def read_lines(data: bytes) -> tuple[Line, ...]:
    """The whole entries; raises `ValueError` naming the entry."""
    lines_of(data)
    found = json.loads(data)
    if not isinstance(found, list):
        raise ValueError("not a JSON array")  # noqa: TRY004 - a fault of the file, not of the program
    lines = tuple(_line(one, number) for number, one in enumerate(found, 1))
    in_order([line.listed for line in lines])
    return lines


def view(content: Content) -> tuple[Listed, ...]:
    """Everything."""
    return content.listed


def _line(found: object, number: int) -> Line:
    if not isinstance(found, dict) or list(found) != [field.name for field in fields(Line)]:
        raise ValueError(f"entry {number}: wants the keys {', '.join(field.name for field in fields(Line))}")
    for name, value in found.items():
        if type(value) is not (int if name == "since" else str):
            raise ValueError(f"entry {number}: {name} is of the wrong type")
    checked(found["name"], number)
    Scope(found["scope"])
    if moment_of(found["listed_at"]) >= moment_of(found["expires_at"]):
        raise ValueError(f"entry {number}: expires before it is listed")
    return Line(**found)
