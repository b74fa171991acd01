"""What nights came to, asked of the case file: counts and lists of a stretch of time. All other questions stand in `casefile.queries`."""

from dataclasses import dataclass
from datetime import datetime

from casefile.outcomes import READ, marks
from casefile.queries import verdicts_to_review
from casefile.records import Entry, Night, Sighting, Verdict
from casefile.rows import time_of, time_text
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class CameOut:
    """How many captures, of how many hosts, came out one way: `how` is static or rendered, `outcome` as in `casefile.outcomes`."""

    how: str
    outcome: str
    captures: int
    hosts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What happened to hosts and pages in a stretch of time, in numbers; `waiting` is how many cases waited for an analyst at its end.

    `found`: hosts named for the first time; `captures` of which `read` gave a page to judge and `challenged` a challenge; `visited`, `rendered`: hosts;
    `judged`: hosts with a new verdict, of which the last says `mirror` or `unsure`; `listed`: new entries; `came_out`: all captures by how they came
    out, since what a step reports of a host hides all its captures but one.
    """

    found: int
    captures: int
    read: int
    challenged: int
    visited: int
    rendered: int
    judged: int
    mirror: int
    unsure: int
    listed: int
    waiting: int
    came_out: tuple[CameOut, ...] = ()


def tally_between(case: Case, begin: datetime, end: datetime) -> Tally:
    """The tally of the time from `begin` to `end`, both included."""
    within = {"begin": time_text(begin), "end": time_text(end)}
    [taken] = case.rows(
        f"SELECT count(*) AS captures, total(outcome IN ({marks(READ)})) AS read, total(outcome = 'challenge') AS challenged, "
        "count(DISTINCT host) AS visited, count(DISTINCT CASE how WHEN 'rendered' THEN host END) AS rendered "
        "FROM captures WHERE taken_at BETWEEN :begin AND :end",
        within,
    )
    [judged] = case.rows(
        "SELECT count(*) AS judged, total(band = 'mirror') AS mirror, total(band = 'unsure') AS unsure "
        "FROM (SELECT band, max(id) FROM verdicts WHERE judged_at BETWEEN :begin AND :end GROUP BY host)",
        within,
    )
    [others] = case.rows(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM sightings GROUP BY host HAVING min(seen_at) BETWEEN :begin AND :end)) AS found, "
        "(SELECT count(*) FROM entries WHERE listed_at BETWEEN :begin AND :end) AS listed, "
        "(SELECT count(*) FROM (SELECT host, band, max(id) FROM verdicts WHERE judged_at <= :end GROUP BY host) "
        "WHERE band IN ('mirror', 'unsure') AND host NOT IN (SELECT host FROM (SELECT host, action, max(id) FROM decisions WHERE decided_at <= :end "
        "GROUP BY host) WHERE action IN ('approve', 'reject', 'unlist'))) AS waiting",
        within,
    )
    numbers = {name: int(row[name]) for row in (taken, judged, others) for name in row.keys()}  # noqa: SIM118  (a row, not a dict)
    return Tally(**numbers, came_out=_came_out(case, within))


def _came_out(case: Case, within: dict[str, str]) -> tuple[CameOut, ...]:
    """What was fetched before what was rendered, the most frequent outcome first."""
    found = case.rows(
        "SELECT how, outcome, count(*) AS captures, count(DISTINCT host) AS hosts FROM captures WHERE taken_at BETWEEN :begin AND :end "
        "GROUP BY how, outcome ORDER BY how DESC, captures DESC, outcome",
        within,
    )
    return tuple(CameOut(how=row["how"], outcome=row["outcome"], captures=row["captures"], hosts=row["hosts"]) for row in found)


def last_nights(case: Case, until: int, most: int) -> list[Night]:
    """This night and those before it, finished or not, oldest first, at most `most`."""
    return case.records(Night, "id IN (SELECT id FROM nights WHERE id <= ? ORDER BY id DESC LIMIT ?)", [until, most])


def hosts_wanting_render(case: Case, begin: datetime, end: datetime) -> list[Verdict]:
    """Verdicts of that time that asked for a browser, oldest first; a host may have several."""
    return case.records(Verdict, "render_for != '[]' AND judged_at BETWEEN ? AND ?", [time_text(begin), time_text(end)])


def waiting_since(case: Case) -> dict[str, datetime]:
    """For every host that waits for an analyst, when a verdict first put it into the queue."""
    found = case.rows("SELECT host, min(judged_at) AS at FROM verdicts WHERE band IN ('mirror', 'unsure') GROUP BY host")
    waiting = {verdict.host.name for verdict in verdicts_to_review(case)}
    return {row["host"]: time_of(row["at"]) for row in found if row["host"] in waiting}


def found_between(case: Case, begin: datetime, end: datetime) -> list[Sighting]:
    """The first sighting of every host that was named for the first time in that time."""
    return case.records(
        Sighting,
        "id IN (SELECT min(id) FROM sightings GROUP BY host) AND seen_at BETWEEN ? AND ?",
        [time_text(begin), time_text(end)],
    )


def entries_between(case: Case, begin: datetime, end: datetime) -> list[Entry]:
    """What was listed in that time."""
    return case.records(Entry, "listed_at BETWEEN ? AND ?", [time_text(begin), time_text(end)])


def newest_night(case: Case) -> Night | None:
    """The night that was begun last, finished or not."""
    return next(iter(case.records(Night, "id = (SELECT max(id) FROM nights)")), None)


def judged_between(case: Case, begin: datetime, end: datetime) -> list[Verdict]:
    """The last verdict of that time on every host that was judged in it."""
    return case.records(
        Verdict,
        "id IN (SELECT max(id) FROM verdicts WHERE judged_at BETWEEN ? AND ? GROUP BY host)",
        [time_text(begin), time_text(end)],
    )
