"""Releases made by hand for the tests of `verify`, `chain` and `diff`: written, signed and chained as `publish` does it, without a case file."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from blocklist import manifest as manifests
from blocklist.content import CANARY, ENTRY, Content, Gone, Grounds, Line, canary_line
from blocklist.formats import FORMATS, file_name
from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.manifest import Manifest
from blocklist.signing import SigningKey, TrustedKey, sign
from blocklist.tally import VerifyReport
from blocklist.verify import Trust, verify_as
from casefile.hostname import Door
from casefile.records import Action, Band, Canary, Decision, Label, LogHead, Override, Scope, Verdict
from casefile.reference import Reference

SUFFIXES = ("example", "kz.example", "test")
FIRST, SECOND = 2026112100, 2026112101
MADE_AT, VALID_UNTIL = "2026-11-20T20:00:00Z", "2026-11-23T20:00:00Z"
START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
NAMES = Canary(listed="listed.canary.test", free="free.canary.test", since=FIRST)
LOG = LogHead(decisions=3, orders=1, appeals=0, sha256="ab" * 32)


class Keys:
    """Two keys: the one that signs, and the one before it."""

    def __init__(self, folder: Path) -> None:
        ring = Keyring(folder=folder, password=str)
        ring.make()
        self.old = ring.open_current()
        ring.make()
        self.now = ring.open_current()
        self.trusted = ring.trusted()

    def only(self, key: SigningKey) -> list[TrustedKey]:
        return [one for one in self.trusted if one.id == key.id]


class Verifier:
    """`verify_as` behind a never-list that is made once for all tests: their invented names do not change."""

    guards: ClassVar[dict[tuple[str, ...], Guard]] = {}

    def __init__(self, reference: Reference, keys: Keys) -> None:
        self.reference, self.keys = reference, keys

    def report(self, folder: Path) -> VerifyReport:
        """What is said of a folder whose name is its serial."""
        return verify_as(folder, self._behind, folder.name, Trust(keys=self.keys.trusted))

    def __call__(self, folder: Path) -> set[str]:
        """The items that are named."""
        return {fault.item for fault in self.report(folder).faults}

    def _behind(self, suffixes: tuple[str, ...]) -> Guard:
        if suffixes not in self.guards:
            self.guards[suffixes] = Guard(self.reference, Door(suffixes))
        return self.guards[suffixes]


def line(
    name: str, scope: Scope = Scope.SUBDOMAINS, *, since: int = FIRST, changed: int = 0, expires_at: str = "2027-02-18T20:00:00Z"
) -> Line:
    """An entry; `changed` in the release that listed it unless said."""
    return Line(
        name=name, unicode_name=name, scope=scope.value, family="f1", reason="gambling operator", legal_act="12/2026",
        listed_at="2026-11-20T20:00:00Z", expires_at=expires_at, since=since, changed=changed or since,
    )  # fmt: skip


def content(serial: int, previous: int, lines: Iterable[Line], gone: Iterable[Gone] = (), canary: Canary = NAMES) -> Content:
    """A release of these entries and the canary, with grounds for what is new."""
    ordered = tuple(sorted((*lines, canary_line(canary)), key=lambda one: one.name))
    new = (one for one in ordered if one.since == serial and one.kind == ENTRY)
    return Content(
        serial=serial, previous=previous, made_at=MADE_AT, origin="rpz.test", block_page="page.test", block_address="192.0.2.1",
        lines=ordered, gone=tuple(sorted(gone, key=lambda one: one.name)), grounds=tuple(map(grounds, new)),
    )  # fmt: skip


def grounds(one: Line) -> Grounds:
    """The least that a dossier holds."""
    host = Door(SUFFIXES).parse(one.name)
    verdict = Verdict(
        host=host, label=Label.OPERATOR, probability=0.9, name_probability=0.2, band=Band.MIRROR, reasons=(), model="m1", captures=(),
        through_capture=0, through_evidence=0, judged_at=START,
    )  # fmt: skip
    decision = Decision(host=host, action=Action.APPROVE, analyst="A. Analyst", note="seen", decided_at=START)
    return Grounds(name=one.name, scope=Scope(one.scope), verdict=verdict, decision=decision, evidence=(), captures=())


def manifest(said: Content, files: dict[str, bytes], before: bytes = b"", **changes: Any) -> Manifest:
    """The manifest of a release whose other files are `files`; `before`: the previous one's manifest."""
    canary = next(one for one in said.lines if one.kind == CANARY)
    made = Manifest(
        format=manifests.FORMAT,
        serial=said.serial,
        previous=said.previous,
        previous_sha256=manifests.described("", before).sha256 if before else "",
        made_at=said.made_at,
        valid_until=VALID_UNTIL,
        replayed=False,
        origin=said.origin,
        block_page=said.block_page,
        block_address=said.block_address,
        extra_suffixes=SUFFIXES,
        canary=replace(NAMES, listed=canary.name, since=canary.since),
        entries=len(said.lines) - 1,
        added=sum(1 for one in said.added if one.kind == ENTRY),
        changed=sum(1 for one in said.altered if one.kind == ENTRY),
        removed=sum(1 for one in said.gone if one.cause != CANARY),
        usual=50,
        override=None,
        log=LOG,
        left_out={file_name(one, said): names for one in FORMATS if (names := one.left_out(said))},
        files=tuple(manifests.described(name, data) for name, data in files.items()),
    )
    return replace(made, **changes)


def press(releases: Path, said: Content, key: SigningKey | None, *, override: Override | None = None, **changes: Any) -> Path:
    """Write a release into its folder, after the previous one where that lies beside it; `changes` to the manifest, which `key` signs."""
    folder, beside = releases / str(said.serial), releases / str(said.previous) / manifests.NAME
    files = {file_name(one, said): one.write(said) for one in FORMATS}
    before = beside.read_bytes() if beside.exists() else b"not here" if said.previous else b""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / manifests.NAME).write_bytes(manifests.write(manifest(said, files, before, override=override, **changes)))
    if key is not None:
        signed(folder, key)
    return folder


def signed(folder: Path, key: SigningKey) -> None:
    """Sign the manifest as it lies there."""
    data = (folder / manifests.NAME).read_bytes()
    (folder / manifests.SIGNATURE).write_text(sign(data, json.loads(data)["serial"], key))


def forge(folder: Path, key: SigningKey, written: dict[str, bytes] | None = None, **changes: Any) -> None:
    """Replace files and keys of the manifest and make digests and signature agree: what whoever holds the key could do, or a fault of the program."""
    for name, data in (written or {}).items():
        (folder / name).write_bytes(data)
    path = folder / manifests.NAME
    said = json.loads(path.read_bytes())
    for one in said["files"]:
        found = manifests.described(one["name"], (folder / one["name"]).read_bytes())
        one |= {"size": found.size, "sha256": found.sha256}
    path.write_text(json.dumps(said | changes, indent=1) + "\n")
    signed(folder, key)


OLDER = content(FIRST, 0, [line("a.example"), line("gone.example"), line("renewed.example"), line("www.shop.test", Scope.EXACT)])
NEWER = content(
    SECOND,
    FIRST,
    [
        line("a.example"),
        line("renewed.example", changed=SECOND, expires_at="2027-05-19T20:00:00Z"),
        line("www.new.example", Scope.EXACT, since=SECOND),
        line("www.shop.test", Scope.EXACT),
    ],
    [Gone(name="gone.example", cause="decision", reason="taken off by an analyst: appeal")],
)
"""Two entries kept, one renewed, one new, one gone."""
