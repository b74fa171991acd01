"""The worst misses and the worst alarms, each with the reasons of the model that never saw its owner."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from casefile.reference import Reference
from classifier.examine import findings_of
from classifier.measuring.figures import Array
from classifier.measuring.records import Worst
from classifier.measuring.traits import rows_of
from classifier.model import Judge, probability_of
from classifier.page import read_page
from classifier.training.corpus import CorpusPage
from classifier.training.folds import FoldJudges

MOST = 12
"""Of each."""

LONGEST_ADDRESS = 200


def worst_of(corpus: Path, pages: Sequence[CorpusPage], odds: Array, judges: FoldJudges, reference: Reference) -> list[Worst]:
    """The guilty pages with the lowest of the calibrated log-odds (pages,), then the innocent with the highest."""
    order = np.argsort(odds, kind="stable").tolist()
    misses = [index for index in order if pages[index].guilty][:MOST]
    alarms = [index for index in reversed(order) if not pages[index].guilty][:MOST]
    wanted = {pages[index].id: index for index in (*misses, *alarms)}
    told = {}
    for row in rows_of(corpus):
        if (index := wanted.get(row["id"])) is not None:
            told[index] = _worst(row["html"], pages[index], float(odds[index]), judges.judge_for(pages[index].owner), reference)
    return [told[index] for index in (*misses, *alarms)]


def _worst(html: str, page: CorpusPage, odds: float, judge: Judge, reference: Reference) -> Worst:
    read = read_page(page.url or f"http://{page.site}/", html)
    score = judge.judge_page(read, [finding for _, finding in findings_of(read, reference)])
    return Worst(
        kind="miss" if page.guilty else "alarm",
        id=page.id,
        address=(page.url or page.site)[:LONGEST_ADDRESS],
        owner=page.owner,
        language=page.lang,
        subtype=page.subtype,
        probability=probability_of(odds),
        band=judge.band_of(score.probability, whole=score.sure).value,
        reasons=tuple((reason.text, reason.weight) for reason in score.reasons),
    )
