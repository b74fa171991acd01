"""Pages of one host as one judgement: boilerplate hides no operator, one bad page makes no site a mirror, and contradiction is unsure."""

from dataclasses import dataclass, replace

import pytest

from casefile.records import Band, How, Label
from classifier.judging import SeenPage, combined, contradiction, doubts_of, judge_host
from classifier.model import Bars, Judge, PageScore, probability_of
from classifier.page import Page

BARS = Bars(mirror=0.98, review=0.1)
GUILTY, CLEAR = 6.0, -6.0


@dataclass(frozen=True)
class Bench:
    """What `judge_host` asks of a judge."""

    bars: Bars = BARS
    band_of = Judge.band_of


def page(odds, *, path="", landing=False, vantage="desk", how=How.STATIC, whole=True, doubts=()):
    score = PageScore(
        label=Label.OPERATOR if odds > 0 else Label.OTHER, probability=probability_of(odds), log_odds=odds, operator=1.0, about=-1.0,
        reasons=(_rest(odds),), whole=whole, doubts=doubts,
    )  # fmt: skip
    shown = Page(url=f"https://h1.example/{path}", title="", text="x" * 300, shown="x" * 300)
    return SeenPage(page=shown, score=score, vantage=vantage, landing=landing, how=how)


def _rest(odds):
    from casefile.records import Reason

    return Reason(text="everything else", weight=round(odds, 3))


def judged(*pages):
    return judge_host(Bench(), pages)


def test_a_host_is_as_its_most_suspect_third():
    assert combined([(True, 0.0), (False, 3.0), (False, 1.0)]) == 3.0
    assert combined([(True, 0.0), (False, 3.0), (False, 1.0), (False, -9.0)]) == 2.0
    assert combined([(True, 4.0)]) == 4.0


def test_pages_about_nothing_do_not_hide_an_operator():
    boilerplate = [page(CLEAR, path=f"help{number}") for number in range(30)]
    assert judged(page(GUILTY, landing=True), *boilerplate).band is Band.UNSURE
    assert (
        judged(page(GUILTY, landing=True), *[page(GUILTY, path=f"game{number}") for number in range(3)], *boilerplate[:4]).band
        is Band.MIRROR
    )


def test_one_gambling_page_makes_no_large_site_a_mirror():
    told = judged(page(CLEAR, landing=True), *[page(CLEAR, path=f"news{number}") for number in range(20)], page(GUILTY, path="hacked"))
    assert told.band is Band.UNSURE and "1 of 22 pages" in told.rules[0].text


def test_a_clear_landing_page_keeps_a_host_from_the_mirror_band():
    told = judged(page(CLEAR, landing=True), page(GUILTY, path="hacked"), page(GUILTY, path="too"))
    assert told.band is Band.UNSURE and "landing page" in told.rules[0].text


@pytest.mark.parametrize("odds", [GUILTY, CLEAR])
def test_pages_that_agree_are_not_contradicted(odds):
    group = [page(odds, landing=True), page(odds, path="a"), page(odds, path="b")]
    assert contradiction(BARS, group, probability_of(odds)) == ()


def test_a_doubt_on_the_page_that_leads_leaves_the_host_unsure_and_says_why():
    told = judged(page(GUILTY, landing=True, doubts=("unlike what was learnt",)))
    assert told.band is Band.UNSURE and told.rules[0].text == "unlike what was learnt" and told.rules[0].weight == 0


def test_the_view_that_looks_most_like_gambling_counts():
    told = judged(page(CLEAR, landing=True), page(GUILTY, landing=True, vantage="phone"))
    assert told.probability == probability_of(GUILTY) and "different pages to different visitors" in told.rules[0].text


def test_thin_pages_count_only_where_there_are_no_others():
    thin = page(GUILTY, landing=True, whole=False)
    assert judged(thin, page(CLEAR, path="a")).band is Band.CLEAR
    assert judged(thin).band is Band.UNSURE


def test_the_terms_add_up_to_the_log_odds_of_the_host():
    told = judged(page(2.0, landing=True), page(5.0, path="a"), page(1.0, path="b"), page(4.0, path="c"))
    assert sum(term.weight for term in told.terms) == pytest.approx(4.5)


def test_what_was_not_read_is_said_before_what_is_doubted():
    seen = page(GUILTY, doubts=("odd",))
    assert [one.text for one in doubts_of(replace(seen.page, cut=True), seen.score)] == [
        "not all of the page was read: too long or nested too deep",
        "odd",
    ]
