"""The step `score`: all readable pages of a host become one verdict with its reasons.

Rules over data come before the model: a licensed operator is licensed whatever its pages look like, and what could not be read, or asked for a browser
and was not seen by one, is never clear. The verdict says why a browser should look, and what was shown to one visitor and not to another.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from casefile import queries
from casefile.archive import Archive
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import (
    Band,
    Capture,
    Clock,
    Count,
    Evidence,
    EvidenceKind,
    How,
    Label,
    PageKind,
    Reason,
    StepReport,
    Strength,
    Verdict,
)
from casefile.reference import LicensedOperator, Reference
from casefile.store import Case
from classifier.detectors.finding import clean
from classifier.detectors.licence_claim import LICENCE_OF
from classifier.detectors.picture_text import picture_doubts
from classifier.differences import Compared, compared, views_of
from classifier.disagreement import less_certain
from classifier.examine import findings_of
from classifier.hacked import hacked
from classifier.judging import HostJudgement, SeenPage, judge_host, place_on_site
from classifier.model import THIN, Judge, PageScore
from classifier.needs_render import asks_of_host, still_shells, unseen
from classifier.page import host_of
from classifier.reading import DAMAGED, PageReader, Reading, stands_for_its_site
from classifier.trade import label_of_host

BATCH = 20
"""Verdicts a transaction at most."""

MOST_FACTS = 6
"""Facts found by detectors that a verdict names beside the model's reasons."""

TOLD = (
    (EvidenceKind.LICENCE, Strength.STRONG),
    (EvidenceKind.PAYMENT, Strength.STRONG),
    (EvidenceKind.PROMOTER, Strength.STRONG),
    (EvidenceKind.GAMBLING, Strength.STRONG),
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
    reader = PageReader(Archive(archive))
    bands: Counter[str] = Counter()
    damaged = 0
    for begin in range(0, len(pending), BATCH):
        rows = []
        for host in pending[begin : begin + BATCH]:
            readings = [(capture, reader.read(capture)) for capture in of_one_visit(queries.latest_captures_of(case, host))]
            verdict = verdict_on(case, host, readings, judge_of(host) if judge_of else judge, reference, clock)
            damaged += any(reading.outcome == DAMAGED for _, reading in readings)
            bands[verdict.band.value] += 1
            progress.advance(verdict.band.value)
            rows.append(verdict)
        case.add(rows)
    failed = (Count(outcome=DAMAGED, number=damaged),) if damaged else ()
    return StepReport(step="score", done=sum(bands.values()) - damaged, failed=failed, finished_at=clock())


def of_one_visit(captures: Sequence[Capture]) -> list[Capture]:
    """Without what a browser saw before the site was last fetched: it says nothing of the page that came since."""
    fetched = max((one.taken_at for one in captures if one.how is How.STATIC and one.page is PageKind.LANDING), default=None)
    return [one for one in captures if one.how is How.STATIC or fetched is None or one.taken_at >= fetched]


def verdict_on(case: Case, host: Hostname, readings: Readings, judge: Judge, reference: Reference, clock: Clock) -> Verdict:
    """The verdict on one host from the readings of its last visit."""
    evidence = queries.evidence_of(case, host)
    seen = [
        (capture, reading)
        for capture, reading in readings
        if reading.page and capture.status < ERROR_STATUS and stands_for_its_site(capture)
    ]
    found = judged(judge, seen, evidence, reference) if seen else nothing_read(readings)
    licence = licence_of(host, reference)
    shown = compared(views_of(readings))
    asks = () if licence else asks_of_host(readings, found, evidence, shown, judge.bars, reference)
    rendered = any(capture.how is How.RENDERED for capture, _ in readings)
    found = licensed(found, licence) if licence else doubted(found, doubts(readings, asks, reference, rendered=rendered))
    visited = {capture.id for capture, _ in seen}
    found = found if licence else pictured(found, picture_doubts(one for one in evidence if one.capture_id in visited))
    captures = queries.captures_of(case, host)
    facts = () if licence else fact_reasons(evidence, captures)
    return Verdict(
        host=host,
        label=found.label,
        probability=found.probability,
        name_probability=round(float(judge.judge_names([host.name])[0]), 6),
        band=found.band,
        reasons=(*redirects(host, readings), *found.rules, *told_differences(shown), *facts, *found.terms),
        model=judge.id,
        captures=tuple(capture.id for capture, _ in seen),
        through_capture=max((capture.id for capture in captures), default=0),
        through_evidence=max((one.id for one in evidence), default=0),
        differences=tuple(one.difference for one in shown),
        render_for=() if rendered else asks,
        judged_at=clock(),
    )


def judged(judge: Judge, seen: Readings, evidence: Sequence[Evidence], reference: Reference) -> HostJudgement:
    """The model's judgement of the pages that were read, and what rules over them make of it.

    In this order: operator or promotion by facts on the pages (`classifier.trade`), less certain where visitors are shown different sites
    (`classifier.disagreement`), hacked where its other pages contradict what is promoted (`classifier.hacked`), which is for a person to decide.
    """
    pages = judged_pages(judge, seen, reference)
    captures = {capture.id for capture, _ in seen}
    facts = [one for one in evidence if one.capture_id in captures]
    searchers = {capture.vantage.name for capture, _ in seen if capture.vantage.referrer}
    found = judge_host(judge, pages)
    found = less_certain(replace(found, label=label_of_host(found, pages, facts)), pages, judge.bars, searchers)
    if told := hacked(judge, pages, facts, searchers):
        return replace(found, label=Label.HACKED, band=Band.UNSURE, rules=(told, *found.rules))
    return found


def judged_pages(judge: Judge, seen: Readings, reference: Reference) -> list[SeenPage]:
    """The pages that were read, each judged with what the detectors find on it; vantages that were sent the same octets share one `Page` and one score."""
    scores: dict[int, PageScore] = {}
    pages = []
    for capture, reading in seen:
        assert reading.page is not None
        known = scores.get(id(reading.page)) or judge.judge_page(
            reading.page, [finding for _, finding in findings_of(reading.page, reference)]
        )
        scores[id(reading.page)] = known
        landing = capture.page is PageKind.LANDING
        pages.append(SeenPage(page=reading.page, score=known, vantage=capture.vantage.name, landing=landing, how=capture.how))
    return pages


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


def doubted(found: HostJudgement, told: Sequence[str]) -> HostJudgement:
    """Not clear where something speaks against it."""
    if not told or found.band is not Band.CLEAR:
        return found
    return replace(found, band=Band.UNSURE, rules=(*(Reason(text=text, weight=0.0) for text in told), *found.rules))


def pictured(found: HostJudgement, told: Sequence[str]) -> HostJudgement:
    """Not clear where a picture on it names gambling, and its words are told whatever the band."""
    band = Band.UNSURE if told and found.band is Band.CLEAR else found.band
    return replace(found, band=band, rules=(*(Reason(text=text, weight=0.0) for text in told), *found.rules))


def doubts(readings: Readings, asks: Sequence[str], reference: Reference, *, rendered: bool) -> Sequence[str]:
    """Why what was read is not enough for a clear verdict: a page that could not be read, or one that asked for a browser and was not seen by it.

    `rendered`: the host was given to a browser, whatever came of it.
    """
    if not rendered:
        return (*unread(readings), *(f"a browser should look, and has not: {ask}" for ask in asks))
    return (*unread(readings), *unseen(readings, reference), *thin_in_browser(readings), *still_shells(readings, reference))


def thin_in_browser(readings: Readings) -> Sequence[str]:
    """Landing pages with so little text, as a browser shows them, that they may be pictures or another's page in a frame."""
    return tuple(
        f"as a browser shows it, the landing page has {len(reading.page.text) - reading.page.hidden} characters of text (vantage {capture.vantage.name})"
        for capture, reading in readings
        if capture.how is How.RENDERED
        and capture.page is PageKind.LANDING
        and reading.page is not None
        and len(reading.page.text) - reading.page.hidden < THIN
    )


def told_differences(shown: Sequence[Compared]) -> tuple[Reason, ...]:
    """The differences between visitors that bear on what the host is: the first of each sort, since a shell is a shell from every vantage."""
    first: dict[tuple[str, str], Compared] = {}
    for one in shown:
        if one.telling:
            first.setdefault((one.difference.first.rpartition(" ")[2], one.difference.second.rpartition(" ")[2]), one)
    return tuple(Reason(text=f"shown differently: {one.difference.text}", weight=0.0) for one in first.values())


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
    ends: dict[str, str] = {}
    for capture, _ in readings:
        if capture.page is PageKind.LANDING and not f".{host_of(capture.final_url or capture.url)}".endswith(f".{host.registrable}"):
            ends.setdefault(capture.final_url, " by script" if capture.hops and capture.hops[-1].how == "script" else "")
    return tuple(Reason(text=f"redirects{how} to {clean(end)}", weight=0.0) for end, how in ends.items())


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
