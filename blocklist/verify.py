"""Is this folder a release that an ISP may load? Answered from the folder alone, without a database; every fault names its item.

In this order: the manifest and its signature; which files there are, their sizes and digests; each file read back to what entries.json says; the counts, the
canary and the circuit breakers; the never-list for every name; the release before, where it lies beside. Also run on the staged folder before a release
is switched to.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

from blocklist import manifest as manifests
from blocklist import signing
from blocklist.breakers import CLOCKS_DIFFER, LEAST_USUAL, OVERRIDABLE, trips, uncovered, unseen
from blocklist.chain import check_chain
from blocklist.content import CANARY, ENTRY, Content, Gone, Line, canary_line, lies_under, moment_of
from blocklist.folder import LARGEST_MANIFEST, LARGEST_SIGNATURE, ReleaseFolder, look_into
from blocklist.formats import FORMATS, Format, entries_json, file_name, removed, rpz
from blocklist.formats.plain import STAMP, checked, stamp
from blocklist.guard import STATE, Guard, Refusal
from blocklist.manifest import Manifest
from blocklist.policy import MOST_A_DAY
from blocklist.popular import Popular
from blocklist.review import fault_in_words
from blocklist.signing import TrustedKey
from blocklist.tally import Fault as Fault
from blocklist.tally import Tally
from blocklist.tally import VerifyReport as VerifyReport
from casefile.collector import collector_paused
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Door
from casefile.records import Scope
from casefile.reference import Reference

GuardBehind = Callable[[tuple[str, ...]], Guard]
"""Gives the never-list behind a door with these extra suffixes."""

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a release must be beside whole. `keys`: one of them must have signed it; `now`: the time at which it must not have run out, None where its age does not
    matter (a release of last year is proof, not a list to load).
    """

    keys: Sequence[TrustedKey]
    now: datetime | None = None


def verify(
    folder: Path,
    reference: Reference,
    *,
    keys: Sequence[TrustedKey] = (),
    popular: Popular | None = None,
    now: datetime | None = None,
) -> VerifyReport:
    """Check a release folder; its name must be its serial, and one of `keys` must have signed it.

    `popular`: the imported top list, where there is one. `now`: the time at which the release must not have run out; None where its age does not matter. Raises
    `UsageError` where there is no folder.
    """
    if not folder.is_dir():
        raise UsageError(f"no release at {folder}: name a folder like releases/latest")
    trust = Trust(keys=keys, now=now)
    return verify_as(folder, lambda suffixes: Guard(reference, Door(suffixes), popular), folder.resolve().name, trust)


def verify_as(folder: Path, guard_behind: GuardBehind, serial: str, trust: Trust | None = None) -> VerifyReport:
    """Check a folder whose manifest must say this serial; without `trust` no signature is looked at. Raises `UsageError` where the folder cannot be looked into."""
    try:
        there = look_into(folder)
    except OSError as error:
        raise UsageError(f"cannot look into {folder}: {error.strerror}; check its rights") from None
    with collector_paused():
        return _checked(there, guard_behind, serial, trust)


def _checked(there: ReleaseFolder, guard_behind: GuardBehind, serial: str, trust: Trust | None) -> VerifyReport:
    tally = Tally()
    data = there.read_small(manifests.NAME, LARGEST_MANIFEST, tally)
    manifest = _manifest(data, tally) if data is not None else None
    if data is None or manifest is None:
        return tally.report()
    signed = _signer(there, data, serial, trust, tally)
    if signed is None:
        return tally.report()
    _check_manifest(manifest, serial, tally)
    if trust is not None and trust.now is not None:
        _check_age(manifest, trust.now, tally)
    guard = _guard(manifest, guard_behind, tally)
    if guard is None:
        return tally.report()
    _note_unchecked(there, manifest, guard, tally)
    content = _files(there, manifest, tally)
    if content is not None:
        _check_counts(content, manifest, tally)
        _check_lines(content, tally)
        _check_canary(content, manifest, guard, tally)
        _check_breakers(content, manifest, tally)
        _check_names(content, guard.with_own((manifest.origin, manifest.block_page, manifest.canary.listed, manifest.canary.free)), tally)
    check_chain(there, manifest, content, tally, signed=bool(signed))
    return tally.report()


# the manifest and its signature


def _manifest(data: bytes, tally: Tally) -> Manifest | None:
    try:
        found = manifests.read(data)
    except (ValueError, RecursionError) as error:
        tally.fail(manifests.NAME, f"is not a manifest: {error}")
        return None
    tally.expect(True, manifests.NAME, "")
    return found


def _signer(there: ReleaseFolder, data: bytes, serial: str, trust: Trust | None, tally: Tally) -> str | None:
    """Count whether a trusted key signed the manifest: its id, empty where none did or nobody asked; None where the manifest was changed, so that nothing it says counts."""
    found = there.read_small(manifests.SIGNATURE, LARGEST_SIGNATURE, tally) if trust is not None else None
    if trust is None or found is None:
        return ""
    text = found.decode("ascii", errors="replace")
    try:
        signer = signing.check(data, text, trust.keys)
    except ValueError as error:
        changed = _names_another(text, data, serial)
        tally.fail(manifests.NAME if changed else manifests.SIGNATURE, f"no good signature: {error}")
        return None if changed else ""
    tally.expect(True, manifests.SIGNATURE, "")
    return signer


def _names_another(signature: str, data: bytes, serial: str) -> bool:
    """Whether a signature that does not fit says it is of this serial with another digest: then the manifest is what was changed."""
    said = signing.TRUSTED_COMMENT.search(signature)
    return said is not None and said[1] == serial and said[2] != manifests.described(manifests.NAME, data).sha256


def _check_age(manifest: Manifest, now: datetime, tally: Tally) -> None:
    late = moment_of(manifest.valid_until) < now
    tally.expect(
        not late, manifests.NAME, f"was good until {manifest.valid_until}: keep the list that is loaded, and find out why no newer one came"
    )
    early = moment_of(manifest.made_at) > now + CLOCKS_DIFFER
    tally.expect(
        not early, manifests.NAME, f"was made at {manifest.made_at}, which is yet to come: a clock is wrong, here or where it was made"
    )


def _note_unchecked(there: ReleaseFolder, manifest: Manifest, guard: Guard, tally: Tally) -> None:
    """Tell what this check could not look at."""
    if guard.popular is None:
        tally.note(manifests.NAME, "no top list is here (mirrorwatch guard update FILE): whether a popular name is listed was not checked")
    if manifest.previous and not (there.path.resolve().parent / str(manifest.previous)).is_dir():
        tally.note(
            manifests.NAME,
            f"release {manifest.previous}, which it follows, does not lie beside it: what changed since then was not checked",
        )


def _check_manifest(manifest: Manifest, serial: str, tally: Tally) -> None:
    if manifest.replayed:
        tally.note(manifests.NAME, "something in this release was never seen on the live web: never load it into a resolver")

    def expect(good: bool, text: str) -> None:  # noqa: FBT001 - the one thing that is asked
        tally.expect(good, manifests.NAME, text)

    expect(str(manifest.serial) == serial, f"says serial {manifest.serial}, the folder is {serial}")
    expect(0 <= manifest.previous < manifest.serial < 1 << 32, "the serial must be over the previous one and within 32 bits")
    expect(bool(manifest.previous) == bool(manifest.previous_sha256), "the previous serial and its digest go together")
    digests = [
        manifest.log.sha256,
        *([manifest.previous_sha256] if manifest.previous_sha256 else []),
        *(one.sha256 for one in manifest.files),
    ]
    expect(all(map(DIGEST.fullmatch, digests)), "holds a digest that is not 64 hex digits")
    log = manifest.log
    expect(min(log.decisions, log.orders, log.appeals) >= 0, "says that the decision log has less than no rows")
    expect(
        LEAST_USUAL <= manifest.usual <= MOST_A_DAY, f"says {manifest.usual} new entries are usual, from {LEAST_USUAL} to {MOST_A_DAY} are"
    )


def _guard(manifest: Manifest, guard_behind: GuardBehind, tally: Tally) -> Guard | None:
    """The never-list behind the door of this release; None where the names that everything else rests on are none."""
    names = {
        "origin": manifest.origin,
        "block_page": manifest.block_page,
        "canary listed": manifest.canary.listed,
        "canary free": manifest.canary.free,
    }
    try:
        for key in names:
            checked(names[key], 1)
        key = "block_address"
        IPv4Address(manifest.block_address)
        key = "extra_suffixes"
        # a suffix that the public list has is private or not as that says: a manifest cannot open a shared host
        return guard_behind(tuple(suffix for suffix in manifest.extra_suffixes if suffix not in _public_suffixes()))
    except (ValueError, HostnameRefused) as error:
        tally.fail(manifests.NAME, f"{key} cannot be what it says: {error}")
        return None


@cache
def _public_suffixes() -> frozenset[str]:
    return Door().suffixes()


# the files


def _files(there: ReleaseFolder, manifest: Manifest, tally: Tally) -> Content | None:
    """Count every file of the folder; the content, None where entries.json and removed.txt do not give it."""
    empty = _content_with(manifest, (), ())
    forms = {file_name(one, empty): one for one in FORMATS}
    named = {one.name: one for one in manifest.files}
    tally.expect(len(named) == len(manifest.files), manifests.NAME, "names a file twice")
    there.check_names(forms, named, tally)
    base = {name: there.read(named[name], tally) for name in (entries_json.NAME, removed.NAME) if name in named}
    content = _content(base, manifest, tally)
    for name, form in forms.items():
        if name in named and name != entries_json.NAME:
            data = base[name] if name in base else there.read(named[name], tally)
            if data is not None and content is not None:
                _check_file(name, form, data, content, tally)
    return content


def _content(base: dict[str, bytes | None], manifest: Manifest, tally: Tally) -> Content | None:
    entries, left = base.get(entries_json.NAME), base.get(removed.NAME)
    lines = gone = None
    try:
        item = entries_json.NAME
        lines = entries_json.read_lines(entries) if entries is not None else None
        item = removed.NAME
        gone = removed.read_gone(left) if left is not None else None
    except (ValueError, RecursionError) as error:
        tally.fail(item, f"does not read back: {error}")
    return _content_with(manifest, lines, gone) if lines is not None and gone is not None else None


def _content_with(manifest: Manifest, lines: tuple[Line, ...], gone: tuple[Gone, ...]) -> Content:
    return Content(
        serial=manifest.serial,
        previous=manifest.previous,
        made_at=manifest.made_at,
        origin=manifest.origin,
        block_page=manifest.block_page,
        block_address=manifest.block_address,
        lines=lines,
        gone=gone,
    )


def _check_file(name: str, form: Format, data: bytes, content: Content, tally: Tally) -> None:
    """Count whether a file reads back to what it must say, and is of this release."""
    try:
        found = form.read(data)
    except (ValueError, RecursionError) as error:
        tally.fail(name, f"does not read back: {error}")
        return
    wanted = form.view(content)
    strays = [] if found == wanted else sorted({one.name for one in set(found) ^ set(wanted)})
    tally.expect(found == wanted, name, f"does not hold exactly the entries of {entries_json.NAME}: {', '.join(strays[:5])}")
    head = data[:500].decode("utf-8", errors="replace")
    stamped = STAMP.search(head)
    tally.expect(stamped is None or f" {stamped[0]}" == stamp(content, ""), name, "begins with the stamp of another release")
    serial = rpz.SOA.search(head)
    tally.expect(serial is None or f" {content.serial} 900 " in serial[0], name, "its SOA does not carry the serial")


# what they say


def _check_counts(content: Content, manifest: Manifest, tally: Tally) -> None:
    counted = {
        "entries": sum(1 for line in content.lines if line.kind == ENTRY),
        "added": sum(1 for line in content.added if line.kind == ENTRY),
        "changed": sum(1 for line in content.altered if line.kind == ENTRY),
        "removed": sum(1 for one in content.gone if one.cause != CANARY),
    }
    for key, number in counted.items():
        said = getattr(manifest, key)
        tally.expect(said == number, manifests.NAME, f"says {said} {key}, there are {number}")
    left_out = {file_name(one, content): missing for one in FORMATS if (missing := one.left_out(content))}
    tally.expect(left_out == manifest.left_out, manifests.NAME, "left_out is not what the formats leave out")


def _check_lines(content: Content, tally: Tally) -> None:
    names = {line.name for line in content.lines}
    for one in content.gone:
        tally.expect(one.name not in names, one.name, f"stands in {removed.NAME} and in {entries_json.NAME}")
    for line in content.lines:
        good = 0 < line.since <= line.changed <= content.serial
        tally.expect(good, line.name, f"is listed since {line.since} and changed in {line.changed}, which does not go with this release")


def _check_canary(content: Content, manifest: Manifest, guard: Guard, tally: Tally) -> None:
    """The canary that is listed is the manifest's, and harms nobody; the one that is not listed is not blocked either."""
    listed, free = manifest.canary.listed, manifest.canary.free
    canaries = tuple(line for line in content.lines if line.kind == CANARY)
    tally.expect(canaries == (canary_line(manifest.canary),), manifests.NAME, f"the canary {listed} is not the one in the list")
    covering = {line.name for line in content.lines if line.scope == Scope.SUBDOMAINS.value}
    blocked = free in {line.name for line in content.lines} or lies_under(free, covering)
    tally.expect(not blocked, free, "is the canary that is never listed, and is blocked")
    at_block_page = manifest.block_page == listed or lies_under(manifest.block_page, {listed})
    tally.expect(not at_block_page, manifests.NAME, f"the block page {manifest.block_page} is or lies under the canary, and is blocked")
    refusal = guard.with_own(()).refusal(guard.door.parse(listed), Scope.SUBDOMAINS)
    if refusal is not None and _is_popular_above(listed, refusal, guard):
        tally.note(listed, f"the canary lies under a popular name: {refusal.text}")
        refusal = None
    own = refusal is None or refusal.rule == "reserved-name" or _is_of_the_authority(listed, manifest.origin, guard.door)
    tally.expect(
        own,
        listed,
        f"is no name for a canary: {refusal.text if refusal else ''}; take one of the authority's own, below its site, and an origin of the same site",
    )


def _is_popular_above(listed: str, refusal: Refusal, guard: Guard) -> bool:
    """Whether all that speaks against a canary is that many visit the site above it: the canary itself is visited by nobody."""
    if refusal.rule != "popular" or guard.popular is None:
        return False
    return not guard.popular.rank(listed) and not guard.popular.below(listed)


def _is_of_the_authority(listed: str, origin: str, door: Door) -> bool:
    """Whether a canary among the names of the state lies below the site that the policy zone is named after: not on another ministry's."""
    host = door.parse(listed)
    return lies_under(listed, set(STATE)) and host.name != host.registrable == door.parse(origin).registrable


def _check_breakers(content: Content, manifest: Manifest, tally: Tally) -> None:
    found, override = trips(content, manifest.usual), manifest.override
    tripped = tuple(trip.name for trip in found)
    for trip in uncovered(found, override):
        tally.fail(manifests.NAME, f"circuit breaker {trip.name}, which no override covers: {trip.text}")
    if override is None:
        tally.expect(True, manifests.NAME, "")
        return
    fault = fault_in_words(override.analyst, override.reason, "", note_is="reason")
    tally.expect(not fault, manifests.NAME, f"overrides circuit breakers without a name and a reason in plain words: {fault}")
    beyond = [name for name in override.breakers if name not in OVERRIDABLE or name not in (*tripped, *unseen(content))]
    tally.expect(
        bool(override.breakers) and not beyond, manifests.NAME, f"overrides what did not trip or cannot be overridden: {', '.join(beyond)}"
    )


def _check_names(content: Content, guard: Guard, tally: Tally) -> None:
    for line in content.lines:
        if line.kind == CANARY:
            continue
        try:
            refusal = guard.refusal(guard.door.parse(line.name), Scope(line.scope))
        except HostnameRefused as error:
            tally.fail(line.name, f"no host name: {error.reason}")
            continue
        tally.expect(refusal is None, line.name, f"must never be listed, rule {refusal.rule}: {refusal.text}" if refusal else "")
