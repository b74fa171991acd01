"""Small pictures of archived screenshots, by Pillow: bounded in octets before and after. A screenshot is hostile input as any page is."""

import base64
import io
from dataclasses import dataclass

from casefile.archive import Archive
from casefile.errors import ArchiveError
from casefile.records import ArchiveRef

WIDE, HIGH = (360, 270), (152, 270)
"""Width and height in pixels of a thumbnail at most: the top of the page, as wide as a desk's screen or as narrow as a telephone's."""

NARROW = 700
"""Pixels of width under which a page was shown to a telephone."""

MOST_PIXELS = 40_000_000
MOST_OCTETS = 24_000
"""Of a thumbnail; one that would be larger is made coarser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A picture as a `data:` address, or why there is none."""

    vantage: str
    source: str = ""
    fault: str = ""


def thumbnail_of(archive: Archive, screenshot: ArchiveRef, vantage: str) -> Thumbnail:
    """The top of an archived screenshot; what cannot be read is said in its place."""
    try:
        png = archive.read(screenshot).payload
    except ArchiveError:
        return Thumbnail(vantage=vantage, fault="the screenshot cannot be read from the archive")
    small = shrunk(png)
    if not small:
        return Thumbnail(vantage=vantage, fault="the screenshot is no picture that can be shown")
    return Thumbnail(vantage=vantage, source=f"data:image/webp;base64,{base64.b64encode(small).decode('ascii')}")


def shrunk(png: bytes) -> bytes:
    """The top of a PNG as a small WebP, empty where it is damaged, another format or larger than `MOST_PIXELS`."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            wide, high = picture.size
            if wide * high > MOST_PIXELS:
                return b""
            width, height = HIGH if wide < NARROW else WIDE
            top = picture.crop((0, 0, wide, min(high, wide * height // width) or 1)).convert("RGB")
        for parts, quality in ((1, 70), (1, 40), (2, 40), (4, 40)):
            top.thumbnail((width // parts, height // parts), Image.Resampling.LANCZOS)
            octets = io.BytesIO()
            top.save(octets, format="WEBP", quality=quality)
            if octets.tell() <= MOST_OCTETS:
                return octets.getvalue()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return b""
    return b""
