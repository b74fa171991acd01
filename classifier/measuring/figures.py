"""Figures of a ranking and of bands: pure functions on arrays, so that training and evaluation state the same numbers from the same code.

`odds` (n,) are log-odds of being guilty (an operator's or a promoter's), higher is more suspect; `guilty` (n,) is the truth.
A share of false alarms is of the innocent; nothing here is weighed unless a weight is given.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]

SHARES = {"1 % false alarms": 0.01, "0.1 % false alarms": 0.001, "no false alarm": 0.0}
"""Shares of the innocent that may be alarmed, by the words they are told in."""

BINS = 10
"""Of the probabilities, for the calibration error: equal in width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was judged, pages or hosts, all arrays (n,): `owners`, `languages`, `subtypes` name what each belongs to; `groups` are resampled whole;
    `weight`: what each counts in training.
    """

    what: str
    odds: Array
    guilty: Truth
    hard: Truth
    owners: Words
    groups: Words
    languages: Words
    subtypes: Words
    weight: Array

    @property
    def parts(self) -> dict[str, Words]:
        """What macro recall is averaged over."""
        return {"owners": self.owners, "languages": self.languages, "subtypes": self.subtypes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One bin of probabilities: how many are in it, what they were told on average, and what share of them is guilty."""

    low: float
    high: float
    number: int
    told: float
    true: float


def bar_at(innocent: Array, share: float) -> float:
    """The score that at most `share` of the innocent pass (strictly); infinite where there is no innocent, so that nothing passes."""
    if not len(innocent):
        return math.inf
    allowed = min(math.floor(share * len(innocent) + 1e-9), len(innocent) - 1)
    return float(np.partition(innocent, len(innocent) - 1 - allowed)[len(innocent) - 1 - allowed])


def recall_at(innocent: Array, guilty: Array, share: float) -> float:
    """Share of the guilty above the score that at most `share` of the innocent pass; 0 where either is empty."""
    return float((guilty > bar_at(innocent, share)).mean()) if len(guilty) else 0.0


def macro_recall(odds: Array, guilty: Truth, part: Words, bar: float) -> float:
    """Mean over the parts (owners, languages ...) that have guilty ones of the share of them above `bar`; 0 where there is none."""
    recalls = recall_by(odds, guilty, part, bar)
    return float(np.mean([recall for recall, _ in recalls.values()])) if recalls else 0.0


def recall_by(odds: Array, guilty: Truth, part: Words, bar: float) -> dict[str, tuple[float, int]]:
    """For every part with guilty ones the share of them above `bar`, and their number."""
    return {
        str(name): (float((odds[own] > bar).mean()), int(own.sum()))
        for name in np.unique(part[guilty])
        for own in [guilty & (part == name)]
    }


def average_precision(odds: Array, guilty: Truth) -> float:
    """Area under the precision-recall curve, as the sum of steps (no interpolation); equal scores are one step. 0 where none is guilty."""
    _, precision, recall = precision_recall(odds, guilty)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def precision_recall(odds: Array, guilty: Truth) -> tuple[Array, Array, Array]:
    """Bars from the highest score down, and precision and recall of what is at or above each; empty where none is guilty."""
    if not guilty.any():
        return np.zeros(0), np.zeros(0), np.zeros(0)
    order = np.argsort(-odds, kind="stable")
    ends = np.flatnonzero(np.diff(odds[order], append=-np.inf))
    found = np.cumsum(guilty[order])[ends]
    return odds[order][ends], found / (ends + 1.0), found / float(guilty.sum())


def reliability(odds: Array, guilty: Truth, weight: Array | None = None) -> list[Bin]:
    """The bins of probabilities that are not empty; with `weight` their means are weighed, the number is not."""
    chance = probabilities(odds)
    shares = np.ones(len(odds)) if weight is None else weight
    place = bins_of(chance)
    bins = []
    for number in range(BINS):
        own = place == number
        if own.any():
            told, true = (float(np.average(values[own], weights=shares[own])) for values in (chance, guilty.astype(float)))
            bins.append(Bin(low=number / BINS, high=(number + 1) / BINS, number=int(own.sum()), told=told, true=true))
    return bins


def calibration_error(odds: Array, guilty: Truth, weight: Array | None = None) -> float:
    """Expected calibration error: mean over bins, by their share, of the distance between what was told and what is true."""
    if not len(odds):
        return 0.0
    shares = np.ones(len(odds)) if weight is None else weight
    chance = probabilities(odds)
    gaps = np.bincount(bins_of(chance), weights=shares * (chance - guilty), minlength=BINS)
    return float(np.abs(gaps).sum() / shares.sum())


def ranking(odds: Array, guilty: Truth) -> dict[str, float]:
    """Average precision and recall at given shares of false alarms, with the numbers they rest on."""
    return {
        "guilty": int(guilty.sum()),
        "innocent": int((~guilty).sum()),
        "average precision": round(average_precision(odds, guilty), 4),
        **{f"recall at {words}": round(recall_at(odds[~guilty], odds[guilty], share), 4) for words, share in SHARES.items()},
    }


def banding(odds: Array, guilty: Truth, hard: Truth, mirror: float, review: float) -> dict[str, float]:
    """What falls into the bands: at `mirror` (a probability) and above is the mirror band, under `review` is clear."""
    chance = probabilities(odds)
    listed, clear = chance >= mirror, chance < review
    return {
        "guilty in the mirror band": _share(listed[guilty]),
        "innocent in the mirror band": int(listed[~guilty].sum()),
        "hard negatives": int((hard & ~guilty).sum()),
        "hard negatives in the mirror band": int(listed[hard & ~guilty].sum()),
        "guilty wrongly clear": _share(clear[guilty]),
        "innocent to review": _share((~clear & ~listed)[~guilty]),
    }


def labels_of(odds: Array) -> Words:
    """The label of every row of log-odds (n, 3)."""
    guilty = np.where(odds[:, 1] >= 0, "operator", "promotion")
    return np.where(odds[:, 0] >= 0, guilty, np.where(odds[:, 2] >= 0, "about", "other"))


def probabilities(odds: Array) -> Array:
    """The probabilities of log-odds, six decimals, as judging rounds them before it compares them with a bar."""
    return np.round(1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0))), 6)


def bins_of(chance: Array) -> npt.NDArray[np.int64]:
    """The bin of every probability; 1.0 lies in the last."""
    return np.minimum((chance * BINS).astype(np.int64), BINS - 1)


def _share(mask: Truth) -> float:
    return round(float(mask.mean()), 4) if len(mask) else 0.0
