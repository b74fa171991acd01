"""The renderer as a step: hosts whose verdict asks for a browser, through one proxy and one rendering child, into captures."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from casefile.hostname import Hostname
from casefile.outcomes import OUTCOMES, Outcome
from casefile.progress import Progress
from casefile.queries import captures_of, hosts_to_render
from casefile.records import Clock, Count, How, PageKind, StepReport
from casefile.reference import Reference
from casefile.store import Case
from crawler.content import front_page
from crawler.crawl import Crawl, Trade
from crawler.egress.log import EgressLog
from crawler.egress.proxy import running_proxy
from crawler.egress.replay import ReplayWeb
from crawler.egress.web import Web
from crawler.messages import Browser
from crawler.options import CrawlOptions
from crawler.render.home import browser_home

NOT_NEEDED = "not-needed"
"""What the report calls a host that was judged well enough without a browser."""

Needs = Callable[[Hostname], object]
"""Whether a browser should look at a host: anything true, such as the reasons."""


def render(
    case: Case,
    options: CrawlOptions,
    web: Web,
    reference: Reference,
    archive: Path,
    logs: Path,
    *,
    needs: Needs,
    browser: Browser,
    since: datetime,
    lock: int,
    clock: Clock,
    progress: Progress,
) -> StepReport:
    """Look at the pending hosts that need it. `browser`: of `crawler.render.chromium.find_chromium`; `logs`: folder for `render.log` and `egress.log`.

    Raises `BrowserError` where the browser does not run as it must, `DiskFullError` and `ArchiveError` as `crawler.fetch.fetch`; what was finished is kept.
    """
    began = time.monotonic()
    waiting = hosts_to_render(case, since)
    pending = deque(host for host in waiting if needs(host))
    progress.start("render", len(pending))
    with closing(EgressLog(logs / "egress.log", clock)) as log, browser_home(browser, options.render) as housed:
        crawl = Crawl(
            case=case,
            trade=Trade(
                step="render",
                module="crawler.render.child",
                how=How.RENDERED,
                at_once=options.render.at_once,
                urls_of=lambda host: (front_as_read(case, host, since, web),),
                died=Outcome.CRASHED,
                browser=housed,
            ),
            options=options,
            log=log,
            clock=clock,
            progress=progress,
            pending=pending,
            replays=web.replays,
        )
        skipped = len(waiting) - len(pending)
        if pending:
            proxy = partial(running_proxy, web, options.limits, options.egresses, clock, log, case.door)
            crawl.run(proxy, reference, archive.resolve(), logs / "render.log", lock=lock)
    report = crawl.report(time.monotonic() - began)
    return replace(report, skipped=(*report.skipped, Count(outcome=NOT_NEEDED, number=skipped))) if skipped else report


def front_as_read(case: Case, host: Hostname, since: datetime, web: Web) -> str:
    """The address under which the static visit read the host best: its front page with the scheme that worked, or one that a source named where only that
    could be read. In replay with the scheme under which it was archived, since a page over http is another page to its own scripts.
    """
    landings = [
        capture
        for capture in captures_of(case, host)
        if capture.how is How.STATIC and capture.page is PageKind.LANDING and capture.taken_at >= since
    ]
    if not landings:
        return front_page(host, replays=web.replays)
    best = max(
        landings, key=lambda one: (one.outcome is Outcome.OK, OUTCOMES[one.outcome].read, OUTCOMES[one.outcome].alive, -landings.index(one))
    )
    if not isinstance(web, ReplayWeb):
        return best.url
    parts = urlsplit(best.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts._replace(scheme=web.scheme_of(host.name, path) or parts.scheme).geturl()
