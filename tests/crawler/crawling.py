"""What the tests of the crawl share: a case file with hosts that resolved, quick options, and one call that runs the step."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casefile.hostname import Door
from casefile.lock import night_lock
from casefile.outcomes import Outcome
from casefile.queries import captures_of
from casefile.records import Capture, Resolution, Sighting, StepReport
from casefile.reference import load_reference
from casefile.store import Case
from crawler.egress.web import Web
from crawler.fetch import fetch
from crawler.options import CrawlOptions, SiteLimits

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)

QUICK = CrawlOptions(
    limits=SiteLimits(seconds=20.0, octets=30_000_000, page_octets=2_000_000, connect_seconds=2.0, answer_seconds=2.0),
    site_delay=0.0,
    keep_free_octets=0,
)
"""Options under which hostile sites are cut soon."""


class Notes:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.outcomes: list[str] = []
        self.pending = 0

    def start(self, step: str, pending: int) -> None:
        self.pending = pending

    def advance(self, outcome: str) -> None:
        self.outcomes.append(outcome)

    def note(self, text: str) -> None:
        self.notes.append(text)


@dataclass
class Run:
    """A state folder with a case file, and what a crawl over it did."""

    state: Path
    case: Case
    progress: Notes = field(default_factory=Notes)
    report: StepReport | None = None

    @property
    def archive(self) -> Path:
        return self.state / "archive"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    def captures(self, host: str) -> list[Capture]:
        return captures_of(self.case, self.case.door.parse(host))

    def crawl(self, web: Web, options: CrawlOptions = QUICK) -> StepReport:
        with night_lock(self.state) as lock:
            self.report = fetch(
                self.case,
                options,
                web,
                load_reference([REFERENCE]),
                self.archive,
                self.logs,
                since=NOW - timedelta(hours=1),
                lock=lock,
                clock=lambda: NOW,
                progress=self.progress,
            )
        return self.report


def with_limits(options: CrawlOptions, **limits: float) -> CrawlOptions:
    """The options with other limits for a site."""
    return replace(options, limits=replace(options.limits, **limits))


def add_hosts(case: Case, hosts: Iterable[str], urls: dict[str, str] | None = None) -> None:
    """Name hosts, and say that they resolve."""
    for name in hosts:
        host = case.door.parse(name)
        named = (urls or {}).get(name, "")
        case.add((
            Sighting(host=host, source="seeds", reason="seed", url=named, seen_at=NOW),
            Resolution(host=host, outcome=Outcome.OK, addresses=("93.184.215.14",), ttl=60, resolved_at=NOW),
        ))  # fmt: skip


@contextmanager
def new_run(folder: Path, hosts: Iterable[str], urls: dict[str, str] | None = None) -> Iterator[Run]:
    """A new case file with these hosts pending."""
    with Case(folder / "casefile.db", Door(("example", "test"))) as case:
        add_hosts(case, hosts, urls)
        yield Run(state=folder, case=case)
