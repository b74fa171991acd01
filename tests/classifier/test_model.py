"""The judge: loaded only if it is what its card says, its reasons words of the page, its bands honest."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from casefile.errors import ModelError
from casefile.records import Band, EvidenceKind, How, Label, Strength
from classifier.detectors.finding import Finding
from classifier.judging import SeenPage, judge_host, judge_pages
from classifier.model import CARD, NAME_ARRAYS, PAGE_ARRAYS, Bars, hidden_doubts, load_judge
from classifier.page import read_page
from classifier.terms import LEXICON
from classifier.training.corpus import load_tables
from classifier.training.probe import reading_of
from tests.classifier.conftest import MODEL
from tests.classifier.making import BAKERY, CASINO

KAZAKH = (
    "<title>Тұмар казино</title><h1>Тұмар онлайн казино</h1><p>Ойын автоматтары мен рулетканы нақты ақшаға ойнаңыз. Алғашқы депозитке 100% бонус және 50 тегін айналым. "
    "Тіркелу бір минут, ұтысты картаға шығарып алыңыз. Жұмыс істейтін айна әрқашан қолжетімді. Слоттар, покер, спортқа бәс тігу. Шотты толтыру оңай.</p>"
)
ENGLISH = (
    "<title>Tumar Casino</title><h1>Welcome to Tumar Casino</h1><p>Play hundreds of slots, roulette and blackjack for real money. Get a 100% welcome bonus and 50 free "
    "spins on your first deposit. Sign up in a minute, fast withdrawals. Live casino, sportsbook betting with the best odds and jackpots every day.</p>"
)


def judged(judge, html):
    [page] = judge_pages(judge, [("1", "https://h1.example/", html)])
    return page


@pytest.mark.parametrize("html", [CASINO, KAZAKH, ENGLISH])
def test_a_plain_casino_page_is_found_in_every_language(judge, html):
    page = judged(judge, html)
    assert page.score > 0.9 and page.band in (Band.MIRROR, Band.UNSURE) and page.label in (Label.OPERATOR, Label.PROMOTION)


def test_a_bakery_is_clear(judge):
    page = judged(judge, BAKERY)
    assert (page.band, page.label) == (Band.CLEAR, Label.OTHER) and page.score < judge.bars.review


@pytest.mark.parametrize("html", ["", "<p>hi</p>", "<script>app()</script><div id=root></div>", "\x00" * 500, "<div>" * 5000 + BAKERY])
def test_what_could_not_be_read_is_unsure_with_the_reason_first(judge, html):
    page = judged(judge, html)
    assert page.band is Band.UNSURE and page.reasons[0].weight == 0
    assert any(word in page.reasons[0].text for word in ("visible text", "not all of the page"))


def test_reasons_name_words_of_the_page_and_add_up_the_same_every_time(judge):
    page = judged(judge, CASINO)
    assert any("казино" in reason.quote.casefold() for reason in page.reasons if reason.weight > 0)
    assert page.reasons == judged(judge, CASINO).reasons


def test_one_word_changes_the_score(judge):
    assert judged(judge, BAKERY.replace("торты", "казино")).score > judged(judge, BAKERY).score


def view(judge, html, *, vantage="desk", landing=True):
    page = read_page("https://h1.example/", html)
    return SeenPage(page=page, score=judge.judge_page(page), vantage=vantage, landing=landing)


def test_a_casino_shown_to_phones_only_is_not_clear(judge):
    told = judge_host(judge, [view(judge, BAKERY), view(judge, CASINO, vantage="phone")])
    assert told.band is not Band.CLEAR and told.probability == view(judge, CASINO).score.probability
    assert "different pages to different visitors" in told.rules[0].text


def test_what_a_browser_shows_is_a_view_of_its_own(judge):
    static, rendered = view(judge, BAKERY), replace(view(judge, CASINO), how=How.RENDERED)
    told = judge_host(judge, [static, rendered])
    assert told.probability == rendered.score.probability and told.band is not Band.CLEAR
    assert f"desk rendered {rendered.score.probability:.2f}" in told.rules[0].text
    assert f"desk static {static.score.probability:.2f}" in told.rules[0].text


def test_a_shell_gives_way_to_what_a_browser_shows(judge):
    shell = view(judge, "<title>Казино слоты рулетка</title>")
    assert judge_host(judge, [shell]).band is Band.UNSURE
    assert judge_host(judge, [shell, replace(view(judge, BAKERY), how=How.RENDERED)]).band is Band.CLEAR


def test_thin_pages_count_only_where_there_are_no_others(judge):
    assert judge_host(judge, [view(judge, "<p>hi"), view(judge, BAKERY, landing=False)]).band is Band.CLEAR
    assert judge_host(judge, [view(judge, "<p>hi")]).band is Band.UNSURE


def test_pages_are_read_as_the_committed_model_was_taught(judge):
    """Whoever changes how a page is read, or the lexicon that ships, must train again."""
    card = json.loads((MODEL / CARD).read_text(encoding="utf-8"))
    assert reading_of(judge.extractor) == card["reading"]
    assert judge.extractor.lexicon.terms == load_tables().terms


@pytest.mark.parametrize("html", [CASINO, BAKERY, "", "<p>hi"])
def test_reasons_add_up_to_the_log_odds(judge, html):
    score = judge.judge_page(read_page("https://h1.example/", html))
    assert sum(reason.weight for reason in score.reasons) == pytest.approx(score.log_odds, abs=0.001)
    assert judge.log_odds_of(read_page("https://h1.example/", html)) == pytest.approx(score.log_odds)


def test_what_detectors_find_bears_on_the_score(judge):
    page = read_page("https://h1.example/", CASINO)
    plain = judge.judge_page(page).log_odds
    found = [
        Finding(kind=kind, subject="x", value="x", strength=strength, quote="x")
        for kind in (EvidenceKind.PAYMENT, EvidenceKind.PROMOTER, EvidenceKind.LICENCE)
        for strength in Strength
    ]
    assert any(judge.judge_page(page, [one]).log_odds != plain for one in found)


def test_text_that_no_visitor_sees_makes_no_page_gambling_and_none_innocent(judge):
    hidden = "<div style='display:none'>" + "казино слоты рулетка бонус депозит фриспины " * 40 + "</div>"
    stuffed = judged(judge, BAKERY + hidden)
    assert stuffed.score < 0.5 and stuffed.band is not Band.MIRROR
    padding = "<div style='display:none'>" + BAKERY * 60 + "</div>"
    assert judged(judge, CASINO + padding).score > 0.5


def test_where_hidden_text_changes_the_band_the_page_is_unsure_and_says_so():
    bars = Bars(mirror=0.9, review=0.2)
    assert hidden_doubts(bars, 0.05, 0.1) == ()
    [told] = hidden_doubts(bars, 0.05, 0.95)
    assert "no visitor sees" in told and "0.05" in told and "0.95" in told


@pytest.mark.parametrize("name", [CARD, PAGE_ARRAYS, NAME_ARRAYS, LEXICON])
def test_a_missing_file_is_named(small_model, tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_judge(folder)


@pytest.mark.parametrize("name", [PAGE_ARRAYS, NAME_ARRAYS, LEXICON])
def test_an_altered_array_is_refused(small_model, tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    octets = bytearray((folder / name).read_bytes())
    octets[len(octets) // 2] ^= 1
    (folder / name).write_bytes(octets)
    with pytest.raises(ModelError, match=name):
        load_judge(folder)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "\xff", '{"arrays": 3}'])
def test_a_garbled_card_is_refused(small_model, tmp_path, text):
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    (folder / CARD).write_text(text, encoding="latin-1")
    with pytest.raises(ModelError, match=CARD):
        load_judge(folder)


def test_a_lowered_bar_is_refused(small_model, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    card = json.loads((folder / CARD).read_text())
    card["bars"]["mirror"] = 0.1
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(ModelError, match="altered"):
        load_judge(folder)


def test_scoring_imports_no_scikit_learn():
    program = (
        "import sys; import classifier.score, classifier.examine, classifier.families, classifier.judging; from classifier.model import load_judge; from pathlib import Path;"
        f"judge = load_judge(Path({str(MODEL)!r})); judge.judge_names(['a.example']);"
        "print([name for name in sys.modules if name.split('.')[0] in ('sklearn', 'scipy', 'threadpoolctl')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=MODEL.parents[1])
    assert done.stdout.strip() == "[]"
