"""How the operator follows a night: a live rich display on a terminal, plain lines otherwise, and always a log file."""

import logging
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from casefile.errors import StoreError
from casefile.plaintext import inert
from casefile.records import Clock

LINE_EVERY = 100
"""Without a terminal a step says where it is after so many items, or after a tenth of them where that is more."""


class _Stamp(logging.Formatter):
    """`2026-11-21T05:00:00Z INFO text`, the time from the clock handed in."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self.clock = clock

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802  (logging's name)
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")


def open_log(folder: Path, clock: Clock) -> logging.Logger:
    """The log file `night.log` of a state folder; raises `StoreError` where it cannot be written."""
    log = logging.getLogger("mirrorwatch")
    for stale in log.handlers[:]:
        log.removeHandler(stale)
        stale.close()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(folder / "night.log", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise StoreError(
            f"cannot write the log in {folder}: {error.strerror}; check its rights or name another folder with --state"
        ) from None
    handler.setFormatter(_Stamp(clock))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return log


class Lines:
    """Plain lines on stderr and in the log: a step's begin, every hundredth item, notes."""

    def __init__(self, log: logging.Logger, *, quiet: bool, every_item: bool = False) -> None:
        self.log = log
        self.quiet = quiet
        self.every_item = every_item
        self.step = ""
        self.pending = 0
        self.counts: Counter[str] = Counter()

    def start(self, step: str, pending: int) -> None:
        """A step begins."""
        self.step, self.pending = step, pending
        self.counts.clear()
        self.say(f"{step}: {pending} to do" if pending else step)

    def advance(self, outcome: str) -> None:
        """One more is done."""
        self.counts[outcome] += 1
        if self.every_item or self.counts.total() % max(LINE_EVERY, self.pending // 10) == 0:
            place = f"{self.counts.total()} of {self.pending}" if self.pending else str(self.counts.total())
            self.say(f"{self.step}: {place}" + (f": {outcome}" if self.every_item else ""))

    def note(self, text: str) -> None:
        """Something to read."""
        self.say(f"note: {text}", logging.WARNING)

    def stop(self) -> None:
        """The work is over, or broken off."""

    def say(self, text: str, level: int = logging.INFO) -> None:
        """One line, made inert."""
        safe = inert(text)
        self.log.log(level, safe)
        if not self.quiet or level > logging.INFO:
            print(safe, file=sys.stderr, flush=True)


class Live(Lines):
    """A bar a step on a terminal; the log gets the same lines."""

    def __init__(self, log: logging.Logger) -> None:
        super().__init__(log, quiet=True)
        self.bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]:>11}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[outcomes]}"),
            console=Console(stderr=True),
        )
        self.bar: TaskID | None = None

    def start(self, step: str, pending: int) -> None:
        """A new bar; the one before stays as it ended."""
        super().start(step, pending)
        if self.bar is None:
            self.bars.start()
        else:
            self.bars.stop_task(self.bar)
        nothing = "" if pending else "nothing due"
        self.bar = self.bars.add_task(step, total=pending or 1, completed=0 if pending else 1, count=nothing, outcomes="")

    def advance(self, outcome: str) -> None:
        """Move the bar and show the outcomes so far."""
        super().advance(outcome)
        if self.bar is not None:
            shown = ", ".join(f"{name} {number}" for name, number in self.counts.most_common(4))
            count = f"{self.counts.total()} of {self.pending}" if self.pending else str(self.counts.total())
            self.bars.update(self.bar, advance=1, count=count, outcomes=shown)

    def say(self, text: str, level: int = logging.INFO) -> None:
        """Into the log; above the bars where it matters."""
        self.log.log(level, inert(text))
        if level > logging.INFO:
            self.bars.console.print(inert(text), markup=False, highlight=False)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self.bars.stop()


def teller(logs: Path, verbosity: int, clock: Clock) -> Lines:
    """Bars on a terminal, lines elsewhere; only warnings with -q, a line for every item with -v."""
    log = open_log(logs, clock)
    if sys.stderr.isatty() and verbosity == 0:
        return Live(log)
    return Lines(log, quiet=verbosity < 0, every_item=verbosity > 0)
