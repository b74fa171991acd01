"""Which addresses are public. Everything else is refused, whatever it is spelled like: a name that points inside is an attack, not a site.

An IPv6 address that carries an IPv4 address (mapped, compatible, translated, NAT64, 6to4, Teredo) is judged by both.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

REFUSED_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network (RFC 791)"),
        ("10.0.0.0/8", "private (RFC 1918)"),
        ("100.64.0.0/10", "carrier-grade NAT (RFC 6598)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, cloud metadata (RFC 3927)"),
        ("172.16.0.0/12", "private (RFC 1918)"),
        ("192.0.0.0/24", "protocol assignments (RFC 6890)"),
        ("192.0.2.0/24", "documentation (RFC 5737)"),
        ("192.31.196.0/24", "AS112 (RFC 7535)"),
        ("192.52.193.0/24", "automatic multicast tunnelling (RFC 7450)"),
        ("192.88.99.0/24", "6to4 relay (RFC 7526)"),
        ("192.168.0.0/16", "private (RFC 1918)"),
        ("192.175.48.0/24", "AS112 (RFC 7534)"),
        ("198.18.0.0/15", "benchmarking (RFC 2544)"),
        ("198.51.100.0/24", "documentation (RFC 5737)"),
        ("203.0.113.0/24", "documentation (RFC 5737)"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved (RFC 1112)"),
    )
)
"""IANA's special-purpose registry for IPv4 (iana.org/assignments/iana-ipv4-special-registry), first match counts."""

REFUSED_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64 (RFC 8215)"),
        ("100::/64", "discard only (RFC 6666)"),
        ("100:0:0:1::/64", "dummy prefix (RFC 9780)"),
        ("2001::/32", "Teredo (RFC 4380)"),
        ("2001::/23", "protocol assignments (RFC 2928)"),
        ("2001:db8::/32", "documentation (RFC 3849)"),
        ("2002::/16", "6to4 (RFC 3056)"),
        ("2620:4f:8000::/48", "AS112 (RFC 7534)"),
        ("3fff::/20", "documentation (RFC 9637)"),
        ("5f00::/16", "segment routing (RFC 9602)"),
        ("fc00::/7", "unique local (RFC 4193)"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local (RFC 3879)"),
        ("ff00::/8", "multicast"),
    )
)
"""IANA's special-purpose registry for IPv6, and retired ranges; first match counts."""

GLOBAL_V6 = IPv6Network("2000::/3")
"""The only range of IPv6 that is given out for public use."""

EMBEDDED_V4: tuple[tuple[IPv6Network, str], ...] = (
    (IPv6Network("::ffff:0:0/96"), "IPv4-mapped"),
    (IPv6Network("::ffff:0:0:0/96"), "IPv4-translated"),
    (IPv6Network("64:ff9b::/96"), "NAT64"),
    (IPv6Network("::/96"), "IPv4-compatible"),
)
"""Ranges whose last 32 bits are an IPv4 address."""


def refusal(address: str) -> str:
    """Why `address` (literal IPv4 or IPv6 text) must not be dialled; an empty string when it is public."""
    try:
        return _refusal_v6(IPv6Address(address)) if ":" in address else _refusal_v4(IPv4Address(address))
    except AddressValueError:
        return "not an address in its plain form"


def _refusal_v4(address: IPv4Address) -> str:
    return next((reason for network, reason in REFUSED_V4 if address in network), "")


def _refusal_v6(address: IPv6Address) -> str:
    if address.scope_id:
        return "link-local with a zone"
    reason = next((reason for network, reason in REFUSED_V6 if address in network), "")
    if reason:
        return reason
    for network, name in EMBEDDED_V4:
        if address in network:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
            reason = _refusal_v4(inner)
            if name != "NAT64":
                return f"{name} {inner}" + (f": {reason}" if reason else ", never on the public wire")
            return f"NAT64 of {inner}: {reason}" if reason else ""
    return "" if address in GLOBAL_V6 else "not given out for public use"
