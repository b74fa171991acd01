"""removed.txt: the names that left with this release, `name<TAB>cause<TAB>reason`; whoever applies changes needs them said, not just missing."""

from blocklist.content import CANARY, Content, Gone, Listed
from blocklist.formats.plain import checked, in_order, joined, lines_of, nothing
from casefile.plaintext import inert
from casefile.records import Cause, Scope

NAME = "removed.txt"
left_out = nothing
CAUSES = (*(cause.value for cause in Cause), CANARY)


def write(content: Content) -> bytes:
    """Name, cause and reason, tabs between."""
    return joined(f"{one.name}\t{one.cause}\t{inert(one.reason)}" for one in content.gone)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names; raises `ValueError`."""
    return in_order([Listed(one.name, Scope.EXACT) for one in read_gone(data)])


def read_gone(data: bytes) -> tuple[Gone, ...]:
    """Names and reasons; raises `ValueError` naming the line."""
    return tuple(_gone(line, number) for number, line in enumerate(lines_of(data), 1))


def view(content: Content) -> tuple[Listed, ...]:
    """The names that left."""
    return tuple(Listed(one.name, Scope.EXACT) for one in content.gone)


def _gone(line: str, number: int) -> Gone:
    name, cause, reason = [*line.split("\t"), "", ""][:3]
    if line.count("\t") != 2 or cause not in CAUSES or not reason or inert(reason) != reason:
        raise ValueError(f"line {number}: wants a name, a cause ({', '.join(CAUSES)}) and a reason in plain text, tabs between")
    return Gone(name=checked(name, number), cause=cause, reason=reason)
