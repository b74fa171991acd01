"""Out-of-fold models: for every page of the corpus the model that never saw its owner, and what follows from their scores (calibration, bars).

Used by training, which states its figures on them, and by the bench that judges a night of corpus hosts. Needs scikit-learn and the corpus.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from casefile.progress import Progress, Silent
from classifier import names
from classifier.concepts import Lexicon
from classifier.features import Extractor
from classifier.judging import combined
from classifier.linear import PageWeights
from classifier.model import Bars, Judge
from classifier.terms import Term
from classifier.training.corpus import CorpusPage, group_of, load_tables, read_pages
from classifier.training.fitting import fit_pages, log_odds

FOLDS = 5
MARGIN = 1.5
"""Log-odds between the most suspect innocent page or host and the mirror bar: of hand-written pages about gambling one in fifteen passed a margin of 1.0."""

WRONG, MISSED = 100.0, 20.0
"""What an innocent host in the mirror band, and a guilty one that is called clear, cost in looks of an analyst: a look costs 1."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """`models`: one a fold; `fold_of`: group -> fold; `odds` (pages, 3): what the model that never saw a page's owner says of it, calibrated."""

    models: tuple[PageWeights, ...]
    fold_of: dict[str, int]
    odds: Array
    scale: float
    shift: float
    bars: Bars


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldJudges:
    """Judges by owner; `whole` has seen every page and stands for owners that are not in the corpus."""

    whole: Judge
    judges: tuple[Judge, ...]
    fold_of: dict[str, int]

    def judge_for(self, owner: str) -> Judge:
        """The judge that never saw this owner, nor any of the same group."""
        fold = self.fold_of.get(group_of(owner))
        return self.whole if fold is None else self.judges[fold]


def fold_judges(corpus: Path, progress: Progress | None = None) -> FoldJudges:
    """Fit the out-of-fold models of a corpus; about a minute. Names are scored 0.5, since no name model takes part."""
    pages = read_pages(corpus, progress or Silent())
    return judges_of(out_of_fold(pages), fit_pages(pages))


def judges_of(found: OutOfFold, whole: PageWeights, terms: Sequence[Term] | None = None) -> FoldJudges:
    """Out-of-fold models as judges, and the model of all pages as one. `terms`: that they were fitted with, those that ship where none are given."""
    extractor = Extractor(Lexicon(load_tables().terms if terms is None else terms))

    def judge(number: str, model: PageWeights) -> Judge:
        return Judge(
            id=f"fold-{number}",
            bars=found.bars,
            scale=found.scale,
            shift=found.shift,
            extractor=extractor,
            page=model,
            names=np.zeros(names.BUCKETS, dtype=np.float16),
        )

    judges = tuple(judge(str(number), model) for number, model in enumerate(found.models))
    return FoldJudges(whole=judge("whole", whole), judges=judges, fold_of=found.fold_of)


def out_of_fold(pages: Sequence[CorpusPage], more: Sequence[CorpusPage] = ()) -> OutOfFold:
    """Fit one model a fold of owners, calibrate their scores and set the bars on them.

    `more`: pages that every fold learns from and none is measured on (analysts' decisions): no label of theirs can move a bar or a figure by itself.
    """
    groups = [page.group for page in pages]
    folds = min(FOLDS, len(set(groups)))
    odds = np.zeros((len(pages), 3))
    models, fold_of = [], {}
    for number, (seen, unseen) in enumerate(GroupKFold(folds).split(pages, groups=groups)):
        model = fit_pages([*(pages[index] for index in seen), *more])
        left_out = [pages[index] for index in unseen]
        odds[unseen] = log_odds(left_out, model)
        models.append(model)
        fold_of.update(dict.fromkeys((page.group for page in left_out), number))
    scale, shift = calibration(pages, odds[:, 0])
    odds[:, 0] = scale * odds[:, 0] + shift
    return OutOfFold(models=tuple(models), fold_of=fold_of, odds=odds, scale=scale, shift=shift, bars=bars_of(pages, odds[:, 0]))


def calibration(pages: Sequence[CorpusPage], odds: Array) -> tuple[float, float]:
    """Scale and shift that make out-of-fold log-odds probabilities (Platt), pages weighed by owner."""
    guilty = np.array([page.guilty for page in pages])
    weight = np.array([page.weight for page in pages])
    fitted = LogisticRegression(C=1e3).fit(odds[:, None], guilty, sample_weight=weight)
    return round(max(float(fitted.coef_[0, 0]), 0.05), 3), round(float(fitted.intercept_[0]), 3)


def sites_of(pages: Sequence[CorpusPage], odds: Array) -> dict[str, tuple[bool, float]]:
    """For every site of the corpus whether it is guilty (by most of its pages), and its log-odds by the rule for hosts."""
    grouped: dict[str, list[int]] = defaultdict(list)
    for index, page in enumerate(pages):
        grouped[page.site].append(index)
    return {
        site: (
            sum(pages[index].guilty for index in indexes) * 2 >= len(indexes),
            combined([(pages[index].landing, float(odds[index])) for index in indexes]),
        )
        for site, indexes in sorted(grouped.items())
    }


def bars_of(pages: Sequence[CorpusPage], odds: Array) -> Bars:
    """Where a look is worth its cost. Review: from the chance at which missing costs more than a look. Mirror: from the chance at which being wrong costs less
    than a look, and over every innocent page and site by `MARGIN`, since false alarms are dearest and a probability is an estimate.
    """
    guilty = np.array([page.guilty for page in pages])
    sites = [site for is_guilty, site in sites_of(pages, odds).values() if not is_guilty]
    top = _squeezed(max([float(odds[~guilty].max()), *sites]) + MARGIN)
    return Bars(mirror=round(max(top, 1.0 - 1.0 / WRONG), 6), review=round(1.0 / MISSED, 6))


def _squeezed(odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-odds)))
