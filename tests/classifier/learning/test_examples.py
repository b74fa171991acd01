"""Decisions become examples by stated rules, so that neither a flood of decisions nor one on what nobody looked at can steer what is learnt."""

import pytest

from casefile.archive import Archive
from casefile.records import Action, Band, Decision, Family, Label, PageKind, Verdict
from classifier.learning import examples
from classifier.learning.examples import Example, counts_of, digest_of, examples_of
from classifier.reading import PageReader
from tests.classifier.making import BAKERY, CASINO


class Analysts:
    """Puts hosts with pages, verdicts and decisions into a case file, each later than the last."""

    def __init__(self, case, captured, clock) -> None:
        self.case, self.captured, self.clock = case, captured, clock

    def judged(self, host: str, *htmls: str, label: Label = Label.OPERATOR) -> None:
        captures = []
        for number, html in enumerate(htmls):
            self.captured.page(host, html, path=f"/{number}" if number else "/", kind=PageKind.PROMO if number else PageKind.LANDING)
            captures.append(self.case.rows("SELECT max(id) AS id FROM captures")[0]["id"])
        self.clock.forward(minutes=1)
        self.case.add(
            [
                Verdict(
                    host=self.case.door.parse(host), label=label, probability=0.9, name_probability=0.1, band=Band.MIRROR, reasons=(), model="m",
                    captures=tuple(captures), through_capture=0, through_evidence=0, judged_at=self.clock(),
                )
            ]
        )  # fmt: skip

    def decided(self, host: str, action: Action, analyst: str = "A.") -> None:
        self.clock.forward(minutes=1)
        self.case.add([Decision(host=self.case.door.parse(host), action=action, analyst=analyst, note="seen", decided_at=self.clock())])

    def family(self, *hosts: str) -> None:
        self.case.add([Family(family=hosts[0], members=tuple(map(self.case.door.parse, hosts)), found_at=self.clock())])

    def examples(self) -> list[Example]:
        return examples_of(self.case, PageReader(Archive(self.captured.archive)).read)


@pytest.fixture
def analysts(case, captured, clock) -> Analysts:
    return Analysts(case, captured, clock)


def casino(number: int) -> str:
    """Another casino of the same words."""
    return CASINO.replace("Тумар", f"Тумар{'абвгдежзик'[number % 10]} {number}")


def told(found: list[Example]) -> list[tuple[str, str]]:
    return [(one.host, one.target) for one in found]


def test_an_approval_is_guilty_and_a_rejection_innocent_as_the_verdict_had_it(analysts):
    for host, label, action in (
        ("a.example", Label.OPERATOR, Action.APPROVE), ("b.example", Label.PROMOTION, Action.APPROVE), ("c.example", Label.OTHER, Action.APPROVE),
        ("d.example", Label.OPERATOR, Action.REJECT), ("e.example", Label.ABOUT, Action.REJECT),
    ):  # fmt: skip
        analysts.judged(host, CASINO + host, label=label)
        analysts.decided(host, action)
    assert told(analysts.examples()) == [
        ("a.example", "operator"), ("b.example", "promotion"), ("c.example", "operator"), ("d.example", "other"), ("e.example", "about"),
    ]  # fmt: skip


@pytest.mark.parametrize("action", [None, Action.DEFER, Action.UNLIST])
def test_what_nobody_approved_or_rejected_is_no_example(analysts, action):
    analysts.judged("a.example", CASINO)
    if action:
        analysts.decided("a.example", Action.APPROVE)
        analysts.decided("a.example", action)
    assert analysts.examples() == []


@pytest.mark.parametrize("label", [Label.HACKED, Label.LICENSED])
def test_the_pages_of_a_hacked_or_licensed_host_are_not_what_was_decided(analysts, label):
    analysts.judged("a.example", CASINO, label=label)
    analysts.decided("a.example", Action.REJECT)
    assert analysts.examples() == []


def test_a_decision_of_before_the_host_was_judged_is_none_on_its_pages(analysts):
    analysts.decided("a.example", Action.APPROVE)
    analysts.judged("a.example", CASINO)
    assert analysts.examples() == []


def test_of_contradictory_decisions_on_one_host_the_latest_counts(analysts):
    analysts.judged("a.example", CASINO)
    for action in (Action.APPROVE, Action.REJECT, Action.APPROVE, Action.REJECT):
        analysts.decided("a.example", action)
    assert told(analysts.examples()) == [("a.example", "other")]


def test_what_came_after_the_decision_is_not_what_was_decided(analysts):
    analysts.judged("a.example", CASINO)
    analysts.decided("a.example", Action.APPROVE)
    analysts.judged("a.example", BAKERY, label=Label.OTHER)
    [one] = analysts.examples()
    assert "казино" in one.page.text


def test_two_pages_a_host_the_front_page_first_and_none_that_says_next_to_nothing(analysts):
    analysts.judged("a.example", CASINO, CASINO + "правила", "<p>404", CASINO + "ещё правила, и много")
    analysts.decided("a.example", Action.APPROVE)
    assert [(one.landing, one.page.url.rpartition("/")[2]) for one in analysts.examples()] == [(True, ""), (False, "3")]


def test_five_pages_a_family_and_the_same_text_once(analysts):
    hosts = [f"m{number}.example" for number in range(8)]
    for number, host in enumerate(hosts):
        analysts.judged(host, casino(number // 2))
        analysts.decided(host, Action.APPROVE)
    assert len(analysts.examples()) == 4, "two mirrors each show one text"
    for number in range(8, 12):
        analysts.judged(f"m{number}.example", casino(number))
        analysts.decided(f"m{number}.example", Action.APPROVE)
    analysts.family(*hosts, *(f"m{number}.example" for number in range(8, 12)))
    assert len(analysts.examples()) == 5
    assert {one.family for one in analysts.examples()} == {"m0.example"}


def test_a_flood_of_rejections_in_one_family_changes_nothing_beyond_the_cap(analysts, case):
    hosts = [f"m{number}.example" for number in range(200)]
    for number in range(3):
        analysts.judged(hosts[number], casino(number))
        analysts.decided(hosts[number], Action.APPROVE)
    for number in range(3, 6):
        analysts.judged(hosts[number], casino(number))
        analysts.decided(hosts[number], Action.REJECT, "Mallory")
    analysts.family(*hosts[:6])
    before = analysts.examples()
    assert [one.guilty for one in before] == [True, True, True, False, False]
    for number in range(6, 200):
        analysts.judged(hosts[number], casino(number))
        analysts.decided(hosts[number], Action.REJECT, "Mallory")
    analysts.family(hosts[0], *hosts[1:])
    assert digest_of(analysts.examples()) == digest_of(before)


def test_a_flood_of_families_displaces_only_the_analysts_own(analysts, monkeypatch):
    monkeypatch.setattr(examples, "FAMILIES_AN_ANALYST", 3)
    for number in range(2):
        analysts.judged(f"honest{number}.example", casino(number))
        analysts.decided(f"honest{number}.example", Action.APPROVE, "Honest")
    for number in range(2, 12):
        analysts.judged(f"flood{number}.example", casino(number))
        analysts.decided(f"flood{number}.example", Action.REJECT, "Mallory")
    assert [one.host for one in analysts.examples()] == [
        "flood10.example", "flood11.example", "flood9.example", "honest0.example", "honest1.example",
    ]  # fmt: skip


def test_the_card_can_name_what_was_learnt(analysts):
    analysts.judged("a.example", CASINO)
    analysts.decided("a.example", Action.APPROVE, "Aru")
    analysts.judged("b.example", BAKERY, label=Label.OTHER)
    analysts.decided("b.example", Action.REJECT, "Bek")
    found = analysts.examples()
    counts = counts_of(found)
    assert counts["by target"] == {"operator": 1, "other": 1} and counts["by analyst"] == {"Aru": 1, "Bek": 1}
    assert (counts["pages"], counts["families"], counts["sha256"]) == (2, 2, digest_of(found))
    assert digest_of(found[:1]) != digest_of(found) and digest_of(analysts.examples()) == digest_of(found)
