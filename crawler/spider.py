"""The Scrapy child: visits the hosts that its parent hands it, tells it every page, writes the WARC files. `python -m crawler.spider`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from casefile.hostname import Door
from casefile.records import How, Vantage
from crawler.certificates import CheckedCertificates
from crawler.crew import Crew, Parent, begin, end_with_parent
from crawler.download import Client, Fetch, Handler
from crawler.messages import HostJob, Job, PageTaken
from crawler.visit import Visit


class StaticCrew(Crew):
    """`sites_at_once` workers over Scrapy's engine."""

    def __init__(self, job: Job, door: Door, parent: Parent, certificates: CheckedCertificates) -> None:
        super().__init__(job, door, parent, How.STATIC)
        self.certificates = certificates

    async def crawl(self, fetch: Fetch) -> None:
        """Do all the work with Scrapy's engine."""
        await self.work(partial(self._crawl_host, fetch), self.job.options.sites_at_once)

    async def _crawl_host(self, fetch: Fetch, host: HostJob) -> None:
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


class Night(Spider):
    """Scrapy's spider: hands the engine to the crew and keeps it open until the work is done."""

    name = "mirrorwatch"
    custom_settings: dict[Any, Any] | None = None

    def __init__(self, crew: StaticCrew, **fields: Any) -> None:
        super().__init__(**fields)
        self.crew = crew

    async def start(self) -> AsyncIterator[Request]:
        """Do all the work; nothing is left for Scrapy's scheduler."""
        listening = asyncio.create_task(self.crew.parent.listen())
        listening.add_done_callback(end_with_parent)
        assert self.crawler.engine is not None
        await self.crew.crawl(self.crawler.engine.download_async)
        listening.cancel()
        no_requests: tuple[Request, ...] = ()
        for request in no_requests:
            yield request


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
    job, door, parent = begin()
    crew = StaticCrew(job, door, parent, CheckedCertificates(job.ca_file))
    process = AsyncCrawlerProcess(settings_of(job))
    process.crawl(Night, crew=crew)
    process.start(stop_after_crawl=True, install_signal_handlers=False)
    return 0 if crew.finished else 1


if __name__ == "__main__":
    sys.exit(main())
