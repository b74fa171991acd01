"""The step over sites that behave: what is asked, from which vantage, what is archived, and in which order it is committed."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from casefile.archive import SUMS, Archive, ArchiveWriter, sha256_of
from casefile.body import text_of, unpacked
from casefile.outcomes import Outcome
from casefile.queries import hosts_to_fetch
from casefile.records import ArchiveFile, Capture
from crawler.egress.replay import ReplayWeb
from tests.crawler.crawling import NOW, QUICK, Run, new_run
from tests.site.answers import by_vantage, echo, gzipped, page, redirect
from tests.site.server import LoopbackServer, LoopbackWeb, Sites, serving

LINKS = (
    ("/bonus", "Бонусы"),
    ("/rules", "Правила"),
    ("/in", "Пополнить"),
    ("/help", "Контакты"),
    ("http://news.test/promo", "Промо"),
    ("/promo2", "Акции"),
)
SITES: Sites = {
    "shop.test": {"/": page("Главная", links=LINKS), **{path: page(path) for path, _ in LINKS if path.startswith("/")}},
    "two-faced.test": {"/": by_vantage(page("Магазин одежды"), page("Казино"))},
    "echo.test": {"/": echo(), "/deposit": echo()},
    "packed.test": {"/": gzipped("<html><body>сжатая страница</body></html>".encode())},
    "away.test": {"/": redirect("http://news.test/")},
    "news.test": {"/": page("Новости", links=(("/promo", "Промо"),)), "/promo": page("промо")},
    "named.test": {"/": page("главная"), "/go?code=7": page("по приглашению")},
    "stale.test": {"/": page("главная")},
    "library.test": {"/": page("Районная библиотека"), "/go?u=news": redirect("http://news.test/")},
    "cyrillic.test": {
        "/": redirect("/казино"),
        "/%D0%BA%D0%B0%D0%B7%D0%B8%D0%BD%D0%BE": page("Казино", links=(("/депозит?a=1 2", "Депозит"),)),
        "/%D0%B4%D0%B5%D0%BF%D0%BE%D0%B7%D0%B8%D1%82": page("Депозит"),
    },
    "to-cyrillic.test": {"/": page(head='<meta http-equiv=refresh content="0;url=http://казино.test/">')},
}  # fmt: skip
URLS = {"named.test": "http://named.test/go?code=7", "stale.test": "http://stale.test/old", "library.test": "http://library.test/go?u=news"}


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with serving(SITES) as serving_now:
        yield serving_now


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, server: LoopbackServer) -> Iterator[Run]:
    with new_run(tmp_path_factory.mktemp("crawl"), SITES, URLS) as run:
        web = LoopbackWeb(server, failing={"xn--80aodfsg.test": Outcome.NXDOMAIN})
        run.crawl(web, replace(QUICK, contact="abuse@regulator.test", site_delay=0.1))
        yield run


def had(run: Run, host: str, vantage: str = "desktop") -> list[Capture]:
    return [
        capture for capture in run.captures(host) if capture.vantage.name == vantage and capture.outcome is not Outcome.CONNECTION_REFUSED
    ]


def test_landing_pages_come_first_then_the_pages_that_matter_by_vantage_and_kind(crawled: Run) -> None:
    rows = [(one.vantage.name, one.page.value, one.url.removeprefix("http://shop.test")) for one in crawled.captures("shop.test")]
    pages = [("deposit", "/in"), ("rules", "/rules"), ("contacts", "/help"), ("promo", "/bonus")]
    landings = [(vantage, "landing", url) for vantage in ("desktop", "phone") for url in ("https://shop.test/", "/")]
    assert rows == landings + [(vantage, *one) for vantage in ("desktop", "phone") for one in pages]


def test_two_vantages_may_see_two_sites(crawled: Run) -> None:
    digests = {had(crawled, "two-faced.test", vantage)[0].body_sha256 for vantage in ("desktop", "phone")}
    assert len(digests) == 2


def test_a_request_says_who_asks_as_the_vantage_does_and_no_more(crawled: Run, server: LoopbackServer) -> None:
    asked = [one for one in server.requests if one.host == "echo.test"]
    desktop, page_of_it, phone, _ = asked
    assert [one.path for one in asked] == ["/", "/deposit"] * 2
    assert desktop.headers["accept-language"] == "ru-KZ,ru;q=0.9,kk;q=0.8,en;q=0.5"
    assert desktop.headers["accept-encoding"] == "gzip, deflate, br"
    assert desktop.headers["from"] == "abuse@regulator.test"
    assert "referer" not in desktop.headers
    assert page_of_it.headers["referer"] == "http://echo.test/"
    assert phone.headers["referer"] == "https://www.google.com/"
    assert "Android" in phone.headers["user-agent"]
    assert not any(name.startswith(("proxy", "x-")) for one in asked for name in one.headers)


def test_one_request_at_a_time_to_a_host_and_no_robots_txt(crawled: Run, server: LoopbackServer) -> None:
    assert set(server.most_at_once.values()) == {1}
    assert not [one for one in server.requests if "robots" in one.path]


def test_a_site_that_leads_elsewhere_is_captured_and_the_other_site_is_left_to_its_own_visit(crawled: Run) -> None:
    assert [(one.url, one.final_url) for one in had(crawled, "away.test")] == [("http://away.test/", "http://news.test/")]


def test_the_front_page_is_asked_for_and_then_the_addresses_that_sources_named(crawled: Run) -> None:
    assert [one.url for one in had(crawled, "named.test")] == ["http://named.test/", "http://named.test/go?code=7"]
    assert [one.url for one in had(crawled, "stale.test")] == ["http://stale.test/", "http://stale.test/old"]


def test_an_open_redirect_does_not_stand_for_its_site(crawled: Run) -> None:
    assert [(one.url, one.final_url) for one in had(crawled, "library.test")] == [
        ("http://library.test/", "http://library.test/"),
        ("http://library.test/go?u=news", "http://news.test/"),
    ]


def test_addresses_beyond_ascii_are_recorded_as_they_are_sent(crawled: Run) -> None:
    kazino = "http://cyrillic.test/%D0%BA%D0%B0%D0%B7%D0%B8%D0%BD%D0%BE"
    landing, deposit = had(crawled, "cyrillic.test")
    assert (landing.final_url, landing.outcome) == (kazino, Outcome.OK)
    assert (deposit.final_url, deposit.outcome) == ("http://cyrillic.test/%D0%B4%D0%B5%D0%BF%D0%BE%D0%B7%D0%B8%D1%82?a=1%202", Outcome.OK)
    away = had(crawled, "to-cyrillic.test")[0]
    assert (away.final_url, away.outcome) == ("http://xn--80aodfsg.test/", Outcome.NXDOMAIN)


def test_the_body_is_archived_as_it_came_and_reads_back(crawled: Run) -> None:
    capture = had(crawled, "packed.test")[0]
    assert capture.body_record is not None
    record = Archive(crawled.archive).read(capture.body_record)
    assert gzip.decompress(record.payload) == unpacked(record.payload, record.header("content-encoding"))
    assert "сжатая" in text_of(unpacked(record.payload, record.header("content-encoding")), capture.content_type)
    assert capture.body_size == len(record.payload)
    assert record.warc_header("WARC-IP-Address").startswith("93.184.")
    assert record.warc_header("WARC-Concurrent-To") == capture.records[0].record_id


def test_warcio_reads_every_page_back(crawled: Run) -> None:
    bodies: dict[str, bytes] = {}
    requests = 0
    for path in crawled.archive.glob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    bodies[record.rec_headers.get_header("WARC-Record-ID")] = record.raw_stream.read()
                elif record.rec_type == "request":
                    requests += 1
                    assert not record.http_headers.get_header("Proxy-Authorization")
    captures = [capture for host in SITES for capture in crawled.captures(host) if capture.body_record]
    assert len(captures) > 20
    for capture in captures:
        assert capture.body_record is not None
        assert len(bodies[capture.body_record.record_id]) == capture.body_size
    assert requests == len(bodies)


def test_files_are_finished_and_listed_before_rows_point_into_them(
    tmp_path_factory: pytest.TempPathFactory, server: LoopbackServer
) -> None:
    with new_run(tmp_path_factory.mktemp("rotation"), SITES) as run:
        run.crawl(LoopbackWeb(server), replace(QUICK, commit_hosts=2))
        files = {file.name: file for file in run.case.records(ArchiveFile)}
        assert len(files) >= 3
        assert {path.name for path in run.archive.iterdir()} == {*files, SUMS}
        assert {record.file for capture in run.case.records(Capture) for record in capture.records} <= set(files)
        assert all(sha256_of(run.archive / name) == file.sha256 for name, file in files.items())


def test_a_second_run_finds_nothing_to_do(crawled: Run, server: LoopbackServer) -> None:
    asked = len(server.requests)
    assert hosts_to_fetch(crawled.case, NOW) == []
    report = crawled.crawl(LoopbackWeb(server))
    assert (report.done, report.failures, report.skipped) == (0, 0, ())
    assert len(server.requests) == asked


def test_a_replay_of_the_archive_comes_to_the_same_pages(tmp_path_factory: pytest.TempPathFactory, crawled: Run) -> None:
    with new_run(tmp_path_factory.mktemp("replay"), SITES, URLS) as run:
        run.crawl(ReplayWeb(sorted(crawled.archive.glob("*.warc.gz")), lambda: NOW))
        for host in SITES:
            for vantage in ("desktop", "phone"):
                live = [
                    (one.url, one.final_url, one.page, one.outcome, one.status, one.hops, one.body_sha256)
                    for one in had(crawled, host, vantage)
                ]
                replayed = [
                    (one.url, one.final_url, one.page, one.outcome, one.status, one.hops, one.body_sha256)
                    for one in had(run, host, vantage)
                ]
                assert replayed == live
        assert all(capture.replayed_from for capture in run.case.records(Capture))


def test_in_a_replay_https_is_answered_under_the_authority_of_the_run(tmp_path: Path, crawled: Run) -> None:
    with new_run(tmp_path, ["named.test"], {"named.test": "https://named.test/go?code=7"}) as run:
        run.crawl(ReplayWeb(sorted(crawled.archive.glob("*.warc.gz")), lambda: NOW))
        assert [(one.url, one.outcome, one.body_sha256) for one in had(run, "named.test")][1:] == [
            ("https://named.test/go?code=7", Outcome.OK, had(crawled, "named.test")[1].body_sha256)
        ]


def test_the_crawls_log_holds_what_went_wrong_and_no_settings(crawled: Run) -> None:
    assert (crawled.logs / "crawl.log").read_text() == ""


def test_in_a_replay_a_page_that_is_not_archived_is_recorded_so_and_nothing_is_said(
    tmp_path: Path, crawled: Run, said: Callable[[], str]
) -> None:
    url = "https://named.test/never"
    with new_run(tmp_path, ["named.test"], {"named.test": url}) as run:
        run.crawl(ReplayWeb(sorted(crawled.archive.glob("*.warc.gz")), lambda: NOW))
        landings = [one for one in had(run, "named.test") if one.url == url]
        assert [one.outcome for one in landings] == [Outcome.NOT_ARCHIVED]
        assert "is not" in landings[0].reason
        assert (run.logs / "crawl.log").read_text() == ""
        assert run.progress.notes == []
    assert said() == ""


def test_in_a_replay_every_capture_has_the_date_of_what_was_served(tmp_path: Path) -> None:
    then = NOW - timedelta(days=30)
    writer = ArchiveWriter(tmp_path, "web")
    html = (("Content-Type", "text/html; charset=utf-8"),)
    body = '<a href="/депозит?a=b c">Депозит</a><a href="https://late.test./rules">Правила</a><a href="/promo">Промо</a>'.encode()
    for url in ("http://late.test/", "http://late.test/%D0%B4%D0%B5%D0%BF%D0%BE%D0%B7%D0%B8%D1%82?a=b%20c", "https://late.test/rules"):
        writer.response(url, "200 OK", html, body, taken_at=then, site="late.test", vantage="desktop")
    for url in ("https://late.test/promo", "https://unsafe.test/"):
        writer.outcome(url, "certificate", "expired", taken_at=then, site="late.test", vantage="desktop")
    web = ReplayWeb([tmp_path / writer.finish(then).name], lambda: NOW)
    with new_run(tmp_path / "state", ["late.test", "unsafe.test"]) as run:
        run.crawl(web)
        late = [(one.page.value, one.outcome, one.replayed_from) for one in had(run, "late.test")]
        assert late == [
            ("landing", Outcome.OK, then),
            ("deposit", Outcome.OK, then),
            ("rules", Outcome.OK, then),
            ("promo", Outcome.CERTIFICATE, then),
        ]
        assert [(one.outcome, one.replayed_from) for one in run.captures("unsafe.test")] == [(Outcome.CERTIFICATE, then)] * 2
