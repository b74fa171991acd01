"""Entries before their end: what was seen of their hosts since they were listed says whether each is renewed, kept or dropped.

Derived from the case file alone, and never stored: a renewal is an Entry of the next release, a drop a Removal. An entry is due within `policy.recheck_days` of its
end, and only look-ups, pages and verdicts since it was listed or last renewed count.

    gambling       the last visit was read within `fresh_hours` and judged as for a new entry             renewed for `expire_days`
    parked         not gambling, and with a trace of `data/reference/parking.csv`                           dropped, see below
    re-registered  judged clear, and every name server is another than when it was listed                  dropped, see below
    changed        judged clear                                                                            dropped, see below
    dead           the name does not exist, or has no address                                              kept; dropped after `dead_checks` days
    anything else  a challenge, a time-out, unsure, hacked, waiting for a browser, not looked at            kept until it expires

An adversary may show our crawler a parked page for a day: a drop takes two visits a day apart that agree, with no gambling between them. What is on the page
goes before what the name servers say: gambling on the name servers of a parking service is gambling. Dead mirrors return: a look-up that finds the name begins
the count anew, a look-up that fails (SERVFAIL, a time-out) counts neither way, and where an entry would expire before the count is over it is renewed for a short
while. Of a host that an analyst deferred nothing is renewed: it comes back only with an approval.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from blocklist.fitness import GAMBLING, Known, known
from blocklist.policy import Policy
from casefile.hostname import host_of_url
from casefile.outcomes import OUTCOMES, Outcome
from casefile.records import Action, Band, Clock, Count, Entry, Label, StepReport
from casefile.reference import ParkingTrace
from casefile.revisits import Judged, LookUp, PageSeen, Revisits, entries_expiring, revisits_of
from casefile.store import Case

APART = timedelta(hours=24)
"""How far apart two visits are that agree on a drop."""

LAST_DAYS = timedelta(days=2)
"""So long before its end an entry of a dead host is renewed for a short while: a night may be missed."""


class Fate(Enum):
    """What becomes of an entry."""

    RENEW = "renew"
    KEEP = "keep"
    DROP = "drop"


class Shown(Enum):
    """What a host showed on one visit."""

    GAMBLING = "gambling"
    PARKED = "parked"
    CHANGED = "changed"
    HACKED = "hacked"
    UNSURE = "unsure"
    UNSEEN = "unseen"


LEFT_GAMBLING = (Shown.PARKED, Shown.CHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What becomes of an entry that is due, the state of its host in a word, and the reason, fit for ISPs. `renewed`: the entry as renewed, else None."""

    entry: Entry
    fate: Fate
    state: str
    reason: str
    renewed: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The pages between two verdicts and what they showed; `why`: the words for it; `at`: when its last page was taken."""

    at: datetime
    shown: Shown
    why: str
    verdict: int


def due(case: Case, policy: Policy, now: datetime) -> list[Entry]:
    """The entries that expire within `policy.recheck_days` (half their life where that is less), the first to expire first."""
    return entries_expiring(case, now + min(timedelta(days=policy.recheck_days), timedelta(days=policy.expire_days) / 2))


def recheck(case: Case, parking: Sequence[ParkingTrace], policy: Policy, now: datetime) -> list[Rechecked]:
    """What becomes of every entry that is due, the first to expire first. Reads only what was seen of those; nothing where none is due."""
    entries = due(case, policy, now)
    if not entries:
        return []
    facts = known(case, [entry.host for entry in entries])
    seen = revisits_of(case, entries, now - timedelta(days=max(policy.recheck_days, 2 * policy.dead_checks)))
    return [rechecked(entry, seen[entry.host.name], facts, parking, policy, now) for entry in entries]


def recheck_step(case: Case, parking: Sequence[ParkingTrace], policy: Policy, *, clock: Clock) -> StepReport:
    """`recheck` for the night's report: `done` counts what is renewed or dropped, `skipped` what is kept, by the state of its host."""
    found = recheck(case, parking, policy, clock())
    kept: dict[str, int] = {}
    for one in found:
        if one.fate is Fate.KEEP:
            kept[one.state] = kept.get(one.state, 0) + 1
    return StepReport(
        step="recheck",
        done=len(found) - sum(kept.values()),
        skipped=tuple(Count(outcome=state, number=number) for state, number in sorted(kept.items())),
        finished_at=clock(),
    )


def rechecked(entry: Entry, seen: Revisits, facts: Known, parking: Sequence[ParkingTrace], policy: Policy, now: datetime) -> Rechecked:
    """What becomes of one entry. Pure; a decision on its host, the never-list and its end are for `blocklist.selection`, and go before."""
    visits = visits_of(entry, seen, facts, parking, policy, now)
    if gone := _dead_run(entry, seen):
        return _of_dead(entry, gone, facts, policy, now)
    if not visits:
        return Rechecked(
            entry=entry, fate=Fate.KEEP, state="not-seen", reason=f"not looked at since {seen.renewed_at:%Y-%m-%d}: kept until it expires"
        )
    last = visits[-1]
    if last.shown is Shown.GAMBLING:
        return _of_gambling(entry, last, facts, policy, now)
    if last.shown in LEFT_GAMBLING:
        return _of_left(entry, visits, seen)
    return Rechecked(entry=entry, fate=Fate.KEEP, state=last.shown.value, reason=f"{last.why} on {last.at:%Y-%m-%d}: kept until it expires")


def visits_of(entry: Entry, seen: Revisits, facts: Known, parking: Sequence[ParkingTrace], policy: Policy, now: datetime) -> list[Visit]:
    """The visits since the entry was listed or last renewed, within `policy.recheck_days`, oldest first.

    A visit is what was taken since the verdict before; a verdict without new pages is a second judgement of the same visit, and replaces the first.
    """
    since = max(seen.renewed_at, now - timedelta(days=policy.recheck_days))
    visits: list[Visit] = []
    pages: list[PageSeen] = []
    begin = since
    for verdict in (one for one in seen.verdicts if one.at > since):
        new = [page for page in seen.pages if begin < page.at <= verdict.at]
        begin = verdict.at
        if new or not visits:
            pages = new
        elif visits:
            visits.pop()
        if pages:
            visits.append(_visit(entry, pages, verdict, seen, facts, parking))
    if left := [page for page in seen.pages if page.at > begin]:
        why = "read and not judged since" if any(page.read for page in left) else _not_read(left)
        visits.append(Visit(at=left[-1].at, shown=Shown.UNSEEN, why=why, verdict=0))
    return visits


def _visit(
    entry: Entry, pages: Sequence[PageSeen], verdict: Judged, seen: Revisits, facts: Known, parking: Sequence[ParkingTrace]
) -> Visit:
    at = max(page.at for page in pages)
    read = [page for page in pages if page.read and (page.live or not facts.live)]
    if not read:
        shown, why = Shown.UNSEEN, _not_read(pages)
    elif _gambles(entry, verdict, facts):
        shown, why = Shown.GAMBLING, f"judged {verdict.label.value}"
    elif verdict.label is Label.HACKED:
        shown, why = Shown.HACKED, "a hacked site is listed by order alone; it was judged hacked"
    elif parked := _parked(entry, read, _lookup_at(seen, at), parking):
        shown, why = Shown.PARKED, parked
    elif verdict.asks:
        shown, why = Shown.UNSEEN, "a browser should look before it is judged, and has not; last read"
    elif verdict.band is Band.CLEAR:
        shown, why = Shown.CHANGED, f"judged {verdict.label.value}, and clear of gambling"
    else:
        shown, why = Shown.UNSURE, f"judged {verdict.label.value} and unsure, which is for an analyst to look at,"
    return Visit(at=at, shown=shown, why=why, verdict=verdict.id)


def _gambles(entry: Entry, verdict: Judged, facts: Known) -> bool:
    """As `fitness` judges a new entry: by its verdict, or by an analyst who approved it after the model had spoken (of a hacked site with an act)."""
    if verdict.label in GAMBLING and verdict.band is not Band.CLEAR:
        return True
    decision = facts.decisions.get(entry.host.name)
    if decision is None or decision.action is not Action.APPROVE or decision.decided_at < verdict.at:
        return False
    return verdict.label is not Label.LICENSED and (verdict.label is not Label.HACKED or bool(decision.act))


def _not_read(pages: Sequence[PageSeen]) -> str:
    """What came of the landing pages, in the words for the outcome."""
    last = next((page for page in reversed(pages) if page.landing), pages[-1])
    if last.outcome is Outcome.OK:
        return "no live page with a status under 400"
    return f"{last.outcome.value} ({OUTCOMES[last.outcome].meaning})"


def _lookup_at(seen: Revisits, at: datetime) -> LookUp | None:
    """The last look-up that found the name, by that moment."""
    return next((one for one in reversed(seen.lookups) if one.at <= at and one.outcome is Outcome.OK), None)


def _parked(entry: Entry, pages: Sequence[PageSeen], lookup: LookUp | None, parking: Sequence[ParkingTrace]) -> str:
    """Which trace of a parking service a visit shows, empty where none."""
    servers = [_plain(name) for name in lookup.nameservers] if lookup else []
    landing = [page for page in pages if page.landing]
    hosts = [_plain(name) for name in lookup.cnames] if lookup else []
    hosts += [host for page in landing for host in map(host_of_url, page.urls) if not _is_under(host, entry.host.registrable)]
    titles = [page.title.casefold() for page in landing]
    for trace in parking:
        if trace.trace == "nameserver" and servers and all(_is_under(name, trace.pattern) for name in servers):
            return f"parked, on the name servers of {trace.service} ({trace.pattern})"
        if trace.trace == "host" and any(_is_under(host, trace.pattern) for host in hosts):
            return f"parked, sent to {trace.service} ({trace.pattern})"
        if trace.trace == "words" and any(trace.pattern.casefold() in title for title in titles):
            return f"parked, its title says “{trace.pattern}”"
    return ""


def _of_gambling(entry: Entry, last: Visit, facts: Known, policy: Policy, now: datetime) -> Rechecked:
    if now - last.at > timedelta(hours=policy.fresh_hours):
        reason = f"last seen gambling on {last.at:%Y-%m-%d}, over {policy.fresh_hours} hours ago: kept until it expires"
        return Rechecked(entry=entry, fate=Fate.KEEP, state="stale", reason=reason)
    if not _is_approved(entry, facts):
        return _not_approved(entry)
    reason = f"alive and gambling on {last.at:%Y-%m-%d}"
    renewed = _renewed(entry, facts, now + timedelta(days=policy.expire_days), last.verdict)
    return Rechecked(entry=entry, fate=Fate.RENEW, state="gambling", reason=reason, renewed=renewed)


def _of_left(entry: Entry, visits: Sequence[Visit], seen: Revisits) -> Rechecked:
    """An entry whose host was last seen parked or clear: dropped where a visit a day before says the same, with no gambling between."""
    last = visits[-1]
    first = last
    for visit in reversed(visits):
        if visit.shown is Shown.GAMBLING:
            break
        if visit.shown in LEFT_GAMBLING:
            first = visit
    state, why = last.shown.value, last.why
    if last.shown is Shown.CHANGED and _other_owner(seen, last.at):
        state, why = "re-registered", f"re-registered: other name servers than when it was listed; {last.why}"
    elif last.shown is Shown.CHANGED:
        why = f"changed: {last.why}"
    if last.at - first.at < APART:
        reason = f"{why}, on {last.at:%Y-%m-%d %H:%M} UTC: a visit a day apart must say the same before it leaves"
        return Rechecked(entry=entry, fate=Fate.KEEP, state=state, reason=reason)
    reason = f"{why}, on {first.at:%Y-%m-%d} and {last.at:%Y-%m-%d}"
    return Rechecked(entry=entry, fate=Fate.DROP, state=state, reason=reason)


def _other_owner(seen: Revisits, at: datetime) -> bool:
    """Whether every name server is another than when the entry was listed."""
    lookup = _lookup_at(seen, at)
    then, now = {_plain(name) for name in seen.listed_nameservers}, {_plain(name) for name in lookup.nameservers} if lookup else set()
    return bool(then and now) and not then & now


def _dead_run(entry: Entry, seen: Revisits) -> list[LookUp]:
    """The look-ups since the last one that found the name which did not; empty where a page was read since, or it answers.

    Counted from the first listing on, so that a short renewal does not begin it anew.
    """
    run: list[LookUp] = []
    for one in reversed(seen.lookups):
        if one.at <= entry.listed_at or one.outcome is Outcome.OK:
            break
        if OUTCOMES[one.outcome].dead:
            run.append(one)
    if run and any(page.read and page.at > run[0].at for page in seen.pages):
        return []
    return run[::-1]


def _of_dead(entry: Entry, run: Sequence[LookUp], facts: Known, policy: Policy, now: datetime) -> Rechecked:
    days = len({policy.day_of(one.at) for one in run})
    told = f"{run[-1].outcome.value} on {run[-1].at:%Y-%m-%d}, {days} of {policy.dead_checks} days in a row"
    if days >= policy.dead_checks:
        reason = f"dead: {OUTCOMES[run[-1].outcome].meaning}, on {days} days in a row, last on {run[-1].at:%Y-%m-%d}"
        return Rechecked(entry=entry, fate=Fate.DROP, state="dead", reason=reason)
    if entry.expires_at - now > LAST_DAYS:
        return Rechecked(entry=entry, fate=Fate.KEEP, state="dead", reason=f"{told}: kept, since dead mirrors return")
    if not _is_approved(entry, facts):
        return _not_approved(entry)
    renewed = _renewed(entry, facts, now + timedelta(days=policy.recheck_days), entry.verdict)
    return Rechecked(
        entry=entry,
        fate=Fate.RENEW,
        state="dead",
        reason=f"{told}: renewed for {policy.recheck_days} days to see whether it returns",
        renewed=renewed,
    )


def _is_approved(entry: Entry, facts: Known) -> bool:
    decision = facts.decisions.get(entry.host.name)
    return decision is not None and decision.action is Action.APPROVE


def _not_approved(entry: Entry) -> Rechecked:
    reason = "no analyst's latest word on it is an approval: kept until it expires, and not renewed"
    return Rechecked(entry=entry, fate=Fate.KEEP, state="not-approved", reason=reason)


def _renewed(entry: Entry, facts: Known, until: datetime, verdict: int) -> Entry:
    """The entry for longer, on what is known now; since when it is listed stays as it was."""
    found = tuple(one.id for one in facts.evidence.get(entry.host.name, ()))
    decision = facts.decisions[entry.host.name].id
    return replace(
        entry, id=0, serial=0, renews=entry.since, evidence=found or entry.evidence, decision=decision, verdict=verdict, expires_at=until
    )


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def _is_under(name: str, parent: str) -> bool:
    return name == parent or name.endswith(f".{parent}")
