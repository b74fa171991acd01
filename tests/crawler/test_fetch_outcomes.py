"""Every way in which a site can answer, through the real proxy and the real child: what is recorded, and that the run goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.outcomes import Outcome
from casefile.records import Hop
from tests.crawler.crawling import QUICK, Run, new_run, with_limits
from tests.site.answers import (
    bomb,
    cookie_wall,
    counting,
    dripping,
    endless,
    gzipped,
    page,
    raw,
    redirect,
    resetting,
    short,
    silent,
    whole,
)
from tests.site.certificates import EXPIRED, GOOD, SELF_SIGNED, WRONG_NAME, Authority
from tests.site.server import LoopbackWeb, Sites, serving

RUSSIAN = "<html><body>Казино онлайн: пополнить счёт, вывести выигрыш и получить бонус за первый депозит</body></html>"

SITES: Sites = {
    "plain.test": {"/": page()},
    "gone.test": {},
    "error.test": {"/": whole(b"<html>broken</html>", status="500 Internal Server Error")},
    "refuses-with-502.test": {"/": whole(b"<html>the site's own 502</html>", status="502 Bad Gateway")},
    "empty.test": {"/": whole(b"")},
    "image.test": {"/": whole(b"\x89PNG\r\n\x1a\n" + bytes(500), content_type="text/html")},
    "document.test": {"/": whole(b"%PDF-1.7 something", content_type="application/pdf")},
    "download.test": {"/": whole(b"hello", headers=("Content-Disposition: attachment; filename=a.apk",))},
    "binary.test": {"/": whole(b"\xde\xad\x00\x00\x00\x07" * 900, content_type="text/html")},
    "broken-gzip.test": {"/": whole(b"\x1f\x8b\x08\x00garbage that is no deflate stream", headers=("Content-Encoding: gzip",))},
    "bomb.test": {"/": bomb()},
    "endless.test": {"/": endless()},
    "announced-large.test": {"/": raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900000000\r\n\r\n<html>")},
    "short.test": {"/": short()},
    "reset.test": {"/": resetting()},
    "silent.test": {"/": silent()},
    "dripping.test": {"/": dripping()},
    "no-http.test": {"/": raw(b"SSH-2.0-OpenSSH_9.2\r\n")},
    "hangs-up.test": {"/": raw(b"")},
    "loop.test": {"/": redirect("/again"), "/again": redirect("/")},
    "counting.test": {"/": redirect("/n1"), "/n*": counting("/n")},
    "refresh-loop.test": {"/": page(head='<meta http-equiv="refresh" content="0;url=/b">'), "/b": page(head='<meta http-equiv=Refresh content="1; URL=/">')},
    "ten.test": {"/": redirect("/9"), **{f"/{n}": redirect(f"/{n - 1}") for n in range(2, 10)}, "/1": redirect("/end"), "/end": page("конец")},
    "file.test": {"/": redirect("file:///etc/passwd")},
    "script.test": {"/": redirect("javascript:alert(1)")},
    "bad-port.test": {"/": redirect("http://bad-port.test:99999/")},
    "inside.test": {"/": redirect("http://127.0.0.1/")},
    "wallet.test": {"/": redirect("http://inside-name.localhost/")},
    "cookie.test": {"/": cookie_wall()},
    "to-other.test": {"/": redirect("http://plain.test/", 301)},
    "to-meta.test": {"/": page(head='<META HTTP-EQUIV="refresh" CONTENT="3; url=\'http://plain.test/\'">')},
    "to-header.test": {"/": whole(b"<html>wait</html>", headers=("Refresh: 0; url=/in",)), "/in": page("дальше")},
    "odd-refresh.test": {"/": page("Странно", head='<meta http-equiv="refresh" content=". ; url=/x"><meta http-equiv="refresh" content=";">'), "/x": page("там")},
    "slow-refresh.test": {"/": page("Лента новостей", head='<meta http-equiv="refresh" content="300; url=/later">')},
    "self-refresh.test": {"/": page("Обновляется", head='<meta http-equiv="refresh" content="5">')},
    "noscript-refresh.test": {"/": page("С сценариями", head='<noscript><meta http-equiv="refresh" content="0;url=/nojs"></noscript>')},
    "cp1251-as-utf8.test": {"/": whole(RUSSIAN.encode("cp1251"))},
    "koi8.test": {"/": whole(RUSSIAN.encode("koi8-r"), content_type="text/html")},
    "gzip.test": {"/": gzipped(RUSSIAN.encode())},
    "good-tls.test": {"/": page("под замком")},
    "expired.test": {"/": page("просрочен")},
    "self-signed.test": {"/": page("сам себе")},
    "wrong-name.test": {"/": page("чужой")},
    "no-handshake.test": {"/": page("без рукопожатия")},
}  # fmt: skip

REFUSING = frozenset({"refusing.test"})
FAILING = {"vanished.test": Outcome.NXDOMAIN, "servfail.test": Outcome.SERVFAIL}

LANDING = [
    ("plain.test", Outcome.OK, ""),
    ("gone.test", Outcome.HTTP_ERROR, "404"),
    ("error.test", Outcome.HTTP_ERROR, "500"),
    ("refuses-with-502.test", Outcome.HTTP_ERROR, "502"),
    ("empty.test", Outcome.EMPTY, ""),
    ("image.test", Outcome.NOT_A_PAGE, "PNG"),
    ("document.test", Outcome.NOT_A_PAGE, "PDF"),
    ("download.test", Outcome.NOT_A_PAGE, "download"),
    ("binary.test", Outcome.UNREADABLE, "binary"),
    ("broken-gzip.test", Outcome.UNREADABLE, "compression"),
    ("bomb.test", Outcome.TOO_LARGE, "unpacks"),
    ("endless.test", Outcome.TOO_LARGE, "over"),
    ("announced-large.test", Outcome.TOO_LARGE, "over"),
    ("short.test", Outcome.BAD_RESPONSE, ""),
    ("reset.test", Outcome.CONNECTION_RESET, ""),
    ("silent.test", Outcome.READ_TIMEOUT, ""),
    ("dripping.test", Outcome.READ_TIMEOUT, ""),
    ("no-http.test", Outcome.BAD_RESPONSE, "not HTTP"),
    ("hangs-up.test", Outcome.BAD_RESPONSE, ""),
    ("loop.test", Outcome.REDIRECT_LIMIT, "10"),
    ("counting.test", Outcome.REDIRECT_LIMIT, "10"),
    ("refresh-loop.test", Outcome.REDIRECT_LIMIT, "10"),
    ("ten.test", Outcome.OK, ""),
    ("file.test", Outcome.EMPTY, "not a web address"),
    ("script.test", Outcome.EMPTY, "not a web address"),
    ("bad-port.test", Outcome.EMPTY, "not a web address"),
    ("inside.test", Outcome.REFUSED_EGRESS, ""),
    ("wallet.test", Outcome.REFUSED_EGRESS, ""),
    ("cookie.test", Outcome.OK, ""),
    ("to-other.test", Outcome.OK, ""),
    ("to-meta.test", Outcome.OK, ""),
    ("to-header.test", Outcome.OK, ""),
    ("odd-refresh.test", Outcome.OK, ""),
    ("slow-refresh.test", Outcome.OK, ""),
    ("self-refresh.test", Outcome.OK, ""),
    ("noscript-refresh.test", Outcome.OK, ""),
    ("cp1251-as-utf8.test", Outcome.OK, ""),
    ("koi8.test", Outcome.OK, ""),
    ("gzip.test", Outcome.OK, ""),
]
"""Host, and how its page over plain http comes out; https is refused by all of these."""

NO_CERTIFICATE = [
    ("expired.test", Outcome.CERTIFICATE, "expired"),
    ("self-signed.test", Outcome.CERTIFICATE, "self-signed"),
    ("wrong-name.test", Outcome.CERTIFICATE, "for another name"),
    ("no-handshake.test", Outcome.TLS, "handshake"),
]
QUALITY = {"good-tls.test": GOOD, "expired.test": EXPIRED, "self-signed.test": SELF_SIGNED, "wrong-name.test": WRONG_NAME}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("outcomes")
    authority = Authority(folder)
    contexts = {host: authority.context(host, quality) for host, quality in QUALITY.items()} | {"no-handshake.test": None}
    with pytest.MonkeyPatch.context() as patch, serving(SITES, contexts) as server, new_run(folder, [*SITES, *REFUSING, *FAILING]) as run:
        patch.setenv("SSL_CERT_FILE", str(authority.ca_file))
        run.crawl(LoopbackWeb(server, refusing=REFUSING, failing=FAILING))
        yield run


@pytest.mark.parametrize(("host", "outcome", "words"), LANDING)
def test_an_answer_over_http(crawled: Run, host: str, outcome: Outcome, words: str) -> None:
    for vantage in ("desktop", "phone"):
        https, http = [capture for capture in crawled.captures(host) if capture.vantage.name == vantage][:2]
        assert (https.url, https.outcome) == (f"https://{host}/", Outcome.CONNECTION_REFUSED)
        assert (http.url, http.outcome) == (f"http://{host}/", outcome), http.reason
        assert words in http.reason


@pytest.mark.parametrize(("host", "outcome", "words"), NO_CERTIFICATE)
def test_a_certificate_that_does_not_verify_is_recorded_and_http_is_tried(crawled: Run, host: str, outcome: Outcome, words: str) -> None:
    https, http = [capture for capture in crawled.captures(host) if capture.vantage.name == "desktop"]
    assert (https.url, https.outcome) == (f"https://{host}/", outcome)
    assert words in https.reason
    assert (http.url, http.outcome) == (f"http://{host}/", Outcome.OK)


def test_a_good_certificate_needs_no_http(crawled: Run) -> None:
    assert [(capture.url, capture.outcome) for capture in crawled.captures("good-tls.test")] == [("https://good-tls.test/", Outcome.OK)] * 2


@pytest.mark.parametrize(
    ("host", "outcome"),
    [("refusing.test", Outcome.CONNECTION_REFUSED), ("vanished.test", Outcome.NXDOMAIN), ("servfail.test", Outcome.SERVFAIL)],
)
def test_a_host_that_cannot_be_had_has_rows_of_one_vantage_since_it_could_not_know_who_asks(
    crawled: Run, host: str, outcome: Outcome
) -> None:
    captures = crawled.captures(host)
    assert [(capture.url, capture.outcome) for capture in captures] == [(f"https://{host}/", outcome), (f"http://{host}/", outcome)]
    assert all(capture.records and not capture.body_sha256 for capture in captures)


def test_every_redirect_is_recorded(crawled: Run) -> None:
    capture = crawled.captures("to-other.test")[1]
    assert capture.hops == (Hop(url="http://to-other.test/", status=301, how="http"),)
    assert capture.final_url == "http://plain.test/"
    meta = crawled.captures("to-meta.test")[1]
    assert meta.hops == (Hop(url="http://to-meta.test/", status=0, how="meta"),)
    assert meta.final_url == "http://plain.test/"
    assert crawled.captures("to-header.test")[1].final_url == "http://to-header.test/in"
    assert len(crawled.captures("ten.test")[1].hops) == 10
    assert [len(crawled.captures(host)[1].hops) for host in ("loop.test", "counting.test", "refresh-loop.test")] == [10, 10, 10]


@pytest.mark.parametrize("host", ["slow-refresh.test", "self-refresh.test", "noscript-refresh.test"])
def test_a_page_that_stays_is_a_page(crawled: Run, host: str) -> None:
    assert crawled.captures(host)[1].hops == ()


def test_cookies_come_back_within_a_visit(crawled: Run) -> None:
    assert len(crawled.captures("cookie.test")[1].hops) == 1


@pytest.mark.parametrize(
    ("host", "limits", "outcome"),
    [
        ("silent.test", {"seconds": 1.0, "answer_seconds": 10.0}, Outcome.BUDGET_TIME),
        ("endless.test", {"octets": 300_000}, Outcome.BUDGET_BYTES),
    ],
)
def test_a_spent_budget_ends_the_site_and_the_run_goes_on(tmp_path: Path, host: str, limits: dict[str, float], outcome: Outcome) -> None:
    with serving(SITES) as server, new_run(tmp_path, [host, "plain.test"]) as run:
        run.crawl(LoopbackWeb(server), with_limits(QUICK, **limits))
        assert [capture.outcome for capture in run.captures(host)] == [Outcome.CONNECTION_REFUSED, outcome]
        assert run.captures("plain.test")[1].outcome is Outcome.OK


def test_no_host_stays_pending(crawled: Run) -> None:
    assert crawled.report is not None
    assert crawled.report.skipped == ()
    assert crawled.report.done + crawled.report.failures == len(SITES) + len(REFUSING) + len(FAILING) == len(crawled.progress.outcomes)
    assert crawled.progress.notes == []
