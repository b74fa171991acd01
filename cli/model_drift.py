"""A night against the card of the model that judged it: gathers from the case file and the archive what `classifier.drift` compares."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from casefile import queries, tallies
from casefile.archive import Archive
from casefile.examples import decided_hosts
from casefile.records import Action, Band, Capture, PageKind, Verdict
from casefile.reference import Reference
from casefile.store import Case
from classifier.drift import EVEN, Tonight, drifts_of, measured_of
from classifier.examine import findings_of
from classifier.model import Judge, card_of
from classifier.reading import PageReader
from cli.desk import Desk
from cli.drift import Drift
from cli.figures import NightFigures

MOST_PAGES = 200
"""Landing pages of hosts judged innocent that are read again, chosen by the digest of the host's name; about three seconds."""


def model_drift_of(desk: Desk, figures: NightFigures) -> list[Drift]:
    """What is unlike the card of the model that judges now, in the order of the rules; nothing where the card does not say what it was measured on."""
    measured = measured_of(card_of(desk.model_folder))
    if measured is None:
        return []
    tonight = tonight_of(desk.case(), PageReader(Archive(desk.archive)), desk.judge, desk.reference, figures, list(measured.features))
    return [Drift(rule=rule, text=text) for rule, text in drifts_of(tonight, measured)]


def tonight_of(case: Case, reader: PageReader, judge: Judge, reference: Reference, figures: NightFigures, names: Sequence[str]) -> Tonight:
    """What this model judged in a night and what became of its mirrors; `names`: the numbers of pages that are compared."""
    judged = [
        one for one in tallies.judged_between(case, figures.night.started_at, figures.ended_at) if one.model == judge.id and one.captures
    ]
    decided = [one for one in decided_hosts(case) if one.verdict.model == judge.id and one.verdict.band is Band.MIRROR]
    approved = sum(one.decision.action is Action.APPROVE for one in decided)
    innocent = sorted((one for one in judged if one.probability < EVEN), key=lambda one: hashlib.sha256(one.host.name.encode()).digest())
    return Tonight(
        scores=[one.probability for one in judged],
        features=list(numbers_of(case, reader, judge, reference, innocent[:MOST_PAGES], names)),
        approved=approved,
        rejected=len(decided) - approved,
    )


def numbers_of(
    case: Case, reader: PageReader, judge: Judge, reference: Reference, verdicts: Sequence[Verdict], names: Sequence[str]
) -> Iterator[Mapping[str, float]]:
    """For the landing page of each verdict its numbers by name; a page that is not in the archive any more is left out."""
    columns = {name: index for index, name in enumerate(judge.extractor.columns)}
    for verdict in verdicts:
        captures = queries.by_id(case, Capture, verdict.captures).values()
        landing = next((one for one in captures if one.page is PageKind.LANDING), None)
        page = reader.read(landing).page if landing is not None else None
        if page is not None:
            dense = judge.extractor.read(page, [finding for _, finding in findings_of(page, reference)]).dense
            yield {name: float(dense[columns[name]]) for name in names if name in columns}
