"""Fitting: three logistic regressions over hashed page features, one over name n-grams. The only other module with scikit-learn beside `train`.

The three page regressions: gambling (operator or promotion) against the rest; operator against promotion; about gambling against other.
Deterministic: one thread, no random numbers, weights rounded.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier import features, names
from classifier.corpus import CorpusPage

Array = npt.NDArray[np.float64]

STRENGTH = 200.0
NAME_STRENGTH = 3.0
"""Inverse regularisation of the page and the name regressions."""

LEAST_UNITS = 2
"""A feature that fewer sites than this have is one site's habit, and is not learnt."""


@dataclass(frozen=True, slots=True)
class PageWeights:
    """What a page model is: `rarity` (buckets,), `weights` (3, buckets), `intercepts` (3,), rounded as they are stored."""

    rarity: npt.NDArray[np.float16]
    weights: npt.NDArray[np.float16]
    intercepts: npt.NDArray[np.float32]


def rarity_of(pages: Sequence[CorpusPage]) -> npt.NDArray[np.float16]:
    """1 + ln(units / units that have it) for every bucket, 0 where fewer than `LEAST_UNITS` have it. Units are sites, so that size counts nothing."""
    seen: dict[str, list[npt.NDArray[np.int64]]] = defaultdict(list)
    for page in pages:
        seen[page.unit].append(page.features.buckets)
    counts = np.zeros(features.BUCKETS)
    for buckets in seen.values():
        counts[np.unique(np.concatenate(buckets))] += 1
    rarity = np.where(counts >= LEAST_UNITS, 1.0 + np.log(len(seen) / np.maximum(counts, 1)), 0.0)
    return np.round(rarity, 2).astype(np.float16)


def fit_pages(pages: Sequence[CorpusPage]) -> PageWeights:
    """Fit the three page regressions."""
    rarity = rarity_of(pages)
    matrix = matrix_of(pages, rarity)
    kept = np.flatnonzero(rarity)
    matrix = matrix[:, kept]
    weight = np.array([page.weight for page in pages])
    targets = np.array([page.target for page in pages])
    guilty = np.isin(targets, ["operator", "promotion"])
    splits = (
        (np.ones(len(pages), dtype=bool), guilty),
        (guilty, targets == "operator"),
        (~guilty, targets == "about"),
    )
    weights = np.zeros((3, features.BUCKETS), dtype=np.float16)
    intercepts = np.zeros(3, dtype=np.float32)
    for row, (mask, truth) in enumerate(splits):
        line, intercept = fit(matrix[mask], truth[mask], balanced(weight[mask], truth[mask]), STRENGTH)
        weights[row, kept] = np.round(line, 3).astype(np.float16)
        intercepts[row] = round(intercept, 3)
    return PageWeights(rarity, weights, intercepts)


def fit_names(texts: Sequence[str], guilty: npt.NDArray[np.bool_], weight: Array) -> tuple[npt.NDArray[np.float16], float]:
    """Fit the name regression: weights (buckets,) and intercept."""
    rows, buckets = names.grams(texts)
    counts = np.bincount(rows, minlength=len(texts))
    values = 1.0 / np.sqrt(counts[rows])
    matrix = csr_matrix((values, (rows, buckets)), shape=(len(texts), names.BUCKETS))
    line, intercept = fit(matrix, guilty, weight, NAME_STRENGTH)
    return np.round(line, 3).astype(np.float16), round(intercept, 3)


def fit(matrix: csr_matrix, truth: npt.NDArray[np.bool_], weight: Array, strength: float) -> tuple[Array, float]:
    """One weighted logistic regression on one thread; a class that is absent gives zero weights."""
    if truth.all() or not truth.any():
        return np.zeros(matrix.shape[1]), 6.0 if truth.all() else -6.0
    with threadpool_limits(1):
        model = LogisticRegression(C=strength, max_iter=300, tol=1e-5).fit(matrix, truth, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def balanced(weight: Array, truth: npt.NDArray[np.bool_]) -> Array:
    """Weights of mean 1 in which the smaller class weighs a third of the whole at least."""
    out = weight.copy()
    for side in (truth, ~truth):
        share = out[side].sum() / out.sum()
        if 0 < share < 1 / 3:
            out[side] *= 0.5 * (1 - share) / share
    return np.asarray(out * (len(out) / out.sum()))


def matrix_of(pages: Sequence[CorpusPage], rarity: npt.NDArray[np.float16]) -> csr_matrix:
    """The pages as a sparse matrix (pages, buckets)."""
    buckets = [page.features.buckets for page in pages]
    values = np.concatenate([features.weighed(page.features, rarity) for page in pages])
    ends = np.cumsum([0, *map(len, buckets)])
    matrix = csr_matrix((values, np.concatenate(buckets), ends), shape=(len(pages), features.BUCKETS))
    matrix.sum_duplicates()
    return matrix


def log_odds(pages: Sequence[CorpusPage], model: PageWeights) -> Array:
    """Uncalibrated log-odds (pages, 3) as scoring computes them."""
    matrix = matrix_of(pages, model.rarity)
    return np.asarray(matrix @ model.weights.T.astype(np.float64) + model.intercepts)
