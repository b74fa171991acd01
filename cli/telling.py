"""How the operator follows a night: a live rich display on a terminal, plain lines otherwise, and always a log file.

On demand lines and log are JSON, one object a line: `time`, `level`, `step`, `text`, `counts` (outcomes of the step so far), and `trace` of what broke.
"""

import json
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


class _JsonStamp(_Stamp):
    """One JSON object a line; what a `Lines` adds to a record (`step`, `counts`) is in it."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "step": getattr(record, "step", ""),
            "text": inert(record.getMessage()),
            "counts": getattr(record, "counts", {}),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def open_log(folder: Path, clock: Clock, *, as_json: bool = False) -> logging.Logger:
    """The log file `night.log` of a state folder, its lines text or JSON; raises `StoreError` where it cannot be written."""
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
    handler.setFormatter(_JsonStamp(clock) if as_json else _Stamp(clock))
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
        self.log.log(level, safe, extra=self.place)
        if not self.quiet or level > logging.INFO:
            self.put(safe, level)

    def put(self, line: str, level: int) -> None:  # noqa: ARG002
        """One line on stderr."""
        print(line, file=sys.stderr, flush=True)

    @property
    def place(self) -> dict[str, object]:
        """What a line of JSON says beside its text."""
        return {"step": self.step, "counts": dict(self.counts)}


class JsonLines(Lines):
    """The same lines as JSON, on stderr too."""

    def __init__(self, log: logging.Logger, clock: Clock, *, quiet: bool, every_item: bool = False) -> None:
        super().__init__(log, quiet=quiet, every_item=every_item)
        self.formatter = _JsonStamp(clock)

    def put(self, line: str, level: int) -> None:
        """One JSON object on stderr."""
        record = self.log.makeRecord(self.log.name, level, "", 0, line, (), None, extra=self.place)
        super().put(self.formatter.format(record), level)


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
        self.log.log(level, inert(text), extra=self.place)
        if level > logging.INFO:
            self.bars.console.print(inert(text), markup=False, highlight=False)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self.bars.stop()


def last_line(text: str, clock: Clock, *, as_json: bool) -> str:
    """The line with which a verb that failed ends on stderr."""
    if not as_json:
        return inert(text)
    return _JsonStamp(clock).format(logging.LogRecord("mirrorwatch", logging.ERROR, "", 0, text, None, None))


def teller(logs: Path, verbosity: int, clock: Clock, *, as_json: bool = False) -> Lines:
    """Bars on a terminal, lines elsewhere, JSON lines wherever they are asked for; only warnings with -q, a line for every item with -v."""
    log = open_log(logs, clock, as_json=as_json)
    if as_json:
        return JsonLines(log, clock, quiet=verbosity < 0, every_item=verbosity > 0)
    if sys.stderr.isatty() and verbosity == 0:
        return Live(log)
    return Lines(log, quiet=verbosity < 0, every_item=verbosity > 0)
