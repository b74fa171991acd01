"""rpz-redirect.zone: the policy zone that sends visitors to the block page by a CNAME to its host. For BIND, Unbound and PowerDNS Recursor.

Not for Knot Resolver, which passes over such lines and blocks nothing. A browser shows a certificate error before it shows the block page of an https
address. What the zone cannot hold is what `rpz.zone` cannot.
"""

from blocklist.content import Content, Listed
from blocklist.formats import rpz
from blocklist.formats.plain import checked

NAME = "rpz-redirect.zone"
view = rpz.view
left_out = rpz.left_out


def write(content: Content) -> bytes:
    """The zone: `name CNAME block-page.`, and the same of `*.name` where subdomains are covered."""
    return rpz.write_zone(content, f"{content.block_page}.")


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError` unless every line has the same target, and that is an absolute host name (none of the RPZ actions is)."""
    lines = rpz.zone_lines(data)
    if len(lines) == 4:
        return ()
    _, _, target = lines[4].partition(" CNAME ")
    if not target.endswith("."):
        raise ValueError("line 5: the target of a CNAME must end with a dot")
    checked(target[:-1], 5)
    return rpz.read_zone(lines, target)
