"""Know every release that was made: read those back from their folders that the case file does not know.

The case file may be a copy from the machine that crawls, which never sees a release, or a backup that was restored. What was published is on the ISPs' machines
all the same: going on from what the case file says would list again what is listed and turn the serial back. So the rows of such releases are appended from
their folders, each signed by a trusted key: `entries.json` and `removed.txt` say all that the next release needs. Times are to the second, and evidence is not said.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from blocklist import manifest as manifests
from blocklist.apart import bar_over
from blocklist.appeal import UPHELD
from blocklist.breakers import UNKNOWN, Trip
from blocklist.content import CANARY, ENTRY, Gone, Line, moment_of
from blocklist.formats import entries_json, removed
from blocklist.manifest import Manifest
from blocklist.signing import TrustedKey, check
from blocklist.staging import serials_in
from casefile import queries
from casefile.errors import UsageError
from casefile.plaintext import inert
from casefile.records import Action, Appeal, AppealState, Cause, Decision, Entry, Release, ReleaseFile, Removal, Scope, Verdict
from casefile.store import FROM_A_RELEASE, Case

A_YEAR = 10_000 * 100
"""What is between a serial YYYYMMDDnn and that of the same day next year."""

ALL_OF_A_SECOND = timedelta(seconds=1)
"""A folder gives times to the second: what was decided within it may have gone before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """Which releases were read back, lowest first, and what was left alone because it cannot be trusted (empty where nothing was)."""

    serials: tuple[int, ...] = ()
    refused: str = ""

    @property
    def in_words(self) -> str:
        """The releases for people."""
        first, last = self.serials[0], self.serials[-1]
        return f"release {last}" if first == last else f"{len(self.serials)} releases, {first} to {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A release as its folder says, signed by a trusted key and whole as far as it was read."""

    manifest: Manifest
    signature: str
    files: tuple[ReleaseFile, ...]
    entries: bytes = field(repr=False)
    gone: tuple[Gone, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of its manifest."""
        return next(one.sha256 for one in self.files if one.name == manifests.NAME)


def catch_up(case: Case, releases: Path, keys: Sequence[TrustedKey], *, lenient: bool = False) -> CaughtUp:
    """Append the rows of the releases in `releases` that led from what the case file knows to the newest, one transaction each; killed and called again it goes on.

    Where the case file knows no release at all, the oldest folder brings its whole list, so that those before it may be gone. Raises `UsageError` where the newest folder
    does not verify, or folders between are missing; where `lenient`, the newest that does is taken instead, and of those left alone that part of what was taken off
    which is still what their signed manifests say.
    """
    last = queries.latest_release(case)
    newer = [serial for serial in serials_in(releases) if serial > (last.serial if last else 0)]
    refused: list[str] = []
    for serial in reversed(newer):
        try:
            chain = _chain(releases, serial, keys, last)
        except ValueError as error:
            refused.append(f"release {serial}: {error}")
            if lenient:
                continue
            raise UsageError(
                f"cannot catch up with the release {releases / str(serial)}, which this case file does not know: {error}. Restore the folder or the key, "
                f"or, where that cannot be, go on after it with `mirrorwatch publish --after {serial} --override REASON --as NAME`; nothing was published"
            ) from None
        listed = {line.name for line in _lines_of(chain[-1].entries, 0)}
        for folder in chain:
            _append(case, folder, listed, whole=last is None and folder is chain[0])
        _compare(case, listed, releases / str(serial))
        _honour(case, releases, newer[len(newer) - len(refused) :], keys)
        return CaughtUp(serials=tuple(folder.manifest.serial for folder in chain), refused="; ".join(refused))
    _honour(case, releases, newer, keys)
    return CaughtUp(refused="; ".join(refused))


def check_after(after: int, today: date) -> None:
    """Raises `UsageError` for a serial that no clock of this year gave: a mistyped one would burn all those below it, at every ISP."""
    if after > (most := int(f"{today:%Y%m%d}") * 100 + A_YEAR):
        raise UsageError(
            f"--after {after} is over {most}, the first serial of this day next year: name the serial that ISPs hold, YYYYMMDDnn; nothing was published"
        )


def unknown_trip(case: Case, releases: Path, after: int) -> tuple[Trip, ...]:
    """Whether ISPs may hold a release that the case file, caught up, does not know: what it took off, and what it spent of the day's quota, is unknown too."""
    last = queries.latest_release(case)
    highest = last.serial if last else 0
    folders = [str(serial) for serial in serials_in(releases) if serial > highest]
    if after <= highest and not folders:
        return ()
    known = f"the newest release known is {highest}" if highest else "no release is known"
    left = f", the folders {', '.join(folders[:5])} were left alone" if folders else ""
    text = f"{known}{left}, and this one would go on after {max(after, highest)}: what was taken off in between, and listed today, is not known"
    return (Trip(name=UNKNOWN, text=text),)


def _honour(case: Case, releases: Path, serials: Iterable[int], keys: Sequence[TrustedKey]) -> None:
    """Append what folders that were left alone still prove to have taken off."""
    for serial in serials:
        try:
            manifest, named, _, _ = _signed(releases / str(serial), serial, keys)
            gone = removed.read_gone(_described(releases / str(serial), removed.NAME, named))
        except ValueError:
            continue
        moment = moment_of(manifest.made_at)
        case.add(_forgotten(case, [_removal(case, one, serial, moment) for one in gone if one.cause != CANARY]))


def _chain(releases: Path, serial: int, keys: Sequence[TrustedKey], last: Release | None) -> list[_Folder]:
    """The releases after `last` up to `serial`, oldest first, each naming the digest of the one before. Raises `ValueError` with the reason there is no such chain."""
    head = _read(releases / str(serial), serial, keys, whole=True)
    chain = [head]
    while (before := chain[0].manifest.previous) > (last.serial if last else 0):
        path = releases / str(before)
        if last is None and not path.is_dir():
            return chain
        found = _read(path, before, keys, whole=False)
        if found.digest != chain[0].manifest.previous_sha256:
            raise ValueError(f"it names another release {before} than the one in {path}")
        chain.insert(0, found)
    if last and (before != last.serial or chain[0].manifest.previous_sha256 != _digest_of(last)):
        raise ValueError(f"it does not go back to release {last.serial} as this case file knows it")
    return chain


def _digest_of(release: Release) -> str:
    return next((one.sha256 for one in release.files if one.name == manifests.NAME), "")


def _read(path: Path, serial: int, keys: Sequence[TrustedKey], *, whole: bool) -> _Folder:
    """A release from its folder; where `whole`, with all its files. Raises `ValueError` with the reason it cannot be trusted."""
    manifest, named, text, signature = _signed(path, serial, keys)
    for name in named if whole else (entries_json.NAME, removed.NAME):
        _described(path, name, named)
    own = (manifests.described(manifests.NAME, text), manifests.described(manifests.SIGNATURE, signature.encode("utf-8")))
    return _Folder(
        manifest=manifest,
        signature=signature,
        files=(*manifest.files, *own),
        entries=_bytes(path / entries_json.NAME),
        gone=removed.read_gone(_bytes(path / removed.NAME)),
    )


def _signed(path: Path, serial: int, keys: Sequence[TrustedKey]) -> tuple[Manifest, dict[str, ReleaseFile], bytes, str]:
    """The manifest of a release, what it says of its files by name, its octets and its signature. Raises `ValueError` where no trusted key signed it."""
    text = _bytes(path / manifests.NAME)
    signature = _bytes(path / manifests.SIGNATURE).decode("utf-8", "replace")
    check(text, signature, keys)
    manifest = manifests.read(text)
    if manifest.serial != serial:
        raise ValueError(f"its manifest says serial {manifest.serial}")
    return manifest, {one.name: one for one in manifest.files}, text, signature


def _described(path: Path, name: str, named: dict[str, ReleaseFile]) -> bytes:
    """A file of a release. Raises `ValueError` where it is not what the manifest says."""
    data = _bytes(path / name) if name in named else b""
    if name not in named or manifests.described(name, data) != named[name]:
        raise ValueError(f"{inert(name)} is not what its manifest says")
    return data


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}") from None


def _append(case: Case, folder: _Folder, listed: Container[str], *, whole: bool) -> None:
    """The rows of one release, where `whole` those of its whole list; `listed`: the newest list. Raises `UsageError` where it names what is no host."""
    manifest = folder.manifest
    moment = moment_of(manifest.made_at)
    decisions = queries.latest_ids_before(case, Decision, moment + ALL_OF_A_SECOND)
    verdicts = queries.latest_ids_before(case, Verdict, moment + ALL_OF_A_SECOND)
    entries = [_entry(case, line, decisions, verdicts) for line in _lines_of(folder.entries, 0 if whole else manifest.serial)]
    removals = [_removal(case, one, manifest.serial, moment) for one in folder.gone if one.cause != CANARY]
    # whatever took a host off that is listed again was ended since
    forgotten = _forgotten(case, [one for one in removals if one.host.name not in listed])
    case.add([*forgotten, *entries, *removals, _release(folder, moment)])


def _lines_of(data: bytes, serial: int) -> list[Line]:
    """The entries of `entries.json` that changed in the release `serial`; all where it is 0."""
    if serial:
        # one entry a line, its last key `changed`: reading the others would take a second a release
        end = b'"changed":%d}' % serial
        mine = [line.removesuffix(b",") for line in data.split(b"\n") if line.removesuffix(b",").endswith(end)]
        data = entries_json.array([line.decode("ascii") for line in mine])
    return [line for line in entries_json.read_lines(data) if line.kind == ENTRY]


def _entry(case: Case, line: Line, decisions: dict[str, int], verdicts: dict[str, int]) -> Entry:
    return Entry(
        host=case.door.parse(line.name),
        scope=Scope(line.scope),
        family=line.family,
        evidence=(),
        decision=decisions.get(line.name, 0),
        verdict=verdicts.get(line.name, 0),
        reason=line.reason,
        act=line.legal_act,
        serial=line.changed,
        renews=line.since if line.since != line.changed else 0,
        listed_at=moment_of(line.listed_at),
        expires_at=moment_of(line.expires_at),
    )


def _removal(case: Case, one: Gone, serial: int, moment: datetime) -> Removal:
    return Removal(host=case.door.parse(one.name), cause=Cause(one.cause), reason=one.reason, serial=serial, removed_at=moment)


def _forgotten(case: Case, removals: Iterable[Removal]) -> list[Decision | Appeal]:
    """What took a host off and this case file lost: without it an older approval, be it one that is imported again, would list the host again."""
    decided = [one for one in removals if one.cause is Cause.DECISION]
    if not decided:
        return []
    latest = {one.host.name: one for one in queries.latest_decisions(case)}
    steps = queries.all_appeals(case)
    made: list[Decision | Appeal] = []
    for one in decided:
        told = f"release {one.serial}: {one.reason}"
        upheld = one.reason.startswith(UPHELD)
        barred = upheld and _was_barred(one, steps)
        if upheld and not barred and not any(step.host == one.host and step.said_at >= one.removed_at + ALL_OF_A_SECOND for step in steps):
            made.append(
                Appeal(
                    host=one.host, state=AppealState.UPHELD, person=FROM_A_RELEASE, note=told, due_at=one.removed_at, said_at=one.removed_at
                )
            )
        last = latest.get(one.host.name)
        if not barred and (last is None or (last.action not in (Action.UNLIST, Action.REJECT) and last.decided_at < one.removed_at)):
            made.append(Decision(host=one.host, action=Action.UNLIST, analyst=FROM_A_RELEASE, note=told, decided_at=one.removed_at))
    return made


def _was_barred(removal: Removal, steps: Iterable[Appeal]) -> bool:
    """Whether the case file knows the upheld appeal that a removal speaks of: on the host, or on a name above it."""
    then = {step.host.name: step for step in steps if step.said_at < removal.removed_at + ALL_OF_A_SECOND}
    return bar_over(removal.host, {name: step for name, step in then.items() if step.state is AppealState.UPHELD}) is not None


def _release(folder: _Folder, moment: datetime) -> Release:
    manifest = folder.manifest
    return Release(
        serial=manifest.serial,
        previous=manifest.previous,
        made_at=moment,
        entries=manifest.entries,
        added=manifest.added,
        removed=manifest.removed,
        files=folder.files,
        origin=manifest.origin,
        valid_hours=int((moment_of(manifest.valid_until) - moment).total_seconds()) // 3600,
        replayed=manifest.replayed,
        suffixes=manifest.extra_suffixes,
        changed=manifest.changed,
        usual=manifest.usual,
        block_page=manifest.block_page,
        block_address=manifest.block_address,
        canary=manifest.canary,
        log=manifest.log,
        override=manifest.override,
        signature=folder.signature,
    )


def _compare(case: Case, listed: set[str], path: Path) -> None:
    """Whether the rows now say what the newest folder lists. Raises `UsageError` where they do not."""
    strays = sorted(listed ^ queries.listed_names(case))
    if strays:
        raise UsageError(
            f"caught up with {path}, and the list of the case file is not the list of that release: {', '.join(map(inert, strays[:5]))}. "
            "Restore a copy of the case file from before this release was made; nothing was published"
        )
