"""What goes on the page of a night, read from case file and archive: plain values, ready to be shown."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from casefile import queries, tallies
from casefile.archive import Archive
from casefile.records import Count, StepReport
from casefile.store import Case
from cli.figures import NightFigures
from cli.metrics import Standing
from cli.page.cases import Cases, Waiting, WaitingCase
from cli.page.families import Families, WaitingFamily, parted
from cli.page.masking import shown
from cli.plots import plots_of

MOST_FOUND, MOST_ROWS = 60, 400
"""Names found that are shown, and hosts in a table."""


NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOptions:
    """How much the page shows. `cases`: cards in all, a family or a host that is in none on each, the others in a table; `nights`: nights on the plots."""

    cases: int = 30
    nights: int = 14

    def __post_init__(self) -> None:
        if not 0 <= self.cases <= 200 or not 1 <= self.nights <= 90:
            raise ValueError("cases must be from 0 to 200, nights from 1 to 90")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHost:
    """An entry that this night put on the list."""

    host: str
    scope: str
    family: str
    decided: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of a round."""

    step: str
    round: str
    done: int
    failed: str
    skipped: str
    seconds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """Everything the template is handed. `alerts`: what an operator should read first; `families` and `waiting` have cards, `waiting_rows` a table."""

    number: int
    replay: bool
    state: str
    begun: str
    ended: str
    took: str
    model: str
    exit_code: int
    figures: NightFigures
    standing: Standing
    alerts: tuple[str, ...]
    listed: tuple[ListedHost, ...]
    families: tuple[WaitingFamily, ...]
    waiting: tuple[WaitingCase, ...]
    waiting_rows: tuple[WaitingCase, ...]
    waiting_left: int
    found_by: tuple[tuple[str, int], ...]
    found: tuple[str, ...]
    found_left: int
    steps: tuple[StepRow, ...]
    rendered_why: tuple[tuple[str, int], ...]
    wanted: int
    serial: int
    plots: tuple[tuple[str, str], ...]


def content_of(
    case: Case,
    archive: Path,
    nights: Sequence[NightFigures],
    waiting: Sequence[Waiting],
    standing: Standing,
    alerts: Sequence[str],
    options: PageOptions,
    *,
    zone: str,
    exit_code: int,
) -> PageContent:
    """The page of the last of `nights` (oldest first), times in the zone of the authority; `waiting` is the queue, in its order.

    `alerts` are to be read first. Of the archive it reads what is on `options.cases` cards at most.
    """
    tonight = nights[-1]
    begin, end = tonight.night.started_at, tonight.ended_at
    cases = Cases(case, Archive(archive), end)
    groups, alone = parted(cases, waiting)
    card = Families(cases).card
    rest = [one for _, members in groups[options.cases :] for one in members] + alone[max(0, options.cases - len(groups)) :]
    found = tallies.found_between(case, begin, end)
    wanting = tallies.hosts_wanting_render(case, begin, end)
    why = Counter(kind_of(text) for verdict in {one.host: one for one in wanting}.values() for text in verdict.render_for)
    release = queries.latest_release(case)
    return PageContent(
        number=tonight.night.id,
        replay=tonight.night.replay,
        state=_state(tonight, exit_code),
        begun=_moment(begin, zone),
        ended=_moment(end, zone),
        took=duration(tonight.seconds),
        model=standing.model,
        exit_code=exit_code,
        figures=tonight,
        standing=standing,
        alerts=tuple(shown(text, 600) for text in alerts),
        listed=tuple(_listed(case, tonight)),
        families=tuple(card(family, members) for family, members in groups[: options.cases]),
        waiting=tuple(cases.full(verdict, order) for verdict, order in alone[: max(0, options.cases - len(groups))]),
        waiting_rows=tuple(cases.row(verdict, order) for verdict, order in rest[:MOST_ROWS]),
        waiting_left=max(0, len(rest) - MOST_ROWS),
        found_by=tuple(Counter(one.source for one in found).most_common()),
        found=tuple(one.host.name for one in found[:MOST_FOUND]),
        found_left=max(0, len(found) - MOST_FOUND),
        steps=tuple(_step(step) for step in tonight.steps),
        rendered_why=tuple((shown(text), number) for text, number in why.most_common(12)),
        wanted=len({one.host for one in wanting}),
        serial=release.serial if release else 0,
        plots=tuple(plots_of(nights[-options.nights :], ZoneInfo(zone)).items()),
    )


def kind_of(why: str) -> str:
    """Why a browser should look, without the numbers, the vantage and the words of one page: what is counted together."""
    return NUMBER.sub("…", why.partition(":")[0].partition(" (")[0])


def _listed(case: Case, tonight: NightFigures) -> list[ListedHost]:
    entries = tallies.entries_between(case, tonight.night.started_at, tonight.ended_at)[:MOST_ROWS]
    rows = []
    for entry in entries:
        decision = queries.decision_by_id(case, entry.decision)
        kinds = sorted({one.kind.value for one in queries.evidence_by_id(case, entry.evidence)})
        decided = f"{decision.analyst}, {decision.decided_at:%Y-%m-%d}{', act ' + decision.act if decision.act else ''}" if decision else ""
        rows.append(
            ListedHost(
                host=entry.host.name, scope=entry.scope.value, family=entry.family, decided=shown(decided), evidence=", ".join(kinds)
            )
        )
    return rows


def _step(step: StepReport) -> StepRow:
    return StepRow(
        step=step.step,
        round=str(step.round or ""),
        done=step.done,
        failed=_counts(step.failed),
        skipped=_counts(step.skipped),
        seconds=f"{step.seconds:.1f}",
    )


def _counts(counts: Sequence[Count]) -> str:
    return ", ".join(f"{shown(one.outcome, 60)} {one.number}" for one in counts)


def _state(tonight: NightFigures, exit_code: int) -> str:
    if not tonight.over:
        return "broken off"
    return {0: "done", 3: "done in part"}.get(exit_code, "failed")


def _moment(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"


def duration(seconds: float) -> str:
    """`2 h 05 min`, `3 min 20 s` or `14 s`."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"
