"""suricata.lst: a dataset of type `string` for Suricata, the base64 of one name a line, to be matched with `dns.query`, `tls.sni` or `http.host`.

A dataset matches whole values, so it does not cover subdomains; it takes no comments.
"""

import binascii
from base64 import b64decode, b64encode

from blocklist.content import Content, Listed
from blocklist.formats.plain import in_order, joined, lines_of, listed, names_alone, nothing
from casefile.records import Scope

NAME = "suricata.lst"
left_out = nothing
view = names_alone


def write(content: Content) -> bytes:
    """The base64 of one name a line, in the order of the names."""
    return joined(b64encode(line.name.encode()).decode("ascii") for line in content.lines)


def read(data: bytes) -> tuple[Listed, ...]:
    """The names, all as exact; raises `ValueError`."""
    return in_order([_listed(line, number) for number, line in enumerate(lines_of(data), 1)])


def _listed(line: str, number: int) -> Listed:
    try:
        octets = b64decode(line, validate=True)
        name = octets.decode("ascii")
    except (binascii.Error, ValueError):
        raise ValueError(f"line {number}: {line[:80]!a} is not the base64 of a name") from None
    if b64encode(octets).decode("ascii") != line:
        raise ValueError(f"line {number}: {line[:80]!a} is not base64 in its normal form")
    return listed(name, Scope.EXACT, number)
