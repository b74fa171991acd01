"""The parent's end of a child, Scrapy's or the renderer's: start it, talk to it, see it end. What is said stands in `crawler.messages`."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from casefile.hostname import Door
from casefile.rows import ParseHost
from crawler.messages import Job, Message, from_line, to_line

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds this package: the child's working folder, so that it runs this code whatever the parent's folder holds."""

READ_OCTETS = 1 << 16
PATIENCE = 120.0
"""Seconds without a word after which a child hangs, unless its caller knows better."""

LAST_SECONDS = 10.0
"""How long a child that was told to finish, or whose input was closed, may take to end before it is killed."""


class Child:
    """A running child. Leaving the context closes its input, at which it ends; one that does not is killed.

    `log`: file that its standard error is appended to; `lock`: descriptor of the night's lock, which the child holds together with its parent;
    `module`: what the child runs.
    """

    def __init__(self, job: Job, door: Door, log: Path, lock: int, module: str = "crawler.spider") -> None:
        self._parse: ParseHost = door.parse
        self.hung = False
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                (sys.executable, "-m", module),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=(lock,),
                start_new_session=True,
            )
        self.tell(job)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # it ended first, and `exit_status` says how
            self._process.stdin.close()
        try:
            self._process.wait(LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def tell(self, *messages: Message) -> None:
        """Send messages. A child that is gone is not an error here: `messages` ends, and `exit_status` tells."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(b"".join(map(to_line, messages)))
            self._process.stdin.flush()

    def messages(self, patience: float = PATIENCE) -> Iterator[Message]:
        """What the child says, until it ends. A last line that was cut by its death is left out.

        A child that says nothing for `patience` seconds hangs on something: it is killed, and `hung` is set.
        """
        assert self._process.stdout is not None
        place = self._process.stdout.fileno()
        waiting = select.poll()
        waiting.register(place, select.POLLIN)
        cut = b""
        while waiting.poll(patience * 1000):
            octets = os.read(place, READ_OCTETS)
            if not octets:
                return
            *lines, cut = (cut + octets).split(b"\n")
            for line in lines:
                yield from_line(line, self._parse)
        self.hung = True
        self._process.kill()

    def exit_status(self) -> int:
        """Wait for the end; 0 when all was told, negative when a signal ended it."""
        return self._process.wait()
