"""The lexicon as data: read whole or refused by file and line; brands spelt from their patterns."""

import pytest

from casefile.errors import ModelError
from casefile.reference import Brand
from classifier.terms import LEXICON, brand_terms, read_terms, spellings, terms_from, written
from classifier.training.corpus import REFERENCE, load_tables

HEAD = "concept,kind,language,term,match,source,date\n"
ROW = "casino,strong,ru,казино*,stem,made up,2026-11-21\n"


def test_what_is_written_is_read_again():
    terms = load_tables().terms
    assert terms_from(written(terms), "here") == terms


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "first line"),
        ("concept,term\n", "first line"),
        (HEAD + "casino,strong,ru,казино*,regex,made up,2026-11-21\n", "here:2"),
        (HEAD + ROW + "casino,sure,ru,казино*,stem,made up,2026-11-21\n", "here:3"),
        (HEAD + ROW + "casino,strong\n", "here:3"),
        (HEAD + "casino,strong,ru, * ,stem,made up,2026-11-21\n", "here:2"),
    ],
)
def test_a_garbled_table_is_refused_by_line(text, says):
    with pytest.raises(ModelError, match=says):
        terms_from(text, "here")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(ModelError, match="lexicon"):
        read_terms(tmp_path / LEXICON)


def test_every_term_has_a_source_a_date_and_one_kind_a_concept():
    terms = read_terms(REFERENCE / LEXICON)
    assert all(term.source and term.date for term in terms)
    assert len({(term.concept, term.kind) for term in terms}) == len({term.concept for term in terms})
    assert {"ru", "kk", "en", "tr", "uz", "uk", "az", "id", "pt", "es"} <= {term.language for term in terms if term.concept == "betting"}


@pytest.mark.parametrize(
    ("pattern", "spelt"),
    [
        ("(?<![0-9])1-?x-?bet", ["1xbet", "1x bet", "1 xbet", "1 x bet"]),
        (
            "v[uo]lkan-?(?:casino|24)",
            ["vulkancasino", "vulkan24", "vulkan casino", "vulkan 24", "volkancasino", "volkan24", "volkan casino", "volkan 24"],
        ),
        ("olimp(?!ia)|leonbets?", ["olimp", "leonbet", "leonbets"]),
    ],
)
def test_a_pattern_of_host_names_spells_names(pattern, spelt):
    assert sorted(spellings(pattern)) == sorted(spelt)


def test_a_long_name_may_begin_a_word_and_a_short_one_may_not():
    long, short = brand_terms([Brand(brand=name, pattern=name, source="made up", date="2026-11-21") for name in ("tumarbet", "tumar")])
    assert (long.term, long.match) == ("tumarbet*", "stem") and (short.term, short.match) == ("tumar", "word")
