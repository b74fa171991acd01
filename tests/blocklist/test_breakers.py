"""Circuit breakers: what trips, on which side of its bound, what may be overridden, and what is said."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from blocklist.breakers import OVERRIDABLE, Trip, clock_trip, day_trip, override_for, refused, trips, uncovered, usual_new
from blocklist.content import CANARY, Content, Gone, Line, canary_line
from blocklist.policy import Policy
from casefile.errors import CheckFailed
from casefile.records import Canary, Cause, Entry, Override, Release, Scope
from casefile.store import Case
from tests.conftest import StandingClock

SERIAL = 2026112101
CANARY_NAMES = Canary(listed="listed.canary.test", free="free.canary.test", since=SERIAL)


def line(name: str, since: int) -> Line:
    return Line(
        name=name, unicode_name=name, scope="exact", family="", reason="gambling operator", legal_act="", listed_at="2026-11-20T00:00:00Z",
        expires_at="2027-02-18T00:00:00Z", since=since, changed=since,
    )  # fmt: skip


def content(kept: int = 0, new: int = 0, gone: Iterable[str] = ()) -> Content:
    """A release with so many older and new entries, one removal for each cause, and a canary that is new and replaces another."""
    older = [line(f"k{number:05}.test", SERIAL - 1) for number in range(kept)]
    newer = [line(f"n{number:05}.test", SERIAL) for number in range(new)]
    left = [Gone(name=f"g{number:05}.test", cause=cause, reason="said") for number, cause in enumerate(gone)]
    return Content(
        serial=SERIAL, previous=SERIAL - 1, made_at="2026-11-21T00:00:00Z", origin="rpz.test", block_page="page.test", block_address="192.0.2.1",
        lines=tuple(sorted([*older, *newer, canary_line(CANARY_NAMES)], key=lambda one: one.name)),
        gone=(*left, Gone(name="other.canary.test", cause=CANARY, reason="another name")),
    )  # fmt: skip


def tripped(usual: int = 50, **said: object) -> tuple[str, ...]:
    return tuple(trip.name for trip in trips(content(**said), usual))  # type: ignore[arg-type]


RECHECK, GUARD, DECISION, EXPIRY = (cause.value for cause in (Cause.RECHECK, Cause.GUARD, Cause.DECISION, Cause.EXPIRY))


@pytest.mark.parametrize(
    ("kept", "gone", "wanted"),
    [
        (80, [RECHECK] * 20, ()),
        (80, [RECHECK] * 21, ("shrink",)),
        (80, [GUARD] * 21, ("shrink",)),
        (80, [RECHECK] * 11 + [GUARD] * 10, ("shrink",)),
        (10, [DECISION] * 50 + [EXPIRY] * 40, ()),
        (10, [DECISION] * 50 + [EXPIRY] * 40 + [RECHECK] * 25, ()),
        (10, [DECISION] * 50 + [EXPIRY] * 40 + [RECHECK] * 26, ("shrink",)),
        (4, [RECHECK], ()),
        (3, [RECHECK], ("shrink",)),
    ],
)
def test_shrink_counts_removals_that_nothing_explains_of_the_entries_before(kept: int, gone: list[str], wanted: tuple[str, ...]) -> None:
    assert tripped(kept=kept, gone=gone) == wanted


def test_new_entries_do_not_hide_a_shrink() -> None:
    assert tripped(kept=50, new=100, gone=[RECHECK] * 50) == ("shrink",)


@pytest.mark.parametrize(
    ("new", "usual", "wanted"),
    [
        (100, 50, ()),
        (101, 50, ("unusual-new",)),
        (1000, 500, ()),
        (1000, 499, ("unusual-new",)),
        (1001, 501, ("most-new",)),
        (1001, 50, ("most-new", "unusual-new")),
    ],
)
def test_new_entries_beyond_the_usual_and_beyond_the_ceiling(new: int, usual: int, wanted: tuple[str, ...]) -> None:
    assert tripped(kept=5, new=new, usual=usual) == wanted


@pytest.mark.parametrize(
    ("gone", "wanted"),
    [
        ([], ()),
        ([DECISION] * 10, ()),
        ([EXPIRY] * 9 + [DECISION], ()),
        ([EXPIRY] * 9 + [RECHECK], ("emptied",)),
        ([GUARD], ("shrink", "emptied")),
    ],
)
def test_an_emptied_list_needs_every_removal_explained(gone: list[str], wanted: tuple[str, ...]) -> None:
    assert tripped(gone=gone) == wanted


def test_the_canary_alone_is_an_empty_list_and_trips_nothing() -> None:
    assert tripped() == ()


def test_the_figures_are_said() -> None:
    (trip,) = trips(content(kept=3, gone=[RECHECK]), 50)
    assert trip.text == "1 of 4 entries leave without a decision or an expiry, 20 % are the most"


def test_an_override_is_made_of_what_tripped_and_covers_only_that() -> None:
    found = trips(content(kept=3, gone=[RECHECK] * 3), 50)
    override = override_for(found, analyst="A. Analyst", reason="the register took them over")
    assert override == Override(analyst="A. Analyst", reason="the register took them over", breakers=("shrink",))
    assert uncovered(found, override) == () and uncovered(found, None) == found
    later = trips(content(kept=3, new=101, gone=[RECHECK] * 9), 50)
    assert [trip.name for trip in uncovered(later, override)] == ["unusual-new"]


def test_no_override_is_recorded_where_nothing_tripped() -> None:
    assert override_for((), analyst="A. Analyst", reason="to be safe") is None


@pytest.mark.parametrize(("analyst", "reason"), [("", ""), ("A. Analyst", " "), (" ", "meant")])
def test_without_a_reason_and_a_name_nothing_is_overridden(analyst: str, reason: str) -> None:
    with pytest.raises(
        CheckFailed,
        match=r"not published, the last release stands: shrink: 3 of 6 .* run `mirrorwatch publish --override REASON --as NAME`",
    ):
        override_for(trips(content(kept=3, gone=[RECHECK] * 3), 50), analyst=analyst, reason=reason)


def test_the_ceiling_is_never_overridden() -> None:
    found = trips(content(new=1001), 50)
    with pytest.raises(CheckFailed, match=r"most-new: 1001 new entries, 1000 are the most .* Nothing overrides most-new"):
        override_for(found, analyst="A. Analyst", reason="meant")
    signed_anyway = Override(analyst="A. Analyst", reason="meant", breakers=("most-new", "unusual-new"))
    assert [trip.name for trip in uncovered(found, signed_anyway)] == ["most-new"]
    assert "most-new" not in OVERRIDABLE


def test_a_refusal_names_every_breaker() -> None:
    said = refused((Trip(name="shrink", text="3 of 6"), Trip(name="emptied", text="nothing is left")))
    assert "shrink: 3 of 6; emptied: nothing is left. " in said and "\n" not in said


def released(case: Case, clock: StandingClock, *added: int) -> None:
    case.add(
        Release(
            serial=SERIAL + number, previous=0, made_at=clock(), entries=0, added=new, removed=0, files=(), origin="rpz.test", valid_hours=72,
            replayed=False,
        )
        for number, new in enumerate(added)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("added", "wanted"),
    [
        ((), 50),
        ((400,), 400),
        ((10, 20, 30), 50),
        ((100, 300, 200), 200),
        ((100, 301), 200),
        ((1000,) * 6 + (70,) * 8, 70),
        ((1000,) * 20 + (70,) * 8, 70),
        ((60,) * 20 + (1000,) * 8, 1000),
        ((95,) * 4 + (0,) * 30, 95),
    ],
)
def test_usual_is_the_median_of_the_last_fourteen_releases_that_listed_any_and_fifty_at_least(
    case: Case, clock: StandingClock, added: tuple[int, ...], wanted: int
) -> None:
    released(case, clock, *added)
    assert usual_new(case) == wanted


def listed(case: Case, number: int, moment: datetime) -> None:
    case.add(
        Entry(
            host=case.door.parse(f"e{moment:%d%H%M}n{one}.test"), scope=Scope.EXACT, family="", evidence=(), decision=0, verdict=0,
            reason="gambling operator", listed_at=moment, expires_at=moment + timedelta(days=90), serial=SERIAL,
        )
        for one in range(number)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "new", "wanted"),
    [
        (0, 100, ()),
        (60, 40, ()),
        (60, 41, ("unusual-new",)),
        (100, 1, ("unusual-new",)),
        (100, 0, ()),
        (101, 0, ()),
        (60, 101, ()),  # alone too much: the folder shows it, and `trips` says so
    ],
)
def test_a_heap_in_small_parts_trips_as_the_whole_would(
    case: Case, clock: StandingClock, earlier: int, new: int, wanted: tuple[str, ...]
) -> None:
    listed(case, earlier, clock() - timedelta(minutes=5))
    assert tuple(trip.name for trip in day_trip(case, Policy(), new, 50, clock())) == wanted


def test_what_was_listed_yesterday_where_the_authority_sits_is_not_of_today(case: Case) -> None:
    listed(case, 100, datetime(2026, 11, 20, 18, 59, tzinfo=UTC))  # 23:59 in Almaty
    assert day_trip(case, Policy(), 100, 50, datetime(2026, 11, 20, 19, 1, tzinfo=UTC)) == ()
    assert day_trip(case, Policy(), 1, 50, datetime(2026, 11, 20, 18, 59, 30, tzinfo=UTC)) != ()


@pytest.mark.parametrize(
    ("later", "wanted"),
    [
        (timedelta(0), ()),
        (timedelta(days=7), ()),
        (timedelta(days=7, seconds=1), ("clock",)),
        (timedelta(hours=-1), ()),
        (timedelta(hours=-1, seconds=-1), ("clock",)),
    ],
)
def test_a_clock_that_does_not_follow_the_last_release_trips(
    case: Case, clock: StandingClock, later: timedelta, wanted: tuple[str, ...]
) -> None:
    assert clock_trip(case, clock()) == ()
    released(case, clock, 5)
    found = clock_trip(case, clock() + later)
    assert tuple(trip.name for trip in found) == wanted
    assert set(wanted) <= set(OVERRIDABLE) and all("see whether the clock is right" in trip.text for trip in found)


def test_a_breaker_is_named_once_in_an_override_however_often_it_tripped() -> None:
    found = (Trip(name="unusual-new", text="in it"), Trip(name="unusual-new", text="in a day"))
    override = override_for(found, analyst="A. Analyst", reason="meant")
    assert override is not None and override.breakers == ("unusual-new",)


@pytest.mark.parametrize(
    ("analyst", "reason", "said"),
    [
        ("A\x1b[2J", "meant", "the analyst holds control characters"),
        ("A. Analyst", "\u202emeant", "the reason holds control characters"),
        ("A. Analyst", "x" * 1001, "the reason is longer than 1000"),
    ],
)
def test_words_of_an_override_are_one_plain_line(analyst: str, reason: str, said: str) -> None:
    with pytest.raises(CheckFailed, match=said):
        override_for((Trip(name="shrink", text="3 of 6"),), analyst=analyst, reason=reason)
