"""The case file: one SQLite database in WAL mode, appended to in short transactions.

Opening, appending, reading rows. Its shape and its upgrade stand in `casefile.migrations` and `casefile.upgrade`; what is asked of it in `casefile.queries`.
Every error of SQLite leaves here as a `CasefileError` with words for the operator.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from casefile.errors import CasefileError, DiskFullError, HostnameRefused, StoreError
from casefile.hostname import Door
from casefile.lock import creation_lock
from casefile.migrations import ONCE, TABLES, case_migrations
from casefile.records import Record
from casefile.rows import columns_of, from_row, to_row

LONGEST_WAIT_SECONDS = 10.0
"""How long a writer waits for another's transaction before it gives up; batches are kept under a second."""

BATCH = 500
"""Rows a transaction at most when a step appends many."""

T = TypeVar("T")


class Case:
    """An open case file. Not for sharing between threads; open one a thread."""

    def __init__(self, path: Path, door: Door, *, create: bool = True, migrate: bool = False) -> None:
        """Open `path`, create it with its folder where `create`, upgrade an older one only where `migrate`; raises `StoreError`."""
        self.path = path
        self.door = door
        connection = _connect(path, create=create)
        try:
            with translated(path):
                self.db = Database(connection)
                self._prepare(migrate=migrate)
        except BaseException:
            connection.close()
            raise

    def _prepare(self, *, migrate: bool) -> None:
        """Check whose file it is and how old; give a new one its tables, all at once, so that a creation that was killed is begun again."""
        # a step survives power loss, since what it committed stays: FULL syncs the log at every commit
        self.db.conn.execute("PRAGMA synchronous = FULL")
        if not self._pending():
            return
        # SQLite refuses a change of the journal's mode at once, without its patience, while another connection is at the same
        with creation_lock(self.path.parent):
            self.db.conn.execute("PRAGMA journal_mode = WAL")
            with self.transaction():
                pending = self._pending()
                if pending and self._has_tables() and not migrate:
                    raise StoreError(f"{self.path} is of an older mirrorwatch: run `mirrorwatch migrate` (it keeps a copy beside it)")
                if pending:
                    case_migrations.apply(self.db)

    def _has_tables(self) -> bool:
        return bool(self.rows("SELECT 1 FROM sqlite_master LIMIT 1"))

    def _pending(self) -> list[str]:
        """Migrations that this file lacks; refuses a file of a newer program and one of another program."""
        known = [migration.name for migration in case_migrations._migrations]
        applied = [migration.name for migration in case_migrations.applied(self.db)]
        newer = [name for name in applied if name not in known]
        if newer:
            raise StoreError(
                f"{self.path} was written by a newer mirrorwatch ({', '.join(newer)}): update the program, or use another --state folder"
            )
        if not applied and self._has_tables():
            raise StoreError(
                f"{self.path} is a database of another program: move it away, or name another folder with --state; nothing in it was changed"
            )
        return [name for name in known if name not in applied]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the records stay."""
        self.db.conn.close()

    def add(self, records: Iterable[Record]) -> list[int]:
        """Append records in one short transaction, all or none; returns their ids, 0 for one that was there already.

        Only sightings, decisions and examinations may be there already (`casefile.migrations.ONCE`); anything else the tables refuse
        (a second archive file or release of one name, a value of the wrong type) raises `StoreError`.
        """
        ready = [(type(record), to_row(record)) for record in records]
        if not ready:
            return []
        with self.transaction():
            return [self._insert(kind, row) for kind, row in ready]

    def add_in_batches(self, records: Iterable[Record]) -> int:
        """Append many records, `BATCH` a transaction, so that no other process waits long; returns how many were new."""
        waiting: list[Record] = []
        new = 0
        for record in records:
            waiting.append(record)
            if len(waiting) == BATCH:
                new += sum(1 for number in self.add(waiting) if number)
                waiting.clear()
        return new + sum(1 for number in self.add(waiting) if number)

    def _insert(self, kind: type, row: dict[str, Any]) -> int:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        # OR IGNORE would swallow NOT NULL and every other constraint as well; a conflict target lets pass one named index and nothing else
        once = ", ".join(f'"{name}"' for name in ONCE.get(kind, ()))
        unless = f" ON CONFLICT ({once}) DO NOTHING" if once else ""
        cursor = self.db.conn.execute(f'INSERT INTO "{TABLES[kind]}" ({names}) VALUES ({marks}){unless}', list(row.values()))
        return int(cursor.lastrowid or 0) if cursor.rowcount else 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A write transaction that takes the lock at once, so that two writers queue instead of failing; inside another it is part of that one."""
        connection = self.db.conn
        if connection.in_transaction:
            yield
            return
        with translated(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                # a commit that failed (disk full) leaves the transaction open: without this all later ones would be part of it
                connection.rollback()
                raise

    def rows(self, sql: str, parameters: Mapping[str, Any] | Iterable[Any] = ()) -> list[sqlite3.Row]:
        """The rows of a query."""
        bound = dict(parameters) if isinstance(parameters, Mapping) else tuple(parameters)
        with translated(self.path):
            return list(self.db.conn.execute(sql, bound))

    def records(self, kind: type[T], where: str = "1", parameters: Mapping[str, Any] | Iterable[Any] = (), *, view: str = "") -> list[T]:
        """Records of a table (or of `view`, with the same columns) in the order they were appended."""
        columns = ", ".join(f'"{name}"' for name in columns_of(kind))
        found = self.rows(f'SELECT {columns} FROM "{view or TABLES[kind]}" WHERE {where} ORDER BY id', parameters)
        try:
            return [from_row(kind, row, self.door.parse) for row in found]
        except (ValueError, TypeError, LookupError, HostnameRefused) as error:
            raise StoreError(f"{self.path} holds a damaged row in {TABLES[kind]} ({error}): restore a copy of the case file") from error


def backup_and_migrate(path: Path, door: Door) -> Path:
    """Upgrade the case file at `path`, after copying it beside itself; returns the copy, or `path` where there was nothing to upgrade.

    The copy is whole before anything changes, and the upgrade happens all at once or not at all. Raises `StoreError`.
    """
    copy = _free_name(path)
    with closing(_connect(path, create=False)) as connection, translated(path):
        try:
            _copy_if_older(connection, copy)
        except OSError as error:
            raise StoreError(
                f"cannot copy {path} to {copy}: {error.strerror}; nothing was upgraded; check the folder's rights and space"
            ) from None
    with Case(path, door, create=False, migrate=True):
        return copy if copy.exists() else path


def backup(path: Path, target: Path) -> None:
    """A consistent copy of the case file at `path` as one file, while others may write to it; an earlier copy at `target` is replaced at once or not at all.

    Raises `StoreError` where `path` is no case file, `target` is something else than an earlier copy, or the disk refuses.
    """
    if target.exists() and (not _is_database(target) or (path.exists() and target.samefile(path))):
        raise StoreError(f"{target} is not an earlier copy of a case file: name another file for the copy; nothing was written")
    partial = target.with_name(target.name + ".partial")
    with closing(_connect(path, create=False)) as connection, translated(path):
        if not case_migrations.applied(Database(connection)):
            raise StoreError(f"{path} is a database of another program, or an empty one: nothing was copied")
        try:
            _copy_whole(connection, partial)
            partial.replace(target)
            _sync(target.parent)
        except OSError as error:
            raise StoreError(f"cannot copy {path} to {target}: {error.strerror}; check the folder's rights and space") from None
        finally:
            partial.unlink(missing_ok=True)


def replace_by_copy(path: Path, source: Path) -> None:
    """Put a consistent copy of the case file `source` in the place of the one at `path`, upgraded where it is older: at once or not at all.

    The caller holds the locks of the state folder. Raises `StoreError` where `source` is no case file or a damaged one, lacks decisions that were made in the
    one at `path` (they would be forgotten, and what they took off the list would come back), or where another program still holds the one at `path`.
    """
    if path.exists() and source.exists() and path.samefile(source):
        raise StoreError(f"{source} is the case file of this state folder itself: name a copy from the machine that crawls")
    incoming = path.with_name(path.name + ".incoming")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(incoming)
        with closing(_reading(source)) as connection, translated(source):
            _copy_whole(connection, incoming)
        _make_ready(incoming, source)
        _refuse_forgetting(path, incoming, source)
        _release_log(path)
        incoming.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StoreError(f"cannot copy {source} to {path}: {error.strerror}; check the folder's rights and space") from None
    finally:
        _remove(incoming)


LOG_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database in WAL mode."""


def _remove(path: Path) -> None:
    """A database with what lies beside it."""
    for one in (path, *(_beside(path, end) for end in LOG_FILES)):
        one.unlink(missing_ok=True)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _reading(source: Path) -> sqlite3.Connection:
    """A case file opened for reading, from a medium that cannot be written too."""
    if not source.is_file():
        raise StoreError(f"no case file at {source}: name a copy made with `mirrorwatch backup FILE`")
    # without a log beside it nobody is writing, and SQLite need not make one, which it could not on a medium that is read only
    still = "" if _beside(source, "-wal").exists() else "&immutable=1"
    try:
        connection = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro{still}", uri=True, timeout=LONGEST_WAIT_SECONDS)
    except sqlite3.Error as error:
        raise StoreError(f"cannot open the case file {source}: {error}; check its rights") from None
    connection.row_factory = sqlite3.Row
    return connection


def _make_ready(incoming: Path, source: Path) -> None:
    """Check a copy, upgrade it, and leave it as one synced file."""
    with Case(incoming, Door(), create=False, migrate=True) as case:
        [row] = case.rows("PRAGMA quick_check(1)")
        if row[0] != "ok":
            raise StoreError(f"{source} is damaged ({row[0]}): make another copy with `mirrorwatch backup FILE`; the case file here stands")
    with incoming.open("rb") as stream:
        os.fsync(stream.fileno())


FROM_A_RELEASE = "mirrorwatch, from a release"
"""Who said a decision, or a step of an appeal, that a case file lost and only a release still tells of (`blocklist.catching_up`)."""

DECIDED = {"decisions": ("decided_at", "analyst"), "orders": ("decided_at", "analyst"), "appeals": ("said_at", "person")}
"""What people said, when, and who."""


def _refuse_forgetting(path: Path, incoming: Path, source: Path) -> None:
    if not path.exists():
        return
    with Case(path, Door(), create=False) as here, Case(incoming, Door(), create=False) as there:
        for table, (moment, who) in DECIDED.items():
            # what a release tells is read from it again, whatever the copy says
            latest = f"SELECT host, max({moment}) AS at FROM {table} WHERE {who} <> ? GROUP BY host"
            known = {row["host"]: row["at"] for row in there.rows(latest, [FROM_A_RELEASE])}
            lost = sorted(row["host"] for row in here.rows(latest, [FROM_A_RELEASE]) if known.get(row["host"], "") < row["at"])
            if lost:
                raise StoreError(
                    f"{source} lacks {table} made on this machine, for {', '.join(lost[:5])}{' and others' if len(lost) > 5 else ''}: "
                    "make them where the copy comes from and copy again; the case file here stands"
                )


def _release_log(path: Path) -> None:
    """Fold the log of a case file that is about to be replaced into it: a log left beside the new one would be read as its own."""
    if not path.exists():
        return
    with closing(_connect(path, create=False)) as connection, translated(path):
        connection.execute("PRAGMA journal_mode = DELETE")


def _copy_whole(connection: sqlite3.Connection, partial: Path) -> None:
    """Copy a database into `partial` as one file, synced."""
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as target:
        connection.backup(target)
        target.execute("PRAGMA journal_mode = WAL")
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(16) == b"SQLite format 3\0"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_if_older(connection: sqlite3.Connection, copy: Path) -> None:
    if not case_migrations.applied(Database(connection)) or not case_migrations.pending(Database(connection)):
        return
    partial = copy.with_name(copy.name + ".partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as target:
        connection.backup(target)
    partial.rename(copy)


def _free_name(path: Path) -> Path:
    numbers = (number for number in range(1, 10_000) if not path.with_name(f"{path.name}.before-migrate-{number}").exists())
    return path.with_name(f"{path.name}.before-migrate-{next(numbers)}")


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a case file: move it away, or name another folder with --state")
        if not create and (not path.exists() or path.stat().st_size == 0):
            raise StoreError(f"no case file at {path}: run `mirrorwatch night` first, or name another folder with --state")
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=LONGEST_WAIT_SECONDS)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot open the case file {path}: {error}; check the folder and its rights") from None
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn an error of SQLite on `path` into a `StoreError` or `DiskFullError` that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: sqlite3.Error) -> CasefileError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low octet of an extended code is the primary one
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(f"no room left for {path}: free some disk and run the same command again; nothing that was committed is lost")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"{path} stayed locked for {LONGEST_WAIT_SECONDS:.0f} s: end the other program that holds it, then run the same command again"
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            f"{path} is not a readable case file ({error}): restore a copy, or move it away and begin a new one; the archive beside it is untouched"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"cannot write {path} ({error}): check the rights of the file and of its folder, or name another folder with --state"
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"cannot read or write {path} ({error}): check the disk, then run the same command again; what was committed stays"
        )
    return StoreError(f"{path} refuses this ({error}): nothing of it was stored; report it with the command you ran")
