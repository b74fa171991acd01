"""nginx.map: to be included in a `map` with `hostnames` of nginx. `.name 1;` is a name and all under it, `name 1;` is the name alone.

Long names need `map_hash_bucket_size 512`, and many `map_hash_max_size 524288`.
"""

from blocklist.content import Content, Listed
from blocklist.formats.plain import everything, nothing, read_stamped, stamped
from casefile.records import Scope

NAME = "nginx.map"
left_out = nothing
view = everything


def write(content: Content) -> bytes:
    """`.name 1;` or `name 1;`."""
    return stamped(content, content.listed, _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return read_stamped(data, _written, lambda line: line.removeprefix(".").removesuffix(" 1;"))


def _written(one: Listed) -> tuple[str, ...]:
    return (f".{one.name} 1;" if one.scope is Scope.SUBDOMAINS else f"{one.name} 1;",)
