"""dnsmasq.conf: for `conf-file=` of dnsmasq 2.86 or later; it answers NXDOMAIN. Read again only when dnsmasq starts.

`local=/name/` covers what lies under a name, so of an exact name `server=/*.name/#` gives that back to the usual servers (the star means one label or more there).
A name under one that covers it is left to that one. Names of the greatest length load.
"""

from blocklist.content import Content, Listed
from blocklist.formats.plain import nothing, pruned, read_stamped, stamped
from casefile.records import Scope

NAME = "dnsmasq.conf"
left_out = nothing
view = pruned


def write(content: Content) -> bytes:
    """`local=/name/`, and `server=/*.name/#` after an exact name."""
    return stamped(content, content.pruned, _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return read_stamped(data, _written, lambda line: line.removeprefix("local=/").removesuffix("/"))


def below_goes_on(one: Listed) -> tuple[str, ...]:
    """What lets the names under an exact name resolve."""
    return () if one.scope is Scope.SUBDOMAINS else (f"server=/*.{one.name}/#",)


def _written(one: Listed) -> tuple[str, ...]:
    return f"local=/{one.name}/", *below_goes_on(one)
