"""The files of a release: a module a format, a line in `FORMATS`, a golden file in tests/golden.

A format is a module with NAME (the file), `write(content) -> bytes`, `read(data) -> tuple[Listed, ...]` (raises `ValueError` naming the line) and
`view(content) -> tuple[Listed, ...]`, what of the content this format can say, so that `read(write(content)) == view(content)` always holds.
All but the dossier are pure functions of what `entries.json` and `removed.txt` say. Names come through the door (`casefile.hostname`), which is why
no writer needs to quote them; every reader checks again.
"""

from typing import Protocol

from blocklist.content import Content, Listed
from blocklist.formats import added, domains, dossier, entries_csv, entries_json, hosts, removed, rpz


class Format(Protocol):
    """What every format module offers."""

    NAME: str

    def write(self, content: Content) -> bytes:
        """The file."""

    def read(self, data: bytes) -> tuple[Listed, ...]:
        """The names in the file, sorted; raises `ValueError`."""

    def view(self, content: Content) -> tuple[Listed, ...]:
        """What the file must say of `content`."""


FORMATS: tuple[Format, ...] = (entries_json, domains, hosts, rpz, entries_csv, dossier, added, removed)
