"""Publishing: one whole release at `latest`, whatever happens in between."""

import errno
import json
from pathlib import Path

import pytest

from blocklist.content import Content
from blocklist.disk import Disk
from blocklist.formats import FORMATS, file_name
from blocklist.release import finish_interrupted, publish, publish_step, serial_after, unlist
from blocklist.verify import Trust, verify_as
from casefile import queries
from casefile.errors import CasefileError, CheckFailed, DiskFullError, UsageError
from casefile.progress import Silent
from casefile.records import Action, Band, EvidenceKind, Label, Release, ReleaseFile, Strength
from tests.blocklist.conftest import Desk


class Killed(BaseException):
    """The process ends here."""


class FailingDisk(Disk):
    """Stops at step `at` (counted from 1), before it or in the middle of it."""

    def __init__(self, at: int = 0, error: BaseException | None = None, *, torn: bool = False) -> None:
        self.at, self.error, self.torn, self.steps = at, error or Killed(), torn, 0

    def _step(self) -> bool:
        self.steps += 1
        if self.steps == self.at and not self.torn:
            raise self.error
        return self.steps == self.at

    def make_folder(self, folder: Path) -> None:
        torn = self._step()
        super().make_folder(folder)
        if torn:
            raise self.error

    def write(self, path: Path, data: bytes) -> None:
        torn = self._step()
        super().write(path, data[: len(data) // 2] if torn else data)
        if torn:
            raise self.error

    def sync_folder(self, folder: Path) -> None:
        torn = self._step()
        super().sync_folder(folder)
        if torn:
            raise self.error

    def rename(self, old: Path, new: Path) -> None:
        torn = self._step()
        super().rename(old, new)
        if torn:
            raise self.error

    def link(self, path: Path, target: str) -> None:
        torn = self._step()
        super().link(path, target)
        if torn:
            raise self.error


def publish_on(desk: Desk, disk: Disk) -> Release | None:
    return publish(desk.case, desk.guard, desk.policy, desk.releases, keys=desk.keys, clock=desk.clock, progress=Silent(), disk=disk)


def good(desk: Desk) -> bool:
    """Whether `latest` is a whole release, signed by a key that is trusted."""
    folder = (desk.releases / "latest").resolve()
    return verify_as(folder, desk.guard.with_suffixes, folder.name, Trust(keys=desk.keys.trusted())).faults == ()


def octets(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and in those inside it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def strays(desk: Desk) -> list[str]:
    return [path.name for path in desk.releases.iterdir() if path.name.startswith(".")]


def test_a_release_is_a_folder_with_latest_on_it(desk: Desk) -> None:
    desk.approved("a.example", "b.example")
    release = desk.publish()
    assert release is not None and (release.serial, release.previous, release.entries) == (2026112100, 0, 2)
    assert desk.names() == ["a.example", "b.example"]
    assert (desk.releases / "latest").readlink() == Path("2026112100")
    assert good(desk) and strays(desk) == []
    assert queries.latest_release(desk.case) == release
    assert {entry.serial for entry in queries.listed_entries(desk.case)} == {release.serial}


def test_the_first_release_may_be_empty_and_the_next_needs_a_reason(desk: Desk) -> None:
    first = desk.publish()
    assert first is not None and first.entries == 0 and good(desk)
    assert desk.publish() is None
    report = publish_step(desk.case, desk.guard, desk.policy, desk.releases, keys=desk.keys, clock=desk.clock, progress=Silent())
    assert (report.done, [(one.outcome, one.number) for one in report.skipped]) == (0, [("nothing-new", 1)])


def test_the_step_counts_what_is_listed_and_left_out_by_rule(desk: Desk) -> None:
    desk.approved("a.example")
    desk.found("b.example", payment=False)
    desk.decided("b.example")
    report = publish_step(desk.case, desk.guard, desk.policy, desk.releases, keys=desk.keys, clock=desk.clock, progress=Silent())
    assert (report.step, report.done, [(one.outcome, one.number) for one in report.skipped]) == ("publish", 1, [("evidence", 1)])


def test_releases_are_chained_by_digest(desk: Desk) -> None:
    first = desk.publish()
    desk.approved("a.example")
    second = desk.publish()
    assert first is not None and second is not None
    manifest = json.loads((desk.releases / "latest" / "manifest.json").read_bytes())
    assert manifest["previous"] == first.serial
    assert manifest["previous_sha256"] == next(one.sha256 for one in first.files if one.name == "manifest.json")
    assert manifest["made_at"], manifest["valid_until"] == ("2026-11-20T20:00:00Z", "2026-11-23T20:00:00Z")
    assert manifest["extra_suffixes"] == ["example", "kz.example", "test"]


def test_a_release_of_replayed_pages_alone_says_so(desk: Desk) -> None:
    desk.found("a.example", replayed=True)
    desk.decided("a.example")
    assert (release := desk.publish()) is not None and release.replayed
    desk.approved("live.example")
    assert (release := desk.publish()) is not None and release.entries == 2
    assert release.replayed, "a.example stands in it and was never seen live"
    desk.found("a.example")
    desk.approved("b.example")
    assert (release := desk.publish()) is not None and not release.replayed


def test_an_empty_release_is_replayed_where_nothing_was_seen_live(desk: Desk) -> None:
    desk.found("a.example", replayed=True)
    assert (release := desk.publish()) is not None and (release.entries, release.replayed) == (0, True)


def test_a_live_case_file_makes_live_releases(desk: Desk) -> None:
    desk.approved("a.example")
    assert (release := desk.publish()) is not None and not release.replayed


def test_the_reason_is_said_in_plain_words(desk: Desk) -> None:
    desk.approved("a.example")
    desk.found("b.example", label=Label.PROMOTION)
    desk.found("c.example", label=Label.OTHER, band=Band.CLEAR, evidence=((EvidenceKind.PROMOTER, "code", Strength.STRONG),))
    desk.decided("b.example", "c.example")
    desk.publish()
    lines = json.loads((desk.releases / "latest" / "entries.json").read_bytes())
    assert [one["reason"] for one in lines if one["kind"] == "entry"] == [
        "gambling operator",
        "gambling promotion",
        "gambling, by an analyst's decision",
    ]


def test_serials_never_go_back(desk: Desk) -> None:
    now = desk.clock()
    assert serial_after(0, desk.policy, now) == 2026112100
    assert serial_after(2026112100, desk.policy, now) == 2026112101
    assert serial_after(2026112199, desk.policy, now) == 2026112200
    assert serial_after(2026112250, desk.policy, now) == 2026112251
    assert serial_after(2027010100, desk.policy, now) == 2027010101
    assert serial_after(0, desk.policy, now.replace(year=2099)) < 1 << 32


def test_unlisting_publishes_at_once_and_nothing_new(desk: Desk) -> None:
    desk.approved("a.example", "b.example")
    desk.publish()
    desk.a_moment_later()
    desk.approved("c.example")
    host = desk.case.door.parse("a.example")
    release = unlist(
        desk.case, host, desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A", note="appeal", act="9/2026", clock=desk.clock, progress=Silent()
    )  # fmt: skip
    assert (release.entries, release.added, release.removed) == (1, 0, 1)
    assert desk.names() == ["b.example"] and good(desk)
    assert (desk.releases / "latest" / "removed.txt").read_text() == "a.example\tdecision\tunlisted by an analyst, act 9/2026\n"
    assert queries.decisions_of(desk.case, host)[-1].action is Action.UNLIST
    desk.publish()
    assert desk.names() == ["b.example", "c.example"]
    with pytest.raises(UsageError, match="not on the list"):
        unlist(
            desk.case,
            host,
            desk.guard,
            desk.policy,
            desk.releases,
            keys=desk.keys,
            analyst="A",
            note="again",
            clock=desk.clock,
            progress=Silent(),
        )


def test_a_host_that_is_approved_again_comes_back(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    for action in (Action.REJECT, Action.APPROVE):
        desk.a_moment_later()
        desk.decided("a.example", action=action)
        desk.publish()
    assert desk.names() == ["a.example"]


def test_an_expired_entry_leaves(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    desk.quiet(days=90)
    desk.publish()
    assert desk.names() == []
    assert (desk.releases / "latest" / "removed.txt").read_text() == "a.example\texpiry\texpired on 2027-02-18\n"


def prepared(desk: Desk) -> None:
    """A first release, and a second one with an addition and a removal due."""
    desk.approved("a.example", "b.example")
    desk.publish()
    desk.a_moment_later()
    desk.decided("b.example", action=Action.REJECT)
    desk.approved("c.example")


def steps_before_rows() -> int:
    """Disk steps until the rows are committed: make the folder, those inside it, write every file, sync."""
    sample = Content(serial=1, previous=0, made_at="", origin="rpz.example", block_page="", block_address="", lines=())
    names = [file_name(one, sample) for one in FORMATS]
    inner = {str(Path(name).parent) for name in names} - {"."}
    return 1 + len(inner) + len(names) + len(("manifest.json", "manifest.json.minisig")) + len(inner) + 1


STEPS_AFTER_ROWS = ("rename the folder", "sync", "make the link", "rename the link", "sync again")


def test_every_step_of_publishing_is_among_the_points(desk: Desk) -> None:
    prepared(desk)
    disk = FailingDisk()
    publish_on(desk, disk)
    assert disk.steps == steps_before_rows() + len(STEPS_AFTER_ROWS)


@pytest.mark.parametrize("torn", [False, True], ids=["before", "amid"])
def test_killed_at_any_step_before_the_rows_nothing_has_happened(desk: Desk, torn: bool) -> None:
    prepared(desk)
    for step in range(1, steps_before_rows() + 1):
        with pytest.raises(Killed):
            publish_on(desk, FailingDisk(step, torn=torn))
        assert desk.names() == ["a.example", "b.example"]
        assert queries.latest_release(desk.case).serial == 2026112100  # type: ignore[union-attr]
    assert good(desk)
    desk.publish()
    assert desk.names() == ["a.example", "c.example"] and good(desk) and strays(desk) == []


@pytest.mark.parametrize("torn", [False, True], ids=["before", "amid"])
@pytest.mark.parametrize("step", range(len(STEPS_AFTER_ROWS)), ids=STEPS_AFTER_ROWS)
def test_killed_at_any_step_after_the_rows_the_release_is_completed_without_the_key(desk: Desk, step: int, torn: bool) -> None:
    prepared(desk)
    with pytest.raises(Killed):
        publish_on(desk, FailingDisk(steps_before_rows() + 1 + step, torn=torn))
    assert good(desk)
    assert desk.names() in (["a.example", "b.example"], ["a.example", "c.example"])
    for key in desk.keys.folder.glob("*.key"):
        key.unlink()
    assert finish_interrupted(desk.case, desk.releases)
    assert desk.names() == ["a.example", "c.example"] and good(desk) and strays(desk) == []
    assert len(queries.listed_entries(desk.case)) == 2
    assert queries.latest_release(desk.case).serial == 2026112101  # type: ignore[union-attr]
    assert desk.publish() is None


@pytest.mark.parametrize("damage", ["gone", "cut", "extra"])
def test_a_staging_folder_that_was_lost_is_written_again_from_the_rows(desk: Desk, damage: str) -> None:
    prepared(desk)
    with pytest.raises(Killed):
        publish_on(desk, FailingDisk(steps_before_rows() + 1))
    staging = desk.releases / ".staging-2026112101"
    assert queries.latest_release(desk.case).serial == 2026112101  # type: ignore[union-attr]
    kept = octets(staging)
    if damage == "gone":
        Disk().remove(staging)
    elif damage == "cut":
        (staging / "dossier.json").write_bytes(b"")
    else:
        (staging / "stray.txt").write_bytes(b"")
    desk.a_moment_later()
    desk.approved("later.example")
    assert finish_interrupted(desk.case, desk.releases)
    assert octets(desk.releases / "latest") == kept
    assert good(desk)


def test_a_releases_folder_that_was_lost_comes_back(desk: Desk) -> None:
    prepared(desk)
    desk.publish()
    Disk().remove(desk.releases)
    assert desk.publish() is None
    assert desk.names() == ["a.example", "c.example"] and good(desk)


def test_a_release_of_an_earlier_mirrorwatch_whose_folder_is_lost_is_followed_by_a_new_one(desk: Desk) -> None:
    digest = ReleaseFile(name="manifest.json", size=1, sha256="ab" * 32)
    older = Release(
        serial=2026112000, previous=0, made_at=desk.clock(), entries=0, added=0, removed=0, files=(digest,), origin="rpz.example",
        valid_hours=72, replayed=False,
    )  # fmt: skip
    desk.case.add([older])
    assert not finish_interrupted(desk.case, desk.releases)
    release = desk.publish()
    assert release is not None and (release.serial, release.previous) == (2026112100, 2026112000)
    assert good(desk)


def test_a_full_disk_leaves_the_last_release_and_no_staging(desk: Desk) -> None:
    prepared(desk)
    last = steps_before_rows()
    for step in range(1, last + 1):
        torn = step % 2 == 0
        with pytest.raises(DiskFullError, match="free some disk"):
            publish_on(desk, FailingDisk(step, OSError(errno.ENOSPC, "No space left on device"), torn=torn))
        assert strays(desk) == [] and desk.names() == ["a.example", "b.example"]
        assert queries.latest_release(desk.case).serial == 2026112100  # type: ignore[union-attr]
    assert good(desk)
    assert desk.publish() is not None


def test_a_folder_that_cannot_be_written_is_said(desk: Desk) -> None:
    with pytest.raises(CasefileError, match="check the folder"):
        publish_on(desk, FailingDisk(2, OSError(errno.EACCES, "Permission denied")))


class LyingDisk(Disk):
    """Loses the last octet of one file without a word."""

    def write(self, path: Path, data: bytes) -> None:
        super().write(path, data[:-1] if path.name == "rpz.zone" else data)


def test_what_does_not_read_back_is_not_published(desk: Desk) -> None:
    prepared(desk)
    with pytest.raises(CheckFailed, match=r"rpz\.zone: has \d+ octets, not the"):
        publish_on(desk, LyingDisk())
    assert desk.names() == ["a.example", "b.example"] and good(desk) and strays(desk) == []
    assert len(queries.listed_entries(desk.case)) == 2
    assert desk.publish() is not None
