"""Copies of a case file: whole while others write, and put in the place of another at once or not at all."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from casefile import migrations
from casefile.errors import StoreError
from casefile.hostname import Door
from casefile.records import Action, Appeal, AppealState, Decision, Record, Sighting
from casefile.store import FROM_A_RELEASE, Case, backup, replace_by_copy
from tests.conftest import StandingClock


def named(case: Case, clock: StandingClock, *names: str) -> None:
    case.add(Sighting(host=case.door.parse(name), source="seeds", reason="", seen_at=clock()) for name in names)


def names_in(path: Path, door: Door) -> list[str]:
    with Case(path, door, create=False) as case:
        assert [tuple(row) for row in case.rows("PRAGMA quick_check")] == [("ok",)]
        assert [tuple(row) for row in case.rows("PRAGMA journal_mode")] == [("wal",)]
        return [sighting.host.name for sighting in case.records(Sighting)]


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if one.name != path.name and one.suffix != ".lock")


def test_a_copy_holds_what_is_committed_while_another_writes(case: Case, clock: StandingClock, door: Door, tmp_path: Path) -> None:
    named(case, clock, "a.example", "b.example")
    with case.transaction():
        named(case, clock, "later.example")
        backup(case.path, tmp_path / "copies.db")
    assert names_in(tmp_path / "copies.db", door) == ["a.example", "b.example"]


def test_a_copy_is_one_file_that_can_be_read_where_nothing_can_be_written(
    case: Case, clock: StandingClock, door: Door, tmp_path: Path
) -> None:
    named(case, clock, "a.example")
    stick = tmp_path / "stick" / "copy.db"
    stick.parent.mkdir()
    backup(case.path, stick)
    assert beside(stick) == []
    stick.chmod(0o444)
    stick.parent.chmod(0o555)
    replace_by_copy(tmp_path / "holder" / "casefile.db", stick)
    assert beside(stick) == []
    stick.parent.chmod(0o755)
    assert names_in(tmp_path / "holder" / "casefile.db", door) == ["a.example"]


def test_a_case_file_that_is_in_use_can_be_the_source(case: Case, clock: StandingClock, door: Door, tmp_path: Path) -> None:
    named(case, clock, "a.example")
    assert case.path.with_name("casefile.db-wal").stat().st_size > 0
    replace_by_copy(tmp_path / "holder" / "casefile.db", case.path)
    assert names_in(tmp_path / "holder" / "casefile.db", door) == ["a.example"]


def test_a_log_that_a_kill_left_is_not_read_into_the_copy(case: Case, clock: StandingClock, door: Door, tmp_path: Path) -> None:
    holder = tmp_path / "holder" / "casefile.db"
    holder.parent.mkdir()
    with Case(tmp_path / "old.db", door) as old:
        named(old, clock, *(f"old{number}.example" for number in range(50)))
        for end in ("", "-wal"):
            shutil.copy(f"{old.path}{end}", f"{holder}{end}")
    named(case, clock, "a.example")
    replace_by_copy(holder, case.path)
    assert beside(holder) == []
    assert names_in(holder, door) == ["a.example"]


def test_a_case_file_that_another_holds_is_not_replaced(case: Case, clock: StandingClock, door: Door, tmp_path: Path) -> None:
    named(case, clock, "a.example")
    holder = tmp_path / "holder" / "casefile.db"
    with Case(holder, door) as held:
        named(held, clock, "held.example")
        with pytest.raises(StoreError, match="stayed locked"):
            replace_by_copy(holder, case.path)
    assert names_in(holder, door) == ["held.example"]
    assert beside(holder) == []


def test_an_older_copy_is_upgraded_and_left_as_it_is_itself(door: Door, tmp_path: Path) -> None:
    copy, holder = tmp_path / "copy.db", tmp_path / "holder" / "casefile.db"
    with closing(sqlite3.connect(copy)) as connection:
        migrations.case_migrations.apply(migrations.Database(connection), stop_before="0004_publishing")
    before = copy.read_bytes()
    replace_by_copy(holder, copy)
    assert names_in(holder, door) == []
    assert copy.read_bytes() == before


def test_a_damaged_copy_is_refused(case: Case, clock: StandingClock, door: Door, tmp_path: Path) -> None:
    copy, holder = tmp_path / "copy.db", tmp_path / "holder" / "casefile.db"
    with Case(holder, door) as held:
        named(held, clock, "held.example")
    named(case, clock, *(f"a{number}.example" for number in range(2000)))
    backup(case.path, copy)
    octets = bytearray(copy.read_bytes())
    octets[len(octets) // 2 : len(octets) // 2 + 20000] = b"\xff" * 20000
    copy.write_bytes(octets)
    with pytest.raises(StoreError):
        replace_by_copy(holder, copy)
    assert names_in(holder, door) == ["held.example"]
    assert beside(holder) == []


def decision(case: Case, clock: StandingClock, name: str, analyst: str) -> Decision:
    return Decision(host=case.door.parse(name), action=Action.UNLIST, analyst=analyst, note="n", decided_at=clock())


def appeal(case: Case, clock: StandingClock, name: str, person: str) -> Appeal:
    return Appeal(host=case.door.parse(name), state=AppealState.UPHELD, person=person, note="n", due_at=clock(), said_at=clock())


def test_what_only_a_release_told_is_not_missed_in_a_copy(case: Case, clock: StandingClock, door: Door, tmp_path: Path) -> None:
    """It is read from the release again."""
    holder = tmp_path / "holder" / "casefile.db"
    with Case(holder, door) as held:
        held.add([decision(held, clock, "a.example", FROM_A_RELEASE), appeal(held, clock, "a.example", FROM_A_RELEASE)])
    named(case, clock, "a.example")
    replace_by_copy(holder, case.path)
    assert names_in(holder, door) == ["a.example"]


@pytest.mark.parametrize(("made", "table"), [(decision, "decisions"), (appeal, "appeals")])
def test_what_somebody_said_here_is_missed_though_a_release_told_more_since(
    case: Case, clock: StandingClock, door: Door, tmp_path: Path, made: Callable[..., Record], table: str
) -> None:
    holder = tmp_path / "holder" / "casefile.db"
    with Case(holder, door) as held:
        held.add([made(held, clock, "a.example", "A. Analyst")])
    clock.forward(hours=1)
    case.add([made(case, clock, "a.example", FROM_A_RELEASE)])
    with pytest.raises(StoreError, match=rf"lacks {table} made on this machine, for a\.example"):
        replace_by_copy(holder, case.path)
