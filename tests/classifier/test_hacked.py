"""Hacked: promotion that the host's other pages, or its own visible part, contradict; and what is no hacked site, however alike it looks."""

import pytest

from casefile import queries
from casefile.progress import Silent
from casefile.records import Band, Evidence, EvidenceKind, Label, PageKind, Strength, Vantage, Verdict
from classifier.hacked import ADVICE, hacked
from classifier.judging import SeenPage
from classifier.page import read_page
from classifier.score import score
from tests.classifier.making import BAKERY, CASINO, REFERENCE

SEARCHER = Vantage(name="phone", egress="direct", country="", language="ru", user_agent="test", referrer="https://search.example/")
CASHIER = "<form action='https://pay.tengepay.example/in'><input name=amount></form>"
PROMOTION = CASINO.replace(CASHIER, "<a href='https://tumar1.example/'>зеркало казино</a>")
ABOUT = BAKERY.replace("Свежий хлеб", "О нас: печь и люди, которые у неё стоят с четырёх утра. Свежий хлеб")
HOURS = BAKERY.replace("Свежий хлеб", "Часы работы: с семи до девяти, в праздники до шести. Свежий хлеб")
HIDDEN = "<div style='display:none'><a href='https://tumar1.example/'>казино на тенге</a> <a href='https://tumar2.example/'>слоты онлайн, рулетка</a></div>"


@pytest.fixture
def pages(judge):
    """SeenPages of one host from its paths: `("/", html)`, or `("/", html, "phone")` for another vantage than the desktop's."""

    def make(*told: tuple[str, ...]) -> list[SeenPage]:
        found = []
        for path, html, *vantage in told:
            page = read_page(f"https://bakery.example{path}", html)
            found.append(
                SeenPage(page=page, score=judge.judge_page(page), vantage=vantage[0] if vantage else "desktop", landing=path == "/")
            )
        return found

    return make


def test_a_page_that_promotes_among_pages_of_something_else(pages, judge):
    told = hacked(judge, pages(("/", BAKERY), ("/about", ABOUT), ("/sloty", PROMOTION)))
    assert told is not None and told.weight == 0
    assert (
        told.text.startswith("promotes gambling on /sloty; its other pages, / and /about, speak of something else: 0.0")
        and ADVICE in told.text
    )


def test_a_casino_that_only_visitors_from_a_search_are_shown(pages, judge):
    told = hacked(judge, pages(("/", BAKERY), ("/about", ABOUT), ("/", PROMOTION, "phone")), searchers={"phone"})
    assert told is not None and "promotes gambling on / to the visitor phone static; its other pages" in told.text


def test_hidden_words_and_links_beneath_something_else(pages, judge):
    told = hacked(judge, pages(("/", BAKERY + HIDDEN)))
    assert told is not None and "casino" in told.text and "hides " in told.text and ADVICE in told.text


def test_a_front_page_that_was_written_over(pages, judge):
    spam = PROMOTION.replace("<h1>", "<h1 class='hero promo'>")
    others = [(path, html.replace("<h1>", "<h1 class='bread site-head'>")) for path, html in (("/about", ABOUT), ("/hours", HOURS))]
    told = hacked(judge, pages(("/", spam), *others))
    assert told is not None and told.text.startswith(
        "its front page promotes gambling; its other pages, /about and /hours, are built otherwise"
    )
    assert hacked(judge, pages(("/", spam), others[0])) is None, "one page beside it is too little"
    alike = [(path, html.replace("bread site-head", "hero promo")) for path, html in others]
    assert hacked(judge, pages(("/", spam), *alike)) is None, "a casino's own pages about itself are built as its front page"


@pytest.mark.parametrize(
    "told",
    [
        [("/", PROMOTION), ("/sloty", PROMOTION), ("/promo", PROMOTION)],
        [("/", PROMOTION)],
        [("/", PROMOTION), ("/about", ABOUT)],
        [("/", BAKERY), ("/sloty", PROMOTION)],
        [("/", BAKERY), ("/about", ABOUT), ("/kassa", CASINO)],
        [("/", BAKERY), ("/about", ABOUT)],
        [("/", BAKERY + "<div hidden>Мы не казино.</div>")],
        [
            (
                "/",
                BAKERY
                + "<div hidden><a href='/sport'>Ставки на спорт</a> <a href='/casino'>Казино, покер</a> <a href='https://soc.example/'>Мы там</a></div>",
            )
        ],
        [("/", "<p>Скоро откроемся"), ("/sloty", PROMOTION)],
    ],
    ids=[
        "doorway",
        "one page",
        "promoter with a page about itself",
        "no other page",
        "it has a cashier",
        "a bakery",
        "one hidden word",
        "a folded menu",
        "next to no text",
    ],
)
def test_what_is_no_hacked_site(pages, judge, told):
    assert hacked(judge, pages(*told)) is None


def test_strong_evidence_of_payments_is_no_victims(pages, judge, door, clock):
    paid = Evidence(
        host=door.parse("bakery.example"), capture_id=1, url="", kind=EvidenceKind.PAYMENT, subject="P", value="v", strength=Strength.STRONG,
        quote="", record=None, detector="d", found_at=clock(),
    )  # fmt: skip
    told = pages(("/", BAKERY), ("/about", ABOUT), ("/sloty", PROMOTION))
    assert hacked(judge, told, [paid]) is None and hacked(judge, told) is not None


@pytest.fixture
def verdict_on(case, captured, clock, judge, door):
    def run(host: str) -> Verdict:
        score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent())
        found = queries.verdict_of(case, door.parse(host))
        assert found is not None
        return found

    return run


def test_the_verdict_is_hacked_and_unsure_and_says_so_first(captured, verdict_on):
    captured.page("bakery.example", BAKERY)
    captured.page("bakery.example", ABOUT, path="/about", kind=PageKind.CONTACTS)
    captured.page("bakery.example", PROMOTION, path="/sloty", kind=PageKind.PROMO)
    verdict = verdict_on("bakery.example")
    assert (verdict.label, verdict.band) == (Label.HACKED, Band.UNSURE)
    assert ADVICE in verdict.reasons[0].text


def test_a_casino_for_visitors_from_a_search_alone_is_for_a_person_to_judge(captured, verdict_on):
    captured.page("gym.example", BAKERY)
    captured.page("gym.example", CASINO, vantage=SEARCHER)
    verdict = verdict_on("gym.example")
    assert verdict.band is Band.UNSURE and verdict.label is not Label.HACKED and verdict.probability > 0.9
    assert verdict.reasons[0].text.startswith("sure of a mirror for some visitors only; shown to desktop-ru static is something else")


def test_a_casino_for_everybody_stays_one_though_a_search_is_shown_something_else(captured, verdict_on):
    captured.page("tumar1.example", CASINO)
    captured.page("tumar1.example", BAKERY, vantage=SEARCHER)
    assert verdict_on("tumar1.example").band is Band.MIRROR
