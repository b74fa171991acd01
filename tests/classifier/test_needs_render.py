"""When a browser should look: the stated rule, one example a line of it, and the pages that must not ask."""

import time

import pytest

from casefile import queries
from casefile.outcomes import Outcome
from casefile.progress import Silent
from casefile.records import Band, How
from classifier.addresses import common_hosts
from classifier.examine import examine
from classifier.needs_render import asks_of_page
from classifier.page import read_page
from classifier.score import score
from tests.classifier.making import BAKERY, CASINO, DESK, PHONE, REFERENCE
from tests.conftest import LINEAR_SECONDS

TEXT = "Мы печём хлеб и торты каждый день для всего района, приходите к нам утром за свежими булками. "
COUNTER = "<script src='https://mc.yandex.ru/metrika/tag.js'></script>"


def rules(html: str) -> list[str]:
    return [rule for rule, _ in asks_of_page(read_page("https://h1.example/", html), common_hosts(REFERENCE))]


@pytest.mark.parametrize(
    ("html", "asked"),
    [
        ("<div id=root></div><script src=/app.js></script>", ["shell"]),
        ("<div id=root></div><script>fetch('/api').then(draw)</script>", ["shell"]),
        ("<p>Добро пожаловать</p><iframe src='https://games.test/lobby'></iframe>", ["shell"]),
        (f"<p>{TEXT * 3}</p><script src=/app.js></script>", ["shell"]),
        ("<p>Скоро откроемся</p>", ["thin"]),
        ("", ["thin"]),
        (f"<p>Скоро откроемся</p>{COUNTER}", ["thin"]),
        (f"<p>{TEXT * 3}</p>{COUNTER}", []),
        (f"<p>{TEXT * 3}</p><script>gtag('js', new Date()); gtag('config', 'G-1')</script>", []),
        (f"<p>{TEXT * 3}</p><script>draw()</script>", ["shell"]),
        (f"<p>{TEXT * 3}</p><script>addEventListener('mousemove', () => hall())</script>", ["shell"]),
        (f"<p>{TEXT * 3}</p><script>var a = window.b + 'x'; a(b)</script>", ["shell"]),
        (f"<p>{TEXT * 3}</p><img src=x onerror='hall()'>", ["shell"]),
        (f"<p>{TEXT * 3}</p><iframe srcdoc='&lt;h1&gt;a'></iframe>", ["shell"]),
        ("<script>window.location.href = 'https://tumar2.example/'</script>", ["redirect"]),
        (f"<p>{TEXT * 5}</p><script>location.replace(next)</script>", ["redirect"]),
        (f"<p>{TEXT * 5}</p><script>if (x) {{ top.location = u }}</script>", ["redirect"]),
        (f"<body onload=\"document.location='https://tumar2.example/'\"><p>{TEXT * 3}", ["redirect"]),
        (f"<p>{TEXT * 5}</p><script>if (location.href == '/a' || window.location === b) stop()</script>", []),
        (f"<p>{TEXT * 5}</p><script>var allocation = 3; x.location = 4</script>", []),
        (f"<p>{TEXT * 15}</p><script>location.href = '/new'</script>", []),
        (f"<p>{TEXT * 5}</p><noscript>Пожалуйста, включите JavaScript в браузере</noscript>", ["noscript"]),
        (f"<p>{TEXT * 5}</p><noscript>You need to enable JavaScript to run this app.</noscript>", ["noscript"]),
        (f"<p>{TEXT * 3}</p><noscript>Сайтты көру үшін JavaScript қосыңыз</noscript>", ["noscript"]),
        (f"<p>{TEXT * 15}</p><noscript>Please enable JavaScript</noscript>", []),
        (f"<p>{TEXT * 5}</p><noscript><img src='https://mc.yandex.ru/watch/7'></noscript>", []),
        (BAKERY, []),
    ],
)
def test_what_a_page_asks_for(html, asked):
    assert rules(html) == asked


@pytest.fixture
def verdict_on(case, captured, clock, judge, door):
    """Run evidence and score; give the latest verdict on a host."""

    def run(host):
        examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())
        score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent())
        return queries.verdict_of(case, door.parse(host))

    return run


SHELL = "<title>Тумар</title><div id=root></div><script src=/app.js></script>"
PLAIN = f"<title>Пекарня</title><p>{TEXT * 8}</p>"
AMPLE = CASINO.replace(
    "</h1>",
    "</h1>"
    + "<p>Слоты, рулетка и покер на деньги: джекпот, фриспины и бонус за регистрацию: играйте в онлайн казино и выводите выигрыш. Рабочее зеркало. </p>"
    * 8,
)


def test_a_plain_site_asks_for_nothing_and_is_clear(captured, verdict_on):
    for vantage in (DESK, PHONE):
        captured.page("bakery.example", PLAIN, vantage=vantage)
    verdict = verdict_on("bakery.example")
    assert verdict.render_for == () and verdict.band is Band.CLEAR and verdict.differences == ()


def test_a_mirror_with_two_kinds_of_evidence_asks_for_nothing_and_one_without_asks(captured, verdict_on):
    captured.page("tumar1.example", AMPLE)
    captured.page("tumar2.example", AMPLE.replace("<form", "<div").replace("form>", "div>"))
    first, second = verdict_on("tumar1.example"), verdict_on("tumar2.example")
    assert first.band is second.band is Band.MIRROR and first.render_for == ()
    [ask] = second.render_for
    assert ask.startswith("over the listing bar, and no payment route")


def test_a_shell_asks_says_from_where_and_is_not_clear_until_it_was_seen(captured, verdict_on):
    captured.page("tumar1.example", SHELL, vantage=PHONE)
    verdict = verdict_on("tumar1.example")
    assert verdict.band is Band.UNSURE
    assert verdict.render_for == ("the page has 0 characters of text and is filled by 1 script (vantage android-search)",)


def test_once_rendered_nothing_is_asked_and_the_browsers_page_is_judged(captured, verdict_on):
    captured.page("tumar1.example", SHELL)
    captured.rendered("tumar1.example", AMPLE)
    verdict = verdict_on("tumar1.example")
    assert verdict.render_for == () and verdict.band is Band.MIRROR
    captured.page("bakery.example", SHELL)
    captured.rendered("bakery.example", PLAIN)
    verdict = verdict_on("bakery.example")
    assert verdict.render_for == () and verdict.band is Band.CLEAR


@pytest.mark.parametrize(("characters", "band"), [(3, Band.UNSURE), (5, Band.CLEAR)])
def test_a_shell_that_shows_as_little_to_a_browser_is_not_clear(captured, verdict_on, characters, band):
    captured.page("bakery.example", SHELL)
    captured.rendered("bakery.example", f"<title>Пекарня</title><p>{TEXT * characters}</p>")
    verdict = verdict_on("bakery.example")
    assert verdict.band is band
    assert any("still has" in reason.text for reason in verdict.reasons) is (band is Band.UNSURE)


def test_a_short_page_that_was_no_shell_stays_clear_when_a_browser_saw_it(captured, verdict_on):
    captured.page("bakery.example", f"<title>Пекарня</title><p>{TEXT * 3}</p>")
    captured.rendered("bakery.example", f"<title>Пекарня</title><p>{TEXT * 3}</p>")
    assert verdict_on("bakery.example").band is Band.CLEAR


HIDES = "<iframe src='http://hall.test/' style='position:fixed;inset:0'></iframe>"


def test_a_clear_page_that_may_hide_another_asks_and_is_clear_once_it_was_seen(captured, verdict_on):
    captured.page("bakery.example", PLAIN + HIDES)
    verdict = verdict_on("bakery.example")
    assert verdict.band is Band.UNSURE
    assert verdict.render_for == ("a frame could cover the page: http://hall.test/ (vantage desktop-ru)",)
    captured.rendered("bakery.example", PLAIN)
    assert verdict_on("bakery.example").band is Band.CLEAR


def test_a_mirror_with_a_frame_needs_no_browser_for_it(captured, verdict_on):
    captured.page("tumar1.example", AMPLE + HIDES)
    verdict = verdict_on("tumar1.example")
    assert verdict.band is Band.MIRROR and verdict.render_for == ()


def test_words_that_nobody_sees_make_no_page_clear_even_in_a_browser(captured, verdict_on):
    hidden = f"<title>Пекарня</title><div style='display:none'><p>{TEXT * 12}</p></div><img src=/hall.png>"
    captured.page("bakery.example", hidden)
    assert "the page has 0 characters of text" in verdict_on("bakery.example").render_for[0]
    captured.rendered("bakery.example", hidden)
    verdict = verdict_on("bakery.example")
    assert verdict.band is Band.UNSURE and verdict.reasons[0].text == "no visible text"


def test_what_a_browser_saw_before_the_site_was_fetched_anew_is_of_another_visit(captured, verdict_on):
    captured.page("tumar1.example", PLAIN)
    captured.rendered("tumar1.example", PLAIN)
    captured.page("tumar1.example", SHELL)
    verdict = verdict_on("tumar1.example")
    assert verdict.band is Band.UNSURE and verdict.render_for


@pytest.mark.parametrize("outcome", [Outcome.CRASHED, Outcome.CHALLENGE, Outcome.BUDGET_TIME])
def test_what_asked_and_could_not_be_rendered_is_never_clear(captured, verdict_on, outcome):
    captured.page("bakery.example", f"<p>{TEXT * 5}</p><noscript>Please enable JavaScript</noscript>")
    assert verdict_on("bakery.example").band is Band.UNSURE
    captured.failure("bakery.example", outcome, how=How.RENDERED)
    verdict = verdict_on("bakery.example")
    assert verdict.render_for == () and verdict.band is Band.UNSURE
    assert verdict.reasons[0].text == f"landing page not seen by a browser from vantage desktop-ru: {outcome.value}"


def test_a_vantage_that_asked_must_itself_be_seen(captured, verdict_on):
    captured.page("bakery.example", PLAIN)
    captured.page("bakery.example", SHELL, vantage=PHONE)
    captured.rendered("bakery.example", PLAIN)
    verdict = verdict_on("bakery.example")
    assert verdict.band is Band.UNSURE and "from vantage android-search: not rendered" in verdict.reasons[0].text
    captured.rendered("bakery.example", PLAIN, vantage=PHONE)
    assert verdict_on("bakery.example").band is Band.CLEAR


def test_a_page_that_the_browser_empties_is_not_clear(captured, verdict_on):
    captured.page("bakery.example", PLAIN)
    captured.rendered("bakery.example", "<canvas></canvas>")
    verdict = verdict_on("bakery.example")
    assert verdict.band is Band.UNSURE and any("as a browser shows it" in reason.text for reason in verdict.reasons)


def test_a_challenge_and_a_refusal_ask_a_missing_page_and_a_dead_line_do_not(captured, verdict_on):
    captured.failure("wall.example", Outcome.CHALLENGE)
    captured.page("refused.example", "<p>no</p>", status=403)
    captured.page("missing.example", "<p>no</p>", status=404)
    captured.failure("slow.example", Outcome.READ_TIMEOUT)
    told = {name: verdict_on(f"{name}.example").render_for for name in ("wall", "refused", "missing", "slow")}
    assert told["wall"] == ("the site answered with a challenge (vantage desktop-ru)",)
    assert told["refused"] == ("the site answered with status 403 (vantage desktop-ru)",)
    assert told["missing"] == told["slow"] == ()


def test_vantages_that_were_shown_different_pages_ask(captured, verdict_on):
    captured.page("two.example", PLAIN)
    captured.page(
        "two.example",
        "<title>Библиотека</title><p>" + "Читальный зал открыт ежедневно, фонды пополняются редкими книгами. " * 8,
        vantage=PHONE,
    )
    verdict = verdict_on("two.example")
    assert any("were shown different things" in ask for ask in verdict.render_for) and verdict.band is not Band.CLEAR
    for vantage in (DESK, PHONE):
        captured.rendered("two.example", PLAIN, vantage=vantage)
    assert verdict_on("two.example").render_for == ()


def test_a_score_near_the_bar_asks_and_one_far_from_it_does_not(judge, door, clock):
    from casefile.records import Label
    from classifier.judging import HostJudgement
    from classifier.needs_render import NEAR_LISTING, NEAR_REVIEW, asks_of_host
    from tests.classifier.making import odds_of, probability_at

    def asks(odds):
        found = HostJudgement(label=Label.OTHER, probability=probability_at(odds), band=Band.UNSURE)
        return asks_of_host([], found, [], (), judge.bars, REFERENCE)

    listing, review = odds_of(judge.bars.mirror), odds_of(judge.bars.review)
    assert (
        "near the listing bar" in asks(listing - NEAR_LISTING + 0.01)[0] and "near the review bar" in asks(review - NEAR_REVIEW + 0.01)[0]
    )
    assert asks(listing - NEAR_LISTING - 0.01) == asks(review - NEAR_REVIEW - 0.01) == asks(review + 0.5) == ()


def test_a_licensed_operator_needs_no_browser(captured, verdict_on):
    captured.page("www.adal-bet.example", SHELL)
    assert verdict_on("www.adal-bet.example").render_for == ()


@pytest.mark.parametrize(
    "text", ["location" + " " * 190_000, "window . " * 20_000, "fetch " * 30_000, "location.href == " * 10_000, "javascript " * 15_000]
)
def test_no_script_makes_the_rule_slow(text):
    begun = time.process_time()
    rules(f"<noscript>{text}</noscript><p>{text[:300]}</p><script>{text}</script>")
    assert time.process_time() - begun < LINEAR_SECONDS
