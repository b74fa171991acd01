"""Reading a capture back: a rendered one with what the browser saw beside its DOM; what is damaged is said to be."""

import gzip
from dataclasses import replace

import pytest

from casefile.archive import Archive
from casefile.observation import SeenRequest
from casefile.outcomes import Outcome
from casefile.records import How
from classifier.reading import DAMAGED, LONGEST_ADDRESS, PageReader, stands_for_its_site
from tests.classifier.making import BAKERY, CASINO, DESK, PHONE

API = SeenRequest(url="https://api.core.test/v1/7/lobby", kind="fetch", status=200, mime="application/json")


@pytest.fixture
def reader(captured):
    return PageReader(Archive(captured.archive))


def test_a_rendered_page_is_its_dom_with_requests_and_icon(captured, reader):
    page = reader.read(captured.rendered("tumar1.example", CASINO, requests=[API], favicon=b"icon octets")).page
    assert page is not None and "Онлайн казино Тумар" in page.text and page.url == "https://tumar1.example/"
    assert [request.kind for request in page.requests] == ["document", "fetch", "favicon"] and page.requests[1] == API
    assert page.favicon == b"icon octets"


def test_a_static_page_has_neither(captured, reader):
    page = reader.read(captured.page("tumar1.example", CASINO)).page
    assert page is not None and page.requests == () and page.favicon is None


def test_an_icon_that_cannot_be_unpacked_is_none(captured, reader):
    broken = gzip.compress(b"icon" * 500)[:30] + b"\xff" * 40
    reading = reader.read(captured.rendered("tumar1.example", CASINO, favicon=broken))
    assert reading.page is not None and reading.page.favicon is None


def test_an_icon_is_what_came_not_the_redirect_to_it(captured, reader):
    place = captured.page("tumar1.example", "moved").records[0]
    moved = SeenRequest(url="https://tumar1.example/favicon.ico", kind="favicon", status=301, record=place)
    page = reader.read(captured.rendered("tumar1.example", CASINO, requests=[moved], favicon=b"icon octets")).page
    assert page is not None and page.favicon == b"icon octets"


def test_an_endless_address_is_cut(captured, reader):
    endless = replace(API, url="data:image/png;base64," + "A" * 100_000)
    page = reader.read(captured.rendered("tumar1.example", CASINO, requests=[endless])).page
    assert page is not None and len(page.requests[1].url) == LONGEST_ADDRESS


@pytest.mark.parametrize("part", ["dom", "observed", "favicon"])
def test_a_rendered_page_with_one_damaged_record_is_damaged(captured, reader, part):
    capture = captured.rendered("tumar1.example", CASINO, favicon=b"icon octets")
    refs = {"dom": capture.dom, "observed": capture.observed, "favicon": capture.dom}
    whole = refs[part]
    assert whole is not None
    if part == "favicon":  # the first record of the file
        path = captured.archive / whole.file
        octets = bytearray(path.read_bytes())
        octets[whole.offset - 12] ^= 1
        path.write_bytes(octets)
    else:
        capture = replace(capture, **{part: replace(whole, sha256="0" * 64)})
    assert reader.read(capture).outcome == DAMAGED


def test_an_observation_that_is_none_is_a_damaged_archive(captured, reader):
    capture = captured.rendered("tumar1.example", CASINO)
    assert reader.read(replace(capture, observed=capture.dom)).outcome == DAMAGED


def test_what_was_not_rendered_says_so(case, captured, reader, door):
    captured.failure("tumar1.example", Outcome.CRASHED, how=How.RENDERED)
    from casefile import queries

    [capture] = queries.captures_of(case, door.parse("tumar1.example"))
    reading = reader.read(capture)
    assert reading.page is None and reading.outcome == "crashed" and "browser" in reading.reason


def test_vantages_that_were_sent_the_same_octets_share_one_page(captured, reader):
    first, second = (captured.page("bakery.example", BAKERY, vantage=vantage) for vantage in (PHONE, DESK))
    other = captured.page("bakery.example", BAKERY + "!")
    assert reader.read(first).page is reader.read(second).page
    assert reader.read(other).page is not reader.read(first).page


def test_the_record_is_checked_for_every_capture_even_where_the_page_is_known(captured, reader):
    first, second = (captured.page("bakery.example", BAKERY) for _ in range(2))
    reader.read(first)
    (captured.archive / second.records[0].file).write_bytes(b"")
    assert reader.read(second).outcome == DAMAGED


def test_a_front_page_stands_for_its_site_wherever_its_script_leads(captured):
    assert stands_for_its_site(captured.rendered("tumar1.example", CASINO, final_url="https://tumar2.example/"))
    assert not stands_for_its_site(captured.rendered("library.example", CASINO, path="/go?to=tumar", final_url="https://tumar2.example/"))
