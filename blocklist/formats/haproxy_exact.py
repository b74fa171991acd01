"""haproxy-exact.txt: for `-m str -f` of HAProxy, every name as it is. Goes with haproxy-suffix.txt, and blocks nothing under a name without it."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import names_alone, nothing, read_stamped, stamped
from casefile.records import Scope

NAME = "haproxy-exact.txt"
left_out = nothing
view = names_alone


def write(content: Content) -> bytes:
    """One name a line."""
    return stamped(content, content.listed, _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names, all as exact; raises `ValueError`."""
    return read_stamped(data, _written, str, scopes=(Scope.EXACT,))


def _written(one: Listed) -> tuple[str, ...]:
    return (one.name,)
