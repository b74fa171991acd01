"""manifest.json: what a release is, and the size and SHA-256 of each of its files; the one file that is signed, and that an ISP must trust."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any, TypeVar

from blocklist.content import moment_of, second
from casefile.records import Canary, LogHead, Override, Release, ReleaseFile

NAME = "manifest.json"
SIGNATURE = "manifest.json.minisig"
FORMAT = "mirrorwatch-release-2"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest; in the file the keys stand in this order.

    `previous_sha256`: digest of the previous release's manifest, empty for the first; `replayed`: something in it was never seen on the live
    web, only in an archive: never load it into a resolver; `extra_suffixes`: suffixes the names were read with beside the public list; `canary`: not counted among
    `entries` (all there are), `added`, `changed` (renewed) and `removed`; `usual`: new entries that a release usually has; `log`: the head of the decision log;
    `left_out`: by file, the listed names too long for it; `files`: all but the manifest itself and its signature.
    """

    format: str
    serial: int
    previous: int
    previous_sha256: str
    made_at: str
    valid_until: str
    replayed: bool
    origin: str
    block_page: str
    block_address: str
    extra_suffixes: tuple[str, ...]
    canary: Canary
    entries: int
    added: int
    changed: int
    removed: int
    usual: int
    override: Override | None
    log: LogHead
    left_out: Mapping[str, tuple[str, ...]]
    files: tuple[ReleaseFile, ...]


def manifest_of(release: Release, previous_sha256: str, left_out: Mapping[str, tuple[str, ...]]) -> Manifest:
    """The manifest of a release whose other files are written."""
    assert release.canary is not None
    assert release.log is not None
    return Manifest(
        format=FORMAT,
        serial=release.serial,
        previous=release.previous,
        previous_sha256=previous_sha256,
        made_at=second(release.made_at),
        valid_until=second(release.made_at + timedelta(hours=release.valid_hours)),
        replayed=release.replayed,
        origin=release.origin,
        block_page=release.block_page,
        block_address=release.block_address,
        extra_suffixes=release.suffixes,
        canary=release.canary,
        entries=release.entries,
        added=release.added,
        changed=release.changed,
        removed=release.removed,
        usual=release.usual,
        override=release.override,
        log=release.log,
        left_out=left_out,
        files=tuple(one for one in release.files if one.name not in (NAME, SIGNATURE)),
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
    if list(found) != [field.name for field in fields(Manifest)]:
        raise ValueError("keys that do not belong there, or are missing")
    for name, kind in _KINDS.items():
        if type(found[name]) is not kind:
            raise ValueError(f"{name} is of the wrong type")
    if moment_of(found["made_at"]) >= moment_of(found["valid_until"]):
        raise ValueError("valid_until is not after made_at")
    manifest = Manifest(**{**found, **_nested(found)})
    if write(manifest) != data:
        raise ValueError("not written as a manifest is (order of keys, blanks)")
    return manifest


_KINDS: dict[str, type] = {
    **dict.fromkeys(("serial", "previous", "entries", "added", "changed", "removed", "usual"), int),
    **dict.fromkeys(("previous_sha256", "made_at", "valid_until", "origin", "block_page", "block_address"), str),
    **dict.fromkeys(("extra_suffixes", "files"), list),
    **dict.fromkeys(("canary", "log", "left_out"), dict),
    "replayed": bool,
}


def _nested(found: dict[str, Any]) -> dict[str, Any]:
    override = found["override"]
    return {
        "extra_suffixes": _texts(found["extra_suffixes"]),
        "canary": _record(Canary, found["canary"], str, str, int),
        "override": None if override is None else _override(override),
        "log": _record(LogHead, found["log"], int, int, int, str),
        "left_out": {name: _texts(names) for name, names in found["left_out"].items()},
        "files": tuple(_record(ReleaseFile, one, str, int, str) for one in found["files"]),
    }


def _override(found: Any) -> Override:
    made = _record(Override, found, str, str, list)
    return Override(analyst=made.analyst, reason=made.reason, breakers=_texts(made.breakers))


def _record(kind: type[T], found: Any, *types: type) -> T:
    wanted = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if not isinstance(found, dict) or list(found) != wanted or tuple(type(value) for value in found.values()) != types:
        raise ValueError(f"{kind.__name__} wants {', '.join(wanted)}")
    return kind(**found)


def _texts(found: Any) -> tuple[str, ...]:
    if not isinstance(found, (list, tuple)) or any(type(text) is not str for text in found):
        raise ValueError("a list of names holds something else than text")
    return tuple(found)
