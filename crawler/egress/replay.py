"""A web made of WARC files alone: what is not in them does not exist. Opens no socket and sends no packet.

Kept of each file is an index only: for every host and path where the records lie. Which record answers a request: a browser gets what a browser got and
a plain client what it got (what does not say is for both), where there is such a record; among those one of the same scheme before another (a redirect from http to https on one path would else be served to itself for ever), then one of the same vantage, then the nearest in time. So scheme
and port never make a page unreachable, but where both were archived each gets its own.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from casefile.archive import HOW_HEADER, VANTAGE_HEADER, StoredRecord, read_all, read_at
from casefile.errors import ArchiveError
from casefile.outcomes import Outcome
from casefile.records import Clock, How
from crawler.egress.dns_text import OUTCOME
from crawler.egress.resolver import Answer, Resolver, answer_from_text

DNS = "dns:"
OUTCOME_LINE = re.compile(rb"^outcome: ([a-z-]+)\r?$", re.MULTILINE)
REASON_LINE = re.compile(rb"^reason: ([^\r\n]*)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies; `date` is when it was taken, `kind` is `response`, `metadata` or `resource`."""

    file: Path
    offset: int
    date: datetime
    kind: str
    scheme: str = ""
    vantage: str = ""
    how: str = ""

    def others(self, how: How) -> bool:
        """Whether the record is what the other kind of client got."""
        return self.how not in ("", how.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an archive says of a request: a response, or with another outcome than OK the reason why there is none."""

    outcome: Outcome
    reason: str = ""
    record: StoredRecord | None = None
    date: datetime | None = None


class ReplayWeb:
    """The web of some WARC files, as it was nearest to what `clock` says. Raises `ArchiveError` for a file that is missing, damaged, cut or without a record to serve."""

    replays = True

    def __init__(self, files: Sequence[Path], clock: Clock) -> None:
        self._clock = clock
        self._pages: dict[str, dict[str, list[Place]]] = {}
        self._names: dict[str, list[Place]] = {}
        for path in files:
            before = self._size()
            for record in read_all(path, payloads=True):
                self._index(path, record)
            if self._size() == before:
                raise ArchiveError(f"{path} holds nothing to replay (no response, outcome or DNS record): name another file")
        self.resolver: Resolver = ReplayResolver(self)

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:  # noqa: ARG002 - `Web` says so
        """Never: a replay dials nothing."""
        raise OSError(f"replay: {address} port {port} is not dialled")

    def has_host(self, host: str) -> bool:
        """Whether a page or an outcome of that host is archived."""
        return host in self._pages

    def scheme_of(self, host: str, path: str) -> str:
        """The scheme under which a page was archived, `https` where both were; empty where it was not."""
        schemes = {place.scheme for place in self._pages.get(host, {}).get(path_key(path), ()) if place.kind == "response"}
        return max(schemes, default="")

    def page(self, host: str, path: str, *, scheme: str, vantage: str, how: How = How.STATIC) -> Page:
        """What the archive answers to a request for `path` (with its query) of an archived host."""
        places = self._pages.get(host, {}).get(path_key(path))
        if not places:
            return Page(outcome=Outcome.NOT_ARCHIVED, reason=f"{host} is archived, {path[:200]} is not")
        now = self._clock()
        best = min(
            places,
            key=lambda place: (place.others(how), place.scheme != scheme, place.vantage != vantage, abs(place.date - now), place.kind),
        )
        record = read_at(best.file, best.offset)
        if best.kind == "response":
            return Page(outcome=Outcome.OK, record=record, date=best.date)
        return Page(outcome=_outcome_in(record.payload) or Outcome.BAD_RESPONSE, reason=_reason_in(record.payload), date=best.date)

    def answer(self, name: str) -> Answer:
        """The archived DNS answer nearest in time; else OK without addresses for a host with pages, NXDOMAIN for all others."""
        places = self._names.get(name)
        if places:
            now = self._clock()
            best = min(places, key=lambda place: abs(place.date - now))
            return answer_from_text(name, read_at(best.file, best.offset).payload.decode("utf-8", "replace"))
        if self.has_host(name):
            return Answer(outcome=Outcome.OK, text=";; outcome: ok\n;; replay: the host is archived, its look-up is not\n")
        return Answer(outcome=Outcome.NXDOMAIN, text=";; outcome: nxdomain\n;; replay: the host is not archived\n")

    def _index(self, path: Path, record: StoredRecord) -> None:
        if record.kind == "resource" and record.url.startswith(DNS):
            if record.payload.startswith(OUTCOME.encode()):
                self._index_name(path, record)
            return
        if record.kind not in ("response", "metadata") or (record.kind == "metadata" and _outcome_in(record.payload) is None):
            return
        try:
            parts = urlsplit(record.url)
        except ValueError:  # a foreign archive may hold what is no address; nobody will ask for it
            return
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return
        place = Place(
            path,
            record.offset,
            _date(path, record),
            record.kind,
            parts.scheme,
            record.warc_header(VANTAGE_HEADER),
            record.warc_header(HOW_HEADER),
        )
        paths = self._pages.setdefault(parts.hostname.removesuffix("."), {})
        paths.setdefault(path_key((parts.path or "/") + (f"?{parts.query}" if parts.query else "")), []).append(place)

    def _index_name(self, path: Path, record: StoredRecord) -> None:
        """Keep where an archived look-up lies; it is read once here, so that a broken one is refused before anything runs."""
        name = record.url.removeprefix(DNS).lower().removesuffix(".")
        try:
            answer_from_text(name, record.payload.decode("utf-8", "replace"))
        except ArchiveError as error:
            raise ArchiveError(f"{path} at {record.offset}: {error}") from None
        self._names.setdefault(name, []).append(Place(path, record.offset, _date(path, record), record.kind))

    def _size(self) -> int:
        return len(self._names) + sum(len(places) for paths in self._pages.values() for places in paths.values())


class ReplayResolver:
    """Answers from the archive. Raises `ArchiveError` when an archived answer cannot be read."""

    def __init__(self, web: ReplayWeb) -> None:
        self._web = web

    async def look_up(self, name: str, *, nameservers: bool = False) -> Answer:  # noqa: ARG002 - `Resolver` says so
        """See `Resolver`; name servers are given where they were archived."""
        return self._web.answer(name)


def path_key(path: str) -> str:
    """What makes two paths the same page: no fragment, `/` for none, and escapes written one way."""
    plain = path.partition("#")[0] or "/"
    return re.sub(r"%[0-9a-fA-F]{2}", lambda found: found[0].upper(), plain)


def _date(path: Path, record: StoredRecord) -> datetime:
    try:
        moment = datetime.fromisoformat(record.date)
    except ValueError:
        raise ArchiveError(f"{path} at {record.offset}: the record has no valid WARC-Date; restore the file from a copy") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _outcome_in(payload: bytes) -> Outcome | None:
    found = OUTCOME_LINE.search(payload)
    try:
        return Outcome(found[1].decode("ascii")) if found else None
    except ValueError:
        return None


def _reason_in(payload: bytes) -> str:
    found = REASON_LINE.search(payload)
    return found[1].decode("utf-8", "replace") if found else ""
