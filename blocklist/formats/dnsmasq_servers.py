"""dnsmasq-servers.conf: for `servers-file=` of dnsmasq 2.86 or later, which reads that file again on SIGHUP; it answers NXDOMAIN.

That file takes `server=` lines only; `server=/name/` is the same as `local=/name/` in dnsmasq.conf.
"""

from blocklist.content import Content, Listed
from blocklist.formats.dnsmasq import below_goes_on
from blocklist.formats.plain import nothing, pruned, read_stamped, stamped

NAME = "dnsmasq-servers.conf"
left_out = nothing
view = pruned


def write(content: Content) -> bytes:
    """`server=/name/`, and `server=/*.name/#` after an exact name."""
    return stamped(content, content.pruned, _written)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    return read_stamped(data, _written, lambda line: line.removeprefix("server=/").removesuffix("/"))


def _written(one: Listed) -> tuple[str, ...]:
    return f"server=/{one.name}/", *below_goes_on(one)
