"""The cases on the page: a host that waits, why, and what it looked like."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from blocklist.orders import order_over
from casefile import queries, tallies
from casefile.archive import Archive
from casefile.hostname import Hostname
from casefile.records import Action, Capture, Decision, Difference, Evidence, Family, How, Order, Reason, Verdict
from casefile.store import Case
from classifier.reading import PageReader
from cli.page.masking import shown
from cli.page.thumbnails import Thumbnail, thumbnail_of

MOST_REASONS, MOST_EVIDENCE, MOST_SUBJECTS = 6, 6, 4
"""Reasons and evidence of a case in full, and facts named on its one line."""

REASONS_IN_A_ROW = 4
LONGEST_TITLE = 60
LONGEST_DIFFERENCE = 600

THUMBNAILS_A_CASE = 2

REPEATED = "shown differently:"
"""How the reasons begin that repeat `Verdict.differences`, often cut short."""

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
    """A piece of evidence with the words it was found in; `hosts`: how many of a family have it."""

    kind: str
    subject: str
    value: str
    strong: bool
    quote: str
    hosts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Differed:
    """A difference, told once for all pairs of visitors that it holds between: `who` they were and how alike their pages, `text` what differed."""

    who: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """A host that waits for an analyst; what it has not is empty.

    `proposed`: whose standing order proposes it; `ordered`: an order is on its family; `decided`: the deferral it has; `wants_browser`: why one should look;
    `outcomes`: what could not be had at the last visit; `title`: of the landing page, for members of a family. In a row of a table only the first
    reasons are there, and no evidence, outcome or screenshot.
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
    differences: tuple[Differed, ...]
    wants_browser: tuple[str, ...]
    title: str = ""
    evidence: tuple[Proof, ...] = ()
    evidence_count: int = 0
    subjects: str = ""
    outcomes: str = ""
    thumbnails: tuple[Thumbnail, ...] = ()


@dataclass
class Cases:
    """Makes the cases of the page; what concerns all of them is read once. `end`: the moment from which waiting is counted back."""

    case: Case
    archive: Archive
    end: datetime
    family: dict[str, Family] = field(init=False)
    """The family of every host that is in one; the first where several hold it, as `order_over` has it."""

    def __post_init__(self) -> None:
        self._since = tallies.waiting_since(self.case)
        self.family = {}
        for family in queries.families_now(self.case):
            for member in family.members:
                self.family.setdefault(member.name, family)
        self._under_order = {order.host.name for order in queries.standing_orders(self.case)}
        self._deferred = {one.host.name: one for one in queries.latest_decisions(self.case) if one.action is Action.DEFER}
        self._orders: dict[str, Order | None] = {}
        self._reader = PageReader(self.archive)

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
            days=max(0, (self.end - self._since.get(host.name, self.end)).days),
            reasons=_bars(verdict)[:REASONS_IN_A_ROW],
            family=family.family if family else "",
            family_size=len(family.members) if family else 0,
            ordered=self.order_on(host) is not None,
            proposed=signed(order) if order else "",
            decided=_deferral(self._deferred[host.name]) if host.name in self._deferred else "",
            differences=told_once(verdict.differences),
            wants_browser=tuple(shown(why) for why in verdict.render_for),
        )

    def member(self, verdict: Verdict, order: Order | None) -> WaitingCase:
        """A case in the table of its family: a row with the title of its page, which is read from the archive."""
        return replace(self.row(verdict, order), title=self._title(queries.latest_captures_of(self.case, verdict.host)))

    def full(self, verdict: Verdict, order: Order | None) -> WaitingCase:
        """A case with all that fits on a card; reads its screenshots."""
        captures = queries.latest_captures_of(self.case, verdict.host)
        proofs = proofs_of([queries.evidence_of(self.case, verdict.host)])
        subjects = dict.fromkeys(proof.subject for proof in proofs)
        return replace(
            self.row(verdict, order),
            reasons=_bars(verdict)[:MOST_REASONS],
            evidence=proofs[:MOST_EVIDENCE],
            evidence_count=len(proofs),
            subjects=", ".join([*list(subjects)[:MOST_SUBJECTS], *(["…"] if len(subjects) > MOST_SUBJECTS else [])]),
            outcomes=counts_text(Counter(one.outcome.value for one in captures if one.outcome.value != "ok")),
            thumbnails=tuple(
                thumbnail_of(self.archive, one.screenshot, one.vantage.name)
                for one in _pictured(captures)[:THUMBNAILS_A_CASE]
                if one.screenshot
            ),
        )

    def order_on(self, host: Hostname) -> Order | None:
        """The standing order over a host, asked once a family; the families are not asked where no order stands."""
        family = self.family.get(host.name)
        name = family.family if family else host.name
        if name not in self._orders:
            may_be = self._under_order.intersection([host.name, *(one.name for one in (family.members if family else ()))])
            self._orders[name] = order_over(self.case, host) if may_be else None
        return self._orders[name]

    def picture(self, host: Hostname, turn: int) -> Thumbnail | None:
        """One screenshot of a host, of its vantages that whose turn it is; None where no browser took one."""
        pictured = _pictured(queries.latest_captures_of(self.case, host))
        one = pictured[turn % len(pictured)] if pictured else None
        return thumbnail_of(self.archive, one.screenshot, one.vantage.name) if one and one.screenshot else None

    def _title(self, captures: Sequence[Capture]) -> str:
        """As the browser showed it, else as it was sent."""
        landing = [one for one in captures if one.page.value == "landing"]
        rendered = next((one.title for one in landing if one.how is How.RENDERED and one.title), "")
        if rendered:
            return shown(rendered, LONGEST_TITLE)
        pages = (self._reader.read(one).page for one in landing if one.how is How.STATIC)
        return shown(next((page.title for page in pages if page and page.title), ""), LONGEST_TITLE)


def told_once(differences: Sequence[Difference]) -> tuple[Differed, ...]:
    """The differences; what holds between several pairs of visitors alike (on the desk and on the telephone) is told once, with all of them."""
    same: dict[tuple[str, float], list[Difference]] = {}
    for one in differences:
        same.setdefault((one.text.replace(one.first, "1").replace(one.second, "2"), round(one.similarity, 1)), []).append(one)
    return tuple(
        Differed(
            who=f"{'; '.join(f'{one.first} against {one.second}' for one in found)}, {found[0].similarity:.0%} alike",
            text=shown(found[0].text, LONGEST_DIFFERENCE),
        )
        for found in same.values()
    )


def counts_text(counts: Counter[str]) -> str:
    """`http-error 3, challenge 1`, the most frequent first."""
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())


def signed(order: Order) -> str:
    """Who gave an order, when, by which act."""
    return shown(f"{order.analyst}, {order.decided_at:%Y-%m-%d}{', act ' + order.act if order.act else ''}")


def proofs_of(found: Iterable[Sequence[Evidence]]) -> tuple[Proof, ...]:
    """One row a fact, strong ones first, then those of most hosts; `found` is the evidence of each host."""
    first: dict[tuple[str, str, str], Evidence] = {}
    hosts: Counter[tuple[str, str, str]] = Counter()
    for of_host in found:
        facts: dict[tuple[str, str, str], Evidence] = {}
        for one in of_host:
            facts.setdefault((one.kind.value, one.subject, one.value), one)
        hosts.update(facts.keys())
        first = facts | first
    ordered = sorted(first.items(), key=lambda item: (item[1].strength.value, -hosts[item[0]]))
    return tuple(
        Proof(
            kind=one.kind.value,
            subject=shown(one.subject, 60),
            value=shown(one.value, 80),
            strong=one.strength.value == "strong",
            quote=shown(one.quote),
            hosts=hosts[key],
        )
        for key, one in ordered
    )


def _pictured(captures: Sequence[Capture]) -> list[Capture]:
    """One a vantage, of the landing page where it was pictured, in the order of their names."""
    pictured = sorted((one for one in captures if one.how is How.RENDERED and one.screenshot), key=lambda one: one.page.value == "landing")
    return [one for _, one in sorted({one.vantage.name: one for one in pictured}.items())]


def _deferral(decision: Decision) -> str:
    return shown(f"{decision.analyst}, {decision.decided_at:%Y-%m-%d}: {decision.note}")


def _bars(verdict: Verdict) -> tuple[Bar, ...]:
    """The reasons but for those that only repeat a difference, which is shown by itself."""
    reasons: list[Reason] = [one for one in verdict.reasons if not (verdict.differences and one.text.startswith(REPEATED))]
    longest = max((abs(one.weight) for one in reasons), default=0) or 1.0
    return tuple(
        Bar(
            text=shown(one.quoted),
            weight=f"{one.weight:+.2f}" if one.weight else "fact",
            length=round(100 * abs(one.weight) / longest) if one.weight else 0,
        )
        for one in reasons
    )
