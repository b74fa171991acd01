"""added.txt: the names that are new in this release, one a line."""

from blocklist.content import Content, Listed
from blocklist.formats.domains import read as read
from blocklist.formats.plain import joined
from casefile.records import Scope

NAME = "added.txt"


def write(content: Content) -> bytes:
    """One name a line."""
    return joined(one.name for one in view(content))


def view(content: Content) -> tuple[Listed, ...]:
    """The names that this serial listed, without their scope."""
    return tuple(Listed(line.name, Scope.EXACT) for line in content.lines if line.since == content.serial)
