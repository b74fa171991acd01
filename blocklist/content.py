"""What a release says, before it is written in any format: the lines of the list, what left it, and the grounds of what is new on it.

Made from the case file once for a release; the formats are pure functions of it. Read back from `entries.json` where there is no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from casefile import queries
from casefile.errors import UsageError
from casefile.hostname import unicode_of
from casefile.plaintext import inert
from casefile.records import Canary, Capture, Decision, Entry, Evidence, Label, Release, Removal, Scope, Verdict
from casefile.store import Case

WORDS = {Label.OPERATOR: "gambling operator", Label.PROMOTION: "gambling promotion"}
"""The reason that ISPs are given, by the verdict's label."""

OVERRULED = "gambling, by an analyst's decision"
"""The same where the model said something else and an analyst overruled it."""

ENTRY, CANARY = "entry", "canary"
"""Kinds of a line."""

CANARY_REASON = "proves that the list is in use"
CANARY_TIMES = ("2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
"""When a canary was listed and expires: never."""


class Listed(NamedTuple):
    """What a resolver is told: a name, alone or with all below it."""

    name: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it is published, or the canary (`kind`). Times are ISO 8601 in UTC to the second.

    `since`: the serial of the release that listed it; `changed`: of the release in which anything in this line last changed.
    """

    name: str
    unicode_name: str
    scope: str
    kind: str = ENTRY
    family: str
    reason: str
    legal_act: str
    listed_at: str
    expires_at: str
    since: int
    changed: int

    @property
    def listed(self) -> Listed:
        """The part that a resolver needs."""
        return Listed(self.name, Scope(self.scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A name that left the list with this release, and why: `cause` is a value of `Cause`, or `canary` where the canary has another name now."""

    name: str
    cause: str
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


@dataclass(frozen=True, kw_only=True)
class Content:
    """All a format may draw on. `lines`, `gone` and `grounds` are sorted by name; `grounds` covers what `serial` lists anew, and is empty where there is no database.

    `origin`: the name of the policy zone; `block_page`, `block_address`: where redirecting formats send visitors.
    """

    serial: int
    previous: int
    made_at: str
    origin: str
    block_page: str
    block_address: str
    lines: tuple[Line, ...]
    gone: tuple[Gone, ...] = ()
    grounds: tuple[Grounds, ...] = ()

    @cached_property
    def listed(self) -> tuple[Listed, ...]:
        """Names and scopes, sorted by name, the canary among them."""
        return tuple(line.listed for line in self.lines)

    @cached_property
    def pruned(self) -> tuple[Listed, ...]:
        """`listed` without names that lie under one that covers its subdomains."""
        covering = {one.name for one in self.listed if one.scope is Scope.SUBDOMAINS}
        return tuple(one for one in self.listed if not lies_under(one.name, covering))

    @property
    def added(self) -> tuple[Line, ...]:
        """The lines that this release brought, the canary's too where it is new."""
        return tuple(line for line in self.lines if line.since == self.serial)

    @property
    def altered(self) -> tuple[Line, ...]:
        """The lines that stood before and say something else now: a renewed entry, another scope."""
        return tuple(line for line in self.lines if line.since != self.serial == line.changed)


def lies_under(name: str, covering: set[str]) -> bool:
    """Whether any name above `name` is among `covering`."""
    while "." in name:
        name = name.partition(".")[2]
        if name in covering:
            return True
    return False


def second(moment: datetime) -> str:
    """A time as published: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The time of `second`; raises `ValueError` for any other form."""
    moment = datetime.fromisoformat(text)
    try:
        good = moment.tzinfo is not None and second(moment) == text
    except OverflowError:  # the first or last day of all years, in a zone where it lies outside of them
        good = False
    if not good:
        raise ValueError(f"{text[:40]!a} is not a time like 2026-11-21T00:00:00Z")
    return moment


def content_of(case: Case, release: Release, entries: Iterable[Entry], removals: Iterable[Removal]) -> Content:
    """The content of `release`, drawn from append-only rows alone, so that it can be made again later to the byte.

    Raises `UsageError` where the canary is a name that is listed, or leaves the list with this release.
    """
    ordered, removals = sorted(entries, key=lambda entry: entry.host.name), list(removals)
    assert release.canary is not None
    if release.canary.listed in {entry.host.name for entry in ordered} | {one.host.name for one in removals}:
        raise UsageError(
            f"the canary {release.canary.listed} is an entry of the list: name another as canary under [policy], one of the authority's own; the last release stands"
        )
    before = queries.release_of(case, release.previous)
    return Content(
        serial=release.serial,
        previous=release.previous,
        made_at=second(release.made_at),
        origin=release.origin,
        block_page=release.block_page,
        block_address=release.block_address,
        lines=tuple(sorted([*map(_line, ordered), canary_line(release.canary)], key=lambda line: line.name)),
        gone=_gone(removals, release.canary, before.canary if before else None),
        grounds=_grounds(case, [entry for entry in ordered if entry.since == release.serial]),
    )


def canary_line(canary: Canary) -> Line:
    """The line of the name that is always listed."""
    listed_at, expires_at = CANARY_TIMES
    return Line(
        name=canary.listed,
        unicode_name=unicode_of(canary.listed),
        scope=Scope.SUBDOMAINS.value,
        kind=CANARY,
        family="",
        reason=CANARY_REASON,
        legal_act="",
        listed_at=listed_at,
        expires_at=expires_at,
        since=canary.since,
        changed=canary.since,
    )


def reason_for(label: Label) -> str:
    """What ISPs are told of an entry whose verdict says `label`."""
    return WORDS.get(label, OVERRULED)


def _line(entry: Entry) -> Line:
    return Line(
        name=entry.host.name,
        unicode_name=entry.host.unicode_name,
        scope=entry.scope.value,
        family=entry.family,
        reason=entry.reason,
        legal_act=entry.act,
        listed_at=second(entry.listed_at),
        expires_at=second(entry.expires_at),
        since=entry.since,
        changed=entry.serial,
    )


def _gone(removals: Iterable[Removal], canary: Canary, before: Canary | None) -> tuple[Gone, ...]:
    gone = [Gone(name=one.host.name, cause=one.cause.value, reason=inert(one.reason)) for one in removals]
    if before is not None and before.listed != canary.listed:
        gone.append(Gone(name=before.listed, cause=CANARY, reason="the canary has another name"))
    return tuple(sorted(gone, key=lambda one: one.name))


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
