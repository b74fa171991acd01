"""The Scrapy child: visits the hosts that its parent hands it, tells it every page, writes the WARC files. `python -m crawler.spider`.

It ends at once when its standard input closes, so that a parent that is killed leaves no orphan; what was not finished then is fetched again.
Standard output carries messages only; whatever else is printed goes to standard error, which the parent points at the crawl's log.
"""

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from casefile.errors import ArchiveError, DiskFullError
from casefile.hostname import Door, Hostname
from casefile.outcomes import Outcome
from casefile.records import ArchiveFile, Vantage
from crawler.certificates import CheckedCertificates
from crawler.content import broken_visit
from crawler.download import Client, Fetch, Handler
from crawler.messages import (
    Answer,
    Begun,
    FileDone,
    Finish,
    HostBroken,
    HostDone,
    HostJob,
    Job,
    Message,
    PageTaken,
    Question,
    Stopped,
    from_line,
    to_line,
)
from crawler.visit import Visit
from crawler.warcs import Warcs

LINE_LIMIT = 1 << 24
"""Octets of a message at most."""

PARENT_GONE = 3
"""Exit status when standard input closes."""

logger = logging.getLogger("crawler.spider")


class Parent:
    """The other end of the pipes: hosts and answers come in, messages go out."""

    def __init__(self, out: BinaryIO, door: Door) -> None:
        self._out = out
        self._door = door
        self._hosts: asyncio.Queue[HostJob | None] = asyncio.Queue()
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0
        self._unsent = bytearray()

    def tell(self, message: Message) -> None:
        """Send a message; the pipe is drained by a parent that waits for nothing else.

        Pages wait for the next message of another kind, which every host ends with: a write for each was measured to cost as much as packing it.
        """
        self._unsent += to_line(message)
        if not isinstance(message, PageTaken):
            self._out.write(self._unsent)
            self._unsent.clear()

    async def next_host(self) -> HostJob | None:
        """The next host to visit, None when there are no more."""
        host = await self._hosts.get()
        if host is None:
            self._hosts.put_nowait(None)
        return host

    async def ask(self, site: str, host: str, port: int) -> Answer:
        """What the proxy's log last said of `host` and `port` for `site`."""
        self._number += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[self._number] = answer
        self.tell(Question(number=self._number, site=site, host=host, port=port))
        return await answer

    async def listen(self) -> None:
        """Take in what the parent says until it is gone."""
        reader = asyncio.StreamReader(limit=LINE_LIMIT)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            self.take(from_line(line, self._door.parse))

    def take(self, message: Message) -> None:
        """Take in one thing that the parent said."""
        if isinstance(message, HostJob):
            self._hosts.put_nowait(message)
        elif isinstance(message, Answer):
            self._asked.pop(message.number).set_result(message)
        elif isinstance(message, Finish):
            self.no_more()

    def no_more(self) -> None:
        """Let every worker end after the host it has."""
        self._hosts.put_nowait(None)


class Crew:
    """`sites_at_once` workers, each with one host at a time. A fault of ours in one visit ends that host only."""

    def __init__(self, job: Job, door: Door, parent: Parent, certificates: CheckedCertificates) -> None:
        self.job = job
        self.door = door
        self.parent = parent
        self.certificates = certificates
        self.stopped = False
        self.finished = False
        self.warcs = Warcs(Path(job.archive), job.prefix, job.options, self.now) if job.archive else None

    def now(self) -> datetime:
        """The parent's clock, carried on by the machine's monotonic one."""
        return self.job.now + timedelta(seconds=time.monotonic() - self.job.monotonic)

    async def work(self, fetch: Fetch) -> None:
        """Visit hosts until there are no more, then finish the open file."""
        await asyncio.gather(*(self._worker(fetch) for _ in range(self.job.options.sites_at_once)))
        if self.warcs is not None:
            try:
                self._tell_file(self.warcs.finish())
            except (ArchiveError, DiskFullError) as error:
                self._stop(error)
        self.finished = True

    async def _worker(self, fetch: Fetch) -> None:
        while not self.stopped and (host := await self.parent.next_host()) is not None:
            self.parent.tell(Begun(host=host.host))
            visit = asyncio.create_task(self._visit(host, fetch))
            await asyncio.wait((visit,))
            self._account(host.host, visit)

    async def _visit(self, host: HostJob, fetch: Fetch) -> None:
        passwords = {credential.vantage: credential for credential in host.credentials}

        def client_of(job: HostJob, vantage: Vantage) -> Client:
            return Client(
                job=self.job,
                site=job.host.name,
                vantage=vantage,
                credential=passwords.get(vantage.name),
                fetch=fetch,
                ask=self.parent.ask,
                certificates=self.certificates,
            )

        await Visit(
            job=self.job,
            host=host,
            door=self.door,
            client_of=client_of,
            warcs=self.warcs,
            now=self.now,
            tell=lambda capture: self.parent.tell(PageTaken(capture=capture)),
        ).run()
        self.parent.tell(HostDone(host=host.host))
        if self.warcs is not None:
            self._tell_file(self.warcs.host_finished())

    def _account(self, host: Hostname, visit: "asyncio.Task[None]") -> None:
        error = visit.exception()
        if error is None or self.stopped:
            return
        if isinstance(error, ArchiveError | DiskFullError):
            self._stop(error)
            return
        logger.error("the visit of %s broke off", host.name, exc_info=error)
        reason = f"a fault of ours ended the visit: {type(error).__name__}"
        vantage, replays = self.job.options.vantages[0], self.job.replays
        self.parent.tell(PageTaken(capture=broken_visit(host, vantage, Outcome.UNREADABLE, reason, self.now(), replays=replays)))
        self.parent.tell(HostBroken(host=host, error=type(error).__name__))

    def _stop(self, error: ArchiveError | DiskFullError) -> None:
        """Our own side failed: say why, take no more hosts; `work` finishes what is whole."""
        if not self.stopped:
            self.stopped = True
            self.parent.no_more()
            self.parent.tell(Stopped(disk=isinstance(error, DiskFullError), text=str(error)))

    def _tell_file(self, file: ArchiveFile | None) -> None:
        if file is not None:
            self.parent.tell(FileDone(file=file))


class Night(Spider):
    """Scrapy's spider: hands the engine to the crew and keeps it open until the work is done."""

    name = "mirrorwatch"
    custom_settings: dict[Any, Any] | None = None

    def __init__(self, crew: Crew, **fields: Any) -> None:
        super().__init__(**fields)
        self.crew = crew

    async def start(self) -> AsyncIterator[Request]:
        """Do all the work; nothing is left for Scrapy's scheduler."""
        listening = asyncio.create_task(self.crew.parent.listen())
        listening.add_done_callback(_end_unless_cancelled)
        assert self.crawler.engine is not None
        await self.crew.work(self.crawler.engine.download_async)
        listening.cancel()
        no_requests: tuple[Request, ...] = ()
        for request in no_requests:
            yield request


def _end_unless_cancelled(listening: "asyncio.Task[None]") -> None:
    """End this process there and then when the parent is gone, or cannot be understood any more."""
    if listening.cancelled():
        return
    if error := listening.exception():
        logger.error("what the parent says cannot be understood", exc_info=error)
    os._exit(PARENT_GONE)


def settings_of(job: Job) -> dict[str, Any]:
    """Scrapy's settings: nothing of it but the downloader; no extension listens on a port, no middleware follows, retries or decodes."""
    options = job.options
    return {
        "ADDONS": {},
        "CONCURRENT_REQUESTS": options.sites_at_once,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.requests_per_site,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_DELAY": 0 if job.replays else options.site_delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_HANDLERS_BASE": {"http": Handler, "https": Handler},
        "DOWNLOAD_MAXSIZE": options.limits.page_octets,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "LOG_LEVEL": "WARNING",
        "LOG_VERSIONS": [],
        "SPIDER_MIDDLEWARES_BASE": {},
        "STATS_DUMP": False,
        "URLLENGTH_LIMIT": 0,
    }


def main() -> int:
    """Read the job, do it; returns the exit status: 0 when all was told, 1 when Scrapy itself failed."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as unbuffered:
        job = from_line(unbuffered.readline(), Door().parse)
    assert isinstance(job, Job)
    door = Door(job.extra_suffixes)
    crew = Crew(job, door, Parent(out, door), CheckedCertificates(job.ca_file))
    process = AsyncCrawlerProcess(settings_of(job))
    process.crawl(Night, crew=crew)
    process.start(stop_after_crawl=True, install_signal_handlers=False)
    return 0 if crew.finished else 1


if __name__ == "__main__":
    sys.exit(main())
