"""The step `score`: all readable pages of a host become one verdict with its reasons.

Rules over data come before the model: a licensed operator is licensed whatever its pages look like, and what could not be read is never clear.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from casefile import queries
from casefile.archive import Archive
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import Band, Capture, Clock, Count, Evidence, EvidenceKind, Label, PageKind, Reason, StepReport, Strength, Verdict
from casefile.reference import LicensedOperator, Reference
from casefile.store import Case
from classifier.detectors.finding import clean
from classifier.detectors.licence_claim import LICENCE_OF
from classifier.judging import HostJudgement, SeenPage, judge_host, place_on_site
from classifier.model import Judge
from classifier.page import host_of
from classifier.reading import DAMAGED, Reading, read_capture, stands_for_its_site
from classifier.trade import label_of_host

BATCH = 20
"""Verdicts a transaction at most."""

MOST_FACTS = 4
"""Facts found by detectors that a verdict names beside the model's reasons."""

TOLD = (
    (EvidenceKind.LICENCE, Strength.STRONG),
    (EvidenceKind.PAYMENT, Strength.STRONG),
    (EvidenceKind.PROMOTER, Strength.STRONG),
    (EvidenceKind.PAYMENT, Strength.WEAK),
    (EvidenceKind.PROMOTER, Strength.WEAK),
    (EvidenceKind.LICENCE, Strength.WEAK),
)
"""Which facts a verdict names, the strongest first."""

ERROR_STATUS = 400

Readings = list[tuple[Capture, Reading]]


def score(
    case: Case,
    archive: Path,
    judge: Judge,
    reference: Reference,
    *,
    clock: Clock,
    progress: Progress,
    judge_of: Callable[[Hostname], Judge] | None = None,
) -> StepReport:
    """Judge every host that has something `judge` has not seen; `judge_of` may give another judge for a host (out-of-fold models)."""
    pending = queries.hosts_to_score(case, judge.id)
    progress.start("score", len(pending))
    reader = Archive(archive)
    bands: Counter[str] = Counter()
    damaged = 0
    for begin in range(0, len(pending), BATCH):
        rows = []
        for host in pending[begin : begin + BATCH]:
            readings = [(capture, read_capture(reader, capture)) for capture in queries.latest_captures_of(case, host)]
            verdict = verdict_on(case, host, readings, judge_of(host) if judge_of else judge, reference, clock)
            damaged += any(reading.outcome == DAMAGED for _, reading in readings)
            bands[verdict.band.value] += 1
            progress.advance(verdict.band.value)
            rows.append(verdict)
        case.add(rows)
    failed = (Count(outcome=DAMAGED, number=damaged),) if damaged else ()
    return StepReport(step="score", done=sum(bands.values()) - damaged, failed=failed, finished_at=clock())


def verdict_on(case: Case, host: Hostname, readings: Readings, judge: Judge, reference: Reference, clock: Clock) -> Verdict:
    """The verdict on one host from the readings of its last visit."""
    evidence = queries.evidence_of(case, host)
    seen = [
        (capture, reading)
        for capture, reading in readings
        if reading.page and capture.status < ERROR_STATUS and stands_for_its_site(capture)
    ]
    found = judged(judge, seen, evidence) if seen else nothing_read(readings)
    licence = licence_of(host, reference)
    found = licensed(found, licence) if licence else doubted(found, readings)
    captures = queries.captures_of(case, host)
    facts = () if licence else fact_reasons(evidence, captures)
    return Verdict(
        host=host,
        label=found.label,
        probability=found.probability,
        name_probability=round(float(judge.judge_names([host.name])[0]), 6),
        band=found.band,
        reasons=(*redirects(host, readings), *found.rules, *facts, *found.terms),
        model=judge.id,
        captures=tuple(capture.id for capture, _ in seen),
        through_capture=max((capture.id for capture in captures), default=0),
        through_evidence=max((one.id for one in evidence), default=0),
        judged_at=clock(),
    )


def judged(judge: Judge, seen: Readings, evidence: Sequence[Evidence]) -> HostJudgement:
    """The model's judgement of the pages that were read; operator or promotion by facts on them (`classifier.trade`)."""
    pages = [
        SeenPage(
            page=reading.page, score=judge.judge_page(reading.page), vantage=capture.vantage.name, landing=capture.page is PageKind.LANDING
        )
        for capture, reading in seen
        if reading.page is not None
    ]
    found = judge_host(judge, pages)
    shown = {capture.id for capture, _ in seen}
    return replace(found, label=label_of_host(found, pages, [one for one in evidence if one.capture_id in shown]))


def nothing_read(readings: Readings) -> HostJudgement:
    """Unsure, with what came of every page: an even chance, since nothing speaks either way."""
    outcomes = Counter(_why_not(capture, reading) for capture, reading in readings)
    told = ", ".join(f"{name} ({number})" for name, number in sorted(outcomes.items()))
    return HostJudgement(
        label=Label.OTHER, probability=0.5, band=Band.UNSURE, rules=(Reason(text=f"no page could be read: {told}", weight=0.0),)
    )


def _why_not(capture: Capture, reading: Reading) -> str:
    if reading.page is None:
        return reading.outcome
    return f"status {capture.status}" if capture.status >= ERROR_STATUS else "led to another site"


def licensed(found: HostJudgement, licence: LicensedOperator) -> HostJudgement:
    """A licensed operator is clear by rule."""
    number = f", licence {licence.licence}" if licence.licence else ""
    rule = Reason(text=f"licensed operator {licence.operator} ({licence.country}{number}; source: {licence.source})"[:300], weight=0.0)
    return replace(found, label=Label.LICENSED, band=Band.CLEAR, rules=(rule, *found.rules))


def doubted(found: HostJudgement, readings: Readings) -> HostJudgement:
    """Not clear where a landing page could not be read from some vantage, or any archived page not at all."""
    doubts = [Reason(text=text, weight=0.0) for text in unread(readings)]
    if not doubts or found.band is not Band.CLEAR:
        return found
    return replace(found, band=Band.UNSURE, rules=(*doubts, *found.rules))


def unread(readings: Readings) -> Sequence[str]:
    """What could not be read that a clear verdict would need, in words."""
    landing = [(capture, reading) for capture, reading in readings if capture.page is PageKind.LANDING]
    read_from = {capture.vantage.name for capture, reading in landing if reading.page is not None and capture.status < ERROR_STATUS}
    told = []
    for capture, reading in readings:
        missing = capture.page is PageKind.LANDING and capture.vantage.name not in read_from
        if reading.outcome == DAMAGED or missing:
            why = reading.outcome if reading.page is None else f"status {capture.status}"
            told.append(f"{capture.page.value} page not read from vantage {capture.vantage.name}: {why}")
    return tuple(dict.fromkeys(told))


def licence_of(host: Hostname, reference: Reference) -> LicensedOperator | None:
    """The licensed operator whose registrable name this host lies under, None where there is none."""
    return next((row for row in reference.licensed if host.name == row.domain or host.name.endswith("." + row.domain)), None)


def redirects(host: Hostname, readings: Readings) -> tuple[Reason, ...]:
    """Where a visitor of the landing page ends up, if at a site of another registrable name: the words that follow are that site's."""
    ends = dict.fromkeys(capture.final_url for capture, _ in readings if capture.page is PageKind.LANDING and capture.hops)
    others = [end for end in ends if end and not f".{host_of(end)}".endswith(f".{host.registrable}")]
    return tuple(Reason(text=f"redirects to {clean(end)}", weight=0.0) for end in others)


def fact_reasons(evidence: Sequence[Evidence], captures: Sequence[Capture]) -> tuple[Reason, ...]:
    """The strongest facts that detectors found, one of each subject, with the words of the page; they add nothing to the probability."""
    landing = {capture.id for capture in captures if capture.page is PageKind.LANDING}
    ranked = sorted(
        (one for one in evidence if (one.kind, one.strength) in TOLD),
        key=lambda one: (TOLD.index((one.kind, one.strength)), one.subject, one.id),
    )
    chosen = {(one.kind, one.subject): one for one in reversed(ranked)}
    first = sorted(chosen.values(), key=ranked.index)[:MOST_FACTS]
    return tuple(
        Reason(text=f"{fact_in_words(one)}{'' if one.capture_id in landing else place_on_site(one.url)}", weight=0.0) for one in first
    )


def fact_in_words(one: Evidence) -> str:
    """A fact with the page's words; a licence number of another's says whose it is."""
    if one.kind is EvidenceKind.LICENCE and one.strength is Strength.STRONG:
        return f"quotes licence {one.value}, which belongs to {one.subject.removeprefix(LICENCE_OF)}: «{one.quote[:120]}»"
    return f"{one.kind.value}, {one.strength.value}: {one.subject}: «{one.quote[:120]}»"
