"""Is this folder a release that an ISP may load? Answered from the folder alone, without a database; every fault names its item.

Also run on the staged folder before a release is switched to. `diff` compares two releases.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from blocklist import manifest as manifests
from blocklist.content import Content, Line, Listed
from blocklist.formats import FORMATS, entries_json, removed, rpz
from blocklist.guard import Guard
from blocklist.manifest import Manifest
from blocklist.policy import MOST_A_DAY
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Door
from casefile.plaintext import inert
from casefile.records import Scope
from casefile.reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with which item: a file, or a name in one."""

    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """How many items were checked, and what is wrong with any; good where `faults` is empty."""

    checked: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDiff:
    """What `new` has that `old` has not, what it lacks, and how many they share; a name whose scope changed stands in both lists."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int


@dataclass
class _Tally:
    checked: int = 0
    faults: list[Fault] = field(default_factory=list)

    def expect(self, good: bool, item: str, text: str) -> bool:  # noqa: FBT001
        self.checked += 1
        if not good:
            self.faults.append(Fault(item=item, text=text))
        return good


def verify(folder: Path, reference: Reference) -> VerifyReport:
    """Check a release folder; its name must be its serial. Raises `UsageError` where there is no folder."""
    if not folder.is_dir():
        raise UsageError(f"no release at {folder}: name a folder like releases/latest")
    return verify_as(folder, lambda suffixes: Guard(reference, Door(suffixes)), folder.resolve().name)


def verify_as(folder: Path, guard_behind: Callable[[tuple[str, ...]], Guard], serial: str) -> VerifyReport:
    """Check a release folder whose manifest must say this serial; `guard_behind` gives the never-list behind a door with the manifest's extra suffixes."""
    tally = _Tally()
    manifest = _manifest(folder, tally)
    if manifest is None:
        return VerifyReport(checked=tally.checked, faults=tuple(tally.faults))
    tally.expect(str(manifest.serial) == serial, manifests.NAME, f"says serial {manifest.serial}, the folder is {inert(serial)}")
    tally.expect(
        0 <= manifest.previous < manifest.serial < 1 << 32, manifests.NAME, "the serial must be over the previous one and within 32 bits"
    )
    tally.expect(
        bool(manifest.previous) == bool(manifest.previous_sha256), manifests.NAME, "the previous serial and its digest go together"
    )
    files = _files(folder, manifest, tally)
    content = _content(files, manifest, tally)
    if content is not None:
        _formats(files, content, tally)
        _counts(content, manifest, tally)
        _names(content, guard_behind(manifest.extra_suffixes), tally)
    return VerifyReport(checked=tally.checked, faults=tuple(tally.faults))


def diff(old: Path, new: Path) -> ReleaseDiff:
    """Compare two releases by their entries.json; raises `UsageError` where one cannot be read."""
    before, after = set(_listed(old)), set(_listed(new))
    return ReleaseDiff(
        added=tuple(sorted(one.name for one in after - before)),
        removed=tuple(sorted(one.name for one in before - after)),
        kept=len(before & after),
    )


def _listed(folder: Path) -> tuple[Listed, ...]:
    path = folder / entries_json.NAME
    try:
        return entries_json.read(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a release folder") from None
    except ValueError as error:
        raise UsageError(f"{path} is not a list of entries: {error}; run verify on the folder") from None


def _manifest(folder: Path, tally: _Tally) -> Manifest | None:
    try:
        found = manifests.read((folder / manifests.NAME).read_bytes())
    except OSError as error:
        tally.expect(False, manifests.NAME, f"cannot be read: {error.strerror}")
        return None
    except (ValueError, RecursionError) as error:
        tally.expect(False, manifests.NAME, f"is not a manifest: {inert(str(error))}")
        return None
    tally.expect(True, manifests.NAME, "")
    return found


def _files(folder: Path, manifest: Manifest, tally: _Tally) -> dict[str, bytes]:
    """The files that are what the manifest says, by name."""
    wanted = {one.NAME for one in FORMATS}
    there = {path.name for path in folder.iterdir()} - {manifests.NAME}
    named = {one.name: one for one in manifest.files}
    tally.expect(len(named) == len(manifest.files), manifests.NAME, "names a file twice")
    for name in sorted(wanted | there | set(named)):
        tally.expect(name in there, inert(name), "is missing from the folder")
        tally.expect(name in named, inert(name), "is not named in the manifest")
        tally.expect(name in wanted, inert(name), "does not belong to a release")
    good: dict[str, bytes] = {}
    for name in sorted(wanted & there & set(named)):
        data = _bytes(folder / name, tally)
        if data is not None and tally.expect(
            manifests.described(name, data) == named[name], name, "size or SHA-256 is not what the manifest says"
        ):
            good[name] = data
    return good


def _bytes(path: Path, tally: _Tally) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        tally.expect(False, inert(path.name), f"cannot be read: {error.strerror}")
        return None


def _content(files: dict[str, bytes], manifest: Manifest, tally: _Tally) -> Content | None:
    if entries_json.NAME not in files or removed.NAME not in files:
        return None
    lines: tuple[Line, ...] = ()
    try:
        item = entries_json.NAME
        lines = entries_json.read_lines(files[item])
        item = removed.NAME
        gone = removed.read_gone(files[item])
    except (ValueError, RecursionError) as error:
        tally.expect(False, item, f"does not read back: {inert(str(error))}")
        return None
    return Content(serial=manifest.serial, made_at=manifest.made_at, origin=manifest.origin, lines=lines, gone=gone)


def _formats(files: dict[str, bytes], content: Content, tally: _Tally) -> None:
    for one in FORMATS:
        if one.NAME not in files:
            continue
        try:
            found = one.read(files[one.NAME])
        except (ValueError, RecursionError) as error:
            tally.expect(False, one.NAME, f"does not read back: {inert(str(error))}")
            continue
        strays = sorted({entry.name for entry in set(found) ^ set(one.view(content))})
        tally.expect(not strays, one.NAME, f"does not hold exactly the entries of {entries_json.NAME}: {', '.join(strays[:5])}")
    if rpz.NAME in files:
        tally.expect(f". {content.serial} 900 ".encode() in files[rpz.NAME][:200], rpz.NAME, "its SOA does not carry the serial")


def _counts(content: Content, manifest: Manifest, tally: _Tally) -> None:
    new = sum(1 for line in content.lines if line.since == manifest.serial)
    tally.expect(len(content.lines) == manifest.entries, manifests.NAME, f"says {manifest.entries} entries, there are {len(content.lines)}")
    tally.expect(new == manifest.added, manifests.NAME, f"says {manifest.added} added, there are {new}")
    tally.expect(new <= MOST_A_DAY, manifests.NAME, f"lists {new} new entries, {MOST_A_DAY} a day are the most")
    tally.expect(len(content.gone) == manifest.removed, manifests.NAME, f"says {manifest.removed} removed, there are {len(content.gone)}")
    tally.expect(rpz.too_long(content) == manifest.rpz_left_out, manifests.NAME, "rpz_left_out is not what the zone leaves out")
    names = {line.name for line in content.lines}
    for one in content.gone:
        tally.expect(one.name not in names, one.name, f"stands in {removed.NAME} and in {entries_json.NAME}")
    for line in content.lines:
        tally.expect(0 < line.since <= manifest.serial, line.name, f"is listed since {line.since}, after this release")


def _names(content: Content, guard: Guard, tally: _Tally) -> None:
    for line in content.lines:
        try:
            host = guard.door.parse(line.name)
        except HostnameRefused as error:
            tally.expect(False, inert(line.name), f"no host name: {error.reason}")
            continue
        refusal = guard.refusal(host, Scope(line.scope))
        tally.expect(refusal is None, line.name, f"must never be listed, rule {refusal.rule}: {refusal.text}" if refusal else "")
