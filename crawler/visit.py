"""One host, from every vantage: landing page, then the pages that matter; every redirect followed and recorded, everything that came archived.

Requests of a host are made one after another, so that what is told of it has the same order whatever the network's timing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from casefile.archive import ArchiveWriter
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import ArchiveRef, Capture, Hop, How, PageKind, Vantage
from crawler.content import Content, Onward, Reply, content_of, front_page, onward_of
from crawler.download import Client, Had, Trouble
from crawler.messages import HostJob, Job
from crawler.pages import Link, as_sent, choose_pages, registrable_of, same_site_links, skeleton
from crawler.warcs import Warcs

NEVER_CONNECTED = frozenset((
    Outcome.NXDOMAIN, Outcome.NO_ADDRESS, Outcome.SERVFAIL, Outcome.DNS_REFUSED, Outcome.DNS_TIMEOUT, Outcome.REFUSED_EGRESS,
    Outcome.REFUSED_PORT, Outcome.CONNECT_TIMEOUT, Outcome.CONNECTION_REFUSED, Outcome.UNREACHABLE, Outcome.UPSTREAM_FAILED,
))  # fmt: skip
"""The site could not know who asked, so another vantage of the same egress would fail in the same way."""

BUDGET_SPENT = (Outcome.BUDGET_TIME, Outcome.BUDGET_BYTES)
NO_HTTPS = NEVER_CONNECTED | {Outcome.CERTIFICATE, Outcome.TLS, Outcome.CONNECTION_RESET, Outcome.BAD_RESPONSE, Outcome.READ_TIMEOUT}
"""After these plain http is worth a try."""

MOST_NAMED = 2
"""Addresses named by sources that are asked for beside the front page; first named first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A capture with the text of its page, empty where it cannot be read."""

    capture: Capture
    text: str


@dataclass(slots=True, kw_only=True)
class Visit:
    """The visit of one host. `warcs` is None where nothing is kept (tests/bench); `tell` is given every capture when it is complete."""

    job: Job
    host: HostJob
    door: Door
    client_of: Callable[[HostJob, Vantage], Client]
    warcs: Warcs | None
    now: Callable[[], datetime]
    tell: Callable[[Capture], None]

    async def run(self) -> None:
        """Take the host's pages from every vantage, until its budget is spent."""
        closed: set[str] = set()
        for vantage in self.job.options.vantages:
            if vantage.egress in closed:
                continue
            captures = await self._from(self.client_of(self.host, vantage))
            if captures[-1].outcome in BUDGET_SPENT:
                return
            if all(capture.outcome in NEVER_CONNECTED and not capture.hops for capture in captures):
                closed.add(vantage.egress)

    async def _from(self, client: Client) -> list[Capture]:
        """Landing pages, then the others, in order; ends where the budget is spent."""
        landings = await self._landings(client)
        captures = [taken.capture for taken in landings]
        seen = {url for capture in captures for url in (capture.url, capture.final_url)}
        links = [link for taken in landings for link in self._links(taken) if link.url not in seen]
        front = next((taken.capture.final_url for taken in landings if taken.text), "")
        for choice in choose_pages(links, self.job.link_words, self.job.options.pages_per_site):
            if captures[-1].outcome in BUDGET_SPENT:
                break
            captures.append((await self._take(client, choice.url, choice.kind, front)).capture)
        return captures

    def _links(self, taken: Taken) -> list[Link]:
        """The same-site links of a landing page; none where it led to another site, which is a candidate of its own."""
        capture = taken.capture
        if not taken.text or registrable_of(capture.final_url, self.door) != self.host.host.registrable:
            return []
        return same_site_links(skeleton(taken.text), capture.final_url, self.door)

    async def _landings(self, client: Client) -> list[Taken]:
        """The front page, then the named addresses: an address of an open redirect must not stand for the site alone."""
        front = front_page(self.host.host, replays=self.job.replays)
        taken: list[Taken] = []
        for url in (front, *self.host.urls[:MOST_NAMED]):
            if taken and taken[-1].capture.outcome in BUDGET_SPENT:
                break
            if url not in {one.capture.url for one in taken}:
                taken += await self._attempts(client, url)
        return taken

    async def _attempts(self, client: Client, url: str) -> list[Taken]:
        """`url`, and the same over http when https cannot be had (in replay both are the same)."""
        taken = [await self._take(client, url, PageKind.LANDING, client.vantage.referrer)]
        parts = urlsplit(url)
        if self.job.replays or parts.scheme != "https" or parts.netloc != parts.hostname or taken[0].capture.outcome not in NO_HTTPS:
            return taken
        return [*taken, await self._take(client, parts._replace(scheme="http").geturl(), PageKind.LANDING, client.vantage.referrer)]

    async def _take(self, client: Client, url: str, page: PageKind, referrer: str) -> Taken:
        """One page: follow it to its end, archive every step, tell the capture."""
        hops: list[Hop] = []
        records: list[ArchiveRef] = []
        taken_at = self.now()
        address = as_sent(url)
        while True:
            got = await client.get(address, referrer)
            if isinstance(got, Trouble):
                content, reply = Content(outcome=got.outcome, reason=got.reason), None
                records += self._archive_trouble(address, client.vantage, got)
                break
            reply = got.reply
            records += self._archive(got, client.vantage)
            content = content_of(reply, self.job.options.limits.page_octets)
            onward = onward_of(reply, content)
            if onward is None:
                break
            if not onward.url or len(hops) >= self.job.options.limits.redirects:
                content = _stopped(content, onward, len(hops))
                break
            hops.append(Hop(url=address, status=reply.status if onward.how == "http" else 0, how=onward.how))
            address = as_sent(onward.url)
        capture = Capture(
            host=self.host.host,
            url=url,
            page=page,
            how=How.STATIC,
            vantage=client.vantage,
            outcome=content.outcome,
            reason=content.reason,
            final_url=address,
            hops=tuple(hops),
            records=tuple(records),
            taken_at=taken_at,
        )
        if reply is not None:
            capture = _with_body(capture, reply)
        self.tell(capture)
        return Taken(capture=capture, text=content.text)

    def _archive(self, had: Had, vantage: Vantage) -> tuple[ArchiveRef, ...]:
        if self.warcs is None:
            return ()
        at, site, reply = self.now(), self.host.host.name, had.reply

        def write(warc: ArchiveWriter) -> tuple[ArchiveRef, ...]:
            sent = warc.request(reply.url, had.sent.line, had.sent.headers, b"", taken_at=at, site=site, vantage=vantage.name)
            came = warc.response(
                reply.url,
                reply.status_line,
                reply.headers,
                reply.payload,
                taken_at=at,
                site=site,
                vantage=vantage.name,
                ip=had.address,
                pair=sent.record_id,
            )
            return sent, came

        return self.warcs.keep(write)

    def _archive_trouble(self, url: str, vantage: Vantage, trouble: Trouble) -> tuple[ArchiveRef, ...]:
        if self.warcs is None:
            return ()
        at, site, outcome = self.now(), self.host.host.name, trouble.outcome.value
        return self.warcs.keep(lambda warc: (warc.outcome(url, outcome, trouble.reason, taken_at=at, site=site, vantage=vantage.name),))


def _with_body(capture: Capture, reply: Reply) -> Capture:
    """The capture of a page whose last answer came in whole."""
    return replace(
        capture,
        status=reply.status,
        content_type=reply.header("content-type")[:200],
        body_sha256=capture.records[-1].sha256 if capture.records else "",
        body_size=len(reply.payload),
    )


def _stopped(content: Content, onward: Onward, hops: int) -> Content:
    """The outcome of a page that sends on where we do not follow."""
    if onward.url:
        return Content(outcome=Outcome.REDIRECT_LIMIT, reason=f"more than {hops} redirects", text="")
    return Content(outcome=content.outcome, reason=onward.reason, text=content.text)
