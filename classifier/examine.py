"""The step `evidence`: the detectors read every captured page that this set of them has not read, and what they find is appended with its place."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from casefile import queries
from casefile.archive import Archive
from casefile.progress import Progress
from casefile.records import ArchiveRef, Capture, Clock, Count, Evidence, Examination, StepReport
from casefile.reference import Reference
from casefile.store import Case
from classifier.detectors import DETECTORS, Finding, detectors_id
from classifier.page import Page
from classifier.reading import DAMAGED, KEPT, PageReader, stands_for_its_site

BATCH = 50
"""Captures a transaction at most."""

MOST_FINDINGS = 200
"""Facts kept of one capture and one detector: a page of ten thousand promo codes is not ten thousand facts."""

Found = tuple[str, Finding]
"""The detector's name and what it found."""


def examine(case: Case, archive: Path, reference: Reference, *, clock: Clock, progress: Progress) -> StepReport:
    """Examine what is pending. `archive` is the WARC folder.

    A capture whose archive record is damaged counts as failed and stays pending, so that it is read once the file is restored.
    """
    detectors = detectors_id()
    pending = queries.captures_to_examine(case, detectors)
    progress.start("evidence", len(pending))
    reader, detection = PageReader(Archive(archive), pictures=True), Detection(reference)
    outcomes: Counter[str] = Counter()
    for begin in range(0, len(pending), BATCH):
        rows: list[Evidence | Examination] = []
        for capture in pending[begin : begin + BATCH]:
            reading = reader.read(capture)
            if reading.outcome == DAMAGED:
                progress.note(f"evidence: {capture.host}: {reading.reason}")
            else:
                if reading.page is not None and stands_for_its_site(capture):
                    rows.extend(evidence_of(capture, detection.of(reading.page), clock))
                rows.append(Examination(capture_id=capture.id, detectors=detectors, examined_at=clock()))
            outcome = "examined" if reading.page else reading.outcome
            outcomes[outcome] += 1
            progress.advance(outcome)
        case.add(rows)
    return _report(outcomes, clock)


@dataclass(slots=True)
class Detection:
    """Runs the detectors; a page that the last vantage was shown too is not searched again."""

    reference: Reference
    _last: deque[tuple[Page, tuple[Found, ...]]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def of(self, page: Page) -> tuple[Found, ...]:
        """What the detectors find on a page."""
        for known, found in self._last:
            if known is page:
                return found
        found = tuple(findings_of(page, self.reference))
        self._last.append((page, found))
        return found


def findings_of(page: Page, reference: Reference) -> Iterator[Found]:
    """What the detectors find on one page, each fact (kind, subject, value) once, in the order of detectors and of the page."""
    for detector in DETECTORS:
        told: set[tuple[str, str, str]] = set()
        for finding in detector.find(page, reference):
            fact = (finding.kind.value, finding.subject, finding.value)
            if fact in told:
                continue
            told.add(fact)
            yield detector.name, finding
            if len(told) == MOST_FINDINGS:
                break


def evidence_of(capture: Capture, found: Iterable[Found], clock: Clock) -> Iterator[Evidence]:
    """What was found on the page of a capture as evidence, with its place in the archive."""
    for detector, finding in found:
        yield Evidence(
            host=capture.host,
            capture_id=capture.id,
            url=capture.final_url or capture.url,
            kind=finding.kind,
            subject=finding.subject,
            value=finding.value,
            strength=finding.strength,
            quote=finding.quote,
            record=place_of(finding, capture),
            detector=detector,
            found_at=clock(),
        )


def place_of(finding: Finding, capture: Capture) -> ArchiveRef | None:
    """The archive record that shows a fact: the page or its picture, or for what a browser asked the answer, or where that is not kept the list of what it asked."""
    if finding.in_picture:
        return capture.screenshot
    if finding.request is None:
        return capture.body_record
    return finding.request.record or capture.observed


def _report(outcomes: Counter[str], clock: Clock) -> StepReport:
    failed = tuple(Count(outcome=name, number=number) for name, number in sorted(outcomes.items()) if name == DAMAGED)
    skipped = tuple(Count(outcome=name, number=number) for name, number in sorted(outcomes.items()) if name not in (DAMAGED, "examined"))
    return StepReport(step="evidence", done=outcomes["examined"], failed=failed, skipped=skipped, finished_at=clock())
