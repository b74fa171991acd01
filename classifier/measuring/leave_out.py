"""Whole languages and whole kinds of pages left out in turn: what the model makes of those that nobody like them was in training for.

With a language go all its pages, and every guilty page of the owners who have guilty pages in it; with a kind of page the same. What is left out
is judged against benign pages that were not in training either: they are dealt into three folds by owner, one model a fold, and the
left-out pages get the mean of the three.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from classifier.measuring.figures import Array, Truth, recall_at
from classifier.measuring.intervals import Bounds, exact_interval
from classifier.measuring.splits import Judged, judged
from classifier.training.corpus import CorpusPage

BENIGN_FOLDS = 3

LEAST_GUILTY = 5
"""Guilty pages that must be left for training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was left out, a `language` or a `subtype`, and what became of it. `trained_on`: guilty pages left in training; intervals are exact
    (Clopper-Pearson) and take pages for independent, which those of one owner are not.
    """

    kind: str
    name: str
    guilty: int
    owners: int
    innocent: int
    trained_on: int
    at_1: float
    at_01: float
    interval_1: Bounds
    interval_01: Bounds


def leave_out(pages: Sequence[CorpusPage], judge: Judged = judged) -> list[LeftOut]:
    """Leave out every language and every kind of page that has guilty pages, in turn. Those without which too little is left are not tried."""
    return [result for _, job in left_out_jobs(pages, judge) if (result := job())]


def left_out_jobs(pages: Sequence[CorpusPage], judge: Judged = judged) -> list[tuple[str, Callable[[], LeftOut | None]]]:
    """What `leave_out` does, as jobs that can be done anywhere, each with its kind; None where too little would be left."""
    guilty = np.array([page.guilty for page in pages])
    groups = np.array([page.group for page in pages])
    folds = benign_folds(pages)
    told = {"language": np.array([page.lang for page in pages]), "subtype": np.array([page.subtype for page in pages])}

    def left_out(kind: str, name: str) -> LeftOut | None:
        own = told[kind] == name
        dropped = own | (guilty & np.isin(groups, groups[own & guilty]))
        if (guilty & ~dropped).sum() < LEAST_GUILTY:
            return None
        return _left_out(pages, kind, name, own & guilty, dropped, folds, judge)

    return [(kind, partial(left_out, kind, str(name))) for kind, names in told.items() for name in np.unique(names[guilty])]


def benign_folds(pages: Sequence[CorpusPage]) -> npt.NDArray[np.int64]:
    """The fold of every benign page, whole groups, the largest first to the emptiest fold; -1 for guilty pages."""
    sizes: dict[str, int] = {}
    for page in pages:
        if not page.guilty:
            sizes[page.group] = sizes.get(page.group, 0) + 1
    load = [0] * BENIGN_FOLDS
    fold_of = {}
    for group, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        fold_of[group] = load.index(min(load))
        load[fold_of[group]] += size
    return np.array([-1 if page.guilty else fold_of[page.group] for page in pages])


def _left_out(
    pages: Sequence[CorpusPage], kind: str, name: str, own: Truth, dropped: Truth, folds: npt.NDArray[np.int64], judge: Judged
) -> LeftOut:
    """One of them; `own` are the guilty pages left out, `dropped` all that no model may see."""
    left = [pages[index] for index in np.flatnonzero(own).tolist()]
    guilty, innocent = np.zeros(len(left)), []
    for fold in range(BENIGN_FOLDS):
        seen = [pages[index] for index in np.flatnonzero(~dropped & (folds != fold)).tolist()]
        unseen = [pages[index] for index in np.flatnonzero(folds == fold).tolist()]
        odds = judge(seen, [*left, *unseen])
        guilty += odds[: len(left)] / BENIGN_FOLDS
        innocent.append(odds[len(left) :])
    trained_on = sum(page.guilty and not out for page, out in zip(pages, dropped, strict=True))
    return _told(kind, name, left, guilty, np.concatenate(innocent), trained_on)


def _told(kind: str, name: str, left: Sequence[CorpusPage], guilty: Array, innocent: Array, trained_on: int) -> LeftOut:
    at_1, at_01 = recall_at(innocent, guilty, 0.01), recall_at(innocent, guilty, 0.001)
    return LeftOut(
        kind=kind,
        name=name,
        guilty=len(left),
        owners=len({page.owner for page in left}),
        innocent=len(innocent),
        trained_on=trained_on,
        at_1=at_1,
        at_01=at_01,
        interval_1=exact_interval(round(at_1 * len(left)), len(left)),
        interval_01=exact_interval(round(at_01 * len(left)), len(left)),
    )
