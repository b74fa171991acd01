"""Standing orders: what an analyst decides on a whole family at once, and what that says of mirrors it shows later.

An order is on whatever family holds the host that the family was named for, so that it outlives a merger and a new name. Until families weigh their ties an
order only proposes: a later mirror waits in review, marked, and nothing is listed without a decision on its own name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from blocklist.fitness import GAMBLING
from blocklist.guard import Guard, Refusal
from blocklist.review import fault_in_words
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Hostname
from casefile.records import Action, Band, Clock, Decision, Family, Order, Tie, Verdict
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A waiting member that an approval of its family leaves in review: the rule's name and a sentence."""

    host: Hostname
    rule: str
    text: str


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
class WaitingFamily:
    """A family with members in review: `ties` the newest of every fact, strongest first; `evidence` the kinds against any member; `order` where one stands."""

    family: Family
    waiting: tuple[Hostname, ...]
    proposed: tuple[Hostname, ...]
    listed: tuple[Hostname, ...]
    ties: tuple[Tie, ...]
    evidence: tuple[str, ...]
    order: Order | None


def approve_family(case: Case, name: str, *, analyst: str, note: str, act: str = "", guard: Guard, clock: Clock) -> FamilyDecision:
    """Approve the mirrors of a family that wait in review, and begin a standing order on it; all or nothing.

    `name`: the family's, or a member's. What is guarded, unsure or no mirror of gambling stays in review. Raises `UsageError`, and then nothing is decided.
    """
    _check(analyst, note, act)
    with case.transaction():
        family = family_of(case, name)
        refusals = [(verdict.host, refusal_of(verdict, guard)) for verdict in _waiting(case, family)]
        left = tuple(Left(host=host, rule=refusal.rule, text=refusal.text) for host, refusal in refusals if refusal)
        made = _decisions([host for host, refusal in refusals if refusal is None], Action.APPROVE, analyst, note, act, clock)
        untouched = _untouched(case, family, made)
        if not made and not untouched:
            why = "; ".join(f"{one.text} (rule {one.rule})" for one in left[:5]) or "none waits in review"
            raise UsageError(f"no member of the family {family.family} is approved or can be with it: {why}. Nothing was decided")
        *numbers, last = case.add([*made, begun := _order(_named_for(family), analyst, note, act, clock, stands=True)])
        orders = (replace(begun, id=last),)
        return FamilyDecision(family=family, decisions=_numbered(made, numbers), left=left, untouched=untouched, orders=orders)


def end_order(case: Case, name: str, action: Action, *, analyst: str, note: str, act: str = "", clock: Clock) -> FamilyDecision:
    """Reject or defer, as `action` says, every member of a family that waits in review, and end the standing orders on it; all or nothing.

    Members that are listed or approved are left as they are, and named. Raises `UsageError`, and then nothing is decided.
    """
    assert action in (Action.REJECT, Action.DEFER)
    _check(analyst, note, act)
    with case.transaction():
        family = family_of(case, name)
        listed = {entry.host.name for entry in queries.listed_entries(case)}  # one that was deferred waits, and is listed all the same
        hosts = [verdict.host for verdict in _waiting(case, family) if verdict.host.name not in listed]
        made = _decisions(hosts, action, analyst, note, act, clock)
        ended = [_order(one.host, analyst, note, act, clock, stands=False) for one in _standing(case, family.members)]
        if not made and not ended:
            raise UsageError(f"no member of the family {family.family} waits in review and no order stands on it. Nothing was decided")
        numbers = case.add([*made, *ended])
        return FamilyDecision(
            family=family,
            decisions=_numbered(made, numbers[: len(made)]),
            left=(),
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
    return {
        verdict.host.name: orders[verdict.host.name]
        for verdict in queries.verdicts_to_review(case)
        if verdict.host.name in orders and refusal_of(verdict, guard) is None
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
            ties=newest_ties([tie for one in family.members for tie in ties.get(one.name, ())]),
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


def refusal_of(verdict: Verdict, guard: Guard) -> Refusal | None:
    """Why a decision on a family does not approve this member, None where it does: only what a person need not look at by itself is approved with others."""
    if refusal := guard.refusal(verdict.host, guard.scope_for(verdict.host)):
        return refusal
    if verdict.band is not Band.MIRROR:
        return Refusal(
            rule="unsure", text=f"{verdict.host} is {verdict.band.value}, probability {verdict.probability:.3f}: look at it by itself"
        )
    if verdict.label not in GAMBLING:
        return Refusal(rule="not-gambling", text=f"{verdict.host} was judged {verdict.label.value}: look at it by itself")
    return None


def _check(analyst: str, note: str, act: str) -> None:
    if fault := fault_in_words(analyst, note, act):
        raise UsageError(f"{fault}. Nothing was decided")


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
