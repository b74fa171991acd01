"""What the list would be today: the new entries, best first, what stays, what leaves and why, and what is left out and why.

A listed host leaves when an analyst rejects or unlists it, when its entry expires, or when the never-list names it. Nothing else takes it off: a host
that is deferred stays listed until its entry expires (to put a decision off is not to withdraw one), and then comes back only with an approval.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blocklist.fitness import Known, kinds_of, known, scope_of, unfit
from blocklist.guard import Guard
from blocklist.policy import Policy
from casefile import queries
from casefile.hostname import Hostname
from casefile.records import Action, Clock, Entry
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An approved host that is not listed: the rule's name and a sentence."""

    host: Hostname
    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """An entry that leaves the list, with the reason ISPs are given."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a release made now would hold: `kept` and `entries`. `room`: how many new entries `day` still allowed before these."""

    entries: tuple[Entry, ...]
    kept: tuple[Entry, ...]
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
    facts = known(case)
    on_list = {one.host.name for one in stay.kept} | {one.entry.host.name for one in stay.leaving}
    fit: list[Entry] = []
    out: list[LeftOut] = []
    for decision in queries.approved_hosts(case):
        if decision.host.name in on_list:
            continue
        refusal = guard.refusal(decision.host, scope_of(decision.host, guard, facts)) or unfit(case, decision.host, facts, policy, now)
        if refusal:
            out.append(LeftOut(host=decision.host, rule=refusal.rule, text=refusal.text))
        else:
            fit.append(_entry(decision.host, guard, facts, policy, now))
    fit.sort(key=lambda entry: _rank(entry, facts))
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
        kept=stay.kept,
        leaving=stay.leaving,
        left_out=tuple(sorted(out, key=lambda one: one.host.name)),
        day=stay.day,
        room=stay.room,
    )


def what_stays(case: Case, guard: Guard, policy: Policy, *, clock: Clock) -> Selection:
    """The list without anything new in it: what a release out of turn (an unlisting) holds."""
    now = clock()
    decisions = {one.host.name: one for one in queries.latest_decisions(case)}
    kept: list[Entry] = []
    leaving: list[Leaving] = []
    for entry in queries.listed_entries(case):
        decision = decisions.get(entry.host.name)
        reason = _reason_to_leave(entry, decision.action if decision else Action.APPROVE, guard, now)
        if reason:
            leaving.append(
                Leaving(entry=entry, reason=reason + (f", act {decision.act}" if decision and decision.act and "analyst" in reason else ""))
            )
        else:
            kept.append(entry)
    day = policy.day_of(now)
    # without an end: what a clock that ran ahead listed "tomorrow" is spent today too, once the clock is right again
    spent = queries.entries_listed_since(case, policy.begin_of(day))
    return Selection(entries=(), kept=tuple(kept), leaving=tuple(leaving), left_out=(), day=day, room=max(0, policy.daily_limit - spent))


def _reason_to_leave(entry: Entry, action: Action, guard: Guard, now: datetime) -> str:
    """Why an entry leaves, empty where it stays; `action`: the latest decision. DEFER is no reason."""
    if action is Action.UNLIST:
        return "unlisted by an analyst"
    if action is Action.REJECT:
        return "rejected by an analyst"
    if refusal := guard.refusal(entry.host, entry.scope):
        return f"guarded by the rule {refusal.rule}"
    return f"expired on {entry.expires_at:%Y-%m-%d}" if entry.expires_at <= now else ""


def _entry(host: Hostname, guard: Guard, facts: Known, policy: Policy, now: datetime) -> Entry:
    return Entry(
        host=host,
        scope=scope_of(host, guard, facts),
        family=published_family(host, guard, facts),
        evidence=tuple(one.id for one in facts.evidence.get(host.name, ())),
        decision=facts.decisions[host.name].id,
        verdict=facts.verdicts[host.name].id,
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


def _rank(entry: Entry, facts: Known) -> tuple[int, bool, float, str]:
    """Best first: the largest family, payment evidence, the surest, then by name so that two runs choose the same."""
    name = entry.host.name
    family = facts.families.get(name)
    paid = "payment" in kinds_of(entry.host, facts)
    return -(len(family.members) if family else 1), not paid, -facts.verdicts[name].probability, name
