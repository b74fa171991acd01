"""manifest.json: what a release is, and the size and SHA-256 of each of its files; the one file that an ISP must trust."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from blocklist.content import Content, moment_of, second
from blocklist.formats import rpz
from casefile.records import Release, ReleaseFile

NAME = "manifest.json"
FORMAT = "mirrorwatch-release-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest; in the file the keys stand in this order.

    `previous_sha256`: digest of the previous release's manifest, empty for the first; `replayed`: something in it was never seen on the live
    web, only in an archive: never load it into a resolver; `extra_suffixes`: suffixes the names were read with beside the public list; `rpz_left_out`: listed names too long for
    the zone; `files`: all but the manifest itself.
    """

    format: str
    serial: int
    previous: int
    previous_sha256: str
    made_at: str
    valid_until: str
    replayed: bool
    origin: str
    extra_suffixes: tuple[str, ...]
    entries: int
    added: int
    removed: int
    rpz_left_out: tuple[str, ...]
    files: tuple[ReleaseFile, ...]


def manifest_of(release: Release, content: Content, previous_sha256: str) -> Manifest:
    """The manifest of a release whose other files are written."""
    return Manifest(
        format=FORMAT,
        serial=release.serial,
        previous=release.previous,
        previous_sha256=previous_sha256,
        made_at=second(release.made_at),
        valid_until=second(release.made_at + timedelta(hours=release.valid_hours)),
        replayed=release.replayed,
        origin=release.origin,
        extra_suffixes=release.suffixes,
        entries=release.entries,
        added=release.added,
        removed=release.removed,
        rpz_left_out=rpz.too_long(content),
        files=tuple(one for one in release.files if one.name != NAME),
    )


def described(name: str, data: bytes) -> ReleaseFile:
    """Name, size and digest of a file."""
    return ReleaseFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def write(manifest: Manifest) -> bytes:
    """The file: JSON over several lines, keys in order."""
    return (json.dumps(asdict(manifest), ensure_ascii=True, indent=1) + "\n").encode("ascii")


def read(data: bytes) -> Manifest:
    """The manifest; raises `ValueError` for anything else than what `write` writes."""
    found = json.loads(data)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"not of the format {FORMAT}")
    hints: dict[str, type] = {"serial": int, "previous": int, "replayed": bool, "entries": int, "added": int, "removed": int}
    lists = ("extra_suffixes", "rpz_left_out", "files")
    for field in fields(Manifest):
        wanted = list if field.name in lists else hints.get(field.name, str)
        if type(found.get(field.name)) is not wanted:
            raise ValueError(f"{field.name} is missing or of the wrong type")
    if any(type(text) is not str for name in lists[:2] for text in found[name]):
        raise ValueError("a name in a list is not text")
    if moment_of(found["made_at"]) >= moment_of(found["valid_until"]):
        raise ValueError("valid_until is not after made_at")
    try:
        manifest = Manifest(**{**found, **{name: tuple(found[name]) for name in lists[:2]}, "files": tuple(map(_file, found["files"]))})
    except TypeError as error:
        raise ValueError(f"keys that do not belong there: {error}") from None
    if write(manifest) != data:
        raise ValueError("not written as a manifest is (order of keys, blanks)")
    return manifest


def _file(found: Any) -> ReleaseFile:
    if (
        not isinstance(found, dict)
        or [type(value) for value in found.values()] != [str, int, str]
        or list(found) != ["name", "size", "sha256"]
    ):
        raise ValueError("a file wants name, size and sha256")
    return ReleaseFile(**found)
