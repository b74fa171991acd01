"""What is fit to be listed, how many a day, in which order, and what leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from blocklist.policy import Policy
from blocklist.selection import select
from casefile.errors import UsageError
from casefile.queries import listed_entries
from casefile.records import (
    Action,
    Appeal,
    AppealState,
    Band,
    Decision,
    EvidenceKind,
    Family,
    Label,
    Order,
    Override,
    RegisterImport,
    Scope,
    Sighting,
    Strength,
)
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
    assert rule_for(desk, "late.example") == "bank"


def test_the_daily_limit_counts_across_releases_of_an_almaty_day(desk: Desk) -> None:
    desk.policy = Policy(daily_limit=100)
    desk.clock.now = datetime(2026, 11, 20, 18, 50, tzinfo=UTC)
    names = [f"m{number:03}.example" for number in range(103)]
    for name in names[:60]:
        desk.found(name)
    desk.decided(*names[:60])
    first = desk.publish()
    assert first is not None and first.added == 60
    for name in names[60:]:
        desk.found(name)
    desk.decided(*names[60:])
    desk.clock.now = datetime(2026, 11, 20, 18, 59, 59, tzinfo=UTC)  # 23:59:59 in Almaty
    second = desk.publish()
    assert second is not None and (second.added, second.entries) == (40, 100)
    assert desk.publish() is None
    assert [rule_for(desk, name) for name in names[100:]] == ["daily-limit"] * 3
    desk.clock.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # midnight in Almaty
    third = desk.publish()
    assert third is not None and (third.added, third.entries) == (3, 103)


def test_a_clock_that_ran_ahead_gives_no_second_helping(desk: Desk) -> None:
    desk.policy = Policy(daily_limit=3)
    desk.approved(*(f"a{number}.example" for number in range(9)))
    desk.clock.forward(days=1)
    desk.publish()
    desk.clock.forward(days=-1)
    desk.a_moment_later()
    again = desk.publish(override=Override(analyst="A. Analyst", reason="the clock is set right", breakers=()))
    assert again is not None and again.override is not None
    assert (again.override.breakers, again.added, len(desk.names())) == (("clock",), 0, 3)
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
    desk.quiet(days=91)
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
        "c.example": "guarded by the rule bank",
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


# what no evidence overrules


def test_two_analysts_must_approve_where_the_policy_asks_for_two(desk: Desk) -> None:
    desk.policy = Policy(require_two=True)
    desk.approved("a.example")
    assert rule_for(desk, "a.example") == "two-persons"
    desk.a_moment_later()
    desk.decided("a.example")
    assert rule_for(desk, "a.example") == "two-persons", "the same analyst twice"
    desk.decided("a.example", analyst="B. Analyst")
    assert chosen(desk) == ["a.example"]


def test_a_rejection_between_two_approvals_begins_anew(desk: Desk) -> None:
    desk.policy = Policy(require_two=True)
    desk.approved("a.example")
    for action, analyst in ((Action.REJECT, "B. Analyst"), (Action.APPROVE, "B. Analyst")):
        desk.a_moment_later()
        desk.decided("a.example", action=action, analyst=analyst)
    assert rule_for(desk, "a.example") == "two-persons"


def test_a_standing_order_of_another_is_the_second_word_and_never_the_first(desk: Desk) -> None:
    desk.policy = Policy(require_two=True)
    desk.approved("a.example", "b.example")
    parse = desk.case.door.parse
    desk.case.add(
        [
            Family(family="a.example", members=(parse("a.example"), parse("b.example"), parse("c.example")), found_at=desk.clock()),
            Order(host=parse("a.example"), stands=True, analyst="B. Analyst", note="one operator", decided_at=desk.clock()),
        ]
    )
    desk.found("c.example")
    assert chosen(desk) == ["a.example", "b.example"]


def test_an_order_older_than_an_unlisting_is_no_second_word(desk: Desk) -> None:
    desk.policy = Policy(require_two=True)
    desk.approved("a.example")
    host = desk.case.door.parse("a.example")
    desk.case.add([Order(host=host, stands=True, analyst="B. Analyst", note="one operator", decided_at=desk.clock())])
    assert chosen(desk) == ["a.example"]
    for action in (Action.UNLIST, Action.APPROVE):
        desk.a_moment_later()
        desk.decided("a.example", action=action)
    assert rule_for(desk, "a.example") == "two-persons"


def test_what_the_national_register_holds_is_not_new(desk: Desk) -> None:
    desk.approved("a.example", "www.b.example", "c.example")
    imported = RegisterImport(source="kz", file="list.txt", sha256="ab" * 32, names=("*.b.example", "a.example"), imported_at=desk.clock())
    desk.case.add([imported])
    assert (rule_for(desk, "a.example"), rule_for(desk, "www.b.example")) == ("registered", "registered")
    assert chosen(desk) == ["c.example"]


def test_an_upheld_appeal_keeps_a_host_off_and_takes_it_off(desk: Desk) -> None:
    desk.approved("a.example", "b.example")
    desk.publish()
    host, now = desk.case.door.parse("a.example"), desk.clock()
    desk.a_moment_later()
    desk.case.add([Appeal(host=host, state=AppealState.UPHELD, person="A. Analyst", note="a shop", due_at=now, said_at=now)])
    desk.publish()
    assert desk.names() == ["b.example"]
    assert (desk.releases / "latest" / "removed.txt").read_text() == "a.example\tdecision\tan appeal was upheld\n"
    with pytest.raises(UsageError, match=r"an appeal for a.example was upheld .*rule appeal"):
        desk.decided("a.example")
    brought = Decision(host=host, action=Action.APPROVE, analyst="B", note="from a file of decisions", decided_at=desk.clock())
    desk.case.add([brought])
    assert rule_for(desk, "a.example") == "appeal"
    desk.a_moment_later()
    desk.case.add(
        [Appeal(host=host, state=AppealState.REFUSED, person="A. Analyst", note="court", act="1", due_at=now, said_at=desk.clock())]
    )
    assert chosen(desk) == ["a.example"]


# before an entry ends


def test_an_entry_that_is_still_gambling_is_renewed_and_one_that_is_not_seen_expires(desk: Desk) -> None:
    desk.approved("a.example", "b.example")
    first = desk.publish()
    desk.quiet(days=80)
    desk.found("a.example")
    again = desk.publish()
    assert first is not None and again is not None and (again.added, again.changed, again.removed) == (0, 1, 0)
    [renewed] = [one for one in listed_entries(desk.case) if one.renews]
    assert (renewed.host.name, renewed.since, renewed.serial) == ("a.example", first.serial, again.serial)
    assert renewed.expires_at - desk.clock() == timedelta(days=90)
    desk.quiet(days=11)
    desk.publish()
    assert desk.names() == ["a.example"]


def test_what_shows_something_else_twice_a_day_apart_leaves_with_the_reason(desk: Desk) -> None:
    rest = [f"b{number}.example" for number in range(4)]  # one of five is not more than the breaker allows
    desk.approved("a.example", *rest)
    desk.publish()
    desk.quiet(days=80)
    for _ in range(2):
        desk.clock.forward(hours=25)
        desk.found("a.example", label=Label.OTHER, band=Band.CLEAR, payment=False)
    desk.publish()
    assert desk.names() == rest
    name, cause, reason = (desk.releases / "latest" / "removed.txt").read_text().rstrip().split("\t")
    assert (name, cause) == ("a.example", "recheck") and reason.startswith("changed: judged other")


def test_best_first_by_family_payment_complaints_reach_and_certainty(desk: Desk) -> None:
    code = ((EvidenceKind.PROMOTER, "code", Strength.STRONG),)
    desk.found("sure.example", probability=0.99, payment=False, evidence=code)
    desk.found("reached.example", payment=False, evidence=code)
    desk.found("complained.example", payment=False, evidence=code)
    desk.found("paid.example")
    desk.found("kin.example", payment=False, evidence=code)
    desk.found("plain.example", payment=False, evidence=code)
    names = ["sure", "reached", "complained", "paid", "kin", "plain"]
    parse, now = desk.case.door.parse, desk.clock()
    desk.case.add([
        Family(family="kin.example", members=(parse("kin.example"), parse("kin2.example")), found_at=now),
        Sighting(host=parse("complained.example"), source="seeds", reason="seed", where="second.txt:1", seen_at=now),
        Sighting(host=parse("reached.example"), source="outlinks", reason="outlink", where="https://promoter.example/", seen_at=now),
    ])  # fmt: skip
    desk.decided(*(f"{name}.example" for name in names))
    assert chosen(desk) == [f"{name}.example" for name in ("kin", "paid", "complained", "reached", "sure", "plain")]
    ranks = select(desk.case, desk.guard, desk.policy, clock=desk.clock).ranks
    assert [(one.family, one.payment, one.complaints, one.reach) for one in ranks] == [
        (2, False, 1, 0), (1, True, 1, 0), (1, False, 2, 0), (1, False, 1, 1), (1, False, 1, 0), (1, False, 1, 0),
    ]  # fmt: skip
