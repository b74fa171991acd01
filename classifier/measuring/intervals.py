"""How sure a figure is: exact intervals of shares, precision at a base rate, and bootstrap intervals that resample whole groups.

Pages of one owner say much the same, so that a bootstrap over pages would be far too sure: groups are drawn with replacement, a thousand
times, all draws at once (sorted once, then sums along the ranking).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from classifier.measuring.figures import BINS, SHARES, Array, Sample, Words, bins_of, probabilities

DRAWS = 1000
SEED = 20261121
LEVEL = 0.95
"""Of every interval here."""

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Draws:
    """The ranking (most suspect first, the innocent before the guilty where scores are equal) as every draw sees it.

    `order` (n,): places of the sample; `weight` (draws, n): how often each was drawn; `guilty` the same of the guilty alone;
    `caught` and `alarmed` (draws, n): how many guilty and innocent stand at or before each place.
    """

    order: npt.NDArray[np.int64]
    weight: Array
    guilty: Array
    caught: Array
    alarmed: Array


def exact_interval(hits: int, number: int) -> Bounds:
    """Clopper-Pearson interval of a share: never too narrow, whatever the share. (0, 1) where nothing was tried."""
    if not number:
        return 0.0, 1.0
    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, hits, number - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, number - hits)) if hits < number else 1.0
    return low, high


def precision_at(base: float, recall: float, alarms: float) -> float:
    """What share of what is listed is guilty, where `base` of all hosts are, `recall` of those and `alarms` of the others are listed; 0 where nothing is."""
    listed = recall * base + alarms * (1 - base)
    return recall * base / listed if listed else 0.0


def precision_interval(base: float, recall: float, alarms: int, innocent: int) -> tuple[float, float, float]:
    """Precision and its interval: the false-alarm rate anywhere in the exact interval of `alarms` among `innocent`, the recall as measured."""
    low, high = exact_interval(alarms, innocent)
    rate = alarms / innocent if innocent else 1.0
    return precision_at(base, recall, rate), precision_at(base, recall, high), precision_at(base, recall, low)


def bootstrap(sample: Sample, draws: int = DRAWS, seed: int = SEED) -> dict[str, Bounds]:
    """Intervals of average precision, recalls, macro recalls and calibration errors of a sample, by the names `evaluation` tells them by.

    The same seed gives the same intervals. A draw without guilty or without innocent ones says nothing and is left out.
    """
    drawn = _drawn(sample, draws, seed)
    values: dict[str, Array] = {"average precision": _average_precision(sample, drawn)}
    for words, share in SHARES.items():
        bars = _bars(drawn, share)
        values[f"recall at {words}"] = _recalls(drawn, bars)
        for part, names in sample.parts.items():
            values[f"recall at {words}, mean over {part}"] = _macro(drawn, bars, names)
    values["calibration error"] = _calibration(sample, drawn, np.ones(len(sample.odds)))
    values["calibration error, weighed by owner"] = _calibration(sample, drawn, sample.weight)
    return {name: _bounds(found) for name, found in values.items()}


def _drawn(sample: Sample, draws: int, seed: int) -> _Draws:
    groups, place = np.unique(sample.groups, return_inverse=True)
    chance = np.full(len(groups), 1.0 / len(groups))
    counts = np.random.default_rng(seed).multinomial(len(groups), chance, size=draws)
    order = np.lexsort((sample.guilty, -sample.odds))
    weight = counts[:, place[order]].astype(np.float64)
    truth = sample.guilty[order]
    guilty = weight * truth
    caught, alarmed = np.cumsum(guilty, axis=1), np.cumsum(weight * ~truth, axis=1)
    use = (caught[:, -1] > 0) & (alarmed[:, -1] > 0)
    return _Draws(order, weight[use], guilty[use], caught[use], alarmed[use])


def _bars(drawn: _Draws, share: float) -> npt.NDArray[np.int64]:
    """(draws,): the place of the first innocent that may not pass; the guilty before it are caught."""
    total = drawn.alarmed[:, -1]
    allowed = np.minimum(np.floor(share * total + 1e-9), total - 1)
    return np.asarray(np.argmax(drawn.alarmed > allowed[:, None], axis=1))


def _recalls(drawn: _Draws, bars: npt.NDArray[np.int64]) -> Array:
    return np.asarray(drawn.caught[np.arange(len(bars)), bars] / drawn.caught[:, -1])


def _macro(drawn: _Draws, bars: npt.NDArray[np.int64], names: Words) -> Array:
    """(draws,): mean over the parts that a draw has of their recall, each part counted once."""
    kinds, place = np.unique(names[drawn.order], return_inverse=True)
    belongs = np.zeros((len(place), len(kinds)))
    belongs[np.arange(len(place)), place] = 1.0
    above = np.arange(len(place)) < bars[:, None]
    there, caught = drawn.guilty @ belongs, (drawn.guilty * above) @ belongs
    recalls = np.divide(caught, there, out=np.zeros_like(there), where=there > 0)
    return np.asarray(recalls.sum(axis=1) / (there > 0).sum(axis=1))


def _average_precision(sample: Sample, drawn: _Draws) -> Array:
    ends = np.flatnonzero(np.diff(sample.odds[drawn.order], append=-np.inf))
    caught, seen = drawn.caught[:, ends], drawn.caught[:, ends] + drawn.alarmed[:, ends]
    precision = np.divide(caught, seen, out=np.zeros_like(caught), where=seen > 0)
    steps = np.diff(caught, axis=1, prepend=0.0)
    return np.asarray((steps * precision).sum(axis=1) / drawn.caught[:, -1])


def _calibration(sample: Sample, drawn: _Draws, weight: Array) -> Array:
    chance = probabilities(sample.odds[drawn.order])
    gap = weight[drawn.order] * (chance - sample.guilty[drawn.order])
    within = np.zeros((len(chance), BINS))
    within[np.arange(len(chance)), bins_of(chance)] = 1.0
    gaps = drawn.weight @ (within * gap[:, None])
    return np.asarray(np.abs(gaps).sum(axis=1) / (drawn.weight @ weight[drawn.order]))


def _bounds(values: Array) -> Bounds:
    if not len(values):
        return 0.0, 1.0
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
