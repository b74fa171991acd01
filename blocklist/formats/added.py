"""added.txt: the names that are new in this release, one a line and nothing else."""

from blocklist.content import Content, Listed
from blocklist.formats.domains import read as read
from blocklist.formats.plain import joined, nothing
from casefile.records import Scope

NAME = "added.txt"
left_out = nothing


def write(content: Content) -> bytes:
    """One name a line."""
    return joined(line.name for line in content.added)


def view(content: Content) -> tuple[Listed, ...]:
    """The names that this serial listed, without their scope."""
    return tuple(Listed(line.name, Scope.EXACT) for line in content.added)
