"""What every test may ask for: a door that knows the sample's suffixes, a clock that stands still unless told, an empty case file."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casefile.hostname import Door
from casefile.store import Case
from tests.cli.running import Ran, sample_night

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""The founders' reference data, beside the checkout; absent at a user's."""


LINEAR_SECONDS = 30.0
"""CPU seconds for reading a hostile page. In linear time the worst takes one to five; what was quadratic took minutes, so a slow machine changes nothing."""


class StandingClock:
    """A clock that a test moves by hand; calling it gives the aware UTC time."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        """Move by `timedelta(**delta)`."""
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(datetime(2026, 11, 20, 20, 0, tzinfo=UTC))


@pytest.fixture
def door() -> Door:
    return Door(("example", "test", "kz.example"))


@pytest.fixture
def case(tmp_path: Path, door: Door) -> Iterator[Case]:
    with Case(tmp_path / "state" / "casefile.db", door) as opened:
        yield opened


def require(present: object, missing: str) -> None:
    """Skip where something outside the project is missing, saying how to get it; with MIRRORWATCH_REQUIRE=all that is a failure."""
    if present:
        return
    if os.environ.get("MIRRORWATCH_REQUIRE") == "all":
        pytest.fail(f"MIRRORWATCH_REQUIRE=all: {missing}")
    pytest.skip(missing)


@pytest.fixture
def shared() -> Path:
    """The founders' data; skips with a reason where there is none (never a failure: it does not exist at a user's)."""
    if not (SHARED / "corpus").is_dir():
        pytest.skip("needs the founders' corpus in ../shared, which is not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def sample_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """The night of `make night`, run once for all tests: what it said, and its state folder, which nobody may change."""
    state = tmp_path_factory.mktemp("sample-once") / "state"
    ran = sample_night(state)
    assert ran.code == 0, ran.err
    return ran, state


@pytest.fixture(scope="module")
def state(sample_once: tuple[Ran, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample night's state folder that the tests of one module may work on."""
    folder = tmp_path_factory.mktemp("sample") / "state"
    shutil.copytree(sample_once[1], folder, symlinks=True)
    return folder
