"""wildcards.txt: one name a line, and `*.name` after it where its subdomains are covered. No comment: scripts read it as bare names."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import everything, joined, lines_of, nothing, read_blocks
from casefile.records import Scope

NAME = "wildcards.txt"
left_out = nothing
view = everything


def write(content: Content) -> bytes:
    """`name`, and `*.name` where subdomains are covered."""
    return joined(line for one in content.listed for line in _written(one))


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return read_blocks(lines_of(data), 0, _written, str)


def _written(one: Listed) -> tuple[str, ...]:
    return (one.name, f"*.{one.name}") if one.scope is Scope.SUBDOMAINS else (one.name,)
