"""How a crawl ends when it is not let finish: the child killed, the parent killed, the disk full, a fault of our own in one visit."""

import asyncio
import io
import os
import resource
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from casefile.archive import OPEN_SUFFIX, discard_open
from casefile.errors import DiskFullError
from casefile.hostname import Door
from casefile.lock import night_lock
from casefile.outcomes import Outcome
from casefile.queries import hosts_to_fetch
from casefile.records import ArchiveFile, Capture, How, PageKind
from casefile.store import Case
from crawler.certificates import CheckedCertificates
from crawler.content import broken_visit
from crawler.crawl import IDLE_DEATHS, Crawl, HostState
from crawler.crew import PARENT_GONE, Parent
from crawler.egress.log import EgressLog
from crawler.fetch import static_trade
from crawler.messages import Begun, Finish, HostBroken, HostDone, HostJob, Job, PageTaken, Question, from_line, to_line
from crawler.options import DESKTOP
from crawler.spider import StaticCrew
from tests.crawler.crawling import NOW, QUICK, Notes, new_run, with_limits
from tests.site.answers import Answer, Asked, page, silent, whole
from tests.site.server import LoopbackWeb, Sites, serving

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


def children_of(parent: int) -> list[int]:
    """Process ids of running crawl children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z" and b"crawler.spider" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except (OSError, IndexError, ValueError):
            continue
    return found


def until(condition: Callable[[], object]) -> None:
    """Poll until it holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def a_job(archive: Path, proxy: str = "") -> Job:
    """A job for a child or crew without a parent's step around it."""
    return Job(
        proxy=proxy,
        ca_file="",
        archive=str(archive),
        prefix="t",
        replays=True,
        now=NOW,
        monotonic=time.monotonic(),
        extra_suffixes=("test",),
        link_words=(),
        options=replace(QUICK, sites_at_once=1),
    )


def a_crawl(folder: Path) -> Crawl:
    """A crawl over an empty case file, to be told what a child said."""
    case = Case(folder / "casefile.db", Door(("test",)))
    return Crawl(
        case=case,
        trade=static_trade(case, QUICK),
        options=QUICK,
        log=EgressLog(None, lambda: NOW),
        clock=lambda: NOW,
        progress=Notes(),
        pending=deque(),
        replays=False,
    )


def killing(times: int) -> Answer:
    """Kills the crawl's child the first times it is asked."""
    left = [times]

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if left[0]:
            left[0] -= 1
            for child in children_of(os.getpid()):
                os.kill(child, signal.SIGKILL)
        else:
            await page()(asked, writer)

    return answer


def hosts(number: int, answer: Answer) -> Sites:
    return {f"h{place:02d}.test": {"/": answer} for place in range(number)}


ONE_AT_A_TIME = replace(QUICK, sites_at_once=1, commit_hosts=4)


def stopping(times: int) -> Answer:
    """Lets the crawl's child hang the first times it is asked."""
    left = [times]

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if left[0]:
            left[0] -= 1
            for child in children_of(os.getpid()):
                os.kill(child, signal.SIGSTOP)
        await page()(asked, writer)

    return answer


def test_a_host_in_work_when_the_child_was_killed_is_visited_once_more(tmp_path: Path) -> None:
    sites = {**hosts(6, page()), "killer.test": {"/": killing(1)}, **{f"z{place}.test": {"/": page()} for place in range(4)}}
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        report = run.crawl(LoopbackWeb(server), ONE_AT_A_TIME)
        assert (report.done, report.failed, report.skipped) == (11, (), ())
        assert len(run.progress.notes) == 1
        assert "SIGKILL" in run.progress.notes[0]
        assert not list(run.archive.glob(f"*{OPEN_SUFFIX}"))
        assert all(len(run.captures(host)) == 4 for host in sites)


def test_a_host_that_kills_the_child_twice_is_recorded_and_takes_no_other_with_it(tmp_path: Path) -> None:
    sites = {**hosts(5, page()), "y.test": {"/": killing(9)}, "z1.test": {"/": killing(9)}, "z2.test": {"/": page()}}
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        report = run.crawl(LoopbackWeb(server), replace(QUICK, sites_at_once=4))
        assert (report.done, [(count.outcome, count.number) for count in report.failed]) == (6, [("broken-off", 2)])
        assert hosts_to_fetch(run.case, NOW) == []
        for host in ("y.test", "z1.test"):
            [capture] = run.captures(host)
            assert (capture.outcome, capture.page) == (Outcome.UNREADABLE, PageKind.LANDING)
            assert "SIGKILL" in capture.reason


def test_a_child_that_hangs_is_killed_and_the_page_that_hangs_it_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.crawl.GRACE", 2.0)
    sites = {"hangs.test": {"/": stopping(9)}, "later.test": {"/": stopping(1)}, **hosts(3, page())}
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        report = run.crawl(LoopbackWeb(server), with_limits(ONE_AT_A_TIME, seconds=2.0))
        assert (report.done, [(count.outcome, count.number) for count in report.failed]) == (4, [("broken-off", 1)])
        assert hosts_to_fetch(run.case, NOW) == []
        assert [capture.outcome for capture in run.captures("hangs.test")] == [Outcome.BUDGET_TIME]


def test_a_child_that_dies_before_it_has_any_host_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "no-python-here"))
    sites = hosts(2, page())
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        report = run.crawl(LoopbackWeb(server))
        assert (report.done, [(count.outcome, count.number) for count in report.skipped]) == (0, [("not-started", 2)])
        assert len(run.progress.notes) == IDLE_DEATHS
        assert "2 hosts stay pending" in run.progress.notes[-1]


def test_a_visit_that_a_fault_of_ours_ends_leaves_a_capture(tmp_path: Path) -> None:
    crawl, host = a_crawl(tmp_path), Door(("test",)).parse("odd.test")
    crawl.out[host] = HostState(place=0, begun=True)
    fault = broken_visit(host, DESKTOP, Outcome.UNREADABLE, "a fault of ours ended the visit: RuntimeError", NOW, replays=False)
    for message in (PageTaken(capture=fault), HostBroken(host=host, error="RuntimeError")):
        crawl._take(message)
    crawl._commit()
    assert [(one.outcome, one.reason) for one in crawl.case.records(Capture)] == [(Outcome.UNREADABLE, fault.reason)]
    assert [(count.outcome, count.number) for count in crawl.report(0.0).failed] == [("broken-off", 1)]


PARENT = """
from pathlib import Path
from typing import Any
from tests.crawler.crawling import QUICK, new_run
from tests.site.answers import page, silent
from tests.site.server import LoopbackWeb, serving
sites = {"a.test": {"/": page()}, "b.test": {"/": page()}, "silent.test": {"/": silent()}}
with serving(sites) as server, new_run(Path(%r), sites) as run:
    run.crawl(LoopbackWeb(server), QUICK)
"""


def test_a_killed_parent_leaves_no_orphan_and_no_lock(tmp_path: Path) -> None:
    parent = subprocess.Popen((sys.executable, "-c", PARENT % str(tmp_path)), cwd=ROOT)
    until(lambda: list((tmp_path / "archive").glob(f"*{OPEN_SUFFIX}")))
    (child,) = children_of(parent.pid)
    parent.kill()
    parent.wait()
    until(lambda: not Path(f"/proc/{child}").exists())
    with night_lock(tmp_path):
        assert discard_open(tmp_path / "archive")
    sites = {"a.test": {"/": page()}, "b.test": {"/": page()}, "silent.test": {"/": silent()}}
    with serving(sites) as server, new_run(tmp_path, ()) as run:
        run.crawl(LoopbackWeb(server))
        assert run.report is not None
        assert (run.report.done, [count.outcome for count in run.report.failed]) == (2, ["read-timeout"])


def test_the_child_ends_at_once_when_its_input_closes_whatever_it_waits_for(tmp_path: Path) -> None:
    door = Door(("test",))
    with serving({"silent.test": {"/": silent()}}) as server, (tmp_path / "log").open("wb") as log:
        job = a_job(tmp_path, proxy=f"http://127.0.0.1:{server.plain_port}")
        command = (sys.executable, "-m", "crawler.spider")
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log) as child:
            assert child.stdin is not None
            child.stdin.write(to_line(job) + to_line(HostJob(host=door.parse("silent.test"), urls=(), credentials=())))
            child.stdin.flush()
            until(lambda: server.requests)
            child.stdin.close()
            assert child.wait(1.0) == PARENT_GONE


def test_the_child_holds_the_lock_as_long_as_it_lives(tmp_path: Path) -> None:
    with serving({"silent.test": {"/": silent()}}) as server, new_run(tmp_path, ["silent.test"]) as run:
        held: list[bool] = []

        class Looking(LoopbackWeb):
            async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                (child,) = children_of(os.getpid())
                links = [os.readlink(link) for link in Path(f"/proc/{child}/fd").iterdir()]
                held.append(any(link.endswith("night.lock") for link in links))
                return await super().dial(address, port, seconds)

        run.crawl(Looking(server))
        assert held
        assert all(held)


def test_a_disk_without_room_stops_before_anything_is_written(tmp_path: Path) -> None:
    sites = hosts(3, page())
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        with pytest.raises(DiskFullError, match="MB free"):
            run.crawl(LoopbackWeb(server), replace(QUICK, keep_free_octets=1 << 60))
        assert len(hosts_to_fetch(run.case, NOW)) == 3
        assert not list(run.archive.glob("*.warc.gz*"))


def test_a_disk_that_fills_up_keeps_what_was_finished(tmp_path: Path) -> None:
    sites = hosts(12, whole(os.urandom(50_000).hex().encode()))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, before[1]))
        try:
            with pytest.raises(DiskFullError):
                run.crawl(LoopbackWeb(server), replace(QUICK, sites_at_once=2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        left = len(hosts_to_fetch(run.case, NOW))
        assert 0 < left < 12
        assert len(run.case.records(ArchiveFile)) == 1
        assert len({capture.host for capture in run.case.records(Capture)}) == 12 - left
        assert run.crawl(LoopbackWeb(server)).done == left


def test_a_fault_of_ours_in_one_visit_ends_that_host_only(tmp_path: Path) -> None:
    door = Door(("test",))

    async def fetch(request: Request) -> HtmlResponse:
        if "bad" in request.url:
            raise RuntimeError("a fault of ours")
        return HtmlResponse(request.url, body=b"<html>page</html>")

    async def work() -> list[object]:
        out = io.BytesIO()
        job = a_job(tmp_path)
        crew = StaticCrew(job, door, Parent(out, door), CheckedCertificates())
        for name in ("good.test", "bad.test", "fine.test"):
            crew.parent.take(HostJob(host=door.parse(name), urls=(), credentials=()))
        crew.parent.take(Finish())
        await crew.crawl(fetch)
        return [from_line(line, door.parse) for line in out.getvalue().splitlines()]

    told = asyncio.run(work())
    assert [message.host.name for message in told if isinstance(message, HostDone)] == ["good.test", "fine.test"]
    assert [(message.host.name, message.error) for message in told if isinstance(message, HostBroken)] == [("bad.test", "RuntimeError")]
    left = [message.capture for message in told if isinstance(message, PageTaken) and message.capture.host.name == "bad.test"]
    assert [(one.outcome, one.reason) for one in left] == [(Outcome.UNREADABLE, "a fault of ours ended the visit: RuntimeError")]


def test_a_message_comes_back_as_it_was_sent() -> None:
    door = Door(("test",))
    message = HostBroken(host=door.parse("bad.test"), error="строка\nи \x1b[31m управляющие")
    line = to_line(message)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert from_line(line, door.parse) == message


class Pipe(io.BytesIO):
    """Remembers how often it was written to."""

    writes = 0

    def write(self, octets: Any) -> int:
        self.writes += 1
        return super().write(octets)


def test_pages_are_sent_with_the_next_word_about_their_host_and_in_order() -> None:
    door, pipe = Door(("test",)), Pipe()
    parent, host = Parent(pipe, door), door.parse("a.test")
    taken = PageTaken(
        capture=Capture(
            host=host,
            url="https://a.test/",
            page=PageKind.LANDING,
            how=How.STATIC,
            vantage=DESKTOP,
            outcome=Outcome.OK,
            final_url="https://a.test/",
            taken_at=NOW,
        )
    )
    told = [Begun(host=host), taken, Question(number=1, site="a.test", host="a.test", port=443), taken, taken, HostDone(host=host)]
    seen = []
    for message in told:
        parent.tell(message)
        seen.append(pipe.writes)
    assert seen == [1, 1, 2, 2, 2, 3]
    assert [from_line(line, door.parse) for line in pipe.getvalue().splitlines()] == told
