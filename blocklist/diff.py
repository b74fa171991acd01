"""What one release says that another does not: for people line by line, and as records for JSON.

The two need not be neighbours, nor lie in one folder, nor be in order. Nothing is checked here but that the lists can be read: `verify` does that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from blocklist.content import ENTRY, Gone, Line
from blocklist.formats import entries_json, removed
from casefile.errors import UsageError
from casefile.plaintext import inert

T = TypeVar("T")

COMPARED = ("scope", "family", "reason", "legal_act", "listed_at", "expires_at")
"""What of an entry may change while it stays; the rest follows from its name or from the release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What `field` of a line said before, and what it says now."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An entry of both releases that does not say the same in them."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDiff:
    """What the new release has that the old has not (`added`), lacks (`removed`) and says otherwise (`changed`), each sorted by name; `kept` entries are the same.

    `before`, `after`: entries of each. `removed` has cause and reason where the new release's removed.txt names the host, and empty ones where it does not: the host left in a release between. `canary`: its old and new name where it has another, with no name where a release has none; it is counted nowhere else.
    """

    added: tuple[Line, ...]
    removed: tuple[Gone, ...]
    changed: tuple[Changed, ...]
    kept: int
    before: int
    after: int
    canary: Change | None


def diff(old: Path, new: Path) -> ReleaseDiff:
    """Compare two release folders by their entries.json; raises `UsageError` where one cannot be read."""
    old_lines, new_lines = _lines(old), _lines(new)
    before = {line.name: line for line in old_lines if line.kind == ENTRY}
    after = {line.name: line for line in new_lines if line.kind == ENTRY}
    said = {one.name: one for one in _gone(new)}
    shared = sorted(before.keys() & after.keys())
    changed = tuple(Changed(name=name, changes=found) for name in shared if (found := _changes(before[name], after[name])))
    return ReleaseDiff(
        added=tuple(after[name] for name in sorted(after.keys() - before.keys())),
        removed=tuple(said.get(name, Gone(name=name, cause="", reason="")) for name in sorted(before.keys() - after.keys())),
        changed=changed,
        kept=len(shared) - len(changed),
        before=len(before),
        after=len(after),
        canary=_canary_change(old_lines, new_lines),
    )


def told(found: ReleaseDiff) -> Iterator[str]:
    """The same for people: `+` new, `-` gone, `~` changed, each with what is said of it, and the counts in the last line."""
    for line in found.added:
        yield f"+ {line.name} ({line.scope}): {_because(line)}"
    for one in found.removed:
        yield f"- {one.name}: {one.cause}, {inert(one.reason)}" if one.cause else f"- {one.name}: the second release does not say why"
    for entry in found.changed:
        yield f"~ {entry.name}: {'; '.join(map(_said, entry.changes))}"
    if found.canary:
        yield f"  {_said(found.canary)}"
    counts = f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed, {found.kept} kept"
    yield f"{counts}: {found.before} entries before, {found.after} now"


def _because(line: Line) -> str:
    return inert(f"{line.reason}, act {line.legal_act}" if line.legal_act else line.reason)


def _said(change: Change) -> str:
    return inert(f"{change.field} was {change.old or 'empty'}, is {change.new or 'empty'}")


def _changes(before: Line, after: Line) -> tuple[Change, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in COMPARED)
    return tuple(Change(field=name, old=old, new=new) for name, old, new in pairs if old != new)


def _canary_change(old: tuple[Line, ...], new: tuple[Line, ...]) -> Change | None:
    before, after = (", ".join(line.name for line in lines if line.kind != ENTRY) for lines in (old, new))
    return Change(field="canary", old=before, new=after) if before != after else None


def _lines(folder: Path) -> tuple[Line, ...]:
    return _read(folder / entries_json.NAME, entries_json.read_lines)


def _gone(folder: Path) -> tuple[Gone, ...]:
    return _read(folder / removed.NAME, removed.read_gone)


def _read(path: Path, reader: Callable[[bytes], T]) -> T:
    try:
        return reader(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a release folder like releases/latest") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} does not read back: {inert(str(error))}; run verify on the folder") from None
