"""A casino under a long benign text is not clear, and a paragraph of gambling in a long benign text is no mirror."""

import pytest

from classifier.concepts import Lexicon
from classifier.features import LONGEST, places_of
from classifier.mixed import dense_window, doubts_of_parts
from classifier.page import LONGEST_TEXT, Page, read_page
from classifier.training.corpus import load_tables

CASINO = "Online casino with slots, roulette and free spins: sign up, deposit now and get a bonus. "
BREAD = "Fresh bread and cakes every morning from seven, baked by our family for twenty years. "
FAR = BREAD * (LONGEST[0] // len(BREAD) + 2)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(load_tables().terms)


def doubts(lexicon: Lexicon, page: Page, **band: bool) -> tuple[str, ...]:
    return doubts_of_parts(lexicon, page, lexicon.search(places_of(page)), **{"clear": False, "mirror": False, **band})


def page(text: str) -> Page:
    return read_page("https://a.example/", f"<p>{text}</p>")


@pytest.mark.parametrize("text", [CASINO + BREAD * 30, BREAD * 30 + CASINO, BREAD * 30 + CASINO + BREAD * 30, FAR + CASINO])
def test_a_casino_in_a_long_benign_text_is_not_clear_wherever_it_stands(lexicon: Lexicon, text: str) -> None:
    [told] = doubts(lexicon, page(text), clear=True)
    assert "casino" in told


def test_benign_text_is_clear_and_one_word_changes_nothing(lexicon: Lexicon) -> None:
    assert doubts(lexicon, page(BREAD * 30), clear=True) == ()
    assert doubts(lexicon, page(BREAD * 30 + "The casino was closed. " + BREAD * 30), clear=True) == ()


def test_text_that_was_not_read_to_its_end_is_not_clear(lexicon: Lexicon) -> None:
    long = page(BREAD * (LONGEST_TEXT // len(BREAD) + 9))
    assert doubts(lexicon, long, clear=True) == (f"only the first {LONGEST_TEXT} characters of its text were read",)


def test_a_paragraph_of_gambling_in_a_long_page_is_no_mirror_and_a_casino_is(lexicon: Lexicon) -> None:
    assert "parts of the page name nothing" in doubts(lexicon, page(BREAD * 30 + CASINO * 3), mirror=True)[0]
    assert doubts(lexicon, page(CASINO * 30), mirror=True) == ()
    assert doubts(lexicon, page(BREAD + CASINO), mirror=True) == ()


def test_words_of_two_windows_are_not_taken_together(lexicon: Lexicon) -> None:
    apart = page("casino " + BREAD * 30 + "roulette " + BREAD * 30 + "deposit bonus")
    assert dense_window(lexicon, lexicon.search(places_of(apart))) == ()


def test_an_empty_page_has_no_doubt_of_this_kind(lexicon: Lexicon) -> None:
    assert doubts(lexicon, page(""), clear=True) == doubts(lexicon, page("")) == ()


STUDY = "We studied casino players: slots, roulette and free spins, deposit limits and bonus offers. "


@pytest.mark.parametrize(
    "offer",
    [
        "Sign up in a minute.",
        "Промокод TUMAR",
        "<a href='https://tumar.example/?btag=7'>here</a>",
        "<form><input type=password name=p></form>",
    ],
)
def test_a_study_of_casinos_that_invites_to_nothing_is_no_mirror(lexicon: Lexicon, offer: str) -> None:
    [told] = doubts(lexicon, page(STUDY * 5), mirror=True)
    assert told.startswith("invites its visitors to nothing")
    assert doubts(lexicon, page(STUDY * 5 + offer), mirror=True) == ()


def test_a_report_that_quotes_offers_and_speaks_of_the_law_is_for_a_person(lexicon: Lexicon) -> None:
    report = CASINO * 5 + "Уголовный кодекс. Досудебное расследование. "
    assert doubts(lexicon, page(report), mirror=True) == ()
    [told] = doubts(lexicon, page(report + "Незаконный игорный бизнес. "), mirror=True)
    assert told == "speaks of the law or of help with addiction 3 times, as pages about gambling do"
