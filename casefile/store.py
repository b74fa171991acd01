"""The case file: one SQLite database in WAL mode, appended to in short transactions.

Opening, appending, reading rows. Its shape and its upgrade stand in `casefile.migrations` and `casefile.upgrade`; what is asked of it in `casefile.queries`.
Every error of SQLite leaves here as a `CasefileError` with words for the operator.
"""

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
