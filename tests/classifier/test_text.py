"""Words as hashed features: the same words in any spelling are one, what is not learnt adds nothing, and what adds can be named."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from classifier.page import Page, read_page
from classifier.text import KINDS, LONGEST, SHIFT, TextWeights, named, text_features, text_odds, text_parts
from classifier.training.text_fitting import LEAST_GROUPS, balanced, fit_text, owner_weights, text_odds_of, vocabulary_of
from tests.classifier.making import BAKERY, CASINO


def told(html, url="https://h1.example/"):
    """Every feature of a page as (kind, words), with its value."""
    features = text_features(read_page(url, html))
    names = named(features, range(len(features.hashes)))
    return {(one.kind, one.words): float(value) for one, value in zip(names, features.values, strict=True)}


def text(words):
    return text_features(Page(url="", title="", text=words, shown=words))


def names_in(words):
    features = text(words)
    return {(one.kind, one.words) for one in named(features, range(len(features.hashes)))}


def test_a_word_is_found_by_itself_by_its_stem_and_beside_the_next():
    assert set(told("<p>Лучшее казино")) == {
        ("words", "Лучшее"),
        ("words", "казино"),
        ("stem", "Лучше…"),
        ("stem", "казин…"),
        ("phrase", "Лучшее казино"),
    }


def test_what_comes_again_counts_less_each_time():
    found = told("<p>казино на казино на казино")
    assert found["words", "казино"] == pytest.approx(1 + np.log(3)) and found["words", "на"] == pytest.approx(1 + np.log(2))


def test_every_part_of_a_page_is_a_kind_of_its_own():
    html = (
        "<title>Бонус</title><meta name=description content=ставки><a href=/casino/x class=tile-card><img src=/pics/slots.webp alt=рулетка></a>"
        "<script src=/js/loader.js></script><iframe src=https://games.test/frame></iframe><form action=/deposit><input name=amount></form>"
    )
    found = set(told(html))
    assert {("title", "Бонус"), ("title phrase", "Бонус ставки"), ("link address", "casino"), ("class or id", "tile")} <= found
    assert {
        ("image", "slots"),
        ("image", "рулетка"),
        ("script or frame", "loader"),
        ("script or frame", "games"),
        ("form", "amount"),
    } <= found
    assert {kind for kind, _ in found} <= set(KINDS)


def test_the_pages_own_name_is_no_word_of_its_addresses():
    found = told("<a href=/login>x</a><a href=https://other.test/casino>y</a>", url="https://bakery.example/")
    assert ("link address", "bakery") not in found and ("link address", "other") in found


@pytest.mark.parametrize("spelling", ["бонус", "Бонус", "BONUS", "bonus", "bônus", "bónus", "𝐛𝐨𝐧𝐮𝐬", "ｂｏｎｕｓ", "βόνυς"])
def test_one_word_in_many_letters_is_one_feature(spelling):
    assert list(text(spelling).hashes) == list(text("bonus").hashes)


def test_words_that_differ_are_other_features():
    words = ["бонус", "бонусы", "сунбо", "бону", "bo nus", "казино", "casinò casino"]
    seen = [tuple(text(word).hashes) for word in words]
    assert len(set(seen)) == len(words)


@pytest.mark.parametrize("words", ["कैसीनो", "ক্যাসিনো", "كازينو", "კაზინო", "카지노", "ամեն"])
def test_vowel_signs_and_other_scripts_do_not_part_a_word(words):
    assert ("words", words) in names_in(words)


def test_scripts_that_do_not_part_words_are_read_two_characters_at_a_time():
    found = names_in("老虎机赌场")
    assert ("phrase", "老虎") in found and ("words", "赌") in found and ("words", "老虎机赌场") not in found


def test_numbers_are_one_word_and_single_letters_none():
    assert {words for kind, words in names_in("x 100 бонус 777") if kind == "words"} == {"100", "бонус"}
    assert max(text("x 100 бонус 777").values) == pytest.approx(1 + np.log(2))


@pytest.mark.parametrize(
    "html", ["", "\x00" * 500, "<p>! ? — …", "<p>" + "казино " * 50_000, "<p>" + "a" * 300_000, "<p>\ud800\udfff \U0010ffff"]
)
def test_no_text_breaks_it_and_work_is_bounded(html):
    features = text_features(read_page("https://h1.example/", html))
    assert len(features.source) <= sum(LONGEST) + len(LONGEST)
    assert np.all(np.diff(features.hashes.astype(object)) > 0) if len(features.hashes) > 1 else True


def test_the_kind_is_the_upper_four_bits_of_a_hash():
    features = text("лучшее казино")
    assert sorted({KINDS[int(one >> SHIFT)] for one in features.hashes}) == ["phrase", "stem", "words"]


@pytest.mark.parametrize(("html", "digest"), [(CASINO, "a563201909abea44"), (BAKERY, "d96e23b7d224e869")], ids=["casino", "bakery"])
def test_a_page_has_the_same_features_on_every_machine(html, digest):
    """A committed model knows words by these hashes: whoever changes them must train again."""
    features = text_features(read_page("https://h1.example/", html))
    assert hashlib.sha256(features.hashes.tobytes() + features.values.round(3).tobytes()).hexdigest()[:16] == digest


CASINO_WORDS, OTHER_WORDS = "казино ставки бонус фриспины выигрыш", "хлеб булки торты рецепт мука"


def corpus():
    """Pages of twelve owners, half of them casinos, with a word of each owner's own."""
    pages, groups, truth = [], [], []
    for owner in range(12):
        for number in range(3):
            words = CASINO_WORDS if owner % 2 else OTHER_WORDS
            pages.append(text(f"{words} {words.split()[number]} наше слово{'абвгдежзиклм'[owner]}"))
            groups.append(f"owner-{owner}")
            truth.append(bool(owner % 2))
    return pages, groups, np.array(truth)


def fitted():
    pages, groups, truth = corpus()
    return fit_text(pages, groups, owner_weights(groups, truth), truth)


def test_a_fitted_model_parts_pages_of_owners_it_has_not_seen():
    weights = fitted()
    odds = text_odds_of([text("новые ставки и бонус"), text("свежие булки и торты")], weights)
    assert odds[0] > 0.5 and odds[1] < -0.5


def test_what_fewer_groups_have_is_not_learnt():
    pages, groups, _ = corpus()
    vocabulary, _ = vocabulary_of(pages, groups, groups)
    known = set(vocabulary.tolist())
    assert set(text("казино").hashes.tolist()) <= known
    assert not set(text("словоа").hashes.tolist()[:1]) & known, f"one owner's word, and {LEAST_GROUPS} are asked for"


def test_parts_and_intercept_are_the_odds_and_unknown_words_add_nothing():
    weights, features = fitted(), text("казино булки неслыханное")
    parts = text_parts(features, weights)
    by_words = dict(zip([one.words for one in named(features, range(len(parts)))], parts, strict=True))
    assert by_words["неслыханное"] == 0 and by_words["казино"] > 0 > by_words["булки"]
    assert text_odds(parts, weights) == pytest.approx(parts.sum() + weights.intercept)
    assert text_odds_of([features], weights)[0] == text_odds(parts, weights)


def test_a_page_padded_with_words_of_its_making_is_read_the_same():
    """The sections are brought to length each by itself."""
    weights = fitted()
    plain, padded = (text_features(read_page("", f"<p class='{marks}'>{CASINO_WORDS}")) for marks in ("", "wrap grid flex " * 300))
    assert text_odds_of([plain], weights)[0] == pytest.approx(text_odds_of([padded], weights)[0])


def test_odds_of_the_pages_fitted_on_have_unit_spread():
    pages, groups, truth = corpus()
    assert np.std(text_odds_of(pages, fit_text(pages, groups, owner_weights(groups, truth), truth))) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("truth", [np.ones(36, dtype=bool), np.zeros(36, dtype=bool)])
def test_one_class_alone_teaches_nothing(truth):
    pages, groups, _ = corpus()
    assert not len(fit_text(pages, groups, np.ones(36), truth).vocabulary)


def test_an_owner_of_many_pages_counts_like_a_few():
    groups, truth = ["many"] * 100 + ["one"] + ["clean"] * 101, np.array([True] * 101 + [False] * 101)
    weights = owner_weights(groups, truth)
    assert weights[0] * 100 == pytest.approx(4 * weights[100]) and weights.mean() == pytest.approx(1)


def test_the_smaller_class_weighs_a_third():
    truth = np.array([True] + [False] * 99)
    assert balanced(np.ones(100), truth)[truth].sum() / 100 == pytest.approx(1 / 3, abs=0.01)


def test_a_model_that_knows_no_word_says_nothing():
    nothing = TextWeights(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.float16), np.zeros(0, dtype=np.float16), 0.0)
    assert text_odds_of([text("казино")], nothing)[0] == 0.0


def test_scoring_text_imports_no_scikit_learn():
    program = "import sys, classifier.text, classifier.novelty; print([name for name in sys.modules if name.split('.')[0] in ('sklearn', 'scipy')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
