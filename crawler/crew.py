"""The child's end of the pipes, and the workers that visit hosts: what the Scrapy child and the renderer share.

A child ends at once when its standard input closes, so that a parent that is killed leaves no orphan; what was not finished then is visited again.
Standard output carries messages only; whatever else is printed goes to standard error, which the parent points at the step's log.
"""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from casefile.errors import ArchiveError, BrowserError, CasefileError, DiskFullError
from casefile.hostname import Door, Hostname
from casefile.outcomes import Outcome
from casefile.records import ArchiveFile, How
from crawler.content import broken_visit
from crawler.messages import (
    Answer,
    Begun,
    FileDone,
    Finish,
    HostBroken,
    HostDone,
    HostJob,
    Job,
    Message,
    PageTaken,
    Question,
    Stopped,
    from_line,
    to_line,
)
from crawler.warcs import Warcs

LINE_LIMIT = 1 << 24
"""Octets of a message at most."""

PARENT_GONE = 3
"""Exit status when standard input closes."""

logger = logging.getLogger("crawler.crew")

OURS = (ArchiveError, BrowserError, DiskFullError)
"""Our own side fails: the work ends here, with what was finished kept."""

VisitHost = Callable[[HostJob], Awaitable[None]]


class Parent:
    """The other end of the pipes: hosts and answers come in, messages go out."""

    def __init__(self, out: BinaryIO, door: Door) -> None:
        self._out = out
        self._door = door
        self._hosts: asyncio.Queue[HostJob | None] = asyncio.Queue()
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0
        self._unsent = bytearray()

    def tell(self, message: Message) -> None:
        """Send a message; the pipe is drained by a parent that waits for nothing else.

        Pages wait for the next message of another kind, which every host ends with: a write for each was measured to cost as much as packing it.
        """
        self._unsent += to_line(message)
        if not isinstance(message, PageTaken):
            self._out.write(self._unsent)
            self._unsent.clear()

    async def next_host(self) -> HostJob | None:
        """The next host to visit, None when there are no more."""
        host = await self._hosts.get()
        if host is None:
            self._hosts.put_nowait(None)
        return host

    async def ask(self, site: str, host: str, port: int, vantage: str = "", url: str = "") -> Answer:
        """What the proxy's log last said of `host` and `port` for `site`; of `url` from `vantage` where it is given and was seen."""
        self._number += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[self._number] = answer
        self.tell(Question(number=self._number, site=site, host=host, port=port, vantage=vantage, url=url))
        return await answer

    async def listen(self) -> None:
        """Take in what the parent says until it is gone."""
        reader = asyncio.StreamReader(limit=LINE_LIMIT)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            self.take(from_line(line, self._door.parse))

    def take(self, message: Message) -> None:
        """Take in one thing that the parent said."""
        if isinstance(message, HostJob):
            self._hosts.put_nowait(message)
        elif isinstance(message, Answer):
            self._asked.pop(message.number).set_result(message)
        elif isinstance(message, Finish):
            self.no_more()

    def no_more(self) -> None:
        """Let every worker end after the host it has."""
        self._hosts.put_nowait(None)


class Crew:
    """Workers, each with one host at a time. A fault of ours in one visit ends that host only. `how`: what kind of captures they make."""

    def __init__(self, job: Job, door: Door, parent: Parent, how: How) -> None:
        self.job = job
        self.door = door
        self.parent = parent
        self.how = how
        self.stopped = False
        self.finished = False
        self.warcs = Warcs(Path(job.archive), job.prefix, job.options, self.now, how) if job.archive else None

    def now(self) -> datetime:
        """The parent's clock, carried on by the machine's monotonic one."""
        return self.job.now + timedelta(seconds=time.monotonic() - self.job.monotonic)

    async def work(self, visit: VisitHost, at_once: int) -> None:
        """Visit hosts, `at_once` at a time, until there are no more, then finish the open file."""
        await asyncio.gather(*(self._worker(visit) for _ in range(at_once)))
        if self.warcs is not None:
            try:
                self._tell_file(self.warcs.finish())
            except (ArchiveError, DiskFullError) as error:
                self._stop(error)
        self.finished = True

    async def _worker(self, visit: VisitHost) -> None:
        while not self.stopped and (host := await self.parent.next_host()) is not None:
            self.parent.tell(Begun(host=host.host))
            visiting = asyncio.create_task(self._visit(host, visit))
            await asyncio.wait((visiting,))
            self._account(host.host, visiting)

    async def _visit(self, host: HostJob, visit: VisitHost) -> None:
        await visit(host)
        self.parent.tell(HostDone(host=host.host))
        if self.warcs is not None:
            self._tell_file(self.warcs.host_finished())

    def _account(self, host: Hostname, visit: "asyncio.Task[None]") -> None:
        error = visit.exception()
        if error is None or self.stopped:
            return
        if isinstance(error, OURS):
            self._stop(error)
            return
        logger.error("the visit of %s broke off", host.name, exc_info=error)
        reason = f"a fault of ours ended the visit: {type(error).__name__}"
        vantage, replays = self.job.options.vantages[0], self.job.replays
        left = broken_visit(host, vantage, Outcome.UNREADABLE, reason, self.now(), replays=replays, how=self.how)
        self.parent.tell(PageTaken(capture=left))
        self.parent.tell(HostBroken(host=host, error=type(error).__name__))

    def _stop(self, error: CasefileError) -> None:
        """Our own side failed: say why, take no more hosts; `work` finishes what is whole."""
        if not self.stopped:
            self.stopped = True
            self.parent.no_more()
            self.parent.tell(Stopped(disk=isinstance(error, DiskFullError), browser=isinstance(error, BrowserError), text=str(error)))

    def _tell_file(self, file: ArchiveFile | None) -> None:
        if file is not None:
            self.parent.tell(FileDone(file=file))


def end_with_parent(listening: "asyncio.Task[None]") -> None:
    """End this process there and then when the parent is gone, or cannot be understood any more."""
    if listening.cancelled():
        return
    if error := listening.exception():
        logger.error("what the parent says cannot be understood", exc_info=error)
    os._exit(PARENT_GONE)


def begin() -> tuple[Job, Door, Parent]:
    """What every child does first: keep standard output for messages, read the job."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as unbuffered:
        job = from_line(unbuffered.readline(), Door().parse)
    assert isinstance(job, Job)
    door = Door(job.extra_suffixes)
    return job, door, Parent(out, door)
