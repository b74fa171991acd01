"""haproxy-suffix.txt: for `-m end -f` of HAProxy, `.name` of the names that cover their subdomains. Goes with haproxy-exact.txt.

Never use `-m dom` with either: it also blocks `name.evil.example`.
"""

from blocklist.content import Content, Listed
from blocklist.formats.plain import nothing, read_stamped, stamped
from casefile.records import Scope

NAME = "haproxy-suffix.txt"
left_out = nothing


def write(content: Content) -> bytes:
    """`.name`, one a line."""
    return stamped(content, view(content), _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names that cover their subdomains; raises `ValueError`."""
    return read_stamped(data, _written, lambda line: line.removeprefix("."), scopes=(Scope.SUBDOMAINS,))


def view(content: Content) -> tuple[Listed, ...]:
    """The names that cover their subdomains."""
    return tuple(one for one in content.listed if one.scope is Scope.SUBDOMAINS)


def _written(one: Listed) -> tuple[str, ...]:
    return (f".{one.name}",)
