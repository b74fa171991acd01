"""All that is known of one host as plain values, its screenshots brought out of the archive to where they can be opened."""

import re
from pathlib import Path
from typing import Any

from blocklist.guard import Guard
from casefile import queries
from casefile.archive import Archive
from casefile.errors import ArchiveError, StoreError, UsageError
from casefile.hostname import Hostname
from casefile.observation import of_json
from casefile.outcomes import OUTCOMES
from casefile.records import ArchiveRef, Capture, How
from casefile.rows import as_json
from casefile.store import Case

PNG = b"\x89PNG\r\n\x1a\n"


def dossier_of(case: Case, host: Hostname, guard: Guard, state: Path) -> dict[str, Any]:
    """Everything on a host as plain values; raises `UsageError` where nothing is known of it.

    Its latest screenshots are written to `screenshots/HOST-VANTAGE.png` in the state folder; what of the archive cannot be read is said in its place.
    """
    sightings = queries.sightings_of(case, host)
    decisions = queries.decisions_of(case, host)
    if not sightings and not decisions:
        raise UsageError(
            f"nothing is known of {host}: name it in a seed file and run a night, or check the spelling (mirrorwatch verdicts)"
        )
    verdict = queries.verdict_of(case, host)
    family = next((one for one in queries.families_now(case) if host in one.members), None)
    members = family.members if family else (host,)
    entry = next((one for one in queries.listed_entries(case) if one.host == host), None)
    refusal = guard.refusal(host, guard.scope_for(host))
    captures = queries.captures_of(case, host)
    rendered = last_rendered(captures)
    return {
        "host": host.name,
        "unicode_name": host.unicode_name,
        "registrable": host.registrable,
        "guarded": refusal.rule if refusal else "",
        "state": as_json(queries.state_of(case, host)),
        "verdict": as_json(verdict) if verdict else None,
        "screenshots": [_screenshot(one, state) for one in rendered if one.screenshot],
        "browser": [_seen(one, state / "archive") for one in rendered if one.observed],
        "family": as_json(family) if family else None,
        "ties": [as_json(tie) for tie in queries.ties_of(case, host) if family and tie.family == family.family],
        "orders": [as_json(order) for order in queries.standing_orders(case) if order.host in members],
        "entry": as_json(entry) if entry else None,
        "decisions": as_json(tuple(decisions)),
        "evidence": as_json(tuple(queries.evidence_of(case, host))),
        "captures": [_capture(capture) for capture in captures],
        "resolutions": as_json(tuple(queries.resolutions_of(case, host))),
        "sightings": as_json(tuple(sightings)),
    }


def last_rendered(captures: list[Capture]) -> list[Capture]:
    """Of what browsers took, the newest of each vantage, a landing page before any other, in the order of the vantages' names."""
    rendered = sorted(
        (one for one in captures if one.how is How.RENDERED),
        key=lambda one: (one.screenshot is not None, one.page.value == "landing", one.taken_at),
    )
    return [one for _, one in sorted({one.vantage.name: one for one in rendered}.items())]


def _screenshot(capture: Capture, state: Path) -> dict[str, Any]:
    """Where the screenshot is now; `fault` says why it is not."""
    assert capture.screenshot is not None
    vantage = re.sub(r"[^A-Za-z0-9_-]", "_", capture.vantage.name)[:40]
    path = state / "screenshots" / f"{capture.host.name}-{vantage}.png"
    shown = {"vantage": capture.vantage.name, "url": capture.url, "taken_at": as_json(capture.taken_at)}
    try:
        write_whole(path, _picture(state / "archive", capture.screenshot))
    except (ArchiveError, StoreError) as error:
        return {**shown, "path": "", "fault": str(error)}
    return {**shown, "path": str(path), "fault": ""}


def _picture(archive: Path, where: ArchiveRef) -> bytes:
    picture = Archive(archive).read(where).payload
    if not picture.startswith(PNG):
        raise ArchiveError(f"{where.file} at {where.offset} is no PNG: render the host again")
    return picture


def write_whole(path: Path, octets: bytes) -> None:
    """Write a file so that it is there whole or not at all; raises `StoreError`."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(octets)
        partial.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}; check the rights of the state folder and its free space") from None


def _seen(capture: Capture, archive: Path) -> dict[str, Any]:
    """What the browser saw beside the page; `fault` says why that cannot be read."""
    assert capture.observed is not None
    shown = {"vantage": capture.vantage.name, "url": capture.url, "title": capture.title}
    try:
        return {**shown, **as_json(of_json(Archive(archive).read(capture.observed).payload)), "fault": ""}
    except ArchiveError as error:
        return {**shown, "fault": str(error)}


def _capture(capture: Capture) -> dict[str, Any]:
    return {**as_json(capture), "meaning": OUTCOMES[capture.outcome].meaning}
