"""Reading a page: what is kept of it, and that no page can hang or break the reader."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.page import LONGEST_TEXT, MOST_ITEMS, read_page
from tests.classifier.making import page_features
from tests.conftest import LINEAR_SECONDS

URL = "https://tumar.example/kz/"
MANY_ATTRIBUTES = "<p " + " ".join(f"a{number}=1" for number in range(60_000)) + ">"
REOPENED = "".join(f"<b a={number}>" for number in range(39)) + "<p>x" * 100_000

HOSTILE = {
    "empty": "",
    "a million nodes": "<p>a" * 1_000_000,
    "a million nested": "<div>" * 1_000_000,
    "300 KB of one tag": "<" + "a" * 300_000 + ">",
    "60,000 attributes": MANY_ATTRIBUTES,
    "NUL bytes": "<p>be\x00t</p>\x00" * 1000,
    "lone surrogates": "<p>\ud800 bet</p>",
    "formatting elements reopened": REOPENED,
    "unclosed scripts": "<script>" * 100_000,
    "unclosed comments": "<!--" * 100_000,
    "tables in links": "<table><a>" * 50_000,
    "ruby": "<rt>" * 100_000,
    "option groups": "<optgroup><option>" * 50_000,
    "noscripts in noscripts": "<noscript>casino " * 100_000,
    "less-than signs": "<" * 500_000,
    "fonts": "<font>" * 60_000,
}


def test_a_page_gives_what_a_visitor_reads_and_what_it_is_made_of():
    page = read_page(
        URL,
        "<title> Тумар </title><meta name=Description content='Слоты'><body class='casino dark'><h1>Казино</h1>"
        "<script src=/a.js></script><script>var secret = 'bet'</script><style>p{}</style><noscript>no</noscript>"
        "<a href='go?ref=1' rel=nofollow>Играть <img src=t.png alt='Слот'></a><iframe src='//games.example/x'></iframe>"
        "<form action='/pay' method=POST><input type=password name=pin></form></body>",
    )
    assert (page.title, page.text) == ("Тумар", "Казино Играть")
    assert [(link.href, link.text, link.rel) for link in page.links] == [("https://tumar.example/kz/go?ref=1", "Играть", "nofollow")]
    assert page.scripts == ("https://tumar.example/a.js",) and page.inline == "var secret = 'bet'"
    assert page.frames == ("https://games.example/x",) and page.alts == ("Слот",) and page.tiles == 1
    assert [(form.action, form.method, form.fields) for form in page.forms] == [("https://tumar.example/pay", "post", ("password pin",))]
    assert page.meta == (("description", "Слоты"),) and "casino dark" in page.marks and not page.cut


def test_what_is_said_to_those_without_script_and_what_the_body_does_are_kept_apart():
    page = read_page(
        URL, "<body onload=\"location='/x'\"><noscript>Включите <b>JavaScript</b></noscript><p>Привет</p><script>go()</script>"
    )
    assert (page.text, page.noscript, page.inline) == ("Привет", "Включите JavaScript", "go()\nlocation='/x'")


def test_of_hidden_fields_the_value_is_kept_and_of_others_never():
    [form] = read_page(URL, "<form><input type=hidden name=shop value=DC-01><input name=pan value='4111 1111 1111 1111'></form>").forms
    assert form.hidden == (("shop", "DC-01"),) and form.fields == ("hidden shop", "pan")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read_in_bounded_time(name):
    begun = time.process_time()
    page = read_page(URL, HOSTILE[name])
    page_features(page)
    assert time.process_time() - begun < LINEAR_SECONDS
    assert len(page.text) <= LONGEST_TEXT and len(page.links) <= MOST_ITEMS


def test_what_was_not_read_is_said():
    assert read_page(URL, "<p>shop</p>" + "<div>" * 1000 + "casino").cut
    assert not read_page(URL, "<div>" * 300 + "casino").cut
    assert not read_page(URL, "<script>" + "'<div>'" * 5000 + "</script><p>shop</p>").cut


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_read(html, url):
    page_features(read_page(url, f"<a href='{html}'><form action='{html}'>{html}"))
