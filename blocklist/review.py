"""Decisions: what an analyst says of hosts, and what was decided before this case file began. All or nothing, nothing overwritten."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from blocklist.appeal import barred
from blocklist.guard import Guard
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Hostname
from casefile.plaintext import is_plain_line
from casefile.records import Action, Clock, Decision
from casefile.store import Case

LONGEST = {"analyst": 100, "note": 1000, "act": 100}
"""Characters at most."""

COLUMNS = ("host", "action", "analyst", "note", "act", "decided_at")


def decide(
    case: Case, hosts: Sequence[Hostname], action: Action, *, analyst: str, note: str, act: str = "", guard: Guard, clock: Clock
) -> list[Decision]:
    """Append one Decision a host and return them with their ids. Raises `UsageError` naming every host at fault, and then appends nothing."""
    if fault := fault_in_words(analyst, note, act):
        raise UsageError(f"{fault}. Nothing was decided")
    known = queries.known_hosts(case, hosts)
    if strangers := [host.name for host in hosts if host.name not in known]:
        raise UsageError(
            f"the case file has never met {_listed(strangers)}: check the spelling, or name them as seeds first. Nothing was decided"
        )
    if action is Action.APPROVE:
        refusals = [f"{refusal.text} (rule {refusal.rule})" for host in hosts if (refusal := guard.refusal(host, guard.scope_for(host)))]
        upheld = barred(case)
        refusals += [
            f"an appeal for {host} was upheld on {upheld[host.name].said_at:%Y-%m-%d} and stands: mirrorwatch appeal decide {host} --refuse --act NUMBER "
            "ends that (rule appeal)"
            for host in hosts
            if host.name in upheld
        ]
        if refusals:
            raise UsageError(f"{_listed(refusals, '; ')}. Nothing was decided")
    moment = clock()
    made = [
        Decision(host=host, action=action, analyst=analyst.strip(), note=note.strip(), act=act.strip(), decided_at=moment)
        for host in dict.fromkeys(hosts)
    ]
    return [replace(one, id=number) for one, number in zip(made, case.add(made), strict=True)]


def import_decisions(case: Case, path: Path, clock: Clock) -> int:
    """Bring in decisions made before, once; returns how many were new. Raises `UsageError` with file and line, and then brings in nothing.

    CSV in UTF-8 with the columns host, action, analyst, note, act, decided_at (ISO 8601 with a zone, not in the future). Hosts may be unknown yet.
    A line older than a decision the case file already holds on that host is history and left out: the later word stands.
    """
    read = sorted(_lines(case, path, clock()), key=lambda one: one.decided_at)
    latest = {one.host.name: one.decided_at for one in queries.latest_decisions(case)}
    fresh = [one for one in read if one.host.name not in latest or one.decided_at > latest[one.host.name]]
    return sum(1 for number in case.add(fresh) if number)


def _lines(case: Case, path: Path, now: datetime) -> Iterator[Decision]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise UsageError(f"{path}:1: the first line must be {','.join(COLUMNS)}")
            for row in reader:
                yield _decision(case, row, f"{path}:{reader.line_num}", now)
    except OSError as error:
        raise UsageError(f"cannot read the decisions {path}: {error.strerror}; correct [night] decisions in the configuration") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8: save it as UTF-8") from None
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: {error}") from None


def _decision(case: Case, row: dict[str, str], where: str, now: datetime) -> Decision:
    if None in row or None in row.values():
        raise UsageError(f"{where}: wants {len(COLUMNS)} fields")
    if fault := fault_in_words(row["analyst"], row["note"], row["act"]):
        raise UsageError(f"{where}: {fault}")
    try:
        decided = datetime.fromisoformat(row["decided_at"])
        if decided.tzinfo is not None:
            decided = decided.astimezone(UTC)
        action = Action(row["action"])
        host = case.door.parse(row["host"])
    except (ValueError, OverflowError, HostnameRefused) as error:
        raise UsageError(f"{where}: {error}") from None
    if decided.tzinfo is None or decided > now:
        raise UsageError(f"{where}: decided_at {row['decided_at']} needs a time zone and cannot be in the future")
    return Decision(
        host=host,
        action=action,
        analyst=row["analyst"].strip(),
        note=row["note"].strip(),
        act=row["act"].strip(),
        decided_at=decided,
    )


def fault_in_words(analyst: str, note: str, act: str, *, note_is: str = "note") -> str:
    """What is wrong with who decides and why, empty where nothing is. `note_is`: what whoever gave the note calls it."""
    for name, text in (("analyst", analyst), ("note", note), ("act", act)):
        called = note_is if name == "note" else name
        if name != "act" and not text.strip():
            return f"a decision needs the {called}: it is empty"
        if len(text) > LONGEST[name]:
            return f"the {called} is longer than {LONGEST[name]} characters"
        if not is_plain_line(text):
            return f"the {called} holds control characters; give one line of plain text"
    return ""


def _listed(items: Sequence[str], between: str = ", ") -> str:
    return between.join(items[:10]) + (f"{between}and {len(items) - 10} more" if len(items) > 10 else "")
