"""domains.txt: one name a line, nothing else, not even a comment. It does not say which names cover their subdomains."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import in_order, joined, lines_of, listed, names_alone, nothing
from casefile.records import Scope

NAME = "domains.txt"
left_out = nothing
view = names_alone


def write(content: Content) -> bytes:
    """One name a line."""
    return joined(line.name for line in content.lines)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names, all as exact; raises `ValueError`."""
    return in_order([listed(line, Scope.EXACT, number) for number, line in enumerate(lines_of(data), 1)])
