"""One request: what is sent is bounded, and a refusal of our own proxy is never taken for the site's answer."""

import asyncio
import time

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from casefile.outcomes import Outcome
from crawler.certificates import CheckedCertificates
from crawler.download import LONGEST_ADDRESS, MOST_COOKIES, Client, Had, Trouble
from crawler.messages import Answer, Job
from crawler.options import DESKTOP
from tests.crawler.crawling import NOW, QUICK

COOKIES = [f"c{number}={'v' * 1000}; Path=/" for number in range(30)]


def a_client(answer: Response, sent: list[Request], *, seen: str = "") -> Client:
    """A client whose requests are all answered so; `seen`: what the proxy's log says of them."""

    async def fetch(request: Request) -> Response:
        sent.append(request)
        return answer.replace(url=request.url)

    async def ask(_site: str, _host: str, _port: int) -> Answer:
        return Answer(number=1, outcome=seen)

    job = Job(
        proxy="http://127.0.0.1:9",
        ca_file="",
        archive="",
        prefix="t",
        replays=True,
        now=NOW,
        monotonic=time.monotonic(),
        extra_suffixes=(),
        link_words=(),
        options=QUICK,
    )
    return Client(job=job, site="a.test", vantage=DESKTOP, credential=None, fetch=fetch, ask=ask, certificates=CheckedCertificates())


def get(client: Client, url: str = "http://a.test/") -> Had | Trouble:
    return asyncio.run(client.get(url, ""))


def test_cookies_are_sent_whole_and_up_to_a_measure() -> None:
    sent: list[Request] = []
    client = a_client(HtmlResponse("http://a.test/", headers={"Set-Cookie": COOKIES}), sent)
    get(client)
    get(client)
    first, second = (request.headers.get("Cookie") or b"" for request in sent)
    assert first == b""
    assert MOST_COOKIES - 1100 < len(second) <= MOST_COOKIES
    assert all(len(cookie) in (1003, 1004) for cookie in second.split(b"; "))


def test_an_address_without_measure_is_not_asked_for() -> None:
    sent: list[Request] = []
    trouble = get(a_client(HtmlResponse("http://a.test/"), sent), "http://a.test/" + "x" * LONGEST_ADDRESS)
    assert isinstance(trouble, Trouble)
    assert trouble.outcome is Outcome.BAD_RESPONSE
    assert sent == []


@pytest.mark.parametrize(("seen", "site_answered"), [("", False), ("ok", True), ("refused-port", False)])
def test_a_400_is_the_sites_only_where_the_site_was_asked(seen: str, site_answered: bool) -> None:
    got = get(a_client(HtmlResponse("http://a.test/", status=400), [], seen=seen))
    assert isinstance(got, Had) is site_answered
