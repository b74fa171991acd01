"""Icons of the sample web: a small PNG drawn from a name, the same bytes on every machine."""

import hashlib
import struct
import zlib

SIDE = 16
"""Pixels a side."""

CELL = 2
"""Pixels a side of a square; the picture is eight squares wide, its right half the mirror of its left."""


def icon_png(name: str) -> bytes:
    """A symmetric picture of two colours, with one bit a pixel, packed without compression: compressors differ, this does not."""
    digest = hashlib.sha256(f"icon {name}".encode()).digest()
    squares = int.from_bytes(digest[:4])
    rows = b""
    for line in range(SIDE):
        left = [squares >> (line // CELL * 4 + place) & 1 for place in range(4)]
        bits = [bit for bit in (*left, *reversed(left)) for _ in range(CELL)]
        rows += b"\0" + int("".join(map(str, bits)), 2).to_bytes(2)
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"PLTE", digest[4:10]) + _chunk(b"IDAT", _stored(rows)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _stored(body: bytes) -> bytes:
    """A zlib stream of one stored block."""
    return b"\x78\x01" + b"\x01" + struct.pack("<HH", len(body), len(body) ^ 0xFFFF) + body + struct.pack(">I", zlib.adler32(body))
