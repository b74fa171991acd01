"""What the list would be today: the new entries, best first, what stays, what leaves and why, and what is left out and why.

A listed host leaves when an analyst rejects or unlists it, when an appeal is upheld, when its entry expires, when the never-list names it, or when a look before its end
(`blocklist.recheck`) finds something else there; what is still there is renewed. An entry is narrowed to its exact name where one below it is kept apart (`blocklist.apart`). Nothing else takes it off: a host
that is deferred stays listed until its entry expires (to put a decision off is not to withdraw one), and then comes back only with an approval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blocklist.apart import bar_over, kept_apart
from blocklist.appeal import UPHELD, barred
from blocklist.content import reason_for
from blocklist.fitness import Known, kinds_of, known, scope_of, unfit
from blocklist.guard import Guard
from blocklist.policy import Policy
from blocklist.recheck import Fate, Rechecked, recheck
from casefile import queries
from casefile.hostname import Hostname
from casefile.records import Action, Appeal, Cause, Clock, Decision, Entry
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An approved host that is not listed: the rule's name and a sentence."""

    host: Hostname
    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Why one entry comes before another: most of the first that differs comes first; of equals by name.

    `family`: members of its family; `payment`: strong evidence of a payment route; `complaints`: how often a seed file named it; `reach`: how many other sites lead
    visitors to it; `probability`: the model's.
    """

    family: int
    payment: bool
    complaints: int
    reach: int
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """An entry that leaves the list, with the cause and the reason ISPs are given."""

    entry: Entry
    cause: Cause
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a release made now would hold: `kept`, `renewed` (entries that stay and say something else now) and `entries`, best first, with their `ranks`. `room`: how many new entries `day` still allowed before these."""

    entries: tuple[Entry, ...]
    ranks: tuple[Rank, ...]
    kept: tuple[Entry, ...]
    renewed: tuple[Entry, ...]
    leaving: tuple[Leaving, ...]
    left_out: tuple[LeftOut, ...]
    day: date
    room: int


def select(case: Case, guard: Guard, policy: Policy, *, clock: Clock) -> Selection:
    """Choose at most `policy.daily_limit` new entries for this calendar day, counted across its releases. Reads only; deterministic.

    `kept` holds deferred hosts that are listed; a deferred host that is not listed is not chosen.
    """
    now = clock()
    stay = what_stays(case, guard, policy, clock=clock)
    on_list = {one.host.name for one in (*stay.kept, *stay.renewed)} | {one.entry.host.name for one in stay.leaving}
    candidates = [one for one in queries.approved_hosts(case) if one.host.name not in on_list]
    facts = known(case, [one.host for one in candidates])
    fit: list[Entry] = []
    out: list[LeftOut] = []
    for decision in candidates:
        refusal = guard.refusal(decision.host, scope_of(decision.host, guard, facts)) or unfit(case, decision.host, facts, policy, now)
        if refusal:
            out.append(LeftOut(host=decision.host, rule=refusal.rule, text=refusal.text))
        else:
            fit.append(_entry(decision.host, guard, facts, policy, now))
    ranks = _ranks(case, fit, facts)
    fit.sort(key=lambda entry: _best_first(entry, ranks[entry.host.name]))
    out += [
        LeftOut(
            host=one.host,
            rule="daily-limit",
            text=f"the {policy.daily_limit} new entries of {stay.day} are spent: it is next in line tomorrow",
        )
        for one in fit[stay.room :]
    ]
    return Selection(
        entries=tuple(fit[: stay.room]),
        ranks=tuple(ranks[entry.host.name] for entry in fit[: stay.room]),
        kept=stay.kept,
        renewed=stay.renewed,
        leaving=stay.leaving,
        left_out=tuple(sorted(out, key=lambda one: one.host.name)),
        day=stay.day,
        room=stay.room,
    )


def what_stays(case: Case, guard: Guard, policy: Policy, *, clock: Clock) -> Selection:
    """The list without anything new in it: what a release out of turn (an unlisting) holds."""
    now = clock()
    decisions = {one.host.name: one for one in queries.latest_decisions(case)}
    upheld, apart = barred(case), kept_apart(case)
    fates = {one.entry.host.name: one for one in recheck(case, guard.reference.parking, policy, now)}
    kept: list[Entry] = []
    renewed: list[Entry] = []
    leaving: list[Leaving] = []
    for entry in queries.listed_entries(case):
        decision = decisions.get(entry.host.name)
        fate = fates.get(entry.host.name)
        if leaves := _leaves(entry, decision, bar_over(entry.host, upheld), fate, guard, now):
            leaving.append(leaves)
            continue
        stays = apart.narrowed(fate.renewed if fate and fate.renewed else entry)
        (kept if stays is entry else renewed).append(stays)
    day = policy.day_of(now)
    # without an end: what a clock that ran ahead listed "tomorrow" is spent today too, once the clock is right again
    spent = queries.entries_listed_since(case, policy.begin_of(day))
    return Selection(
        entries=(),
        ranks=(),
        kept=tuple(kept),
        renewed=tuple(renewed),
        leaving=tuple(leaving),
        left_out=(),
        day=day,
        room=max(0, policy.daily_limit - spent),
    )


TAKEN_OFF = {Action.UNLIST: "unlisted", Action.REJECT: "rejected"}
"""Decisions that take an entry off. DEFER is none."""


def _leaves(
    entry: Entry, decision: Decision | None, upheld: Appeal | None, fate: Rechecked | None, guard: Guard, now: datetime
) -> Leaving | None:
    """Why an entry leaves, None where it stays; `decision`: the latest on its host, `fate`: where it was looked at again before its end."""
    if upheld:  # before the unlisting that goes with it: a case file that loses the appeal knows it again by these words
        return Leaving(entry=entry, cause=Cause.DECISION, reason=UPHELD + (f", act {upheld.act}" if upheld.act else ""))
    if decision and decision.action in TAKEN_OFF:
        act = f", act {decision.act}" if decision.act else ""
        return Leaving(entry=entry, cause=Cause.DECISION, reason=f"{TAKEN_OFF[decision.action]} by an analyst{act}")
    if refusal := guard.refusal(entry.host, entry.scope):
        return Leaving(entry=entry, cause=Cause.GUARD, reason=f"guarded by the rule {refusal.rule}")
    if fate and fate.fate is Fate.DROP:
        return Leaving(entry=entry, cause=Cause.RECHECK, reason=fate.reason)
    if entry.expires_at <= now and not (fate and fate.renewed):
        return Leaving(entry=entry, cause=Cause.EXPIRY, reason=f"expired on {entry.expires_at:%Y-%m-%d}")
    return None


def _entry(host: Hostname, guard: Guard, facts: Known, policy: Policy, now: datetime) -> Entry:
    return Entry(
        host=host,
        scope=scope_of(host, guard, facts),
        family=published_family(host, guard, facts),
        evidence=tuple(one.id for one in facts.evidence.get(host.name, ())),
        decision=facts.decisions[host.name].id,
        verdict=facts.verdicts[host.name].id,
        reason=reason_for(facts.verdicts[host.name].label),
        act=facts.decisions[host.name].act,
        listed_at=now,
        expires_at=now + timedelta(days=policy.expire_days),
    )


def published_family(host: Hostname, guard: Guard, facts: Known) -> str:
    """What the list calls the family of a host: its own name where that host is approved or listed, else its first member that is.

    So the list never names a host that is clear, guarded, or merely waits. Empty where the host is in no family.
    """
    family = facts.families.get(host.name)
    if family is None:
        return ""
    fit = [one for one in family.members if one.name in facts.decided and guard.refusal(one, guard.scope_for(one)) is None]
    return min(fit, key=lambda one: one.name != family.family, default=host).name  # the first of equals


def _ranks(case: Case, entries: Sequence[Entry], facts: Known) -> dict[str, Rank]:
    hosts = [entry.host for entry in entries]
    complaints, reach = queries.complaints_about(case, hosts), queries.sites_leading_to(case, hosts)
    ranks: dict[str, Rank] = {}
    for host in hosts:
        family = facts.families.get(host.name)
        ranks[host.name] = Rank(
            family=len(family.members) if family else 1,
            payment="payment" in kinds_of(host, facts),
            complaints=complaints.get(host.name, 0),
            reach=reach.get(host.name, 0),
            probability=facts.verdicts[host.name].probability,
        )
    return ranks


def _best_first(entry: Entry, rank: Rank) -> tuple[int, bool, int, int, float, str]:
    """The name at the end, so that two runs choose the same."""
    return -rank.family, not rank.payment, -rank.complaints, -rank.reach, -rank.probability, entry.host.name
