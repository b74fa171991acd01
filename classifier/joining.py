"""Addresses of a page made absolute: what `urllib.parse.urljoin` gives, without its work for the forms that nearly all links have."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

LONGEST = 500
"""Characters kept of an address."""

LONGEST_INLINE = 60
"""Characters kept of an address that holds what it leads to."""

BASE = re.compile(
    r"(?P<root>(?P<scheme>https?:)//[a-zA-Z0-9.-]+(?::\d+)?)(?:(?P<folder>(?:/[^\s/?#;.][^\s/?#;]*(?=/))*/)[^\s/?#;]*)?(?=[?#]|\Z)"
)
"""An ordinary address of a page as far as its folder."""

TAIL = r"(?:\?[^\s#]+)?(?:#\S+)?"
WHOLE = re.compile(rf"(?P<scheme>https?:)?//[a-zA-Z0-9.-]+(?::\d+)?(?:/[^\s?#;]*)?{TAIL}")
ROOTED = re.compile(rf"(?:/(?![./])[^\s/?#;]*)++(?<!\.){TAIL}|/(?:\?[^\s#]+)?(?:#\S+)?")
RELATIVE = re.compile(rf"[^\s\x00-\x1f/?#;:.][^\s/?#;:]*(?:/(?![./])[^\s/?#;:]*)*+{TAIL}")
"""Addresses that join by putting strings together: no dots that climb, nothing empty that would be dropped, no parameters, no space."""


@dataclass(slots=True)
class Joiner:
    """Makes the addresses of one page absolute; the same address is joined once."""

    base: str
    site: str = ""
    root: str = ""
    folder: str = ""
    known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if found := BASE.match(self.base):
            self.site, self.root = found["scheme"], found["root"]
            self.folder = self.root + (found["folder"] or "/")

    def absolute(self, address: str) -> str:
        """The address as a visitor of the page is led by it; one that cannot be joined is given back as it is."""
        known = self.known.get(address)
        if known is None:
            known = self.known[address] = self._joined(address)
        return known

    def _joined(self, address: str) -> str:
        if self.site:
            start = address[:1]
            if start in ("/", "h") and (found := WHOLE.fullmatch(address)):
                return (address if found["scheme"] else self.site + address)[:LONGEST]
            if start == "/" and ROOTED.fullmatch(address):
                return (self.root + address)[:LONGEST]
            if start != "/" and RELATIVE.fullmatch(address):
                return (self.folder + address)[:LONGEST]
        if address.lower().startswith(("data:", "javascript:")):
            return address[:LONGEST_INLINE]
        try:
            return urljoin(self.base, address)[:LONGEST]
        except ValueError:
            return address
