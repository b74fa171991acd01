"""Standing orders: what an analyst decides on a whole family at once, and what that says of mirrors it shows later.

An order is on whatever family holds the host that the family was named for (where that one is not approved, the first member that is), so that it outlives a
merger and a new name. Until families weigh their ties an order only proposes: a later mirror waits in review, marked, and nothing is listed without a
decision on its own name. What an approval leaves in review, and why, `blocklist.bulk` states. Whoever approves a family says what was looked at, by its digest.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blocklist.bulk import Seen, latest_by_host, refusal_in_bulk, seen_of
from blocklist.guard import Guard
from blocklist.review import fault_in_words
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Hostname
from casefile.records import Action, Band, Clock, Decision, Family, Order, Tie, Verdict
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A member that a decision on its family leaves as it is: the rule's name and a sentence; `waits`: in review, and not only a member."""

    host: Hostname
    rule: str
    text: str
    waits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Untouched:
    """A member that was decided before and stays as it is: `state` is listed or approved, `command` takes it back."""

    host: Hostname
    state: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyDecision:
    """What a decision on a family did: `orders` are those begun or ended by it."""

    family: Family
    decisions: tuple[Decision, ...]
    left: tuple[Left, ...]
    untouched: tuple[Untouched, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One member of a family as an analyst looks it over.

    `differs`: what two visitors were shown differently; `leads_to`: other sites where its landing page ends; `outcome`: what an approval of the family would
    do: `approve`, `left` with `rule` and `text`, or nothing where it was decided before (`approved`, `listed`). `band` is empty where it was never judged.
    """

    host: Hostname
    band: str
    probability: float
    title: str
    differs: tuple[str, ...]
    leads_to: tuple[str, ...]
    outcome: str
    rule: str = ""
    text: str = ""
    waits: bool = False
    verdict: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A family as an analyst looks it over; `digest` says what waited and what would become of it: it changes with any verdict on those that wait."""

    family: Family
    members: tuple[Glance, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFamily:
    """A family with members in review: `ties` the newest of every fact, strongest first; `evidence` the kinds against any member; `order` where one stands."""

    family: Family
    waiting: tuple[Hostname, ...]
    proposed: tuple[Hostname, ...]
    listed: tuple[Hostname, ...]
    ties: tuple[Tie, ...]
    evidence: tuple[str, ...]
    order: Order | None


def look_at_family(case: Case, name: str, guard: Guard) -> LookedAt:
    """What an approval of a family would do to every member; `name`: the family's, or a member's. Raises `UsageError` where there is none."""
    family = family_of(case, name)
    verdicts = {one.host.name: one for one in queries.latest_verdicts(case)}
    waiting = {one.host.name for one in queries.verdicts_to_review(case)}
    # one that was listed and then deferred waits
    decided = {one.host.name: one.state for one in _untouched(case, family, ()) if one.host.name not in waiting}
    decisions = latest_by_host(case)
    members: list[Glance] = []
    for host in family.members:
        seen = seen_of(case, verdicts[host.name], decisions) if host.name in verdicts else None
        members.append(_glance(host, seen, decided.get(host.name, ""), guard, waits=host.name in waiting))
    return LookedAt(family=family, members=tuple(members), digest=_digest(family, members))


def approve_family(
    case: Case, name: str, *, analyst: str, note: str, act: str = "", expect: str, guard: Guard, clock: Clock
) -> FamilyDecision:
    """Approve the mirrors of a family that wait in review, and begin a standing order on it; all or nothing.

    `name`: the family's, or a member's; `expect`: the digest of what was looked at. What `blocklist.bulk` refuses stays in review. Raises `UsageError`, and
    then nothing is decided: where what waits has changed since it was looked at, and where the host that the family is named for is guarded.
    """
    _check(analyst, note, act)
    with case.transaction():
        looked = look_at_family(case, name, guard)
        family = looked.family
        _check_looked_at(looked, expect)
        _check_name(named := _named_for(family), guard)
        left = tuple(Left(host=one.host, rule=one.rule, text=one.text, waits=one.waits) for one in looked.members if one.outcome == "left")
        chosen = [one.host for one in looked.members if one.waits and one.outcome == "approve"]
        made = _decisions(chosen, Action.APPROVE, analyst, note, act, clock)
        untouched = _untouched(case, family, made)
        if not made and not untouched:
            why = "; ".join(f"{one.text} (rule {one.rule})" for one in left[:5]) or "none waits in review"
            raise UsageError(f"no member of the family {family.family} is approved or can be with it: {why}. Nothing was decided")
        approved = {*chosen, *(one.host for one in untouched)}
        holder = named if named in approved else next(one for one in family.members if one in approved)
        *numbers, last = case.add([*made, begun := _order(holder, analyst, note, act, clock, stands=True)])
        orders = (replace(begun, id=last),)
        return FamilyDecision(family=family, decisions=_numbered(made, numbers), left=left, untouched=untouched, orders=orders)


def end_order(
    case: Case, name: str, action: Action, *, analyst: str, note: str, act: str = "", everything: bool = False, clock: Clock
) -> FamilyDecision:
    """Reject or defer, as `action` says, the members of a family that wait in review, and end the standing orders on it; all or nothing.

    A rejection does not touch members in the mirror band unless `everything` is to go: one copied counter must not clear a casino. They are left, and named, as
    are members that are listed or approved. Raises `UsageError`, and then nothing is decided.
    """
    assert action in (Action.REJECT, Action.DEFER)
    _check(analyst, note, act)
    with case.transaction():
        family = family_of(case, name)
        listed = {entry.host.name for entry in queries.listed_entries(case)}  # one that was deferred waits, and is listed all the same
        waiting = [verdict for verdict in _waiting(case, family) if verdict.host.name not in listed]
        mirrors = [one for one in waiting if action is Action.REJECT and one.band is Band.MIRROR and not everything]
        left = tuple(_left_mirror(one) for one in mirrors)
        made = _decisions([one.host for one in waiting if one not in mirrors], action, analyst, note, act, clock)
        ended = [_order(one.host, analyst, note, act, clock, stands=False) for one in _standing(case, family.members)]
        if not made and not ended:
            why = "; ".join(one.text for one in left[:5]) or "no member waits in review and no order stands on it"
            raise UsageError(f"nothing is to be decided on the family {family.family}: {why}. Nothing was decided")
        numbers = case.add([*made, *ended])
        return FamilyDecision(
            family=family,
            decisions=_numbered(made, numbers[: len(made)]),
            left=left,
            untouched=_untouched(case, family, made),
            orders=tuple(replace(one, id=number) for one, number in zip(ended, numbers[len(made) :], strict=True)),
        )


def family_of(case: Case, name: str) -> Family:
    """The family of that name, or that holds the host of that name; raises `UsageError` where there is none."""
    families = queries.families_now(case)
    if found := next((family for family in families if family.family == name), None):
        return found
    try:
        host = case.door.parse(name)
    except HostnameRefused as error:
        raise UsageError(f"no family is called {name[:80]!a}, and no host: {error}. Nothing was decided") from None
    found = next((family for family in families if host in family.members), None)
    if found is None:
        raise UsageError(
            f"no family is named for {host} or holds it: mirrorwatch queue --families lists those that wait. Nothing was decided"
        )
    return found


def order_over(case: Case, host: Hostname) -> Order | None:
    """The standing order on the family that holds `host`, the latest where families with orders of their own have merged; None where none stands."""
    family = next((one for one in queries.families_now(case) if host in one.members), None)
    return max(_standing(case, family.members if family else (host,)), key=lambda one: one.id, default=None)


def proposals(case: Case, guard: Guard) -> dict[str, Order]:
    """The hosts in review that a standing order proposes, by name: members of its family that an approval of the family would approve now."""
    orders = _order_by_member(case)
    decisions = latest_by_host(case)
    return {
        verdict.host.name: orders[verdict.host.name]
        for verdict in queries.verdicts_to_review(case)
        if verdict.host.name in orders and refusal_in_bulk(seen_of(case, verdict, decisions), guard) is None
    }


def review_queue(case: Case, guard: Guard) -> list[tuple[Verdict, Order | None]]:
    """What waits in review, each with the order that proposes it: proposed ones first, those that were deferred last, else as `verdicts_to_review` has them."""
    proposed = proposals(case, guard)
    deferred = {one.host.name for one in queries.latest_decisions(case) if one.action is Action.DEFER}
    waiting = sorted(
        queries.verdicts_to_review(case), key=lambda one: (one.host.name in deferred, one.host.name not in proposed)
    )  # the order they had is kept among equals
    return [(verdict, proposed.get(verdict.host.name)) for verdict in waiting]


def families_to_review(case: Case, guard: Guard) -> list[WaitingFamily]:
    """The families with members in review: those with proposed members first, then by how many wait."""
    waiting = {verdict.host.name for verdict in queries.verdicts_to_review(case)}
    proposed = proposals(case, guard)
    listed = {entry.host.name for entry in queries.listed_entries(case)}
    orders = _order_by_member(case)
    kinds = queries.evidence_kinds(case)
    ties: dict[str, list[Tie]] = {}
    for tie in queries.all_ties(case):
        ties.setdefault(tie.host.name, []).append(tie)
    found = [
        WaitingFamily(
            family=family,
            waiting=tuple(one for one in family.members if one.name in waiting),
            proposed=tuple(one for one in family.members if one.name in proposed),
            listed=tuple(one for one in family.members if one.name in listed),
            ties=newest_ties([tie for one in family.members for tie in ties.get(one.name, ()) if tie.family == family.family]),
            evidence=tuple(sorted({kind for one in family.members for kind in kinds.get(one.name, ())})),
            order=next((orders[one.name] for one in family.members if one.name in orders), None),
        )
        for family in queries.families_now(case)
        if any(one.name in waiting for one in family.members)
    ]
    return sorted(found, key=lambda one: (not one.proposed, -len(one.waiting), one.family.family))


def newest_ties(ties: Sequence[Tie]) -> tuple[Tie, ...]:
    """One tie a fact, as last found, strongest first."""
    newest: dict[tuple[str, str], Tie] = {}
    for tie in sorted(ties, key=lambda one: one.id):
        newest[tie.kind, tie.fact] = tie
    return tuple(sorted(newest.values(), key=lambda one: (-one.weight, one.kind, one.fact)))


def _check(analyst: str, note: str, act: str) -> None:
    if fault := fault_in_words(analyst, note, act):
        raise UsageError(f"{fault}. Nothing was decided")


def _check_looked_at(looked: LookedAt, expect: str) -> None:
    if expect != looked.digest:
        name = looked.family.family
        raise UsageError(
            f"what waits in the family {name} is not what was looked at (digest {looked.digest} now, not {expect[:40]!a}): "
            f"look again with mirrorwatch queue --family {name}. Nothing was decided"
        )


def _check_name(named: Hostname, guard: Guard) -> None:
    if refusal := guard.refusal(named, guard.scope_for(named)):
        raise UsageError(
            f"no order begins on a family that is named for a guarded host: {refusal.text} (rule {refusal.rule}); "
            "its other members may be that owner's too: approve them by name. Nothing was decided"
        )


def _glance(host: Hostname, seen: Seen | None, state: str, guard: Guard, *, waits: bool) -> Glance:
    """A member as it is looked over; `state` where it was decided before."""
    if seen is None:
        text = f"{host} was never judged"
        return Glance(
            host=host, band="", probability=0.0, title="", differs=(), leads_to=(), outcome=state or "left", rule="not-judged", text=text
        )
    refusal = None if state else refusal_in_bulk(seen, guard)
    return Glance(
        host=host,
        band=seen.verdict.band.value,
        probability=seen.verdict.probability,
        title=seen.title,
        differs=tuple(one.text for one in seen.differs),
        leads_to=seen.leads_to,
        outcome=state or ("left" if refusal else "approve"),
        rule=refusal.rule if refusal else "",
        text=refusal.text if refusal else "",
        waits=waits,
        verdict=seen.verdict.id,
    )


def _digest(family: Family, members: Sequence[Glance]) -> str:
    """Twelve hex digits of what waits in a family: hosts, their verdicts and what would become of them."""
    waits = sorted((one.host.name, one.verdict, one.outcome, one.rule) for one in members if one.waits)
    return hashlib.sha256(json.dumps([family.family, waits]).encode()).hexdigest()[:12]


def _left_mirror(verdict: Verdict) -> Left:
    text = f"{verdict.host} is a mirror, probability {verdict.probability:.3f}: reject it by name, or all with --all"
    return Left(host=verdict.host, rule="mirror", text=text)


def _waiting(case: Case, family: Family) -> list[Verdict]:
    names = {one.name for one in family.members}
    return [verdict for verdict in queries.verdicts_to_review(case) if verdict.host.name in names]


def _decisions(hosts: Sequence[Hostname], action: Action, analyst: str, note: str, act: str, clock: Clock) -> list[Decision]:
    moment = clock()
    return [
        Decision(host=host, action=action, analyst=analyst.strip(), note=note.strip(), act=act.strip(), decided_at=moment) for host in hosts
    ]


def _numbered(made: Sequence[Decision], numbers: Sequence[int]) -> tuple[Decision, ...]:
    return tuple(replace(one, id=number) for one, number in zip(made, numbers, strict=True))


def _order(host: Hostname, analyst: str, note: str, act: str, clock: Clock, *, stands: bool) -> Order:
    return Order(host=host, stands=stands, analyst=analyst.strip(), note=note.strip(), act=act.strip(), decided_at=clock())


def _named_for(family: Family) -> Hostname:
    """The host that the family is named for; its first member where the name is none of them."""
    return next((one for one in family.members if one.name == family.family), family.members[0])


def _standing(case: Case, members: Sequence[Hostname]) -> list[Order]:
    names = {one.name for one in members}
    return [order for order in queries.standing_orders(case) if order.host.name in names]


def _order_by_member(case: Case) -> dict[str, Order]:
    """The latest standing order over every host that is under one."""
    orders = {order.host.name: order for order in queries.standing_orders(case)}
    over = dict(orders)
    for family in queries.families_now(case):
        if on_it := [orders[one.name] for one in family.members if one.name in orders]:
            over.update(dict.fromkeys((one.name for one in family.members), max(on_it, key=lambda one: one.id)))
    return over


def _untouched(case: Case, family: Family, made: Sequence[Decision]) -> tuple[Untouched, ...]:
    """Members that are listed, or approved by another decision than these."""
    now = {one.host.name for one in made}
    listed = {entry.host.name for entry in queries.listed_entries(case)}
    approved = {one.host.name for one in queries.approved_hosts(case)} - now
    return tuple(
        Untouched(
            host=one,
            state="listed" if one.name in listed else "approved",
            command=f"mirrorwatch {'unlist' if one.name in listed else 'reject'} {one.name}",
        )
        for one in family.members
        if one.name in listed or one.name in approved
    )
