"""Concepts in texts: in every language and spelling that the table has, and not in words that only look like them."""

import time

import pytest

from classifier.concepts import Lexicon
from classifier.terms import Term
from tests.classifier.making import extractor
from tests.conftest import LINEAR_SECONDS


def lexicon(*terms):
    return Lexicon(
        [Term(concept=concept, kind="strong", language="ru", term=term, match=match, source="", date="") for concept, term, match in terms]
    )


def named(text):
    shipped = extractor().lexicon
    return {shipped.names[concept] for concept in shipped.search([text]).concepts}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Онлайн казино Тумар", "casino"),
        ("играть в каzино", "casino"),
        ("c a s i n o", "casino"),
        ("ca\u00adsi\u200bno", "casino"),
        ("тегін айналымдар күтеді", "free spins"),
        ("тегин айналым", "free spins"),
        ("спортқа бәс тігу", "betting"),
        ("шотты толтыру оңай", "deposit"),
        ("güncel giriş adresi", "mirror"),
        ("guncel giris", "mirror"),
        ("roʻyxatdan oʻting", "sign up"),
        ("безкоштовні обертання", "free spins"),
        ("pulsuz fırlanma", "free spins"),
        ("situs slot gacor", "gacor"),
        ("giros grátis", "free spins"),
        ("código promocional", "promo code"),
        ("เว็บสล็อตออนไลน์", "slots"),
        ("在线老虎机", "slots"),
        ("कैसीनो बोनस", "casino"),
        ("Только для лиц 18+", "age"),
        ("скачай Mostbet", "brand"),
        ("Pin-Up casino", "brand"),
    ],
)
def test_a_term_is_found_in_its_language_and_in_disguise(text, concept):
    assert concept in named(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("киім тігу курстары", "betting"),
        ("нысанды толтырыңыз", "deposit"),
        ("gold mines of the north", "crash games"),
        ("выиграть у чемпиона в шахматы", "winnings"),
        ("нотариус, лицензия № 0001234", "licence claim"),
        ("коробка автомат, полный привод", "slots"),
        ("parking slots and time slots", "slots"),
        ("the market is betting on a rate cut", "betting"),
        ("ключевая ставка", "betting"),
        ("а и б сидели на трубе", "casino"),
    ],
)
def test_words_that_only_look_like_it_are_not(text, concept):
    assert concept not in named(text)


def test_a_place_ends_where_the_next_begins():
    hits = lexicon(("casino", "казино*", "stem")).search(["одно казино", "", "казино"])
    assert hits.ends == (2, 2, 3) and hits.words.tolist() == [1, 2]


def test_a_phrase_counts_once_and_not_again_for_its_words():
    found = lexicon(("casino", "казино*", "stem"), ("casino", "онлайн казино*", "phrase"), ("live", "живое казино", "phrase"))
    hits = found.search(["онлайн казино, живое казино"])
    assert [(int(word), found.names[concept]) for word, concept in zip(hits.words, hits.concepts, strict=True)] == [
        (0, "casino"),
        (2, "live"),
        (3, "casino"),
    ]


def test_a_phrase_does_not_reach_beyond_the_text():
    found = lexicon(("live", "живое казино", "phrase"))
    assert not len(found.search(["живое", "казино"]).words[:0]) and not len(found.search(["это живое"]).words)


def test_a_phrase_is_found_by_whichever_of_its_words_is_rarest():
    found = lexicon(("one", "лёгкий путь", "phrase"), ("two", "путь домой*", "phrase"), ("three", "весь путь", "phrase"))
    hits = found.search(["легкий путь домойка весь путь", "путь"])
    assert [(word, found.names[concept]) for word, concept in zip(hits.words, hits.concepts, strict=True)] == [
        (0, "one"),
        (1, "two"),
        (3, "three"),
    ]


@pytest.mark.parametrize("stem", ["ю", "юг", "юго", "югославия"])
def test_a_stem_of_any_length_begins_a_word(stem):
    found = lexicon(("place", f"{stem}*", "stem"), ("other", "юъъщ*", "stem"))
    assert found.search([stem, f"{stem}ъъъ", f"ъ{stem}"]).words.tolist() == [0, 1]


def test_the_first_concept_of_a_text():
    found = lexicon(("one", "море*", "stem"), ("two", "гора", "word"))
    assert (found.first_concept("гора у моря, море"), found.first_concept("река")) == ("two", "")


def test_disguised_words_are_told():
    assert extractor().lexicon.search(["каzино и казино"]).masked == ("каzино",)


def test_different_names_of_brands_are_counted_once_each():
    assert extractor().lexicon.search(["mostbet, Mostbet, most bet, vavada"]).brands == {"mostbet", "most bet", "vavada"}


@pytest.mark.parametrize(
    "text", ["a " * 200_000, "казино " * 50_000, "c a s i n o " * 20_000, "я1" * 100_000, "\u0e2a" * 100_000, "+" * 200_000]
)
def test_hostile_text_is_searched_in_bounded_time(text):
    begun = time.process_time()
    extractor().lexicon.search([text])
    assert time.process_time() - begun < LINEAR_SECONDS
