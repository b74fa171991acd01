"""The case file: append-only, each fact once where that is meant, two processes at once, and plain words when it cannot be opened."""

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from casefile import migrations
from casefile.errors import CasefileError, DiskFullError, StoreError
from casefile.hostname import Door
from casefile.migrations import TABLES
from casefile.queries import decisions_of, latest_decisions
from casefile.records import Action, ArchiveFile, Capture, Decision, Entry, Examination, Order, Release, Sighting, Verdict
from casefile.store import BATCH, Case, backup_and_migrate
from tests.casefile.examples import NOW, examples
from tests.conftest import StandingClock


def sighting(door: Door, number: int) -> Sighting:
    return Sighting(host=door.parse(f"casino-{number}.example"), source="seeds", reason="named", seen_at=NOW)


def decision(door: Door, number: int) -> Decision:
    return Decision(host=door.parse(f"casino-{number}.example"), action=Action.APPROVE, analyst="A. Analyst", note="seen", decided_at=NOW)


# what is appended stays


def test_ids_are_given_in_order_and_records_come_back_as_they_went_in(case: Case, door: Door) -> None:
    first, second = sighting(door, 1), sighting(door, 2)
    assert case.add([first, second]) == [1, 2]
    assert case.records(Sighting) == [replace(first, id=1), replace(second, id=2)]


@pytest.mark.parametrize("table", TABLES.values())
def test_nothing_stored_can_be_changed_or_taken_away(case: Case, door: Door, table: str) -> None:
    case.add([record for record in examples(door) if TABLES[type(record)] == table])
    assert case.rows(f"SELECT 1 FROM {table}")
    for statement in (f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            case.db.conn.execute(statement)
        case.db.conn.rollback()


def test_a_replace_cannot_get_round_it(case: Case, door: Door) -> None:
    case.add([sighting(door, 1)])
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        case.db.conn.execute("REPLACE INTO sightings SELECT * FROM sightings")


# once


@pytest.mark.parametrize("kind", migrations.ONCE)
def test_a_step_may_repeat_itself(case: Case, door: Door, kind: type) -> None:
    record = next(record for record in examples(door) if type(record) is kind)
    assert case.add([record, record]) == [1, 0]
    assert case.add([record]) == [0]
    assert len(case.rows(f"SELECT 1 FROM {TABLES[kind]}")) == 1


@pytest.mark.parametrize("kind", migrations.UNIQUE)
def test_a_name_that_is_taken_is_refused(case: Case, door: Door, kind: type) -> None:
    record = next(record for record in examples(door) if type(record) is kind)
    case.add([record])
    with pytest.raises(StoreError, match="UNIQUE constraint failed"):
        case.add([record])


@pytest.mark.parametrize("wrong", [None, 7.5, b"octets"])
def test_a_value_of_the_wrong_type_is_never_swallowed(case: Case, door: Door, wrong: Any) -> None:
    broken = replace(sighting(door, 1), where=wrong)
    if wrong == 7.5:
        broken = replace(Examination(capture_id=1, detectors="d", examined_at=NOW), capture_id=wrong)  # type: ignore[assignment]
    with pytest.raises(StoreError, match="refuses this"):
        case.add([broken])
    assert case.add([sighting(door, 1)]) == [1]


def test_a_batch_goes_in_whole_or_not_at_all(case: Case, door: Door) -> None:
    file = ArchiveFile(name="a.warc.gz", size=1, sha256="0" * 64, finished_at=NOW)
    with pytest.raises(StoreError):
        case.add([sighting(door, 1), file, file])
    assert case.records(Sighting) == [] and case.records(ArchiveFile) == []


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_works(case: Case, door: Door) -> None:
    with pytest.raises(ZeroDivisionError), case.transaction():
        case.add([sighting(door, 1)])
        raise ZeroDivisionError
    assert case.records(Sighting) == []
    case.add([sighting(door, 2)])
    with Case(case.path, door, create=False) as second:
        assert len(second.records(Sighting)) == 1


def test_many_are_counted_by_how_many_were_new(case: Case, door: Door) -> None:
    many = (sighting(door, number) for number in range(2 * BATCH + 7))
    assert case.add_in_batches(many) == 2 * BATCH + 7
    assert case.add_in_batches(sighting(door, number) for number in range(2 * BATCH + 10)) == 3


def test_text_that_has_no_utf8_form_is_stored_with_a_replacement(case: Case, door: Door) -> None:
    case.add([replace(sighting(door, 1), where="a\ud800b\0c\U0001f3b0")])
    assert case.records(Sighting)[0].where == "a\ufffdb\0c\U0001f3b0"


def test_a_time_without_a_zone_is_refused(case: Case, door: Door) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        case.add([replace(sighting(door, 1), seen_at=NOW.replace(tzinfo=None))])


# two processes

ROWS = 20_000
LONGEST_WAIT = 1.0


def write_a_night(path: Path, pipe: Connection) -> None:
    """The night's process: appends `ROWS` sightings in batches, as every step does."""
    door = Door(("example",))
    with Case(path, door) as case:
        pipe.send("begun")
        pipe.send(case.add_in_batches(sighting(door, number) for number in range(ROWS)))


def test_an_analyst_is_never_kept_waiting_while_a_night_writes(case: Case, door: Door) -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    night = multiprocessing.get_context("spawn").Process(target=write_a_night, args=(case.path, theirs))
    night.start()
    waits: list[float] = []
    try:
        assert ours.poll(60) and ours.recv() == "begun"
        while not ours.poll(0.002):
            begun = time.monotonic()
            case.add([decision(door, len(waits))])
            assert len(decisions_of(case, door.parse(f"casino-{len(waits)}.example"))) == 1
            waits.append(time.monotonic() - begun)
        assert ours.recv() == ROWS
    finally:
        night.join(60)
    print(f"\n{len(waits)} decisions while {ROWS} rows were written; longest wait {max(waits) * 1000:.0f} ms")
    assert len(waits) >= 5
    assert max(waits) < LONGEST_WAIT
    assert len(latest_decisions(case)) == len(waits)
    assert case.rows("SELECT count(*) AS n FROM sightings")[0]["n"] == ROWS


def test_processes_may_create_the_same_case_files_at_the_same_moment(tmp_path: Path, door: Door) -> None:
    """SQLite refuses a second change to WAL at once, so a process that comes second must have waited elsewhere."""
    context = multiprocessing.get_context("fork")
    begin, told = context.Barrier(CREATORS), context.Queue()
    them = [context.Process(target=create_all, args=(tmp_path, begin, told)) for _ in range(CREATORS)]
    for process in them:
        process.start()
    refusals = [told.get(timeout=60) for _ in them]
    for process in them:
        process.join(60)
    assert refusals == [[]] * CREATORS
    for number in range(CREATED):
        with Case(tmp_path / str(number) / "casefile.db", door, create=False) as case:
            assert case.rows("SELECT count(*) AS n FROM _sqlite_migrations")[0]["n"] == len(migrations.case_migrations._migrations)


CREATORS = 3
CREATED = 60


def create_all(folder: Path, begin: Barrier, told: "multiprocessing.Queue[list[str]]") -> None:
    """A process that opens case files which may not be there yet, each at the same moment as the others."""
    refusals = []
    for number in range(CREATED):
        begin.wait(60)
        try:
            Case(folder / str(number) / "casefile.db", Door()).close()
        except CasefileError as error:
            refusals.append(str(error))
    told.put(refusals)


# what an operator reads


def opened(path: Path, door: Door, **how: bool) -> str:
    with pytest.raises(StoreError) as refusal:
        Case(path, door, **how)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.fixture
def kept(case: Case, door: Door) -> Iterator[bytes]:
    """The octets of a case file with 2,000 sightings."""
    case.add_in_batches(sighting(door, number) for number in range(2000))
    case.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    yield case.path.read_bytes()


def test_a_missing_case_file_is_not_made_by_a_question(tmp_path: Path, door: Door) -> None:
    assert "run `mirrorwatch night` first" in opened(tmp_path / "state" / "casefile.db", door, create=False)
    assert not (tmp_path / "state").exists()


def test_an_empty_file_is_as_none(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    path.touch()
    assert "run `mirrorwatch night` first" in opened(path, door, create=False)
    with Case(path, door) as case:
        assert case.records(Sighting) == []


def test_a_creation_that_was_killed_is_begun_again(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert path.stat().st_size > 0
    with Case(path, door) as case:
        assert case.add([sighting(door, 1)]) == [1]


def test_a_folder_in_its_place(tmp_path: Path, door: Door) -> None:
    assert "is a folder, not a case file" in opened(tmp_path, door)


def test_a_file_where_the_state_folder_should_be(tmp_path: Path, door: Door) -> None:
    (tmp_path / "state").write_text("")
    assert "check the folder and its rights" in opened(tmp_path / "state" / "casefile.db", door)


@pytest.mark.parametrize("garbage", [b"garbage", b"garbage" * 5000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_garbage(tmp_path: Path, door: Door, garbage: bytes) -> None:
    path = tmp_path / "casefile.db"
    path.write_bytes(garbage)
    assert "restore a copy, or move it away" in opened(path, door)
    assert path.read_bytes() == garbage


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_database_that_is_cut_short(tmp_path: Path, door: Door, kept: bytes, share: float) -> None:
    path = tmp_path / "cut.db"
    path.write_bytes(kept[: int(len(kept) * share)])
    with pytest.raises(StoreError, match="restore a copy"), Case(path, door) as case:
        case.records(Sighting)


def test_a_page_of_noise_in_the_middle_is_a_store_error_too(tmp_path: Path, door: Door, kept: bytes) -> None:
    found = 0
    for page in range(1, len(kept) // 4096):
        path = tmp_path / f"{page}.db"
        path.write_bytes(kept[: page * 4096] + bytes([page % 251]) * 4096 + kept[(page + 1) * 4096 :])
        try:
            with Case(path, door) as case:
                case.records(Sighting)
        except StoreError as error:
            found += "restore a copy" in str(error)
    assert found > 20


def test_a_database_of_another_program_is_left_alone(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()
    assert "is a database of another program" in opened(path, door)
    assert "is a database of another program" in opened(path, door, migrate=True)
    assert path.read_bytes() == before


def test_a_full_disk_loses_nothing_that_was_committed(case: Case, door: Door) -> None:
    case.add([sighting(door, 1)])
    pages = case.rows("PRAGMA page_count")[0][0]
    case.db.conn.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError, match="free some disk and run the same command again"):
        case.add_in_batches(sighting(door, number) for number in range(2, 5000))
    assert not case.db.conn.in_transaction
    case.db.conn.execute("PRAGMA max_page_count = 1000000")
    case.add_in_batches(sighting(door, number) for number in range(1, 5000))
    assert case.rows("SELECT count(*) AS n FROM sightings")[0]["n"] == 4999


def test_a_lock_that_stays_is_named(case: Case, door: Door) -> None:
    case.db.conn.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(case.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="stayed locked for 10 s: end the other program"):
            case.add([sighting(door, 1)])
    assert case.add([sighting(door, 1)]) == [1]


def test_a_case_file_that_may_not_be_written_can_be_read(case: Case, door: Door) -> None:
    case.add([sighting(door, 1)])
    case.db.conn.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreError, match="check the rights of the file"):
        case.add([sighting(door, 2)])
    assert len(case.records(Sighting)) == 1


# older and newer


def at_version(path: Path, door: Door, *, without: str) -> None:
    """A case file as an older mirrorwatch left it: before the migration `without`, with one sighting."""
    with closing(sqlite3.connect(path)) as connection:
        migrations.case_migrations.apply(migrations.Database(connection), stop_before=without)
        connection.execute(
            "INSERT INTO sightings (host, source, reason, \"where\", url, seen_at) VALUES ('casino-1.example', 's', 'r', '', '', '2026-01-01T00:00:00.000000Z')"
        )
        connection.commit()


def test_an_older_case_file_asks_to_be_upgraded_and_is_left_as_it_is(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    at_version(path, door, without="0002_views")
    assert "run `mirrorwatch migrate`" in opened(path, door)
    with closing(sqlite3.connect(path)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'view'").fetchall()


def test_the_upgrade_keeps_a_whole_copy_beside_it(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    at_version(path, door, without="0002_views")
    copy = backup_and_migrate(path, door)
    assert copy.parent == path.parent and copy != path
    assert "run `mirrorwatch migrate`" in opened(copy, door)
    for file in (path, copy):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT host FROM sightings").fetchall() == [("casino-1.example",)]
    with Case(path, door, create=False) as case:
        assert len(case.records(Sighting)) == 1
        assert latest_decisions(case) == []
    assert sorted(file.name for file in tmp_path.iterdir() if "partial" in file.name) == []


def test_an_upgrade_with_nothing_to_do_copies_nothing(case: Case, door: Door) -> None:
    before = sorted(case.path.parent.iterdir())
    assert backup_and_migrate(case.path, door) == case.path
    assert sorted(case.path.parent.iterdir()) == before


def test_a_second_upgrade_does_not_write_over_the_first_copy(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    at_version(path, door, without="0002_views")
    first = backup_and_migrate(path, door)
    kept = first.read_bytes()
    path.unlink()
    at_version(path, door, without="0002_views")
    assert backup_and_migrate(path, door) != first
    assert first.read_bytes() == kept


def test_there_is_nothing_to_upgrade_where_there_is_no_case_file(tmp_path: Path, door: Door) -> None:
    with pytest.raises(StoreError, match="no case file"):
        backup_and_migrate(tmp_path / "casefile.db", door)
    assert list(tmp_path.iterdir()) == []


def test_a_newer_case_file_is_refused(case: Case, door: Door) -> None:
    with case.transaction():
        case.db.conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mirrorwatch', '0999_future', '')")
    case.close()
    for migrate in (False, True):
        assert "written by a newer mirrorwatch (0999_future): update the program" in opened(case.path, door, migrate=migrate)


def test_every_table_has_a_view_of_the_same_columns_where_state_is_asked(case: Case) -> None:
    views = [row["name"] for row in case.rows("SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert sorted(views) == [
        "latest_appeals",
        "latest_decisions",
        "latest_families",
        "latest_orders",
        "latest_register_imports",
        "latest_resolutions",
        "latest_settings",
        "latest_verdicts",
        "listed",
    ]


def test_the_latest_decision_is_the_one_appended_last(case: Case, door: Door) -> None:
    earlier = decision(door, 1)
    case.add([earlier, replace(earlier, action=Action.REJECT, decided_at=NOW - timedelta(days=1))])
    assert [one.action for one in latest_decisions(case)] == [Action.REJECT]


def test_a_standing_clock_moves_only_when_told(clock: StandingClock) -> None:
    assert clock() == clock() == NOW


def test_a_case_file_from_before_the_browser_gains_its_columns(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    at_version(path, door, without="0003_rendered")
    old = {"captures": ("title", "dom", "screenshot", "observed"), "verdicts": ("differences", "render_for")}
    with closing(sqlite3.connect(path)) as connection:
        for view in ("latest_verdicts",):
            connection.execute(f"DROP VIEW {view}")
        for table, columns in old.items():
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("DROP TABLE orders")
        connection.execute(
            "CREATE VIEW latest_verdicts AS SELECT * FROM verdicts t WHERE id = (SELECT max(id) FROM verdicts WHERE host = t.host)"
        )
        names = [row[1] for row in connection.execute("PRAGMA table_info(captures)") if row[1] not in ("id", "replayed_from")]
        number = {"status", "body_size"}
        values = ["0" if name in number else "'[]'" if name in ("hops", "records") else f"'{OLD.get(name, '')}'" for name in names]
        connection.execute(f"INSERT INTO captures ({', '.join(names)}) VALUES ({', '.join(values)})")
        connection.commit()
    backup_and_migrate(path, door)
    with Case(path, door, create=False) as case:
        [capture] = case.records(Capture)
        assert (capture.title, capture.dom, capture.screenshot, capture.observed) == ("", None, None, None)
        case.add(record for record in examples(door) if isinstance(record, Capture | Verdict | Order))
        assert case.records(Verdict, view="latest_verdicts")[0].render_for == ("script shell",)
        assert len(case.records(Order)) == 1


def test_entries_from_before_renewals_gain_what_isps_are_told(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "casefile.db"
    at_version(path, door, without="0004_publishing")
    new = {
        "entries": ("reason", "act", "renews"),
        "removals": ("cause",),
        "releases": ("changed", "usual", "canary", "log", "override", "signature"),
    }
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP VIEW listed")
        for table in ("appeals", "register_imports"):
            connection.execute(f"DROP TABLE {table}")
        for table, columns in new.items():
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        for label, act in (("promotion", "7/2026"), ("other", "")):
            connection.execute(
                "INSERT INTO verdicts (host, label, probability, name_probability, band, reasons, model, captures, through_capture, "
                f"through_evidence, differences, render_for, judged_at) VALUES ('a.example', '{label}', 1, 0, 'mirror', '[]', 'm', '[]', 0, 0, '[]', '[]', '{WHEN}')"
            )
            connection.execute(
                f"INSERT INTO decisions (host, action, analyst, note, act, decided_at) VALUES ('a.example', 'approve', 'A', 'n{act}', '{act}', '{WHEN}')"
            )
        for number in (1, 2):
            connection.execute(
                "INSERT INTO entries (host, scope, family, evidence, decision, verdict, serial, listed_at, expires_at) "
                f"VALUES ('mirror{number}.example', 'exact', '', '[]', {number}, {number}, 7, '{WHEN}', '{WHEN}')"
            )
        connection.commit()
    backup_and_migrate(path, door)
    with Case(path, door, create=False) as case:
        entries = case.records(Entry)
        assert [(one.reason, one.act) for one in entries] == [("gambling promotion", "7/2026"), ("gambling, by an analyst's decision", "")]
        assert {one.since for one in entries} == {7}
        case.add(examples(door))
        assert case.records(Release)[0].canary is not None
        with pytest.raises(StoreError, match="append-only"), case.transaction():
            case.db.conn.execute("UPDATE entries SET act = 'other'")


WHEN = "2026-01-01T00:00:00.000000Z"


OLD = {
    "host": "casino-1.example",
    "page": "landing",
    "how": "static",
    "outcome": "ok",
    "vantage": '{"name":"desktop","egress":"direct","country":"","language":"","user_agent":"","referrer":""}',
    "taken_at": "2026-01-01T00:00:00.000000Z",
}
