"""What a browser saw of a page beside its final DOM: one JSON resource in the archive (`urn:pageinfo:URL`), written by the renderer, read by detectors."""

import json
from dataclasses import dataclass
from typing import Any

from casefile.errors import ArchiveError
from casefile.records import ArchiveRef
from casefile.rows import as_json, from_json

PAGE_INFO = "urn:pageinfo:"
DOM = "urn:dom:"
SCREENSHOT = "urn:fullPage:"
"""How the addresses of a rendered page's resource records begin; the page's address follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """One request of the page, as the browser made it.

    `kind`: the browser's word (document, script, stylesheet, image, xhr, fetch, websocket, ...; `favicon` where the renderer asked for it); `initiator`: the
    address of the script or frame that asked, empty for the visitor; `status` is 0 and `failure` says why where no answer came; `mime` without parameters;
    `record`: the archived response, None where its body is not kept.
    """

    url: str
    kind: str
    method: str = "GET"
    initiator: str = ""
    status: int = 0
    mime: str = ""
    failure: str = ""
    record: ArchiveRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvent:
    """Something the page tried: `kind` is dialog, download, popup, service-worker, navigation or crash; `text` what it said or where it led."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All of it, each part bounded by the renderer; `cut` says that something was left out. `storage`: `local:KEY`, `session:KEY`, `cookie:NAME`, never values."""

    requests: tuple[SeenRequest, ...] = ()
    events: tuple[PageEvent, ...] = ()
    storage: tuple[str, ...] = ()
    console: tuple[str, ...] = ()
    cut: bool = False


def to_json(seen: Observation) -> bytes:
    """The octets that are archived: UTF-8 JSON."""
    return json.dumps(as_json(seen), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def of_json(octets: bytes) -> Observation:
    """The observation of `to_json`; raises `ArchiveError` for anything else."""
    try:
        fields: dict[str, Any] = json.loads(octets)
        return from_json(Observation, fields)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ArchiveError(f"a page's {PAGE_INFO} record cannot be read ({error}): restore the file from a copy") from None
