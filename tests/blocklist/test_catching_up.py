"""Going on from a case file that does not know what was published: a copy from the machine that crawls, or a backup."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from blocklist.appeal import barred, decide_appeal, open_appeal
from blocklist.catching_up import catch_up
from blocklist.disk import Disk
from blocklist.release import finish_interrupted, publish_step, unlist
from blocklist.review import import_decisions
from blocklist.signing import sign
from blocklist.uphold import uphold
from blocklist.verify import Trust, verify_as
from casefile import queries
from casefile.errors import CheckFailed, StoreError, UsageError
from casefile.hostname import Door, Hostname
from casefile.progress import Silent
from casefile.records import Action, Appeal, AppealState, Decision, Override, Removal
from casefile.store import FROM_A_RELEASE, Case, backup, replace_by_copy
from tests.blocklist.conftest import Desk
from tests.conftest import StandingClock

ANYWAY = Override(analyst="A. Analyst", reason="the backup is of Friday", breakers=())


class Telling(Silent):
    """Keeps what an operator is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def octets(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def latest(desk: Desk) -> dict[str, bytes]:
    return octets(desk.releases / "latest")


def good(desk: Desk) -> bool:
    folder = (desk.releases / "latest").resolve()
    return verify_as(folder, desk.guard.with_suffixes, folder.name, Trust(keys=desk.keys.trusted())).faults == ()


def serial(desk: Desk) -> int:
    release = queries.latest_release(desk.case)
    return release.serial if release else 0


class Machines:
    """A machine that crawls and decides, one that holds the key and publishes from copies, and one that does both, for comparison."""

    def __init__(self, folder: Path, door: Door, desk: Desk) -> None:
        self.folder, self.door, self.desk = folder, door, desk
        self.crawling = Case(folder / "crawling" / "casefile.db", door)
        self.alone = Case(folder / "alone" / "casefile.db", door)
        shutil.copytree(desk.keys.folder, folder / "alone" / "keys", symlinks=True)
        self.alone_releases = folder / "alone" / "releases"

    def close(self) -> None:
        self.crawling.close()
        self.alone.close()

    def by_day(self, *approve: str, reject: tuple[str, ...] = ()) -> None:
        """The same is found and decided on the crawling machine and on the one that does both."""
        for case in (self.crawling, self.alone):
            desk = Desk(case, self.desk.clock, self.desk.guard, self.alone_releases)
            desk.approved(*approve)
            if reject:
                desk.decided(*reject, action=Action.REJECT)

    def by_night(self) -> None:
        """Publish here from a copy, there directly."""
        copy = self.folder / "stick.db"
        backup(self.crawling.path, copy)
        self.desk.case.close()
        replace_by_copy(self.desk.case.path, copy)
        self.desk.case = Case(self.desk.case.path, self.door, create=False)
        self.desk.publish()
        Desk(self.alone, self.desk.clock, self.desk.guard, self.alone_releases).publish()


@pytest.fixture
def machines(desk: Desk, door: Door, tmp_path: Path) -> Iterator[Machines]:
    desk.keys.make()
    made = Machines(tmp_path, door, desk)
    yield made
    made.close()
    desk.case.close()


def test_publishing_from_copies_comes_to_the_same_as_on_one_machine(machines: Machines, clock: StandingClock) -> None:
    nights = [(("a.example", "b.example"), ()), (("c.example",), ("b.example",)), (("b.example",), ()), ((), ("a.example",))]
    for approve, reject in nights:
        clock.forward(hours=24, microseconds=123456)
        machines.by_day(*approve, reject=reject)
        clock.forward(hours=1)
        machines.by_night()
        assert latest(machines.desk) == octets(machines.alone_releases / "latest")
    assert sorted(path.name for path in machines.desk.releases.iterdir()) == sorted(path.name for path in machines.alone_releases.iterdir())
    assert machines.desk.names() == ["b.example", "c.example"] and good(machines.desk)


def test_what_is_caught_up_is_as_the_rows_were(machines: Machines, clock: StandingClock) -> None:
    machines.by_day("a.example", "b.example")
    machines.by_night()
    clock.forward(hours=24)
    machines.by_day("c.example", reject=("b.example",))
    machines.by_night()
    one, other = machines.alone, machines.desk.case
    # published from a copy: the first release was read back from its folder, the second is this machine's own
    assert [
        (entry.host.name, entry.serial, entry.renews, entry.decision, entry.verdict, entry.listed_at)
        for entry in queries.listed_entries(other)
    ] == [
        (entry.host.name, entry.serial, entry.renews, entry.decision, entry.verdict, entry.listed_at)
        for entry in queries.listed_entries(one)
    ]
    rows = [[(release.serial, release.entries, release.added, release.removed, release.files, release.signature, release.log, release.canary)
             for release in queries.releases(case)] for case in (one, other)]  # fmt: skip
    assert rows[0] == rows[1]


def test_a_daily_limit_counts_what_was_caught_up(machines: Machines, clock: StandingClock) -> None:
    machines.by_day("a.example", "b.example")
    machines.by_night()
    clock.forward(minutes=5)
    object.__setattr__(machines.desk.policy, "daily_limit", 3)
    machines.by_day("c.example", "d.example")
    machines.by_night()
    assert machines.desk.names() == ["a.example", "b.example", "c.example"]


def test_older_folders_may_be_gone(machines: Machines, clock: StandingClock) -> None:
    for name in ("a.example", "b.example", "c.example"):
        machines.by_day(name)
        machines.by_night()
        clock.forward(hours=24)
    first = min(path for path in machines.desk.releases.iterdir() if path.is_dir())
    Disk().remove(first)
    machines.by_day("d.example")
    machines.by_night()
    assert machines.desk.names() == ["a.example", "b.example", "c.example", "d.example"] and good(machines.desk)
    assert latest(machines.desk)["entries.json"] == octets(machines.alone_releases / "latest")["entries.json"]


def test_a_copy_that_lacks_what_was_decided_here_is_refused(machines: Machines, clock: StandingClock) -> None:
    machines.by_day("a.example", "b.example")
    machines.by_night()
    desk = machines.desk
    clock.forward(hours=1)
    unlist(
        desk.case, desk.case.door.parse("a.example"), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A", note="at once",
        clock=clock, progress=Silent(),
    )  # fmt: skip
    with pytest.raises(StoreError, match=r"lacks decisions made on this machine, for a\.example: make them where the copy comes from"):
        machines.by_night()
    desk.case = Case(desk.case.path, machines.door, create=False)
    assert desk.publish() is None and desk.names() == ["b.example"], "the case file here stands"
    clock.forward(hours=1)
    machines.by_day(reject=("a.example",))
    machines.by_night()
    assert desk.names() == ["b.example"]


@pytest.fixture
def restored(desk: Desk, clock: StandingClock, door: Door, tmp_path: Path) -> Iterator[Desk]:
    """A case file restored from a backup: two releases were made since, and nothing was decided."""
    desk.approved("a.example", "b.example", "c.example")
    desk.decided("b.example", action=Action.REJECT)
    desk.publish()
    backup(desk.case.path, tmp_path / "backup.db")
    clock.forward(hours=21)
    desk.publish()
    clock.forward(hours=21)
    desk.publish()
    desk.case.close()
    desk.case.path.with_name("casefile.db-wal").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup.db", desk.case.path)
    desk.case = Case(desk.case.path, door, create=False)
    yield desk
    desk.case.close()


def test_a_restored_backup_never_turns_latest_or_the_serial_back(restored: Desk, clock: StandingClock) -> None:
    before = latest(restored)
    assert serial(restored) == 2026112100
    assert not finish_interrupted(restored.case, restored.releases), "the night asks this before anything else"
    assert latest(restored) == before
    assert restored.publish() is None, "nothing is due: what stands was made now"
    assert latest(restored) == before and serial(restored) == 2026112200
    clock.forward(hours=21)
    release = restored.publish()
    assert release is not None and (release.previous, release.added) == (2026112200, 0)
    assert restored.names() == ["a.example", "c.example"] and good(restored)


def test_the_night_catches_up_too_and_says_so(restored: Desk, clock: StandingClock) -> None:
    told = Telling()
    publish_step(
        restored.case, restored.guard, restored.policy, restored.releases, keys=restored.keys, clock=clock, progress=told
    )  # fmt: skip
    assert told.notes == ["caught up with what was published and this case file did not know: 2 releases, 2026112101 to 2026112200"]
    assert serial(restored) == 2026112200


def test_killed_while_catching_up_it_goes_on(restored: Desk) -> None:
    class Dying(Case):
        commits = 0

        def add(self, records: object) -> list[int]:
            self.commits += 1
            if self.commits == 2:
                raise KeyboardInterrupt
            return super().add(records)  # type: ignore[arg-type]

    with Dying(restored.case.path, restored.case.door, create=False) as dying, pytest.raises(KeyboardInterrupt):
        catch_up(dying, restored.releases, restored.keys.trusted())
    assert serial(restored) == 2026112101
    assert catch_up(restored.case, restored.releases, restored.keys.trusted()).serials == (2026112200,)
    assert catch_up(restored.case, restored.releases, restored.keys.trusted()).serials == ()


@pytest.fixture
def forgetful(desk: Desk, clock: StandingClock, door: Door, tmp_path: Path) -> Iterator[Desk]:
    """A case file restored from a backup that is older than an unlisting."""
    desk.approved("a.example", "b.example")
    desk.publish()
    backup(desk.case.path, tmp_path / "backup.db")
    clock.forward(hours=1)
    unlist(
        desk.case, desk.case.door.parse("a.example"), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A", note="appeal",
        act="7", clock=clock, progress=Silent(),
    )  # fmt: skip
    desk.case.close()
    desk.case.path.with_name("casefile.db-wal").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup.db", desk.case.path)
    desk.case = Case(desk.case.path, door, create=False)
    yield desk
    desk.case.close()


def test_what_was_unlisted_since_the_backup_does_not_come_back(forgetful: Desk, clock: StandingClock) -> None:
    clock.forward(hours=21)
    with pytest.raises(CheckFailed, match=r"log: the decision log no longer begins with the 3 decisions"):
        forgetful.publish()
    assert forgetful.names() == ["b.example"]
    decision = queries.decisions_of(forgetful.case, forgetful.case.door.parse("a.example"))[-1]
    assert (decision.action, decision.analyst) == (Action.UNLIST, FROM_A_RELEASE)
    assert decision.note == "release 2026112101: unlisted by an analyst, act 7"
    release = forgetful.publish(override=ANYWAY)
    assert release is not None and release.override is not None and release.override.breakers == ("log",)
    assert forgetful.names() == ["b.example"] and good(forgetful)
    clock.forward(hours=21)
    assert forgetful.publish() is not None, "an override covers one release, and the next one needs none"


def test_a_host_that_was_approved_again_is_left_to_its_analyst(forgetful: Desk, clock: StandingClock) -> None:
    clock.forward(hours=1)
    forgetful.approved("a.example")
    forgetful.publish(override=ANYWAY)
    assert forgetful.names() == ["a.example", "b.example"]


DAMAGES = {
    "manifest": lambda folder: (folder / "manifest.json").write_bytes(
        (folder / "manifest.json").read_bytes().replace(b'"added": 0', b'"added": 1')
    ),
    "no signature": lambda folder: (folder / "manifest.json.minisig").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "entries": lambda folder: (folder / "entries.json").write_bytes(b"[]\n"),
    "removed": lambda folder: (folder / "removed.txt").write_bytes(b"a.example\tdecision\tbecause\n"),
    "a file that nobody reads back": lambda folder: (folder / "hosts.txt").write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_newest_folder_that_does_not_verify_stops_it(restored: Desk, damage: str) -> None:
    DAMAGES[damage](restored.releases / "2026112200")
    with pytest.raises(UsageError, match=r"cannot catch up with the release .*2026112200.*--after 2026112200"):
        restored.publish()
    assert serial(restored) == 2026112100 and (restored.releases / "latest").readlink() == Path("2026112200")
    told = Telling()
    release = restored.publish(after=2026112200, override=ANYWAY, progress=told)
    assert release is not None and (release.serial, release.previous) == (2026112201, 2026112101), "the one that is whole is caught up with"
    assert good(restored) and restored.names() == ["a.example", "c.example"]
    assert "left alone because of --after: release 2026112200: " in told.notes[-1]
    assert restored.publish() is None, "what was left alone stays alone"


@pytest.mark.parametrize("damage", [one for one in DAMAGES if one != "a file that nobody reads back"])
def test_a_folder_between_that_does_not_verify_stops_it_too(restored: Desk, damage: str) -> None:
    DAMAGES[damage](restored.releases / "2026112101")
    with pytest.raises(UsageError, match="cannot catch up with the release"):
        restored.publish()
    assert serial(restored) == 2026112100
    release = restored.publish(after=2026112200, override=ANYWAY)
    assert release is not None and (release.serial, release.previous) == (2026112201, 2026112100)
    assert good(restored)


def test_a_folder_between_that_is_missing_stops_it(restored: Desk) -> None:
    Disk().remove(restored.releases / "2026112101")
    with pytest.raises(UsageError, match=r"manifest\.json cannot be read: No such file"):
        restored.publish()


def test_a_release_of_a_stranger_is_not_believed(restored: Desk, clock: StandingClock, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    shutil.move(restored.keys.folder, stranger)
    with pytest.raises(UsageError, match="not among those trusted here: there are none"):
        restored.publish()
    assert serial(restored) == 2026112100


def test_a_release_of_another_history_is_not_believed(restored: Desk, clock: StandingClock) -> None:
    """Signed with the right key, but made after another release of that serial than the one the case file knows."""
    restored.case.db.conn.execute("DROP TRIGGER releases_no_update")
    with restored.case.transaction():
        restored.case.db.conn.execute("UPDATE releases SET files = '[]'")
    with pytest.raises(UsageError, match="does not go back to release 2026112100 as this case file knows it"):
        restored.publish()


def test_a_folder_between_that_is_another_release_of_that_serial_stops_it(restored: Desk, door: Door, tmp_path: Path) -> None:
    """Signed with the right key, as by a second machine that should not publish."""
    with Case(tmp_path / "second" / "casefile.db", door) as case:
        second = Desk(case, restored.clock, restored.guard, tmp_path / "second" / "releases")
        second.keys = restored.keys
        second.publish(after=2026112100, override=ANYWAY)
        folder = second.releases / "2026112101"
        second.releases.joinpath(str(serial(second))).rename(folder)
    Disk().remove(restored.releases / "2026112101")
    manifest = (folder / "manifest.json").read_bytes().replace(str(serial_of(folder)).encode(), b"2026112101")
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "manifest.json.minisig").write_text(sign(manifest, 2026112101, restored.keys.open_current()))
    shutil.copytree(folder, restored.releases / "2026112101")
    with pytest.raises(UsageError, match="it names another release 2026112101 than the one in"):
        restored.publish()


def serial_of(folder: Path) -> int:
    return int(json.loads((folder / "manifest.json").read_bytes())["serial"])


def test_nothing_is_caught_up_where_all_is_known(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    assert catch_up(desk.case, desk.releases, desk.keys.trusted()).serials == ()
    assert catch_up(desk.case, desk.releases / "none", desk.keys.trusted()).serials == ()


# what was taken off since the backup


def host(desk: Desk, name: str) -> Hostname:
    return desk.case.door.parse(name)


def upheld(desk: Desk, name: str) -> None:
    """An appeal is opened, upheld, and the host gone."""
    open_appeal(desk.case, host(desk, name), by="Shop LLP", note="we sell dice", policy=desk.policy, clock=desk.clock)
    desk.a_moment_later()
    uphold(
        desk.case, host(desk, name), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A. Analyst", note="a toy shop", act="7",
        clock=desk.clock, progress=Silent(),
    )  # fmt: skip


def put_back(desk: Desk, copy: Path | None) -> None:
    """A backup in the place of the case file; a new one where there is none."""
    desk.case.close()
    for end in ("", "-wal", "-shm"):
        desk.case.path.with_name(f"casefile.db{end}").unlink(missing_ok=True)
    if copy:
        shutil.copy(copy, desk.case.path)
    desk.case = Case(desk.case.path, desk.case.door, create=copy is None)


@pytest.fixture
def appealed(desk: Desk, clock: StandingClock, tmp_path: Path) -> Iterator[Desk]:
    """Two hosts were listed, a backup made, and an appeal for one upheld since."""
    desk.approved("a.example", "b.example")
    desk.publish()
    backup(desk.case.path, tmp_path / "backup.db")
    clock.forward(hours=1)
    upheld(desk, "a.example")
    clock.forward(hours=21)
    yield desk
    desk.case.close()


@pytest.mark.parametrize("kept", [True, False])
def test_an_upheld_appeal_that_a_backup_lost_stands_all_the_same(appealed: Desk, tmp_path: Path, kept: bool) -> None:
    put_back(appealed, tmp_path / "backup.db" if kept else None)
    catch_up(appealed.case, appealed.releases, appealed.keys.trusted())
    [appeal] = barred(appealed.case).values()
    assert (appeal.host.name, appeal.person, appeal.note) == (
        "a.example",
        FROM_A_RELEASE,
        "release 2026112101: an appeal was upheld, act 7",
    )
    with pytest.raises(UsageError, match=r"an appeal for a\.example was upheld"):
        appealed.approved("a.example")
    appealed.decided("b.example")
    appealed.publish(override=ANYWAY)
    assert appealed.names() == ["b.example"]


def test_an_old_row_of_a_table_of_decisions_lists_nothing_that_was_unlisted_since(desk: Desk, clock: StandingClock, tmp_path: Path) -> None:
    desk.approved("a.example", "b.example")
    desk.publish()
    clock.forward(hours=1)
    unlist(
        desk.case, host(desk, "a.example"), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A", note="wrong shop",
        clock=clock, progress=Silent(),
    )  # fmt: skip
    clock.forward(hours=21)
    put_back(desk, None)
    catch_up(desk.case, desk.releases, desk.keys.trusted())
    table = tmp_path / "decisions.csv"
    table.write_text("host,action,analyst,note,act,decided_at\na.example,approve,A,old,,2026-11-01T00:00:00+00:00\n")
    assert import_decisions(desk.case, table, clock) == 0
    desk.found("a.example")
    desk.publish(override=ANYWAY)
    assert desk.names() == ["b.example"]
    desk.case.close()


def test_what_was_listed_again_after_its_unlisting_is_left_on_the_list(desk: Desk, clock: StandingClock) -> None:
    desk.approved("a.example")
    desk.publish()
    desk.a_moment_later()
    upheld(desk, "a.example")
    desk.a_moment_later()
    decide_appeal(desk.case, host(desk, "a.example"), AppealState.REFUSED, analyst="A", note="a court", act="9", clock=clock)
    desk.a_moment_later()
    desk.approved("a.example")
    desk.publish()
    put_back(desk, None)
    catch_up(desk.case, desk.releases, desk.keys.trusted())
    assert barred(desk.case) == {} and queries.latest_decisions(desk.case) == []
    clock.forward(hours=21)
    desk.publish(override=ANYWAY)
    assert desk.names() == ["a.example"]
    desk.case.close()


def test_appeals_are_decided_where_the_analysts_work_and_published_from_copies(machines: Machines, clock: StandingClock) -> None:
    machines.by_day("a.example", "b.example", "one.a.example")
    machines.by_night()
    clock.forward(hours=24)
    # the release was brought back, so that the machine that crawls knows what is listed
    catch_up(machines.crawling, machines.desk.releases, machines.desk.keys.trusted())
    name = machines.crawling.door.parse("a.example")
    open_appeal(machines.crawling, name, by="Shop LLP", note="dice", policy=machines.desk.policy, clock=clock)
    decide_appeal(machines.crawling, name, AppealState.UPHELD, analyst="A", note="a toy shop", clock=clock)
    for _ in range(3):  # nothing is brought back any more
        clock.forward(hours=24)
        machines.by_night()
        assert machines.desk.names() == ["b.example"]
    case = machines.desk.case
    assert {one.host.name for one in case.records(Removal)} == {"a.example", "one.a.example"}
    assert [one.analyst for one in case.records(Decision)] == [*["A. Analyst"] * 3, "A"], "nothing was made up from a release"
    assert [one.person for one in case.records(Appeal)] == ["Shop LLP", "A"]


# going on after what is not known


def test_going_on_after_a_release_that_nobody_knows_takes_a_name(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    with pytest.raises(
        CheckFailed, match="unknown-releases: the newest release known is 2026112100, and this one would go on after 2026112142"
    ):
        desk.publish(after=2026112142)
    release = desk.publish(after=2026112142, override=ANYWAY)
    assert release is not None and release.override is not None and release.override.breakers == ("unknown-releases",)
    assert good(desk)


def test_a_folder_that_is_left_alone_takes_a_name_and_what_it_took_off_stays_off(desk: Desk, clock: StandingClock, tmp_path: Path) -> None:
    desk.approved("a.example", "b.example", "c.example")
    desk.publish()
    backup(desk.case.path, tmp_path / "backup.db")
    clock.forward(hours=1)
    upheld(desk, "a.example")
    clock.forward(hours=1)
    unlist(
        desk.case, host(desk, "c.example"), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A", note="wrong shop",
        clock=clock, progress=Silent(),
    )  # fmt: skip
    put_back(desk, tmp_path / "backup.db")
    for serial in ("2026112101", "2026112102"):
        (desk.releases / serial / "dossier.json").write_bytes(b"x")
    with pytest.raises(CheckFailed, match=r"unknown-releases: .*the folders 2026112101, 2026112102 were left alone"):
        desk.publish(after=2026112102)
    release = desk.publish(after=2026112102, override=ANYWAY)
    assert release is not None and (release.serial, release.removed) == (2026112103, 2)
    assert desk.names() == ["b.example"] and list(barred(desk.case)) == ["a.example"] and good(desk)
    desk.case.close()


@pytest.mark.parametrize("forged", ["removed.txt", "manifest.json.minisig"])
def test_what_a_folder_that_is_left_alone_does_not_prove_takes_nothing_off(forgetful: Desk, forged: str) -> None:
    folder = forgetful.releases / "2026112101"
    (folder / forged).write_text("b.example\tdecision\tunlisted by an analyst\n")
    forgetful.publish(after=2026112101, override=ANYWAY)
    assert forgetful.names() == ["a.example", "b.example"]


@pytest.mark.parametrize("after", [2027112101, 4294967000])
def test_a_serial_of_after_next_year_is_a_slip_of_the_pen(desk: Desk, after: int) -> None:
    with pytest.raises(UsageError, match=f"--after {after} is over 2027112100, the first serial of this day next year"):
        desk.publish(after=after, override=ANYWAY)
    assert not desk.releases.exists()
    release = desk.publish(after=2027112100, override=ANYWAY)
    assert release is not None and release.serial == 2027112101
