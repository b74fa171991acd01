"""rpz.zone: a response policy zone that answers NXDOMAIN (BIND, Unbound, PowerDNS Recursor, Knot Resolver).

Owners are relative and without a trailing dot: an absolute owner is out of the zone, and kept Unbound from starting and PowerDNS from loading. A name
that with the zone's name is over 255 octets kills the zone in three of the four, so it is left out and the manifest names it. A name under another
that covers its subdomains is left out too: `ok.p` beside `*.p` would make BIND and Unbound answer `y.ok.p`. TTL 300 is what an unlisting takes. A secondary that
reaches nobody keeps the zone for 28 days (SOA expire): an old list is better than none.
"""

import re

from blocklist.content import Content, Listed, lies_under
from blocklist.formats.plain import check_stamp, joined, lines_of, read_blocks, stamp
from casefile.records import Scope

NAME = "rpz.zone"
LONGEST_WIRE = 255
"""Octets of an owner on the wire, length octets and root included (RFC 1035)."""

ROOT = "."
"""The target that means NXDOMAIN."""

HEAD = (
    "$TTL 300",
    "@ IN SOA localhost. hostmaster.localhost. {serial} 900 300 2419200 300",
    "@ IN NS localhost.",
)
SOA = re.compile(r"@ IN SOA localhost\. hostmaster\.localhost\. [0-9]{1,10} 900 300 2419200 300")


def write(content: Content) -> bytes:
    """The zone: `name CNAME .`, and `*.name CNAME .` where subdomains are covered."""
    return write_zone(content, ROOT)


def write_zone(content: Content, target: str) -> bytes:
    """The zone with all its CNAMEs to one absolute target."""
    head = [stamp(content, ";"), *(line.format(serial=content.serial) for line in HEAD)]
    return joined([*head, *(line for one in view(content) for line in _written(one, target))])


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError` for anything but what `write` writes."""
    return read_zone(zone_lines(data), ROOT)


def zone_lines(data: bytes) -> list[str]:
    """The lines of a zone, its head checked and still there; raises `ValueError`."""
    lines = lines_of(data)
    check_stamp(lines[0] if lines else "", ";")
    if len(lines) < 4 or lines[1] != HEAD[0] or not SOA.fullmatch(lines[2]) or lines[3] != HEAD[2]:
        raise ValueError("the zone must begin with $TTL, SOA and NS")
    return lines


def read_zone(lines: list[str], target: str) -> tuple[Listed, ...]:
    """Names and scopes of a zone with all its CNAMEs to `target`; raises `ValueError` naming the line."""
    end = f" CNAME {target}"
    return read_blocks(lines, 4, lambda one: _written(one, target), lambda line: line.removesuffix(end))


def view(content: Content) -> tuple[Listed, ...]:
    """Names and scopes without those that another covers already, and those too long for the zone (what lies under one of these is longer still)."""
    return tuple([one for one in content.pruned if fits(one, content.origin)])


def left_out(content: Content) -> tuple[str, ...]:
    """The names that the zone cannot hold and does not cover with another's line."""
    too_long = [one.name for one in content.listed if not fits(one, content.origin)]
    if not too_long:
        return ()
    covering = {one.name for one in content.listed if one.scope is Scope.SUBDOMAINS and fits(one, content.origin)}
    return tuple(name for name in too_long if not lies_under(name, covering))


def fits(one: Listed, origin: str) -> bool:
    """Whether every owner of the name, with the zone's name behind it, is within 255 octets on the wire."""
    star = 2 if one.scope is Scope.SUBDOMAINS else 0
    return star + len(one.name) + 1 + len(origin) + 2 <= LONGEST_WIRE


def _written(one: Listed, target: str) -> tuple[str, ...]:
    name, scope = one
    return (f"{name} CNAME {target}", f"*.{name} CNAME {target}") if scope is Scope.SUBDOMAINS else (f"{name} CNAME {target}",)
