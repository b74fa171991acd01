"""unbound.conf: local zones for Unbound, to be included from its configuration (`include:`), for those who load no policy zone.

`always_nxdomain` covers what lies under a name, so an exact name is a `transparent` zone with one harmless record: Unbound then answers every other type of
that name with no data, and resolves what lies under it. A name under one that covers it is left to that one: its own zone would let what lies under it through.
Names of the greatest length load.
"""

from blocklist.content import Content, Listed
from blocklist.formats.plain import nothing, pruned, read_stamped, stamped
from casefile.records import Scope

NAME = "unbound.conf"
left_out = nothing
view = pruned
HEAD = ("server:",)


def write(content: Content) -> bytes:
    """`server:` once, then the zones."""
    return stamped(content, content.pruned, _written, HEAD)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return read_stamped(data, _written, lambda line: line.partition('"')[2].partition('."')[0], HEAD)


def _written(one: Listed) -> tuple[str, ...]:
    name, scope = one
    if scope is Scope.SUBDOMAINS:
        return (f'local-zone: "{name}." always_nxdomain',)
    return f'local-zone: "{name}." transparent', f"local-data: '{name}. 300 IN TXT blocked'"
