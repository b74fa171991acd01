"""What a source is: something that names hosts. One file a source, one line in `crawler.sources.SOURCES`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from casefile.progress import Progress
from casefile.records import Clock, Sighting
from casefile.store import Case

BAD_LINE = "bad-line"
"""With this word a source tells `Progress.advance` of something that names no host and was skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInputs:
    """What sources may read beside the case file. `archive`: the archive folder; `outlinks_per_page`: links taken from one page at most."""

    seeds: tuple[Path, ...] = ()
    archive: Path = Path()
    outlinks_per_page: int = 50


class Source(Protocol):
    """Names hosts. May be killed and run again: a sighting that is there already is stored once."""

    name: str

    def sightings(self, case: Case, inputs: SourceInputs, clock: Clock, progress: Progress) -> Iterator[Sighting]:
        """The hosts it names now; what it skips goes to `progress`. Raises `UsageError` for inputs that cannot be used."""
