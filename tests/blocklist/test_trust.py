"""What every release owes who loads it: a signature, a serial that never goes back, and a name under what a circuit breaker would have stopped."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.release import serial_after, unlist
from blocklist.signing import check
from blocklist.verify import Trust, verify_as
from casefile import queries
from casefile.errors import CheckFailed, UsageError
from casefile.progress import Silent
from casefile.records import Action, Override, Release
from casefile.reference import GuardedName, Reference
from tests.blocklist.conftest import Desk
from tests.conftest import StandingClock

MEANT = Override(analyst="A. Analyst", reason="a bank bought them", breakers=())


class Telling(Silent):
    """Keeps what an operator is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def good(desk: Desk) -> bool:
    folder = (desk.releases / "latest").resolve()
    return verify_as(folder, desk.guard.with_suffixes, folder.name, Trust(keys=desk.keys.trusted())).faults == ()


def signer(desk: Desk) -> str:
    folder = desk.releases / "latest"
    return check((folder / "manifest.json").read_bytes(), (folder / "manifest.json.minisig").read_text(), desk.keys.trusted())


def told_serial(release: Release | None) -> int:
    assert release is not None
    return release.serial


# the key


def test_the_first_release_makes_a_key_and_says_where_it_should_be(desk: Desk) -> None:
    told = Telling()
    release = desk.publish(progress=told)
    [note] = told.notes
    assert f"made the key {desk.keys.current_id()}" in note and "docs/operator.md" in note
    assert release is not None and release.signature == (desk.releases / "latest" / "manifest.json.minisig").read_text()
    assert signer(desk) == desk.keys.current_id() and good(desk)
    desk.approved("a.example")
    desk.publish(progress=told)
    assert len(told.notes) == 1, "it is made once"


def without_secrets(desk: Desk) -> None:
    (desk.keys.folder / f"{desk.keys.current_id()}.key").unlink()


def without_folder(desk: Desk) -> None:
    desk.keys.folder.rename(desk.keys.folder.with_name("away"))


def test_a_missing_key_after_a_signed_release_is_an_error_that_names_it(desk: Desk) -> None:
    desk.publish()
    key = desk.keys.current_id()
    without_secrets(desk)
    desk.approved("a.example")
    with pytest.raises(
        UsageError, match=f"no key to sign with in .*; the last release was signed with the key {key}: bring its .key.*keys new"
    ):
        desk.publish()
    assert desk.names() == [] and good(desk)
    without_folder(desk)
    with pytest.raises(UsageError, match=key):
        desk.publish()
    assert not desk.keys.folder.exists(), "no other key was made"


def test_a_restored_case_file_without_releases_makes_no_second_key(desk: Desk, tmp_path: Path) -> None:
    """The folder alone says that something was signed."""
    (desk.releases / "2026112000").mkdir(parents=True)
    (desk.releases / "2026112000" / "manifest.json.minisig").write_text("signed by somebody\n")
    with pytest.raises(UsageError, match="no key to sign with"):
        desk.publish(after=2026112000, override=MEANT)
    assert not desk.keys.folder.exists()


def test_nothing_due_asks_for_no_key(desk: Desk) -> None:
    desk.publish()
    without_secrets(desk)
    assert desk.publish() is None


def test_after_a_change_of_keys_old_and_new_releases_are_good(desk: Desk) -> None:
    desk.publish()
    old = signer(desk)
    new = desk.keys.make()
    desk.approved("a.example")
    desk.publish()
    assert signer(desk) == new != old
    for folder in desk.releases.glob("2*"):
        assert verify_as(folder, desk.guard.with_suffixes, folder.name, Trust(keys=desk.keys.trusted())).faults == ()


def test_an_encrypted_key_signs_when_its_password_is_right(desk: Desk) -> None:
    desk.keys = Keyring(folder=desk.keys.folder, password=lambda: "right")
    desk.keys.make("right")
    assert desk.publish() is not None and good(desk)
    desk.approved("a.example")
    desk.keys = Keyring(folder=desk.keys.folder, password=lambda: "wrong")
    with pytest.raises(UsageError, match="wrong password"):
        desk.publish()
    assert desk.names() == [] and good(desk)


def test_a_key_that_is_not_trusted_here_publishes_nothing(desk: Desk) -> None:
    """Its .pub is lost: who checked the release here would have nothing to check it with."""
    desk.publish()
    desk.keys.make()
    (desk.keys.folder / f"{desk.keys.current_id()}.pub").unlink()
    desk.approved("a.example")
    with pytest.raises(CheckFailed, match=r"manifest\.json\.minisig: no good signature: signed with the key"):
        desk.publish()
    assert desk.names() == [] and good(desk)


# the serial


@pytest.mark.parametrize(
    ("previous", "serial"),
    [
        (0, 2026112100),
        (2026112000, 2026112100),
        (2026112100, 2026112101),
        (2026112199, 2026112200),
        (2026112250, 2026112251),
        (2027010100, 2027010101),
        ((1 << 32) - 2, (1 << 32) - 1),
    ],
)
def test_a_serial_is_over_the_previous_one_and_of_its_day(desk: Desk, previous: int, serial: int) -> None:
    assert serial_after(previous, desk.policy, desk.clock()) == serial


def test_a_serial_has_32_bits(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no serial is left after 4294967295"):
        serial_after((1 << 32) - 1, desk.policy, desk.clock())
    assert serial_after(0, desk.policy, datetime(4294, 12, 31, tzinfo=UTC)) < 1 << 32


def test_the_day_is_that_of_the_authority(desk: Desk) -> None:
    assert serial_after(0, desk.policy, datetime(2026, 11, 21, 18, 59, tzinfo=UTC)) == 2026112100
    assert serial_after(0, desk.policy, datetime(2026, 11, 21, 19, 0, tzinfo=UTC)) == 2026112200


def test_a_clock_set_back_does_not_turn_the_serial_back(desk: Desk, clock: StandingClock) -> None:
    first = told_serial(desk.publish())
    clock.forward(days=-30)
    desk.approved("a.example")
    with pytest.raises(CheckFailed, match=r"clock: it is .* in the future: see whether the clock is right"):
        desk.publish()
    assert told_serial(desk.publish(override=MEANT)) == first + 1
    assert good(desk)


def test_a_clock_that_ran_ahead_does_not_silence_the_list(desk: Desk, clock: StandingClock) -> None:
    clock.forward(days=400)
    ahead = told_serial(desk.publish())
    clock.forward(days=-400)
    release = desk.publish(override=MEANT)
    assert release is not None and release.serial == ahead + 1 and release.made_at == clock()
    assert desk.publish() is None


def test_a_heap_in_small_parts_is_a_heap(desk: Desk, clock: StandingClock) -> None:
    desk.approved(*(f"a{number}.example" for number in range(60)))
    assert desk.publish() is not None
    clock.forward(minutes=5)
    desk.approved(*(f"b{number}.example" for number in range(65)))
    with pytest.raises(CheckFailed, match="unusual-new: 65 new entries and 60 listed earlier today"):
        desk.publish()
    clock.forward(days=1)
    for number in range(65):
        desk.found(f"b{number}.example")
    release = desk.publish()
    assert release is not None and release.added == 65


def test_a_hundred_and_fifty_releases_in_a_day(desk: Desk, clock: StandingClock) -> None:
    serials = [told_serial(desk.publish(after=2026112193, override=MEANT))]
    while len(serials) < 12:
        clock.forward(seconds=-1)  # a clock that runs backwards has always something to say
        serials.append(told_serial(desk.publish()))
    assert serials == list(range(2026112194, 2026112206)), "past the hundredth as before it"
    assert told_serial(desk.publish(after=2026112249, override=MEANT)) == 2026112250
    assert good(desk)


def test_the_next_day_goes_on_after_a_day_of_many(desk: Desk, clock: StandingClock) -> None:
    desk.publish(after=2026112149, override=MEANT)
    desk.publish(after=2026112249, override=MEANT)
    clock.forward(days=1)
    assert told_serial(desk.publish()) == 2026112251, "the day's own first serial is spent"
    clock.forward(days=1)
    assert told_serial(desk.publish()) == 2026112300


@pytest.mark.parametrize("kind", ["an empty folder", "a link that names nothing"])
def test_a_folder_that_cannot_be_read_counts_all_the_same(desk: Desk, kind: str) -> None:
    first = told_serial(desk.publish())
    if kind == "an empty folder":
        (desk.releases / str(first + 7)).mkdir()
    else:
        (desk.releases / "latest").unlink()
        (desk.releases / "latest").symlink_to(str(first + 7))
    desk.approved("a.example")
    with pytest.raises(UsageError, match=f"--after {first + 7}"):
        desk.publish()
    assert told_serial(desk.publish(after=first, override=MEANT)) == first + 8
    assert good(desk)


@pytest.mark.parametrize("name", ["4294967296", "99999999999", "02026112200", "2026112200.old", "notes", "-1"])
def test_other_folders_are_no_releases(desk: Desk, name: str) -> None:
    first = told_serial(desk.publish())
    (desk.releases / name).mkdir()
    desk.approved("a.example")
    assert told_serial(desk.publish()) == first + 1


def test_after_what_isps_hold_a_release_is_made_at_once(desk: Desk) -> None:
    desk.publish()
    assert desk.publish(after=2026112100) is None, "they hold this one"
    release = desk.publish(after=2026112142, override=MEANT)
    assert release is not None and (release.serial, release.previous) == (2026112143, 2026112100)
    assert good(desk)


# the breakers


def listed(desk: Desk, number: int) -> list[str]:
    names = [f"m{index:02}.example" for index in range(number)]
    desk.approved(*names)
    desk.publish()
    return names


@pytest.fixture
def shrinking(desk: Desk, reference: Reference) -> Desk:
    """Three of ten entries are suddenly guarded: nobody decided that, and nothing expired."""
    names = listed(desk, 10)
    guarded = tuple(GuardedName(name=name, kind="bank", source="invented", date="2026-11-20") for name in names[:3])
    desk.guard = Guard(replace(reference, guarded=(*reference.guarded, *guarded)), desk.case.door)
    desk.a_moment_later()
    return desk


def test_a_breaker_stops_the_release_and_the_last_one_stands(shrinking: Desk) -> None:
    with pytest.raises(CheckFailed, match=r"shrink: 3 of 10 entries leave without a decision.*--override REASON --as NAME"):
        shrinking.publish()
    assert len(shrinking.names()) == 10 and len(queries.listed_entries(shrinking.case)) == 10
    assert [path.name for path in shrinking.releases.iterdir() if path.name.startswith(".")] == []


def test_an_override_is_recorded_signed_and_covers_one_release(shrinking: Desk, reference: Reference) -> None:
    release = shrinking.publish(override=MEANT)
    assert release is not None and release.override == Override(analyst="A. Analyst", reason="a bank bought them", breakers=("shrink",))
    said = json.loads((shrinking.releases / "latest" / "manifest.json").read_bytes())["override"]
    assert said == {"analyst": "A. Analyst", "reason": "a bank bought them", "breakers": ["shrink"]}
    assert len(shrinking.names()) == 7 and good(shrinking)
    more = tuple(GuardedName(name=f"m0{index}.example", kind="bank", source="invented", date="2026-11-20") for index in range(6))
    shrinking.guard = Guard(replace(reference, guarded=(*reference.guarded, *more)), shrinking.case.door)
    shrinking.a_moment_later()
    with pytest.raises(CheckFailed, match="shrink: 3 of 7"):
        shrinking.publish()


def test_an_override_of_nothing_is_refused(desk: Desk) -> None:
    desk.approved("a.example")
    with pytest.raises(UsageError, match="no breaker tripped"):
        desk.publish(override=MEANT)
    assert queries.latest_release(desk.case) is None
    desk.publish()
    with pytest.raises(UsageError, match="no breaker tripped"):
        desk.publish(override=MEANT)


def test_removals_that_somebody_decided_trip_nothing(desk: Desk) -> None:
    names = listed(desk, 10)
    desk.a_moment_later()
    desk.decided(*names[:9], action=Action.REJECT)
    release = desk.publish()
    assert release is not None and (release.removed, release.override) == (9, None)
    desk.a_moment_later()
    desk.decided(names[9], action=Action.REJECT)
    assert desk.publish() is not None and desk.names() == []


def taken_off(desk: Desk, name: str) -> Release:
    return unlist(
        desk.case, desk.case.door.parse(name), desk.guard, desk.policy, desk.releases, keys=desk.keys, analyst="A", note="appeal",
        clock=desk.clock, progress=Silent(),
    )  # fmt: skip


def test_an_unlisting_goes_out_past_a_breaker_in_the_analysts_name(shrinking: Desk) -> None:
    release = taken_off(shrinking, "m09.example")
    assert "m09.example" not in shrinking.names()
    assert release.override == Override(analyst="A", reason="unlisting of m09.example: appeal", breakers=("shrink",))


def test_an_unlisting_by_a_clock_that_ran_ahead_keeps_its_decision_and_waits(desk: Desk, clock: StandingClock) -> None:
    desk.approved("a.example", "b.example")
    desk.publish()
    clock.forward(days=91)
    with pytest.raises(CheckFailed, match="clock"):
        taken_off(desk, "a.example")
    assert queries.decisions_of(desk.case, desk.case.door.parse("a.example"))[-1].action is Action.UNLIST
    clock.forward(days=-91, minutes=1)
    desk.publish()
    assert desk.names() == ["b.example"]


def test_an_override_survives_a_kill(shrinking: Desk) -> None:
    shrinking.publish(override=MEANT)
    folder = (shrinking.releases / "latest").resolve()
    before = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    folder.rename(shrinking.releases.parent / "away")
    assert shrinking.publish() is None
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
