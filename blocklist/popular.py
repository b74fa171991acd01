"""The top list: names that so many people use that to list one is a mistake, whatever a page of it showed.

`import_popular` reads a list in Tranco's form (`rank,name` a line, or bare names in order of rank; plain, gzip or zip) and keeps it in one file of the
state folder; `load` opens that file and `Popular` answers from it. The file is mapped, not read: a line `mirrorwatch popular 1`, a header in JSON, at 4,096 an index of
`BUCKETS` + 1 offsets (32 bits, little-endian) and then the buckets, each a few lines `name rank below`. A name's bucket is its CRC-32; looking up is
one search in some 300 octets.
"""

import errno
import json
import mmap
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from blocklist.foreign import LONGEST_LINE, Foreign, name_of, opened, shown
from casefile.errors import DiskFullError, HostnameRefused, StoreError, UsageError
from casefile.plaintext import inert
from casefile.progress import Progress
from casefile.records import Clock
from casefile.rows import time_of, time_text

NAME = "popular.index"
FRESH_DAYS = 30
MOST_NAMES = 1_000_000
LEAST_NAMES = 1_000
"""Fewer good names are no top list: importing them would put a hole where the last list was."""

MOST_BAD_PERCENT = 1
SHOWN_BAD = 5
LINES_A_TICK = 10_000
MOST_OCTETS = 200_000_000
"""Of a list when unpacked; a million names have 25 MB."""

BUCKETS = 1 << 16
MAGIC = b"mirrorwatch popular 1\n"
INDEX_AT = 4_096
INDEX = struct.Struct(f"<{BUCKETS + 1}I")
PAIR = struct.Struct("<II")
BODY_AT = INDEX_AT + INDEX.size
RANKED = re.compile(r"(?P<rank>[0-9]{1,10}),(?P<name>[^,]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularImport:
    """What an import came to. `bad`: how many lines held no name; `first_bad`: the first of them, each with its line number; `repeated` names count once."""

    count: int
    bad: int
    first_bad: tuple[str, ...]
    repeated: int
    source: str
    sha256: str
    imported_at: datetime


class Popular:
    """An imported top list, looked up in place. Made by `load`. `source`: the file's name; `sha256`: of that file; `count`: names in it."""

    def __init__(self, data: mmap.mmap, header: dict[str, Any]) -> None:
        self._data = data
        self.source: str = header["source"]
        self.sha256: str = header["sha256"]
        self.count: int = header["count"]
        self.imported_at: datetime = time_of(header["imported_at"])

    def rank(self, name: str) -> int:
        """The rank of a lower-case A-label name, 1 the most popular; 0 where it is not in the list."""
        return self._found(name)[0]

    def below(self, name: str) -> int:
        """The best rank of any name below `name` in the list; 0 where there is none."""
        return self._found(name)[1]

    def is_fresh(self, now: datetime) -> bool:
        """Whether it was imported in the last `FRESH_DAYS` days; a list of the future (a clock set back) is not fresh."""
        return timedelta(0) <= now - self.imported_at <= timedelta(days=FRESH_DAYS)

    def _found(self, name: str) -> tuple[int, int]:
        text = name.encode("ascii")
        begin, end = PAIR.unpack_from(self._data, INDEX_AT + 4 * (zlib.crc32(text) % BUCKETS))
        at = self._data.find(b"\n%b " % text, begin, end)
        if at < 0:
            return 0, 0
        at += len(text) + 2
        rank, below = self._data[at : self._data.find(b"\n", at)].split(b" ")
        return int(rank), int(below)


def warning(popular: Popular | None, now: datetime) -> str:
    """What to tell the operator where the never-list stands without a fresh top list; empty where it has one."""
    remedy = "fetch one (https://tranco-list.eu) and run `mirrorwatch guard update FILE`; until then standing orders only propose"
    if popular is None:
        return f"no top list was imported: popular names are guarded only as far as guarded.csv goes; {remedy}"
    if not popular.is_fresh(now):
        return f"the top list was imported on {popular.imported_at:%Y-%m-%d}, not in the last {FRESH_DAYS} days; {remedy}"
    return ""


def import_popular(folder: Path, source: Path, *, clock: Clock, progress: Progress, top: int | None = None) -> PopularImport:
    """Read the first `top` names of a top list (None: all, `MOST_NAMES` at most) and keep them in `folder`, in place of the last list, all at once.

    Raises `UsageError` where the file is unreadable or cut, has under `LEAST_NAMES` good names or over `MOST_BAD_PERCENT` % bad lines, or, where no `top` was asked
    for, under half the names of the last list; the last list then stands.
    """
    most = MOST_NAMES if top is None else top
    with opened(source, MOST_OCTETS) as foreign:
        progress.start("top list", most // LINES_A_TICK)
        read = _Reading(most)
        for number, line in enumerate(foreign.lines(), 1):
            read.line(number, line)
            if not number % LINES_A_TICK:
                progress.advance(f"{LINES_A_TICK:,} lines")
            if len(read.ranks) >= most:
                break
        _check(foreign, read, most)
        if top is None:
            _check_against_last(folder, foreign, len(read.ranks))
        done = PopularImport(
            count=len(read.ranks), bad=read.bad, first_bad=tuple(read.first_bad), repeated=read.repeated, source=inert(source.name)[:200],
            sha256=foreign.digest, imported_at=clock(),
        )  # fmt: skip
    _write(folder, _file_of(done, read.ranks))
    return done


def load(folder: Path) -> Popular | None:
    """The top list that was imported into `folder`; None where none was. Raises `UsageError` where it is damaged."""
    path = folder / NAME
    try:
        with path.open("rb") as stream:
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # an empty file cannot be mapped
        raise _damaged(path, str(error)) from None
    try:
        return Popular(data, _header(data))
    except (ValueError, KeyError, TypeError, struct.error) as error:
        data.close()
        raise _damaged(path, str(error)) from None


@dataclass
class _Reading:
    """The lines read so far. `ranks`: by name, of a name that comes twice the first."""

    top: int
    ranks: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    bad: int = 0
    repeated: int = 0
    first_bad: list[str] = field(default_factory=list)

    def line(self, number: int, octets: bytes) -> None:
        """Take one line; a blank one and a comment say nothing."""
        if number == 1:
            octets = octets.removeprefix(b"\xef\xbb\xbf")
        if not octets.strip() or octets.startswith(b"#"):
            return
        self.lines += 1
        try:
            rank, name = _ranked(octets, self.lines)
        except (ValueError, HostnameRefused) as error:
            self.bad += 1
            if len(self.first_bad) < SHOWN_BAD:
                why = error.reason if isinstance(error, HostnameRefused) else str(error)
                self.first_bad.append(inert(f"line {number}: {octets[:60].decode('utf-8', 'replace')}: {why}"))
            return
        if name in self.ranks:
            self.repeated += 1
        else:
            self.ranks[name] = rank


def _ranked(octets: bytes, line: int) -> tuple[int, str]:
    """Rank and name of a line; raises `ValueError` or `HostnameRefused`."""
    if len(octets) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} octets")
    try:
        text = octets.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    rank = line
    if found := RANKED.fullmatch(text):
        rank, text = int(found["rank"]), found["name"]
    if rank < 1:
        raise ValueError("a rank begins at 1")
    return rank, name_of(text)


def _check(foreign: Foreign, read: _Reading, top: int) -> None:
    """Refuse what is no top list."""
    bad = f"{read.bad} bad lines of {read.lines}" + (f" ({'; '.join(read.first_bad)})" if read.first_bad else "")
    if len(read.ranks) < min(LEAST_NAMES, top):
        raise UsageError(
            f"{shown(foreign.path)} holds {len(read.ranks)} names and {bad}: a top list has {LEAST_NAMES:,} names or more, one `rank,name` a line; "
            "the last list stands"
        )
    if read.bad * 100 > read.lines * MOST_BAD_PERCENT:
        raise UsageError(
            f"{shown(foreign.path)} holds {bad}: more than {MOST_BAD_PERCENT} % is no list in Tranco's form (`rank,name`); the last list stands"
        )
    if foreign.is_cut and not foreign.packed:
        raise UsageError(f"{shown(foreign.path)} ends within a line: it was cut, fetch it again; the last list stands")


def _check_against_last(folder: Path, foreign: Foreign, count: int) -> None:
    """Refuse a list so short that names would go unguarded which the last one held; a damaged last list does not count."""
    try:
        last = load(folder)
    except UsageError:
        return
    if last is not None and count * 2 < last.count:
        raise UsageError(
            f"{shown(foreign.path)} holds {count:,} names, the last list ({last.source}) {last.count:,}: under half of it is a file that was cut; fetch it again, or "
            f"say --top {count} where it is meant; the last list stands"
        )


def _above(name: str) -> Iterator[str]:
    """The names of two labels or more above `name`."""
    while "." in (name := name.partition(".")[2]):
        yield name


def _file_of(done: PopularImport, ranks: dict[str, int]) -> bytes:
    """The whole file. Equal lists give equal octets."""
    below: dict[str, int] = {}
    for name, rank in ranks.items():
        if name.count(".") > 1:
            for above in _above(name):
                below[above] = min(rank, below.get(above, rank))
    buckets: list[list[bytes]] = [[] for _ in range(BUCKETS)]
    for name in (*ranks, *(above for above in below if above not in ranks)):
        text = name.encode("ascii")
        buckets[zlib.crc32(text) % BUCKETS].append(b"\n%b %d %d" % (text, ranks.get(name, 0), below.get(name, 0)))
    offsets = [BODY_AT]
    parts = []
    for bucket in buckets:
        bucket.sort()
        parts.append(b"".join(bucket))
        offsets.append(offsets[-1] + len(parts[-1]))
    body = INDEX.pack(*offsets) + b"".join(parts) + b"\n"
    header = {
        "count": done.count, "source": done.source, "sha256": done.sha256, "imported_at": time_text(done.imported_at), "crc32": zlib.crc32(body)
    }  # fmt: skip
    head = MAGIC + json.dumps(header, sort_keys=True).encode("ascii") + b"\n"
    return head.ljust(INDEX_AT, b" ") + body


def _header(data: mmap.mmap) -> dict[str, Any]:
    """The header of a file that is whole; raises `ValueError`, `KeyError` or `TypeError` for one that is not."""
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("it does not begin as one")
    header = json.loads(data[len(MAGIC) : INDEX_AT])
    if not isinstance(header, dict):
        raise TypeError("its header is no object")
    with memoryview(data) as whole, whole[INDEX_AT:] as body:
        if zlib.crc32(body) != header["crc32"]:
            raise ValueError("its digest is not what its header says")
    return header


def _damaged(path: Path, why: str) -> UsageError:
    return UsageError(f"the top list at {shown(path)} is damaged ({inert(why)[:120]}): run `mirrorwatch guard update FILE` again")


def _write(folder: Path, data: bytes) -> None:
    """Put the file in place, durable and at once."""
    partial = folder / f"{NAME}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(folder / NAME)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        kind = DiskFullError if error.errno == errno.ENOSPC else StoreError
        raise kind(f"cannot write {shown(folder / NAME)}: {error.strerror}; the last list stands; mend it and run it again") from None
