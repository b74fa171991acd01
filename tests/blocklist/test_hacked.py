"""A hacked site: its owner is told; it is listed by order alone, and then by its exact name."""

import pytest

from blocklist.fitness import known, scope_of
from blocklist.orders import review_queue
from blocklist.selection import select
from casefile.records import Band, EvidenceKind, Label, Scope, Strength
from tests.blocklist.conftest import Desk

OFFICER = ((EvidenceKind.OFFICER, "report", Strength.STRONG),)


def chosen(desk: Desk) -> list[tuple[str, Scope]]:
    return [(one.host.name, one.scope) for one in select(desk.case, desk.guard, desk.policy, clock=desk.clock).entries]


def refusals(desk: Desk) -> list[str]:
    return [one.rule for one in select(desk.case, desk.guard, desk.policy, clock=desk.clock).left_out]


def hacked(desk: Desk, name: str = "gymnasium.example") -> None:
    desk.found(name, label=Label.HACKED, band=Band.UNSURE, payment=False, evidence=OFFICER)


def test_an_approval_without_an_act_lists_no_hacked_site(desk: Desk) -> None:
    hacked(desk)
    desk.decided("gymnasium.example")
    assert chosen(desk) == [] and refusals(desk) == ["hacked"]


def test_an_act_lists_its_exact_name_alone(desk: Desk) -> None:
    hacked(desk)
    desk.decided("gymnasium.example", act="1-77")
    assert chosen(desk) == [("gymnasium.example", Scope.EXACT)]
    desk.found("casino.example")
    desk.decided("casino.example", act="1-78")
    assert ("casino.example", Scope.SUBDOMAINS) in chosen(desk)


def test_an_act_of_before_it_was_found_hacked_does_not(desk: Desk) -> None:
    desk.found("gymnasium.example")
    desk.decided("gymnasium.example", act="1-77")
    desk.a_moment_later()
    hacked(desk)
    assert chosen(desk) == [] and refusals(desk) == ["hacked"]


def test_a_hacked_site_is_in_no_bulk_and_under_no_order_but_waits_in_review(desk: Desk) -> None:
    hacked(desk)
    [(verdict, order)] = review_queue(desk.case, desk.guard)
    assert verdict.label is Label.HACKED and order is None


@pytest.mark.parametrize(("label", "scope"), [(Label.HACKED, Scope.EXACT), (Label.OPERATOR, Scope.SUBDOMAINS)])
def test_the_scope_follows_the_label(desk: Desk, label: Label, scope: Scope) -> None:
    desk.found("gymnasium.example", label=label)
    assert (
        scope_of(desk.case.door.parse("gymnasium.example"), desk.guard, known(desk.case, [desk.case.door.parse("gymnasium.example")]))
        is scope
    )
