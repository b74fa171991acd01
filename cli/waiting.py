"""What waits for an analyst, as text and as JSON lines: hosts, families, and the members of one family with what an approval of it would do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from blocklist.orders import Glance, LookedAt, WaitingFamily, review_queue
from blocklist.selection import LeftOut, select
from casefile import changes, queries
from casefile.hostname import Hostname
from casefile.plaintext import inert
from casefile.records import Action, Decision, Order, Tie, Verdict
from casefile.rows import as_json
from cli.desk import Desk
from cli.output import print_json, print_table, print_text

MOST_TIES = 4
LONGEST_FACT = 60
"""Ties of a family, and characters of a fact, that a line of text shows."""

LONGEST_REASON = 120
"""Characters of a host's first reason in a line of text; all reasons are in --json."""

LONGEST_TITLE = 40
LONGEST_SHOWN = 160
"""Characters of a title, and of what differs, that the line of a member shows."""

SPENT = "daily-limit"
"""The rule of `select` that only says: tomorrow."""

COLUMNS = ("host", "label", "probability", "band", "family", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A host of the queue: `order` proposes it, `changed` is the decision after which it changed, `left_out` why it is approved and not listed."""

    host: Hostname
    verdict: Verdict | None
    order: Order | None = None
    changed: Decision | None = None
    left_out: LeftOut | None = None

    @property
    def mark(self) -> str:
        """Why it stands where it does, empty where it only waits."""
        if self.changed:
            said = {Action.REJECT: "rejected", Action.UNLIST: "unlisted"}[self.changed.action]
            return f"changed since {self.changed.analyst} {said} it on {self.changed.decided_at:%Y-%m-%d}"
        if self.left_out:
            return f"approved, not listed, {self.left_out.rule}: {self.left_out.text}"
        return f"proposed: {order_in_words(self.order)}" if self.order else ""


def rows_of_queue(desk: Desk) -> list[Row]:
    """What waits, in its order; after it what is approved and cannot be listed, with the rule."""
    case = desk.case()
    changed = changes.changed_since(case)
    verdicts = {one.host.name: one for one in queries.latest_verdicts(case)}
    waiting = [
        Row(host=verdict.host, verdict=verdict, order=order, changed=changed.get(verdict.host.name))
        for verdict, order in review_queue(case, desk.guard)
    ]
    left_out = select(case, desk.guard, desk.config.policy, clock=desk.clock).left_out
    return waiting + [Row(host=one.host, verdict=verdicts.get(one.host.name), left_out=one) for one in left_out if one.rule != SPENT]


def print_rows(desk: Desk, rows: Sequence[Row], *, as_lines: bool, queue: bool) -> None:
    """Hosts with their verdicts; of the `queue` also why each stands where it does."""
    family_of = {member.name: family.family for family in queries.families_now(desk.case()) for member in family.members}
    if as_lines:
        for row in rows:
            print_json({**_as_json(row, family_of), **(_marks_as_json(row) if queue else {})})
        return
    print_table(COLUMNS, (_cells(row, family_of) for row in rows), right=("probability",))


def print_families(found: Sequence[WaitingFamily], *, as_lines: bool) -> None:
    """Families with members in review: two lines each, the second says what is known and what ties them."""
    if as_lines:
        for one in found:
            print_json(
                {
                    "family": one.family.family,
                    "members": as_json(one.family.members),
                    "waiting": as_json(one.waiting),
                    "proposed": as_json(one.proposed),
                    "listed": as_json(one.listed),
                    "ties": [{"kind": tie.kind, "fact": tie.fact, "population": tie.population} for tie in one.ties],
                    "evidence": list(one.evidence),
                    "order": as_json(one.order) if one.order else None,
                }
            )
        return
    width = max((len(one.family.family) for one in found), default=0)
    for one in found:
        counts = f"members {len(one.family.members)}, waiting {len(one.waiting)}, listed {len(one.listed)}"
        print_text(inert(f"{one.family.family:{width}}  {counts}, {order_in_words(one.order) or 'no order'}"))
        print_text(inert(f"  evidence: {', '.join(one.evidence) or 'none'}; ties: {_ties_in_words(one.ties)}"))


def print_looked_at(looked: LookedAt, *, as_lines: bool) -> None:
    """The members of a family, one a line, with what an approval would do, and the digest of it."""
    if as_lines:
        print_json({"family": looked.family.family, "digest": looked.digest, "members": as_json(looked.members)})
        return
    columns = ("host", "band", "p", "outcome", "title", "shown differently, leads to")
    print_table(columns, map(_member_cells, looked.members), right=("p",))
    print_text(
        f"digest {looked.digest}: mirrorwatch approve --family {looked.family.family} --expect {looked.digest} --as NAME --note TEXT"
    )


def order_in_words(order: Order | None) -> str:
    """Whose order it is and since when, empty where there is none."""
    return f"standing order of {order.analyst}, {order.decided_at:%Y-%m-%d}" if order else ""


def _as_json(row: Row, family_of: Mapping[str, str]) -> dict[str, object]:
    one = row.verdict
    return {
        "host": row.host.name,
        "label": one.label.value if one else None,
        "probability": round(one.probability, 4) if one else None,
        "band": one.band.value if one else None,
        "family": family_of.get(row.host.name, ""),
        "reasons": [reason.text for reason in one.reasons] if one else [],
    }


def _marks_as_json(row: Row) -> dict[str, object]:
    return {
        "proposed": as_json(row.order) if row.order else None,
        "changed_since": as_json(row.changed) if row.changed else None,
        "not_listed": {"rule": row.left_out.rule, "text": row.left_out.text} if row.left_out else None,
    }


def _cells(row: Row, family_of: Mapping[str, str]) -> tuple[object, ...]:
    one = row.verdict
    first = cut(one.reasons[0].text, LONGEST_REASON) if one and one.reasons and not row.left_out else ""
    told = "; ".join(filter(None, (row.mark, first)))
    if one is None:
        return row.host, "", "", "", family_of.get(row.host.name, ""), told
    return row.host, one.label.value, f"{one.probability:.3f}", one.band.value, family_of.get(row.host.name, ""), told


def _member_cells(one: Glance) -> tuple[object, ...]:
    outcome = f"left: {one.rule}" if one.outcome == "left" else one.outcome
    told = "; ".join(_shown(one))
    return one.host, one.band, f"{one.probability:.3f}" if one.band else "", outcome, cut(one.title, LONGEST_TITLE), told


def _shown(one: Glance) -> Iterator[str]:
    if one.leads_to:
        yield f"leads to {', '.join(one.leads_to[:3])}"
    if one.differs:
        yield cut(one.differs[0], LONGEST_SHOWN)


def _ties_in_words(ties: Sequence[Tie]) -> str:
    told = [f"{tie.kind}: {tie.fact[:LONGEST_FACT]}, shared by {tie.population}" for tie in ties[:MOST_TIES]]
    return "; ".join([*told, *([f"and {len(ties) - MOST_TIES} more (--json)"] if len(ties) > MOST_TIES else [])]) or "none"


def cut(text: str, most: int) -> str:
    """`text` of at most so many characters, with a sign where something is gone."""
    return text if len(text) <= most else text[: most - 1] + "…"
