"""What an answer is taken for, and that no answer can make the reading of it slow."""

import time

import pytest

from casefile.outcomes import Outcome
from crawler.content import MAY_REFRESH, Reply, content_of, onward_of
from tests.conftest import LINEAR_SECONDS

LIMIT = 5_000_000


def reply(body: str = "", *, status: int = 200, **headers: str) -> Reply:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(url="http://casino.test/", status=status, headers=lines, payload=body.encode())


def target(one: Reply) -> str:
    onward = onward_of(one, content_of(one, LIMIT))
    return onward.url if onward is not None else ""


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="refresh" content="0;url=/in">',
        "<META HTTP-EQUIV = ' Refresh ' CONTENT='3; URL=/in'>",
        "<meta content=0;url=/in http-equiv=refresh>",
        "<noscript><p>x</p></noscript><meta http-equiv=refresh content=0;url=/in>",
    ],
)
def test_a_refresh_is_followed_however_it_is_written(page: str) -> None:
    assert target(reply(page)) == "http://casino.test/in"


@pytest.mark.parametrize(
    "page",
    [
        "<noscript><meta http-equiv=refresh content=0;url=/in></noscript>",
        "<!--<meta http-equiv=refresh content=0;url=/in>-->",
        "<script>'<meta http-equiv=refresh content=0;url=/in>'</script>",
        "<meta http-equiv=refresh content=30;url=/in>",
    ],
)
def test_what_no_reader_is_sent_by_is_not_followed(page: str) -> None:
    assert target(reply(page)) == ""


def test_a_location_in_cyrillic_is_read_as_it_was_written() -> None:
    as_scrapy_gives_it = "/казино".encode().decode("latin-1")
    assert target(reply(status=302, Location=as_scrapy_gives_it)) == "http://casino.test/%D0%BA%D0%B0%D0%B7%D0%B8%D0%BD%D0%BE"
    assert target(reply(status=302, Location="/caf\xe9")) == "http://casino.test/caf%C3%A9"


@pytest.mark.parametrize(
    "text",
    [
        "http-equiv=" + " " * 1_000_000 + "x",
        "http-equiv" + " " * 1_000_000 + "x",
        "http-equiv=" + "' " * 500_000,
        ("http-equiv=" + " " * 50) * 20_000,
    ],
    ids=["blanks after", "blanks before", "quotes", "many"],
)
def test_the_search_for_a_refresh_takes_one_pass(text: str) -> None:
    began = time.process_time()
    assert MAY_REFRESH.search(text) is None
    assert time.process_time() - began < LINEAR_SECONDS


@pytest.mark.parametrize(
    "value", [" " * 60_000, "charset=" + " " * 60_000 + ";", "0" * 60_000, "0 " * 30_000, ";" * 60_000, "url=" * 15_000]
)
def test_headers_of_any_length_take_no_time(value: str) -> None:
    began = time.process_time()
    one = reply("<html>page</html>", Content_Type=value, Refresh=value, Content_Encoding=value, Content_Disposition=value)
    content = content_of(one, LIMIT)
    onward_of(one, content)
    assert content.outcome is Outcome.OK
    assert time.process_time() - began < LINEAR_SECONDS
