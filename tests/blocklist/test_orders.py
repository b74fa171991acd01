"""Standing orders: a family decided at once; what it shows later is proposed and never listed by itself."""

import pytest

from blocklist.orders import (
    FamilyDecision,
    approve_family,
    end_order,
    families_to_review,
    family_of,
    look_at_family,
    order_over,
    proposals,
    review_queue,
)
from casefile import queries
from casefile.errors import UsageError
from casefile.records import Action, Band, EvidenceKind, Family, Label, Strength, Tie
from tests.blocklist.conftest import Desk

COUNTER = (EvidenceKind.IDENTIFIER, "G-INVENTED1", Strength.STRONG)


def family(desk: Desk, name: str, *members: str, fact: str = "G-INVENTED1") -> None:
    """What the step families would append."""
    hosts = tuple(desk.case.door.parse(member) for member in members)
    desk.case.add([Family(family=name, members=hosts, found_at=desk.clock())])
    desk.case.add(
        Tie(family=name, host=host, kind="google-analytics", fact=fact, population=len(hosts), weight=round(1 / len(hosts), 4), found_at=desk.clock())
        for host in hosts
    )  # fmt: skip


def mirrors(desk: Desk, *names: str) -> None:
    """Hosts in the mirror band, one family named for the first."""
    for name in names:
        desk.found(name, evidence=(COUNTER,))
    family(desk, names[0], *names)


def digest(desk: Desk, name: str) -> str:
    return look_at_family(desk.case, name, desk.guard).digest


def approve(desk: Desk, name: str, **words: str) -> FamilyDecision:
    """After a look."""
    said = {"analyst": "A. Analyst", "note": "one operator", "act": "7/2026", "expect": digest(desk, name)} | words
    return approve_family(desk.case, name, guard=desk.guard, clock=desk.clock, **said)


def end(desk: Desk, name: str, action: Action = Action.REJECT, *, everything: bool = False) -> FamilyDecision:
    return end_order(desk.case, name, action, analyst="B. Analyst", note="licensed after all", everything=everything, clock=desk.clock)


def left(made: FamilyDecision) -> dict[str, str]:
    return {one.host.name: one.rule for one in made.left}


def waiting(desk: Desk) -> list[str]:
    return [verdict.host.name for verdict in queries.verdicts_to_review(desk.case)]


def last_word(desk: Desk) -> dict[str, str]:
    return {one.host.name: one.action.value for one in queries.latest_decisions(desk.case)}


def stands(desk: Desk, host: str) -> str:
    order = order_over(desk.case, desk.case.door.parse(host))
    return order.host.name if order else ""


@pytest.mark.parametrize("name", ["one.example", "two.example", "TWO.example"])
def test_a_family_is_approved_by_its_name_or_by_any_member(desk: Desk, name: str) -> None:
    mirrors(desk, "one.example", "two.example")
    made = approve(desk, name, analyst=" A. Analyst ")
    assert last_word(desk) == {"one.example": "approve", "two.example": "approve"}
    assert queries.decisions_of(desk.case, made.decisions[0].host) == [made.decisions[0]]
    assert queries.orders_of(desk.case, desk.case.door.parse("one.example")) == list(made.orders)
    [order] = queries.standing_orders(desk.case)
    assert (order.stands, order.analyst, order.note, order.act) == (True, "A. Analyst", "one operator", "7/2026")
    assert order.decided_at == desk.clock()
    assert (made.left, made.untouched) == ((), ())


def test_what_a_person_must_look_at_is_left_in_review_and_named_with_its_rule(desk: Desk) -> None:
    desk.found("unsure.example", band=Band.UNSURE, probability=0.6)
    desk.found("about.example", label=Label.ABOUT)
    desk.found("pay.bank.example")
    desk.found("clear.example", band=Band.CLEAR, probability=0.01)
    desk.found("one.example")
    family(desk, "one.example", "one.example", "unsure.example", "about.example", "pay.bank.example", "clear.example")
    made = approve(desk, "one.example")
    assert last_word(desk) == {"one.example": "approve"}
    assert left(made) == {
        "unsure.example": "unsure",
        "about.example": "not-gambling",
        "pay.bank.example": "bank",
        "clear.example": "clear",
    }
    assert [one.host.name for one in made.left if not one.waits] == ["clear.example"]
    assert sorted(waiting(desk)) == ["about.example", "pay.bank.example", "unsure.example"]


def test_a_rejected_member_stays_rejected(desk: Desk) -> None:
    mirrors(desk, "one.example", "library.example")
    desk.decided("library.example", action=Action.REJECT)
    approve(desk, "one.example")
    assert last_word(desk) == {"one.example": "approve", "library.example": "reject"}


@pytest.mark.parametrize("words", [{"analyst": " "}, {"note": ""}, {"note": "one\ntwo"}, {"act": "x" * 101}])
def test_who_and_why_must_be_said_and_else_nothing_is_decided(desk: Desk, words: dict[str, str]) -> None:
    mirrors(desk, "one.example", "two.example")
    with pytest.raises(UsageError, match="Nothing was decided"):
        approve(desk, "one.example", **words)
    assert last_word(desk) == {}
    assert queries.standing_orders(desk.case) == []


@pytest.mark.parametrize(("name", "said"), [("other.example", "no family is named for other.example"), ("a b", "no family is called")])
def test_a_family_that_is_none_is_refused(desk: Desk, name: str, said: str) -> None:
    mirrors(desk, "one.example", "two.example")
    for decide in (lambda: approve(desk, name, expect="0"), lambda: end(desk, name)):
        with pytest.raises(UsageError, match=said):
            decide()


def test_no_order_begins_on_a_family_of_which_nothing_is_approved(desk: Desk) -> None:
    desk.found("pay.bank.example")
    desk.found("unsure.example", band=Band.UNSURE, probability=0.6)
    family(desk, "unsure.example", "unsure.example", "pay.bank.example")
    with pytest.raises(UsageError, match=r"rule unsure.*rule bank|rule bank.*rule unsure"):
        approve(desk, "unsure.example")
    assert queries.standing_orders(desk.case) == []


def test_a_decision_on_a_family_is_all_or_nothing(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    desk.case.db.conn.execute("CREATE TRIGGER full BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with pytest.raises(Exception, match="no room"):
        approve(desk, "one.example")
    assert last_word(desk) == {}


def test_a_later_mirror_is_proposed_and_not_listed(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    approve(desk, "one.example")
    desk.clock.forward(days=1)
    desk.found("likely.example", probability=0.999)
    desk.found("three.example", probability=0.9, evidence=(COUNTER,))
    desk.found("four.example", band=Band.UNSURE, probability=0.6, evidence=(COUNTER,))
    family(desk, "one.example", "one.example", "two.example", "three.example", "four.example")
    assert desk.publish() is not None
    assert desk.names() == ["one.example", "two.example"]
    marked = {verdict.host.name: order.analyst if order else "" for verdict, order in review_queue(desk.case, desk.guard)}
    assert marked == {"three.example": "A. Analyst", "likely.example": "", "four.example": ""}
    assert list(marked)[:2] == ["three.example", "likely.example"], "what is proposed comes first"
    assert desk.publish() is None
    desk.decided("three.example")
    assert desk.publish() is not None
    assert desk.names() == ["one.example", "three.example", "two.example"]


def test_what_can_never_be_listed_or_was_put_off_is_not_pushed_forward(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    approve(desk, "one.example")
    for name in ("three.example", "pay.bank.example", "other.example"):
        desk.found(name)
    family(desk, "one.example", "one.example", "two.example", "three.example", "pay.bank.example")
    desk.decided("three.example", action=Action.DEFER)
    assert proposals(desk.case, desk.guard) == {}
    assert [verdict.host.name for verdict, _ in review_queue(desk.case, desk.guard)][-1] == "three.example"


@pytest.mark.parametrize("action", [Action.REJECT, Action.DEFER])
def test_ending_an_order_decides_what_waits_and_leaves_what_is_listed(desk: Desk, action: Action) -> None:
    mirrors(desk, "one.example", "two.example")
    approve(desk, "one.example")
    desk.publish()
    for name in ("three.example", "four.example", "pay.bank.example"):
        desk.found(name, band=Band.UNSURE if name.startswith("four") else Band.MIRROR)
    desk.decided("three.example")
    desk.a_moment_later()
    desk.decided("two.example", action=Action.DEFER)
    members = ("one.example", "two.example", "three.example", "four.example", "pay.bank.example")
    family(desk, "one.example", *members)
    made = end_order(desk.case, "four.example", action, analyst="B", note="wrong", everything=True, clock=desk.clock)
    assert [one.host.name for one in made.decisions] == ["pay.bank.example", "four.example"]
    assert last_word(desk) == {
        "one.example": "approve", "two.example": "defer", "three.example": "approve", "four.example": action.value, "pay.bank.example": action.value,
    }  # fmt: skip
    assert [(one.host.name, one.state, one.command) for one in made.untouched] == [
        ("one.example", "listed", "mirrorwatch unlist one.example"),
        ("two.example", "listed", "mirrorwatch unlist two.example"),
        ("three.example", "approved", "mirrorwatch reject three.example"),
    ]
    assert [(one.host.name, one.stands) for one in made.orders] == [("one.example", False)]
    assert queries.standing_orders(desk.case) == []
    assert stands(desk, "three.example") == ""


def test_ending_what_never_began_is_refused(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    desk.decided("one.example", "two.example")
    with pytest.raises(UsageError, match="no order stands on it"):
        end(desk, "one.example")


def test_an_order_can_begin_again(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    approve(desk, "one.example")
    end(desk, "one.example")
    approve(desk, "one.example")
    assert stands(desk, "two.example") == "one.example"
    assert [one.stands for one in queries.orders_of(desk.case, desk.case.door.parse("one.example"))] == [True, False, True]


def test_an_order_follows_a_family_that_is_merged_and_renamed(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    mirrors(desk, "older.example", "old.example")
    approve(desk, "one.example")
    assert (stands(desk, "two.example"), stands(desk, "old.example")) == ("one.example", "")
    family(desk, "older.example", "older.example", "old.example", "one.example", "two.example")
    family(desk, "one.example")
    assert stands(desk, "old.example") == "one.example"
    assert set(proposals(desk.case, desk.guard)) == {"older.example", "old.example"}
    assert family_of(desk.case, "one.example").family == "older.example"
    made = end_order(desk.case, "older.example", Action.REJECT, analyst="B", note="wrong", clock=desk.clock)
    assert [one.host.name for one in made.orders] == ["one.example"]
    assert proposals(desk.case, desk.guard) == {}


def test_of_two_orders_that_met_the_later_counts_and_both_end(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    mirrors(desk, "older.example", "old.example")
    approve(desk, "one.example")
    desk.a_moment_later()
    approve(desk, "old.example")
    family(desk, "older.example", "older.example", "old.example", "one.example", "two.example")
    family(desk, "one.example")
    assert stands(desk, "two.example") == "older.example"
    desk.found("new.example")
    family(desk, "older.example", "one.example", "two.example", "older.example", "old.example", "new.example")
    assert {name: order.host.name for name, order in proposals(desk.case, desk.guard).items()} == {"new.example": "older.example"}
    made = end_order(desk.case, "two.example", Action.DEFER, analyst="B", note="wrong", clock=desk.clock)
    assert {one.host.name for one in made.orders} == {"one.example", "older.example"}
    assert stands(desk, "two.example") == ""


def test_an_order_outlives_a_family_that_came_apart(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    approve(desk, "one.example")
    family(desk, "one.example")
    assert (stands(desk, "one.example"), stands(desk, "two.example")) == ("one.example", "")


def test_the_families_in_review_say_what_ties_them(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    desk.a_moment_later()
    family(desk, "one.example", "one.example", "two.example", "three.example")
    family(desk, "one.example", "one.example", "two.example", "three.example", fact="G-INVENTED2")
    approve(desk, "one.example")
    desk.publish()
    desk.found("three.example")
    for name in ("big-1.example", "big-2.example", "big-3.example"):
        desk.found(name, payment=False)
    family(desk, "big-1.example", "big-1.example", "big-2.example", "big-3.example")
    mirrors(desk, "decided.example", "too.example")
    desk.decided("decided.example", "too.example", action=Action.REJECT)
    ordered, big = families_to_review(desk.case, desk.guard)
    assert (ordered.family.family, big.family.family) == ("one.example", "big-1.example"), "a proposal first, then the largest"
    assert [host.name for host in ordered.waiting] == [host.name for host in ordered.proposed] == ["three.example"]
    assert [host.name for host in ordered.listed] == ["one.example", "two.example"]
    assert [(tie.fact, tie.population) for tie in ordered.ties] == [("G-INVENTED1", 3), ("G-INVENTED2", 3)]
    assert ordered.evidence == ("identifier", "payment")
    assert ordered.order is not None
    assert (big.order, big.proposed, big.evidence, len(big.waiting)) == (None, (), (), 3)
