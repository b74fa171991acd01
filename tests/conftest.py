"""What every test may ask for: a door that knows the sample's suffixes, a clock that stands still unless told, an empty case file."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casefile.hostname import Door
from casefile.store import Case

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
