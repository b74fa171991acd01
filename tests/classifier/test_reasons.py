"""Reasons: plain words a person can check on the page, quoted from it, with exact weights whose sum is the log-odds."""

import re
from itertools import pairwise

import numpy as np
import pytest

from classifier.concepts import Lexicon
from classifier.features import Extractor, places_of
from classifier.page import Page, read_page
from classifier.quoting import LONGEST_QUOTE, quote_of, quoted_text
from classifier.reasons import LAST, MOST_AGAINST, MOST_FOR, NOTHING, NOTHING_STRONG, NOTHING_STRONG_READ, Parts, reasons_of
from classifier.terms import Term
from classifier.text import KINDS, named
from classifier.wording import (
    REST,
    TOLD_OF_SHAPE,
    beside_in_words,
    column_in_words,
    concept_in_words,
    evidence_in_words,
    subjects_in_words,
    subjects_of,
)

WORDS = {
    ("casino", "strong"): ("казино*", "casino*"),
    ("betting", "strong"): ("ставки", "betting"),
    ("bonus", "soft"): ("бонус*", "bonus*"),
    ("deposit", "soft"): ("депозит*",),
    ("help", "apart"): ("лудоман*",),
    ("brand", "strong"): ("тұмарбет*",),
    ("promo code", "lure"): ("промокод*",),
}
TERMS = [
    Term(
        concept=concept,
        kind=kind,
        language="mul",
        term=word,
        match="stem" if word.endswith("*") else "word",
        source="test",
        date="2026-11-21",
    )
    for (concept, kind), words in WORDS.items()
    for word in words
]
CASINO = (
    "<title>Казино Тұмар</title><p>Лучшее казино города. Бонус на первый депозит. Казино работает всегда, делайте ставки.</p>"
    "<a href=/casino class=casino-card><img src=/a.png></a><a href=https://other.test/go/1>Играть в казино</a>"
)


@pytest.fixture(scope="module")
def extractor():
    return Extractor(Lexicon(TERMS))


def told(extractor, html, weights=None, words=None, start=-1.0, nothing=0.0):
    """The reasons of a page whose numbers weigh as given (column -> weight), and whose words do (words -> what they add)."""
    page = read_page("https://h1.example/", html)
    features = extractor.read(page)
    line = np.array([(weights or {}).get(column, 0.0) for column in extractor.columns])
    names = named(features.text, range(len(features.text.hashes)))
    text = np.array([(words or {}).get((one.kind, one.words), 0.0) for one in names])
    none = np.where(subjects_of(extractor.columns).spoken & (line != 0), nothing, 0.0)
    dense = line * features.dense + none
    odds = float(dense.sum() + text.sum()) + start
    return reasons_of(page, extractor, features, Parts(dense, none, text), odds), odds


def test_all_that_counts_a_concept_is_one_reason_with_the_sum(extractor):
    weights = {"times: casino": 1.0, "per thousand words: casino": 0.5, "title: casino": 0.25, "addresses: casino": 0.1}
    (first, last), odds = told(extractor, CASINO, weights)
    assert first.text == "names casino 3 times, also in the title, links, addresses and class names"
    assert first.weight == pytest.approx(odds + 1.0, abs=0.001) and (last.text, last.weight) == (LAST, -1.0)


def test_brands_and_how_many_there_are_are_one_reason(extractor):
    [first, last], odds = told(extractor, "<p>Тұмарбет", {"times: brand": 1.0, "brands": 1.0})
    assert (first.text, first.weight) == ("names brands of gambling once", pytest.approx(odds - last.weight, abs=0.001))


def test_subjects_of_gambling_are_listed_those_of_one_passage_by_themselves(extractor):
    far = "<p>Казино. Промокод." + " пекарня" * 300 + " <p>Ставки и Тұмарбет."
    [all_of_them, _], _ = told(extractor, far, {"strong concepts, text": 1.0})
    [passage, _], _ = told(extractor, far, {"strong concepts in one window": 1.0})
    assert all_of_them.text == "subjects of gambling: casino, promo codes, betting and brands of gambling"
    assert passage.text == "subjects of gambling in one passage: casino and promo codes"
    assert told(extractor, "<p>Промокод", {"strong concepts, text": 1.0})[0][0].text == LAST, "a shop has promo codes too"


def test_words_of_the_text_channel_that_name_a_concept_belong_to_it(extractor):
    words = {("words", "казино"): 0.3, ("class or id", "casino"): 0.2, ("stem", "казин…"): 0.1, ("title", "Казино"): 0.4}
    reasons, _ = told(extractor, CASINO, words=words)
    assert [(one.text.split(" 3 times")[0], one.weight) for one in reasons[:-1]] == [("names casino", pytest.approx(1.0))]


def test_other_words_are_quoted_by_themselves_and_empty_ones_are_in_the_rest(extractor):
    html = "<p>Пекарня города, и на углу 100 тортов</p><i class=swiper-wrapper></i>"
    words = {
        ("words", "Пекарня"): -0.4,
        ("phrase", "и на"): -0.5,
        ("words", "на"): -0.6,
        ("words", "100"): 0.7,
        ("class or id", "swiper"): 0.8,
    }
    reasons, _ = told(extractor, html, words=words)
    assert [(one.text, one.weight) for one in reasons[:-1]] == [("words «Пекарня»", -0.4)]
    assert reasons[0].quote == "Пекарня города, и на углу 100 тортов"


def test_two_concepts_beside_one_another_are_told_with_the_places_and_quoted(extractor):
    passage = "Бонус за депозит. " + "мы печём хлеб " * 80
    [first, _], _ = told(extractor, f"<p>{passage * 3}", {"beside: deposit + bonus": 1.0})
    assert re.fullmatch(r"deposits beside bonuses in \d+ places", first.text) and first.quote.startswith("Бонус за депозит. мы")


@pytest.mark.parametrize(
    ("html", "text"),
    [("<p>Мы печём хлеб и торты", NOTHING), ("<p>Бонус за каждый торт", NOTHING_STRONG), ("<p>Помощь лудоманам", NOTHING_STRONG)],
)
def test_of_what_is_not_there_one_thing_is_told(extractor, html, text):
    reasons, _ = told(extractor, html, {"times: casino": 1.0, "times: betting": 1.0}, nothing=-0.7)
    assert [(one.text, one.weight) for one in reasons[:-1]] == [(text, pytest.approx(-1.4))]


def test_a_page_that_names_a_casino_is_not_told_to_name_nothing(extractor):
    reasons, _ = told(extractor, CASINO, {"times: casino": 1.0, "times: betting": 1.0}, nothing=-0.7)
    assert not {NOTHING, NOTHING_STRONG, NOTHING_STRONG_READ} & {one.text for one in reasons}


def test_what_only_a_program_reads_is_told_apart(extractor):
    html = "<p>Мы печём хлеб</p><i class=casino-x></i>"
    reasons, _ = told(extractor, html, {"times: casino": 1.0, "times: betting": 1.0}, nothing=-0.7)
    assert [one.text for one in reasons[:-1]] == [NOTHING_STRONG_READ]


def test_the_text_that_is_quoted_is_the_text_that_was_counted():
    page = read_page("https://h1.example/", CASINO + "<meta name=description content='о нас'>")
    assert tuple(quoted_text(page, place) for place in range(3)) == places_of(page)[:3]


@pytest.mark.parametrize("before", ["Акт № 5… ", "½ цены, ﬁнал — ", "не\u00adвидимо\u200b ", "İSTANBUL: "])
def test_a_quote_stands_as_the_page_has_it_whatever_folding_does_to_its_length(extractor, before):
    [reason, _], _ = told(extractor, f"<p>{before}Лучшее КАЗИНО Города Тұмар", {"times: casino": 1.0})
    assert "Лучшее КАЗИНО Города Тұмар" in reason.quote


def test_a_term_far_down_is_quoted_too(extractor):
    first = told(extractor, f"<p>{'мы печём хлеб и торты. ' * 400}И вдруг казино.", {"times: casino": 1.0})[0][0]
    assert first.quote.endswith("торты. И вдруг казино.")


def test_help_speaks_against(extractor):
    [first, _], _ = told(extractor, "<p>Помощь лудоманам и родным", {"times: help": -1.0})
    assert first.text == "speaks of help with addiction to gambling once" and first.weight < 0
    assert first.quote == "Помощь лудоманам и родным"


def test_what_the_page_is_made_of_is_told_only_where_it_is_there_and_speaks_for_gambling(extractor):
    column = "pictures that are links"
    assert told(extractor, CASINO, {column: 1.0})[0][0].text == "pictures that are links: 1"
    assert len(told(extractor, CASINO, {column: -1.0})[0]) == len(told(extractor, "<p>хлеб", {column: 1.0})[0]) == 1
    assert len(told(extractor, CASINO, {"links": 5.0, "characters of text": 5.0})[0]) == 1


def every_weight(extractor, sign):
    return {column: sign(number) * 0.3 for number, column in enumerate(extractor.columns)}


def test_weights_add_up_to_the_log_odds_and_are_ranked(extractor):
    weights = every_weight(extractor, lambda number: 1 if number % 3 else -1)
    reasons, odds = told(extractor, CASINO, weights, {("words", "города"): 0.2}, nothing=0.013)
    assert sum(one.weight for one in reasons) == pytest.approx(odds, abs=0.001)
    signed = [one.weight for one in reasons[:-1]]
    assert signed == sorted(signed, key=lambda weight: (weight < 0, -abs(weight)))
    assert sum(weight > 0 for weight in signed) <= MOST_FOR and sum(weight < 0 for weight in signed) <= MOST_AGAINST


def test_no_reason_is_told_twice_and_the_same_page_gives_the_same(extractor):
    weights = every_weight(extractor, lambda number: 1)
    reasons, _ = told(extractor, CASINO, weights)
    assert len({one.text for one in reasons}) == len(reasons) and reasons == told(extractor, CASINO, weights)[0]


def test_reasons_are_plain_words_on_one_short_line(extractor):
    for column in extractor.columns:
        for one in told(extractor, CASINO, {column: 1.0})[0]:
            assert not re.search(r"[_+]|: \w+: |per thousand", one.text) and len(one.text) < 200, (column, one.text)
            assert len(one.quote) <= LONGEST_QUOTE and "\n" not in one.quote


def test_every_column_is_somebodys_or_the_rest(extractor):
    subjects = subjects_of(extractor.columns)
    assert len(subjects.of) == len(subjects.spoken) == len(extractor.columns)
    assert {subject.name for subject in subjects.told if subject.sort == "shape"} == set(TOLD_OF_SHAPE)
    assert subjects.told[subjects.of[extractor.columns.index("characters of text")]] == REST


def test_a_hostile_page_breaks_no_line(extractor):
    html = "<p>казино \u202e\x1b[31m\u200b бонус " + "я" * 500
    reasons, _ = told(extractor, html, {"times: casino": 1.0, "times: bonus": 1.0}, {("words", "бонус"): 1.0})
    assert all(not re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u202e]", one.text + one.quote) for one in reasons)


def test_an_empty_page_has_the_rest_alone(extractor):
    reasons, odds = told(extractor, "")
    assert [(one.text, one.weight) for one in reasons] == [(LAST, odds)]


def test_a_title_or_link_is_quoted_where_the_text_says_nothing(extractor):
    title = told(extractor, "<title>Лучшее казино</title><p>хлеб", {"title: casino": 1.0})[0][0]
    assert (title.text, title.quote) == ("names casino in the title", "Лучшее казино")
    name = told(extractor, "<i class=casino-x></i><p>хлеб", {"class names: casino": 1.0})[0][0]
    assert (name.text, name.quote) == ("names casino in class names", "")


CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    "text",
    [f"{CARD} казино {CARD}", f"казино {'а' * 104} {CARD}", f"{CARD} {'а' * 31} казино", f"{CARD} " * 8 + "казино " + f"{CARD} " * 8],
)
def test_no_card_number_is_quoted_nor_a_piece_of_one(text):
    begin = text.index("казино")
    quote = quote_of(text, begin, begin + 6)
    assert "казино" in quote and not re.search(r"(?<![…\d])\d{4} \d{4}(?!\d)", quote), quote


@pytest.mark.parametrize("before", [0, 10, 44, 45, 46, 300])
def test_a_quote_begins_with_a_whole_word_and_holds_the_term(before):
    text = ("слово " * 80)[:before].rstrip() + " казино " + "потом " * 80
    begin = text.index("казино")
    quote = quote_of(text, begin, begin + 6)
    assert (
        "казино" in quote
        and len(quote) <= LONGEST_QUOTE
        and quote.split()[0] in ("слово", "казино", *("слово"[:size] for size in range(5)))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (concept_in_words("casino", 14, [0]), "names casino 14 times"),
        (concept_in_words("casino", 1, [0, 1]), "names casino once, also in the title"),
        (concept_in_words("mirror", 0, [2, 4]), "names a mirror or a way around blocking in links and addresses"),
        (concept_in_words("law", 2, [0], speaks=True), "speaks of law and regulators twice"),
        (beside_in_words("casino + bonus", 1), "casino beside bonuses"),
        (evidence_in_words("payment, strong", 2), "facts found on the page: ways of paying (strong): 2"),
        (column_in_words("addresses: casino"), "casino in addresses"),
        (column_in_words("partner links"), "partner links"),
        (subjects_in_words("subjects", list("abcdefgh")), "subjects: a, b, c, d, e, f and 2 more"),
    ],
)
def test_plain_words(text, expected):
    assert text == expected


def test_a_quote_shows_the_words_that_a_disguise_hides(extractor):
    reason = told(extractor, "<p>наше c\u200basino тут, и ﬁнал", {"times: casino": 1.0})[0][0]
    assert "casino" in reason.quote


def test_kinds_of_words_are_as_many_as_their_numbers():
    assert len(KINDS) <= 16 and all(one != other for one, other in pairwise(KINDS))


def test_a_page_without_an_address_is_told_too(extractor):
    page = Page(url="", title="", text="казино", shown="казино")
    features = extractor.read(page)
    zero = np.zeros(len(extractor.columns))
    assert reasons_of(page, extractor, features, Parts(zero, zero, np.zeros(len(features.text.hashes))), 0.5)[0].weight == 0.5
