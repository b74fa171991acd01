"""The step `families`: a shared account joins hosts; what is unchanged is not told twice."""

from datetime import timedelta

import pytest

from casefile import queries
from casefile.observation import SeenRequest
from casefile.outcomes import Outcome
from casefile.progress import Silent
from casefile.records import Band, Label, Verdict
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


ICON = bytes(range(200))
OTHER_ICON = bytes(range(1, 201))
LOBBY = "https://api.core.test/v1/7/lobby"
SOCKET = "wss://push.core.test/live"
PLAIN = "<title>Казино</title><p>Казино, слоты и рулетка на деньги</p>"


def asked(*urls):
    return [SeenRequest(url=url, kind="websocket" if url.startswith("wss") else "fetch", status=200) for url in urls]


def test_one_api_and_one_icon_join_hosts_that_show_no_account_and_the_ties_say_why(case, captured, join):
    for host in ("a1.example", "a2.example"):
        captured.rendered(host, PLAIN, requests=asked(LOBBY), favicon=ICON)
    join()
    assert now(case) == {"a1.example": ["a1.example", "a2.example"]}
    ties = {(tie.kind, tie.fact): (tie.population, tie.weight) for tie in queries.all_ties(case)}
    assert {kind for kind, _ in ties} == {"api", "favicon"} and ties["api", "api.core.test /v1/{n}/lobby"] == (2, 0.5)


@pytest.mark.parametrize(
    ("urls", "icons"),
    [((LOBBY,), (ICON, OTHER_ICON)), ((), (ICON, ICON)), ((LOBBY, SOCKET), (ICON, OTHER_ICON)), ((SOCKET,), (b"", b""))],
    ids=["one API", "one icon", "API and socket of one platform", "one socket"],
)
def test_one_sort_of_platform_identifier_joins_nobody(case, captured, join, urls, icons):
    for host, icon in zip(("a1.example", "a2.example"), icons, strict=True):
        captured.rendered(host, PLAIN, requests=asked(*urls), favicon=icon)
    join()
    assert now(case) == {}


def test_rivals_on_one_platform_stay_apart_and_their_own_mirrors_stay_together(case, captured, join):
    for host, number in (("a1.example", 700000001), ("a2.example", 700000001), ("b1.example", 700000002), ("b2.example", 700000002)):
        captured.rendered(host, PLAIN + counter(number), requests=asked(LOBBY, SOCKET), favicon=ICON)
    captured.rendered("nobodys.example", PLAIN, requests=asked(LOBBY, SOCKET), favicon=ICON)
    join()
    assert now(case) == {"a1.example": ["a1.example", "a2.example"], "b1.example": ["b1.example", "b2.example"]}
    kinds = {(tie.family, tie.kind): tie.population for tie in queries.all_ties(case)}
    assert kinds["a1.example", "favicon"] == 5 and kinds["a1.example", "yandex-metrika"] == 2


def test_what_a_member_shares_with_strangers_alone_is_no_tie_of_its_family(case, captured, join):
    for host, number in (("a1.example", 700000001), ("a2.example", 700000001), ("stranger.example", 700000002)):
        captured.rendered(host, PLAIN + counter(number), requests=asked(LOBBY) if host != "a2.example" else ())
    join()
    assert {(tie.host.name, tie.kind) for tie in queries.all_ties(case)} == {
        ("a1.example", "yandex-metrika"),
        ("a2.example", "yandex-metrika"),
    }


def test_a_shell_that_shows_no_account_goes_to_the_only_owner_of_its_platform(case, captured, join):
    for host in ("a1.example", "a2.example"):
        captured.rendered(host, PLAIN + counter(700000001), requests=asked(LOBBY), favicon=ICON)
    captured.rendered("shell.example", PLAIN, requests=asked(LOBBY), favicon=ICON)
    join()
    assert now(case) == {"a1.example": ["a1.example", "a2.example", "shell.example"]}


def test_a_different_site_verification_is_no_other_owner(case, captured, join):
    for host, token in (("a1.example", "tokenAAAA1"), ("a2.example", "tokenBBBB2")):
        captured.rendered(host, f"<meta name=yandex-verification content={token}>" + PLAIN, requests=asked(LOBBY), favicon=ICON)
    join()
    assert now(case) == {"a1.example": ["a1.example", "a2.example"]}


def test_one_account_at_a_cashier_joins(case, captured, join):
    cashier = "<p>Казино: пополнить депозит</p><form action='https://in.qolaqsha.test/pay'><input name=sum><input type=hidden name=merchant value='{}'></form>"
    for host, account in (("a1.example", "CSH-1"), ("a2.example", "CSH-1"), ("b1.example", "CSH-2")):
        captured.page(host, cashier.format(account))
    join()
    assert now(case) == {"a1.example": ["a1.example", "a2.example"]}


def test_the_games_of_one_studio_join_nobody(case, captured, join):
    for host in ("a1.example", "a2.example"):
        captured.rendered(host, PLAIN + "<iframe src='https://demo.altynreels.example/launch/7'></iframe>", favicon=ICON)
    join()
    assert now(case) == {}


def test_what_everybody_shares_joins_nobody(case, captured, join, monkeypatch):
    monkeypatch.setattr("classifier.families.MOST_HOLDERS", 2)
    for number in range(3):
        captured.rendered(f"a{number}.example", PLAIN, requests=asked(LOBBY), favicon=ICON)
    join()
    assert now(case) == {}


@pytest.fixture
def judged(case, clock):
    """Give hosts a verdict in this band."""

    def judge(band, *hosts, label=Label.OTHER):
        case.add(
            Verdict(
                host=case.door.parse(host), label=label, probability=0.5, name_probability=0.1, band=band, reasons=(), model="m", captures=(),
                through_capture=0, through_evidence=0, judged_at=clock(),
            )
            for host in hosts
        )  # fmt: skip

    return judge


def facts(case, family):
    return {(tie.host.name, tie.fact, tie.population) for tie in queries.all_ties(case) if tie.family == family}


@pytest.mark.parametrize("label", [Label.OTHER, Label.LICENSED])
def test_a_counter_that_a_casino_copied_does_not_pull_the_innocent_in(case, captured, join, judged, label):
    captured.page("library.example", BAKERY + counter(700000001))
    for host in ("c1.example", "c2.example", "c3.example"):
        captured.page(host, CASINO + (counter(700000001) if host == "c3.example" else ""))
    judged(Band.CLEAR, "library.example", label=label)
    judged(Band.MIRROR, "c1.example", "c2.example", "c3.example")
    join()
    assert now(case) == {"c1.example": ["c1.example", "c2.example", "c3.example"]}
    assert {tie.fact for tie in queries.all_ties(case)} == {"76543219"}, "told of neither side"


def test_a_casinos_counter_planted_on_innocents_joins_those_with_one_another_alone(case, captured, join, judged):
    for host in ("l1.example", "l2.example"):
        captured.page(host, BAKERY + counter(76543219))
    for host in ("c1.example", "c2.example", "c3.example"):
        captured.page(host, CASINO)
    judged(Band.CLEAR, "l1.example", "l2.example")
    judged(Band.MIRROR, "c1.example", "c2.example")
    judged(Band.UNSURE, "c3.example")
    join()
    assert now(case) == {"l1.example": ["l1.example", "l2.example"], "c1.example": ["c1.example", "c2.example", "c3.example"]}
    assert {population for _, _, population in facts(case, "c1.example")} == {3}
    assert {population for _, _, population in facts(case, "l1.example")} == {2}


def test_innocents_are_not_bridged_by_what_is_unsure(case, captured, join, judged):
    captured.page("library.example", BAKERY + counter(700000001))
    captured.page("unread.example", BAKERY + counter(700000001) + counter(76543219))
    captured.page("c1.example", CASINO)
    judged(Band.CLEAR, "library.example")
    judged(Band.UNSURE, "unread.example")
    judged(Band.MIRROR, "c1.example")
    join()
    assert now(case) == {"c1.example": ["unread.example", "c1.example"]}


def test_honest_shops_on_one_builder_are_joined_neither_to_a_casino_nor_to_one_another(case, captured, join, judged):
    for host in ("shop.example", "bakery.example"):
        captured.rendered(host, BAKERY, requests=asked(LOBBY), favicon=ICON)
    for host in ("c1.example", "c2.example"):
        captured.rendered(host, PLAIN + counter(700000001), requests=asked(LOBBY), favicon=ICON)
    judged(Band.CLEAR, "shop.example", "bakery.example")
    judged(Band.MIRROR, "c1.example", "c2.example")
    join()
    assert now(case) == {"c1.example": ["c1.example", "c2.example"]}


def test_a_shop_with_an_account_of_its_own_says_that_the_platform_is_not_the_casinos(case, captured, join, judged):
    captured.rendered("shop.example", BAKERY + counter(700000009), requests=asked(LOBBY), favicon=ICON)
    for host, html in (("c1.example", PLAIN + counter(700000001)), ("c2.example", PLAIN + counter(700000001)), ("shell.example", PLAIN)):
        captured.rendered(host, html, requests=asked(LOBBY), favicon=ICON)
    judged(Band.CLEAR, "shop.example")
    join()
    assert now(case) == {"c1.example": ["c1.example", "c2.example"]}


def test_a_family_is_named_for_its_first_mirror_and_keeps_the_name(case, captured, join, judged):
    for host in ("unread.example", "c2.example", "c1.example"):
        captured.page(host, CASINO)
    judged(Band.UNSURE, "unread.example", "c2.example")
    judged(Band.MIRROR, "c1.example")
    join()
    assert set(now(case)) == {"c1.example"}
    judged(Band.MIRROR, "c2.example")
    join()
    assert set(now(case)) == {"c1.example"}, "an earlier mirror does not rename it"
    judged(Band.UNSURE, "c1.example")
    join()
    assert set(now(case)) == {"c2.example"}
    assert queries.families_now(case)[0].members[0].name == "unread.example", "members stay in the order they were seen"


def test_what_was_copied_once_does_not_tie_for_ever(case, captured, join):
    for host in ("c1.example", "c2.example", "c3.example"):
        captured.page(host, CASINO)
    join()
    captured.moment += timedelta(days=1)
    captured.page("c3.example", BAKERY)
    join()
    assert now(case) == {"c1.example": ["c1.example", "c2.example"]}
    captured.moment += timedelta(days=1)
    captured.page("c3.example", CASINO)
    join()
    newest = {tie.host.name: tie.population for tie in queries.all_ties(case)}
    assert newest == {"c1.example": 3, "c2.example": 3, "c3.example": 3}, "told again as it is now"


def test_a_visit_that_read_nothing_takes_no_identifier_back(case, captured, join):
    for host in ("c1.example", "c2.example"):
        captured.page(host, CASINO)
    captured.moment += timedelta(days=1)
    captured.failure("c2.example", Outcome.CONNECT_TIMEOUT)
    join()
    assert now(case) == {"c1.example": ["c1.example", "c2.example"]}
