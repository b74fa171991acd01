"""Pages made to stop, fill or hide from a browser: each ends with an outcome within its time, and the step goes on to the next."""

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.outcomes import OUTCOMES, Outcome
from casefile.records import Capture
from crawler.render.memory import held_by
from crawler.render.sandbox import processes_of
from tests.crawler.render.rendering import SHORT, Rendering, new_rendering
from tests.site.answers import Answer, by_vantage, counting, page, redirect, silent, whole
from tests.site.server import LoopbackWeb, Sites, serving


def script(code: str, text: str = "Казино") -> Answer:
    return page(f"<p>{text}</p><script>{code}</script>")


SITES: Sites = {
    "hangs.test": {"/": script("while (true) {}")},
    "dialogs.test": {"/": script("while (true) alert('ещё')")},
    "popups.test": {"/": script("for (let n = 0; n < 300; n++) window.open('http://advert.test/' + n)")},
    "memory.test": {"/": script("const all = []; while (true) all.push(new Array(100000).fill(Math.random()))")},
    "canvas.test": {"/": script(
        "for (let n = 0; n < 200; n++) { const one = document.createElement('canvas'); one.width = one.height = 8000;"
        "one.getContext('2d').fillRect(0, 0, 8000, 8000); document.body.append(one) }")},
    "nodes.test": {"/": whole(b"<html><body><p>begin</p>" + b"<i></i>" * 250_000 + b"<p>end</p></body></html>")},
    "more-nodes.test": {"/": script("let h = ''; for (let n = 0; n < 1000000; n++) h += '<i>'; document.body.innerHTML += '<p>words</p>' + h")},
    "deep.test": {"/": whole(b"<html><body>" + b"<div>" * 10_000 + b"deep</body></html>")},
    "loops.test": {"/*": script("location.href = '/' + Math.random()")},
    "reloads.test": {"/": script("location.reload()")},
    "counts.test": {"/": redirect("/n/0"), "/n/*": counting("/n/")},
    "download.test": {"/": whole(b"\x7fELF", content_type="application/octet-stream", headers=("Content-Disposition: attachment; filename=win.apk",))},
    "offers.test": {"/": script("location.href = '/win.apk'"),
                    "/win.apk": whole(b"PK", content_type="application/vnd.android.package-archive", headers=("Content-Disposition: attachment",))},
    "abandons.test": {"/": script("location.href = 'http://gone.test/'")},
    "picture.test": {"/": whole(b"\x89PNG\r\n\x1a\n", content_type="image/png")},
    "scroll.test": {"/": script("setInterval(() => { for (let n = 0; n < 50; n++) document.body.append(document.createElement('p')) }, 20)")},
    "sockets.test": {"/": script("for (let n = 0; n < 500; n++) new WebSocket('ws://sockets.test/' + n)")},
    "requests.test": {"/": script("for (let n = 0; n < 10000; n++) fetch('/r/' + n).catch(() => 0)"), "/r/*": whole(b"{}")},
    "silent.test": {"/": silent()},
    "empty.test": {"/": whole(b"")},
    "console.test": {"/": script("for (let n = 0; n < 20000; n++) console.error('x'.repeat(1000))")},
    "lies.test": {"/": script(
        "for (const name of ['getElementsByTagName', 'querySelectorAll']) Document.prototype[name] = () => { throw 1 };"
        "Object.defineProperty(document, 'title', {get: () => 'shop'}); Object.defineProperty(Element.prototype, 'outerHTML', {get: () => ''})",
        "Правда")},
    "workers.test": {"/": script("new Worker(URL.createObjectURL(new Blob(['while (true) {}'])))")},
    "good.test": {"/": page("<p>слово</p>" * 60)},
}  # fmt: skip

EXPECTED = {
    "hangs.test": Outcome.CRASHED,
    "dialogs.test": Outcome.CRASHED,
    "popups.test": Outcome.OK,
    "memory.test": Outcome.CRASHED,
    "nodes.test": Outcome.TOO_LARGE,
    "deep.test": Outcome.OK,
    "loops.test": Outcome.REDIRECT_LIMIT,
    "reloads.test": Outcome.REDIRECT_LIMIT,
    "counts.test": Outcome.REDIRECT_LIMIT,
    "download.test": Outcome.NOT_A_PAGE,
    "offers.test": Outcome.OK,
    "abandons.test": Outcome.NXDOMAIN,
    "picture.test": Outcome.NOT_A_PAGE,
    "scroll.test": Outcome.OK,
    "sockets.test": Outcome.OK,
    "silent.test": Outcome.READ_TIMEOUT,
    "empty.test": Outcome.EMPTY,
    "lies.test": Outcome.OK,
    "workers.test": Outcome.OK,
    "good.test": Outcome.OK,
}

EITHER = {
    "more-nodes.test": (Outcome.TOO_LARGE, Outcome.CRASHED),
    "requests.test": (Outcome.OK, Outcome.CRASHED),
    "console.test": (Outcome.OK, Outcome.CRASHED),
    "canvas.test": (Outcome.OK, Outcome.CRASHED),
}
"""Whether a million elements, ten thousand requests, twenty thousand lines are done in time is the machine's affair; how much of a picture is
held, the browser's.
"""


class Peak:
    """The most that any process of a browser held."""

    def __init__(self) -> None:
        self.octets = 0
        self.ended = threading.Event()


def watch(peak: Peak) -> None:
    """Look at the browsers' processes until told to end."""
    while not peak.ended.wait(0.2):
        for home in Path(tempfile.gettempdir()).glob("mirrorwatch-browser-*"):
            peak.octets = max([peak.octets, *(held_by(pid) for pid in processes_of(home))])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rendering]:
    with serving(SITES) as server, new_rendering(tmp_path_factory.mktemp("hostile"), SITES) as run:
        begun = time.monotonic()
        watching = threading.Thread(target=watch, args=(peak := Peak(),), daemon=True)
        watching.start()
        run.render(LoopbackWeb(server, failing={"gone.test": Outcome.NXDOMAIN}), SHORT)
        run.seconds = time.monotonic() - begun  # type: ignore[attr-defined]
        peak.ended.set()
        watching.join()
        run.peak = peak.octets  # type: ignore[attr-defined]
        yield run


def front(run: Rendering, host: str) -> Capture:
    [capture] = run.rendered(host)
    return capture


def test_every_page_ends_with_its_outcome_and_none_takes_another_with_it(run: Rendering) -> None:
    assert {host: front(run, host).outcome for host in EXPECTED} == EXPECTED
    assert all(front(run, host).outcome in outcomes for host, outcomes in EITHER.items())
    assert run.progress.notes == []


def test_no_page_takes_longer_than_its_time(run: Rendering) -> None:
    most = SHORT.render.seconds + 8.0
    assert run.seconds < len(SITES) * most / SHORT.render.at_once  # type: ignore[attr-defined]


def test_no_process_of_the_browser_fills_the_machine(run: Rendering) -> None:
    assert 0 < run.peak < 2 * SHORT.render.memory_octets  # type: ignore[attr-defined]


def test_what_a_page_that_hangs_had_shown_is_kept(run: Rendering) -> None:
    capture = front(run, "hangs.test")
    assert "Казино" in run.dom(capture)
    assert "hangs" in capture.reason


def test_of_a_page_with_too_many_elements_the_words_are_kept(run: Rendering) -> None:
    capture = front(run, "nodes.test")
    assert "begin" in run.dom(capture)
    assert run.seen(capture).cut


def test_windows_that_open_by_themselves_are_recorded_and_bounded(run: Rendering) -> None:
    events = run.seen(front(run, "popups.test")).events
    assert events[0].text == "http://advert.test/0"
    assert len(events) == 100
    assert run.seen(front(run, "popups.test")).cut


def test_a_download_is_refused_and_recorded(run: Rendering) -> None:
    for host, name in (("download.test", "win.apk"), ("offers.test", "http://offers.test/win.apk")):
        assert any(event.kind == "download" and name in event.text for event in run.seen(front(run, host)).events)


def test_a_crash_is_recorded_as_the_page_tried_it(run: Rendering) -> None:
    assert "crash" in [event.kind for event in run.seen(front(run, "memory.test")).events]


def test_ten_thousand_requests_are_recorded_up_to_a_bound(run: Rendering) -> None:
    seen = run.seen(front(run, "requests.test"))
    assert seen.cut
    assert len(seen.requests) <= 2_001


def test_a_page_cannot_change_what_is_read_of_it(run: Rendering) -> None:
    capture = front(run, "lies.test")
    assert "Правда" in run.dom(capture)
    assert capture.title == "t"


def test_what_was_not_read_is_never_taken_for_read() -> None:
    unread = {Outcome.CRASHED, Outcome.TOO_LARGE, Outcome.REDIRECT_LIMIT, Outcome.NOT_A_PAGE, Outcome.READ_TIMEOUT}
    assert not [outcome for outcome in unread if OUTCOMES[outcome].read]


def test_a_site_that_spends_its_budget_ends_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    big = whole(b"x" * 3_000_000, content_type="text/plain")
    sites: Sites = {
        "big.test": {"/": by_vantage(page("<img src=/1><img src=/2><script src=/3></script>"), page()), **{f"/{n}": big for n in (1, 2, 3)}}
    }
    small = replace(SHORT, limits=replace(SHORT.limits, octets=2_000_000))
    with serving(sites) as server, new_rendering(tmp_path_factory.mktemp("budget"), sites) as run:
        run.render(LoopbackWeb(server), small)
        assert any(one.failure for one in run.seen(front(run, "big.test")).requests)
        assert '"outcome":"budget-bytes"' in (run.logs / "egress.log").read_text()
