"""The step `families`: a shared account joins hosts; what is unchanged is not told twice."""

import pytest

from casefile import queries
from casefile.progress import Silent
from classifier.examine import examine
from classifier.families import families, weight_of
from tests.classifier.making import BAKERY, CASINO, REFERENCE


@pytest.fixture
def join(case, captured, clock):
    """Run evidence and families; give the report."""

    def run():
        examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())
        return families(case, clock=clock, progress=Silent())

    return run


def now(case):
    return {family.family: [member.name for member in family.members] for family in queries.families_now(case)}


def counter(number: int) -> str:
    return f"<script>ym({number}, 'init')</script>"


def test_hosts_with_one_counter_are_a_family_named_for_the_first_seen(case, captured, join):
    for host in ("tumar2.example", "tumar1.example"):
        captured.page(host, CASINO)
    captured.page("bakery.example", BAKERY + counter(700000001))
    report = join()
    assert report.done == 1 and now(case) == {"tumar2.example": ["tumar2.example", "tumar1.example"]}
    ties = queries.all_ties(case)
    assert [(tie.host.name, tie.kind, tie.fact, tie.population, tie.weight) for tie in ties] == [
        ("tumar2.example", "yandex-metrika", "76543219", 2, 1.0),
        ("tumar1.example", "yandex-metrika", "76543219", 2, 1.0),
    ]


def test_a_second_run_appends_nothing(case, captured, join):
    for host in ("tumar1.example", "tumar2.example"):
        captured.page(host, CASINO)
    join()
    before = len(queries.all_ties(case))
    assert join().done == 0 and len(queries.all_ties(case)) == before


def test_a_new_member_makes_a_new_row_under_the_same_name(case, captured, join):
    for host in ("tumar1.example", "tumar2.example"):
        captured.page(host, CASINO)
    join()
    captured.page("tumar3.example", CASINO)
    join()
    assert now(case) == {"tumar1.example": ["tumar1.example", "tumar2.example", "tumar3.example"]}
    assert {tie.population for tie in queries.all_ties(case) if tie.host.name == "tumar3.example"} == {3}


def test_families_that_meet_become_one_and_the_other_is_closed(case, captured, join):
    for host, number in (("a1.example", 700000001), ("a2.example", 700000001), ("b1.example", 700000002), ("b2.example", 700000002)):
        captured.page(host, BAKERY + counter(number))
    join()
    assert set(now(case)) == {"a1.example", "b1.example"}
    captured.page("bridge.example", BAKERY + counter(700000001) + counter(700000002))
    join()
    assert now(case) == {"a1.example": ["a1.example", "a2.example", "b1.example", "b2.example", "bridge.example"]}


def test_a_telegram_link_alone_joins_nobody(case, captured, join):
    for host in ("one.example", "two.example"):
        captured.page(host, BAKERY + "<a href='https://t.me/tumar_news'>t</a>")
    assert join().done == 0 and now(case) == {}


def test_what_many_share_weighs_less():
    assert weight_of(2) == 1.0 > weight_of(3) > weight_of(900) > 0
