"""The case fingerprint: two runs that came to the same give the same digest, whatever their ids, offsets, file names and times."""

import hashlib
import json
from typing import Any

from casefile.migrations import TABLES
from casefile.records import ArchiveFile, Examination, Night, Setting, StepReport
from casefile.rows import columns_of
from casefile.store import Case

NOT_COMPARED = (ArchiveFile, Examination, Night, StepReport, Setting)
"""How the work was cut into files, batches and nights is not what was found."""

LEFT_OUT = {
    "id",
    "capture_id",
    "captures",
    "through_capture",
    "through_evidence",
    "evidence",
    "decision",
    "verdict",
    "serial",
    "renews",
    "canary",
    "log",
    "signature",
    "previous",
    "files",
    "record",
    "records",
    "dom",
    "screenshot",
    "observed",
    "night",
    "replayed_from",
}
"""Columns that hold ids, offsets, or digests of things that carry times."""


def fingerprint(case: Case) -> str:
    """SHA-256 (hex) of a canonical dump of what the case file says."""
    digest = hashlib.sha256()
    for line in canonical_lines(case):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def canonical_lines(case: Case) -> list[str]:
    """One line a record, sorted; two different case files can be compared with `diff`."""
    lines = []
    for kind, table in TABLES.items():
        if kind in NOT_COMPARED:
            continue
        kept = [name for name in columns_of(kind) if name not in LEFT_OUT and not name.endswith("_at")]
        for row in case.rows(f'SELECT {", ".join(chr(34) + name + chr(34) for name in kept)} FROM "{table}"'):
            lines.append(json.dumps([table, *(_plain(value) for value in row)], ensure_ascii=False))
    return sorted(lines)


def _plain(value: Any) -> Any:
    """A float without the last digits, which differ between machines."""
    return round(value, 6) if isinstance(value, float) else value
