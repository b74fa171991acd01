"""Circuit breakers: what a release may not do without somebody's name under it. Pure, but for those that ask the case file.

    shrink        more than 20 % of the entries leave and neither a decision nor an expiry says why
    unusual-new   more than twice as many new entries as a release usually has: in it, or in it and the others of its calendar day
    emptied       nothing is left of a list that had something, and not every removal is explained
    most-new      more than 1,000 new entries
    log           the decision log is not that of the last release with more behind it: rows are lost (a restored backup) or were changed
    clock         the last release was made over a week ago, or over an hour later than now: a clock that runs ahead lets every entry run out at once
    unknown-releases   ISPs may hold a release that the case file does not know (`--after`): what was taken off and listed in it is unknown

`mirrorwatch publish --override REASON --as NAME` publishes past all but `most-new`; it is recorded and covers that one release. Nothing overrides
`most-new`, a guarded name, or a file that does not read back: the first is the law's ceiling, the others would be somebody else's damage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from blocklist.content import CANARY, ENTRY, Content
from blocklist.policy import MOST_A_DAY, Policy
from blocklist.review import fault_in_words
from casefile import queries
from casefile.decision_log import still_holds
from casefile.errors import CheckFailed
from casefile.records import Cause, Override
from casefile.store import Case

RELEASES = 14
"""How many releases tell what is usual; one that listed nothing new (an unlisting, a quiet night) tells nothing of it."""

LEAST_USUAL = 50
"""What is usual at least: on few releases, and on quiet ones, less would trip at nothing."""

MOST_SHRINK = 20
"""Per cent of the entries before that may leave without an explanation."""

CLOCKS_DIFFER = timedelta(hours=1)
"""How far two clocks that are right may be apart: one that was set right in between, or those of whoever makes a release and whoever checks it."""

LONGEST_PAUSE = timedelta(days=7)
"""Between two releases; a nightly machine that was off for longer asks somebody to look at its clock."""

SHRINK, MOST_NEW, UNUSUAL_NEW, EMPTIED, LOG, CLOCK = "shrink", "most-new", "unusual-new", "emptied", "log", "clock"
UNKNOWN = "unknown-releases"

OVERRIDABLE = (SHRINK, UNUSUAL_NEW, EMPTIED, LOG, CLOCK, UNKNOWN)
"""What an analyst may publish past with a reason and a name. The ceiling of 1,000 new entries is not among them."""

EXPLAINED = frozenset({Cause.DECISION.value, Cause.EXPIRY.value})
"""Causes of a removal that explain it: somebody decided, or its time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A breaker that tripped: its name, and the figures in a sentence."""

    name: str
    text: str


def usual_new(case: Case) -> int:
    """How many new entries a release usually has: the median of the last `RELEASES` that had any, at least `LEAST_USUAL`."""
    return max(LEAST_USUAL, int(median(queries.added_by_last_releases(case, RELEASES) or [0])))


def trips(content: Content, usual: int) -> tuple[Trip, ...]:
    """What trips on this release, in the order shrink, most-new, unusual-new, emptied; the canary is not counted.

    `usual`: what `usual_new` said when the release was made, as its manifest repeats it.
    """
    entries = sum(1 for line in content.lines if line.kind == ENTRY)
    new = sum(1 for line in content.added if line.kind == ENTRY)
    causes = [one.cause for one in content.gone if one.cause != CANARY]
    before = entries - new + len(causes)
    unexplained = sum(1 for cause in causes if cause not in EXPLAINED)
    found = {
        SHRINK: (
            100 * unexplained > MOST_SHRINK * before,
            f"{unexplained} of {before} entries leave without a decision or an expiry, {MOST_SHRINK} % are the most",
        ),
        MOST_NEW: (new > MOST_A_DAY, f"{new} new entries, {MOST_A_DAY} are the most whatever the reason"),
        UNUSUAL_NEW: (new > 2 * usual, f"{new} new entries, {usual} are usual and twice that is the most"),
        EMPTIED: (
            not entries and unexplained > 0,
            f"nothing is left of {before} entries, {unexplained} of them without a decision or an expiry",
        ),
    }
    return tuple(Trip(name=name, text=text) for name, (tripped, text) in found.items() if tripped)


def log_trip(case: Case) -> tuple[Trip, ...]:
    """Whether the decision log still begins as the last release said. Only the case file can tell: `trips` does not ask it."""
    last = queries.latest_release(case)
    if last is None or last.log is None or still_holds(case, last.log):
        return ()
    text = f"the decision log no longer begins with the {last.log.decisions} decisions, {last.log.orders} orders and {last.log.appeals} appeals of release {last.serial}: some are lost, as after a restored backup, or were changed"
    return (Trip(name=LOG, text=text),)


def day_trip(case: Case, policy: Policy, new: int, usual: int, now: datetime) -> tuple[Trip, ...]:
    """Whether `new` entries and those listed since the calendar day began are unusually many: a heap in small parts is still one. Only the case file can tell.

    Nothing where `new` is 0, and nothing where the release alone is too much: of that `trips` speaks.
    """
    spent = queries.entries_listed_since(case, policy.begin_of(policy.day_of(now)))
    if not new or new > 2 * usual or spent + new <= 2 * usual:
        return ()
    text = f"{new} new entries and {spent} listed earlier today, {usual} are usual in a release and twice that is the most in a day"
    return (Trip(name=UNUSUAL_NEW, text=text),)


def clock_trip(case: Case, now: datetime) -> tuple[Trip, ...]:
    """Whether `now` does not follow the last release as a clock that is right does; `()` before the first. Only the case file can tell."""
    last = queries.latest_release(case)
    if last is None or -CLOCKS_DIFFER <= now - last.made_at <= LONGEST_PAUSE:
        return ()
    when = "in the future" if now < last.made_at else f"over {LONGEST_PAUSE.days} days ago"
    text = f"it is {now:%Y-%m-%d %H:%M} UTC here and release {last.serial} was made on {last.made_at:%Y-%m-%d %H:%M} UTC, {when}: see whether the clock is right"
    return (Trip(name=CLOCK, text=text),)


def unseen(content: Content) -> tuple[str, ...]:
    """The breakers that may have tripped on this release without its folder showing it: those that ask the case file."""
    new = any(line.kind == ENTRY for line in content.added)
    return (LOG, CLOCK, UNKNOWN, UNUSUAL_NEW) if new else (LOG, CLOCK, UNKNOWN)


def override_for(found: Sequence[Trip], *, analyst: str, reason: str) -> Override | None:
    """What the manifest says of the breakers that tripped: None where none did, whatever was asked for.

    Raises `CheckFailed` where one of them cannot be overridden, or where no reason and name were given, or such as are no plain line.
    """
    final = [trip for trip in found if trip.name not in OVERRIDABLE]
    if final or (found and not (analyst.strip() and reason.strip())):
        raise CheckFailed(refused(found))
    if not found:
        return None
    if fault := fault_in_words(analyst, reason, "", note_is="reason"):
        raise CheckFailed(f"not published, the last release stands: {fault}")
    return Override(analyst=analyst, reason=reason, breakers=tuple(dict.fromkeys(trip.name for trip in found)))


def uncovered(found: Sequence[Trip], override: Override | None) -> tuple[Trip, ...]:
    """The trips that an override does not cover, those among them that none can."""
    named = set(override.breakers) & set(OVERRIDABLE) if override else set()
    return tuple(trip for trip in found if trip.name not in named)


def refused(found: Sequence[Trip]) -> str:
    """What is said to whoever asked for the release: what tripped, the figures, what to do."""
    said = "; ".join(f"{trip.name}: {trip.text}" for trip in found)
    return f"not published, the last release stands: {said}. {_advice(found)}"


def _advice(found: Sequence[Trip]) -> str:
    if final := [trip.name for trip in found if trip.name not in OVERRIDABLE]:
        return (
            f"Nothing overrides {', '.join(final)}: see what `mirrorwatch select` would list, and set daily_limit to {MOST_A_DAY} or less"
        )
    return "See what `mirrorwatch select` says; if it is meant, run `mirrorwatch publish --override REASON --as NAME`, which is recorded and covers this release"
