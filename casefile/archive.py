"""What was captured, kept as WARC (ISO 28500) by warcio: writing, finishing, reading back.

A file is written as `NAME.warc.gz.open`. `finish` syncs it, renames it to `NAME.warc.gz` and says its SHA-256; only then may rows that point into it be
committed. An `.open` file found at start is a night that was killed: `discard_open` removes it, and its hosts are fetched again.
`SHA256SUMS` beside the files lists every finished one in the form `sha256sum -c` reads.

Records keep warcio's SHA-1 digests, so that `warcio check` works, and SHA-256 of the payload is kept in the case file. A flipped bit is caught by gzip's
own CRC when a record is read, and by the file's digest; a cut by `check_whole` and by the record's length, since warcio ends a torn record silently.
"""

import errno
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from casefile.errors import ArchiveError, DiskFullError
from casefile.header_text import CONTROLS, HEADERS, header_lines, one_line
from casefile.records import ArchiveFile, ArchiveRef

OPEN_SUFFIX = ".open"
VANTAGE_HEADER = "X-Mirrorwatch-Vantage"
SITE_HEADER = "X-Mirrorwatch-Site"
HOW_HEADER = "X-Mirrorwatch-How"
SUMS = "SHA256SUMS"

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The disk is full, the user's quota is, or the file may not grow (`ulimit -f`)."""

READ_ERRORS = (ArchiveLoadFailed, StatusAndHeadersParserException, zlib.error, EOFError, ValueError, AttributeError, TypeError, IndexError)
"""What warcio raises on a damaged record; it checks little, and stumbles over what is missing."""

STATUS = re.compile("[1-9][0-9]{2}(?![0-9])")

PACKING = 2
"""zlib's level. On pages of the web (500 of 82 kB) 4 makes files 8 % smaller in 1.4 times the time, 6 makes them 12 % smaller in 2.3 times the time, and
packing is most of what archiving costs; 9, which warcio takes, gives 4 to 6 % over 4 in three to five times its time."""

CHECK_ROOM_EVERY = 16 << 20
"""Octets written between two looks at the free disk space."""


def warc_date(moment: datetime) -> str:
    """`moment` as a WARC-Date: UTC with microseconds (WARC 1.1)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class ArchiveWriter:
    """Writes one WARC file. Not for sharing between threads.

    `folder`: the archive folder; `name`: file name without suffix; `floor_bytes`: free disk space below which writing stops with `DiskFullError`;
    `how`: `static` or `rendered`, written into every record, so that a replay serves a browser what a browser got; empty where the records are for both.
    """

    def __init__(self, folder: Path, name: str, *, software: str = "mirrorwatch", floor_bytes: int = 0, how: str = "") -> None:
        self.name = f"{name}.warc.gz"
        self.folder = folder
        self.records = 0
        self._floor = floor_bytes
        self._how = how
        self._look_at = 0
        self._path = folder / (self.name + OPEN_SUFFIX)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if (folder / self.name).exists():
                raise ArchiveError(f"{folder / self.name} is there already and is evidence: nothing was written over it")
            # unbuffered: a record is packed in memory and written at once, so that a full disk never leaves half of one behind
            self._stream = self._path.open("xb", buffering=0)
        except OSError as error:
            raise _write_error(self._path, error) from None
        self._packed = io.BytesIO()
        self._writer = WARCWriter(self._packed, gzip=False, warc_version="1.1")
        self._info = {"software": software, "format": "WARC File Format 1.1"}

    @property
    def size(self) -> int:
        """Octets written so far."""
        return self._stream.tell()

    def response(
        self,
        url: str,
        status_line: str,
        headers: HEADERS,
        body: bytes,
        *,
        taken_at: datetime,
        site: str,
        vantage: str,
        ip: str = "",
        pair: str = "",
    ) -> ArchiveRef:
        """An HTTP response as it came: `status_line` is `200 OK`, `body` with its content encoding, without transfer encoding; `pair` is the request's record id."""
        return self._http(
            "response",
            url,
            StatusAndHeaders(one_line(status_line), header_lines(headers), protocol="HTTP/1.1"),
            body,
            self._extra(taken_at, site, vantage, ip, pair),
        )

    def request(
        self, url: str, request_line: str, headers: HEADERS, body: bytes, *, taken_at: datetime, site: str, vantage: str
    ) -> ArchiveRef:
        """An HTTP request as it was sent: `request_line` is `GET /path HTTP/1.1`."""
        return self._http(
            "request",
            url,
            StatusAndHeaders(one_line(request_line), header_lines(headers), is_http_request=True),
            body,
            self._extra(taken_at, site, vantage, "", ""),
        )

    def resource(self, url: str, content_type: str, body: bytes, *, taken_at: datetime, site: str, vantage: str = "") -> ArchiveRef:
        """Something that is not an HTTP message: a DNS answer (`dns:NAME`, `text/dns`), a final DOM, a screenshot."""
        return self._plain("resource", url, content_type, body, self._extra(taken_at, site, vantage, "", ""))

    def outcome(self, url: str, outcome: str, reason: str, *, taken_at: datetime, site: str, vantage: str) -> ArchiveRef:
        """A page that could not be had: the outcome as a metadata record, so that a replay comes out the same way."""
        body = f"outcome: {one_line(outcome)}\r\nreason: {CONTROLS.sub(' ', reason)}\r\n".encode("utf-8", "replace")
        return self._plain("metadata", url, "application/warc-fields", body, self._extra(taken_at, site, vantage, "", ""))

    def finish(self, finished_at: datetime) -> ArchiveFile:
        """Sync, rename and list the file; after this rows that point into it may be committed."""
        if self.records == 0:
            self._begin(warc_date(finished_at))
        try:
            os.fsync(self._stream.fileno())
            self._stream.close()
            digest = sha256_of(self._path)
            size = self._path.stat().st_size
            self._path.rename(self.folder / self.name)
            _append_line(self.folder / SUMS, f"{digest}  {self.name}\n")
            _sync_folder(self.folder)
        except OSError as error:
            raise _write_error(self._path, error) from None
        return ArchiveFile(name=self.name, size=size, sha256=digest, finished_at=finished_at)

    def discard(self) -> None:
        """Throw the open file away: nothing was captured, or the night stops."""
        self._stream.close()
        self._path.unlink(missing_ok=True)

    def _extra(self, taken_at: datetime, site: str, vantage: str, ip: str, pair: str) -> dict[str, str]:
        extra = {
            "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
            "WARC-Date": warc_date(taken_at),
            SITE_HEADER: site,
            VANTAGE_HEADER: vantage,
            HOW_HEADER: self._how,
            "WARC-IP-Address": ip,
            "WARC-Concurrent-To": pair,
        }
        return {name: one_line(value) for name, value in extra.items() if value}

    def _http(self, kind: str, url: str, head: StatusAndHeaders, body: bytes, extra: dict[str, str]) -> ArchiveRef:
        payload = io.BytesIO(body)
        record = self._writer.create_warc_record(one_line(url), kind, payload, len(body), "", extra, http_headers=head)
        return self._keep(kind, record, extra, body)

    def _plain(self, kind: str, url: str, content_type: str, body: bytes, extra: dict[str, str]) -> ArchiveRef:
        payload = io.BytesIO(body)
        record = self._writer.create_warc_record(one_line(url), kind, payload, len(body), content_type, extra)
        return self._keep(kind, record, extra, body)

    def _keep(self, kind: str, record: Any, extra: dict[str, str], body: bytes) -> ArchiveRef:
        if self.records == 0:
            self._begin(extra["WARC-Date"])
        offset = self._write(record)
        self.records += 1
        return ArchiveRef(
            file=self.name, offset=offset, record_id=extra["WARC-Record-ID"], kind=kind, sha256=hashlib.sha256(body).hexdigest()
        )

    def _begin(self, date: str) -> None:
        info = self._writer.create_warcinfo_record(self.name, self._info)
        info.rec_headers.replace_header("WARC-Date", date)  # warcio would read the machine's clock
        self._write(info)

    def _write(self, record: Any) -> int:
        """Append one record whole, or leave the file as it was; returns its offset."""
        self._packed.seek(0)
        self._packed.truncate()
        self._writer.write_record(record)
        offset = self.size
        try:
            self._check_room(offset)
            rest = memoryview(zlib.compress(self._packed.getvalue(), PACKING, wbits=31))
            while rest:
                rest = rest[self._stream.write(rest) or 0 :]
        except OSError as error:
            self._stream.truncate(offset)
            self._stream.seek(offset)
            raise _write_error(self._path, error) from None
        return offset

    def _check_room(self, offset: int) -> None:
        if not self._floor or offset < self._look_at:
            return
        if _free_bytes(self.folder) < self._floor:
            raise DiskFullError(
                f"less than {self._floor >> 20} MB free at {self.folder}: the night stopped before the disk is full; "
                "free some space, or lower keep_free_octets under [crawl], then run it again"
            )
        self._look_at = offset + CHECK_ROOM_EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """One record read back: `payload` is the HTTP body as archived (content encoding kept) or the resource itself.

    `offset` and `length` are octets in the file, as packed; `status` is 0 where the record is no HTTP response.
    """

    kind: str
    url: str
    date: str
    offset: int
    length: int = 0
    status: int = 0
    status_line: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    warc_headers: tuple[tuple[str, str], ...] = ()
    payload: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """The first HTTP header of that name, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def warc_header(self, name: str) -> str:
        """The first WARC header of that name, or an empty string."""
        return next((value for key, value in self.warc_headers if key.lower() == name.lower()), "")


class Archive:
    """Reads an archive folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, ref: ArchiveRef) -> StoredRecord:
        """The record at `ref`, its payload checked against the digest; raises `ArchiveError`."""
        record = read_at(self.folder / ref.file, ref.offset)
        if hashlib.sha256(record.payload).hexdigest() != ref.sha256:
            raise ArchiveError(
                f"{self.folder / ref.file} at {ref.offset}: the record is not what was archived (SHA-256 differs); restore the file from a copy"
            )
        return record


def read_at(path: Path, offset: int) -> StoredRecord:
    """The WARC record that begins at `offset`; raises `ArchiveError` when it is missing or damaged."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            for record in _records(path, stream, payloads=True):
                return record
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}; restore it from a copy") from None
    raise ArchiveError(f"{path}: no record at {offset}; the file is cut short, restore it from a copy")


def read_all(path: Path, *, payloads: bool = False) -> Iterator[StoredRecord]:
    """Every record of a WARC file (gzip'ed or not) in order, `warcinfo` too; raises `ArchiveError` for a damaged or cut file."""
    check_whole(path)
    try:
        with path.open("rb") as stream:
            yield from _records(path, stream, payloads=payloads)
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from None


def check_whole(path: Path) -> None:
    """Refuse a file that is empty, or a gzip'ed WARC that is cut short or has a flipped bit: readers skip a torn end without a word."""
    try:
        with path.open("rb") as stream:
            start = stream.read(2)
            stream.seek(0)
            if not start:
                raise ArchiveError(f"{path} is empty: name another file, or restore it from a copy")
            if start == b"\x1f\x8b" and not _ends_well(stream):
                raise ArchiveError(f"{path} is cut short: its last record does not end; restore it from a copy")
    except (OSError, zlib.error) as error:
        raise ArchiveError(f"{path} cannot be read as WARC ({error}): name another file, or restore it from a copy") from None


def _ends_well(stream: BinaryIO) -> bool:
    """Whether the last of the gzip members ends; every member's CRC is checked on the way, with at most 1 MB unpacked at a time."""
    unpacker = zlib.decompressobj(31)
    while chunk := stream.read(1 << 20):
        while chunk:
            if unpacker.eof:
                unpacker = zlib.decompressobj(31)
            unpacker.decompress(chunk, 1 << 20)
            chunk = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    while not unpacker.eof and unpacker.decompress(b"", 1 << 20):
        pass
    return unpacker.eof


def discard_open(folder: Path) -> list[str]:
    """Remove the files that a killed night left open; returns their names. A file finished in its last moment enters `SHA256SUMS` now."""
    names = sorted(path.name for path in folder.glob(f"*{OPEN_SUFFIX}"))
    for name in names:
        (folder / name).unlink(missing_ok=True)
    _list_unlisted(folder)
    return names


def _list_unlisted(folder: Path) -> None:
    sums = folder / SUMS
    listed = {line.partition("  ")[2] for line in sums.read_text(encoding="utf-8").splitlines()} if sums.exists() else set()
    for path in sorted(folder.glob("*.warc.gz")):
        if path.name not in listed:
            _append_line(sums, f"{sha256_of(path)}  {path.name}\n")


def sha256_of(path: Path) -> str:
    """Hex digest of a whole file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _records(path: Path, stream: BinaryIO, *, payloads: bool) -> Iterator[StoredRecord]:
    records = ArchiveIterator(stream)
    while (record := _next_record(path, records)) is not None:
        yield _stored(path, records, record, payloads=payloads)


def _next_record(path: Path, records: Any) -> Any:
    try:
        return next(records, None)
    except READ_ERRORS as error:
        raise _damaged(path, error) from None


def _stored(path: Path, records: Any, record: Any, *, payloads: bool) -> StoredRecord:
    try:
        body = record.raw_stream.read() if payloads else b""
        offset, length = records.get_record_offset(), records.get_record_length()  # reads to the end of the record
    except READ_ERRORS as error:
        raise _damaged(path, error) from None
    if not record.rec_type:
        raise ArchiveError(f"{path} at {offset}: a record without a type; restore the file from a copy")
    # what Content-Length promised and the file does not hold: warcio ends such a record without a word
    if getattr(record.raw_stream, "limit", 0) or records.err_count:
        raise ArchiveError(f"{path} at {offset}: the record is cut short; restore the file from a copy")
    head = record.http_headers
    code = STATUS.match(head.statusline) if head is not None and record.rec_type == "response" else None
    return StoredRecord(
        kind=record.rec_type,
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        date=record.rec_headers.get_header("WARC-Date") or "",
        offset=offset,
        length=length,
        status=int(code.group()) if code else 0,
        status_line=head.statusline if head is not None else "",
        headers=tuple(head.headers) if head is not None else (),
        warc_headers=tuple(record.rec_headers.headers),
        payload=body,
    )


def _damaged(path: Path, error: Exception) -> ArchiveError:
    said = str(error).encode("ascii", "backslashreplace").decode("ascii")[:120]
    return ArchiveError(f"{path} is damaged ({CONTROLS.sub(' ', said)}): restore it from a copy")


def _free_bytes(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def _write_error(path: Path, error: OSError) -> ArchiveError | DiskFullError:
    if error.errno in NO_ROOM:
        return DiskFullError(f"no room left for {path}: free some disk and run the same command again; nothing that was committed is lost")
    if isinstance(error, FileExistsError):
        return ArchiveError(
            f"{path} is there already: another program writes it, or a killed night left it; end that one, or remove the file"
        )
    return ArchiveError(f"cannot write {path}: {error.strerror}; check the folder's rights")


def _append_line(path: Path, line: str) -> None:
    with path.open("a", encoding="ascii") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
