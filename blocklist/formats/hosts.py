"""hosts.txt: a hosts file. Two lines a name, since without the `::` line the true AAAA record leaks. It cannot cover subdomains."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import checked, in_order, joined, lines_of
from casefile.records import Scope

NAME = "hosts.txt"
SINKS = ("0.0.0.0", "::")  # noqa: S104 - written into a file, never bound


def write(content: Content) -> bytes:
    """`0.0.0.0 name` and `:: name` for every name."""
    return joined(f"{address} {line.name}" for line in content.lines for address in SINKS)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names, all as exact; raises `ValueError` where a pair is torn."""
    lines = lines_of(data)
    found = []
    for number in range(0, len(lines), 2):
        name = checked(lines[number].removeprefix("0.0.0.0 "), number + 1)
        if lines[number : number + 2] != [f"0.0.0.0 {name}", f":: {name}"]:
            raise ValueError(f"line {number + 1}: wants 0.0.0.0 and :: for {name}")
        found.append(Listed(name, Scope.EXACT))
    return in_order(found)


def view(content: Content) -> tuple[Listed, ...]:
    """Every name, without its scope."""
    return tuple(Listed(line.name, Scope.EXACT) for line in content.lines)
