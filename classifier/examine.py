"""The step `evidence`: the detectors read every captured page that this set of them has not read, and what they find is appended with its place."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from casefile import queries
from casefile.archive import Archive
from casefile.progress import Progress
from casefile.records import Capture, Clock, Count, Evidence, Examination, StepReport
from casefile.reference import Reference
from casefile.store import Case
from classifier.detectors import DETECTORS, detectors_id
from classifier.page import Page
from classifier.reading import DAMAGED, read_capture, stands_for_its_site

BATCH = 50
"""Captures a transaction at most."""

MOST_FINDINGS = 200
"""Facts kept of one capture and one detector: a page of ten thousand promo codes is not ten thousand facts."""


def examine(case: Case, archive: Path, reference: Reference, *, clock: Clock, progress: Progress) -> StepReport:
    """Examine what is pending. `archive` is the WARC folder.

    A capture whose archive record is damaged counts as failed and stays pending, so that it is read once the file is restored.
    """
    detectors = detectors_id()
    pending = queries.captures_to_examine(case, detectors)
    progress.start("evidence", len(pending))
    reader = Archive(archive)
    outcomes: Counter[str] = Counter()
    for begin in range(0, len(pending), BATCH):
        rows: list[Evidence | Examination] = []
        for capture in pending[begin : begin + BATCH]:
            reading = read_capture(reader, capture)
            if reading.outcome == DAMAGED:
                progress.note(f"evidence: {capture.host}: {reading.reason}")
            else:
                if reading.page is not None and stands_for_its_site(capture):
                    rows.extend(evidence_of(capture, reading.page, reference, clock))
                rows.append(Examination(capture_id=capture.id, detectors=detectors, examined_at=clock()))
            outcome = "examined" if reading.page else reading.outcome
            outcomes[outcome] += 1
            progress.advance(outcome)
        case.add(rows)
    return _report(outcomes, clock)


def evidence_of(capture: Capture, page: Page, reference: Reference, clock: Clock) -> Iterator[Evidence]:
    """What the detectors find on one page, each fact (kind, subject, value) once, in the order of detectors and of the page."""
    for detector in DETECTORS:
        told: set[tuple[str, str, str]] = set()
        for finding in detector.find(page, reference):
            fact = (finding.kind.value, finding.subject, finding.value)
            if fact in told:
                continue
            told.add(fact)
            yield Evidence(
                host=capture.host,
                capture_id=capture.id,
                url=capture.final_url or capture.url,
                kind=finding.kind,
                subject=finding.subject,
                value=finding.value,
                strength=finding.strength,
                quote=finding.quote,
                record=capture.body_record,
                detector=detector.name,
                found_at=clock(),
            )
            if len(told) == MOST_FINDINGS:
                break


def _report(outcomes: Counter[str], clock: Clock) -> StepReport:
    failed = tuple(Count(outcome=name, number=number) for name, number in sorted(outcomes.items()) if name == DAMAGED)
    skipped = tuple(Count(outcome=name, number=number) for name, number in sorted(outcomes.items()) if name not in (DAMAGED, "examined"))
    return StepReport(step="evidence", done=outcomes["examined"], failed=failed, skipped=skipped, finished_at=clock())
