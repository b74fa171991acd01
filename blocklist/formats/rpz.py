"""rpz.zone: a response policy zone that answers NXDOMAIN (BIND, Unbound, PowerDNS Recursor, Knot Resolver).

Owners are relative and without a trailing dot: an absolute owner is out of the zone, and kept Unbound from starting and PowerDNS from loading. A name
that with the zone's name is over 255 octets kills the zone in three of the four, so it is left out and the manifest names it. A name under another
that covers its subdomains is left out too: `ok.p` beside `*.p` would make BIND and Unbound answer `y.ok.p`. TTL 300 is what an unlisting takes.
"""

import re

from blocklist.content import Content, Listed
from blocklist.formats.plain import checked, in_order, joined, lines_of
from casefile.records import Scope

NAME = "rpz.zone"
LONGEST_WIRE = 255
"""Octets of an owner on the wire, length octets and root included (RFC 1035)."""

HEAD = (
    "$TTL 300",
    "@ IN SOA localhost. hostmaster.localhost. {serial} 900 300 604800 300",
    "@ IN NS localhost.",
)
SOA = re.compile(r"@ IN SOA localhost\. hostmaster\.localhost\. [0-9]{1,10} 900 300 604800 300")


def write(content: Content) -> bytes:
    """The zone: `name CNAME .`, and `*.name CNAME .` where subdomains are covered."""
    records = [f"{owner} CNAME ." for one in view(content) for owner in _owners(one)]
    return joined([*(line.format(serial=content.serial) for line in HEAD), *records])


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError` for anything but what `write` writes."""
    lines = lines_of(data)
    if len(lines) < 3 or lines[0] != HEAD[0] or not SOA.fullmatch(lines[1]) or lines[2] != HEAD[2]:
        raise ValueError("the zone must begin with $TTL, SOA and NS")
    found: list[Listed] = []
    for number, line in enumerate(lines[3:], 4):
        owner = line.removesuffix(" CNAME .")
        if owner == line:
            raise ValueError(f"line {number}: not a CNAME to the root")
        if found and owner == f"*.{found[-1].name}" and found[-1].scope is Scope.EXACT:
            found[-1] = Listed(found[-1].name, Scope.SUBDOMAINS)
        else:
            found.append(Listed(checked(owner, number), Scope.EXACT))
    return in_order(found)


def view(content: Content) -> tuple[Listed, ...]:
    """Names and scopes without those too long for the zone and those that another covers already."""
    covering = {one.name for one in content.listed if one.scope is Scope.SUBDOMAINS and fits(one, content.origin)}
    return tuple(one for one in content.listed if fits(one, content.origin) and not _covered(one.name, covering))


def too_long(content: Content) -> tuple[str, ...]:
    """The names that the zone cannot hold."""
    return tuple(one.name for one in content.listed if not fits(one, content.origin))


def fits(one: Listed, origin: str) -> bool:
    """Whether every owner of the name, with the zone's name behind it, is within 255 octets on the wire."""
    return all(len(f"{owner}.{origin}") + 2 <= LONGEST_WIRE for owner in _owners(one))


def _owners(one: Listed) -> tuple[str, ...]:
    return (one.name, f"*.{one.name}") if one.scope is Scope.SUBDOMAINS else (one.name,)


def _covered(name: str, covering: set[str]) -> bool:
    while "." in name:
        name = name.partition(".")[2]
        if name in covering:
            return True
    return False
