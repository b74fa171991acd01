"""The shape of the case file, as sqlite-utils migrations. Tables are append-only: triggers refuse UPDATE and DELETE.

A later version adds a migration below the last one and never edits one that was released.
"""

import dataclasses
import types
import typing
from datetime import datetime

from sqlite_utils import Database, Migrations

from casefile.hostname import Hostname
from casefile.records import (
    Appeal,
    ArchiveFile,
    Capture,
    Cause,
    Decision,
    Entry,
    Evidence,
    Examination,
    Family,
    Night,
    Order,
    RegisterImport,
    Release,
    Removal,
    Resolution,
    Setting,
    Sighting,
    StepReport,
    Tie,
    Verdict,
)
from casefile.rows import columns_of

TABLES: dict[type, str] = {
    Sighting: "sightings",
    Resolution: "resolutions",
    Capture: "captures",
    ArchiveFile: "archive_files",
    Evidence: "evidence",
    Examination: "examinations",
    Verdict: "verdicts",
    Tie: "ties",
    Family: "families",
    Decision: "decisions",
    Order: "orders",
    Appeal: "appeals",
    RegisterImport: "register_imports",
    Entry: "entries",
    Removal: "removals",
    Release: "releases",
    Night: "nights",
    StepReport: "step_reports",
    Setting: "settings",
}

ONCE: dict[type, tuple[str, ...]] = {
    Sighting: ("host", "source", "reason", "where", "url"),
    Examination: ("capture_id", "detectors"),
    Decision: ("host", "action", "analyst", "note", "decided_at"),
}
"""Records that are kept once: appending one again, equal in these columns, changes nothing. A step that was killed may so repeat itself."""

UNIQUE: dict[type, tuple[str, ...]] = {ArchiveFile: ("name",), Release: ("serial",)}
"""Names given once: a second record of the same name is a broken promise, and refused."""

case_migrations = Migrations("mirrorwatch")


@case_migrations(name="0001_tables")
def first_tables(db: Database) -> None:
    """One table a record, with the indexes the night's questions need."""
    for record in TABLES:
        _create(db, record)
    db.table("evidence").create_index(["capture_id"])
    db.table("evidence").create_index(["kind", "value"])


@case_migrations(name="0002_views")
def first_views(db: Database) -> None:
    """State as views over what was appended."""
    for table in ("resolutions", "verdicts", "decisions"):
        db.create_view(f"latest_{table}", f"SELECT * FROM {table} t WHERE id = (SELECT max(id) FROM {table} WHERE host = t.host)")
    db.create_view("latest_settings", "SELECT * FROM settings t WHERE id = (SELECT max(id) FROM settings WHERE key = t.key)")
    db.create_view("latest_families", "SELECT * FROM families t WHERE id = (SELECT max(id) FROM families WHERE family = t.family)")
    db.create_view(
        "listed",
        "SELECT * FROM entries e WHERE id = (SELECT max(id) FROM entries WHERE host = e.host) "
        "AND NOT EXISTS (SELECT 1 FROM removals r WHERE r.host = e.host AND r.serial > e.serial)",
    )


@case_migrations(name="0003_rendered")
def rendered_pages(db: Database) -> None:
    """What a browser saw, differences between visitors and standing orders: columns and a table that a case file of before has not."""
    for record in (Capture, Verdict):
        _widen(db, record)
    if not db.table(TABLES[Order]).exists():
        _create(db, Order)
    db.create_view("latest_orders", "SELECT * FROM orders t WHERE id = (SELECT max(id) FROM orders WHERE host = t.host)")


@case_migrations(name="0004_publishing")
def publishing(db: Database) -> None:
    """What a signed release says beside names, renewals of entries, appeals and imported registers.

    An entry now carries the reason and the act that ISPs are told; those of before get them from their verdict and decision.
    """
    new: tuple[type, ...] = (Appeal, RegisterImport)
    for record in new:
        if not db.table(TABLES[record]).exists():
            _create(db, record)
    wider: tuple[type, ...] = (Entry, Removal, Release)
    for record in wider:
        _widen(db, record)
    db.execute("DROP TRIGGER entries_no_update")
    db.execute(
        "UPDATE entries SET act = coalesce((SELECT act FROM decisions d WHERE d.id = entries.decision), ''), "
        "reason = CASE (SELECT label FROM verdicts v WHERE v.id = entries.verdict) WHEN 'operator' THEN 'gambling operator' "
        "WHEN 'promotion' THEN 'gambling promotion' ELSE 'gambling, by an analyst''s decision' END WHERE reason = ''"
    )
    _refuse(db, "entries", "UPDATE")
    db.create_view("latest_appeals", "SELECT * FROM appeals t WHERE id = (SELECT max(id) FROM appeals WHERE host = t.host)")
    db.create_view(
        "latest_register_imports",
        "SELECT * FROM register_imports t WHERE id = (SELECT max(id) FROM register_imports WHERE source = t.source)",
    )


def _widen(db: Database, record: type) -> None:
    """Add the columns that a table of before has not, empty."""
    table = TABLES[record]
    there = {column.name for column in db.table(table).columns}
    for name, hint in columns_of(record).items():
        if name not in there:
            db.table(table).add_column(name, _sql_type(hint), not_null_default=_empty(hint))


def _empty(hint: object) -> str | int | None:
    """What a column of this type holds in rows that are older than it."""
    if hint is str:
        return ""
    if hint is int:
        return 0
    if hint is Cause:
        return Cause.DECISION.value
    return "[]" if typing.get_origin(hint) is tuple else None


def _create(db: Database, record: type) -> None:
    """The table of a record: strict, append-only by its triggers, indexed by host."""
    table = TABLES[record]
    hints = {name: hint for name, hint in columns_of(record).items() if name != "id"}
    filled = {name for name, hint in hints.items() if not isinstance(hint, types.UnionType)}
    columns = {"id": int, **{name: _sql_type(hint) for name, hint in hints.items()}}
    db.table(table).create(columns, pk="id", not_null=filled, strict=True)
    for event in ("UPDATE", "DELETE"):
        _refuse(db, table, event)
    if "host" in columns:
        db.table(table).create_index(["host"])
    if unique := (ONCE | UNIQUE).get(record):
        db.table(table).create_index(unique, unique=True, index_name=f"{table}_once")


def _refuse(db: Database, table: str, event: str) -> None:
    db.execute(
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _sql_type(hint: object) -> type:
    if isinstance(hint, types.UnionType):
        hint = hint.__args__[0]
    if hint in (int, bool):
        return int
    if hint is float:
        return float
    assert (
        hint is str
        or hint in (Hostname, datetime)
        or isinstance(hint, type)
        or typing.get_origin(hint) is tuple
        or dataclasses.is_dataclass(hint)
    )
    return str
