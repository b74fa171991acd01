"""dossier.json: why each name that is new is listed. Evidence with its quotes, the captures with their WARC records and digests, the verdict's reasons, the decision.

For the authority and for an appeal, not for a resolver. The only file that needs the case file. Everything outside ASCII is escaped, so that nothing
that a page said can move a terminal or a reader.
"""

import json
from typing import Any

from blocklist.content import ENTRY, Content, Grounds, Listed
from blocklist.formats.entries_json import NONE, array
from blocklist.formats.plain import checked, in_order, lines_of, nothing
from casefile.records import ArchiveRef, Capture, Evidence, Scope
from casefile.rows import as_json, time_text

NAME = "dossier.json"
left_out = nothing


def write(content: Content) -> bytes:
    """A JSON array with one entry a line."""
    family = {line.name: line.family for line in content.lines}
    return _array([_dossier(one, family[one.name]) for one in content.grounds])


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    lines_of(data)
    found = json.loads(data)
    if not isinstance(found, list):
        raise ValueError("not a JSON array")  # noqa: TRY004 - a fault of the file, not of the program
    listed = in_order([_listed(one, number) for number, one in enumerate(found, 1)])
    if _array(found) != data:
        raise ValueError("not written as a dossier is (blanks, escapes, a key twice)")
    return listed


def view(content: Content) -> tuple[Listed, ...]:
    """What is new: of an older line the dossier is in the release that its `since` names."""
    return tuple(line.listed for line in content.added if line.kind == ENTRY)


def _array(entries: list[dict[str, Any]]) -> bytes:
    return array(json.dumps(one, ensure_ascii=True, separators=(",", ":")) for one in entries) if entries else NONE


def _listed(found: Any, number: int) -> Listed:
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) for key in ("name", "scope")):
        raise ValueError(f"entry {number}: wants a name and a scope")
    return Listed(checked(found["name"], number), Scope(found["scope"]))


def _dossier(grounds: Grounds, family: str) -> dict[str, Any]:
    verdict, decision = grounds.verdict, grounds.decision
    return {
        "name": grounds.name,
        "scope": grounds.scope.value,
        "family": family,
        "verdict": {
            "label": verdict.label.value,
            "probability": round(verdict.probability, 4),
            "name_probability": round(verdict.name_probability, 4),
            "band": verdict.band.value,
            "reasons": [{"text": reason.text, "weight": round(reason.weight, 4)} for reason in verdict.reasons],
            "model": verdict.model,
            "judged_at": time_text(verdict.judged_at),
        },
        "decision": {name: as_json(getattr(decision, name)) for name in ("action", "analyst", "note", "act", "decided_at")},
        "evidence": [_evidence(one) for one in grounds.evidence],
        "captures": [_capture(one) for one in grounds.captures],
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    said = {name: as_json(getattr(one, name)) for name in ("kind", "subject", "value", "strength", "url", "quote", "detector", "found_at")}
    return said | {"record": _record(one.record) if one.record else None}


def _capture(one: Capture) -> dict[str, Any]:
    said = {
        name: as_json(getattr(one, name)) for name in ("url", "page", "how", "outcome", "status", "final_url", "body_sha256", "taken_at")
    }
    return said | {"vantage": one.vantage.name, "records": [_record(ref) for ref in one.records]}


def _record(ref: ArchiveRef) -> dict[str, str]:
    return {"kind": ref.kind, "record_id": ref.record_id, "file": ref.file, "sha256": ref.sha256}
