"""Uphold an appeal: the outcome is kept, and a release without the host is published at once.

Apart from `blocklist.appeal`, which the rules of listing ask: this one publishes, and so stands above them.
"""

from pathlib import Path

from blocklist.appeal import decide_appeal, last_word
from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.policy import Policy
from blocklist.release import publish_without
from casefile import queries
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import Appeal, AppealState, Clock, Release
from casefile.store import Case


def uphold(
    case: Case,
    host: Hostname,
    guard: Guard,
    policy: Policy,
    releases: Path,
    *,
    keys: Keyring,
    analyst: str,
    note: str,
    act: str = "",
    clock: Clock,
    progress: Progress,
) -> tuple[Appeal, Release | None]:
    """Keep that the open appeal on `host` is upheld and publish without it; None for the release where the host was off the list already.

    Killed, or refused by a check, between the two, the same call again publishes what is left to publish. Raises `UsageError` as `decide_appeal` does, and what
    `publish_without` raises; the appeal then is upheld, and the host leaves with the next release that can be made.
    """
    last = last_word(case, host)
    listed = any(entry.host == host for entry in queries.entries_around(case, host))
    half_done = listed and last is not None and last.state is AppealState.UPHELD
    appeal = last if half_done and last else decide_appeal(case, host, AppealState.UPHELD, analyst=analyst, note=note, act=act, clock=clock)
    if not listed:
        return appeal, None
    words = f"appeal upheld: {appeal.note}"
    progress.note(
        f"the appeal for {host} is upheld and kept; publishing without it (where that is refused, it leaves with the next release)"
    )
    release = publish_without(
        case, host, guard, policy, releases, keys=keys, analyst=appeal.person, note=words, clock=clock, progress=progress
    )
    return appeal, release
