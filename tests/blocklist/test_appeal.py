"""Appeals: a clock, one decision, and an upheld one that sticks."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from blocklist.appeal import UPHELD, barred, decide_appeal, last_word, open_appeal, open_appeals, overdue_appeals, overdue_in_words
from blocklist.uphold import uphold
from casefile import queries
from casefile.errors import StoreError, UsageError
from casefile.progress import Silent
from casefile.records import Action, Appeal, AppealState, Cause, Release
from tests.blocklist.conftest import Desk

HOSTS = ("casino.example", "shop.test", "one.builder.example")


@pytest.fixture
def listed(desk: Desk) -> Desk:
    desk.approved(*HOSTS)
    assert desk.publish() is not None
    return desk


def opened(desk: Desk, name: str, by: str = "Shop LLP") -> Appeal:
    return open_appeal(desk.case, desk.case.door.parse(name), by=by, note="we sell dice", policy=desk.policy, clock=desk.clock)


def upheld(desk: Desk, name: str, act: str = "") -> tuple[Appeal, Release | None]:
    desk.a_moment_later()
    return uphold(
        desk.case, desk.case.door.parse(name), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A. Analyst", note="a toy shop",
        act=act, clock=desk.clock, progress=Silent(),
    )  # fmt: skip


def refused(desk: Desk, name: str, act: str = "") -> Appeal:
    host = desk.case.door.parse(name)
    return decide_appeal(desk.case, host, AppealState.REFUSED, analyst="A. Analyst", note="it is a casino", act=act, clock=desk.clock)


def test_an_appeal_is_due_within_the_days_of_the_policy(listed: Desk) -> None:
    made = opened(listed, "shop.test")
    assert made.due_at - listed.clock() == timedelta(days=15)
    assert open_appeals(listed.case) == [made]
    assert "shop.test" in listed.names(), "an appeal alone changes nothing"


def test_an_upheld_appeal_takes_the_host_off_at_once_and_nothing_else_changes(listed: Desk) -> None:
    before = set(listed.names())
    opened(listed, "shop.test")
    made, release = upheld(listed, "shop.test", act="7/2026")
    assert (made.state, made.person, made.act) == (AppealState.UPHELD, "A. Analyst", "7/2026")
    assert release is not None
    assert before - set(listed.names()) == {"shop.test"}
    [removal] = queries.removals_of(listed.case, release.serial)
    assert (removal.host.name, removal.cause) == ("shop.test", Cause.DECISION)
    assert set(barred(listed.case)) == {"shop.test"}
    assert open_appeals(listed.case) == []


def test_an_upheld_host_is_not_listed_again_by_whoever_approves_it(listed: Desk) -> None:
    opened(listed, "shop.test")
    upheld(listed, "shop.test")
    listed.a_moment_later()
    listed.found("shop.test")
    with suppress(UsageError):  # to refuse the approval itself is as good
        listed.decided("shop.test")
    listed.publish()
    assert "shop.test" not in listed.names()


def test_a_refused_appeal_leaves_the_entry_and_another_may_be_opened_later(listed: Desk) -> None:
    opened(listed, "shop.test")
    refused(listed, "shop.test")
    assert "shop.test" in listed.names()
    assert barred(listed.case) == {}
    listed.a_moment_later()
    second = opened(listed, "shop.test", by="Other LLP")
    assert open_appeals(listed.case) == [second]
    assert [one.state.value for one in queries.appeals_of(listed.case, second.host)] == ["opened", "refused", "opened"]


def test_what_was_upheld_is_refused_afterwards_only_by_a_legal_act(listed: Desk) -> None:
    opened(listed, "shop.test")
    upheld(listed, "shop.test")
    with pytest.raises(UsageError, match="only a legal act ends that, name it with --act"):
        refused(listed, "shop.test")
    assert set(barred(listed.case)) == {"shop.test"}
    refused(listed, "shop.test", act="court 9/2026")
    assert barred(listed.case) == {}


def test_an_appeal_that_was_upheld_before_a_kill_is_published_by_the_same_call(listed: Desk) -> None:
    made = opened(listed, "shop.test")
    decide_appeal(listed.case, made.host, AppealState.UPHELD, analyst="A. Analyst", note="a toy shop", clock=listed.clock)
    assert "shop.test" in listed.names(), "killed before the release"
    again, release = upheld(listed, "shop.test")
    assert release is not None and "shop.test" not in listed.names()
    assert again == last_word(listed.case, made.host)
    with pytest.raises(UsageError, match=r"no appeal for shop.test is open, the last was upheld on 2026-11-20"):
        upheld(listed, "shop.test")


def test_an_appeal_may_be_upheld_for_a_host_that_left_the_list_meanwhile(listed: Desk) -> None:
    opened(listed, "shop.test")
    listed.a_moment_later()
    listed.decided("shop.test", action=Action.REJECT)
    listed.publish()
    made, release = upheld(listed, "shop.test")
    assert (made.state, release) == (AppealState.UPHELD, None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody.example", "nobody.example is not on the list, so that there is nothing to appeal against"),
        ("www.casino.example", "www.casino.example is blocked by the entry casino.example: appeal for that name"),
        ("builder.example", "hosts below it are: appeal for the tenant that is meant .one.builder.example."),
        ("two.builder.example", "two.builder.example is not on the list"),
    ],
)
def test_an_appeal_needs_an_entry_of_its_own_and_is_told_which(listed: Desk, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        opened(listed, name)
    assert queries.all_appeals(listed.case) == []


def test_a_tenant_listed_by_its_own_name_may_appeal(listed: Desk) -> None:
    assert opened(listed, "one.builder.example").state is AppealState.OPENED


def test_a_second_appeal_waits_for_the_first(listed: Desk) -> None:
    opened(listed, "shop.test")
    with pytest.raises(UsageError, match="open since 2026-11-20, due 2026-12-05: decide it first"):
        opened(listed, "shop.test")


def test_what_was_never_opened_cannot_be_decided(listed: Desk) -> None:
    with pytest.raises(UsageError, match=r"no appeal for shop.test is open, there never was one"):
        refused(listed, "shop.test")
    with pytest.raises(UsageError, match="there never was one"):
        upheld(listed, "shop.test")
    assert "shop.test" in listed.names()


@pytest.mark.parametrize(("by", "said"), [(" ", "needs who appeals"), ("a\x1b[2J", "control characters"), ("x" * 101, "longer than 100")])
def test_words_are_one_plain_line(listed: Desk, by: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        opened(listed, "shop.test", by=by)


def test_overdue_is_told_the_longest_first(listed: Desk) -> None:
    opened(listed, "shop.test")
    listed.clock.forward(days=1)
    opened(listed, "casino.example")
    listed.clock.forward(days=14)
    assert [one.host.name for one in overdue_appeals(listed.case, listed.clock())] == []
    listed.clock.forward(days=2)
    late = overdue_appeals(listed.case, listed.clock())
    assert [one.host.name for one in late] == ["shop.test", "casino.example"]
    assert overdue_in_words(late) == "2 appeals overdue: shop.test (due 2026-12-05), casino.example (due 2026-12-06)"
    assert overdue_in_words([]) == ""


def decisions(desk: Desk, name: str) -> list[tuple[str, str, str]]:
    return [(one.action.value, one.analyst, one.note) for one in queries.decisions_of(desk.case, desk.case.door.parse(name))]


def test_upholding_is_one_unlisting_whether_it_is_published_here_or_elsewhere(listed: Desk) -> None:
    for name in ("shop.test", "casino.example"):
        opened(listed, name)
    upheld(listed, "shop.test", act="7/2026")
    decide_appeal(
        listed.case, listed.case.door.parse("casino.example"), AppealState.UPHELD, analyst="A. Analyst", note="a toy shop", act="7/2026",
        clock=listed.clock,
    )  # fmt: skip
    wanted = [("approve", "A. Analyst", "seen"), ("unlist", "A. Analyst", "appeal upheld: a toy shop")]
    assert decisions(listed, "shop.test") == decisions(listed, "casino.example") == wanted
    release = listed.publish()
    assert release is not None and [one.reason for one in queries.removals_of(listed.case, release.serial)] == [f"{UPHELD}, act 7/2026"]
    assert listed.names() == ["one.builder.example"]


def test_the_appeal_and_the_unlisting_are_kept_together_or_not_at_all(listed: Desk) -> None:
    made = opened(listed, "shop.test")
    listed.case.db.conn.execute("CREATE TRIGGER full BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with pytest.raises(StoreError):
        decide_appeal(listed.case, made.host, AppealState.UPHELD, analyst="A", note="n", clock=listed.clock)
    assert last_word(listed.case, made.host) == made


@pytest.mark.parametrize("published", [True, False])
def test_once_a_court_ends_an_upheld_appeal_it_takes_a_new_approval(listed: Desk, published: bool) -> None:
    made = opened(listed, "shop.test")
    if published:
        upheld(listed, "shop.test")
    else:
        decide_appeal(listed.case, made.host, AppealState.UPHELD, analyst="A. Analyst", note="a toy shop", clock=listed.clock)
        listed.publish()
    listed.a_moment_later()
    refused(listed, "shop.test", act="court 9/2026")
    listed.a_moment_later()
    listed.found("shop.test")
    listed.publish()
    assert "shop.test" not in listed.names()
    listed.decided("shop.test")
    listed.publish()
    assert "shop.test" in listed.names()


def test_an_approval_that_came_in_while_an_appeal_barred_it_is_none_of_after_that(listed: Desk) -> None:
    made = opened(listed, "shop.test")
    upheld(listed, "shop.test")
    listed.a_moment_later()
    approval = next(one for one in queries.decisions_of(listed.case, made.host) if one.action is Action.APPROVE)
    listed.case.add([replace(approval, id=0, note="from a table", decided_at=listed.clock())])
    listed.a_moment_later()
    refused(listed, "shop.test", act="court 9/2026")
    listed.found("shop.test")
    listed.publish()
    assert "shop.test" not in listed.names()
