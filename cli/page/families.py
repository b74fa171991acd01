"""The families on the page: what waits together is looked at together, one card a family."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blocklist.orders import newest_ties
from casefile import queries
from casefile.records import Family, Tie
from cli.page.cases import Cases, Proof, Waiting, WaitingCase, counts_text, proofs_of, signed
from cli.page.masking import shown
from cli.page.thumbnails import Thumbnail

FIRST_MEMBERS, MOST_MEMBERS = 4, 40
"""Members in sight, and members in all: the others of a larger family are counted."""

MOST_TIES, MOST_FACTS, MOST_PICTURED = 3, 8, 3
"""Ties, facts and members' screenshots of a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFamily:
    """A family with members that wait. `size`, `waiting`, `listed`, `proposed`: of its members how many; `ties` and `order` are words.

    `kinds`: how many of those that wait have which kind of evidence; `thumbnails`: one of a member, its name as the vantage's; `members` in the order
    of the queue: `first` are in sight, `others` on demand, `left` only counted.
    """

    name: str
    size: int
    waiting: int
    listed: int
    proposed: int
    order: str
    ties: tuple[str, ...]
    ties_left: int
    kinds: str
    facts: tuple[Proof, ...]
    thumbnails: tuple[Thumbnail, ...]
    first: tuple[WaitingCase, ...]
    others: tuple[WaitingCase, ...]
    left: int


def parted(cases: Cases, waiting: Sequence[Waiting]) -> tuple[list[tuple[Family, list[Waiting]]], list[Waiting]]:
    """What waits by family, those with proposed members first and then the largest, as `queue --families` has them; then the hosts that are in none."""
    families: dict[str, tuple[Family, list[Waiting]]] = {}
    alone = []
    for one in waiting:
        family = cases.family.get(one[0].host.name)
        if family is None:
            alone.append(one)
        else:
            families.setdefault(family.family, (family, []))[1].append(one)
    found = sorted(families.values(), key=lambda each: (all(order is None for _, order in each[1]), -len(each[1]), each[0].family))
    return found, alone


class Families:
    """Makes the cards of families; what concerns all of them is read once."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.listed = {entry.host.name for entry in queries.listed_entries(cases.case)}
        self.ties: dict[str, list[Tie]] = {}
        for tie in queries.all_ties(cases.case):
            self.ties.setdefault(tie.host.name, []).append(tie)

    def card(self, family: Family, waiting: Sequence[Waiting]) -> WaitingFamily:
        """The card of a family; reads the titles of its members and the screenshots of three."""
        cases = self.cases
        ties = newest_ties([tie for one in family.members for tie in self.ties.get(one.name, ())])
        evidence = [queries.evidence_of(cases.case, verdict.host) for verdict, _ in waiting]
        kinds = Counter(kind for found in evidence for kind in sorted({one.kind.value for one in found}))
        order = cases.order_on(waiting[0][0].host)
        members = tuple(cases.member(verdict, proposing) for verdict, proposing in waiting[:MOST_MEMBERS])
        return WaitingFamily(
            name=family.family,
            size=len(family.members),
            waiting=len(waiting),
            listed=sum(one.name in self.listed for one in family.members),
            proposed=sum(proposing is not None for _, proposing in waiting),
            order=signed(order) if order else "",
            ties=tuple(shown(f"{tie.kind} {tie.fact}, shared by {tie.population}", 120) for tie in ties[:MOST_TIES]),
            ties_left=max(0, len(ties) - MOST_TIES),
            kinds=counts_text(kinds),
            facts=proofs_of(evidence)[:MOST_FACTS],
            thumbnails=self._thumbnails(waiting),
            first=members[:FIRST_MEMBERS],
            others=members[FIRST_MEMBERS:],
            left=len(waiting) - len(members),
        )

    def _thumbnails(self, waiting: Sequence[Waiting]) -> tuple[Thumbnail, ...]:
        """The vantages in turn: what one is shown another may never see."""
        found: list[Thumbnail] = []
        for verdict, _ in waiting[:MOST_MEMBERS]:
            picture = self.cases.picture(verdict.host, len(found))
            if picture is not None:
                found.append(replace(picture, vantage=f"{verdict.host.name}, {picture.vantage}"))
            if len(found) == MOST_PICTURED:
                break
        return tuple(found)
