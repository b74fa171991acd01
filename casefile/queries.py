"""What is asked of the case file, as questions; state is always derived, never stored. What nights came to is asked in `casefile.tallies`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from casefile.changes import CHANGED_SINCE
from casefile.hostname import Hostname
from casefile.outcomes import DEAD, OUTCOMES, READ, Outcome, marks
from casefile.records import (
    Appeal,
    Capture,
    Decision,
    Entry,
    Evidence,
    EvidenceKind,
    Family,
    Night,
    Order,
    RegisterImport,
    Release,
    Removal,
    Resolution,
    Setting,
    Sighting,
    StepReport,
    Tie,
    Verdict,
)
from casefile.rows import time_of, time_text
from casefile.store import Case

T = TypeVar("T")

NOT_REJECTED = "NOT EXISTS (SELECT 1 FROM latest_decisions d WHERE d.host = s.host AND d.action = 'reject')"


REJECTED_AGAIN_DAYS = 7
"""A rejected host that was visited before is visited again this long after the decision and the last visit, since what it shows may have changed."""

LONG_REJECTED = (
    "EXISTS (SELECT 1 FROM latest_resolutions r WHERE r.host = s.host AND r.resolved_at < :again) "
    "AND NOT EXISTS (SELECT 1 FROM latest_decisions d WHERE d.host = s.host AND d.decided_at >= :again)"
)


def hosts_to_resolve(case: Case, since: datetime) -> list[Hostname]:
    """Hosts that a source named, or that are approved or listed, and no analyst rejected (or not lately), not looked up since then, in the order they were first named."""
    unnamed = "SELECT host, 9223372036854775807 AS id FROM"
    found = case.rows(
        f"SELECT s.host, min(s.id) AS first FROM (SELECT host, id FROM sightings UNION ALL {unnamed} latest_decisions WHERE action = 'approve' "
        f"UNION ALL {unnamed} listed) s WHERE ({NOT_REJECTED} OR ({LONG_REJECTED})) "
        "AND NOT EXISTS (SELECT 1 FROM resolutions r WHERE r.host = s.host AND r.resolved_at >= :since) GROUP BY s.host ORDER BY first",
        {"since": time_text(since), "again": time_text(since - timedelta(days=REJECTED_AGAIN_DAYS))},
    )
    return [case.door.parse(row["host"]) for row in found]


def hosts_to_fetch(case: Case, since: datetime) -> list[Hostname]:
    """Hosts that resolved since then and have no capture since then, in the order they were first named."""
    found = case.rows(
        "SELECT r.host, (SELECT min(id) FROM sightings WHERE host = r.host) AS first FROM latest_resolutions r "
        "WHERE r.resolved_at >= :since AND r.outcome = 'ok' "
        "AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.host = r.host AND c.taken_at >= :since) ORDER BY first",
        {"since": time_text(since)},
    )
    return [case.door.parse(row["host"]) for row in found]


def named_urls(case: Case, host: Hostname) -> list[str]:
    """The exact addresses that sources named for a host, first named first."""
    return [
        row["url"] for row in case.rows("SELECT url FROM sightings WHERE host = ? AND url != '' GROUP BY url ORDER BY min(id)", [host.name])
    ]


def captures_to_examine(case: Case, detectors: str) -> list[Capture]:
    """Captures with a page that this set of detectors has not read."""
    return case.records(
        Capture, f"outcome IN ({marks(READ)}) AND id NOT IN (SELECT capture_id FROM examinations WHERE detectors = ?)", [detectors]
    )


def hosts_to_score(case: Case, model: str) -> list[Hostname]:
    """Hosts with a capture or evidence that the model's latest verdict on them has not seen."""
    found = case.rows(
        "SELECT c.host, min(c.id) AS first FROM captures c LEFT JOIN "
        "(SELECT host, max(through_capture) AS cap, max(through_evidence) AS evi FROM verdicts WHERE model = ? GROUP BY host) v ON v.host = c.host "
        "WHERE v.cap IS NULL OR c.id > v.cap OR EXISTS (SELECT 1 FROM evidence e WHERE e.host = c.host AND e.id > v.evi) GROUP BY c.host ORDER BY first",
        [model],
    )
    return [case.door.parse(row["host"]) for row in found]


def captures_of(case: Case, host: Hostname) -> list[Capture]:
    """All captures of a host, oldest first."""
    return case.records(Capture, "host = ?", [host.name])


def latest_captures_of(case: Case, host: Hostname) -> list[Capture]:
    """The captures of the host's last visit: every (address, vantage) at its newest, of the newest visit only (20 h wide)."""
    found = captures_of(case, host)
    if not found:
        return []
    newest = max(capture.taken_at for capture in found)
    last: dict[tuple[str, str, str], Capture] = {}
    for capture in found:
        if (newest - capture.taken_at).total_seconds() < 20 * 3600:
            last[capture.url, capture.vantage.name, capture.how.value] = capture
    return list(last.values())


def evidence_of(case: Case, host: Hostname) -> list[Evidence]:
    """All evidence on a host, oldest first."""
    return case.records(Evidence, "host = ?", [host.name])


def all_evidence(case: Case) -> list[Evidence]:
    """All evidence, oldest first."""
    return case.records(Evidence)


def latest_verdicts(case: Case) -> list[Verdict]:
    """The latest verdict of every host."""
    return case.records(Verdict, view="latest_verdicts")


def verdict_of(case: Case, host: Hostname) -> Verdict | None:
    """The latest verdict on a host, None where it was never judged."""
    return next(iter(case.records(Verdict, "host = ?", [host.name], view="latest_verdicts")), None)


def decisions_of(case: Case, host: Hostname) -> list[Decision]:
    """All decisions on a host, oldest first."""
    return case.records(Decision, "host = ?", [host.name])


def latest_decisions(case: Case) -> list[Decision]:
    """The latest decision of every host that has one."""
    return case.records(Decision, view="latest_decisions")


def verdicts_to_review(case: Case) -> list[Verdict]:
    """Hosts in the mirror band or unsure that no analyst has approved, rejected or unlisted, or that `changed_since` they were, most probable first.

    A deferred host waits at the end.
    """
    undecided = "host NOT IN (SELECT host FROM latest_decisions WHERE action IN ('approve', 'reject', 'unlist'))"
    changed = f"host IN (SELECT d.host {CHANGED_SINCE})"
    found = case.records(Verdict, f"band IN ('mirror', 'unsure') AND ({undecided} OR {changed})", view="latest_verdicts")
    deferred = {row["host"] for row in case.rows("SELECT host FROM latest_decisions WHERE action = 'defer'")}
    return sorted(
        found, key=lambda verdict: (verdict.host.name in deferred, verdict.band.value != "mirror", -verdict.probability, verdict.host.name)
    )


def approved_hosts(case: Case) -> list[Decision]:
    """Hosts whose latest decision is an approval."""
    return case.records(Decision, "action = 'approve'", view="latest_decisions")


def listed_entries(case: Case) -> list[Entry]:
    """What the list holds now."""
    return case.records(Entry, view="listed")


def entries_listed_since(case: Case, begin: datetime) -> int:
    """How many entries were listed anew from `begin` on, counted across releases; those of a clock that stood in the future too."""
    return int(case.rows("SELECT count(*) AS n FROM entries WHERE listed_at >= ? AND renews = 0", [time_text(begin)])[0]["n"])


def latest_release(case: Case) -> Release | None:
    """The newest release, None before the first."""
    return next(iter(case.records(Release, "serial = (SELECT max(serial) FROM releases)")), None)


def has_live_captures(case: Case) -> bool:
    """Whether any page here was taken from the live web; in such a case file a replayed capture never proves that a host is alive."""
    return bool(case.rows("SELECT 1 FROM captures WHERE replayed_from IS NULL AND outcome = 'ok' LIMIT 1"))


def has_replayed_captures(case: Case) -> bool:
    """Whether any page here was served from an archive."""
    return bool(case.rows("SELECT 1 FROM captures WHERE replayed_from IS NOT NULL LIMIT 1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """Whether a host answers: `state` is unseen, alive, dead, failing or resurrected; `since` the look-up that says so."""

    host: Hostname
    state: str
    outcome: Outcome | None
    since: datetime | None


def state_of(case: Case, host: Hostname) -> HostState:
    """The state of a host from its look-ups: dead is NXDOMAIN or no address; resurrected answers now and was dead before."""
    found = case.records(Resolution, "host = ?", [host.name])
    if not found:
        return HostState(host=host, state="unseen", outcome=None, since=None)
    last = found[-1]
    if last.outcome is Outcome.OK:
        state = "resurrected" if any(OUTCOMES[one.outcome].dead for one in found[:-1]) else "alive"
    else:
        state = "dead" if OUTCOMES[last.outcome].dead else "failing"
    return HostState(host=host, state=state, outcome=last.outcome, since=last.resolved_at)


def resolutions_of(case: Case, host: Hostname) -> list[Resolution]:
    """All look-ups of a host, oldest first."""
    return case.records(Resolution, "host = ?", [host.name])


def dead_hosts(case: Case) -> int:
    """How many hosts' last look-up found no such name or no address."""
    return int(case.rows(f"SELECT count(*) AS n FROM latest_resolutions WHERE outcome IN ({marks(DEAD)})")[0]["n"])


def sightings_of(case: Case, host: Hostname) -> list[Sighting]:
    """Who named a host, oldest first."""
    return case.records(Sighting, "host = ?", [host.name])


def count_sightings(case: Case) -> int:
    """How many sightings there are; a round that adds none is the last."""
    return int(case.rows("SELECT count(*) AS n FROM sightings")[0]["n"])


def of_hosts(case: Case, kind: type[T], hosts: Sequence[Hostname], *, view: str = "") -> list[T]:
    """The records of a kind on these hosts, oldest first of each part of 500 hosts."""
    found: list[T] = []
    for begin in range(0, len(hosts), 500):
        part = [host.name for host in hosts[begin : begin + 500]]
        found += case.records(kind, f"host IN ({', '.join('?' * len(part))})", part, view=view)
    return found


def decided_names(case: Case) -> frozenset[str]:
    """The names of hosts that are approved, or listed and not decided otherwise since."""
    approved = "SELECT host FROM latest_decisions WHERE action = 'approve'"
    listed = "SELECT host FROM listed WHERE host NOT IN (SELECT host FROM decisions)"
    return frozenset(row["host"] for row in case.rows(f"{approved} UNION {listed}"))


def hosts_showing(case: Case, kind: EvidenceKind, subject: str, value: str) -> list[Hostname]:
    """The hosts with strong evidence, or a licence, of this kind, subject and value, first found first."""
    found = case.rows(
        "SELECT host FROM evidence WHERE kind = ? AND value = ? AND subject = ? AND (strength = 'strong' OR kind = 'licence') GROUP BY host ORDER BY min(id)",
        [kind.value, value, subject],
    )
    return [case.door.parse(row["host"]) for row in found]


def families_now(case: Case) -> list[Family]:
    """The families as last found; one that another swallowed is no more."""
    return case.records(Family, "members != '[]'", view="latest_families")


def unfinished_night(case: Case) -> Night | None:
    """The last night where no StepReport `night` says that it is over."""
    found = case.records(
        Night, "id = (SELECT max(id) FROM nights) AND NOT EXISTS (SELECT 1 FROM step_reports WHERE night = nights.id AND step = 'night')"
    )
    return found[0] if found else None


def reports_of(case: Case, night: Night) -> list[StepReport]:
    """The step reports of a night in order."""
    return case.records(StepReport, "night = ?", [night.id])


def setting(case: Case, key: str) -> str:
    """The latest value of a setting of this case file, empty where there is none."""
    found = case.rows("SELECT value FROM latest_settings WHERE key = ?", [key])
    return str(found[0]["value"]) if found else ""


def last_seen_alive(case: Case, host: Hostname) -> datetime | None:
    """When a page of the host was last read with a status under 400; replayed captures count only in a case file that holds nothing else."""
    live_only = " AND replayed_from IS NULL" if has_live_captures(case) else ""
    found = case.rows(
        f"SELECT max(taken_at) AS at FROM captures WHERE host = ? AND outcome = 'ok' AND status < 400{live_only}", [host.name]
    )
    return time_of(found[0]["at"]) if found[0]["at"] else None


def damage(case: Case) -> str:
    """What SQLite's own check finds wrong with the case file, empty where it is whole."""
    [row] = case.rows("PRAGMA quick_check(1)")
    return "" if row[0] == "ok" else str(row[0])


def known_hosts(case: Case, hosts: Iterable[Hostname]) -> set[str]:
    """Which of these names the case file has met: named by a source, visited, judged or listed."""
    tables = ("sightings", "captures", "verdicts", "entries")
    found = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE host = :host)" for table in tables)
    return {host.name for host in hosts if case.rows(f"SELECT {found} AS known", {"host": host.name})[0]["known"]}


def release_of(case: Case, serial: int) -> Release | None:
    """The release of that serial."""
    return next(iter(case.records(Release, "serial = ?", [serial])), None)


def removals_of(case: Case, serial: int) -> list[Removal]:
    """What left the list in the release of that serial."""
    return case.records(Removal, "serial = ?", [serial])


def by_id(case: Case, kind: type[T], ids: Iterable[int]) -> dict[int, T]:
    """The records of these ids, by id."""
    wanted = sorted(set(ids))
    found: dict[int, T] = {}
    for begin in range(0, len(wanted), 500):
        part = wanted[begin : begin + 500]
        for one in case.records(kind, f"id IN ({', '.join('?' * len(part))})", part):
            found[one.id] = one  # type: ignore[attr-defined]
    return found


def evidence_by_id(case: Case, ids: tuple[int, ...]) -> list[Evidence]:
    """These rows of evidence, oldest first."""
    return case.records(Evidence, f"id IN ({', '.join('?' for _ in ids)})", ids)


def decision_by_id(case: Case, number: int) -> Decision | None:
    """This decision."""
    return next(iter(case.records(Decision, "id = ?", [number])), None)


def first_sightings(case: Case) -> dict[str, int]:
    """For every host that a source named, the place of its first sighting in the order they were appended."""
    return {row["host"]: int(row["first"]) for row in case.rows("SELECT host, min(id) AS first FROM sightings GROUP BY host")}


def all_ties(case: Case) -> list[Tie]:
    """All ties, oldest first."""
    return case.records(Tie)


LAST_DISCOVER = "coalesce((SELECT max(finished_at) FROM step_reports WHERE step = 'discover'), '')"
"""When a discovery was last finished; one that was killed has no report, so that what it saw is seen again."""


def redirects_to_follow(case: Case) -> list[Capture]:
    """Captures that redirected, taken since a discovery was last finished."""
    return case.records(Capture, f"hops != '[]' AND taken_at >= {LAST_DISCOVER}")


def captures_to_follow(case: Case) -> list[Capture]:
    """Pages of hosts whose latest verdict is promotion, or hacked (what was put there leads to mirrors), taken or judged since a discovery was last finished."""
    return case.records(
        Capture,
        f"outcome IN ({marks(READ)}) AND body_sha256 != '' AND EXISTS (SELECT 1 FROM latest_verdicts v WHERE v.host = captures.host "
        f"AND v.label IN ('promotion', 'hacked') AND (v.judged_at >= {LAST_DISCOVER} OR captures.taken_at >= {LAST_DISCOVER}))",
    )


def hosts_seen_live(case: Case) -> set[str]:
    """The names of hosts of which a page was read on the live web with a status under 400."""
    found = case.rows("SELECT DISTINCT host FROM captures WHERE outcome = 'ok' AND status < 400 AND replayed_from IS NULL")
    return {row["host"] for row in found}


def hosts_to_render(case: Case, since: datetime) -> list[Hostname]:
    """Hosts that were fetched and judged since then and not rendered since then, in the order they were first named; which of them need it the verdict says."""
    found = case.rows(
        "SELECT v.host, (SELECT min(id) FROM sightings WHERE host = v.host) AS first FROM latest_verdicts v "
        "WHERE EXISTS (SELECT 1 FROM captures c WHERE c.host = v.host AND c.how = 'static' AND c.taken_at >= :since) "
        "AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.host = v.host AND c.how = 'rendered' AND c.taken_at >= :since) ORDER BY first",
        {"since": time_text(since)},
    )
    return [case.door.parse(row["host"]) for row in found]


def standing_orders(case: Case) -> list[Order]:
    """The standing orders on families that hold now."""
    return case.records(Order, "stands = 1", view="latest_orders")


def orders_of(case: Case, host: Hostname) -> list[Order]:
    """All orders, begun and ended, on the family that was named for this host, oldest first."""
    return case.records(Order, "host = ?", [host.name])


def ties_of(case: Case, host: Hostname) -> list[Tie]:
    """Why a host is in its families, oldest first."""
    return case.records(Tie, "host = ?", [host.name])


def evidence_kinds(case: Case) -> dict[str, tuple[str, ...]]:
    """For every host that has evidence, its kinds in order of name."""
    kinds: dict[str, list[str]] = {}
    for row in case.rows("SELECT DISTINCT host, kind FROM evidence ORDER BY host, kind"):
        kinds.setdefault(row["host"], []).append(row["kind"])
    return {host: tuple(found) for host, found in kinds.items()}


def settings_of(case: Case, key: str) -> list[Setting]:
    """Every value that a setting of this case file had, oldest first."""
    return case.records(Setting, "key = ?", [key])


def added_by_last_releases(case: Case, number: int) -> list[int]:
    """How many entries each of the last `number` releases that listed any listed anew, newest first."""
    return [int(row["added"]) for row in case.rows("SELECT added FROM releases WHERE added > 0 ORDER BY serial DESC LIMIT ?", [number])]


def complaints_about(case: Case, hosts: Sequence[Hostname]) -> dict[str, int]:
    """How many lines of seed files (complaints, lists of officers) named each of these hosts."""
    return _counts(case, hosts, "SELECT host, count(*) AS n FROM sightings WHERE source = 'seeds' AND host IN ({}) GROUP BY host")


def sites_leading_to(case: Case, hosts: Sequence[Hostname]) -> dict[str, int]:
    """From how many pages a link or a redirect led to each of these hosts."""
    return _counts(
        case, hosts, "SELECT host, count(DISTINCT \"where\") AS n FROM sightings WHERE source != 'seeds' AND host IN ({}) GROUP BY host"
    )


def _counts(case: Case, hosts: Sequence[Hostname], sql: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for begin in range(0, len(hosts), 500):
        part = [host.name for host in hosts[begin : begin + 500]]
        counts |= {row["host"]: int(row["n"]) for row in case.rows(sql.format(", ".join("?" * len(part))), part)}
    return counts


def appeals_of(case: Case, host: Hostname) -> list[Appeal]:
    """Every step of every appeal on a host, oldest first."""
    return case.records(Appeal, "host = ?", [host.name])


def latest_appeals(case: Case) -> list[Appeal]:
    """The latest step of every host that was appealed for."""
    return case.records(Appeal, view="latest_appeals")


def entries_around(case: Case, host: Hostname) -> list[Entry]:
    """The entries of a host, of the names above it and of those below it."""
    labels = host.name.split(".")
    above = [".".join(labels[cut:]) for cut in range(len(labels))]
    marks_above = ", ".join("?" * len(above))
    return case.records(Entry, f"host IN ({marks_above}) OR host LIKE ?", [*above, f"%.{host.name}"], view="listed")


def all_appeals(case: Case) -> list[Appeal]:
    """Every step of every appeal, oldest first."""
    return case.records(Appeal)


def latest_register_imports(case: Case) -> list[RegisterImport]:
    """The latest import of every register that was imported, by source in the order of import."""
    return case.records(RegisterImport, view="latest_register_imports")


def releases(case: Case) -> list[Release]:
    """Every release, in the order they were appended."""
    return case.records(Release)


def latest_ids_before(case: Case, kind: type[Decision] | type[Verdict], moment: datetime) -> dict[str, int]:
    """For every host its latest decision, or verdict, of before `moment`, by id."""
    table, at = ("decisions", "decided_at") if kind is Decision else ("verdicts", "judged_at")
    found = case.rows(f"SELECT host, max(id) AS id FROM {table} WHERE {at} < ? GROUP BY host", [time_text(moment)])
    return {row["host"]: int(row["id"]) for row in found}


def listed_names(case: Case) -> set[str]:
    """The names on the list now."""
    return {row["host"] for row in case.rows("SELECT host FROM listed")}


def entries_new_in(case: Case, serial: int) -> list[Entry]:
    """What a release listed for the first time, renewals left out."""
    return case.records(Entry, "serial = ? AND renews = 0", [serial])


def names_taken_off(case: Case) -> frozenset[str]:
    """Hosts whose latest decision is a rejection or an unlisting, or for which the last word of an appeal is that it is upheld."""
    decided = "SELECT host FROM latest_decisions WHERE action IN ('reject', 'unlist')"
    return frozenset(row["host"] for row in case.rows(f"{decided} UNION SELECT host FROM latest_appeals WHERE state = 'upheld'"))


def hacked_names(case: Case) -> frozenset[str]:
    """Hosts that were judged hacked when they were last judged."""
    return frozenset(row["host"] for row in case.rows("SELECT host FROM latest_verdicts WHERE label = 'hacked'"))
