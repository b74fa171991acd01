"""hosts.txt: a hosts file. Two lines a name, since without the `::` line the true AAAA record leaks. It cannot cover subdomains."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import names_alone, nothing, read_stamped, stamped
from casefile.records import Scope

NAME = "hosts.txt"
left_out = nothing
view = names_alone


def write(content: Content) -> bytes:
    """`0.0.0.0 name` and `:: name` for every name."""
    return stamped(content, content.listed, _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names, all as exact; raises `ValueError` where a pair is torn."""
    return read_stamped(data, _written, lambda line: line.removeprefix("0.0.0.0 "), scopes=(Scope.EXACT,))


def _written(one: Listed) -> tuple[str, ...]:
    return f"0.0.0.0 {one.name}", f":: {one.name}"
