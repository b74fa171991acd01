"""From a selection to a folder an ISP may load: signed, staged, read back and verified, its rows committed, put in its place, and `latest` switched.

    breakers, key                 what must not be published, or cannot be signed, is refused before anything is written
    releases/.staging-<serial>/   written, synced, and verified as an ISP would
    rows                          Release, Entry, Removal in one transaction: from here on the release exists
    releases/<serial>/, latest    one rename each (`blocklist.staging`)

Killed before the rows: nothing happened, the staging folder is swept. Killed after: `finish_interrupted` puts what was staged in its place, or writes it
again from the rows, which hold all that the files say, the signature too. So `latest` always shows one whole release, and finishing one needs no key.
"""

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from blocklist import manifest as manifests
from blocklist import staging
from blocklist.breakers import CLOCK, Trip, clock_trip, day_trip, log_trip, override_for, trips, usual_new
from blocklist.catching_up import catch_up, check_after, unknown_trip
from blocklist.content import Content, content_of
from blocklist.disk import Disk
from blocklist.formats import FORMATS, file_name
from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.policy import Policy
from blocklist.review import LONGEST, decide
from blocklist.selection import Selection, select, what_stays
from blocklist.signing import SigningKey, sign, signer_of
from blocklist.verify import Trust, verify_as
from casefile import queries
from casefile.collector import collector_paused
from casefile.decision_log import log_head
from casefile.errors import CasefileError, CheckFailed, DiskFullError, UsageError
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import Action, Canary, Clock, Count, Entry, Override, Release, ReleaseFile, Removal, Scope, StepReport
from casefile.store import Case

SAID_AGAIN = timedelta(hours=20)
"""A list without changes is released again after this long, so that a daily night always leaves a fresh one."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

NOTHING_TO_OVERRIDE = "no breaker tripped, so there is nothing to override: run publish without --override, which covers one release and is never left in a script"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a release is made with. `after`: a serial that ISPs hold already; `override`: who would publish past breakers and why, its `breakers` still empty; `insists`: whatever trips but
    the clock's, since names only leave.
    """

    guard: Guard
    policy: Policy
    releases: Path
    keys: Keyring
    progress: Progress
    disk: Disk
    after: int = 0
    override: Override | None = None
    insists: bool = False

    def unlisting(self, host: Hostname, analyst: str, note: str) -> "Press":
        """The same, to publish without `host` in an analyst's name whatever trips but the clock's breaker."""
        reason = f"unlisting of {host}: {note.strip()}"[: LONGEST["note"]]
        return replace(self, override=Override(analyst=analyst.strip(), reason=reason, breakers=()), insists=True)


@collector_paused()
def publish(
    case: Case,
    guard: Guard,
    policy: Policy,
    releases: Path,
    *,
    keys: Keyring,
    clock: Clock,
    progress: Progress,
    disk: Disk = Disk(),
    after: int = 0,
    override: Override | None = None,
) -> Release | None:
    """Select and release; None where nothing changes and the last release is young. The first release is made even when it is empty.

    `after`: a serial that ISPs hold, where the folders that would tell are lost; folders that do not verify are then left alone. `override`: analyst and reason,
    for breakers that trip. Raises `CheckFailed` for a breaker, and when what was written does not verify; `DiskFullError` when there is no room; `UsageError` for a
    key that is missing, an `after` that is no serial of these years, a release on the disk that cannot be caught up with, or an override of nothing: the last release then stands as it was.
    """
    check_after(after, policy.day_of(clock()))
    press = Press(guard=guard, policy=policy, releases=releases, keys=keys, progress=progress, disk=disk, after=after, override=override)
    whole = _catch_up_and_finish(case, press)
    chosen = select(case, guard, policy, clock=clock)
    if whole and not _is_due(case, chosen, clock(), after):
        if override is not None:
            raise UsageError(NOTHING_TO_OVERRIDE)
        return None
    return _release(case, chosen, press, clock())


@collector_paused()
def publish_step(
    case: Case,
    guard: Guard,
    policy: Policy,
    releases: Path,
    *,
    keys: Keyring,
    clock: Clock,
    progress: Progress,
    disk: Disk = Disk(),
) -> StepReport:
    """`publish` as a step of the night: `done` counts new entries, `skipped` what is left out, by rule. Raises what `publish` raises."""
    press = Press(guard=guard, policy=policy, releases=releases, keys=keys, progress=progress, disk=disk)
    whole = _catch_up_and_finish(case, press)
    chosen = select(case, guard, policy, clock=clock)
    progress.start("publish", len(chosen.entries))
    skipped: dict[str, int] = {}
    for one in chosen.left_out:
        skipped[one.rule] = skipped.get(one.rule, 0) + 1
    if whole and not _is_due(case, chosen, clock()):
        skipped["nothing-new"] = 1
    else:
        _release(case, chosen, press, clock())
    return StepReport(
        step="publish",
        done=len(chosen.entries),
        skipped=tuple(Count(outcome=rule, number=number) for rule, number in sorted(skipped.items())),
        finished_at=clock(),
    )


def _is_due(case: Case, chosen: Selection, now: datetime, after: int = 0) -> bool:
    """Whether there is anything to say, or it is long since anything was said: what nobody renews runs out at `valid_until`."""
    last = queries.latest_release(case)
    changes = chosen.entries or chosen.renewed or chosen.leaving
    if changes or last is None or last.serial < after:
        return True
    # a release of tomorrow was made by a clock that ran ahead: its `valid_until` says too much
    return not timedelta(0) <= now - last.made_at < SAID_AGAIN


@collector_paused()
def unlist(
    case: Case,
    host: Hostname,
    guard: Guard,
    policy: Policy,
    releases: Path,
    *,
    keys: Keyring,
    analyst: str,
    note: str,
    act: str = "",
    clock: Clock,
    progress: Progress,
    disk: Disk = Disk(),
) -> Release:
    """Keep the decision and publish at once a release without the host and with nothing new. Raises `UsageError` where it is not listed, and what `publish` raises."""
    press = Press(guard=guard, policy=policy, releases=releases, keys=keys, progress=progress, disk=disk).unlisting(host, analyst, note)
    _catch_up_and_finish(case, press)
    _check_listed(case, host)
    decide(case, [host], Action.UNLIST, analyst=analyst, note=note, act=act, guard=guard, clock=clock)
    return _release(case, what_stays(case, guard, policy, clock=clock), press, clock())


@collector_paused()
def publish_without(
    case: Case,
    host: Hostname,
    guard: Guard,
    policy: Policy,
    releases: Path,
    *,
    keys: Keyring,
    analyst: str,
    note: str,
    clock: Clock,
    progress: Progress,
    disk: Disk = Disk(),
) -> Release:
    """Publish at once without a host that is unlisted already, and with nothing new, as `unlist` does. Raises what `publish` raises."""
    press = Press(guard=guard, policy=policy, releases=releases, keys=keys, progress=progress, disk=disk).unlisting(host, analyst, note)
    _catch_up_and_finish(case, press)
    return _release(case, what_stays(case, guard, policy, clock=clock), press, clock())


def _check_listed(case: Case, host: Hostname) -> None:
    """Refuse to unlist what has no entry, naming the one that is meant where another covers it."""
    around = queries.entries_around(case, host)
    if any(entry.host == host for entry in around):
        return
    if over := [entry.host for entry in around if entry.scope is Scope.SUBDOMAINS and host.name.endswith(f".{entry.host}")]:
        raise UsageError(
            f"{host} has no entry of its own, and is blocked by that of {over[0]}: unlist {over[0]}, or reject {host} to narrow that entry to its exact name"
        )
    raise UsageError(f"{host} is not on the list: to keep it off use reject, to see what is known of it use show")


def _catch_up_and_finish(case: Case, press: Press) -> bool:
    """Know every release that was made, and see the latest whole; says what `finish_interrupted` says."""
    caught = catch_up(case, press.releases, press.keys.trusted(), lenient=press.after > 0)
    if caught.serials:
        press.progress.note(f"caught up with what was published and this case file did not know: {caught.in_words}")
    if caught.refused:
        press.progress.note(f"left alone because of --after: {caught.refused}")
    return finish_interrupted(case, press.releases, disk=press.disk)


def finish_interrupted(case: Case, releases: Path, *, disk: Disk = Disk()) -> bool:
    """Complete a release whose rows are committed, and sweep what was staged without rows. Called again it changes nothing.

    Says whether the latest release stands whole in its folder; False where there is none, where a newer one stands that the case file does not know (`latest` is
    never turned back), or where this version of mirrorwatch would write other bytes than the rows say: the next `publish` then makes a new one. Raises
    `DiskFullError` or `CasefileError` where the disk refuses.
    """
    release = queries.latest_release(case)
    try:
        staging.sweep(releases, release.serial if release else 0, disk)
        return release is not None and _stands(case, release, releases, disk)
    except OSError as error:
        raise _disk_error(releases, error) from None


def serial_after(previous: int, policy: Policy, now: datetime) -> int:
    """The next serial: never backwards, whatever the clock says. YYYYMMDDnn on a day with fewer than 100 releases. Raises `UsageError` past 32 bits."""
    serial = max(previous + 1, int(f"{policy.day_of(now):%Y%m%d}") * 100)
    if serial >= staging.SERIALS_END:
        raise UsageError(
            f"no serial is left after {previous}: a serial has 32 bits. Was --after mistyped? Set the clock right, or begin a list with another origin"
        )
    return serial


def _release(case: Case, chosen: Selection, press: Press, now: datetime) -> Release:
    release, entries, removals = _rows(case, chosen, press, now)
    gone = {one.host.name for one in removals}
    stay = [entry for entry in chosen.kept if entry.host.name not in gone]
    content = content_of(case, release, [*stay, *entries], removals)
    tripped = (
        *trips(content, release.usual),
        *day_trip(case, press.policy, release.added, release.usual, now),
        *log_trip(case),
        *clock_trip(case, now),
        *unknown_trip(case, press.releases, press.after),
    )
    release = replace(release, override=_override(tripped, press))
    key = _key(case, press)
    staged = staging.staging_of(press.releases, release.serial)
    try:
        release = _write(case, release, content, staged, press.disk, lambda manifest: sign(manifest, release.serial, key))
        _check(staged, press, release.serial)
        staging.try_link(press.releases)
        case.add([*entries, *removals, release])
    except OSError as error:
        press.disk.remove(staged)
        raise _disk_error(press.releases, error) from None
    except CasefileError:
        press.disk.remove(staged)
        raise
    try:
        staging.put_in_place(press.releases, release.serial, press.disk)
    except OSError as error:
        raise _disk_error(press.releases, error) from None
    for _ in chosen.entries:
        press.progress.advance("listed")
    return queries.release_of(case, release.serial) or release


def _rows(case: Case, chosen: Selection, press: Press, now: datetime) -> tuple[Release, list[Entry], list[Removal]]:
    last, policy = queries.latest_release(case), press.policy
    highest = max(press.after, last.serial if last else 0, *staging.serials_in(press.releases), 0)
    serial = serial_after(highest, policy, now)
    entries = [replace(entry, serial=serial) for entry in (*chosen.entries, *chosen.renewed)]
    removals = [Removal(host=one.entry.host, cause=one.cause, reason=one.reason, serial=serial, removed_at=now) for one in chosen.leaving]
    release = Release(
        serial=serial,
        previous=last.serial if last else 0,
        made_at=now,
        entries=len(chosen.kept) + len(entries),
        added=len(chosen.entries),
        changed=len(chosen.renewed),
        removed=len(removals),
        files=(),
        origin=policy.origin,
        valid_hours=policy.valid_hours,
        replayed=_is_replayed(case, [*chosen.kept, *entries]),
        suffixes=case.door.extra_suffixes,
        usual=usual_new(case),
        block_page=policy.block_page,
        block_address=policy.block_address,
        canary=_canary(policy, last, serial),
        log=log_head(case),
    )
    return release, entries, removals


def _canary(policy: Policy, last: Release | None, serial: int) -> Canary:
    known = last.canary if last else None
    since = known.since if known and known.listed == policy.canary else serial
    return Canary(listed=policy.canary, free=policy.canary_free, since=since)


def _is_replayed(case: Case, entries: list[Entry]) -> bool:
    """Whether any of these was never seen live; of an empty list, whether nothing in the case file was."""
    live = queries.hosts_seen_live(case)
    return not queries.has_live_captures(case) or any(entry.host.name not in live for entry in entries)


def _override(tripped: Sequence[Trip], press: Press) -> Override | None:
    """What the release says of breakers: None where none tripped. Raises `CheckFailed` for one that is not covered, `UsageError` for an override of nothing."""
    asked = press.override
    if press.insists and any(trip.name == CLOCK for trip in tripped):
        asked = None  # by a clock that runs ahead every entry would leave with the one that is to
    if asked is not None and not tripped and not press.insists:
        raise UsageError(NOTHING_TO_OVERRIDE)
    return override_for(tripped, analyst=asked.analyst if asked else "", reason=asked.reason if asked else "")


def _key(case: Case, press: Press) -> SigningKey:
    """The key that signs, opened; made where nothing was ever signed and none was made. Raises `UsageError` where it is missing."""
    keys = press.keys
    if keys.has_current():
        return keys.open_current()
    signature = next((one.signature for one in reversed(queries.releases(case)) if one.signature), "")
    if signature or keys.trusted() or staging.signed_in(press.releases):
        last = f"; the last release was signed with the key {signer_of(signature)}" if signature else ""
        raise UsageError(
            f"no key to sign with in {keys.folder}{last}: bring its .key, its .pub and the link `current` back, or make another with "
            "`mirrorwatch keys new` and give ISPs its .pub before you publish; the last release stands"
        )
    made = keys.make()
    press.progress.note(
        f"made the key {made} to sign releases with, in {keys.folder}: move it to a machine that does not crawl, as docs/operator.md says"
    )
    return keys.open_current()


def _write(case: Case, release: Release, content: Content, staged: Path, disk: Disk, signature_of: Callable[[bytes], str]) -> Release:
    """Write every file of a release into `staged`, one in memory at a time; the release with its files and its signature. A pure function of rows and key."""
    forms = {file_name(one, content): one for one in FORMATS}
    staging.make_folders(staged, forms, disk)
    files: list[ReleaseFile] = []

    def write(name: str, data: bytes) -> None:
        disk.write(staged / name, data)
        files.append(manifests.described(name, data))

    for name, form in forms.items():
        write(name, form.write(content))
    left_out = {name: names for name, form in forms.items() if (names := form.left_out(content))}
    described = replace(release, files=tuple(files))
    manifest = manifests.write(manifests.manifest_of(described, _manifest_digest(case, release.previous), left_out))
    signature = signature_of(manifest)
    write(manifests.NAME, manifest)
    write(manifests.SIGNATURE, signature.encode("ascii"))
    staging.sync_folders(staged, forms, disk)
    return replace(release, files=tuple(files), signature=signature)


def _manifest_digest(case: Case, serial: int) -> str:
    release = queries.release_of(case, serial)
    return next((one.sha256 for one in release.files if one.name == manifests.NAME), "") if release else ""


def _check(staged: Path, press: Press, serial: int) -> None:
    report = verify_as(staged, press.guard.with_suffixes, str(serial), Trust(keys=press.keys.trusted()))
    if report.faults:
        said = "; ".join(f"{fault.item}: {fault.text}" for fault in report.faults[:5])
        raise CheckFailed(f"release {serial} does not verify and was not published, the last one stands: {said}")


def _stands(case: Case, release: Release, releases: Path, disk: Disk) -> bool:
    folder, staged = releases / str(release.serial), staging.staging_of(releases, release.serial)
    if max(staging.serials_in(releases), default=0) > release.serial:
        return False
    if not folder.is_dir():
        if not staging.is_whole(staged, release.files) and not _written_again(case, release, staged, disk):
            disk.remove(staged)
            return False
        disk.rename(staged, folder)
    if not staging.is_latest(releases, release.serial):
        staging.switch(releases, release.serial, disk)
    return True


def _written_again(case: Case, release: Release, staged: Path, disk: Disk) -> bool:
    """Whether a release could be written from its rows to the byte; not where those do not say all: an earlier mirrorwatch made it, or they were read back."""
    if release.canary is None or release.log is None:
        return False
    entries = queries.listed_entries(case)
    if any(entry.since == release.serial and not (entry.verdict and entry.decision) for entry in entries):
        return False
    content = content_of(case, release, entries, queries.removals_of(case, release.serial))
    return _write(case, release, content, staged, disk, lambda manifest: release.signature).files == release.files  # noqa: ARG005


def _disk_error(releases: Path, error: OSError) -> CasefileError:
    if error.errno in NO_ROOM:
        return DiskFullError(
            f"no room left for a release in {releases}: free some disk and run the same command again; the last release stands"
        )
    return CasefileError(
        f"cannot write a release in {releases}: {error.strerror or error}; check the folder and its rights, then run the same command again; the last release stands"
    )
