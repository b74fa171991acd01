"""kill -9 of a real process at points spread over all of publishing: `latest` is a whole, signed release at once, and the same bytes as unbroken after another try."""

import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blocklist.disk import Disk
from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.policy import Policy
from blocklist.release import publish
from blocklist.verify import Trust, verify_as
from casefile import queries
from casefile.hostname import Door
from casefile.progress import Silent
from casefile.records import Action, Record, Release
from casefile.reference import Reference
from casefile.store import Case
from tests.blocklist.conftest import Desk
from tests.conftest import StandingClock

BEGIN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LATER = BEGIN + timedelta(minutes=1)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalDisk(Disk):
    """A disk whose process dies at step `at`, before it or when it is half or just done; `steps` says what was done."""

    def __init__(self, at: int = 0, *, amid: bool = False) -> None:
        self.at, self.amid = at, amid
        self.steps: list[str] = []

    def _step(self, what: str, do: Callable[[], None], half: Callable[[], None]) -> None:
        self.steps.append(what)
        if len(self.steps) != self.at:
            do()
            return
        if self.amid:
            half()
        die()

    def make_folder(self, folder: Path) -> None:
        self._step(f"make {folder.name}", lambda: Disk.make_folder(self, folder), lambda: Disk.make_folder(self, folder))

    def write(self, path: Path, data: bytes) -> None:
        self._step(f"write {path.name}", lambda: Disk.write(self, path, data), lambda: Disk.write(self, path, data[: len(data) // 2]))

    def sync_folder(self, folder: Path) -> None:
        self._step(f"sync {folder.name}", lambda: Disk.sync_folder(self, folder), lambda: Disk.sync_folder(self, folder))

    def rename(self, old: Path, new: Path) -> None:
        self._step(f"rename to {new.name}", lambda: Disk.rename(self, old, new), lambda: Disk.rename(self, old, new))

    def link(self, path: Path, target: str) -> None:
        self._step(f"link {path.name}", lambda: Disk.link(self, path, target), lambda: Disk.link(self, path, target))


class MortalCase(Case):
    """A case file whose process dies at its commit: before it, amid it or after it."""

    when = ""

    def add(self, records: Iterable[Record]) -> list[int]:
        if self.when == "before":
            die()
        if self.when == "amid":
            with self.transaction():
                super().add(records)
                die()
        ids = super().add(records)
        if self.when == "after":
            die()
        return ids


@dataclass(frozen=True)
class Stage:
    """A state folder with a release, and a second one due; and what that comes to when nobody is killed."""

    state: Path
    guard: Guard
    whole: dict[str, bytes]
    steps: tuple[str, ...]

    def copy(self, target: Path) -> Path:
        shutil.copytree(self.state, target, symlinks=True)
        return target


def keys_of(state: Path) -> Keyring:
    return Keyring(folder=state / "keys", password=lambda: "")


def press(case: Case, state: Path, guard: Guard, disk: Disk = Disk()) -> Release | None:
    clock = StandingClock(LATER)
    return publish(case, guard, Policy(), state / "releases", keys=keys_of(state), clock=clock, progress=Silent(), disk=disk)


def octets(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def faults(state: Path, guard: Guard) -> tuple[object, ...]:
    folder = (state / "releases" / "latest").resolve()
    return verify_as(folder, guard.with_suffixes, folder.name, Trust(keys=keys_of(state).trusted())).faults


def killed(state: Path, guard: Guard, *, disk: Disk | None = None, commit: str = "") -> None:
    """Publish in a process of its own that ends by SIGKILL."""
    child = os.fork()
    if not child:
        try:
            with MortalCase(state / "casefile.db", guard.door, create=False) as case:
                case.when = commit
                press(case, state, guard, disk or Disk())
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"it ended with {status}"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Guard]]:
    """A state folder, and a never-list that names nobody."""
    door = Door(("example", "test"))
    nobody = Reference(providers=(), licensed=(), guarded=(), shared_hosts=(), brands=(), link_words=())
    return tmp_path_factory.mktemp("ground"), Guard(nobody, door)


@pytest.fixture(scope="module")
def stage(ground: tuple[Path, Guard]) -> Stage:
    folder, guard = ground
    state = folder / "state"
    with Case(state / "casefile.db", guard.door) as case:
        desk = Desk(case, StandingClock(BEGIN), guard, state / "releases")
        desk.approved(*(f"m{number}.example" for number in range(20)))
        desk.publish()
        desk.clock.now = LATER
        desk.decided("m3.example", action=Action.REJECT)
        desk.approved("new.example", "xn--80a1acny.example")
    unbroken = folder / "unbroken"
    shutil.copytree(state, unbroken, symlinks=True)
    disk = MortalDisk()
    with Case(unbroken / "casefile.db", guard.door, create=False) as case:
        press(case, unbroken, guard, disk)
    return Stage(state=state, guard=guard, whole=octets(unbroken / "releases"), steps=tuple(disk.steps))


def check_and_go_on(stage: Stage, state: Path) -> None:
    """`latest` is one whole release or the other; another try comes to what an unbroken run came to, and a third changes nothing."""
    assert (state / "releases" / "latest").readlink() in (Path("2026112100"), Path("2026112101"))
    assert faults(state, stage.guard) == ()
    with Case(state / "casefile.db", stage.guard.door, create=False) as case:
        press(case, state, stage.guard)
        assert octets(state / "releases") == stage.whole
        assert (state / "releases" / "latest").readlink() == Path("2026112101")
        assert sorted(path.name for path in (state / "releases").iterdir()) == ["2026112100", "2026112101", "latest"]
        assert [release.serial for release in queries.releases(case)] == [2026112100, 2026112101]
        assert len(queries.listed_entries(case)) == 21
        assert press(case, state, stage.guard) is None


def test_the_points_cover_all_of_publishing(stage: Stage) -> None:
    done = list(stage.steps)
    assert len(done) >= 25
    assert done[0] == "make .staging-2026112101"
    assert {"write manifest.json", "write manifest.json.minisig", "write domains.txt", "write dossier.json"} <= set(done)
    assert done[-6:] == [
        "sync .staging-2026112101", "rename to 2026112101", "sync releases", "link .latest-new", "rename to latest", "sync releases",
    ]  # fmt: skip


@pytest.mark.parametrize("amid", [False, True], ids=["before", "amid"])
def test_killed_at_every_step_on_the_disk(stage: Stage, tmp_path: Path, amid: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Every step, in turns before it and amid it; the last ones, where the release takes its place, both."""
    last = len(stage.steps)
    points = [at for at in range(1, last + 1) if at > last - 6 or at % 2 == amid]
    for at in points:
        state = stage.copy(tmp_path / str(at))
        killed(state, stage.guard, disk=MortalDisk(at, amid=amid))
        check_and_go_on(stage, state)
        shutil.rmtree(state)
    with capsys.disabled():
        print(f"\n  killed at {len(points)} of {last} steps, {'amid' if amid else 'before'} them", end="")


@pytest.mark.parametrize("when", ["before", "amid", "after"])
def test_killed_at_the_commit(stage: Stage, tmp_path: Path, when: str) -> None:
    state = stage.copy(tmp_path / "state")
    killed(state, stage.guard, commit=when)
    assert (state / "releases" / "latest").readlink() == Path("2026112100")
    check_and_go_on(stage, state)


def test_killed_again_while_finishing(stage: Stage, tmp_path: Path) -> None:
    """After the commit the folder is lost, and the try to write it again dies too, at every third step."""
    for at in range(1, len(stage.steps) + 1, 3):
        state = stage.copy(tmp_path / str(at))
        killed(state, stage.guard, commit="after")
        shutil.rmtree(state / "releases" / ".staging-2026112101")
        killed(state, stage.guard, disk=MortalDisk(at, amid=True))
        check_and_go_on(stage, state)
        shutil.rmtree(state)


def test_killed_in_the_first_release_of_all(stage: Stage, ground: tuple[Path, Guard], tmp_path: Path) -> None:
    """There is no last release then: either none stands, or a whole one; and one key was made."""
    for at in (1, 5, len(stage.steps) - 4, len(stage.steps) - 1):
        state = tmp_path / str(at)
        with Case(state / "casefile.db", stage.guard.door) as case:
            Desk(case, StandingClock(BEGIN), stage.guard, state / "releases").approved("a.example")
        killed(state, stage.guard, disk=MortalDisk(at))
        latest = state / "releases" / "latest"
        assert not latest.is_symlink() or faults(state, stage.guard) == ()
        with Case(state / "casefile.db", stage.guard.door, create=False) as case:
            press(case, state, stage.guard)
        assert faults(state, stage.guard) == ()
        assert len(keys_of(state).trusted()) == 1
