"""The step over sites that behave: what a browser sees of them that a plain fetch does not, and what is kept of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from casefile.archive import Archive
from casefile.body import text_of
from casefile.observation import DOM, PAGE_INFO, SCREENSHOT, SeenRequest
from casefile.outcomes import Outcome
from casefile.queries import hosts_to_render
from casefile.records import Capture, Hop, PageKind
from crawler.egress.replay import ReplayWeb
from crawler.options import DESKTOP, PHONE
from tests.crawler.crawling import NOW
from tests.crawler.render.rendering import SHORT, Rendering, new_rendering
from tests.site.answers import by_vantage, echo, gzipped, page, redirect, whole
from tests.site.server import LoopbackServer, LoopbackWeb, Sites, serving

PNG = b"\x89PNG\r\n\x1a\n"
FILLER = "<p>Играть без риска нельзя, об этом пишут все.</p>" * 8

SHELL = """<!doctype html><html><head><title>…</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png"></head><body>
<div id="app"></div><script src="/app.js"></script></body></html>"""
APP = """fetch('/api/lobby?lang=ru', {method: 'POST', headers: {'X-App': '1'}, body: 'lang=ru'}).then(answer => answer.json()).then(lobby => {
  document.title = lobby.title;
  document.getElementById('app').innerHTML = '<h1>' + lobby.title + '</h1>' + '<p>слот</p>'.repeat(100) + '<a href="/cash">Пополнить счёт</a>';
  document.getElementById('app').attachShadow;
  localStorage.setItem('player-token', 'secret');
  sessionStorage.setItem('affiliate', '77');
  document.cookie = 'visited=1';
  console.error('lobby: no session');
});
new WebSocket('ws://odds.test/live');
window.open('http://advert.test/');
alert('Вам есть 18?');
navigator.serviceWorker && navigator.serviceWorker.register('/worker.js');"""

SITES: Sites = {
    "shell.test": {
        "/": whole(SHELL.encode()),
        "/app.js": whole(APP.encode(), content_type="text/javascript"),
        "/style.css": whole(b"h1 { color: red }", content_type="text/css"),
        "/api/lobby": whole('{"title": "Казино Буран"}'.encode(), content_type="application/json"),
        "/icon.png": whole(PNG + b"icon", content_type="image/png"),
        "/cash": page(FILLER + "касса"),
    },
    "frames.test": {"/": page(FILLER + '<iframe src="http://games.test/slot?game=1"></iframe>')},
    "games.test": {
        "/slot": page("слот<script>fetch('/spin')</script>"),
        "/spin": whole(b"{}", content_type="application/json"),
    },
    "moved.test": {"/": redirect("/hall"), "/hall": page("<script>location.href = '/door'</script>"),
                   "/door": page(head='<meta http-equiv="refresh" content="0; url=http://arrived.test/lobby">')},
    "arrived.test": {"/lobby": page(FILLER + "зал")},
    "two-faced.test": {"/": by_vantage(page(FILLER + "Магазин одежды"), page(FILLER + "Казино"))},
    "echo.test": {"/": echo()},
    "cp1251.test": {"/": whole(f"<html><head><title>Ставки</title></head><body>{FILLER}</body></html>".encode("cp1251"),
                               content_type="text/html; charset=windows-1251")},
    "packed.test": {"/": gzipped(f"<html><body>{FILLER}</body></html>".encode())},
    "shadow.test": {"/": page(FILLER + "<div id=h></div><script>h.attachShadow({mode: 'open'}).innerHTML = '<b>спрятанное казино</b>'</script>")},
    "fixed.test": {"/": whole(b"no such page", status="404 Not Found")},
    "long.test": {"/": page("<div style='height: 90000px'>" + FILLER + "</div>")},
    "plain.test": {"/": page(FILLER, links=(("/cash", "Пополнить счёт"), ("/about", "О нас"))), "/cash": page(FILLER + "касса"), "/about": page()},
    "library.test": {"/": page(FILLER)},
}  # fmt: skip
RENDERED = [name for name in SITES if name not in ("games.test", "arrived.test", "library.test")]


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with serving(SITES) as serving_now:
        yield serving_now


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, server: LoopbackServer) -> Iterator[Rendering]:
    with new_rendering(tmp_path_factory.mktemp("render"), [*RENDERED, "library.test"]) as run:
        run.render(LoopbackWeb(server), SHORT, needs=lambda host: host.name != "library.test")
        yield run


def front(run: Rendering, host: str) -> Capture:
    [capture] = run.rendered(host)
    return capture


def request(run: Rendering, host: str, url: str) -> SeenRequest:
    return next(one for one in run.seen(front(run, host)).requests if one.url == url)


def test_a_shell_is_a_casino_once_its_script_ran(run: Rendering) -> None:
    capture = front(run, "shell.test")
    assert (capture.outcome, capture.status, capture.title) == (Outcome.OK, 200, "Казино Буран")
    assert "<h1>Казино Буран</h1>" in run.dom(capture)
    assert capture.dom is not None
    assert capture.body_record == capture.dom
    assert capture.body_sha256 == capture.dom.sha256


def test_the_picture_is_png_and_bounded_in_height(run: Rendering) -> None:
    capture = front(run, "long.test")
    assert capture.screenshot is not None
    png = Archive(run.archive).read(capture.screenshot).payload
    assert png.startswith(PNG)
    assert int.from_bytes(png[20:24], "big") == SHORT.render.screenshot_height


def test_every_request_is_kept_with_kind_initiator_status_and_type(run: Rendering) -> None:
    script = request(run, "shell.test", "http://shell.test/app.js")
    data = request(run, "shell.test", "http://shell.test/api/lobby?lang=ru")
    style = request(run, "shell.test", "http://shell.test/style.css")
    socket = request(run, "shell.test", "ws://odds.test/live")
    icon = request(run, "shell.test", "http://shell.test/icon.png")
    assert (script.kind, script.initiator, script.status, script.mime) == ("script", "http://shell.test/", 200, "text/javascript")
    assert (data.kind, data.method, data.initiator, data.mime) == ("fetch", "POST", script.url, "application/json")
    assert (style.kind, socket.kind, icon.kind) == ("stylesheet", "websocket", "favicon")
    assert socket.initiator == script.url
    assert socket.failure


def test_bodies_of_documents_scripts_styles_data_and_icon_are_archived(run: Rendering) -> None:
    bodies = {}
    for one in run.seen(front(run, "shell.test")).requests:
        if one.record is not None:
            bodies[one.url.removeprefix("http://shell.test")] = Archive(run.archive).read(one.record).payload
    assert bodies["/"] == SHELL.encode()
    assert bodies["/app.js"] == APP.encode()
    assert bodies["/api/lobby?lang=ru"] == '{"title": "Казино Буран"}'.encode()
    assert bodies["/icon.png"] == PNG + b"icon"
    assert "/style.css" in bodies


def test_what_the_page_tried_is_kept_and_none_of_it_was_let(run: Rendering, server: LoopbackServer) -> None:
    seen = run.seen(front(run, "shell.test"))
    assert {event.kind for event in seen.events} >= {"dialog", "popup"}
    assert ("popup", "http://advert.test/") in [(event.kind, event.text) for event in seen.events]
    assert seen.console == ("lobby: no session",)
    assert not [one for one in server.requests if one.host == "advert.test" or one.path == "/worker.js"]


def test_the_names_of_what_a_page_stored_are_kept_and_never_the_values(run: Rendering) -> None:
    seen = run.seen(front(run, "shell.test"))
    assert set(seen.storage) == {"local:player-token", "session:affiliate", "cookie:visited"}


def test_redirects_of_every_kind_are_hops(run: Rendering) -> None:
    capture = front(run, "moved.test")
    assert capture.final_url == "http://arrived.test/lobby"
    assert capture.hops == (
        Hop(url="http://moved.test/", status=302, how="http"),
        Hop(url="http://moved.test/hall", status=0, how="script"),
        Hop(url="http://moved.test/door", status=0, how="meta"),
    )


def test_frames_of_other_sites_and_what_they_ask_for_are_seen(run: Rendering) -> None:
    urls = {(one.kind, one.url) for one in run.seen(front(run, "frames.test")).requests}
    assert {("document", "http://games.test/slot?game=1"), ("fetch", "http://games.test/spin")} <= urls


def test_a_page_in_another_charset_reads_back(run: Rendering) -> None:
    capture = front(run, "cp1251.test")
    assert capture.title == "Ставки"
    assert "Играть без риска" in run.dom(capture)
    record = request(run, "cp1251.test", "http://cp1251.test/").record
    assert record is not None
    archived = Archive(run.archive).read(record)
    assert "Играть" in text_of(archived.payload, archived.header("content-type"))


def test_a_packed_page_is_kept_unpacked(run: Rendering) -> None:
    record = request(run, "packed.test", "http://packed.test/").record
    assert record is not None
    archived = Archive(run.archive).read(record)
    assert archived.header("content-encoding") == ""
    assert "Играть" in archived.payload.decode()


def test_shadow_trees_are_part_of_the_page(run: Rendering) -> None:
    assert "спрятанное казино" in run.dom(front(run, "shadow.test"))


def test_an_error_page_is_an_error_and_is_read(run: Rendering) -> None:
    capture = front(run, "fixed.test")
    assert (capture.outcome, capture.status) == (Outcome.HTTP_ERROR, 404)
    assert "no such page" in run.dom(capture)


def test_a_host_that_needs_no_browser_is_left_and_counted(run: Rendering) -> None:
    assert run.rendered("library.test") == []
    assert run.report is not None
    assert [(count.outcome, count.number) for count in run.report.skipped] == [("not-needed", 1)]
    assert run.report.done == len(RENDERED)
    assert [host.name for host in hosts_to_render(run.case, NOW)] == ["library.test"]


def test_resources_stand_in_the_archive_under_their_addresses_and_every_record_says_how_it_was_taken(run: Rendering) -> None:
    found = {}
    for path in run.archive.glob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                record.raw_stream.read()
                if record.rec_type != "warcinfo":
                    assert record.rec_headers.get_header("X-Mirrorwatch-How") == "rendered"
                if record.rec_type == "resource":
                    found[record.rec_headers.get_header("WARC-Target-URI")] = record.rec_headers.get_header("Content-Type")
    for prefix, content_type in ((DOM, "text/html; charset=utf-8"), (SCREENSHOT, "image/png"), (PAGE_INFO, "application/json")):
        assert found[prefix + "http://shell.test/"] == content_type


def test_the_browser_says_who_asks_as_the_vantage_does(tmp_path: Path, server: LoopbackServer) -> None:
    with new_rendering(tmp_path, ["echo.test", "two-faced.test"]) as run:
        run.render(LoopbackWeb(server), replace(SHORT, vantages=(DESKTOP, PHONE)))
        desktop, phone = run.rendered("echo.test")
        assert (desktop.vantage, phone.vantage) == (DESKTOP, PHONE)
        assert DESKTOP.user_agent in run.dom(desktop)
        assert "accept-language: ru-KZ,ru;q=0.9,kk;q=0.8,en;q=" in run.dom(desktop)
        assert "referer" not in run.dom(desktop)
        assert PHONE.user_agent in run.dom(phone)
        assert "referer: https://www.google.com/" in run.dom(phone)
        assert "proxy" not in run.dom(phone).lower()
        assert ["Казино" in run.dom(capture) for capture in run.rendered("two-faced.test")] == [False, True]


def test_the_page_that_matters_most_is_looked_at_beside_the_front_page(tmp_path: Path, server: LoopbackServer) -> None:
    with new_rendering(tmp_path, ["plain.test"]) as run:
        run.render(LoopbackWeb(server), replace(SHORT, render=replace(SHORT.render, pages=1)))
        assert [(one.page, one.url) for one in run.rendered("plain.test")] == [
            (PageKind.LANDING, "http://plain.test/"),
            (PageKind.DEPOSIT, "http://plain.test/cash"),
        ]


def test_a_replay_shows_the_browser_what_the_browser_saw(tmp_path: Path, run: Rendering) -> None:
    hosts = ["shell.test", "frames.test", "moved.test", "cp1251.test", "packed.test", "fixed.test"]
    with new_rendering(tmp_path, hosts) as again:
        again.render(ReplayWeb(sorted(run.archive.glob("*.warc.gz")), lambda: NOW))
        for host in hosts:
            before, after = front(run, host), front(again, host)
            same = ("url", "final_url", "outcome", "status", "hops", "title", "body_sha256")
            assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
            assert after.replayed_from is not None
