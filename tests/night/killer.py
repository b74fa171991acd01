"""Run a night that ends itself by kill -9 at one commit: `python -m tests.night.killer CONFIG STATE SEEDS WARC TABLE NUMBER WHEN`.

TABLE NUMBER: the NUMBER-th commit that appends to that table; WHEN: `before` the commit (its WARC may be finished already) or `after` it.
With NUMBER 0 the night runs to its end and prints, as JSON, how many commits each table saw.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from casefile.migrations import TABLES
from casefile.records import Capture, How, Record
from casefile.store import Case
from cli.desk import Desk
from cli.night import run_night

RENDERINGS = "renderings"
"""What commits of a browser's captures are called here; they go into the table of the others."""


def is_rendering(record: Record) -> bool:
    """Whether a browser took it."""
    return isinstance(record, Capture) and record.how is How.RENDERED


class MortalCase(Case):
    """A case file whose process dies at a chosen commit."""

    table = ""
    number = 0
    when = "after"
    commits: ClassVar[Counter[str]] = Counter()

    def add(self, records: Iterable[Record]) -> list[int]:
        """Append, and die where it was chosen."""
        ready = list(records)
        tables = {RENDERINGS if is_rendering(record) else TABLES[type(record)] for record in ready}
        self.commits.update(tables)
        mine = self.table in tables and self.commits[self.table] == self.number
        if mine and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        ids = super().add(ready)
        if mine and self.when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return ids


class MortalDesk(Desk):
    """A desk that opens such a case file."""

    def case(self, *, create: bool = False) -> Case:
        """The mortal case file, opened once."""
        if self._case is None:
            self._case = MortalCase(self.state / "casefile.db", self.door, create=create)
        return self._case


def main() -> None:
    """Run the night."""
    config, state, seeds, warc, table, number, when = sys.argv[1:]
    MortalCase.table, MortalCase.number, MortalCase.when = table, int(number), when
    desk = MortalDesk(state=Path(state), config_file=Path(config), verbosity=-1)
    run_night(desk, (Path(seeds),), (Path(warc),))
    desk.close()
    print(json.dumps(MortalCase.commits))


if __name__ == "__main__":
    main()
