"""A night in numbers, read from the case file: what metrics, notices, the page and the plots are made of."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from casefile import queries, tallies
from casefile.records import Clock, Night, StepReport
from casefile.store import Case
from casefile.tallies import Tally

REACHING = ("resolve", "fetch", "render")
"""Steps whose failures are the far end's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFigures:
    """One night. `ended_at` is when it was over, or the moment of asking where it is not; `seconds` from its begin to then."""

    night: Night
    ended_at: datetime
    over: bool
    steps: tuple[StepReport, ...]
    tally: Tally

    @property
    def seconds(self) -> float:
        """Elapsed time, pauses of a night that was resumed included."""
        return max(0.0, (self.ended_at - self.night.started_at).total_seconds())

    @property
    def failed(self) -> Counter[str]:
        """How many hosts and pages could not be had, by outcome, over all rounds."""
        found: Counter[str] = Counter()
        for step in self.steps:
            if step.step in REACHING:
                found.update({count.outcome: count.number for count in step.failed})
        return found

    @property
    def read_share(self) -> float:
        """Captures that gave a page, of all; 0 where there is none."""
        return share(self.tally.read, self.tally.captures)

    @property
    def challenge_share(self) -> float:
        """Captures that met a challenge, of all."""
        return share(self.tally.challenged, self.tally.captures)

    @property
    def mirror_share(self) -> float:
        """Hosts judged a mirror, of all that were judged."""
        return share(self.tally.mirror, self.tally.judged)

    @property
    def rendered_share(self) -> float:
        """Hosts seen by a browser, of all that were visited."""
        return share(self.tally.rendered, self.tally.visited)


def share(part: int, whole: int) -> float:
    """`part` of `whole`, 0 to 1; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def figures_of(case: Case, night: Night, clock: Clock) -> NightFigures:
    """The figures of a night."""
    steps = tuple(queries.reports_of(case, night))
    last = next((step for step in reversed(steps) if step.step == "night"), None)
    ended = last.finished_at if last else clock()
    return NightFigures(
        night=night,
        ended_at=ended,
        over=last is not None,
        steps=tuple(step for step in steps if step.step != "night"),
        tally=tallies.tally_between(case, night.started_at, ended),
    )


def nights_until(case: Case, night: Night, most: int, clock: Clock) -> list[NightFigures]:
    """The figures of a night and of those before it that were finished, oldest first, at most `most` in all."""
    found = [figures_of(case, one, clock) for one in tallies.last_nights(case, night.id, most)]
    return [one for one in found if one.over or one.night.id == night.id]
