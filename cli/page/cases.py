"""The cases on the page: a host that waits, why, and what it looked like."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casefile import queries, tallies
from casefile.archive import Archive
from casefile.records import Action, Capture, Decision, Evidence, How, Order, Verdict
from casefile.store import Case
from cli.page.masking import shown
from cli.page.thumbnails import Thumbnail, thumbnail_of

MOST_REASONS, MOST_EVIDENCE, MOST_SUBJECTS = 6, 6, 4
"""Reasons and evidence of a case in full, and facts named on its one line."""

THUMBNAILS_A_CASE = 2

Waiting = tuple[Verdict, Order | None]
"""A verdict that waits, and the standing order that proposes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A reason: its words, its weight as text (`fact` for a rule) and the length of its bar, 0 to 100."""

    text: str
    weight: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A piece of evidence with the words it was found in."""

    kind: str
    subject: str
    value: str
    strong: bool
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """A host that waits for an analyst; what it has not is empty.

    `proposed`: whose standing order proposes it; `ordered`: an order is on its family; `decided`: the deferral it has; `wants_browser`: why one should look;
    `outcomes`: what could not be had at the last visit. In a table only the first reason is there, and no evidence, outcome or screenshot.
    """

    host: str
    unicode_name: str
    band: str
    label: str
    probability: str
    days: int
    reasons: tuple[Bar, ...]
    family: str
    family_size: int
    ordered: bool
    proposed: str
    decided: str
    differences: tuple[str, ...]
    wants_browser: tuple[str, ...]
    evidence: tuple[Proof, ...] = ()
    evidence_count: int = 0
    subjects: str = ""
    outcomes: str = ""
    thumbnails: tuple[Thumbnail, ...] = ()


class Cases:
    """Makes the cases of the page; what concerns all of them is read once. `end`: the moment from which waiting is counted back."""

    def __init__(self, case: Case, archive: Archive, end: datetime) -> None:
        self.case, self.archive, self.end = case, archive, end
        self.since = tallies.waiting_since(case)
        self.family = {member.name: family for family in queries.families_now(case) for member in family.members}
        self.ordered = {order.host.name for order in queries.standing_orders(case)}
        self.deferred = {one.host.name: one for one in queries.latest_decisions(case) if one.action is Action.DEFER}

    def row(self, verdict: Verdict, order: Order | None) -> WaitingCase:
        """A case in a table."""
        host = verdict.host
        family = self.family.get(host.name)
        return WaitingCase(
            host=host.name,
            unicode_name=shown(host.unicode_name) if host.unicode_name != host.name else "",
            band=verdict.band.value,
            label=verdict.label.value,
            probability=f"{verdict.probability:.3f}",
            days=max(0, (self.end - self.since.get(host.name, self.end)).days),
            reasons=_bars(verdict)[:1],
            family=family.family if family else "",
            family_size=len(family.members) if family else 0,
            ordered=bool(family and any(member.name in self.ordered for member in family.members)),
            proposed=_signed(order) if order else "",
            decided=_deferral(self.deferred[host.name]) if host.name in self.deferred else "",
            differences=tuple(
                f"{one.first} against {one.second}, {one.similarity:.0%} alike: {shown(one.text)}" for one in verdict.differences
            ),
            wants_browser=tuple(shown(why) for why in verdict.render_for),
        )

    def full(self, verdict: Verdict, order: Order | None) -> WaitingCase:
        """A case with all that fits on a card; reads its screenshots."""
        captures = queries.latest_captures_of(self.case, verdict.host)
        proofs = _proofs(queries.evidence_of(self.case, verdict.host))
        subjects = dict.fromkeys(proof.subject for proof in proofs)
        return replace(
            self.row(verdict, order),
            reasons=_bars(verdict)[:MOST_REASONS],
            evidence=proofs[:MOST_EVIDENCE],
            evidence_count=len(proofs),
            subjects=", ".join([*list(subjects)[:MOST_SUBJECTS], *(["…"] if len(subjects) > MOST_SUBJECTS else [])]),
            outcomes=counts_text(Counter(one.outcome.value for one in captures if one.outcome.value != "ok")),
            thumbnails=self._thumbnails(captures),
        )

    def _thumbnails(self, captures: Sequence[Capture]) -> tuple[Thumbnail, ...]:
        """One a vantage, of the landing page where it was pictured."""
        pictured = sorted(
            (one for one in captures if one.how is How.RENDERED and one.screenshot), key=lambda one: one.page.value == "landing"
        )
        last = {one.vantage.name: one.screenshot for one in pictured}
        return tuple(thumbnail_of(self.archive, shot, name) for name, shot in sorted(last.items())[:THUMBNAILS_A_CASE] if shot)


def counts_text(counts: Counter[str]) -> str:
    """`http-error 3, challenge 1`, the most frequent first."""
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())


def _signed(order: Order) -> str:
    return shown(f"{order.analyst}, {order.decided_at:%Y-%m-%d}{', act ' + order.act if order.act else ''}")


def _deferral(decision: Decision) -> str:
    return shown(f"{decision.analyst}, {decision.decided_at:%Y-%m-%d}: {decision.note}")


def _bars(verdict: Verdict) -> tuple[Bar, ...]:
    """The reasons but for those that only repeat a difference, which is shown by itself."""
    reasons = [one for one in verdict.reasons if not any(difference.text in one.text for difference in verdict.differences)]
    longest = max((abs(one.weight) for one in reasons), default=0) or 1.0
    return tuple(
        Bar(
            text=shown(one.text),
            weight=f"{one.weight:+.2f}" if one.weight else "fact",
            length=round(100 * abs(one.weight) / longest) if one.weight else 0,
        )
        for one in reasons
    )


def _proofs(found: Sequence[Evidence]) -> tuple[Proof, ...]:
    """One row a fact, strong ones first; the same fact on several pages is one."""
    first: dict[tuple[str, str, str], Evidence] = {}
    for one in sorted(found, key=lambda one: one.strength.value):
        first.setdefault((one.kind.value, one.subject, one.value), one)
    return tuple(
        Proof(
            kind=one.kind.value,
            subject=shown(one.subject, 60),
            value=shown(one.value, 80),
            strong=one.strength.value == "strong",
            quote=shown(one.quote),
        )
        for one in first.values()
    )
