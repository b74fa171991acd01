"""What the parent of a crawl and its child (Scrapy's or the renderer's) say to each other: one JSON object a line, made from the records' own type hints.

Parent to child on standard input: one `Job`, then a `HostJob` for every host handed out, `Answer`s to the child's questions, and `Finish`.
Child to parent on standard output: `Begun`, any number of `PageTaken`, then `HostDone` or `HostBroken` for each host; `FileDone` when a WARC file is
synced and renamed; `Question`s about what the proxy saw; `Stopped` when our own side (disk, archive folder) ends the work.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from casefile.hostname import Hostname
from casefile.records import ArchiveFile, Capture
from casefile.reference import LinkWord
from casefile.rows import ParseHost, from_row, to_row
from crawler.options import CrawlOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """The Chromium to render with, found and asked by `crawler.render.chromium`: `path` of the program, `version` as it tells it (`156.0.8078.79`).

    `home`: a folder that the browser may write to, where one was made for it (`crawler.render.home`); `path` then is what starts it there.
    """

    path: str
    version: str
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How to work. `proxy` and `archive` (folder) are empty only in tests/bench; `ca_file` is empty where the system's roots are meant.

    The child has no clock: `now` is the parent's time at `monotonic` (seconds of the machine's monotonic clock, which all its processes
    share), and a page's time is `now` plus what has passed since. `browser` is for the renderer alone.
    """

    proxy: str
    ca_file: str
    archive: str
    prefix: str
    replays: bool
    now: datetime
    monotonic: float
    extra_suffixes: tuple[str, ...]
    link_words: tuple[LinkWord, ...]
    options: CrawlOptions
    browser: Browser | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The proxy user name and password that name the site for one vantage."""

    vantage: str
    user: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostJob:
    """A host to visit; `urls`: the addresses that sources named, first named first; for the renderer the one to begin with."""

    host: Hostname
    urls: tuple[str, ...]
    credentials: tuple[Credential, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the proxy's log last said of a host and port for a site; all empty where it said nothing."""

    number: int
    outcome: str = ""
    detail: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """No more hosts: finish the open file and end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The child has begun with a host."""

    host: Hostname


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What did the proxy last see of `host` and `port` for `site`? With `url`: of that address from `vantage`, where it saw that at all."""

    number: int
    site: str
    host: str
    port: int
    vantage: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTaken:
    """One page, had or not; its `replayed_from` is the parent's to fill."""

    capture: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDone:
    """All pages of a host were told."""

    host: Hostname


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBroken:
    """A fault of our own ended the visit of this host, as its last page says; the log has the trace, the other hosts go on."""

    host: Hostname
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDone:
    """A WARC file is whole: synced, renamed, listed."""

    file: ArchiveFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Our own side cannot go on; `disk` tells a full disk from an archive folder that cannot be written, `browser` a browser that does not run."""

    disk: bool
    text: str
    browser: bool = False


Message = Job | HostJob | Answer | Finish | Begun | Question | PageTaken | HostDone | HostBroken | FileDone | Stopped

KINDS: dict[str, type[Message]] = {
    kind.__name__: kind for kind in (Job, HostJob, Answer, Finish, Begun, Question, PageTaken, HostDone, HostBroken, FileDone, Stopped)
}


def to_line(message: Message) -> bytes:
    """A message as one line, ASCII only."""
    return json.dumps({"kind": type(message).__name__, **to_row(message)}).encode("ascii") + b"\n"


def from_line(line: bytes, parse: ParseHost) -> Message:
    """The message of a line; `parse` makes host names. A line that is no message is a fault of ours and raises `KeyError` or `ValueError`."""
    row = json.loads(line)
    return from_row(KINDS[row["kind"]], row, parse)
