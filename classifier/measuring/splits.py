"""Splits of the corpus: by owner (`classifier.training.folds`), at random, and by owner with nothing of the same template, brand or host in training.

A random split is what papers report. It is computed to show how much of it is memory: what it gives over the split by owner is the drop.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.measuring.figures import Array
from classifier.measuring.intervals import SEED
from classifier.training.corpus import CorpusPage
from classifier.training.fitting import fit_pages, log_odds
from classifier.training.folds import FOLDS, OutOfFold

Judged = Callable[[Sequence[CorpusPage], Sequence[CorpusPage]], Array]
"""From pages to train on and pages to judge to the log-odds of the second (pages,), uncalibrated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Scores of one way to split: `odds` (pages,); `groups`: how many things were never split; `kept_out`: pages left out of training beside the fold, on average."""

    name: str
    how: str
    groups: int
    kept_out: float
    odds: Array


def judged(seen: Sequence[CorpusPage], unseen: Sequence[CorpusPage]) -> Array:
    """What a model fitted on the first makes of the second."""
    return log_odds(unseen, fit_pages(seen))[:, 0]


def by_owner(pages: Sequence[CorpusPage], found: OutOfFold) -> Split:
    """The split that everything is measured on."""
    groups = len({page.group for page in pages})
    return Split(name="by owner", how="no owner on both sides", groups=groups, kept_out=0.0, odds=found.odds[:, 0])


def at_random(pages: Sequence[CorpusPage], found: OutOfFold, judge: Judged = judged) -> Split:
    """Pages dealt at random, owners on both sides."""
    fold = np.random.default_rng(SEED).permutation(len(pages)) % FOLDS
    odds, _ = held_out(pages, fold, [frozenset()] * len(pages), judge)
    return Split(
        name="at random",
        how="pages dealt at random, owners on both sides",
        groups=len(pages),
        kept_out=0.0,
        odds=found.scale * odds + found.shift,
    )


def by_kin(pages: Sequence[CorpusPage], found: OutOfFold, kin: Sequence[frozenset[str]], judge: Judged = judged) -> Split:
    """By owner; and what shares a template, a brand or a host with any page of a fold is not in the training of that fold.

    Merging owners by what they share would glue most benign collections into one group, as they quote the same newspapers: so the pages go, not the owners.
    """
    fold = np.array([found.fold_of[page.group] for page in pages])
    odds, dropped = held_out(pages, fold, kin, judge)
    return Split(
        name="by owner, template, brand and host",
        how="by owner, and nothing of the same template, brand or host in training",
        groups=len({page.group for page in pages}),
        kept_out=dropped,
        odds=found.scale * odds + found.shift,
    )


def held_out(
    pages: Sequence[CorpusPage], fold: npt.NDArray[np.int64], kin: Sequence[frozenset[str]], judge: Judged = judged
) -> tuple[Array, float]:
    """Uncalibrated log-odds (pages,) of every fold by a model of the others without its kin; and how many pages of the others that cost, on average."""
    odds = np.zeros(len(pages))
    dropped = []
    for number in np.unique(fold):
        unseen = np.flatnonzero(fold == number).tolist()
        shared = frozenset().union(*(kin[index] for index in unseen))
        others = np.flatnonzero(fold != number).tolist()
        seen = [pages[index] for index in others if not kin[index] & shared]
        odds[unseen] = judge(seen, [pages[index] for index in unseen])
        dropped.append(len(others) - len(seen))
    return odds, float(np.mean(dropped))
