"""Folders of releases: staged, put in their place by one rename, `latest` switched, what a kill left swept. What is read from one is `blocklist.folder`'s.

releases/.staging-<serial>/   written and synced; nobody looks here
releases/<serial>/            one rename
releases/latest               one rename of a link
"""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from blocklist.disk import Disk
from blocklist.manifest import SIGNATURE, described
from casefile.errors import UsageError
from casefile.records import ReleaseFile

STAGING = ".staging-"
LATEST = "latest"
NEW_LATEST = ".latest-new"
SERIAL = re.compile(r"[1-9][0-9]{0,9}")
SERIALS_END = 1 << 32
"""A serial has 32 bits (RFC 1035): the first number that is none."""


def staging_of(releases: Path, serial: int) -> Path:
    """Where a release is written before it stands in its place."""
    return releases / f"{STAGING}{serial}"


def serials_in(releases: Path) -> list[int]:
    """The serials of the folders that stand in their place, and the one that `latest` names, lowest first; whether they can be read or not."""
    if not releases.is_dir():
        return []
    names = {path.name for path in releases.iterdir() if path.is_dir() and not path.is_symlink()}
    latest = releases / LATEST
    if latest.is_symlink():
        names.add(latest.readlink().name)
    return sorted(int(name) for name in names if SERIAL.fullmatch(name) and int(name) < SERIALS_END)


def signed_in(releases: Path) -> bool:
    """Whether any release that stands in its place has a signature, whoever made it."""
    return any((releases / str(serial) / SIGNATURE).exists() for serial in serials_in(releases))


def make_folders(staging: Path, names: Iterable[str], disk: Disk) -> None:
    """An empty folder for a release, and those inside it that files of these names lie in."""
    disk.make_folder(staging)
    for folder in _folders_of(names):
        disk.make_folder(staging / folder)


def sync_folders(staging: Path, names: Iterable[str], disk: Disk) -> None:
    """Make the names of the files durable, the innermost first."""
    for folder in reversed(_folders_of(names)):
        disk.sync_folder(staging / folder)
    disk.sync_folder(staging)


def put_in_place(releases: Path, serial: int, disk: Disk) -> None:
    """Give a staged release its place, and switch `latest` to it."""
    disk.rename(staging_of(releases, serial), releases / str(serial))
    switch(releases, serial, disk)


def switch(releases: Path, serial: int, disk: Disk) -> None:
    """Make `latest` name a release that stands in its place. Raises `UsageError` where it is no link."""
    check_latest(releases)
    disk.sync_folder(releases)
    disk.link(releases / NEW_LATEST, str(serial))
    disk.rename(releases / NEW_LATEST, releases / LATEST)
    disk.sync_folder(releases)


def check_latest(releases: Path) -> None:
    """Raises `UsageError` where `latest` is a folder or a file, as a copy leaves it that follows links: no rename could switch it."""
    latest = releases / LATEST
    if latest.exists() and not latest.is_symlink():
        raise UsageError(
            f"{latest} is no link: remove it and run the same command again; it must be a link to the newest release (copy releases with rsync -a or cp -a, which keep links)"
        )


def try_link(releases: Path) -> None:
    """Whether `latest` can be made or switched, before anything relies on it; raises `OSError` where the file system has no links (FAT), else as `check_latest`."""
    check_latest(releases)
    if not (releases / LATEST).is_symlink():
        trial = releases / NEW_LATEST
        trial.unlink(missing_ok=True)
        trial.symlink_to(LATEST)
        trial.unlink()


def is_latest(releases: Path, serial: int) -> bool:
    """Whether `latest` names this release."""
    latest = releases / LATEST
    return latest.is_symlink() and str(latest.readlink()) == str(serial)


def sweep(releases: Path, keep: int, disk: Disk) -> None:
    """Remove what a kill left: a half-made link, and what was staged for another serial than `keep`."""
    if not releases.is_dir():
        return
    for path in sorted(releases.iterdir()):
        if path.name == NEW_LATEST or (path.name.startswith(STAGING) and path.name != f"{STAGING}{keep}"):
            disk.remove(path)


def is_whole(folder: Path, files: Iterable[ReleaseFile]) -> bool:
    """Whether a folder holds these files, byte for byte, and nothing else."""
    wanted = {one.name: one for one in files}
    if not folder.is_dir() or files_in(folder) != set(wanted):
        return False
    return all(described(name, (folder / name).read_bytes()) == one for name, one in wanted.items())


def files_in(folder: Path) -> set[str]:
    """The names of all files in a folder and in those inside it, as a manifest names them; links and other things too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


def _folders_of(files: Iterable[str]) -> list[PurePosixPath]:
    """The folders inside a release, outer ones first."""
    return sorted({parent for name in files for parent in PurePosixPath(name).parents if parent.name})
