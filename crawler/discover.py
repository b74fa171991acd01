"""Discovery: every source is asked which hosts it names, and what it says is appended."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from casefile.progress import Progress
from casefile.records import Clock, Count, Sighting, StepReport
from casefile.store import Case
from crawler.options import CrawlOptions
from crawler.sources import SOURCES, Source, SourceInputs
from crawler.sources.source import BAD_LINE


def discover(
    case: Case,
    options: CrawlOptions,
    inputs: SourceInputs,
    archive: Path,
    *,
    clock: Clock,
    progress: Progress,
    sources: Sequence[Source] = SOURCES,
) -> StepReport:
    """Append what the sources name. `done` counts new sightings; skipped are `known` ones and lines that name no host (`bad-line`).

    Raises `UsageError` for inputs that cannot be used; what other sources named before stays.
    """
    began = time.monotonic()
    progress.start("discover", len(sources))
    tally = _Tally(progress)
    given = replace(inputs, archive=archive, outlinks_per_page=options.outlinks_per_page)
    new = 0
    for source in sources:
        new += case.add_in_batches(_named(source, case, given, clock, tally))
        progress.advance(source.name)
    skipped = {"known": tally.counts["named"] - new, BAD_LINE: tally.counts[BAD_LINE]}
    return StepReport(
        step="discover",
        done=new,
        skipped=tuple(Count(outcome=outcome, number=number) for outcome, number in skipped.items() if number),
        seconds=round(time.monotonic() - began, 3),
        finished_at=clock(),
    )


def _named(source: Source, case: Case, inputs: SourceInputs, clock: Clock, tally: "_Tally") -> Iterator[Sighting]:
    for sighting in source.sightings(case, inputs, clock, tally):
        tally.advance("named")
        yield sighting


class _Tally:
    """The progress of a source: what it tells of is counted, only its notes are passed on. The step's items are the sources: how many hosts one names is not known before."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.counts: Counter[str] = Counter()

    def start(self, step: str, pending: int) -> None:
        """A source has no steps of its own."""

    def advance(self, outcome: str) -> None:
        self.counts[outcome] += 1

    def note(self, text: str) -> None:
        self._progress.note(text)
