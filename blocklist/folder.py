"""The files of a release folder as they lie there: which there are, and the octets of those that are what the manifest says.

A folder may come from anywhere. Links, pipes and devices are never opened, a file of another size than it should have is never read, and no path is made from
a name that only a manifest says.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from blocklist.manifest import NAME, SIGNATURE, described
from blocklist.tally import Tally
from casefile.records import ReleaseFile

LARGEST_MANIFEST = 64 * 1024 * 1024
"""Octets: a manifest that leaves every one of a million names out of one file is smaller."""

LARGEST_SIGNATURE = 4096


@dataclass(frozen=True, slots=True)
class ReleaseFolder:
    """The plain files of a folder and of those in it, name to size in octets; `others`: what else lies there, and what that is. Names as manifests have them."""

    path: Path
    plain: Mapping[str, int]
    others: Mapping[str, str]

    def check_names(self, wanted: Iterable[str], named: Iterable[str], tally: Tally) -> None:
        """Count what is missing, not named in the manifest, or does not belong to a release."""
        wanted, named = set(wanted), set(named)
        holding = {str(PurePosixPath(name).parent) for name in wanted}
        found = {name for name in (*self.plain, *self.others) if not (name in holding and self.others.get(name) == "a folder")}
        for name in sorted((wanted | named | found) - {NAME, SIGNATURE}):
            tally.expect(name in found, name, "is missing from the folder")
            tally.expect(name not in self.others, name, f"is {self.others.get(name)}, not a file")
            tally.expect(name in named, name, "is not named in the manifest")
            tally.expect(name in wanted, name, "does not belong to a release")

    def read(self, one: ReleaseFile, tally: Tally) -> bytes | None:
        """The octets of a file that is what the manifest says; None and a fault for any other, but none where it is missing, which `check_names` counts."""
        if one.name not in self.plain:
            return None
        size = self.plain[one.name]
        if not tally.expect(size == one.size, one.name, f"has {size} octets, not the {one.size} that the manifest says"):
            return None
        data = self._bytes(one.name, tally)
        if data is None or not tally.expect(described(one.name, data) == one, one.name, "its SHA-256 is not what the manifest says"):
            return None
        return data

    def read_small(self, name: str, most: int, tally: Tally) -> bytes | None:
        """The octets of a file that no manifest describes; None and a fault where it is missing, not a file, or over `most` octets."""
        missing = f"is {self.others[name]}, not a file" if name in self.others else "is missing from the folder"
        if not tally.expect(name in self.plain, name, missing):
            return None
        if not tally.expect(self.plain[name] <= most, name, f"has {self.plain[name]} octets, {most} are the most"):
            return None
        return self._bytes(name, tally)

    def _bytes(self, name: str, tally: Tally) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            tally.fail(name, f"cannot be read: {error.strerror}")
            return None


def look_into(path: Path) -> ReleaseFolder:
    """What lies in a folder and in the folders in it, no deeper: a release has none. Raises `OSError` where that cannot be said."""
    plain: dict[str, int] = {}
    others: dict[str, str] = {}
    _note(path, "", plain, others)
    for name in [name for name, what in others.items() if what == "a folder"]:
        _note(path / name, f"{name}/", plain, others)
    return ReleaseFolder(path, plain, others)


def _note(path: Path, before: str, plain: dict[str, int], others: dict[str, str]) -> None:
    with os.scandir(path) as entries:
        for entry in entries:
            found = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(found.st_mode):
                plain[f"{before}{entry.name}"] = found.st_size
            else:
                others[f"{before}{entry.name}"] = _kind(found.st_mode)


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    return "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
