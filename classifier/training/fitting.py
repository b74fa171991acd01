"""Fitting the page model: three logistic regressions over the numbers of a page, the first joined by the text channel. Needs scikit-learn; scoring does not.

The three regressions: gambling (operator or promotion) against the rest; operator against promotion; about gambling against other.
Numbers are brought to a common scale and clipped, so that none alone decides, and heavily regularised, so that none is an owner's habit.
Deterministic: one thread, no random numbers, sums in 64 bits, weights rounded.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier.linear import PageWeights, scaled
from classifier.novelty import familiar_of
from classifier.training.corpus import CorpusPage
from classifier.training.text_fitting import balanced, fit_text, text_odds_of

Array = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

STRENGTH = 0.002
"""Inverse regularisation."""

LABEL_STRENGTH = 0.01
"""The same of the two that only give a label."""

LEAST_GROUPS = 3
"""A number that fewer groups of owners have (other than 0) is one site's habit, and is not learnt."""

LEAST_SPREAD = 0.05
"""A number that hardly changes is not blown up."""

TEXT_SHARE = 0.3
"""What the text channel adds, in spreads of the rest: more helps languages that were never seen, and costs recall where no false alarm is allowed."""


def fit_pages(pages: Sequence[CorpusPage]) -> PageWeights:
    """Fit the page model."""
    dense = dense_of(pages)
    weight = np.array([page.weight for page in pages])
    targets = np.array([page.target for page in pages])
    guilty = np.isin(targets, ["operator", "promotion"])
    whole = balanced(weight, guilty)
    kept = seen_in(dense, [page.group for page in pages]) >= LEAST_GROUPS
    mean, spread = scale_of(dense, whole)
    matrix = scaled(dense, mean, spread)
    splits = ((np.ones(len(pages), dtype=bool), guilty), (guilty, targets == "operator"), (~guilty, targets == "about"))
    weights = np.zeros((3, dense.shape[1]), dtype=np.float32)
    intercepts = np.zeros(3, dtype=np.float32)
    for row, (mask, truth) in enumerate(splits):
        share = balanced(weight[mask], truth[mask]) if mask.any() else weight[mask]
        line, intercept = fit(matrix[mask][:, kept], truth[mask], share, STRENGTH if row == 0 else LABEL_STRENGTH)
        weights[row, kept] = np.round(line, 4)
        intercepts[row] = round(intercept, 3)
    groups = [page.group for page in pages]
    text = fit_text([page.features.text for page in pages], groups, whole, guilty, units=[page.unit for page in pages])
    odds = matrix @ weights[0].astype(np.float64)
    familiar = familiar_of([page.features for page in pages], groups)
    return PageWeights(mean, spread, weights, intercepts, text, round(TEXT_SHARE * float(np.std(odds)), 3), familiar)


def fit(matrix: Array, truth: Truth, weight: Array, strength: float) -> tuple[Array, float]:
    """One weighted logistic regression on one thread; a class that is absent gives zero weights."""
    if truth.all() or not truth.any():
        return np.zeros(matrix.shape[1]), 6.0 if len(truth) and truth.all() else -6.0
    with threadpool_limits(1):
        model = LogisticRegression(C=strength, max_iter=1000, tol=1e-6).fit(matrix, truth, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def dense_of(pages: Sequence[CorpusPage]) -> Array:
    """The numbers of the pages, shape (pages, columns)."""
    return np.array([page.features.dense for page in pages], dtype=np.float64)


def seen_in(dense: Array, groups: Sequence[str]) -> npt.NDArray[np.int64]:
    """In how many groups every number is other than 0, shape (columns,)."""
    names, places = np.unique(np.array(groups), return_inverse=True)
    seen = np.zeros((len(names), dense.shape[1]), dtype=np.bool_)
    np.logical_or.at(seen, places, dense != 0)
    return np.asarray(seen.sum(axis=0))


def scale_of(dense: Array, weight: Array) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weighted mean and standard deviation of every number."""
    mean = np.average(dense, axis=0, weights=weight)
    spread = np.sqrt(np.average((dense - mean) ** 2, axis=0, weights=weight))
    return np.round(mean, 3).astype(np.float32), np.round(np.maximum(spread, LEAST_SPREAD), 3).astype(np.float32)


def log_odds(pages: Sequence[CorpusPage], model: PageWeights) -> Array:
    """Uncalibrated log-odds (pages, 3) as scoring computes them."""
    odds = scaled(dense_of(pages), model.mean, model.spread) @ model.weights.T.astype(np.float64) + model.intercepts
    odds[:, 0] += model.text_factor * text_odds_of([page.features.text for page in pages], model.text)
    return np.asarray(odds)
