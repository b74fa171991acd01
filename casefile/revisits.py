"""What was seen of many hosts since a moment, read in bulk and narrow: a query a table for every 500 hosts, never one for each host."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from casefile.outcomes import Outcome
from casefile.records import Band, Entry, Label
from casefile.rows import time_of, time_text
from casefile.store import Case

PART = 500
"""Hosts a query; SQLite takes 32,766 parameters, and a statement of this size is compiled in under a millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """One look-up of a host: what came of it, the name servers and the names it was sent to."""

    outcome: Outcome
    nameservers: tuple[str, ...]
    cnames: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """One page that was asked for. `read`: it came, with a status under 400; `live`: not from an archive; `urls`: the addresses that a visitor passes and ends at."""

    outcome: Outcome
    read: bool
    live: bool
    landing: bool
    title: str
    urls: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One verdict, as far as what becomes of an entry depends on it; `asks`: it waits for a browser."""

    id: int
    label: Label
    band: Band
    asks: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisits:
    """What was seen of one listed host, oldest first. `listed_nameservers`: those when it was listed; `renewed_at`: when it was listed or last renewed."""

    lookups: tuple[LookUp, ...]
    pages: tuple[PageSeen, ...]
    verdicts: tuple[Judged, ...]
    listed_nameservers: tuple[str, ...]
    renewed_at: datetime


def entries_expiring(case: Case, before: datetime) -> list[Entry]:
    """What the list holds and expires before that moment, the first to expire first."""
    found = case.records(Entry, "expires_at < ?", [time_text(before)], view="listed")
    return sorted(found, key=lambda entry: (entry.expires_at, entry.host.name))


def revisits_of(case: Case, entries: Sequence[Entry], since: datetime) -> dict[str, Revisits]:
    """What was seen of these entries' hosts from `since` on, by host name: at most eight queries for every 500 of them."""
    made = {row["serial"]: time_of(row["made_at"]) for row in case.rows("SELECT serial, made_at FROM releases")}
    found: dict[str, Revisits] = {}
    for begin in range(0, len(entries), PART):
        part = entries[begin : begin + PART]
        names = [entry.host.name for entry in part]
        lookups, pages = _by_host(_lookups(case, names, since)), _by_host(_pages(case, names, since))
        verdicts, servers = _by_host(_verdicts(case, names, since)), _nameservers(case, part)
        for entry in part:
            name = entry.host.name
            found[name] = Revisits(
                lookups=tuple(map(_lookup, lookups.get(name, ()))),
                pages=tuple(map(_page, pages.get(name, ()))),
                verdicts=tuple(map(_judged, verdicts.get(name, ()))),
                listed_nameservers=servers.get(name, ()),
                renewed_at=made.get(entry.serial, entry.listed_at),
            )
    return found


def _lookups(case: Case, names: Sequence[str], since: datetime) -> list[Row]:
    return case.rows(
        f"SELECT host, outcome, nameservers, cnames, resolved_at FROM resolutions WHERE host IN ({_marks(names)}) AND resolved_at >= ? ORDER BY resolved_at, id",
        [*names, time_text(since)],
    )


def _pages(case: Case, names: Sequence[str], since: datetime) -> list[Row]:
    return case.rows(
        "SELECT host, outcome, status, replayed_from IS NULL AS live, page, title, url, final_url, hops, taken_at FROM captures "
        f"WHERE host IN ({_marks(names)}) AND taken_at >= ? ORDER BY taken_at, id",
        [*names, time_text(since)],
    )


def _verdicts(case: Case, names: Sequence[str], since: datetime) -> list[Row]:
    return case.rows(
        f"SELECT host, id, label, band, render_for, judged_at FROM verdicts WHERE host IN ({_marks(names)}) AND judged_at >= ? ORDER BY judged_at, id",
        [*names, time_text(since)],
    )


def _nameservers(case: Case, entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    """The name servers of each host at its last look-up, before it was listed, that saw any."""
    rows = case.rows(
        "SELECT host, nameservers FROM resolutions WHERE id IN (SELECT max(r.id) FROM resolutions r JOIN entries e ON e.host = r.host "
        f"WHERE e.id IN ({_marks(entries)}) AND r.nameservers != '[]' AND r.resolved_at <= e.listed_at GROUP BY r.host)",
        [entry.id for entry in entries],
    )
    return {row["host"]: tuple(json.loads(row["nameservers"])) for row in rows}


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))


def _by_host(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["host"], []).append(row)
    return found


def _lookup(row: Row) -> LookUp:
    return LookUp(
        outcome=Outcome(row["outcome"]),
        nameservers=tuple(json.loads(row["nameservers"])),
        cnames=tuple(json.loads(row["cnames"])),
        at=time_of(row["resolved_at"]),
    )


def _page(row: Row) -> PageSeen:
    return PageSeen(
        outcome=Outcome(row["outcome"]),
        read=row["outcome"] == Outcome.OK.value and row["status"] < 400,
        live=bool(row["live"]),
        landing=row["page"] == "landing",
        title=row["title"],
        urls=tuple(_urls(row)),
        at=time_of(row["taken_at"]),
    )


def _urls(row: Row) -> Iterator[str]:
    if row["hops"] != "[]":
        yield from (hop["url"] for hop in json.loads(row["hops"]))
    yield row["final_url"] or row["url"]


def _judged(row: Row) -> Judged:
    return Judged(
        id=row["id"], label=Label(row["label"]), band=Band(row["band"]), asks=row["render_for"] != "[]", at=time_of(row["judged_at"])
    )
