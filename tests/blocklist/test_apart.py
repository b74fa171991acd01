"""No entry takes along what is known not to be the operator's: it is narrowed to its exact name, new, kept or renewed."""

from datetime import timedelta

import pytest

from blocklist.fitness import person_of
from blocklist.release import unlist
from blocklist.selection import select
from casefile.errors import CheckFailed, UsageError
from casefile.progress import Silent
from casefile.queries import listed_entries
from casefile.records import Action, Appeal, AppealState, Band, Decision, Label, Release, Scope
from tests.blocklist.conftest import Desk


def scopes(desk: Desk) -> dict[str, Scope]:
    return {one.host.name: one.scope for one in listed_entries(desk.case)}


def zone(desk: Desk) -> list[str]:
    return [line for line in (desk.releases / "latest" / "rpz.zone").read_text().splitlines() if " CNAME " in line and "canary" not in line]


def take_off(desk: Desk, name: str) -> Release:
    return unlist(
        desk.case, desk.case.door.parse(name), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="B. Other", note="a shop",
        clock=desk.clock, progress=Silent(),
    )  # fmt: skip


def upheld(desk: Desk, name: str) -> None:
    now = desk.clock()
    desk.case.add(
        [Appeal(host=desk.case.door.parse(name), state=AppealState.UPHELD, person="B. Other", note="a shop", due_at=now, said_at=now)]
    )


def test_what_is_unlisted_below_an_entry_is_not_blocked_by_it(desk: Desk) -> None:
    desk.approved("a.shop.example", "shop.example")
    desk.publish()
    desk.a_moment_later()
    take_off(desk, "a.shop.example")
    assert zone(desk) == ["shop.example CNAME ."]
    [narrowed] = listed_entries(desk.case)
    assert (narrowed.scope, narrowed.since < narrowed.serial) == (Scope.EXACT, True)
    chosen = select(desk.case, desk.guard, desk.policy, clock=desk.clock)
    assert chosen.room == desk.policy.daily_limit - 2, "what was narrowed today was listed today once"


@pytest.mark.parametrize("how", ["appeal", "rejected", "hacked"])
def test_a_later_entry_does_not_take_along_what_is_kept_apart(desk: Desk, how: str) -> None:
    desk.found("a.shop.example", label=Label.HACKED if how == "hacked" else Label.OPERATOR)
    if how == "appeal":
        upheld(desk, "a.shop.example")
    elif how == "rejected":
        desk.decided("a.shop.example", action=Action.REJECT)
    desk.approved("shop.example", "casino.example")
    desk.publish()
    assert scopes(desk) == {"shop.example": Scope.EXACT, "casino.example": Scope.SUBDOMAINS}


@pytest.mark.parametrize("act", ["", "12-3"])
def test_a_host_that_turns_out_to_be_hacked_is_narrowed_where_it_stands_and_where_it_is_renewed(desk: Desk, act: str) -> None:
    desk.approved("victim.example")
    first = desk.publish()
    desk.quiet(days=80)
    desk.found("victim.example", label=Label.HACKED)
    desk.a_moment_later()
    if act:
        desk.decided("victim.example", act=act)
    again = desk.publish()
    assert first is not None and again is not None and again.changed == 1
    [entry] = listed_entries(desk.case)
    assert (entry.scope, entry.since) == (Scope.EXACT, first.serial)
    assert (entry.expires_at - desk.clock() > timedelta(days=80)) is bool(act), "renewed only where an act orders it"


def test_an_upheld_appeal_bars_what_lies_below_as_far_as_one_owners_names_go(desk: Desk) -> None:
    upheld(desk, "shop.example")
    desk.found("www.shop.example")
    desk.case.add(
        [Decision(host=desk.case.door.parse("www.shop.example"), action=Action.APPROVE, analyst="A", note="n", decided_at=desk.clock())]
    )
    left = {one.host.name: one.rule for one in select(desk.case, desk.guard, desk.policy, clock=desk.clock).left_out}
    assert left == {"www.shop.example": "appeal"}
    for other in ("one.builder.example", "kz.example"):  # another tenant, and a suffix under which anybody registers
        upheld(desk, other)
    desk.approved("two.builder.example", "casino.kz.example")
    desk.publish()
    assert scopes(desk) == {"two.builder.example": Scope.EXACT, "casino.kz.example": Scope.SUBDOMAINS}


def test_unlisting_a_name_that_another_entry_covers_names_that_entry(desk: Desk) -> None:
    desk.approved("shop.example")
    desk.publish()
    with pytest.raises(UsageError, match=r"blocked by that of shop\.example: unlist shop\.example"):
        take_off(desk, "www.shop.example")


def test_an_unlisting_goes_out_whatever_trips_and_says_who_insisted(desk: Desk) -> None:
    desk.approved(*(f"m{number}.example" for number in range(4)))
    desk.publish()
    desk.quiet(days=80)
    for _ in range(2):
        desk.clock.forward(hours=25)
        for number in range(2):  # two of four are parked: the breaker holds the night's release
            desk.found(f"m{number}.example", label=Label.OTHER, band=Band.CLEAR, payment=False)
    with pytest.raises(CheckFailed, match="shrink"):
        desk.publish()
    release = take_off(desk, "m3.example")
    assert "m3.example" not in desk.names()
    assert release.override is not None and (release.override.analyst, release.override.breakers) == ("B. Other", ("shrink",))


@pytest.mark.parametrize(
    "typed", ["a. analyst", "A.  Analyst", "A.\u00a0Analyst", "\u0410. Analyst", "A.Analyst", "\uff21. Analyst", "A. Analyst\u0301"]
)
def test_one_person_is_one_however_the_name_is_typed(typed: str) -> None:
    assert person_of(typed) == person_of("A. Analyst") != person_of("B. Analyst")
