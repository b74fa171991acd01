"""What of a page is parsed: bounded by counting, whatever the text pretends to be."""

import pytest

from classifier import bounds
from classifier.bounds import BEGINS, FORMATTING_BEGINS, MOST_REOPENED, MOST_TAGS, bounded
from classifier.page import LONGEST_HTML, read_page

NESTED = "<div>" * 400_000

TRICKS = {
    "plainly": NESTED,
    "behind a comment that is over at once": "<!-->" + NESTED,
    "behind a comment that ends oddly": "<!-- --!>" + NESTED,
    "in noscript, which is parsed": "<noscript>" + NESTED,
    "in a title inside a drawing": "<svg><title>" + NESTED,
    "in a style inside a drawing": "<svg><style>" + "<g>" * 600_000,
    "with names that the parser reads otherwise": "<div></div:x>" * 150_000,
    "with ends that close nothing": "<path>" * 100_000 + "</x>" * 200_000,
    "under tables": "<div><table><td></div></table>" * 60_000,
}


@pytest.mark.parametrize("name", TRICKS)
def test_however_it_is_hidden_few_tags_reach_the_parser(name):
    text, cut = bounded(TRICKS[name][:LONGEST_HTML])
    assert cut and len(BEGINS.findall(text)) <= MOST_TAGS <= 30_000


def test_a_page_of_five_megabytes_is_cut_before_it_is_parsed():
    page = read_page("https://site.example/", "<p>Казино" + "<section>" * 560_000)
    assert page.cut and page.text == "Казино"


@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{number}" for number in range(60_000)) + ">",
        '<p x=">" ' + " ".join(f"a{number}" for number in range(60_000)) + ">",
        "< <p " + " ".join(f"a{number}" for number in range(60_000)) + ">",
        "<p " + " ".join(f"x{number}='<b' y{number}" for number in range(60_000)) + ">",
        "</p " + " ".join(f"a{number}" for number in range(60_000)) + ">",
    ],
    ids=["plainly", "after a quoted >", "after a stray <", "between quoted <", "of an end tag"],
)
def test_a_tag_of_too_many_attributes_never_reaches_the_parser(html):
    text, cut = bounded("<p>shop</p>" + html)
    assert cut and text.count(" a") + text.count(" y") < 20_000


def test_formatting_that_every_paragraph_would_open_anew_goes():
    html = "<!--><p>" + "".join(f"<b a={number}>" for number in range(3_000)) + "<p>x" * 15_000
    text, cut = bounded(html)
    assert not FORMATTING_BEGINS.search(text) and not cut and text.count("<p>") == 15_001
    quoted, cut = bounded(html.replace("<b a=", "<b a='<' b="))
    assert cut and len(FORMATTING_BEGINS.findall(quoted)) * len(BEGINS.findall(quoted)) <= MOST_REOPENED


def test_an_ordinary_page_is_left_alone():
    html = (
        "<div class='a > b' title='x < y'>" + "<p>text <b>bold <a href='?a=1&b=2'>link</a></b> <i class=icon></i>" * 3_000 + "</div>"
        "<script>if (a<b && c>d) { document.write('<div>'.repeat(9)) }</script>"
    )
    assert bounded(html) == (html, False)


def test_one_place_more_than_the_limit_is_cut(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_TAGS", 3)
    assert bounded("<p>a</p><p>") == ("<p>a</p><p>", False)
    assert bounded("<p>a</p><p>b</p>") == ("<p>a</p><p>b", True)
