"""One spelling for what looks the same to a reader."""

import pytest

from classifier.folding import folded, unaccented, unmasked


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("CASINO", "casino"),
        ("ｃａｓｉｎｏ", "casino"),
        ("ca\u00adsi\u200bno", "casino"),
        ("𝐜𝐚𝐬𝐢𝐧𝐨", "casino"),
        ("Ёлка", "елка"),
        ("BAHİS", "bahis"),
        ("roʻyxatdan", "ro'yxatdan"),
        ("casino_bonus", "casino bonus"),
    ],
)
def test_what_a_reader_does_not_see_is_no_difference(written, read):
    assert folded(written) == read


@pytest.mark.parametrize(
    ("word", "meant"),
    [("каzино", "казино"), ("cаsinо", "casino"), ("cas1no", "casino"), ("b0nus", "bonus"), ("cásinó", "casino"), ("кaзин0", "казино")],
)
def test_a_word_in_disguise_is_read_as_what_it_says(word, meant):
    assert meant in unmasked(folded(word))


@pytest.mark.parametrize("word", ["казино", "casino", "2024", "құмар"])
def test_a_plain_word_has_no_other_reading(word):
    assert unmasked(word) == ()


def test_accents_go_and_other_scripts_stay():
    assert unaccented("giriş") == "giris" and unaccented("ұтыс") == "ұтыс"
