"""What a release says, before it is written in any format: the lines of the list, what left it, and the grounds of each line.

Made from the case file once for a release; the formats are pure functions of it. Read back from `entries.json` where there is no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from casefile import queries
from casefile.plaintext import inert
from casefile.records import Capture, Decision, Entry, Evidence, Label, Release, Removal, Scope, Verdict
from casefile.store import Case

WORDS = {Label.OPERATOR: "gambling operator", Label.PROMOTION: "gambling promotion"}
"""The reason that ISPs are given, by the verdict's label."""

OVERRULED = "gambling, by an analyst's decision"
"""The same where the model said something else and an analyst overruled it."""


class Listed(NamedTuple):
    """What a resolver is told: a name, alone or with all below it."""

    name: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it is published. Times are ISO 8601 in UTC to the second; `since`: the serial of the release that listed it."""

    name: str
    unicode_name: str
    scope: str
    family: str
    reason: str
    legal_act: str
    listed_at: str
    expires_at: str
    since: int

    @property
    def listed(self) -> Listed:
        """The part that a resolver needs."""
        return Listed(self.name, Scope(self.scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A name that left the list with this release, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why a name is listed: what the model said, what was found on which captures, who decided."""

    name: str
    scope: Scope
    verdict: Verdict
    decision: Decision
    evidence: tuple[Evidence, ...]
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All a format may draw on. `lines`, `gone` and `grounds` are sorted by name; `grounds` is empty where there is no database."""

    serial: int
    made_at: str
    origin: str
    lines: tuple[Line, ...]
    gone: tuple[Gone, ...] = ()
    grounds: tuple[Grounds, ...] = ()

    @property
    def listed(self) -> tuple[Listed, ...]:
        """Names and scopes, sorted by name."""
        return tuple(line.listed for line in self.lines)


def second(moment: datetime) -> str:
    """A time as published: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The time of `second`; raises `ValueError` for any other form."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or second(moment) != text:
        raise ValueError(f"{text[:40]!a} is not a time like 2026-11-21T00:00:00Z")
    return moment


def content_of(case: Case, release: Release, entries: Iterable[Entry], removals: Iterable[Removal]) -> Content:
    """The content of `release`, drawn from append-only rows alone, so that it can be made again later to the byte."""
    ordered = sorted(entries, key=lambda entry: entry.host.name)
    grounds = _grounds(case, ordered)
    return Content(
        serial=release.serial,
        made_at=second(release.made_at),
        origin=release.origin,
        lines=tuple(_line(entry, ground) for entry, ground in zip(ordered, grounds, strict=True)),
        gone=tuple(Gone(name=one.host.name, reason=inert(one.reason)) for one in sorted(removals, key=lambda one: one.host.name)),
        grounds=grounds,
    )


def _line(entry: Entry, ground: Grounds) -> Line:
    return Line(
        name=entry.host.name,
        unicode_name=entry.host.unicode_name,
        scope=entry.scope.value,
        family=entry.family,
        reason=WORDS.get(ground.verdict.label, OVERRULED),
        legal_act=ground.decision.act,
        listed_at=second(entry.listed_at),
        expires_at=second(entry.expires_at),
        since=entry.serial,
    )


def _grounds(case: Case, entries: Sequence[Entry]) -> tuple[Grounds, ...]:
    verdicts = queries.by_id(case, Verdict, (entry.verdict for entry in entries))
    decisions = queries.by_id(case, Decision, (entry.decision for entry in entries))
    evidence = queries.by_id(case, Evidence, (number for entry in entries for number in entry.evidence))
    seen = {entry.host.name: _captures_behind(entry, verdicts, evidence) for entry in entries}
    captures = queries.by_id(case, Capture, (number for numbers in seen.values() for number in numbers))
    return tuple(
        Grounds(
            name=entry.host.name,
            scope=entry.scope,
            verdict=verdicts[entry.verdict],
            decision=decisions[entry.decision],
            evidence=tuple(evidence[number] for number in entry.evidence),
            captures=tuple(captures[number] for number in seen[entry.host.name] if number in captures),
        )
        for entry in entries
    )


def _captures_behind(entry: Entry, verdicts: dict[int, Verdict], evidence: dict[int, Evidence]) -> list[int]:
    return sorted({*verdicts[entry.verdict].captures, *(evidence[number].capture_id for number in entry.evidence)})
