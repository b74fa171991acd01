"""What of a family may be decided unseen, and what a person must look at by itself: a member's refusal carries its rule and a sentence.

    guarded ...        a rule of the never-list (`blocklist.guard`)
    deferred           an analyst put it off, or rejected or unlisted it (`rejected`, `unlisted`): that word stands until it is taken back by name
    unsure, clear      its latest verdict is not in the mirror band
    not-gambling       it was judged something else than operator or promotion
    shown-differently  two visitors who both got a page were shown different ones: a hacked library shows its casino to phones from a search alone
    redirects          a landing page of the last visit ends at another registrable name: the words judged are that site's, and this one may be hacked

A shell is no such difference: what a program was sent of a page that script fills has next to no text, and the same visitor's browser shows the rest.
The price of the last two rules: an operator that cloaks, and every door that sends its visitors on, needs a look and an approval by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocklist.fitness import GAMBLING
from blocklist.guard import Guard, Refusal
from casefile import queries
from casefile.hostname import Hostname, host_of_url
from casefile.records import Action, Band, Capture, Decision, Difference, How, PageKind, Verdict
from casefile.store import Case

THIN = 200
"""Characters of visible text under which a page that was sent is a shell (as `classifier.differences` has it)."""

NO_PAGE = -1
"""What a difference says of a visitor who got no page."""

DISAGREE = "shows different pages to different visitors"
"""How the reason begins that a verdict gives where its views are judged differently."""

STANDS = {Action.DEFER: "deferred", Action.REJECT: "rejected", Action.UNLIST: "unlisted"}
"""Decisions on one host that a decision on its family does not overrule, with the rule's name."""

LONGEST_TOLD = 300
"""Characters of a difference that a refusal quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a host before a decision in bulk: the captures of its last visit, its latest verdict and decision."""

    verdict: Verdict
    captures: Sequence[Capture]
    decision: Decision | None

    @property
    def title(self) -> str:
        """The title of its landing page where a browser saw one."""
        return next((one.title for one in self.captures if one.page is PageKind.LANDING and one.title), "")

    @property
    def differs(self) -> tuple[Difference, ...]:
        """The differences between two visitors who both got a page, shells aside."""
        return tuple(one for one in self.verdict.differences if both_read(one) and not is_shell(one))

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The other sites where a visitor of the landing page ends."""
        return ends_of(self.verdict.host, self.captures)


def seen_of(case: Case, verdict: Verdict, decisions: Mapping[str, Decision]) -> Seen:
    """What is known of the host of a verdict; `decisions`: the latest of every host."""
    return Seen(verdict=verdict, captures=queries.latest_captures_of(case, verdict.host), decision=decisions.get(verdict.host.name))


def latest_by_host(case: Case) -> dict[str, Decision]:
    """The latest decision of every host that has one, by name."""
    return {one.host.name: one for one in queries.latest_decisions(case)}


def refusal_in_bulk(seen: Seen, guard: Guard) -> Refusal | None:
    """Why a decision on a family does not approve this member, None where it does."""
    host = seen.verdict.host
    if refusal := guard.refusal(host, guard.scope_for(host)):
        return refusal
    return _decided_before(seen) or _not_a_mirror(seen.verdict) or refusal_as_shown(seen)


def refusal_as_shown(seen: Seen) -> Refusal | None:
    """Why what visitors were shown of a host asks for a look at it by itself, None where it does not."""
    host = seen.verdict.host
    told = next((one.text for one in seen.verdict.reasons if one.text.startswith(DISAGREE)), "")
    if differs := seen.differs:
        told = f"{differs[0].first} and {differs[0].second} were shown different pages: {differs[0].text}"
    if told:
        return Refusal(rule="shown-differently", text=f"{host}: {told[:LONGEST_TOLD]}; it may be a hacked site: look at it by itself")
    if ends := seen.leads_to:
        return Refusal(rule="redirects", text=f"{host} leads visitors to {', '.join(ends[:3])}: look at it by itself")
    return None


def both_read(difference: Difference) -> bool:
    """Whether both visitors got a page, as far as is known."""
    return NO_PAGE not in (difference.first_shown, difference.second_shown)


def is_shell(difference: Difference) -> bool:
    """Whether a page sent with next to no text is compared with the same visitor's browser, which shows what script fills in."""
    vantage, _, how = difference.first.rpartition(" ")
    if (how, difference.second) != (How.STATIC.value, f"{vantage} {How.RENDERED.value}"):
        return False
    return difference.first_shown is not None and difference.first_shown < THIN


def ends_of(host: Hostname, captures: Sequence[Capture]) -> tuple[str, ...]:
    """The hosts of another registrable name at which landing pages among these captures end."""
    ends: dict[str, None] = {}
    for capture in captures:
        end = host_of_url(capture.final_url or capture.url)
        if capture.page is PageKind.LANDING and not f".{end}".endswith(f".{host.registrable}"):
            ends[end] = None
    return tuple(ends)


def _decided_before(seen: Seen) -> Refusal | None:
    decision = seen.decision
    if decision is None or decision.action not in STANDS:
        return None
    rule = STANDS[decision.action]
    text = f"{seen.verdict.host} was {rule} by {decision.analyst} on {decision.decided_at:%Y-%m-%d}: decide on it by name"
    return Refusal(rule=rule, text=text)


def _not_a_mirror(verdict: Verdict) -> Refusal | None:
    if verdict.band is not Band.MIRROR:
        text = f"{verdict.host} is {verdict.band.value}, probability {verdict.probability:.3f}: look at it by itself"
        return Refusal(rule=verdict.band.value, text=text)
    if verdict.label not in GAMBLING:
        return Refusal(rule="not-gambling", text=f"{verdict.host} was judged {verdict.label.value}: look at it by itself")
    return None
