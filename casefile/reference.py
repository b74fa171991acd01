"""Facts about the world: CSV tables with a source and a date in every row, read from folders laid one over another.

`data/reference/` holds the shipped tables; a configuration may lay its own folder over it (the sample's invented operators do), and rows add up.
Every table has the columns `source` and `date` (ISO) after its own.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from casefile.errors import UsageError
from casefile.rows import columns_of

T = TypeVar("T")

DATE = re.compile(r"20[0-9]{2}-[01][0-9](-[0-3][0-9])?")
CHOICES = {
    "how": ("host", "words"),
    "page": ("deposit", "rules", "contacts", "promo"),
    "trace": ("nameserver", "host", "words"),
    "of": ("label", "evidence"),
    "basis": ("quoted", "paraphrase", "project"),
}
"""Columns that hold one of few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A payment provider: `pattern` is a host (matched with its subdomains) or words on a page, as `how` says (`host`, `words`)."""

    name: str
    how: str
    pattern: str
    country: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedOperator:
    """An operator with a licence: its registrable name is never listed, nor anything below it. `licence` may be empty."""

    domain: str
    operator: str
    country: str
    licence: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedName:
    """A name that is never listed, nor anything below it; `kind` names the rule (government, bank, cdn, dns, payment, mail, popular ...)."""

    name: str
    kind: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedHost:
    """A host whose subdomains or paths belong to many tenants; itself never listed, a tenant only by exact name."""

    name: str
    kind: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A gambling brand that mirrors; `pattern` is a regular expression over a host name."""

    brand: str
    pattern: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWord:
    """A word in a link (text or address) that leads to a page that matters; `page` is deposit, rules, contacts or promo."""

    page: str
    language: str
    word: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GameProvider:
    """A studio or platform whose games or odds casinos show: `host` is where its frames and scripts come from (matched with its subdomains)."""

    provider: str
    host: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonHost:
    """A host that sites of all sorts load from (matched with its subdomains): that two pages ask it says nothing. `kind`: analytics, cdn, fonts ..."""

    host: str
    kind: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonPath:
    """The beginning of a path that widespread software gives to all its sites: that two sites have it says nothing."""

    path: str
    software: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingTrace:
    """What a parked name shows: `pattern` is a name server or a host that it is sent to (both matched with all below them), or words of its title.

    `trace` says which of them: nameserver, host or words.
    """

    service: str
    trace: str
    pattern: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSign:
    """How Order No. 282 names what we find: `of` is label or evidence, `value` the name of one in the code, `subject` of evidence where only one counts.

    `sign` in English; `term` the law's own words in Russian, empty where none were read; `basis`: the words are quoted, a paraphrase, or the project's own.
    """

    of: str
    value: str
    subject: str
    sign: str
    term: str
    basis: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All tables, in file order, of all folders."""

    providers: tuple[Provider, ...]
    licensed: tuple[LicensedOperator, ...]
    guarded: tuple[GuardedName, ...]
    shared_hosts: tuple[SharedHost, ...]
    brands: tuple[Brand, ...]
    link_words: tuple[LinkWord, ...]
    game_providers: tuple[GameProvider, ...] = ()
    common_hosts: tuple[CommonHost, ...] = ()
    common_paths: tuple[CommonPath, ...] = ()
    parking: tuple[ParkingTrace, ...] = ()
    order_signs: tuple[OrderSign, ...] = ()


def load_reference(folders: Sequence[Path]) -> Reference:
    """Read every table of every folder; a folder may lack a table. Raises `UsageError` naming file and line."""
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"no reference folder at {folder}: correct [reference] folders in the configuration")
    return Reference(
        providers=_table(folders, "providers.csv", Provider),
        licensed=_table(folders, "licensed.csv", LicensedOperator),
        guarded=_table(folders, "guarded.csv", GuardedName),
        shared_hosts=_table(folders, "shared_hosts.csv", SharedHost),
        brands=_table(folders, "brands.csv", Brand),
        link_words=_table(folders, "link_words.csv", LinkWord),
        game_providers=_table(folders, "game_providers.csv", GameProvider),
        common_hosts=_table(folders, "common_hosts.csv", CommonHost),
        common_paths=_table(folders, "common_paths.csv", CommonPath),
        parking=_table(folders, "parking.csv", ParkingTrace),
        order_signs=_table(folders, "order282.csv", OrderSign),
    )


def _table(folders: Sequence[Path], name: str, kind: type[T]) -> tuple[T, ...]:
    rows: list[T] = []
    for path in (folder / name for folder in folders):
        if path.exists():
            rows.extend(_rows(path, kind))
    return tuple(rows)


def _rows(path: Path, kind: type[T]) -> list[T]:
    try:
        # utf-8-sig: a spreadsheet puts a mark before the first column's name
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(_facts(path, csv.DictReader(stream, strict=True), kind))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot read {path}: {error}; it must be CSV in UTF-8") from None


def _facts(path: Path, reader: "csv.DictReader[str]", kind: type[T]) -> Iterator[T]:
    wanted = tuple(columns_of(kind))
    if tuple(reader.fieldnames or ()) != wanted:
        raise UsageError(f"{path}: the first line must be {','.join(wanted)}")
    for row in reader:
        if None in row or None in row.values():
            raise UsageError(f"{path}:{reader.line_num}: wants {len(wanted)} fields")
        if wrong := _wrong(row):
            raise UsageError(f"{path}:{reader.line_num}: {wrong}")
        yield kind(**row)


def _wrong(row: dict[str, str]) -> str:
    """What is wrong with a fact, empty where nothing is. Only a brand's `pattern` is a regular expression."""
    if not row["source"] or not row["date"]:
        return "every fact needs a source and a date"
    if not DATE.fullmatch(row["date"]):
        return f"date {row['date'][:20]!a} is not of the form 2026-11-20 or 2026-11"
    for column, allowed in CHOICES.items():
        if column in row and row[column] not in allowed:
            return f"{column} {row[column][:20]!a} must be one of {', '.join(allowed)}"
    return _wrong_pattern(row["pattern"]) if "brand" in row else ""


def _wrong_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"pattern {pattern[:60]!a} is not a regular expression: {error}"
    return ""
