"""The closing report of a night: per step what was done, failed and skipped; what was listed, what waits, where the files are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile import queries, tallies
from casefile.records import Count, Night, Release, StepReport
from casefile.rows import as_json
from casefile.store import Case
from cli.desk import Desk
from cli.output import print_json, print_table, print_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What a night came to. `release` is the newest one, made tonight or before."""

    night: Night
    steps: tuple[StepReport, ...]
    release: Release | None
    listed_tonight: tuple[str, ...]
    listed: int
    waiting: int
    dead: int
    visited: int
    rendered: int
    state: Path


def report_of(case: Case, desk: Desk, night: Night) -> NightReport:
    """Read the report of a night from the case file."""
    release = queries.latest_release(case)
    tally = tallies.tally_between(case, night.started_at, desk.clock())
    entries = queries.listed_entries(case)
    return NightReport(
        night=night,
        steps=tuple(queries.reports_of(case, night)),
        release=release,
        listed_tonight=tuple(sorted(entry.host.name for entry in entries if entry.listed_at >= night.started_at)),
        listed=len(entries),
        waiting=len(queries.verdicts_to_review(case)),
        dead=queries.dead_hosts(case),
        visited=tally.visited,
        rendered=tally.rendered,
        state=desk.state,
    )


def print_report(report: NightReport, page: Path | None, *, as_lines: bool) -> None:
    """The report on stdout: text, or one JSON object. `page`: the night's HTML page, where it could be written."""
    if as_lines:
        print_json(as_json(report) | {"state": str(report.state), "page": str(page or "")})
        return
    print_text(f"night {report.night.id}{' (replay)' if report.night.replay else ''}, begun {report.night.started_at:%Y-%m-%d %H:%M} UTC")
    rows = [
        (step.step, step.round or "", step.done, _counts(step.failed), _counts(step.skipped), f"{step.seconds:.1f}")
        for step in report.steps
        if step.step != "night"
    ]
    print_table(("step", "round", "done", "failed", "skipped", "seconds"), rows, right=("round", "done", "seconds"))
    print_text()
    print_text(f"listed   {len(report.listed_tonight)} new, {report.listed} in all" + _names(report.listed_tonight))
    print_text(f"waiting  {report.waiting} for review: mirrorwatch queue")
    if report.visited:
        print_text(f"rendered {report.rendered} of {report.visited} hosts visited ({report.rendered / report.visited:.0%})")
    print_text(f"dead     {report.dead} of the hosts named so far")
    if report.release:
        print_text(f"release  {report.release.serial} in {_short(report.state / 'releases' / 'latest')}")
    if page:
        print_text(f"report   {_short(page)}")
    print_text(f"files    {_short(report.state / 'casefile.db')}, {_short(report.state / 'archive')}, {_short(report.state / 'logs')}")


def _counts(counts: Sequence[Count]) -> str:
    return ", ".join(f"{count.outcome} {count.number}" for count in counts)


def _names(names: Sequence[str]) -> str:
    if not names:
        return ""
    return ": " + ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _short(path: Path) -> str:
    """Relative to where the operator stands, when that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
