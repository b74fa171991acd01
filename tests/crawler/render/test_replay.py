"""What a replay serves a browser: what a browser got where there is such a record, over https too, and leave to ask where the archive holds the answer."""

from datetime import timedelta
from pathlib import Path

import pytest

from casefile.archive import ArchiveWriter
from casefile.outcomes import Outcome
from casefile.records import How
from crawler.egress.replay import ReplayWeb
from tests.crawler.crawling import NOW
from tests.crawler.render.rendering import new_rendering
from tests.site.answers import page
from tests.site.server import LoopbackWeb, serving

HTML = (("Content-Type", "text/html; charset=utf-8"),)
FILLER = "<p>слово</p>" * 60


def archive(folder: Path, name: str, how: str, pages: dict[str, str], headers: tuple[tuple[str, str], ...] = HTML) -> Path:
    """A WARC file of pages as one kind of client got them."""
    writer = ArchiveWriter(folder, name, how=how)
    for url, body in pages.items():
        writer.response(url, "200 OK", headers, body.encode(), taken_at=NOW, site=url.split("/")[2], vantage="desktop")
    return folder / writer.finish(NOW).name


@pytest.mark.parametrize(("how", "body"), [(How.STATIC, b"shell"), (How.RENDERED, b"casino")])
def test_each_client_is_served_what_it_got(tmp_path: Path, how: How, body: bytes) -> None:
    files = [
        archive(tmp_path, "a", "static", {"https://a.test/": "shell"}),
        archive(tmp_path, "b", "rendered", {"https://a.test/": "casino"}),
    ]
    record = ReplayWeb(files, lambda: NOW + timedelta(days=1)).page("a.test", "/", scheme="http", vantage="desktop", how=how).record
    assert record is not None
    assert record.payload == body


@pytest.mark.parametrize("how", list(How))
def test_what_only_the_other_client_got_and_what_says_nothing_serves_both(tmp_path: Path, how: How) -> None:
    files = [
        archive(tmp_path, "a", "", {"https://old.test/": "old"}),
        archive(tmp_path, "b", "static", {"https://plain.test/": "plain"}),
        archive(tmp_path, "c", "rendered", {"https://app.test/data": "data"}),
    ]
    web = ReplayWeb(files, lambda: NOW)
    for host, path in (("old.test", "/"), ("plain.test", "/"), ("app.test", "/data")):
        assert web.page(host, path, scheme="https", vantage="desktop", how=how).outcome is Outcome.OK


def test_a_page_over_https_has_what_only_such_a_page_has_and_may_ask_other_hosts(tmp_path: Path) -> None:
    code = """navigator.serviceWorker.register('/worker.js').catch(() => 0);
    fetch('https://api.test/lobby', {headers: {'X-App': '1'}, credentials: 'include'}).then(one => one.text()).then(text => { document.title = text; });"""
    files = [
        archive(tmp_path, "a", "", {"https://a.test/": f"<html><body>{FILLER}<script>{code}</script></body></html>"}),
        archive(
            tmp_path,
            "b",
            "",
            {"https://api.test/lobby": "Казино"},
            (("Content-Type", "text/plain; charset=utf-8"), ("Access-Control-Allow-Origin", "https://a.test"), ("Access-Control-Allow-Credentials", "true")),
        ),
    ]  # fmt: skip
    with new_rendering(tmp_path / "state", ["a.test"]) as run:
        run.render(ReplayWeb(files, lambda: NOW))
        [capture] = run.rendered("a.test")
        assert (capture.url, capture.outcome, capture.title) == ("https://a.test/", Outcome.OK, "Казино")
        assert "service-worker" in [event.kind for event in run.seen(capture).events]


def test_a_page_that_could_not_be_had_comes_out_the_same_in_a_replay(tmp_path: Path) -> None:
    with serving({"dead.test": {"/": page()}}) as server, new_rendering(tmp_path / "live", ["dead.test"]) as run:
        run.render(LoopbackWeb(server, refusing=frozenset(("dead.test",))))
        [before] = run.rendered("dead.test")
        files = sorted(run.archive.glob("*.warc.gz"))
    with new_rendering(tmp_path / "again", ["dead.test"]) as again:
        again.render(ReplayWeb(files, lambda: NOW))
        [after] = again.rendered("dead.test")
    assert before.outcome is after.outcome is Outcome.CONNECTION_REFUSED
    assert before.dom is after.dom is None
