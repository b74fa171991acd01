"""Fitting the text channel: which words are learnt, and what each weighs. Needs scikit-learn, so scoring never imports it; `classifier.text` scores.

A word is learnt only where pages of `LEAST_GROUPS` groups of owners have it: what fewer have is an owner's habit, a template's or a brand's.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier.text import Hashes, TextFeatures, TextWeights, text_odds, text_parts, weighed

Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

LEAST_GROUPS = 6
"""Groups of owners that must have a word for it to be learnt."""

STRENGTH = 200.0
"""Inverse regularisation."""

GUILTY_PAGES, INNOCENT_PAGES = 4.0, 300.0
"""Pages that a group counts for at most in training, if it has more: gambling pages of one owner come from one template."""

LEAST_SPREAD = 1e-3
"""Of the odds of the pages fitted on: under it the words part nothing."""

LEAST_SHARE = 1 / 3
"""Of the whole weight that the smaller class has at least."""


def fit_text(
    features: Sequence[TextFeatures], groups: Sequence[str], weights: Floats, truth: Truth, units: Sequence[str] | None = None
) -> TextWeights:
    """Fit the channel: what parts the pages of `truth` from the others. Deterministic: one thread, no random numbers, weights rounded.

    All of length (pages,): `groups` are never split between training and test; `units` are the sites that count once in the rarity of a word (a collection
    of pages has many; the groups if not given); `weights` as of `owner_weights`. The weights are in units of the spread of the odds of the pages fitted on.
    A class that is absent gives a channel that says 0 of every page.
    """
    vocabulary, rarity = vocabulary_of(features, groups, groups if units is None else units)
    if truth.all() or not truth.any() or not len(vocabulary):
        return nothing_learnt()
    matrix = matrix_of(features, vocabulary, rarity)
    with threadpool_limits(1):
        model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-4).fit(matrix, truth, sample_weight=weights)
    spread = float(np.std(model.decision_function(matrix)))
    if spread < LEAST_SPREAD:
        return nothing_learnt()
    line = np.round(model.coef_[0] / spread, 3).astype(np.float16)
    return TextWeights(vocabulary, rarity, line, round(float(model.intercept_[0]) / spread, 3))


def nothing_learnt() -> TextWeights:
    """A channel without a word."""
    none = np.zeros(0, dtype=np.float16)
    return TextWeights(np.zeros(0, dtype=np.uint64), none, none, 0.0)


def vocabulary_of(features: Sequence[TextFeatures], groups: Sequence[str], units: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.float16]]:
    """The words that are learnt, rising, and the rarity of each: 1 + ln(units / units that have it)."""
    if not features:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.float16)
    hashes, of_groups, number = _spread_of(features, groups)
    of_units = of_groups
    if units is not groups:
        _, of_units, number = _spread_of(features, units)
    kept = of_groups >= LEAST_GROUPS
    rarity = 1.0 + np.log(number / of_units[kept])
    return hashes[kept], np.round(rarity, 2).astype(np.float16)


def _spread_of(features: Sequence[TextFeatures], keys: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.int64], int]:
    """All hashes, rising; under how many different keys each is found; the number of keys."""
    by_key: dict[str, list[Hashes]] = defaultdict(list)
    for one, key in zip(features, keys, strict=True):
        by_key[key].append(one.hashes)
    hashes, counts = np.unique(np.concatenate([_once(seen) for seen in by_key.values()]), return_counts=True)
    return hashes, counts, len(by_key)


def _once(seen: Sequence[Hashes]) -> Hashes:
    """Every hash once, rising; sorting is several times faster than numpy's own table of millions of hashes."""
    hashes = np.sort(np.concatenate(seen))
    return hashes[np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))]


def owner_weights(groups: Sequence[str], truth: Truth) -> Floats:
    """What every page counts for, shape (pages,), mean 1: a group is a few pages whatever its size, and the smaller class weighs a third at least."""
    names, places, counts = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    most = np.where(truth, GUILTY_PAGES, INNOCENT_PAGES)
    weights = np.minimum(1.0, most / counts[places]) if len(names) else np.zeros(0)
    return balanced(weights, truth)


def balanced(weights: Floats, truth: Truth) -> Floats:
    """Weights of mean 1 in which the smaller class weighs `LEAST_SHARE` or more of the whole."""
    out = weights.copy()
    for side in (truth, ~truth):
        share = out[side].sum() / out.sum()
        if 0 < share < LEAST_SHARE:
            out[side] *= 0.5 * (1 - share) / share
    return np.asarray(out * (len(out) / out.sum()))


def matrix_of(features: Sequence[TextFeatures], vocabulary: Hashes, rarity: npt.NDArray[np.float16]) -> csr_matrix:
    """The pages as a sparse matrix (pages, vocabulary)."""
    rows = [weighed(one, vocabulary, rarity) for one in features]
    ends = np.cumsum([0, *(len(values) for values, _, _ in rows)])
    values, columns = (np.concatenate([row[part] for row in rows]) for part in (0, 2))
    return csr_matrix((values, columns, ends), shape=(len(features), len(vocabulary)))


def text_odds_of(features: Sequence[TextFeatures], weights: TextWeights) -> Floats:
    """`classifier.text.text_odds` of many pages, shape (pages,)."""
    return np.array([text_odds(text_parts(one, weights), weights) for one in features])
