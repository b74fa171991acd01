"""The static crawl as a step: hosts that resolve and were not captured yet, through one proxy and one Scrapy child, into captures."""

import time
from collections import deque
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from casefile.progress import Progress
from casefile.queries import hosts_to_fetch, named_urls
from casefile.records import Clock, How, StepReport
from casefile.reference import Reference
from casefile.store import Case
from crawler.crawl import Crawl, Trade
from crawler.egress.log import EgressLog
from crawler.egress.proxy import running_proxy
from crawler.egress.web import Web
from crawler.options import CrawlOptions


def fetch(
    case: Case,
    options: CrawlOptions,
    web: Web,
    reference: Reference,
    archive: Path,
    logs: Path,
    *,
    since: datetime,
    lock: int,
    clock: Clock,
    progress: Progress,
) -> StepReport:
    """Capture the pending hosts. `archive`: folder of the WARC files; `logs`: folder for `crawl.log` and `egress.log`; `lock`: descriptor of the night's lock.

    Raises `DiskFullError` (after committing what was finished) when the disk budget is reached, `ArchiveError` when the archive cannot be written.
    """
    began = time.monotonic()
    pending = deque(hosts_to_fetch(case, since))
    progress.start("fetch", len(pending))
    trade = static_trade(case, options)
    with closing(EgressLog(logs / "egress.log", clock)) as log:
        crawl = Crawl(
            case=case, trade=trade, options=options, log=log, clock=clock, progress=progress, pending=pending, replays=web.replays
        )
        if pending:
            proxy = partial(running_proxy, web, options.limits, options.egresses, clock, log, case.door)
            crawl.run(proxy, reference, archive.resolve(), logs / "crawl.log", lock=lock)
    return crawl.report(time.monotonic() - began)


def static_trade(case: Case, options: CrawlOptions) -> Trade:
    """The step over the Scrapy child: every host with the addresses that sources named."""
    return Trade(
        step="fetch",
        module="crawler.spider",
        how=How.STATIC,
        at_once=options.sites_at_once,
        urls_of=lambda host: tuple(named_urls(case, host)),
    )
