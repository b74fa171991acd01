"""Files that others made, read with bounds: plain text or XML, gzip, or a zip with one file in it, told apart by content and not by name.

Nothing here trusts a size that a file claims of itself: what comes out of an archive is counted, and reading stops at the bound.
"""

import gzip
import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from casefile.errors import UsageError
from casefile.hostname import RPZ_TRIGGERS, SPECIAL_USE, normalise
from casefile.plaintext import inert

LONGEST_LINE = 1_024
"""Octets; the longest name in U-labels and a rank take less."""

MOST_OCTETS = 1 << 30
"""Of a file when unpacked. A list of a million names has 25 MB, the largest known register about 300 MB."""

MOST_LINES = 5_000_000
"""Blank ones too."""

CHUNK = 1 << 20
SIGNATURES = (".sig", ".p7s", ".asc")
"""Files beside the one that is wanted in a zip: the register of Roskomnadzor comes so."""

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
PACKED = (GZIP, ZIP)
"""How the archives begin that are unpacked."""

BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError)
"""What the readers of archives raise for a damaged, cut, locked or unknown one."""

PLAIN_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?P<last>[a-z][a-z0-9]{1,62})")
"""A name that needs no closer look, unless an A-label is in it."""


class Foreign:
    """A stream of octets from somebody else's file. `digest` is the SHA-256 of the file as it lies there, in hex; `packed`: it is an archive, whose end proves itself.

    `is_cut`: `lines` came to an end, and the last one had no line feed.
    """

    def __init__(self, path: Path, stream: IO[bytes], digest: str, most: int, *, packed: bool) -> None:
        self.path = path
        self.digest = digest
        self.packed = packed
        self.is_cut = False
        self._stream = stream
        self._most = most
        self._read = 0
        self._ahead = b""

    def peek(self) -> bytes:
        """What `read` will give next."""
        self._ahead = self._ahead or self.read()
        return self._ahead

    def read(self) -> bytes:
        """The next octets, at most `CHUNK`; empty at the end. Raises `UsageError` where the file is damaged or too large."""
        if self._ahead:
            ahead, self._ahead = self._ahead, b""
            return ahead
        try:
            chunk = self._stream.read(CHUNK)
        except BROKEN as error:
            raise _damaged(self.path, error) from None
        self._read += len(chunk)
        if self._read > self._most:
            raise UsageError(f"{shown(self.path)} unpacks to more than {self._most:,} octets: it is no list of names; nothing was imported")
        return chunk

    def lines(self) -> Iterator[bytes]:
        """The lines without their ends (LF or CRLF); one that is too long is cut, and still longer than `LONGEST_LINE`. Raises `UsageError` as `read` does."""
        rest = b""
        number = 0
        while chunk := self.read():
            *whole, rest = (rest + chunk).split(b"\n")
            number += len(whole)
            if number > MOST_LINES:
                raise UsageError(f"{shown(self.path)} has more than {MOST_LINES:,} lines: it is no list of names; nothing was imported")
            for line in whole:
                yield line.removesuffix(b"\r")[: LONGEST_LINE + 1]
            rest = rest[: LONGEST_LINE + 2]
        if rest:
            self.is_cut = True
            yield rest.removesuffix(b"\r")[: LONGEST_LINE + 1]


@contextmanager
def opened(path: Path, most: int = MOST_OCTETS) -> Iterator[Foreign]:
    """Open a file for reading, unpacked where it is packed, at most `most` octets of it; raises `UsageError` where it cannot be read."""
    if not path.is_file():
        raise UsageError(f"no file at {shown(path)}: name the file that was fetched")
    try:
        with path.open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256").hexdigest()
            raw.seek(0)
            begin = raw.read(4)
        stream = _unpacked(path, begin)
    except BROKEN as error:
        raise _damaged(path, error) from None
    with stream:
        yield Foreign(path, stream, digest, most, packed=begin.startswith(PACKED))


def name_of(text: str) -> str:
    """The host name in `text` as the door would store it, for lists of a million: what is plain is not looked at twice. Raises `HostnameRefused`."""
    plain = PLAIN_NAME.fullmatch(text)
    if plain and "xn--" not in text and plain["last"] not in SPECIAL_USE and plain["last"] not in RPZ_TRIGGERS:
        return text
    return normalise(text)


def shown(path: Path) -> str:
    """A path for a message."""
    return inert(str(path))


def _unpacked(path: Path, begin: bytes) -> IO[bytes]:
    if begin.startswith(GZIP):
        return cast(IO[bytes], gzip.open(path))
    if begin.startswith(ZIP):
        archive = zipfile.ZipFile(path)
        files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.lower().endswith(SIGNATURES)]
        if len(files) != 1:
            archive.close()
            raise UsageError(f"{shown(path)} holds {len(files)} files: a zip must hold one list")
        return archive.open(files[0])
    return path.open("rb")


def _damaged(path: Path, error: Exception) -> UsageError:
    return UsageError(f"cannot read {shown(path)}: {inert(str(error))[:120]}; fetch it again; nothing was imported")
