"""May this host be listed? Each no carries its rule and a sentence.

A host is fit when an analyst's latest word on it is an approval, it was read within `fresh_hours` and judged gambling on that reading (on live
pages alone where the case file has any), and at least `min_kinds` kinds of evidence stand against it, one of which is not a model's score. The kinds:

    page      score  the model says operator or promotion (or a rule: hacked), not in the clear band
    name      score  name_probability of 0.9 or more; a second look at the same words, so it never completes a pair with `page`
    payment   fact   strong evidence of a payment route: what the law blocks for (Order 282 names the merchant id)
    promoter  fact   strong evidence of a promoter's code or link: somebody is paid to bring players
    officer   fact   brought by an officer (test purchase, a provider's reply)
    tie       fact   shares an account's identifier, a promoter's code or a licence number with a host of another registrable name that is approved or
                     listed; to be in one family is not enough: families are also joined by what a whole platform shares

While the verdict is not in the mirror band, a promoter's code or link, and a tie by one, do not complete an entry: any visitor can leave a code in
a comment. It then takes payment, an officer, or a tie by an account or a licence.

A licence claim, a brand's name and an analytics id count only through `tie`: any honest shop has an analytics id, news and fans name brands, and a
number that nobody else shows is just text. Weak payment and promoter evidence (a card logo, a bare link) likewise. So a name alone, or scores alone,
never list.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from blocklist.apart import Apart, bar_over, kept_apart
from blocklist.appeal import barred
from blocklist.guard import Guard, Refusal
from blocklist.policy import Policy
from blocklist.register import Register, known_names
from casefile import queries
from casefile.hostname import Hostname
from casefile.records import Action, Appeal, Band, Capture, Decision, Evidence, EvidenceKind, Family, Label, Scope, Strength, Verdict
from casefile.store import Case

GAMBLING = (Label.OPERATOR, Label.PROMOTION)
NAME_BAR = 0.9
SCORES = frozenset({"page", "name"})
OWN_WEIGHT = {EvidenceKind.PAYMENT: "payment", EvidenceKind.PROMOTER: "promoter", EvidenceKind.OFFICER: "officer"}
"""Evidence that counts by itself where it is strong."""


def ties(one: Evidence) -> bool:
    """Whether the exact value of an evidence ties the hosts that show it: an owner's account, a promoter's code, a licence number.

    A brand's name does not, nor a payment provider (rivals use the same; the account there is an identifier of its own), nor what a whole white-label platform
    shares (the shape of its API, its icon), which is weak.
    """
    if one.kind in (EvidenceKind.IDENTIFIER, EvidenceKind.PROMOTER):
        return one.strength is Strength.STRONG and bool(one.value)
    return one.kind is EvidenceKind.LICENCE and bool(one.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the case file knows now of some hosts, read once for a whole selection. Keys are host names; `decided`: all that are approved or listed."""

    verdicts: Mapping[str, Verdict]
    decisions: Mapping[str, Decision]
    approvers: Mapping[str, frozenset[str]]
    """Who approved a host since anything else was last decided on it, standing orders on its family too."""

    evidence: Mapping[str, tuple[Evidence, ...]]
    families: Mapping[str, Family]
    decided: frozenset[str]
    holders: Mapping[tuple[EvidenceKind, str, str], tuple[Hostname, ...]]
    """Which decided hosts show a value: by kind, subject and value."""

    barred: Mapping[str, Appeal]
    apart: Apart
    register: Register
    live: bool
    """The case file has pages from the live web: a page from an archive then says nothing about today."""


def known(case: Case, hosts: Sequence[Hostname]) -> Known:
    """Read what the rules ask for of these hosts; the rest of the case file, however large, is not read."""
    decided = queries.decided_names(case)
    evidence: dict[str, list[Evidence]] = {}
    for one in queries.of_hosts(case, Evidence, hosts):
        evidence.setdefault(one.host.name, []).append(one)
    values = {(one.kind, one.subject, one.value) for found in evidence.values() for one in found if ties(one)}
    families = {member.name: family for family in queries.families_now(case) for member in family.members}
    return Known(
        verdicts={one.host.name: one for one in queries.of_hosts(case, Verdict, hosts, view="latest_verdicts")},
        decisions={one.host.name: one for one in queries.of_hosts(case, Decision, hosts, view="latest_decisions")},
        approvers=_approvers(case, hosts, families),
        evidence={name: newest_of_each(found) for name, found in evidence.items()},
        families=families,
        decided=decided,
        holders={key: tuple(host for host in queries.hosts_showing(case, *key) if host.name in decided) for key in values},
        barred=barred(case),
        apart=kept_apart(case),
        register=known_names(case),
        live=queries.has_live_captures(case),
    )


def _approvers(case: Case, hosts: Sequence[Hostname], families: Mapping[str, Family]) -> dict[str, frozenset[str]]:
    approvers: dict[str, set[str]] = {host.name: set() for host in hosts}
    opposed: dict[str, datetime] = {}
    for one in queries.of_hosts(case, Decision, hosts):
        if one.action is Action.APPROVE:
            approvers[one.host.name].add(person_of(one.analyst))
        else:
            approvers[one.host.name].clear()
            opposed[one.host.name] = one.decided_at
    for order in queries.standing_orders(case):
        family = families.get(order.host.name)
        for member in family.members if family else (order.host,):
            late = member.name in opposed and opposed[member.name] >= order.decided_at
            if approvers.get(member.name) and not late:  # an order is a second word beside a decision on the host, never the first
                approvers[member.name].add(person_of(order.analyst))
    return {name: frozenset(found) for name, found in approvers.items()}


LOOK_ALIKES = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
"""Small Cyrillic letters that look like Latin ones."""


def person_of(analyst: str) -> str:
    """A name by which one person is known however it was typed: letters and digits alone, without case, accents, width, or look-alike Cyrillic letters."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", analyst).casefold())
    return "".join(character for character in plain if character.isalnum()).translate(LOOK_ALIKES)


def newest_of_each(found: list[Evidence]) -> tuple[Evidence, ...]:
    """Evidence without the repetitions of later visits: the newest of every kind, subject and value, in order of id."""
    last = {(one.kind, one.subject, one.value): one for one in found}
    return tuple(sorted(last.values(), key=lambda one: one.id))


def kinds_of(host: Hostname, facts: Known) -> frozenset[str]:
    """The kinds of evidence that stand against a host, as the module's table counts them."""
    kinds: set[str] = set()
    verdict = facts.verdicts.get(host.name)
    if verdict and verdict.label in (*GAMBLING, Label.HACKED) and verdict.band is not Band.CLEAR:
        kinds.add("page")
    if verdict and verdict.name_probability >= NAME_BAR:
        kinds.add("name")
    for one in facts.evidence.get(host.name, ()):
        if one.kind in OWN_WEIGHT and one.strength is Strength.STRONG:
            kinds.add(OWN_WEIGHT[one.kind])
        if _ties_to_decided(one, facts):
            kinds.add("tie")
    return frozenset(kinds)


def _ties_to_decided(one: Evidence, facts: Known) -> bool:
    """Whether a decided host of another registrable name shows the same value."""
    holders = facts.holders.get((one.kind, one.subject, one.value), ())
    return ties(one) and any(other.registrable != one.host.registrable for other in holders)


def _facts_of_others(host: Hostname, facts: Known) -> bool:
    """Whether anything but a promoter's code or link speaks against a host: what a visitor cannot leave in a comment."""
    found = facts.evidence.get(host.name, ())
    return any(
        one.kind is not EvidenceKind.PROMOTER
        and ((one.kind in OWN_WEIGHT and one.strength is Strength.STRONG) or _ties_to_decided(one, facts))
        for one in found
    )


def unfit(case: Case, host: Hostname, facts: Known, policy: Policy, now: datetime) -> Refusal | None:
    """The first rule that keeps a host off the list; None where it is fit."""
    decision = facts.decisions.get(host.name)
    if decision is None or decision.action is not Action.APPROVE:
        return Refusal(rule="not-approved", text=f"no analyst's latest word on {host} is an approval")
    return (
        _withheld(host, facts, policy)
        or _not_gambling(host, facts, decision)
        or _not_fresh(case, host, facts, policy, now)
        or _too_little(host, facts, policy)
    )


def _withheld(host: Hostname, facts: Known, policy: Policy) -> Refusal | None:
    """What no evidence overrules: an appeal, one approval where it takes two, a name that is blocked already."""
    if appeal := bar_over(host, facts.barred):
        return Refusal(
            rule="appeal",
            text=f"an appeal for {appeal.host} was upheld by {appeal.person} on {appeal.said_at:%Y-%m-%d}: it is not listed again while that stands",
        )
    if policy.require_two and len(facts.approvers.get(host.name, ())) < 2:
        return Refusal(
            rule="two-persons", text=f"{host} is approved by one analyst alone: another must approve it too (require_two under [policy])"
        )
    if why := facts.register.why_registered(host.name):
        return Refusal(rule="registered", text=why)
    return None


def _not_gambling(host: Hostname, facts: Known, decision: Decision) -> Refusal | None:
    verdict = facts.verdicts.get(host.name)
    if verdict is None:
        return Refusal(rule="not-judged", text=f"{host} was never judged: no page of it could be read")
    if verdict.label is Label.HACKED:
        return _hacked(host, verdict, decision)
    if verdict.label is Label.LICENSED:
        return Refusal(rule="licensed-operator", text=f"{host} was judged to belong to a licensed operator")
    if verdict.label in GAMBLING and verdict.band is not Band.CLEAR:
        return None
    if decision.decided_at >= verdict.judged_at:
        return None  # the analyst has seen what the model judged, and overrules it for that visit
    return Refusal(
        rule="not-gambling", text=f"{host} was judged {verdict.label.value} ({verdict.band.value}) since it was approved: look at it again"
    )


def _hacked(host: Hostname, verdict: Verdict, decision: Decision) -> Refusal | None:
    """A hacked site is listed by order alone: an approval after it was found hacked that names a legal act; and then by its exact name (`scope_of`)."""
    if decision.act and decision.decided_at >= verdict.judged_at:
        return None
    return Refusal(
        rule="hacked",
        text=f"{host} is a hacked site: its owner is to be told, not blocked; where an act orders it all the same, approve it with --act, and its exact name is listed",
    )


def scope_of(host: Hostname, guard: Guard, facts: Known) -> Scope:
    """What an entry of a host covers: as the guard says, and only its exact name where it is a hacked site or one below it is kept apart."""
    return Scope.EXACT if facts.apart.narrows(host) else guard.scope_for(host)


def _not_fresh(case: Case, host: Hostname, facts: Known, policy: Policy, now: datetime) -> Refusal | None:
    alive = queries.last_seen_alive(case, host)
    if alive is None:
        return Refusal(rule="not-alive", text=f"no page of {host} was ever read with a status under 400")
    if now - alive > timedelta(hours=policy.fresh_hours):
        return Refusal(rule="not-alive", text=f"{host} was last read on {alive:%Y-%m-%d %H:%M} UTC, over {policy.fresh_hours} hours ago")
    if facts.verdicts[host.name].judged_at < alive:
        return Refusal(rule="not-judged", text=f"{host} was read on {alive:%Y-%m-%d %H:%M} UTC and not judged since: run the step score")
    return _not_live(case, host, facts)


def _not_live(case: Case, host: Hostname, facts: Known) -> Refusal | None:
    """The verdict must rest on live pages alone: one archived page among them could be what made it gambling."""
    if not facts.live:
        return None
    numbers = set(facts.verdicts[host.name].captures)
    captures = queries.by_id(case, Capture, numbers)
    if numbers and all(number in captures and captures[number].replayed_from is None for number in numbers):
        return None
    return Refusal(rule="not-live", text=f"{host} was judged on a page from an archive: visit it on the live web and run the step score")


def _too_little(host: Hostname, facts: Known, policy: Policy) -> Refusal | None:
    kinds = kinds_of(host, facts)
    had = ", ".join(sorted(kinds)) or "nothing"
    if not kinds - SCORES:
        return Refusal(
            rule="evidence", text=f"only a model speaks against {host} ({had}): it takes a fact (payment, promoter, officer, tie)"
        )
    verdict = facts.verdicts[host.name]
    if verdict.band is not Band.MIRROR and not _facts_of_others(host, facts):
        return Refusal(
            rule="evidence",
            text=f"{host} is {verdict.band.value}, and only a promoter's code or link speaks against it, which any visitor can leave there ({had}): "
            "it takes a payment, an officer or a tie by an account",
        )
    if len(kinds) < policy.min_kinds:
        return Refusal(rule="evidence", text=f"{len(kinds)} kind of evidence against {host} ({had}), {policy.min_kinds} are needed")
    return None
