"""Every class of poisoning does what it says, to any page, the same way every time."""

import re

import pytest

from classifier.measuring import poison as ways
from classifier.measuring.cloaks import CLOAKS, SHELL_PAGE
from classifier.measuring.poison import POISONS, Change, Stuff
from classifier.measuring.rewriting import every_word, gambling_words
from classifier.page import Page, read_page

URL = "https://tumar.example/"
HTML = (
    '<html><head><title>Казино Тумар</title><meta name="description" content="Best casino &amp; bonus"></head><body class="lobby">'
    '<p id="lead">Онлайн казино Тумар: слоты &amp; roulette</p><a href="https://pay.example/in"><img src="/a.png" alt="slot game"></a>'
    "<script>var casino = 1 < 2;</script></body></html>"
)
STUFF = Stuff(seed="one", benign="свежий хлеб и баурсаки каждый день " * 40, gambling="casino slots roulette jackpot free spins " * 20)
ODD = ("", "casino", "<", "<p>казино", "</body></body>", "<title>", "<!--", "<script>", "\x00\ud800", "<p>" * 50)


def by(change: Change, html: str = HTML) -> Page:
    return read_page(URL, change(html, STUFF))


@pytest.mark.parametrize("name", [poison.name for poison in POISONS if not poison.plant])
def test_a_class_changes_the_page_the_same_way_every_time_and_survives_any_input(name: str) -> None:
    poison = next(one for one in POISONS if one.name == name)
    assert poison.change(HTML, STUFF) == poison.change(HTML, STUFF) != HTML
    assert poison.says
    for odd in ODD:
        assert isinstance(poison.change(odd, STUFF), str)


@pytest.mark.parametrize("name", [poison.name for poison in POISONS if poison.plant])
def test_a_plant_changes_the_page_too(name: str) -> None:
    poison = next(one for one in POISONS if one.name == name and one.plant)
    assert poison.change(HTML, STUFF) == poison.change(HTML, STUFF) != HTML
    for odd in ODD:
        assert isinstance(poison.change(odd, STUFF), str)


def test_there_are_more_classes_than_the_fault_table_asks_for_and_no_name_stands_twice() -> None:
    names = [(poison.plant, poison.name) for poison in POISONS]
    assert len(names) == len(set(names)) >= 20
    assert len({cloak.name for cloak in CLOAKS}) == len(CLOAKS) == 10


def test_visible_padding_stands_where_it_says() -> None:
    assert by(ways.padded_after).text.startswith("Онлайн казино")
    assert by(ways.padded_after).text.endswith("каждый день")
    before = by(ways.padded_before)
    assert before.text.startswith("свежий хлеб")
    assert "Казино" not in before.title
    between = ways.padded_between("<body><p>казино</p><p>слоты</p><p>покер</p></body>", STUFF)
    assert re.search(r"казино</p><p>свежий.*слоты</p><p>.*покер</p>", between)


def test_many_times_padding_is_longer_than_what_is_read_of_a_page() -> None:
    long = Stuff(seed="one", benign="хлеб " * 2_000, gambling="")
    assert "казино" not in read_page(URL, ways.padded_many_times(HTML, long)).text.casefold()


def test_padding_in_noscript_and_comments_is_no_text() -> None:
    for change in (ways.padded_noscript, ways.padded_comments, ways.hacked_noscript, ways.hacked_comment):
        assert by(change).text == read_page(URL, HTML).text


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (ways.homoglyph_names, "Oнлaйн"),
        (ways.zero_width, "каз\u200bино"),
        (ways.soft_hyphens, "ка\u00adзи\u00adно"),
        (ways.spaced, "к а з и н о"),
        (ways.digits_for_letters, "ка3ин0"),
        (ways.full_width, "ｒｏｕｌｅｔｔｅ"),
    ],
)
def test_disguises_change_the_gambling_words_of_text_title_and_description(change: Change, seen: str) -> None:
    page = by(change)
    if change is not ways.homoglyph_names:
        assert seen in page.text
    assert "roulette" not in page.text
    assert dict(page.meta)["description"] != "Best casino & bonus"
    assert "var casino = 1 < 2;" in page.inline


def test_a_homoglyph_looks_alike_and_is_of_the_other_script() -> None:
    assert gambling_words("<p>casino хлеб</p>", lambda word: word.translate(ways.TWINS)) == "<p>саѕіnо хлеб</p>"
    assert every_word("<p>хлеб</p>", lambda word: word.translate(ways.TWINS)) == "<p>xлeб</p>"


def test_character_references_leave_the_page_as_it_was() -> None:
    page, plain = by(ways.as_entities), read_page(URL, HTML)
    assert (page.text, page.title, page.meta) == (plain.text, plain.title, plain.meta)


def test_pictures_say_nothing_but_what_describes_them() -> None:
    assert (by(ways.pictures).text, by(ways.pictures).title, by(ways.pictures).alts) == ("", "", ())
    assert by(ways.pictures_described).alts == ("slot game",)
    assert by(ways.four_pictures).tiles == 4
    assert "хлеб" in by(ways.pictures_padded).text


def test_text_moved_to_script_or_style_is_no_text() -> None:
    assert by(ways.text_in_script).text == by(ways.text_in_style).text == ""
    assert "казино Тумар" in by(ways.text_in_script).inline
    assert "казино Тумар" in ways.text_in_style(HTML, STUFF)


def test_names_and_links_are_disguised() -> None:
    assert not {"lobby", "lead"} & set(" ".join(by(ways.renamed).marks).split())
    assert by(ways.no_links_out).links[0].href.startswith(URL)
    assert len(by(ways.benign_links).links) == 201


def test_what_is_planted_is_there_and_the_page_is_there_too() -> None:
    for change in (ways.hacked_visible, ways.hacked_hidden_attribute, ways.hacked_hidden_style, ways.hacked_off_screen, ways.review_spam):
        assert "jackpot" in by(change).text
        assert "Онлайн казино Тумар" in by(change).text
    assert by(ways.hacked_hidden_style).hidden > 500
    assert "jackpot" in by(ways.hacked_title).title
    assert len(by(ways.review_spam).links) == 21
    assert sum("password" in field for form in by(ways.password_forms).forms for field in form.fields) == 3


def test_every_cloak_shows_the_two_vantages_more_than_one_thing() -> None:
    for cloak in CLOAKS:
        assert len({sent.what for sent in cloak.sent}) > 1
        assert {sent.what for sent in cloak.sent} <= {"innocent", "casino", "shell"}
    assert len(read_page(URL, SHELL_PAGE).text) < 200
