"""One page in one tab: sent to its address, waited for by a stated rule, read and photographed; every question to it has a limit of time.

A page is done when its load event has come (or it is read through, and for two seconds nothing else happened than waiting for a host that is dead) and then
for `quiet` seconds nothing was asked for (sockets, streams and pings aside) and nothing added to it;
`settle` seconds after the load event at the latest. A page that shows next to nothing is given all of `settle`, since many a script waits a second or two.
A page that does not answer is stopped (its script is ended, which gives back what it had shown), and is recorded as one that hangs.
"""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Error, Page

from crawler.options import RenderOptions
from crawler.render.inside import Inside, with_sections
from crawler.render.scripts import FETCH, QUIET, READ
from crawler.render.witness import HANDLERS, Asked, Witness

T = TypeVar("T")

READING = 4.0
"""Seconds of a page's time that are kept for reading it and its picture."""

ANSWER = 2.0
"""Seconds in which a page must answer a question."""

LATE = "no answer in time"

PAUSE = 0.05
"""Seconds between two looks."""

STUCK = 2.0
"""Seconds after which a request that is still open is not waited for: a long poll, or a host that is dead."""

THIN_TEXT = 200
"""Characters; a page that shows fewer is waited for longer."""

MOST_ELEMENTS = 100_000
"""Elements of a page that is written out whole."""

MOST_DIALOGS = 20
"""Dialogs after which a page is one that hangs."""

MOST_BODIES = 400
MOST_BODY_OCTETS = 25_000_000
"""What is kept of one page's documents, scripts and data, together."""

KEPT = ("Document", "Script", "Stylesheet", "XHR", "Fetch", "Manifest")
ICON_OCTETS = 200_000

BUFFERS = {"maxTotalBufferSize": 60_000_000, "maxResourceBufferSize": 6_000_000, "enableDurableMessages": True}
"""Chromium keeps bodies outside of the page's process, so that they outlive a redirect and a page that hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page as it stood. `html`: the final DOM, `cut` where it is not all of it; `text`: characters that are to be seen; `screenshot`: PNG, or nothing."""

    title: str
    html: str
    cut: bool
    elements: int
    text: int
    pictures: int
    url: str
    icon: str
    storage: tuple[str, ...]
    screenshot: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of looking at an address. `failure`: Chromium's name of what went wrong (`net::ERR_...`), empty where a document came; `hung`: the page had to
    be stopped, and why; `shown` is None where nothing could be read.
    """

    url: str
    witness: Witness
    failure: str = ""
    download: bool = False
    hung: str = ""
    endless: bool = False
    shown: Shown | None = None
    cookies: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Tab:
    """A tab for one page of a context (no slots: Playwright writes on whose methods it calls). `identity`: of `crawler.render.visitor`; `redirects`: how often the page may be sent on; `page_octets`: of one body."""

    context: BrowserContext
    options: RenderOptions
    identity: dict[str, Any]
    redirects: int
    page_octets: int
    page: Page = field(init=False)
    session: CDPSession = field(init=False)
    witness: Witness = field(init=False)
    failed: str = ""
    hung: str = ""
    download: bool = False
    bodies: set["asyncio.Task[None]"] = field(default_factory=set)
    taken: int = 0
    octets: int = 0
    until: float = 0.0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self, url: str, referrer: str) -> Looked:
        """Look at `url`. Raises Playwright's `Error` only where the browser itself is gone."""
        self.until = time.monotonic() + self.options.seconds
        await self._open()
        try:
            await self._go(url, referrer)
            shown = await self._shown() if not self.failed and not self.download else None
            await self._bodies_in()
            cookies = await self._cookies()
        finally:
            for task in self.bodies:
                task.cancel()
        return Looked(
            url=url,
            witness=self.witness,
            failure=self.failed,
            download=self.download,
            hung=self.hung,
            endless=self._endless,
            shown=shown,
            cookies=cookies,
        )

    async def close(self) -> None:
        """Close the tab, whatever it does."""
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(ANSWER):
                await self.page.close()

    async def _open(self) -> None:
        """A new tab with every event listened to before anything is asked for."""
        self.page = await self.context.new_page()
        self.session = await self.context.new_cdp_session(self.page)
        tree = await self.session.send("Page.getFrameTree")
        self.witness = Witness(frame=tree["frameTree"]["frame"]["id"], now=time.monotonic, finished=self._finished)
        for name in HANDLERS:
            self.session.on(name, self._taker(name))
        self.page.on("dialog", self._dialog)
        self.page.on("crash", self._crashed)
        self.page.on("download", self._downloaded)
        await asyncio.gather(
            self.session.send("Emulation.setUserAgentOverride", self.identity),
            self.session.send("Page.enable"),
            self.session.send("Runtime.enable"),
            self.session.send("Network.enable", dict(BUFFERS)),
        )

    def _taker(self, name: str) -> Any:
        def take(event: dict[str, Any]) -> None:
            self.witness.take(name, event)
            if self._endless:
                self.ended.set()

        return take

    @property
    def _endless(self) -> bool:
        return self.witness.documents > self.redirects

    def _crashed(self, _page: Page) -> None:
        self.witness.crashed = True
        self.witness.note("crash", "the tab crashed")
        self.ended.set()

    def _downloaded(self, download: Download) -> None:
        self.witness.note("download", f"{download.suggested_filename[:100]} from {download.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.witness.dialogs += 1
        if self.witness.dialogs > MOST_DIALOGS:
            self._hangs("dialogs without end")
            self.ended.set()
            return
        self.witness.note("dialog", f"{dialog.type}: {dialog.message}")
        with suppress(Error):
            await dialog.dismiss()

    # where it goes

    async def _go(self, url: str, referrer: str) -> None:
        """Send the page to its address and wait until it is done, or its time is over."""
        # the referrer is the vantage's to say: by its own rule the browser would send none from https to http
        asking = {"url": url, **({"referrer": referrer, "referrerPolicy": "unsafeUrl"} if referrer else {})}
        went = await self._limited(self.session.send("Page.navigate", asking), self.until - READING)
        if went is None:
            if not self.witness.crashed and not self.hung and not self._endless:
                self.failed = LATE
            return
        self.download = bool(went.get("isDownload"))
        self.failed = "" if self.download else str(went.get("errorText", ""))
        if not self.failed and not self.download:
            await self._settle()

    async def _settle(self) -> None:
        """Wait by the rule."""
        last = self.until - READING
        while not self.ended.is_set() and time.monotonic() < last:
            if not await self._wait_for(self._is_there, last):
                return
            documents, end = self.witness.documents, min(last, time.monotonic() + self.options.settle)
            await self._until_quiet(end)
            if documents == self.witness.documents:
                return

    async def _until_quiet(self, end: float) -> None:
        """Wait until `end` at most for network and page to be quiet; to the very end where the page shows next to nothing."""
        documents = self.witness.documents
        while not self.ended.is_set() and documents == self.witness.documents and (left := end - time.monotonic()) > 0:
            watching = self._asked(QUIET % (self.options.quiet * 1000, left * 1000), end, waits=True)
            shown, _ = await asyncio.gather(watching, self._wait_for(self._network_is_quiet, end))
            if shown is not None and shown >= THIN_TEXT and self._network_is_quiet():
                return
            if shown is None:  # the page is between two documents, or hangs
                await asyncio.sleep(PAUSE)

    def _is_there(self) -> bool:
        """Whether the document is loaded, or is read through and waits only for what does not come."""
        return self.witness.loaded or (self.witness.parsed and self._network_is_quiet())

    def _network_is_quiet(self) -> bool:
        """Whether nothing is under way that came lately, and nothing happened for a while."""
        since = time.monotonic() - self.witness.changed
        return since >= (STUCK if self.witness.under_way else self.options.quiet)

    async def _wait_for(self, condition: Any, end: float) -> bool:
        """Poll until `condition` holds; False where the page ended or `end` came first."""
        while not self.ended.is_set():
            if condition():
                return True
            if time.monotonic() >= end:
                return False
            with suppress(TimeoutError):
                async with asyncio.timeout(min(PAUSE, max(0.001, end - time.monotonic()))):
                    await self.ended.wait()
        return False

    # what it shows

    async def _shown(self) -> Shown | None:
        """The page as it stands, with its picture; None where it was ended, or cannot be made to answer."""
        if self.ended.is_set():
            return None
        found = None
        while found is None and not self.ended.is_set() and time.monotonic() < self.until:
            found = await self._asked(READ % (MOST_ELEMENTS, self.page_octets), self.until, waits=True)
            if found is None:  # the page may just be between two documents
                await asyncio.sleep(PAUSE)
        if found is None and not self.ended.is_set():
            self._hangs("it did not answer in time")
            found = await self._stopped()
        if not isinstance(found, dict):
            return None
        inside = "" if self.hung else await self._inside(found["window"], found["count"])
        await self._icon(found["icon"])
        return Shown(
            title=found["title"],
            html=with_sections(found["html"], inside),
            cut=found["cut"],
            elements=found["count"],
            text=found["text"],
            pictures=found["pictures"],
            url=found["url"],
            icon=found["icon"],
            storage=tuple(found["storage"]),
            screenshot=await self._picture(found["width"], found["height"]),
        )

    async def _inside(self, window: int, elements: int) -> str:
        """What large frames and closed shadow roots show, as sections of HTML."""
        until = min(self.until, time.monotonic() + READING / 2)
        inside = Inside(session=self.session, limited=self._limited, main=self.witness.frame, window=window, until=until)
        return await inside.sections(elements)

    async def _stopped(self) -> Any:
        """End the script that does not end, and read the page after all; the seconds for it are beyond the page's own."""
        self.until = time.monotonic() + ANSWER
        await self._limited(self.session.send("Page.stopLoading"), self.until)
        await self._limited(self.session.send("Runtime.terminateExecution"), self.until)
        return await self._asked(READ % (MOST_ELEMENTS, self.page_octets), self.until)

    async def _picture(self, width: int, height: int) -> bytes:
        """The page as PNG, at half its size where it is too large in octets; nothing where it cannot be had in time."""
        height = min(height, self.options.screenshot_height)
        for scale in (1, 0.5):
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
            asked = self.session.send("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
            taken = await self._limited(asked, max(self.until, time.monotonic() + ANSWER))
            png = base64.b64decode(taken["data"]) if taken else b""
            if len(png) <= self.options.screenshot_octets:
                return png
        self.witness.cut = True
        return b""

    async def _icon(self, linked: str) -> None:
        """Have the page ask for its icon where the browser has not done so of its own."""
        url = icon_url(linked, self.witness)
        if url and all(asked.url != url for asked in self.witness.order):
            await self._asked(FETCH % json.dumps(url), min(self.until, time.monotonic() + ANSWER), waits=True)

    async def _cookies(self) -> tuple[str, ...]:
        cookies = await self._limited(self.context.cookies(), time.monotonic() + ANSWER)
        return tuple(dict.fromkeys(f"cookie:{str(one.get('name', ''))[:200]}" for one in cookies or ()))[:100]

    # bodies

    def _finished(self, number: str, asked: Asked) -> None:
        """Fetch the body of what is to be kept."""
        icon = asked.kind in ("Other", "Image") and "icon" in asked.mime + asked.url.lower()
        if (asked.kind in KEPT or icon) and asked.status and self.taken < MOST_BODIES and self.octets < MOST_BODY_OCTETS:
            self.taken += 1
            task = asyncio.create_task(self._fetch_body(number, asked))
            self.bodies.add(task)
            task.add_done_callback(self.bodies.discard)

    async def _fetch_body(self, number: str, asked: Asked) -> None:
        try:
            came = await self.session.send("Network.getResponseBody", {"requestId": number})
        except Error:  # it was too large for Chromium to keep, or the page is gone
            self.witness.cut = True
            return
        with suppress(binascii.Error):
            body = base64.b64decode(came["body"]) if came["base64Encoded"] else came["body"].encode("utf-8", "replace")
            if len(body) <= self.page_octets and (asked.kind in KEPT or len(body) <= ICON_OCTETS):
                self.octets += len(body)
                asked.body, asked.text = body, not came["base64Encoded"]
            else:
                self.witness.cut = True

    async def _bodies_in(self) -> None:
        """Wait for the bodies that are on their way."""
        if self.bodies:
            await asyncio.wait(set(self.bodies), timeout=ANSWER)

    # questions with a limit

    async def _asked(self, script: str, end: float, *, waits: bool = False) -> Any:
        """The value of `script` in a world of its own; None where the page does not give it: it moved on, or hangs."""
        limit = end if waits else min(end, time.monotonic() + ANSWER)
        frame = {"frameId": self.witness.frame, "worldName": "mirrorwatch"}
        world = await self._limited(self.session.send("Page.createIsolatedWorld", frame), limit)
        if world is None:
            return None
        question = {
            "expression": script,
            "contextId": world["executionContextId"],
            "returnByValue": True,
            "awaitPromise": waits,
        }
        answer = await self._limited(self.session.send("Runtime.evaluate", question), limit)
        return None if answer is None else answer.get("result", {}).get("value")

    async def _limited(self, question: Awaitable[T], end: float) -> T | None:
        """The answer, None where none comes before `end` or the page cannot give one, or ended meanwhile."""
        asking = asyncio.ensure_future(question)
        ending = asyncio.ensure_future(self.ended.wait())
        try:
            await asyncio.wait((asking, ending), timeout=max(0.01, end - time.monotonic()), return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else None
        except Error:
            return None
        finally:
            for task in (asking, ending):
                task.cancel()
            with suppress(Error, asyncio.CancelledError):
                await asking

    def _hangs(self, why: str) -> None:
        self.hung = self.hung or why


def icon_url(linked: str, witness: Witness) -> str:
    """The address of the page's icon: the one it names, else `/favicon.ico` of its host; empty where it has none to ask for."""
    if linked:
        return linked if linked.startswith(("http:", "https:")) else ""
    main = witness.main
    if main is None or not main.url.startswith(("http:", "https:")):
        return ""
    scheme, _, rest = main.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}/favicon.ico"
