"""dnsmasq-redirect.conf: as dnsmasq.conf, but sends visitors to the block page's address.

`address=/name/IP` alone leaks the true AAAA record; with `local=/name/` beside it every other type is answered with no data.
"""

from ipaddress import IPv4Address

from blocklist.content import Content, Listed
from blocklist.formats.dnsmasq import below_goes_on
from blocklist.formats.plain import lines_of, nothing, pruned, read_stamped, stamped

NAME = "dnsmasq-redirect.conf"
left_out = nothing
view = pruned


def write(content: Content) -> bytes:
    """`local=/name/`, `address=/name/IP`, and `server=/*.name/#` after an exact name."""
    return stamped(content, content.pruned, lambda one: _written(one, content.block_address))


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError` unless all lines have the same IPv4 address."""
    lines = lines_of(data)
    address = lines[2].rpartition("/")[2] if len(lines) > 2 else "0.0.0.0"  # noqa: S104 - of a file without names; read, never bound
    if str(IPv4Address(address)) != address:
        raise ValueError("line 3: wants an IPv4 address after the name")
    return read_stamped(data, lambda one: _written(one, address), lambda line: line.removeprefix("local=/").removesuffix("/"))


def _written(one: Listed, address: str) -> tuple[str, ...]:
    return f"local=/{one.name}/", f"address=/{one.name}/{address}", *below_goes_on(one)
