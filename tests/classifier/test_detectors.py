"""Every detector on its case folders: tests/cases/detectors/<detector>/<case>/page.html with what must be found, in order, in expected.json.

A case of a rendered page has what the browser saw in observed.json, its icon in favicon.ico, and where its picture is read that in screenshot.png.
"""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.observation import SeenRequest, of_json
from casefile.reference import Provider, Reference
from classifier.detectors import DETECTORS, detectors_id
from classifier.detectors.finding import UNSEEN, clean, mask_cards
from classifier.detectors.picture_text import INSTALL, LANGUAGES, languages
from classifier.detectors.promo_code import PromoCode
from classifier.page import Page, read_page
from tests.classifier.making import REFERENCE, page_features
from tests.conftest import LINEAR_SECONDS, require

CASES = Path(__file__).parents[1] / "cases" / "detectors"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/page.html"))
BY_NAME = {detector.name: detector for detector in DETECTORS}


def page_of(folder: Path) -> Page:
    """The page of a case, with what a browser saw where it was rendered."""
    page = read_page("https://site.example/", (folder / "page.html").read_text(encoding="utf-8"))
    seen = folder / "observed.json"
    icon = folder / "favicon.ico"
    picture = folder / "screenshot.png"
    return replace(
        page,
        requests=of_json(seen.read_bytes()).requests if seen.exists() else (),
        favicon=icon.read_bytes() if icon.exists() else None,
        screenshot=picture.read_bytes() if picture.exists() else None,
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_case(folder):
    page = page_of(folder)
    require(page.screenshot is None or len(languages()) == len(LANGUAGES), f"needs Tesseract with Russian and Kazakh: {INSTALL}")
    found = list(BY_NAME[folder.parent.name].find(page, REFERENCE))
    told = [{"kind": one.kind.value, "subject": one.subject, "value": one.value, "strength": one.strength.value} for one in found]
    assert told == json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert all(len(one.quote) <= 200 and one.quote.isprintable() for one in found)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_every_detector_has_a_case_that_finds_and_one_that_does_not(detector):
    found = [
        bool(json.loads((folder / "expected.json").read_text(encoding="utf-8")))
        for folder in FOLDERS
        if folder.parent.name == detector.name
    ]
    assert set(found) == {True, False}


def test_the_licensed_operator_may_quote_its_own_number():
    html = "<p>Лицензия № 21000001</p>"
    [own] = BY_NAME["licence_claim"].find(read_page("https://www.adal-bet.example/", html), REFERENCE)
    [other] = BY_NAME["licence_claim"].find(read_page("https://not-adal-bet.example/", html), REFERENCE)
    assert (own.strength.value, other.strength.value, other.subject) == ("weak", "strong", "licence of adal-bet.example")


ADVERSARIAL = {
    "one letter": "a" * 100_000,
    "one digit": "1" * 100_000,
    "spaces": " " * 100_000,
    "promo code words": "промокод " * 12_000,
    "promo code words without spaces": "промокод" * 12_000,
    "licence words": "лицензия " * 12_000,
    "licence words without spaces": "лицензи" * 14_000,
    "licence numbers cut short": "license № " * 10_000,
    "card numbers": "4111 1111 1111 " * 7_000,
    "deposits far from providers": "депозит " * 3_000 + "слово " * 60 + "Kaspi Gold " * 3_000,
    "columns of odds without prices": "1 X 2 " * 16_000,
    "columns of odds with one price": "П1 Х П2 1.50 " * 8_000,
    "prices without columns": "1.50 2.50 " * 10_000,
    "identifiers cut short": "ym( fbq('init' CRISP_WEBSITE_ID = " * 3_000,
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_text_makes_a_detector_slow(name):
    """What is quadratic in 100,000 characters takes many seconds, what is linear a few hundredths."""
    text = ADVERSARIAL[name]
    begun = time.process_time()
    html = (
        f"<p>{text}</p><a href='/{text[:400]}'>{text}</a><script>{text}</script>"
        + f"<form action='/{text[:400]}'><input name='{text[:400]}'></form>" * 100
    )
    request = SeenRequest(url=f"https://api.test/{text[:2000]}/{text[:1900]}", kind="fetch", initiator="https://site.example/")
    page = replace(read_page("https://site.example/", html), requests=(request,) * 3_000, favicon=text.encode() * 9)
    for detector in DETECTORS:
        list(detector.find(page, REFERENCE))
    page_features(page)
    assert time.process_time() - begun < LINEAR_SECONDS


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from(("fetch", "websocket", "document", "favicon", "script")),
    st.sampled_from(("", "https://", "wss://[", "//")),
    st.binary(max_size=300),
)
def test_whatever_the_browser_says_it_saw_is_read(text, kind, scheme, icon):
    requests = (SeenRequest(url=scheme + text, kind=kind, initiator=text), SeenRequest(url=text, kind=kind, initiator=scheme + text))
    page = replace(read_page("https://site.example/", f"<p>Казино депозит</p><form action='{text}'>"), requests=requests, favicon=icon)
    for detector in DETECTORS:
        assert all(len(one.quote) <= 200 and not UNSEEN.search(one.quote + one.value) for one in detector.find(page, REFERENCE))


def test_the_set_has_a_stable_name():
    assert detectors_id() == detectors_id() and detectors_id().startswith("d-")


def test_card_numbers_are_masked_and_other_numbers_are_not():
    assert mask_cards("на карту 4111 1111 1111 1111 до вечера") == "на карту 411111…1111 до вечера"
    assert mask_cards("заказ 4111 1111 1111 1112") == "заказ 4111 1111 1111 1112"


def test_quotes_cannot_break_a_terminal():
    assert clean("a\x1b[31mb\u202ec\nd") == "a [31mb c d"


def test_a_name_far_from_a_deposit_is_not_payment():
    reference = Reference(
        providers=(Provider(name="Kaspi", how="words", pattern="Kaspi", country="KZ", source="s", date="d"),),
        licensed=(),
        guarded=(),
        shared_hosts=(),
        brands=(),
        link_words=(),
    )
    far = read_page("", "<p>Депозит</p>" + "<p>слово слово слово</p>" * 60 + "<p>Kaspi</p>")
    assert not list(BY_NAME["payment_provider"].find(far, reference))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Казино: при регистрации введи код ALTYN100 и бонус твой", ["ALTYN100"]),
        ("Магазин: код ALTYN100 на упаковке", []),
        ("Промокод ACT-0098 Сумма", []),
        ("Промокод: ACT-0098", ["ACT-0098"]),
        ("Казино. Промокод ALTYN100, код ALTYN100", ["ALTYN100"]),
    ],
)
def test_a_promo_code_is_no_number_of_the_next_cell_and_may_be_called_a_code(text, codes):
    page = read_page("https://h1.example/", f"<p>{text}</p>")
    assert [found.value for found in PromoCode().find(page, REFERENCE)] == codes
