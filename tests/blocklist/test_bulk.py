"""What of a family is not decided unseen: hacked sites, doors, what somebody put off; and that it is what was looked at."""

from datetime import UTC, datetime

import pytest

from blocklist.bulk import both_read, is_shell
from blocklist.orders import look_at_family, proposals
from casefile import changes, queries
from casefile.errors import UsageError
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import Action, Band, Capture, Difference, EvidenceKind, How, PageKind, Resolution, Sighting, Strength, Vantage
from classifier.differences import View, difference_of
from classifier.page import read_page
from tests.blocklist.conftest import Desk
from tests.blocklist.test_orders import approve, digest, end, family, last_word, left, mirrors, waiting

LIBRARY = "<title>Городская библиотека</title><p>" + "Читальный зал открыт для всех жителей города каждый день. " * 10
CASINO = "<title>Казино Тумар</title><p>" + "Казино, слоты и рулетка: бонус на депозит, джекпот, ставки на спорт, фриспины и покер. " * 10
SHELL = "<title>Казино Тумар</title><div id=app>Загрузка</div><script src=/a.js></script>"
MOMENT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def view(html: str, *, vantage: str = "desktop", how: How = How.STATIC) -> View:
    """What a visitor of x.example was shown; nothing: a challenge."""
    capture = Capture(
        host=Door(["example"]).parse("x.example"), url="https://x.example/", page=PageKind.LANDING, how=how, status=200,
        vantage=Vantage(name=vantage, egress="direct", country="", language="ru", user_agent="test"),
        outcome=Outcome.OK if html else Outcome.CHALLENGE, final_url="https://x.example/", taken_at=MOMENT,
    )  # fmt: skip
    return View(capture=capture, page=read_page(capture.url, html) if html else None)


def between(first: View, second: View) -> Difference:
    """The difference as the classifier tells it."""
    found = difference_of(first, second)
    assert found is not None
    return found.difference


TO_PHONES = between(view(LIBRARY), view(CASINO, vantage="phone"))
TO_BROWSERS = between(view(LIBRARY), view(CASINO, how=How.RENDERED))
FILLED = between(view(SHELL), view(CASINO, how=How.RENDERED))
SHELL_TO_PHONES = between(view(SHELL), view(CASINO, vantage="phone"))
TURNED_AWAY = between(view(""), view(CASINO, vantage="phone"))


@pytest.mark.parametrize(
    ("difference", "read", "shell"),
    [
        (TO_PHONES, True, False),
        (TO_BROWSERS, True, False),
        (FILLED, True, True),
        (SHELL_TO_PHONES, True, False),
        (TURNED_AWAY, False, False),
    ],
    ids=["casino to phones", "casino to browsers", "a shell that script fills", "next to nothing for another visitor", "turned away"],
)
def test_a_shell_is_told_from_a_page_that_is_another_to_another_visitor(difference: Difference, read: bool, shell: bool) -> None:
    """On differences as the classifier writes them: a new form of its words must not make a hacked site a shell."""
    assert (both_read(difference), is_shell(difference)) == (read, shell)


@pytest.mark.parametrize("difference", [TO_PHONES, TO_BROWSERS, SHELL_TO_PHONES])
def test_a_member_that_shows_visitors_different_pages_is_left(desk: Desk, difference: Difference) -> None:
    desk.found("one.example")
    desk.found("museum.example", differences=(difference,))
    family(desk, "one.example", "one.example", "museum.example")
    assert left(approve(desk, "one.example")) == {"museum.example": "shown-differently"}
    assert last_word(desk) == {"one.example": "approve"}
    assert proposals(desk.case, desk.guard) == {}


@pytest.mark.parametrize("difference", [FILLED, TURNED_AWAY])
def test_a_shell_and_a_site_that_turns_some_away_are_approved(desk: Desk, difference: Difference) -> None:
    desk.found("one.example", differences=(difference,))
    desk.found("two.example")
    family(desk, "one.example", "one.example", "two.example")
    assert left(approve(desk, "one.example")) == {}


def test_views_that_are_judged_differently_are_left_too(desk: Desk) -> None:
    desk.found("one.example")
    desk.found("museum.example", reasons=("shows different pages to different visitors: desktop static 0.01, phone static 1.00",))
    family(desk, "one.example", "one.example", "museum.example")
    assert left(approve(desk, "one.example")) == {"museum.example": "shown-differently"}


def test_a_member_that_leads_to_another_site_is_left(desk: Desk) -> None:
    desk.found("one.example", ends="https://www.one.example/lobby")
    desk.found("library.example", ends="https://one.example/")
    desk.found("once.example", ends="https://one.example/")
    desk.clock.forward(days=1)
    desk.found("once.example", ends="https://once.example/")
    family(desk, "one.example", "one.example", "library.example", "once.example")
    assert left(approve(desk, "one.example")) == {"library.example": "redirects"}


@pytest.mark.parametrize(("action", "rule"), [(Action.DEFER, "deferred"), (Action.REJECT, "rejected"), (Action.UNLIST, "unlisted")])
def test_what_was_decided_on_a_member_by_name_is_not_overruled(desk: Desk, action: Action, rule: str) -> None:
    mirrors(desk, "one.example", "two.example")
    desk.decided("two.example", action=action)
    assert left(approve(desk, "one.example")) == {"two.example": rule}
    assert last_word(desk) == {"one.example": "approve", "two.example": action.value}


def test_a_family_that_is_named_for_a_guarded_host_is_not_approved(desk: Desk) -> None:
    mirrors(desk, "pay.bank.example", "one.example")
    with pytest.raises(UsageError, match=r"named for a guarded host: pay\.bank\.example.*approve them by name"):
        approve(desk, "one.example")
    assert last_word(desk) == {}


def test_the_order_is_on_a_member_that_is_approved(desk: Desk) -> None:
    """A hacked library that a family is named for is cleaned one day, and leaves it."""
    desk.found("library.example", differences=(TO_PHONES,))
    desk.found("one.example")
    family(desk, "library.example", "library.example", "one.example")
    [order] = approve(desk, "library.example").orders
    assert order.host.name == "one.example"


def test_a_family_is_looked_over_before_it_is_approved(desk: Desk) -> None:
    desk.found("one.example", title="Казино")
    desk.found("museum.example", differences=(TO_PHONES,))
    desk.found("door.example", ends="https://one.example/")
    desk.found("clear.example", band=Band.CLEAR, probability=0.01)
    desk.approved("listed.example", "two.example")
    family(desk, "one.example", "one.example", "museum.example", "door.example", "clear.example", "two.example")
    looked = look_at_family(desk.case, "door.example", desk.guard)
    assert [(one.host.name, one.outcome, one.rule) for one in looked.members] == [
        ("one.example", "approve", ""),
        ("museum.example", "left", "shown-differently"),
        ("door.example", "left", "redirects"),
        ("clear.example", "left", "clear"),
        ("two.example", "approved", ""),
    ]
    one, museum, door, *_ = looked.members
    assert (one.title, one.band, one.waits) == ("Казино", "mirror", True)
    assert "Городская библиотека" in museum.differs[0]
    assert door.leads_to == ("one.example",)


def test_an_approval_of_what_has_changed_since_it_was_looked_at_is_refused(desk: Desk) -> None:
    mirrors(desk, "one.example", "two.example")
    before = digest(desk, "one.example")
    assert digest(desk, "two.example") == before
    desk.found("two.example", differences=(TO_PHONES,))
    with pytest.raises(UsageError, match=r"not what was looked at.*queue --family one\.example"):
        approve(desk, "one.example", expect=before)
    assert last_word(desk) == {}
    approve(desk, "one.example")
    assert last_word(desk) == {"one.example": "approve"}


def test_a_rejection_of_a_family_leaves_its_mirrors(desk: Desk) -> None:
    """One copied counter must not clear a casino."""
    desk.found("library.example", band=Band.UNSURE, probability=0.6)
    desk.found("one.example")
    desk.found("two.example")
    family(desk, "one.example", "library.example", "one.example", "two.example")
    made = end(desk, "one.example")
    assert left(made) == {"one.example": "mirror", "two.example": "mirror"}
    assert last_word(desk) == {"library.example": "reject"}
    with pytest.raises(UsageError, match=r"one\.example is a mirror.*--all"):
        end(desk, "one.example")
    assert left(end(desk, "one.example", everything=True)) == {}
    assert waiting(desk) == []


@pytest.mark.parametrize("action", [Action.REJECT, Action.UNLIST])
def test_a_host_that_got_worse_after_it_was_rejected_waits_again_and_is_not_listed(desk: Desk, action: Action) -> None:
    desk.found("shop.example", band=Band.CLEAR, probability=0.02)
    desk.decided("shop.example", action=action)
    desk.clock.forward(days=8)
    desk.judged("shop.example", band=Band.CLEAR, probability=0.04)
    assert waiting(desk) == []
    desk.judged("shop.example", band=Band.UNSURE, probability=0.5)
    assert waiting(desk) == ["shop.example"]
    [said] = changes.changed_since(desk.case).values()
    assert (said.analyst, said.action) == ("A. Analyst", action)
    desk.found("shop.example")
    desk.publish()
    assert desk.names() == []
    desk.a_moment_later()
    desk.decided("shop.example", action=Action.REJECT)
    assert (waiting(desk), changes.changed_since(desk.case)) == ([], {})


def test_a_rejected_mirror_waits_again_only_with_strong_evidence_that_was_not_known(desk: Desk) -> None:
    desk.found("shop.example")
    desk.decided("shop.example", action=Action.REJECT)
    desk.clock.forward(days=8)
    desk.found("shop.example", evidence=((EvidenceKind.PROMOTER, "hint", Strength.WEAK),))
    assert waiting(desk) == []
    desk.found("shop.example", evidence=((EvidenceKind.PROMOTER, "ALTYN200", Strength.STRONG),))
    assert waiting(desk) == ["shop.example"]


def test_a_rejected_host_is_visited_again_after_a_week(desk: Desk) -> None:
    host = desk.case.door.parse("shop.example")
    desk.case.add([Sighting(host=host, source="seeds", reason="seed", seen_at=desk.clock())])
    desk.case.add([Resolution(host=host, outcome=Outcome.OK, resolved_at=desk.clock())])
    desk.decided("shop.example", action=Action.REJECT)
    desk.clock.forward(days=6)
    assert queries.hosts_to_resolve(desk.case, desk.clock()) == []
    desk.clock.forward(days=2)
    assert queries.hosts_to_resolve(desk.case, desk.clock()) == [host]
    desk.case.add([Resolution(host=host, outcome=Outcome.OK, resolved_at=desk.clock())])
    desk.clock.forward(days=1)
    assert queries.hosts_to_resolve(desk.case, desk.clock()) == []
