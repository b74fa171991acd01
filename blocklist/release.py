"""From a selection to a folder an ISP may load: staged, read back and verified, its rows committed, renamed, and `latest` switched.

    releases/.staging-<serial>/   written and synced; nobody looks here
    rows                          Release, Entry, Removal in one transaction: from here on the release exists
    releases/<serial>/            one rename
    releases/latest               one rename of a link

Killed before the rows: nothing happened, the staging folder is swept. Killed after: `finish_interrupted` renames what was staged, or writes it
again from the rows, which hold all that the files say. So `latest` always shows one whole release.
"""

import errno
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from blocklist import manifest as manifests
from blocklist.content import content_of
from blocklist.disk import Disk
from blocklist.formats import FORMATS
from blocklist.guard import Guard
from blocklist.policy import Policy
from blocklist.review import decide
from blocklist.selection import Selection, select, what_stays
from blocklist.verify import verify_as
from casefile import queries
from casefile.errors import CasefileError, CheckFailed, DiskFullError, UsageError
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import Action, Clock, Count, Entry, Release, ReleaseFile, Removal, StepReport
from casefile.store import Case

STAGING = ".staging-"
LATEST = "latest"
NEW_LATEST = ".latest-new"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def publish(
    case: Case, guard: Guard, policy: Policy, releases: Path, *, clock: Clock, progress: Progress, disk: Disk = Disk()
) -> Release | None:
    """Select and release; None where nothing is new and nothing leaves. The first release is made even when it is empty.

    Raises `CheckFailed` when what was written does not verify, `DiskFullError` when there is no room: the last release then stands as it was.
    """
    whole = finish_interrupted(case, releases, disk=disk)
    chosen = select(case, guard, policy, clock=clock)
    if whole and not chosen.entries and not chosen.leaving:
        return None
    return _release(case, chosen, guard, policy, releases, clock(), progress, disk)


def publish_step(
    case: Case, guard: Guard, policy: Policy, releases: Path, *, clock: Clock, progress: Progress, disk: Disk = Disk()
) -> StepReport:
    """`publish` as a step of the night: `done` counts new entries, `skipped` what is left out, by rule."""
    whole = finish_interrupted(case, releases, disk=disk)
    chosen = select(case, guard, policy, clock=clock)
    progress.start("publish", len(chosen.entries))
    skipped: dict[str, int] = {}
    for one in chosen.left_out:
        skipped[one.rule] = skipped.get(one.rule, 0) + 1
    if whole and not chosen.entries and not chosen.leaving:
        skipped["nothing-new"] = 1
    else:
        _release(case, chosen, guard, policy, releases, clock(), progress, disk)
    return StepReport(
        step="publish",
        done=len(chosen.entries),
        skipped=tuple(Count(outcome=rule, number=number) for rule, number in sorted(skipped.items())),
        finished_at=clock(),
    )


def unlist(
    case: Case,
    host: Hostname,
    guard: Guard,
    policy: Policy,
    releases: Path,
    *,
    analyst: str,
    note: str,
    act: str = "",
    clock: Clock,
    progress: Progress,
    disk: Disk = Disk(),
) -> Release:
    """Keep the decision and publish at once a release without the host and with nothing new. Raises `UsageError` where it is not listed."""
    finish_interrupted(case, releases, disk=disk)
    if not any(entry.host == host for entry in queries.listed_entries(case)):
        raise UsageError(f"{host} is not on the list: to keep it off use reject, to see what is known of it use show")
    decide(case, [host], Action.UNLIST, analyst=analyst, note=note, act=act, guard=guard, clock=clock)
    return _release(case, what_stays(case, guard, policy, clock=clock), guard, policy, releases, clock(), progress, disk)


def finish_interrupted(case: Case, releases: Path, *, disk: Disk = Disk()) -> bool:
    """Complete a release whose rows are committed, and sweep what was staged without rows. Called again it changes nothing.

    Says whether the latest release stands whole in its folder; False where there is none, or where this version of mirrorwatch would write other
    bytes than the rows say: the next `publish` then makes a new one. Raises `DiskFullError` or `CasefileError` where the disk refuses.
    """
    release = queries.latest_release(case)
    try:
        _sweep(releases, release, disk)
        return release is not None and _stands(case, release, releases, disk)
    except OSError as error:
        raise _disk_error(releases, error) from None


def serial_after(previous: int, policy: Policy, now: datetime) -> int:
    """The next serial: never backwards, whatever the clock says, and 32 bits wide. YYYYMMDDnn on a day with fewer than 100 releases."""
    return max(previous + 1, int(f"{policy.day_of(now):%Y%m%d}") * 100)


def _release(
    case: Case, chosen: Selection, guard: Guard, policy: Policy, releases: Path, now: datetime, progress: Progress, disk: Disk
) -> Release:
    release, entries, removals = _rows(case, chosen, policy, now)
    files = _files(case, release, [*chosen.kept, *entries], removals)
    release = replace(release, files=tuple(manifests.described(name, data) for name, data in files.items()))
    staging = releases / f"{STAGING}{release.serial}"
    try:
        _stage(staging, files, disk)
        _check(staging, guard, release.serial)
        case.add([*entries, *removals, release])
    except OSError as error:
        disk.remove(staging)
        raise _disk_error(releases, error) from None
    except CasefileError:
        disk.remove(staging)
        raise
    try:
        disk.rename(staging, releases / str(release.serial))
        _switch(releases, release.serial, disk)
    except OSError as error:
        raise _disk_error(releases, error) from None
    for _ in entries:
        progress.advance("listed")
    return queries.release_of(case, release.serial) or release


def _rows(case: Case, chosen: Selection, policy: Policy, now: datetime) -> tuple[Release, list[Entry], list[Removal]]:
    last = queries.latest_release(case)
    serial = serial_after(last.serial if last else 0, policy, now)
    entries = [replace(entry, serial=serial) for entry in chosen.entries]
    removals = [Removal(host=one.entry.host, reason=one.reason, serial=serial, removed_at=now) for one in chosen.leaving]
    release = Release(
        serial=serial,
        previous=last.serial if last else 0,
        made_at=now,
        entries=len(chosen.kept) + len(entries),
        added=len(entries),
        removed=len(removals),
        files=(),
        origin=policy.origin,
        valid_hours=policy.valid_hours,
        replayed=_is_replayed(case, [*chosen.kept, *entries]),
        suffixes=case.door.extra_suffixes,
    )
    return release, entries, removals


def _is_replayed(case: Case, entries: list[Entry]) -> bool:
    """Whether any of these was never seen live; of an empty list, whether nothing in the case file was."""
    live = queries.hosts_seen_live(case)
    return not queries.has_live_captures(case) or any(entry.host.name not in live for entry in entries)


def _files(case: Case, release: Release, entries: list[Entry], removals: list[Removal]) -> dict[str, bytes]:
    """Every file of a release by name, the manifest last: a pure function of rows."""
    content = content_of(case, release, entries, removals)
    files = {one.NAME: one.write(content) for one in FORMATS}
    described = tuple(manifests.described(name, data) for name, data in files.items())
    manifest = manifests.manifest_of(replace(release, files=described), content, _manifest_digest(case, release.previous))
    return files | {manifests.NAME: manifests.write(manifest)}


def _manifest_digest(case: Case, serial: int) -> str:
    release = queries.release_of(case, serial)
    return next((one.sha256 for one in release.files if one.name == manifests.NAME), "") if release else ""


def _stage(staging: Path, files: dict[str, bytes], disk: Disk) -> None:
    disk.make_folder(staging)
    for name, data in files.items():
        disk.write(staging / name, data)
    disk.sync_folder(staging)


def _check(staging: Path, guard: Guard, serial: int) -> None:
    report = verify_as(staging, guard.with_suffixes, str(serial))
    if report.faults:
        said = "; ".join(f"{fault.item}: {fault.text}" for fault in report.faults[:5])
        raise CheckFailed(f"release {serial} does not verify and was not published, the last one stands: {said}")


def _switch(releases: Path, serial: int, disk: Disk) -> None:
    disk.sync_folder(releases)
    disk.link(releases / NEW_LATEST, str(serial))
    disk.rename(releases / NEW_LATEST, releases / LATEST)
    disk.sync_folder(releases)


def _sweep(releases: Path, release: Release | None, disk: Disk) -> None:
    keep = f"{STAGING}{release.serial}" if release else ""
    if releases.is_dir():
        for path in sorted(releases.iterdir()):
            if path.name == NEW_LATEST or (path.name.startswith(STAGING) and path.name != keep):
                disk.remove(path)


def _stands(case: Case, release: Release, releases: Path, disk: Disk) -> bool:
    folder, staging, latest = releases / str(release.serial), releases / f"{STAGING}{release.serial}", releases / LATEST
    if not folder.is_dir():
        if not _is_whole(staging, release.files):
            files = _files(case, release, queries.listed_entries(case), queries.removals_of(case, release.serial))
            if tuple(manifests.described(name, data) for name, data in files.items()) != release.files:
                return False
            _stage(staging, files, disk)
        disk.rename(staging, folder)
    if not latest.is_symlink() or str(latest.readlink()) != folder.name:
        _switch(releases, release.serial, disk)
    return True


def _is_whole(folder: Path, files: tuple[ReleaseFile, ...]) -> bool:
    """Whether a folder holds these files, byte for byte, and nothing else."""
    if not folder.is_dir() or {path.name for path in folder.iterdir()} != {one.name for one in files}:
        return False
    return all(manifests.described(one.name, (folder / one.name).read_bytes()) == one for one in files)


def _disk_error(releases: Path, error: OSError) -> CasefileError:
    if error.errno in NO_ROOM:
        return DiskFullError(
            f"no room left for a release in {releases}: free some disk and run the same command again; the last release stands"
        )
    return CasefileError(
        f"cannot write a release in {releases}: {error.strerror or error}; check the folder and its rights, then run the same command again; the last release stands"
    )
