"""What the tests of the renderer share: hosts that were fetched and judged, the browser of this machine, and one call that runs the step."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from casefile.archive import Archive
from casefile.errors import BrowserError
from casefile.hostname import Door, Hostname
from casefile.lock import night_lock
from casefile.observation import Observation, of_json
from casefile.outcomes import Outcome
from casefile.records import Band, Capture, How, Label, PageKind, Resolution, Sighting, StepReport, Verdict
from casefile.reference import load_reference
from casefile.store import Case
from crawler.egress.web import Web
from crawler.messages import Browser
from crawler.options import DESKTOP, CrawlOptions, RenderOptions
from crawler.render.chromium import find_chromium
from crawler.render.step import render
from tests.conftest import require
from tests.crawler.crawling import NOW, QUICK, REFERENCE, Run, with_limits

INSTALL = "the renderer needs Chromium: apt-get install chromium, or .venv/bin/playwright install --with-deps chromium"

SHORT = replace(
    with_limits(QUICK, seconds=60.0, answer_seconds=10.0),
    vantages=(DESKTOP,),
    render=RenderOptions(at_once=2, pages=0, seconds=8.0, quiet=0.2, settle=1.0),
)
"""One vantage, the front page alone, hostile pages cut soon."""


@cache
def the_browser() -> Browser | None:
    try:
        return find_chromium()
    except BrowserError:
        return None


def chromium() -> Browser:
    """The browser of this machine; skips where there is none."""
    browser = the_browser()
    require(browser, INSTALL)
    assert browser is not None
    return browser


class Rendering(Run):
    """A state folder with hosts to render, and what the step did."""

    def render(
        self,
        web: Web,
        options: CrawlOptions = SHORT,
        *,
        needs: Callable[[Hostname], object] = lambda host: True,
        browser: Browser | None = None,
    ) -> StepReport:
        with night_lock(self.state) as lock:
            self.report = render(
                self.case,
                options,
                web,
                load_reference([REFERENCE]),
                self.archive,
                self.logs,
                needs=needs,
                browser=browser or chromium(),
                since=NOW - timedelta(hours=1),
                lock=lock,
                clock=lambda: NOW,
                progress=self.progress,
            )
        return self.report

    def rendered(self, host: str) -> list[Capture]:
        return [capture for capture in self.captures(host) if capture.how is How.RENDERED]

    def seen(self, capture: Capture) -> Observation:
        assert capture.observed is not None
        return of_json(Archive(self.archive).read(capture.observed).payload)

    def dom(self, capture: Capture) -> str:
        assert capture.dom is not None
        return Archive(self.archive).read(capture.dom).payload.decode()


def add_judged(case: Case, hosts: Iterable[str], urls: dict[str, str] | None = None) -> None:
    """Name hosts, and say that they were fetched and judged; the front page was read over http where `urls` says no other address."""
    for name in hosts:
        host = case.door.parse(name)
        url = (urls or {}).get(name, f"http://{name}/")
        static = Capture(
            host=host, url=url, page=PageKind.LANDING, how=How.STATIC, vantage=DESKTOP, outcome=Outcome.OK, final_url=url, taken_at=NOW
        )
        case.add((
            Sighting(host=host, source="seeds", reason="seed", seen_at=NOW),
            Resolution(host=host, outcome=Outcome.OK, addresses=("93.184.215.14",), ttl=60, resolved_at=NOW),
            static,
            Verdict(
                host=host, label=Label.OTHER, probability=0.5, name_probability=0.5, band=Band.UNSURE, reasons=(), model="m", captures=(),
                through_capture=1, through_evidence=0, judged_at=NOW,
            ),
        ))  # fmt: skip


@contextmanager
def new_rendering(folder: Path, hosts: Iterable[str], urls: dict[str, str] | None = None) -> Iterator[Rendering]:
    """A new case file with these hosts to render."""
    with Case(folder / "casefile.db", Door(("example", "test"))) as case:
        add_judged(case, hosts, urls)
        yield Rendering(state=folder, case=case)
