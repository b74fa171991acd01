"""How a crawl ends when it is not let finish: the child killed, the parent killed, the disk full, a fault of our own in one visit."""

import asyncio
import io
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from casefile.archive import OPEN_SUFFIX, discard_open
from casefile.errors import DiskFullError
from casefile.hostname import Door
from casefile.lock import night_lock
from casefile.queries import hosts_to_fetch
from casefile.records import ArchiveFile, Capture
from crawler.certificates import CheckedCertificates
from crawler.messages import Finish, HostBroken, HostDone, HostJob, Job, from_line, to_line
from crawler.spider import PARENT_GONE, Crew, Parent
from tests.crawler.crawling import NOW, QUICK, new_run
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


def test_a_killed_child_costs_only_the_host_it_had_in_work(tmp_path: Path) -> None:
    sites = {**hosts(6, page()), "killer.test": {"/": killing(1)}, **{f"z{place}.test": {"/": page()} for place in range(4)}}
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        report = run.crawl(LoopbackWeb(server), ONE_AT_A_TIME)
        assert report.done == 10
        assert [(count.outcome, count.number) for count in report.failed] == [("broken-off", 1)]
        assert [host.name for host in hosts_to_fetch(run.case, NOW)] == ["killer.test"]
        assert len(run.progress.notes) == 1
        assert "SIGKILL" in run.progress.notes[0]
        assert not list(run.archive.glob(f"*{OPEN_SUFFIX}"))
        assert all(len(run.captures(host)) == 4 for host in sites if host != "killer.test")
        assert run.crawl(LoopbackWeb(server), ONE_AT_A_TIME).done == 1


def test_a_child_that_dies_twice_is_given_up_and_the_rest_stays_pending(tmp_path: Path) -> None:
    sites = {**hosts(5, page()), "y.test": {"/": killing(9)}, "z1.test": {"/": killing(9)}, "z2.test": {"/": page()}}
    with serving(sites) as server, new_run(tmp_path, sites) as run:
        report = run.crawl(LoopbackWeb(server), ONE_AT_A_TIME)
        pending = [host.name for host in hosts_to_fetch(run.case, NOW)]
        assert (report.done, report.failures) == (4, 2)
        assert pending == ["h04.test", "y.test", "z1.test", "z2.test"]
        assert [(count.outcome, count.number) for count in report.skipped] == [("not-started", 2)]
        assert "stay pending" in run.progress.notes[-1]


PARENT = """
from pathlib import Path
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
        crew = Crew(job, door, Parent(out, door), CheckedCertificates())
        for name in ("good.test", "bad.test", "fine.test"):
            crew.parent.take(HostJob(host=door.parse(name), urls=(), credentials=()))
        crew.parent.take(Finish())
        await crew.work(fetch)
        return [from_line(line, door.parse) for line in out.getvalue().splitlines()]

    told = asyncio.run(work())
    assert [message.host.name for message in told if isinstance(message, HostDone)] == ["good.test", "fine.test"]
    assert [(message.host.name, message.error) for message in told if isinstance(message, HostBroken)] == [("bad.test", "RuntimeError")]


def test_a_message_comes_back_as_it_was_sent() -> None:
    door = Door(("test",))
    message = HostBroken(host=door.parse("bad.test"), error="строка\nи \x1b[31m управляющие")
    line = to_line(message)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert from_line(line, door.parse) == message
