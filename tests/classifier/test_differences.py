"""What one visitor was shown and another was not: told in words, and never made of a page that only rotates its news."""

import random

import pytest

from casefile import queries
from casefile.outcomes import Outcome
from casefile.progress import Silent
from casefile.records import Band, How
from classifier.differences import DIFFERENT, compared, similarity, views_of
from classifier.examine import examine
from classifier.page import read_page
from classifier.reading import Archive, PageReader
from classifier.score import score
from tests.classifier.making import BAKERY, CASINO, DESK, PHONE, REFERENCE

SYLLABLES = ("ка", "ту", "ле", "мо", "ри", "сан", "жол", "пе", "дык", "рон")


def news(seed: int, extra: str = "") -> str:
    """A front page: always the same menu and title, every time other headlines, in words that no other has."""
    chosen = random.Random(seed)
    items = "".join(f"<article class='item'><h2>{' '.join(headline_word(chosen) for _ in range(9))}</h2></article>" for _ in range(12))
    return f"<title>Вестник</title><nav class=menu>Главная Погода Курсы Архив</nav><div class=feed>{items}</div>{extra}<footer class=foot>Редакция, адрес, почта</footer>"


def headline_word(chosen: random.Random) -> str:
    return "".join(chosen.choice(SYLLABLES) for _ in range(4))


@pytest.fixture
def differences(captured, case, door):
    """The comparisons of the landing pages of a host."""

    def run(host="site.example"):
        reader = PageReader(Archive(captured.archive))
        return compared(views_of([(one, reader.read(one)) for one in queries.captures_of(case, door.parse(host))]))

    return run


def test_a_casino_for_phones_only_is_told_with_its_words(captured, differences):
    captured.page("site.example", BAKERY)
    captured.page("site.example", CASINO, vantage=PHONE)
    [found] = differences()
    one = found.difference
    assert found.telling and (one.first, one.second) == ("desktop-ru static", "android-search static") and one.similarity < 0.1
    assert "title «Пекарня Дастархан» for desktop-ru static, «Казино Тумар — играть онлайн» for android-search static" in one.text
    assert "only android-search static: «казино»" in one.text and "a form" in one.text and "only desktop-ru static: «" in one.text


def test_the_same_page_is_no_difference_and_neither_is_one_with_more_on_it(captured, differences):
    for vantage in (DESK, PHONE):
        captured.page("site.example", BAKERY, vantage=vantage)
        captured.rendered("site.example", BAKERY + "<p>Сегодня в печи: ржаной, с тмином</p>", vantage=vantage)
    assert differences() == ()


@pytest.mark.parametrize("seed", range(8))
def test_a_page_that_rotates_its_news_is_one_page(captured, differences, seed):
    police = "<article class=item><h2>Полиция закрыла подпольное казино: изъяты игровые автоматы и рулетка, штраф</h2></article>"
    captured.page("site.example", news(seed))
    captured.page("site.example", news(seed + 100, police), vantage=PHONE)
    captured.rendered("site.example", news(seed + 200))
    assert similarity(read_page("", news(seed)), read_page("", news(seed + 100, police))) < DIFFERENT
    assert differences() == ()
    captured.rendered("site.example", news(seed + 300).replace("Вестник", "Казино"), vantage=PHONE)
    assert differences()


def test_a_casino_laid_over_a_page_by_a_script_is_told_although_most_words_are_the_same(captured, differences):
    captured.page("site.example", BAKERY * 3)
    captured.rendered("site.example", BAKERY * 3 + "<div>Онлайн казино: слоты, рулетка, джекпот, казино и слоты на реальные деньги</div>")
    [found] = differences()
    assert found.telling and "only desktop-ru rendered: «казино»" in found.difference.text
    assert (found.difference.first, found.difference.second) == ("desktop-ru static", "desktop-ru rendered")


def test_an_end_at_another_site_is_told(captured, differences):
    captured.page("site.example", BAKERY)
    captured.rendered("site.example", BAKERY, final_url="https://www.tumar2.example/")
    [found] = differences()
    assert (
        found.telling and "ends at site.example for desktop-ru static, at tumar2.example for desktop-ru rendered" in found.difference.text
    )
    assert found.difference.similarity == 1.0


def test_an_end_at_another_name_of_the_site_is_none(captured, differences):
    captured.page("site.example", BAKERY)
    captured.page("site.example", BAKERY, vantage=PHONE, final_url="https://m.site.example/")
    assert differences() == ()


@pytest.mark.parametrize(
    ("outcome", "told"), [(Outcome.CHALLENGE, True), (Outcome.EMPTY, True), (Outcome.READ_TIMEOUT, False), (Outcome.CRASHED, False)]
)
def test_being_turned_away_is_a_difference_and_a_fault_on_the_way_is_none(captured, differences, outcome, told):
    captured.page("site.example", BAKERY)
    captured.failure("site.example", outcome, vantage=PHONE)
    found = differences()
    assert bool(found) is told
    if told:
        assert f"android-search static: {outcome.value}" in found[0].difference.text and "264 characters" in found[0].difference.text


def test_two_refusals_are_no_difference(captured, differences):
    captured.failure("site.example", Outcome.CHALLENGE)
    captured.page("site.example", "<p>no</p>", status=403, vantage=PHONE)
    assert differences() == ()


def test_only_views_of_one_vantage_or_of_one_kind_are_compared(captured, differences):
    captured.page("site.example", BAKERY)
    captured.page("site.example", BAKERY, vantage=PHONE)
    captured.rendered("site.example", BAKERY)
    captured.rendered("site.example", CASINO, vantage=PHONE)
    assert [(one.difference.first, one.difference.second) for one in differences()] == [
        ("android-search static", "android-search rendered"),
        ("desktop-ru rendered", "android-search rendered"),
    ]


def test_the_front_page_is_compared_with_the_front_page(captured, differences):
    for vantage in (DESK, PHONE):
        captured.page("site.example", CASINO, path="/promo", vantage=vantage)
        captured.page("site.example", BAKERY, vantage=vantage)
    assert differences() == ()


def test_hostile_words_cannot_break_a_line(captured, differences):
    captured.page("site.example", BAKERY)
    captured.page(
        "site.example", "<title>a\x1b]0;x\x07\u202eb</title><p>" + "казино\x1b[1m слоты рулетка джекпот покер " * 9, vantage=PHONE
    )
    [found] = differences()
    assert found.difference.text.isprintable()


def test_similarity_is_the_share_of_words_in_common():
    one, other = (read_page("", f"<p>{text}") for text in ("хлеб торт мука", "хлеб торт казино"))
    assert similarity(one, other) == 0.5 and similarity(one, one) == 1.0
    assert similarity(read_page("", ""), read_page("", "")) == 1.0 and similarity(one, read_page("", "")) == 0.0


@pytest.fixture
def verdict_on(case, captured, clock, judge, door):
    def run(host="site.example"):
        examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())
        score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent())
        return queries.verdict_of(case, door.parse(host))

    return run


def test_a_verdict_keeps_every_difference_and_tells_those_that_matter(captured, verdict_on):
    captured.page("site.example", BAKERY)
    captured.page("site.example", CASINO, vantage=PHONE)
    verdict = verdict_on()
    assert len(verdict.differences) == 1 and verdict.band is not Band.CLEAR
    assert any(reason.text.startswith("shown differently: title «Пекарня") and reason.weight == 0 for reason in verdict.reasons)


def test_the_view_that_looks_most_like_gambling_counts_rendered_or_not(captured, verdict_on):
    captured.page("site.example", BAKERY)
    captured.page("other.example", CASINO)
    alone = verdict_on("other.example").probability
    captured.rendered("site.example", CASINO)
    captured.rendered("other.example", BAKERY)
    assert verdict_on("site.example").probability == verdict_on("other.example").probability == alone
    assert any("desktop-ru rendered" in reason.text for reason in verdict_on("site.example").reasons)


def test_a_script_that_leads_to_a_casino_is_held_against_the_site_and_told(captured, verdict_on):
    captured.page("site.example", "<script>location.href='//tumar2.example'</script>")
    captured.rendered("site.example", CASINO, final_url="https://tumar2.example/")
    verdict = verdict_on()
    assert verdict.reasons[0].text == "redirects by script to https://tumar2.example/" and verdict.probability > 0.9


def test_a_failed_rendering_takes_nothing_from_a_static_judgement(captured, verdict_on):
    captured.page("site.example", CASINO)
    before = verdict_on()
    captured.failure("site.example", Outcome.CRASHED, how=How.RENDERED)
    after = verdict_on()
    assert (after.probability, after.band, after.label) == (before.probability, before.band, before.label)


def test_a_shell_from_every_vantage_is_told_once_and_kept_for_each(captured, verdict_on):
    for vantage in (DESK, PHONE):
        captured.page("site.example", "<div id=root></div><script src=/app.js></script>", vantage=vantage)
    for vantage in (DESK, PHONE):
        captured.rendered("site.example", CASINO, vantage=vantage)
    verdict = verdict_on()
    assert len(verdict.differences) == 2
    assert sum(reason.text.startswith("shown differently") for reason in verdict.reasons) == 1
