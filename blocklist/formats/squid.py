"""squid.txt: for a `dstdomain` list of Squid, `.name` where subdomains are covered, else `name`.

A name under one that covers it is left to that one: Squid does not start on such a pair.
"""

from blocklist.content import Content, Listed
from blocklist.formats.plain import nothing, pruned, read_stamped, stamped
from casefile.records import Scope

NAME = "squid.txt"
left_out = nothing
view = pruned


def write(content: Content) -> bytes:
    """`.name` or `name`."""
    return stamped(content, content.pruned, _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return read_stamped(data, _written, lambda line: line.removeprefix("."))


def _written(one: Listed) -> tuple[str, ...]:
    return (f".{one.name}" if one.scope is Scope.SUBDOMAINS else one.name,)
