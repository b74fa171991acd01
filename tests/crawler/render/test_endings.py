"""How rendering ends when it is not let finish: the browser killed, the child killed, the parent killed; nothing of it stays behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.archive import OPEN_SUFFIX, discard_open
from casefile.lock import night_lock
from casefile.outcomes import Outcome
from casefile.queries import hosts_to_render
from tests.crawler.crawling import NOW
from tests.crawler.render.rendering import SHORT, chromium, new_rendering
from tests.site.answers import Answer, Asked, page, silent
from tests.site.server import LoopbackWeb, Sites, serving

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
ONE = replace(SHORT, render=replace(SHORT.render, at_once=1, seconds=10.0))
FILLER = "<p>слово</p>" * 60


def table() -> dict[int, tuple[int, str]]:
    """Every process: its parent and its command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                found[int(entry.name)] = (int(fields[1]), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except (OSError, IndexError, ValueError):
            continue
    return found


def below(parent: int) -> dict[int, str]:
    """The processes that `parent` started, and those that they did."""
    processes = table()
    found: dict[int, str] = {}
    more = {parent}
    while more:
        more = {pid for pid, (above, _) in processes.items() if above in more and pid not in found}
        found |= {pid: processes[pid][1] for pid in more}
    return found


def browsers_below(parent: int) -> list[int]:
    """The main processes of the browsers under `parent`."""
    return [pid for pid, words in below(parent).items() if "--remote-debugging-pipe" in words and "--type=" not in words]


def children_below(parent: int) -> list[int]:
    return [pid for pid, words in below(parent).items() if "crawler.render.child" in words]


def until(condition: Callable[[], object]) -> None:
    """Poll until it holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def killing(times: int, whom: Callable[[int], list[int]]) -> Answer:
    """Kills browsers or children of this process the first times it is asked."""
    left = [times]

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if left[0]:
            left[0] -= 1
            for pid in whom(os.getpid()):
                os.kill(pid, signal.SIGKILL)
        else:
            await page(FILLER)(asked, writer)

    return answer


def test_a_browser_killed_in_the_middle_is_started_again_for_the_page(tmp_path: Path) -> None:
    sites: Sites = {"a.test": {"/": page(FILLER)}, "killer.test": {"/": killing(1, browsers_below)}, "z.test": {"/": page(FILLER)}}
    with serving(sites) as server, new_rendering(tmp_path, sites) as run:
        report = run.render(LoopbackWeb(server), ONE)
        assert (report.done, report.failed, report.skipped) == (3, (), ())
        assert [len(run.rendered(host)) for host in sites] == [1, 1, 1]


def test_a_page_at_which_the_browser_dies_twice_is_recorded_and_the_rest_goes_on(tmp_path: Path) -> None:
    sites: Sites = {"a.test": {"/": page(FILLER)}, "killer.test": {"/": killing(9, browsers_below)}, "z.test": {"/": page(FILLER)}}
    with serving(sites) as server, new_rendering(tmp_path, sites) as run:
        report = run.render(LoopbackWeb(server), ONE)
        assert (report.done, [(count.outcome, count.number) for count in report.failed]) == (2, [("crashed", 1)])
        [capture] = run.rendered("killer.test")
        assert (capture.outcome, capture.reason) == (Outcome.CRASHED, "the browser died at this page, twice")
        assert hosts_to_render(run.case, NOW) == []


def test_a_host_that_kills_the_child_twice_is_recorded_and_takes_no_other_with_it(tmp_path: Path) -> None:
    sites: Sites = {"a.test": {"/": page(FILLER)}, "killer.test": {"/": killing(9, children_below)}, "z.test": {"/": page(FILLER)}}
    with serving(sites) as server, new_rendering(tmp_path, sites) as run:
        report = run.render(LoopbackWeb(server), ONE)
        assert (report.done, [(count.outcome, count.number) for count in report.failed]) == (2, [("broken-off", 1)])
        [capture] = run.rendered("killer.test")
        assert capture.outcome is Outcome.CRASHED
        assert "SIGKILL" in capture.reason
        until(lambda: not browsers_below(os.getpid()))


PARENT = """
from pathlib import Path
from tests.crawler.render.rendering import SHORT, new_rendering
from tests.site.answers import page, silent
from tests.site.server import LoopbackWeb, serving
sites = {"a.test": {"/": page()}, "silent.test": {"/": silent()}}
with serving(sites) as server, new_rendering(Path(%r), sites) as run:
    run.render(LoopbackWeb(server), SHORT)
"""


@pytest.mark.parametrize("whom", ["parent", "child"])
def test_a_killed_parent_or_child_leaves_no_browser_and_no_lock(tmp_path: Path, whom: str) -> None:
    chromium()
    parent = subprocess.Popen((sys.executable, "-c", PARENT % str(tmp_path)), cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        until(lambda: list((tmp_path / "archive").glob(f"*{OPEN_SUFFIX}")))
        left = below(parent.pid)
        assert any("--type=renderer" in words for words in left.values())
        if whom == "child":
            parent.send_signal(signal.SIGSTOP)  # so that it does not start the child again
            os.kill(children_below(parent.pid)[0], signal.SIGKILL)
            until(lambda: not [pid for pid in left if pid in table() and "crawler.render.child" not in left[pid]])
    finally:
        parent.kill()
        parent.wait()
    until(lambda: not [pid for pid in left if pid in table()])
    with night_lock(tmp_path):
        assert discard_open(tmp_path / "archive")


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    sites: Sites = {"a.test": {"/": page(FILLER)}, "slow.test": {"/": silent()}}
    with serving(sites) as server, new_rendering(tmp_path, sites) as run:
        run.render(LoopbackWeb(server), ONE)
        assert {host: run.rendered(host)[0].outcome for host in sites} == {"a.test": Outcome.OK, "slow.test": Outcome.READ_TIMEOUT}
        again = run.render(LoopbackWeb(server), ONE)
        assert (again.done, again.failures) == (0, 0)
