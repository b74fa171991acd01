"""What is unlike the training data is told in words: strange scripts and languages, numbers out of range, one word again and again. What is known is not."""

from itertools import pairwise

import numpy as np
import pytest

from classifier.concepts import Lexicon
from classifier.features import Extractor
from classifier.novelty import MOST_FAR, SCRIPTS, familiar_arrays, familiar_from, familiar_of, novelty_of, strangeness_of
from classifier.page import Page, read_page
from classifier.terms import Term

TERMS = [
    Term(concept=concept, kind="strong", language="mul", term=word, match="stem", source="test", date="2026-11-21")
    for concept, word in (("casino", "казино*"), ("casino", "casino*"), ("slots", "слот*"), ("slots", "slot*"), ("bonus", "bonus*"))
]
RUSSIAN = (
    "пекарня печёт хлеб торты булки каждый день утром вечером свежая мука молоко соль город район дом улица магазин цена работа звонок"
)
ENGLISH = "bakery bread cakes every morning evening fresh flour milk salt town house street store price work phone order open today table"
GEORGIAN = "საცხობი პური ნამცხვარი ყოველ დილით საღამოს ახალი ფქვილი რძე მარილი ქალაქი სახლი ქუჩა მაღაზია ფასი სამუშაო ზარი შეკვეთა ღია დღეს"
HUNGARIAN = "pékség kenyér torta minden reggel este friss liszt tej só város ház utca bolt ár munka hívás rendelés nyitva ma asztal péntek szombat vasárnap hétfő"


@pytest.fixture(scope="module")
def extractor():
    return Extractor(Lexicon(TERMS))


def read(extractor, words):
    return extractor.read(Page(url="", title="", text=words, shown=words))


def shuffled(words, number):
    return " ".join(np.random.default_rng(number).permutation(words.split() * 3))


@pytest.fixture(scope="module")
def familiar(extractor):
    """Two owners who write Russian, two who write English, and one of Greek."""
    texts = [shuffled(RUSSIAN, 1), shuffled(RUSSIAN, 2), shuffled(ENGLISH, 3), shuffled(ENGLISH, 4), "αρτοποιείο ψωμί κέικ κάθε πρωί " * 8]
    casino = shuffled(RUSSIAN, 6) + " казино слоты"
    return familiar_of([read(extractor, text) for text in (*texts, casino)], ["a", "b", "c", "d", "e", "f"])


@pytest.mark.parametrize("words", [RUSSIAN, ENGLISH, f"{RUSSIAN} {ENGLISH}"])
def test_what_is_like_the_training_pages_is_not_new(extractor, familiar, words):
    assert novelty_of(read(extractor, shuffled(words, 9)), extractor, familiar) == ()


def test_a_script_that_no_training_page_had_is_named(extractor, familiar):
    told = novelty_of(read(extractor, GEORGIAN), extractor, familiar)
    assert told == ("100% of its letters are of a script that no two owners of training pages used (Georgian)",)


def test_one_owners_script_is_not_known(extractor, familiar):
    assert "(Greek)" in novelty_of(read(extractor, "ψωμί για το σπίτι " * 5), extractor, familiar)[0]


def test_a_language_that_no_training_page_had_is_told_by_its_words(extractor, familiar):
    [told] = novelty_of(read(extractor, shuffled(HUNGARIAN, 5)), extractor, familiar)
    assert told.endswith("of its words are unknown to the model")


def test_a_strange_language_that_names_what_gambling_alone_names_is_understood(extractor, familiar):
    text = shuffled(HUNGARIAN, 5)
    assert novelty_of(read(extractor, f"{GEORGIAN} casino slot"), extractor, familiar) == ()
    assert novelty_of(read(extractor, f"{text} casino slot"), extractor, familiar) == ()
    assert novelty_of(read(extractor, f"{text} casino kaszinó"), extractor, familiar) != (), "one concept is not enough"


def test_too_few_words_are_no_language(extractor, familiar):
    assert novelty_of(read(extractor, "pékség kenyér torta minden reggel"), extractor, familiar) == ()


def test_numbers_and_prices_are_no_unknown_words(extractor, familiar):
    text = " ".join(f"{number} {word}" for number, word in enumerate(RUSSIAN.split() * 3))
    assert strangeness_of(read(extractor, text), extractor, familiar).unknown == 0


def test_one_word_again_and_again_is_told_whatever_it_names(extractor, familiar):
    told = novelty_of(read(extractor, "казино " * 200 + "слоты бонус хлеб"), extractor, familiar)
    assert "one word is 99% of its text («казино»)" in told


def test_numbers_far_beyond_training_are_counted_and_some_named(extractor, familiar):
    html = (
        "<form><input type=password><input name=casino></form><iframe src=/casino></iframe><a href=/go/casino><img src=a.png alt=casino>casino slots</a>"
        * 40
    )
    told = novelty_of(extractor.read(read_page("https://h1.example/", html)), extractor, familiar)
    assert any("things are counted far more often on it than on any training page, among them casino in" in text for text in told)
    assert len(strangeness_of(extractor.read(read_page("", html)), extractor, familiar).far) >= MOST_FAR


@pytest.mark.parametrize("words", ["", " ", "!!! 123 456", "老虎机" * 100, "\ud800 \U0010ffff", "\U0001d41c\U0001d41a" * 50])
def test_no_text_breaks_it(extractor, familiar, words):
    assert isinstance(novelty_of(read(extractor, words), extractor, familiar), tuple)


def test_what_is_stored_is_what_comes_back(extractor, familiar):
    again = familiar_from(familiar_arrays(familiar))
    for words in (RUSSIAN, HUNGARIAN):
        assert strangeness_of(read(extractor, words), extractor, again) == strangeness_of(read(extractor, words), extractor, familiar)


def test_scripts_of_another_program_are_refused(familiar):
    arrays = {**familiar_arrays(familiar), "known_scripts": np.zeros(3, dtype=np.bool_)}
    with pytest.raises(ValueError, match="known_scripts"):
        familiar_from(arrays)


def test_no_two_scripts_share_a_letter():
    ranges = sorted((first, last) for _, parts in SCRIPTS for first, last in parts)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))
