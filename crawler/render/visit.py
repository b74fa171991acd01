"""One host, from every vantage, by browser: its front page in a fresh context, then the pages that matter most on what the browser shows of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Error

from casefile.archive import ArchiveWriter
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import Capture, How, PageKind, Vantage
from crawler.content import Content
from crawler.messages import Answer, HostJob, Job
from crawler.pages import Choice, as_sent, choose_pages, place_of, registrable_of, same_site_links, skeleton
from crawler.render.ending import ending_of
from crawler.render.keep import Keeper, Kept
from crawler.render.tab import Looked, Tab
from crawler.render.visitor import identity_of, settings_of
from crawler.visit import BUDGET_SPENT, NEVER_CONNECTED
from crawler.warcs import Warcs

MOST_ADDRESSES_ASKED = 20
"""Hosts of one page whose address is asked for at the proxy's log."""

Ask = Callable[[str, str, int, str, str], Awaitable[Answer]]
Browsers = Callable[[bool], Awaitable[Chromium]]
"""Gives the browser that all share, or with True one for this page alone, which its user closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A capture with the HTML of its final DOM, empty where it cannot be read."""

    capture: Capture
    html: str


@dataclass(slots=True, kw_only=True)
class HostVisit:
    """The visit of one host. `tell` is given every capture when it is complete; `ask`: what the proxy's log says of (site, host, port, vantage, address)."""

    job: Job
    host: HostJob
    door: Door
    browsers: Browsers
    warcs: Warcs
    ask: Ask
    now: Callable[[], datetime]
    tell: Callable[[Capture], None]
    asked: dict[tuple[str, int], str] = field(default_factory=dict)

    async def run(self) -> None:
        """Take the host's pages from every vantage, until its budget is spent."""
        closed: set[str] = set()
        for vantage in self.job.options.vantages:
            if vantage.egress in closed:
                continue
            captures = await self._from(vantage)
            if captures[-1].outcome in BUDGET_SPENT:
                return
            if captures[0].outcome in NEVER_CONNECTED and not captures[0].hops:
                closed.add(vantage.egress)

    async def _from(self, vantage: Vantage) -> list[Capture]:
        """The front page, then the pages that matter; a browser that dies is started again for the page at which it did, alone."""
        front = as_sent(self.host.urls[0])
        pages = [Choice(kind=PageKind.LANDING, url=front)]
        captures: list[Capture] = []
        referrer = vantage.referrer
        async with self._context(vantage, alone=False) as context:
            while pages:
                page = pages.pop(0)
                taken = await self._take(context, vantage, page, referrer)
                if taken is None:
                    taken = await self._once_more(vantage, page, referrer)
                captures.append(taken.capture)
                if taken.capture.outcome in BUDGET_SPENT:
                    break
                if page.kind is PageKind.LANDING:
                    pages, referrer = self._choices(taken), taken.capture.final_url
        return captures

    def _choices(self, taken: Taken) -> list[Choice]:
        """The pages to look at beside the front page; none where that led to another site."""
        most, final = self.job.options.render.pages, taken.capture.final_url
        if not most or not taken.html or registrable_of(final, self.door) != self.host.host.registrable:
            return []
        links = [link for link in same_site_links(skeleton(taken.html), final, self.door) if link.url != taken.capture.url]
        return choose_pages(links, self.job.link_words, most)

    @asynccontextmanager
    async def _context(self, vantage: Vantage, *, alone: bool) -> AsyncIterator[BrowserContext | None]:
        """A fresh context for the vantage; None where the browser is gone."""
        browser = await self.browsers(alone)
        context = None
        try:
            with suppress(Error):
                context = await browser.new_context(**self._settings(vantage))
            yield context
        finally:
            with suppress(Error):
                if context is not None:
                    await context.close()
            with suppress(Error):
                if alone:
                    await browser.close()

    def _settings(self, vantage: Vantage) -> dict[str, Any]:
        """Who the browser says that it is, in whose name it asks, and what it lets no page do."""
        credential = next(one for one in self.host.credentials if one.vantage == vantage.name)
        return {
            **settings_of(vantage, self.job.options.render.timezone),
            "proxy": {"server": self.job.proxy, "username": credential.user, "password": credential.password},
            "accept_downloads": False,
            "service_workers": "block",
            "permissions": [],
            "ignore_https_errors": self.job.replays,
        }

    async def _once_more(self, vantage: Vantage, page: Choice, referrer: str) -> Taken:
        """The page in a browser of its own, after the one that all share died; a page at which that dies too is recorded so."""
        async with self._context(vantage, alone=True) as context:
            taken = await self._take(context, vantage, page, referrer)
        if taken is not None:
            return taken
        capture = self._bare(vantage, page, Content(outcome=Outcome.CRASHED, reason="the browser died at this page, twice"))
        self.tell(capture)
        return Taken(capture=capture, html="")

    async def _take(self, context: BrowserContext | None, vantage: Vantage, page: Choice, referrer: str) -> Taken | None:
        """One page: look at it, archive it, tell it; None where the browser died meanwhile."""
        if context is None:
            return None
        limits = self.job.options.limits
        tab = Tab(
            context=context,
            options=self.job.options.render,
            identity=identity_of(vantage),
            redirects=limits.redirects,
            page_octets=limits.page_octets,
        )
        taken_at = self.now()
        try:
            looked = await tab.look(page.url, referrer)
        except Error:
            return None
        finally:
            await tab.close()
        if context.browser is None or not context.browser.is_connected():
            return None
        content = await ending_of(looked, partial(self._ask, vantage.name))
        kept = await self._archive(looked, content, vantage, taken_at)
        capture = _capture(self._bare(vantage, page, content, taken_at), looked, content, kept)
        self.tell(capture)
        return Taken(capture=capture, html=content.text)

    async def _ask(self, vantage: str, url: str) -> Answer:
        host, port = place_of(url)
        return await self.ask(self.host.host.name, host, port, vantage, url)

    async def _archive(self, looked: Looked, content: Content, vantage: Vantage, at: datetime) -> Kept:
        addresses = await self._addresses(looked)
        site, url = self.host.host.name, _final(looked)

        def write(warc: ArchiveWriter) -> Kept:
            keeper = Keeper(warc=warc, at=at, site=site, vantage=vantage.name, addresses=addresses)
            kept = keeper.keep(looked, content.text, url)
            if content.text or looked.witness.crashed or (looked.witness.main is not None and looked.witness.main.status):
                return kept
            failed = warc.outcome(_failed_at(looked), content.outcome.value, content.reason, taken_at=at, site=site, vantage=vantage.name)
            return Kept(records=(*kept.records, failed), dom=kept.dom, screenshot=kept.screenshot, observed=kept.observed)

        return self.warcs.keep(write)

    async def _addresses(self, looked: Looked) -> dict[str, str]:
        """Where the proxy dialled to for the hosts of a page; each is asked for once a visit, none in replay."""
        if self.job.replays:
            return {}
        places = dict.fromkeys(place_of(asked.url) for asked in looked.witness.order if asked.body is not None or asked.main)
        for host, port in list(places)[:MOST_ADDRESSES_ASKED]:
            if host and (host, port) not in self.asked:
                self.asked[host, port] = (await self.ask(self.host.host.name, host, port, "", "")).address
        return {host: address for (host, _), address in self.asked.items()}

    def _bare(self, vantage: Vantage, page: Choice, content: Content, at: datetime | None = None) -> Capture:
        return Capture(
            host=self.host.host,
            url=page.url,
            page=page.kind,
            how=How.RENDERED,
            vantage=vantage,
            outcome=content.outcome,
            reason=content.reason,
            final_url=page.url,
            taken_at=at or self.now(),
        )


def _capture(bare: Capture, looked: Looked, content: Content, kept: Kept) -> Capture:
    """The capture with all that was seen and kept."""
    main = looked.witness.main
    fields: dict[str, Any] = {
        name: getattr(bare, name) for name in ("host", "url", "page", "how", "vantage", "outcome", "reason", "taken_at")
    }
    return Capture(
        **fields,
        status=main.status if main is not None else 0,
        final_url=_final(looked),
        hops=tuple(looked.witness.hops),
        content_type="text/html; charset=utf-8" if kept.dom else "",
        records=(*kept.records, *(ref for ref in (kept.dom, kept.screenshot, kept.observed) if ref is not None)),
        body_sha256=kept.dom.sha256 if kept.dom else "",
        body_size=len(content.text.encode("utf-8", "replace")) if kept.dom else 0,
        title=looked.shown.title if looked.shown else "",
        dom=kept.dom,
        screenshot=kept.screenshot,
        observed=kept.observed,
    )


def _final(looked: Looked) -> str:
    """The address of the page as it stands, without fragment; that of its last document where the page shows none of the web."""
    shown = looked.shown.url.partition("#")[0] if looked.shown else ""
    return as_sent(shown) if place_of(shown)[0] and shown.startswith("http") else _failed_at(looked)


def _failed_at(looked: Looked) -> str:
    main = looked.witness.main
    return as_sent((main.url if main is not None else looked.url).partition("#")[0])
