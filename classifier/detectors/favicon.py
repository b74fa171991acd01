"""The icon of a site as the ecosystem writes it: MurmurHash3 of its octets in base64 with line ends, a signed number (Shodan's `http.favicon.hash`).

Mirrors keep their icon; so do sites of one builder that never chose one. WEAK by itself, and an icon that is blank says nothing at all.
"""

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import mmh3

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.finding import Finding, clean
from classifier.page import Page

SUBJECT = "favicon"

LEAST = 100
"""Octets under which an icon is blank: the smallest drawn ones are over it."""

PNG = b"\x89PNG\r\n\x1a\n"
ICO = b"\x00\x00\x01\x00"
GIF = b"GIF8"


@dataclass(frozen=True, slots=True)
class Favicon:
    """Finds the hash of a rendered page's icon."""

    name: str = "favicon"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """One hash, or none."""
        icon = page.favicon
        if icon is None or is_blank(icon):
            return
        request = next((one for one in page.requests if one.kind == SUBJECT), None)
        yield Finding(
            kind=EvidenceKind.IDENTIFIER,
            subject=SUBJECT,
            value=str(hash_of(icon)),
            strength=Strength.WEAK,
            quote=clean(f"icon of {len(icon)} octets at {request.url if request else 'an unknown address'}"),
            request=request,
        )


def hash_of(icon: bytes) -> int:
    """The hash of an icon's octets: signed, 32 bits."""
    return mmh3.hash(base64.encodebytes(icon))


def is_blank(icon: bytes) -> bool:
    """Whether an icon shows nothing: too few octets, one pixel, or a page of text in place of a picture."""
    if len(icon) < LEAST or (icon.lstrip()[:1] == b"<" and b"<svg" not in icon[:1000]):
        return True
    return max(size_of(icon)) == 1


def size_of(icon: bytes) -> tuple[int, int]:
    """Width and height in pixels as the icon's head says, (0, 0) for a form that is not read."""
    if icon.startswith(PNG):
        width, height = struct.unpack(">II", icon[16:24])
        return width, height
    if icon.startswith(GIF):
        width, height = struct.unpack("<HH", icon[6:10])
        return width, height
    if icon.startswith(ICO):
        return icon[6] or 256, icon[7] or 256
    return 0, 0
