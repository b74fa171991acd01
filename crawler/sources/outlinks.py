"""Outlinks: where captured pages lead. Redirects to other sites from any page, links to other sites from pages of promoters.

Which hosts are promoters is read from their latest verdicts. Only links are read from a page here; what it says is the classifier's business.
"""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from casefile.archive import Archive
from casefile.body import BodyUnreadable, text_of, unpacked
from casefile.errors import HostnameRefused
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.queries import captures_to_follow, redirects_to_follow
from casefile.records import Capture, Clock, Sighting
from casefile.store import Case
from crawler.content import LONGEST_TYPE
from crawler.pages import skeleton
from crawler.sources.seeds import host_and_url
from crawler.sources.source import SourceInputs

LONGEST_LINK = 2_000
"""Characters of an address that is followed."""


class Outlinks:
    """Reads captures that were taken, or judged, since the last time that `discover` was finished."""

    name = "outlinks"

    def sightings(self, case: Case, inputs: SourceInputs, clock: Clock, progress: Progress) -> Iterator[Sighting]:
        """One sighting a target. `where` is the page. Raises `ArchiveError` when an archived page is not what was archived."""
        for capture in redirects_to_follow(case):
            for host, url in self._redirects(case, capture):
                yield Sighting(host=host, source=self.name, reason="redirect", where=capture.url, url=url, seen_at=clock())
        archive = Archive(inputs.archive)
        for capture in captures_to_follow(case):
            for host, url in self._links(case, archive, capture, inputs.outlinks_per_page, progress):
                yield Sighting(host=host, source=self.name, reason="outlink", where=capture.url, url=url, seen_at=clock())

    def _redirects(self, case: Case, capture: Capture) -> Iterator[tuple[Hostname, str]]:
        """Targets on other sites, without their query: it often carries a click's number, and every visit would name another address."""
        for url in dict.fromkeys([*(hop.url for hop in capture.hops), capture.final_url]):
            yield from _elsewhere(case, capture, url.partition("?")[0])

    def _links(self, case: Case, archive: Archive, capture: Capture, most: int, progress: Progress) -> Iterator[tuple[Hostname, str]]:
        if capture.body_record is None:
            return
        record = archive.read(capture.body_record)
        try:
            body = unpacked(record.payload, record.header("content-encoding"))
            page = text_of(body, record.header("content-type")[:LONGEST_TYPE])
        except BodyUnreadable as error:
            progress.note(f"links of {capture.host.name} not read: {error}")
            return
        found = 0
        for url in links_of(page, capture.final_url or capture.url):
            for pair in _elsewhere(case, capture, url):
                yield pair
                found += 1
            if found >= most:
                return


def links_of(page: str, base: str) -> list[str]:
    """The absolute http addresses that a page links to (a, area), each once, in page order, without fragments. Pure."""
    tree = skeleton(page)
    stated = tree.css_first("base[href]")
    base = _joined(base, (stated.attributes.get("href") or "") if stated is not None else "") or base
    links = (_joined(base, node.attributes.get("href") or "") for node in tree.css("a[href], area[href]"))
    return list(dict.fromkeys(link for link in links if link))


def _joined(base: str, link: str) -> str:
    """An absolute http address without fragment, or nothing."""
    try:
        url = urljoin(base, link.strip()).partition("#")[0]
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname and len(url) <= LONGEST_LINK else ""


def _elsewhere(case: Case, capture: Capture, url: str) -> Iterator[tuple[Hostname, str]]:
    """The host and address of a target on another site; nothing for one of the same site, or that names no public host."""
    if "/" not in url:
        return
    try:
        host, plain = host_and_url(case.door, url)
    except HostnameRefused:
        return
    if host.registrable not in (capture.host.registrable, _registrable(case, capture.url)):
        yield host, plain


def _registrable(case: Case, url: str) -> str:
    try:
        return case.door.parse(urlsplit(url).hostname or "").registrable
    except (HostnameRefused, ValueError):
        return ""
