"""The WARC files that the child writes: one open at a time, finished when it is large or holds enough finished hosts.

A host's records may lie in two files, one finished while the host was in work; the parent commits a host when all its files are finished. Writing is done
between downloads, in the one thread: a thread of its own was measured to be slower, since the two wait for each other at every system call.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from casefile.archive import OPEN_SUFFIX, ArchiveWriter
from casefile.errors import ArchiveError, DiskFullError
from casefile.records import ArchiveFile, How
from crawler.options import CrawlOptions

T = TypeVar("T")


class Warcs:
    """Takes what is to be kept, and says when a file is finished. After a failed write it takes nothing more.

    `folder`: the archive folder; `prefix`: how the files' names begin; `now`: the time; `how`: stands in every record, for the replay.
    """

    def __init__(self, folder: Path, prefix: str, options: CrawlOptions, now: Callable[[], datetime], how: How = How.STATIC) -> None:
        self._folder = folder
        self._prefix = prefix
        self._options = options
        self._now = now
        self._how = how
        self._open: ArchiveWriter | None = None
        self._hosts = 0
        self._number = 0
        self._failure: ArchiveError | DiskFullError | None = None

    def keep(self, write: Callable[[ArchiveWriter], T]) -> T:
        """What `write` gives for the open file; raises `ArchiveError` or `DiskFullError`, from the first failure on for every call."""
        if self._failure is not None:
            raise self._failure
        try:
            if self._open is None:
                self._open = ArchiveWriter(self._folder, self._free_name(), floor_bytes=self._options.keep_free_octets, how=self._how.value)
                self._hosts = 0
            return write(self._open)
        except (ArchiveError, DiskFullError) as error:
            self._failure = error
            raise

    def host_finished(self) -> ArchiveFile | None:
        """One more host is told in full; the file that this finished, if any. Raises as `keep`."""
        self._hosts += 1
        if self._open is None or (self._hosts < self._options.commit_hosts and self._open.size < self._options.rotate_octets):
            return None
        return self.finish()

    def finish(self) -> ArchiveFile | None:
        """Finish the open file, if any: a record is written whole or not at all, so it is good even after a failure. Raises as `keep`."""
        writer, self._open = self._open, None
        if writer is None:
            return None
        if writer.records == 0:
            writer.discard()
            return None
        return writer.finish(self._now())

    def _free_name(self) -> str:
        """The next name that neither a finished nor an open file has."""
        while True:
            name = f"{self._prefix}-{self._number:04d}"
            self._number += 1
            if not (self._folder / f"{name}.warc.gz").exists() and not (self._folder / f"{name}.warc.gz{OPEN_SUFFIX}").exists():
                return name
