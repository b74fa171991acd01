"""What is fit to be listed, how many a day, in which order, and what leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from blocklist.policy import Policy
from blocklist.selection import select
from casefile.records import Action, Band, EvidenceKind, Family, Label, Scope, Strength
from tests.blocklist.conftest import Desk

CHAT = ((EvidenceKind.IDENTIFIER, "chat-77", Strength.STRONG),)


def chosen(desk: Desk) -> list[str]:
    return [entry.host.name for entry in select(desk.case, desk.guard, desk.policy, clock=desk.clock).entries]


def rule_for(desk: Desk, name: str) -> str:
    found = {one.host.name: one.rule for one in select(desk.case, desk.guard, desk.policy, clock=desk.clock).left_out}
    return found.get(name, "")


def test_a_fit_host_is_chosen_with_its_grounds(desk: Desk) -> None:
    desk.approved("a.example")
    (entry,) = select(desk.case, desk.guard, desk.policy, clock=desk.clock).entries
    assert (entry.scope, entry.evidence, entry.decision, entry.verdict, entry.serial) == (Scope.SUBDOMAINS, (1,), 1, 1, 0)
    assert entry.expires_at - entry.listed_at == timedelta(days=90)


@pytest.mark.parametrize("action", [Action.REJECT, Action.DEFER, Action.UNLIST])
def test_only_the_latest_decision_counts(desk: Desk, action: Action) -> None:
    desk.approved("a.example")
    desk.a_moment_later()
    desk.decided("a.example", action=action)
    assert chosen(desk) == []


def test_seen_longer_ago_than_48_hours_is_left_out(desk: Desk) -> None:
    desk.approved("a.example")
    desk.clock.forward(hours=48)
    assert chosen(desk) == ["a.example"]
    desk.clock.forward(seconds=1)
    assert rule_for(desk, "a.example") == "not-alive"


def test_never_read_is_left_out(desk: Desk) -> None:
    desk.found("a.example", alive=False)
    desk.decided("a.example")
    assert rule_for(desk, "a.example") == "not-alive"


def test_a_replayed_page_proves_no_life_once_the_case_file_knows_the_live_web(desk: Desk) -> None:
    desk.found("a.example", replayed=True)
    desk.decided("a.example")
    assert chosen(desk) == ["a.example"]
    desk.found("live.example")
    assert rule_for(desk, "a.example") == "not-alive"


def test_what_only_an_archive_shows_as_gambling_is_not_gambling_now(desk: Desk) -> None:
    desk.found("a.example", label=Label.OTHER, band=Band.CLEAR, payment=False)
    desk.a_moment_later()
    desk.found("a.example", replayed=True)
    desk.decided("a.example")
    assert rule_for(desk, "a.example") == "not-live"
    desk.a_moment_later()
    desk.judged("a.example", captures=(1, 2))
    assert rule_for(desk, "a.example") == "not-live"
    desk.a_moment_later()
    desk.found("a.example")
    assert chosen(desk) == ["a.example"]


def test_a_page_read_and_not_judged_since_waits(desk: Desk) -> None:
    desk.approved("a.example")
    before = desk.clock.now
    desk.a_moment_later()
    desk.found("a.example")
    desk.clock.now = before
    desk.judged("a.example")
    desk.clock.forward(hours=1)
    assert rule_for(desk, "a.example") == "not-judged"


@pytest.mark.parametrize(
    ("label", "rule"),
    [(Label.OTHER, "not-gambling"), (Label.ABOUT, "not-gambling"), (Label.HACKED, "hacked"), (Label.LICENSED, "licensed-operator")],
)
def test_what_changed_after_its_approval_is_left_out(desk: Desk, label: Label, rule: str) -> None:
    desk.approved("a.example")
    desk.a_moment_later()
    desk.judged("a.example", label=label)
    assert rule_for(desk, "a.example") == rule


def test_an_approval_overrules_the_model_for_the_visit_it_has_seen(desk: Desk) -> None:
    desk.found("a.example", label=Label.OTHER, band=Band.CLEAR, evidence=((EvidenceKind.PROMOTER, "code", Strength.STRONG),))
    desk.decided("a.example")
    assert chosen(desk) == ["a.example"]
    desk.found("hacked.example", label=Label.HACKED)
    desk.decided("hacked.example")
    assert rule_for(desk, "hacked.example") == "hacked"


@pytest.mark.parametrize(
    ("evidence", "name_probability", "fit"),
    [
        ((), 0.2, False),
        ((), 0.99, False),
        (((EvidenceKind.PAYMENT, "kaspi", Strength.STRONG),), 0.2, True),
        (((EvidenceKind.PAYMENT, "visa", Strength.WEAK),), 0.2, False),
        (((EvidenceKind.PROMOTER, "code", Strength.STRONG),), 0.2, True),
        (((EvidenceKind.OFFICER, "purchase", Strength.STRONG),), 0.2, True),
        (((EvidenceKind.LICENCE, "8048/JAZ", Strength.STRONG),), 0.99, False),
        (((EvidenceKind.IDENTIFIER, "G-1", Strength.STRONG),), 0.99, False),
        (((EvidenceKind.BRAND, "brand", Strength.STRONG),), 0.99, False),
    ],
)
def test_two_kinds_of_evidence_one_of_them_a_fact(
    desk: Desk, evidence: tuple[tuple[EvidenceKind, str, Strength], ...], name_probability: float, fit: bool
) -> None:
    desk.found("a.example", payment=False, evidence=evidence, name_probability=name_probability)
    desk.decided("a.example")
    assert (chosen(desk) == ["a.example"]) is fit
    assert rule_for(desk, "a.example") == ("" if fit else "evidence")


def test_a_shared_identifier_ties_to_a_decided_host_of_another_owner(desk: Desk) -> None:
    for name in ("a.example", "www.a.example", "b.example"):
        desk.found(name, payment=False, evidence=CHAT)
    desk.decided("a.example", "www.a.example")
    assert chosen(desk) == []
    desk.decided("b.example")
    assert chosen(desk) == ["a.example", "b.example", "www.a.example"]


@pytest.mark.parametrize(
    "shared",
    [
        (EvidenceKind.IDENTIFIER, "api /v1/{n}/lobby", Strength.WEAK),
        (EvidenceKind.PAYMENT, "pay.example", Strength.WEAK),
        (EvidenceKind.PROMOTER, "ref=1", Strength.WEAK),
        (EvidenceKind.BRAND, "brand", Strength.STRONG),
    ],
)
def test_what_rivals_and_strangers_share_ties_nobody(desk: Desk, shared: tuple[EvidenceKind, str, Strength]) -> None:
    desk.found("b.example", evidence=(shared,))
    desk.decided("b.example")
    desk.found("a.example", payment=False, evidence=(shared,))
    desk.decided("a.example")
    assert rule_for(desk, "a.example") == "evidence"


def family(desk: Desk, *names: str) -> None:
    """What the step families would append."""
    members = tuple(desk.case.door.parse(name) for name in names)
    desk.case.add([Family(family=names[0], members=members, found_at=desk.clock())])


def test_to_be_in_one_family_with_a_decided_host_is_no_tie_and_to_share_its_account_is(desk: Desk) -> None:
    desk.found("b.example", evidence=CHAT)
    desk.found("a.example", payment=False)
    desk.decided("a.example", "b.example")
    family(desk, "b.example", "a.example")
    assert rule_for(desk, "a.example") == "evidence"
    desk.a_moment_later()
    desk.found("a.example", payment=False, evidence=CHAT)
    assert chosen(desk) == ["b.example", "a.example"]


CODE = ((EvidenceKind.PROMOTER, "ALTYN200", Strength.STRONG),)


@pytest.mark.parametrize(
    ("more", "payment", "fit"),
    [((), False, False), ((), True, True), (((EvidenceKind.OFFICER, "purchase", Strength.STRONG),), False, True), (CHAT, False, True)],
    ids=["a code alone", "payment", "an officer", "an account"],
)
def test_a_promo_code_in_a_comment_does_not_complete_an_entry_of_an_unsure_host(desk: Desk, more: tuple, payment: bool, fit: bool) -> None:
    desk.approved("b.example")
    desk.found("b.example", evidence=(*CODE, *CHAT))
    desk.found("a.example", band=Band.UNSURE, probability=0.66, payment=payment, evidence=(*CODE, *more))
    desk.decided("a.example")
    assert ("a.example" in chosen(desk)) is fit
    assert (rule_for(desk, "a.example") == "evidence") is not fit


def test_a_published_family_is_called_for_a_member_that_is_listed_itself(desk: Desk) -> None:
    """Never for one that is clear, guarded or only waits."""
    for name in ("a.example", "b.example", "waits.example", "pay.bank.example"):
        desk.found(name)
    desk.found("library.example", band=Band.CLEAR, label=Label.OTHER, probability=0.01)
    desk.decided("a.example", "b.example")
    for named_for in ("library.example", "pay.bank.example", "waits.example"):
        family(desk, named_for, "waits.example", "pay.bank.example", "b.example", "a.example")
        entries = select(desk.case, desk.guard, desk.policy, clock=desk.clock).entries
        assert {entry.host.name: entry.family for entry in entries} == {"a.example": "b.example", "b.example": "b.example"}
        family(desk, named_for)
    desk.case.add([Family(family=named_for, members=(), found_at=desk.clock())])
    family(desk, "a.example", "b.example")
    entries = select(desk.case, desk.guard, desk.policy, clock=desk.clock).entries
    assert {entry.family for entry in entries} == {"a.example"}


def test_best_first_family_then_payment_then_probability_then_name(desk: Desk) -> None:
    promoter = ((EvidenceKind.PROMOTER, "code", Strength.STRONG),)
    desk.found("e.example", payment=False, evidence=promoter, probability=0.99)
    desk.found("d.example", probability=0.90)
    desk.found("c.example", probability=0.95)
    desk.found("b.example", probability=0.95)
    desk.found("z.example", payment=False, evidence=promoter, probability=0.90)
    desk.found("y.example", probability=0.90)
    desk.case.add([Family(family="f1", members=tuple(desk.case.door.parse(f"{one}.example") for one in "yz"), found_at=desk.clock())])
    desk.decided(*(f"{one}.example" for one in "ebczyd"))
    assert chosen(desk) == ["y.example", "z.example", "b.example", "c.example", "d.example", "e.example"]


def test_a_guarded_name_is_left_out_whoever_approved_it(desk: Desk) -> None:
    desk.found("late.example")
    desk.decided("late.example")
    desk.guard._guarded["late.example"] = "bank"
    assert rule_for(desk, "late.example") == "guarded"


def test_the_daily_limit_counts_across_releases_of_an_almaty_day(desk: Desk) -> None:
    desk.policy = Policy(daily_limit=1000)
    desk.clock.now = datetime(2026, 11, 20, 18, 50, tzinfo=UTC)
    names = [f"m{number:04}.example" for number in range(1003)]
    for name in names[:600]:
        desk.found(name)
    desk.decided(*names[:600])
    first = desk.publish()
    assert first is not None and first.added == 600
    for name in names[600:]:
        desk.found(name)
    desk.decided(*names[600:])
    desk.clock.now = datetime(2026, 11, 20, 18, 59, 59, tzinfo=UTC)  # 23:59:59 in Almaty
    second = desk.publish()
    assert second is not None and (second.added, second.entries) == (400, 1000)
    assert desk.publish() is None
    assert [rule_for(desk, name) for name in names[1000:]] == ["daily-limit"] * 3
    desk.clock.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # midnight in Almaty
    third = desk.publish()
    assert third is not None and (third.added, third.entries) == (3, 1003)


def test_a_clock_that_ran_ahead_gives_no_second_helping(desk: Desk) -> None:
    desk.policy = Policy(daily_limit=3)
    desk.approved(*(f"a{number}.example" for number in range(9)))
    desk.clock.forward(days=1)
    desk.publish()
    desk.clock.forward(days=-1)
    desk.a_moment_later()
    assert (desk.publish(), len(desk.names())) == (None, 3)
    desk.clock.forward(days=1, hours=-1)
    assert chosen(desk) == []


def test_a_deferred_host_stays_listed_until_its_entry_expires(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    desk.a_moment_later()
    desk.decided("a.example", action=Action.DEFER)
    desk.approved("b.example")
    desk.publish()
    assert desk.names() == ["a.example", "b.example"]
    desk.clock.forward(days=91)
    desk.found("a.example")
    desk.publish()
    assert desk.names() == [] and chosen(desk) == []
    desk.decided("a.example")
    assert chosen(desk) == ["a.example"]


def test_the_listed_are_not_listed_again(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    found = select(desk.case, desk.guard, desk.policy, clock=desk.clock)
    assert (found.entries, [entry.host.name for entry in found.kept], found.room) == ((), ["a.example"], 999)


def test_what_leaves_says_why(desk: Desk) -> None:
    desk.approved("a.example", "b.example", "c.example", "d.example")
    desk.publish()
    desk.a_moment_later()
    desk.decided("a.example", action=Action.REJECT)
    desk.decided("b.example", action=Action.UNLIST, act="9/2026")
    desk.decided("d.example", action=Action.DEFER)
    desk.guard._guarded["c.example"] = "bank"
    leaving = select(desk.case, desk.guard, desk.policy, clock=desk.clock).leaving
    assert {one.entry.host.name: one.reason for one in leaving} == {
        "a.example": "rejected by an analyst",
        "b.example": "unlisted by an analyst, act 9/2026",
        "c.example": "guarded by the rule guarded",
    }
    desk.clock.forward(days=90)
    assert [one.entry.host.name for one in select(desk.case, desk.guard, desk.policy, clock=desk.clock).leaving][-1] == "d.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily_limit": 1001},
        {"fresh_hours": 49},
        {"expire_days": 91},
        {"min_kinds": 1},
        {"timezone": "Asia/Nowhere"},
        {"origin": "RPZ.example."},
    ],
)
def test_a_policy_keeps_within_the_bounds(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Policy(**wrong)  # type: ignore[arg-type]


def test_tenants_and_sub_hosts_are_listed_by_exact_name(desk: Desk) -> None:
    desk.approved("casino.builder.example", "www.b.example")
    assert {entry.scope for entry in select(desk.case, desk.guard, desk.policy, clock=desk.clock).entries} == {Scope.EXACT}


def test_the_day_is_that_of_almaty() -> None:
    policy = Policy()
    assert policy.day_of(datetime(2026, 11, 20, 18, 59, 59, tzinfo=UTC)).day == 20
    assert policy.day_of(datetime(2026, 11, 20, 19, 0, tzinfo=UTC)).day == 21
    assert policy.begin_of(policy.day_of(datetime(2026, 11, 20, 20, tzinfo=UTC))) == datetime(2026, 11, 20, 19, tzinfo=UTC)
