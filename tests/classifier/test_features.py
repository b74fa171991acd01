"""A page as numbers: what stands where, near what, and of what the page is made. Nothing that depends on the page's own name."""

from dataclasses import replace

import numpy as np
import pytest

from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from classifier.detectors.finding import Finding
from classifier.features import AGGREGATES, EVIDENCE, PLACES, SHAPE, WINDOWS, places_of, shape_of
from classifier.page import read_page
from tests.classifier.making import BAKERY, CASINO, extractor, page_features


def numbers(html, url="https://h1.example/", found=()):
    features = extractor().read(read_page(url, html), found)
    return dict(zip(extractor().columns, features.dense.tolist(), strict=True))


def times(number):
    return pytest.approx(np.log1p(number), abs=1e-5)


def test_every_number_has_one_name():
    columns = extractor().columns
    assert len(set(columns)) == len(columns) == len(page_features(read_page("", CASINO)).dense)


def test_concepts_are_counted_where_they_stand():
    told = numbers(
        "<title>Казино</title><p>казино казино</p><a href='/bonus-casino'>казино и бонус</a><img alt='рулетка'><div class='casino_game'></div>"
        "<form><input name=promo placeholder='промокод'></form>"
    )
    assert told["times: casino"] == times(3) and told["title: casino"] == times(1) and told["links: bonus"] == times(1)
    assert told["addresses: casino"] == times(1) and told["pictures: roulette"] == times(1)
    assert told["class names: casino"] == times(1) and told["form fields: promo code"] == times(1)


def test_the_pages_own_host_is_no_word_of_its_addresses():
    page = read_page(
        "https://casino-tumar.example/", "<a href='https://casino-tumar.example/about'>a</a><a href='https://casino.example/'>b</a>"
    )
    assert "tumar" not in places_of(page)[PLACES.index("addresses")] and "casino.example" in places_of(page)[PLACES.index("addresses")]


def test_concepts_near_one_another_are_beside_and_far_apart_they_are_not():
    near = numbers("<p>казино и бонус</p>")
    far = numbers("<p>казино " + "обычные слова о погоде " * 60 + " бонус</p>")
    assert near["beside: casino + bonus"] > 0 == far["beside: casino + bonus"]
    assert near["times: bonus"] == far["times: bonus"]


def test_an_offer_that_shops_make_too_is_strong_only_where_the_page_names_gambling():
    shop, casino = numbers("<p>Promo code and a welcome bonus</p>"), numbers("<p>Casino. Promo code and a welcome bonus</p>")
    assert (shop["strong concepts, text"], shop["strong concepts in one window"]) == (0, 0)
    assert (casino["strong concepts, text"], casino["strong concepts in one window"]) == (3, 3)
    assert shop["soft concepts, text"] == casino["soft concepts, text"] + 2


def test_hidden_text_names_nothing():
    told = numbers(f"{BAKERY}<div style='display:none'>казино слоты рулетка</div>")
    assert told["times: casino"] == 0 and told["hidden characters"] > 0


def test_other_text_beside_it_takes_no_name_away():
    alone, padded = numbers(CASINO), numbers(CASINO + BAKERY * 5)
    assert all(padded[name] >= alone[name] for name in alone if name.startswith(("times: casino", "title: ", "beside: casino")))


def test_what_detectors_found_is_counted_by_kind_and_strength():
    finding = Finding(kind=EvidenceKind.PAYMENT, subject="Tenge Pay", value="x", strength=Strength.STRONG, quote="x")
    assert (
        numbers(BAKERY, found=[finding] * 2)["evidence: payment, strong"] == times(2) and numbers(BAKERY)["evidence: payment, strong"] == 0
    )


def test_shape_and_aggregates_have_as_many_numbers_as_names():
    page = read_page("", CASINO)
    assert len(list(shape_of(page))) == len(SHAPE)
    names = extractor().columns
    assert all(name in names for name in (*AGGREGATES, *WINDOWS, *SHAPE, *(f"evidence: {one}" for one in EVIDENCE)))


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<form><input type=password></form>", "password fields"),
        ("<a href=x><img src=y></a>", "pictures that are links"),
        ("<a rel='nofollow sponsored' href='https://other.example/'>x</a>", "links marked nofollow or sponsored"),
        ("<a href='https://other.example/go/casino'>x</a>", "partner links"),
        ("<a href='/app.apk'>x</a>", "app files"),
        ("<a href='#'>x</a>", "links to nowhere, share"),
        ("<iframe src='https://game.example/'></iframe>", "frames"),
        ("<div class=tile></div>" * 9, "alike elements"),
        ("<script src=/app.js></script>", "script shell"),
    ],
)
def test_what_a_page_is_made_of_is_counted(html, name):
    assert numbers(html)[name] > numbers("<p>ничего</p>")[name]


@pytest.mark.parametrize("html", [CASINO, BAKERY])
def test_what_a_browser_saw_beside_the_page_changes_no_number(html):
    page = read_page("https://h1.example/", html)
    seen = replace(page, requests=(SeenRequest(url="https://api.core.test/v1/casino", kind="fetch"),), favicon=b"casino", noscript="casino")
    assert (page_features(seen).dense == page_features(page).dense).all()


@pytest.mark.parametrize("html", ["", "\x00", "<p>", "<a href='http://['>", "<meta name=description>"])
def test_a_page_of_nothing_has_all_numbers(html):
    assert np.isfinite(page_features(read_page("", html)).dense).all()
