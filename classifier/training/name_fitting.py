"""Fitting the name model: one logistic regression over hashed n-grams and word features, calibrated on brands that it did not see.

Deterministic: one thread, drawn names from fixed seeds, weights rounded. What is measured of it is in `classifier.measuring.name_figures`.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from casefile.progress import Progress
from classifier.names import BUCKETS, FOLDED_SIZES, bucket_of, grams, name_odds, share_of
from classifier.training.name_corpus import CorpusName, read_names
from classifier.training.name_ranking import ranking
from classifier.training.name_words import (
    BRAND,
    KINDS,
    PLACES,
    NameWord,
    made_guilty,
    made_innocent,
    mistaken,
    read_words,
    vetted,
    word_buckets,
)

Array = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

STRENGTH = 5.0
"""Inverse regularisation."""

GAIN = 6.0
"""How much dearer an n-gram's own weight is than the weight that all words of a kind share."""

MADE_GUILTY, MADE_INNOCENT = 10_000, 5_000
MADE_GUILTY_WEIGHT, MADE_INNOCENT_WEIGHT = 0.3, 0.5
"""Names made of the table's words: how many at most, and what each counts."""

LEAST_NAMES = 2
"""An n-gram of fewer names than this is not learnt."""

NEGLIGIBLE = 0.02
"""A weight below this is stored as zero."""

HELD_OUT = 5
"""One in so many brands, and innocent names, is held out to calibrate."""


@dataclass(frozen=True, slots=True)
class NameWeights:
    """A name model: `table` (BUCKETS,), as `classifier.names.name_scores` takes it, and the intercept."""

    table: npt.NDArray[np.float32]
    intercept: float

    def odds(self, names: Sequence[str]) -> Array:
        """Log-odds, shape (names,)."""
        return name_odds(names, self.table, self.intercept)


def fit_names(names: Sequence[CorpusName], words: Sequence[NameWord]) -> NameWeights:
    """Fit the regression; not calibrated."""
    guilty, innocent = _by_truth(names)
    words = vetted(words, guilty, innocent)
    left_out = mistaken(guilty, words)
    names = [one for one in names if one.name not in left_out]
    guilty, innocent = _by_truth(names)
    made = made_guilty(words, innocent, min(MADE_GUILTY, len(guilty)))
    harmless = made_innocent(words, innocent, min(MADE_INNOCENT, len(innocent)))
    texts = [one.name for one in names] + made + harmless
    truth = np.array([one.guilty for one in names] + [True] * len(made) + [False] * len(harmless))
    weight = np.array(
        [one.weight for one in names] + [MADE_GUILTY_WEIGHT] * len(made) + [MADE_INNOCENT_WEIGHT] * len(harmless), dtype=np.float64
    )
    return _fitted(texts, truth, weight, words)


def calibrated(model: NameWeights, scale: float, shift: float) -> NameWeights:
    """The model with its log-odds stretched and shifted, rounded as it is stored."""
    table = np.round(model.table.astype(np.float64) * scale, 2)
    table[np.abs(table) < NEGLIGIBLE] = 0.0
    return NameWeights(table.astype(np.float32), round(model.intercept * scale + shift, 3))


def calibration_of(odds: Array, truth: Truth, weight: Array) -> tuple[float, float]:
    """Scale and shift (Platt) that make log-odds of unseen names probabilities, where gambling and innocent names weigh as they do in `weight`."""
    if truth.all() or not truth.any():
        return 1.0, 0.0
    model = LogisticRegression(C=1e6).fit(odds[:, None], truth, sample_weight=weight)
    return round(max(float(model.coef_[0, 0]), 0.05), 3), round(float(model.intercept_[0]), 3)


def held_out(name: CorpusName, fold: int = 0, folds: int = HELD_OUT) -> bool:
    """Whether a name is of a fold by brand; an innocent name by its registrable name."""
    return zlib.crc32(name.brand.encode()) % folds == fold


def name_model(corpus: Path, progress: Progress) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays of the name model (`weights`, `intercept`) and its figures, from brands and innocent names that a second one did not see."""
    names, words = read_names(corpus), read_words()
    unseen = np.array([held_out(one) for one in names])
    seen = fit_names([one for one, out in zip(names, unseen, strict=True) if not out], words)
    rest = [one for one, out in zip(names, unseen, strict=True) if out]
    odds = seen.odds([one.name for one in rest])
    progress.advance("names held out")
    figures = ranking(odds, rest)
    truth = np.array([one.guilty for one in rest], dtype=np.bool_)
    scale, shift = calibration_of(odds, truth, np.array([one.weight for one in rest]))
    whole = calibrated(fit_names(names, words), scale, shift)
    progress.advance("name model")
    return {"weights": whole.table, "intercept": np.array(whole.intercept)}, figures


def without_brands(words: Sequence[NameWord]) -> list[NameWord]:
    """The words but the brands, to measure what a model makes of a brand that nobody told it."""
    return [word for word in words if word.kind != BRAND]


def _by_truth(names: Sequence[CorpusName]) -> tuple[list[str], list[str]]:
    """Gambling names and innocent ones."""
    return [one.name for one in names if one.guilty], [one.name for one in names if not one.guilty]


def _fitted(texts: Sequence[str], truth: Truth, weight: Array, words: Sequence[NameWord]) -> NameWeights:
    rows, buckets, suffixes = grams(texts)
    shares = share_of(np.bincount(rows, minlength=len(texts)))
    matrix = csr_matrix((shares[rows], (rows, buckets)), shape=(len(texts), BUCKETS))
    matrix.sum_duplicates()
    kept = np.flatnonzero(np.bincount(matrix.indices, minlength=BUCKETS) >= LEAST_NAMES)
    by_suffix = csr_matrix((np.ones(len(texts)), (np.arange(len(texts)), suffixes)), shape=(len(texts), BUCKETS))
    shared = _shared(words)
    every = hstack([matrix[:, kept], by_suffix[:, np.unique(suffixes)], matrix @ shared]).tocsr()
    if truth.all() or not truth.any():
        return NameWeights(np.zeros(BUCKETS, dtype=np.float32), 6.0 if truth.all() else -6.0)
    with threadpool_limits(1):
        model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-4).fit(every, truth, sample_weight=weight)
    line = model.coef_[0]
    own, suffix, common = np.split(line, [len(kept), every.shape[1] - shared.shape[1]])
    table = np.zeros(BUCKETS)
    table[kept] = own
    table += shared @ common
    for size in FOLDED_SIZES:  # digits alone say nothing of their number
        table[bucket_of("#" * size)] = 0.0
    table[np.unique(suffixes)] += suffix
    return NameWeights(np.round(table, 4).astype(np.float32), round(float(model.intercept_[0]), 4))


def _shared(words: Sequence[NameWord]) -> csr_matrix:
    """Buckets by the features that words share: (BUCKETS, kinds times places)."""
    found = word_buckets(words)
    features, shares = zip(*found.values(), strict=True) if found else ((), ())
    values = GAIN * np.array(shares, dtype=np.float64)
    return csr_matrix((values, (list(found), features)), shape=(BUCKETS, len(KINDS) * len(PLACES)))
