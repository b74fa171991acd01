"""domains.txt: one name a line, nothing else. It does not say which names cover their subdomains."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import checked, in_order, joined, lines_of
from casefile.records import Scope

NAME = "domains.txt"


def write(content: Content) -> bytes:
    """One name a line."""
    return joined(line.name for line in content.lines)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names, all as exact; raises `ValueError`."""
    return in_order([Listed(checked(line, number), Scope.EXACT) for number, line in enumerate(lines_of(data), 1)])


def view(content: Content) -> tuple[Listed, ...]:
    """Every name, without its scope."""
    return tuple(Listed(line.name, Scope.EXACT) for line in content.lines)
