"""A capture's page, read back from the archive: or in a word why not. Of a rendered page also what the browser saw beside its DOM."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from casefile.archive import Archive
from casefile.body import BodyUnreadable, text_of, unpacked
from casefile.errors import ArchiveError
from casefile.observation import Observation, SeenRequest, of_json
from casefile.outcomes import OUTCOMES
from casefile.records import Capture, How, PageKind
from classifier.page import Page, host_of, read_page

DAMAGED = "damaged-archive"
UNREADABLE = "unreadable"
NO_BODY = "no-body"

FAVICON = "favicon"
"""The kind of the request for the page's icon, where the renderer made it."""

MOST_REQUESTS = 3_000
LONGEST_ADDRESS = 2_000
LARGEST_ICON = 1_000_000
"""Requests of a page, characters of an address and octets of an icon that are looked at."""

PICTURED = 200
"""Characters of visible text under which the picture of a front page is read back too: so little is never called clear by itself (`classifier.model.THIN`)."""

KEPT = 8
"""Parsed pages remembered: the pages of one host from two vantages stand so near each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`page` where it could be read, else None with `outcome` (one word) and `reason` (a sentence)."""

    page: Page | None
    outcome: str
    reason: str = ""


@dataclass(slots=True)
class PageReader:
    """Reads captures of one archive. Vantages that were sent the same octets from the same address give the same `Page`, parsed once.

    `pictures`: whether the picture of a page with little text comes with it, for the one step that reads pictures, once.
    """

    archive: Archive
    pictures: bool = False
    _parsed: OrderedDict[tuple[str, str, str], Page] = field(default_factory=OrderedDict)

    def read(self, capture: Capture) -> Reading:
        """Read the page of a capture; a damaged record or an unreadable body is data. The record is read and checked every time."""
        if not OUTCOMES[capture.outcome].read:
            return Reading(page=None, outcome=capture.outcome.value, reason=OUTCOMES[capture.outcome].meaning)
        if capture.body_record is None:
            return Reading(page=None, outcome=NO_BODY, reason="no body was archived")
        try:
            record = self.archive.read(capture.body_record)
            body = unpacked(record.payload, record.header("Content-Encoding"))
            seen = observation_of(self.archive, capture)
            icon = favicon_of(self.archive, seen)
            page = self._page(capture, body)
            picture = screenshot_of(self.archive, capture, page) if self.pictures else None
        except ArchiveError as error:
            return Reading(page=None, outcome=DAMAGED, reason=str(error))
        except BodyUnreadable as error:
            return Reading(page=None, outcome=UNREADABLE, reason=str(error))
        if capture.how is How.RENDERED:
            page = replace(page, requests=tuple(map(_short, seen.requests[:MOST_REQUESTS])), favicon=icon, screenshot=picture)
        return Reading(page=page, outcome=capture.outcome.value)

    def _page(self, capture: Capture, body: bytes) -> Page:
        key = (capture.body_sha256, capture.final_url or capture.url, capture.content_type)
        if key not in self._parsed:
            self._parsed[key] = read_page(key[1], text_of(body, capture.content_type))
            if len(self._parsed) > KEPT:
                self._parsed.popitem(last=False)
        return self._parsed[key]


def observation_of(archive: Archive, capture: Capture) -> Observation:
    """What the browser saw beside the DOM, empty for a static page; raises `ArchiveError` where the record is damaged."""
    return of_json(archive.read(capture.observed).payload) if capture.observed is not None else Observation()


def favicon_of(archive: Archive, seen: Observation) -> bytes | None:
    """The octets of the page's icon as the browser was given it, None where it has none or one that cannot be unpacked; raises `ArchiveError`."""
    answers = (one.record for one in seen.requests if one.kind == FAVICON and 200 <= one.status < 300)
    ref = next((record for record in answers if record is not None), None)
    if ref is None:
        return None
    record = archive.read(ref)
    try:
        return unpacked(record.payload, record.header("Content-Encoding"), limit=LARGEST_ICON) or None
    except BodyUnreadable:
        return None


def screenshot_of(archive: Archive, capture: Capture, page: Page) -> bytes | None:
    """The picture of a front page with so little text that it may be read, None of any other; raises `ArchiveError` where its record is damaged."""
    if capture.screenshot is None or capture.page is not PageKind.LANDING or len(page.text) - page.hidden >= PICTURED:
        return None
    return archive.read(capture.screenshot).payload


def _short(request: SeenRequest) -> SeenRequest:
    """A request without an endless address (an image in its own address is one)."""
    return request if len(request.url) <= LONGEST_ADDRESS else replace(request, url=request.url[:LONGEST_ADDRESS])


def stands_for_its_site(capture: Capture) -> bool:
    """Whether what the page says may be held against the host that was asked.

    It may where the visit ended on the site itself, or began at its front page, which leads where its owner wants. An address below that which leads to
    another site (an open redirect, a hacked page) says nothing of the site: any library's `/go?url=` would make it a casino.
    """
    if f".{host_of(capture.final_url or capture.url)}".endswith(f".{capture.host.registrable}"):
        return True
    asked = urlsplit(capture.url)
    return asked.path in ("", "/") and not asked.query
