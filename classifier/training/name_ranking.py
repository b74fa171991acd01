"""How well scores rank names: average precision, recall at few false alarms, and the innocent look-alikes that stand above the bar."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

from classifier.training.name_corpus import CorpusName

Array = npt.NDArray[np.float64]

SHARES = (0.001, 0.01)
"""Shares of false alarms that recall is told at."""


def ranking(odds: Array, names: Sequence[CorpusName]) -> dict[str, Any]:
    """Average precision, recall at given shares of false alarms, and the hard negatives above the bar of the strictest, by name."""
    guilty = np.array([one.guilty for one in names], dtype=np.bool_)
    hard = np.array([one.kind == "hard" for one in names], dtype=np.bool_)
    bar = bar_of(odds[~guilty], SHARES[0])
    return {
        "guilty": int(guilty.sum()),
        "innocent": int((~guilty).sum()),
        "average precision": round(float(average_precision_score(guilty, odds)), 4) if guilty.any() else 0.0,
        **{f"recall at {share:.1%} false alarms".replace(".0", ""): _recall(odds, guilty, share) for share in SHARES},
        "hard negatives": int(hard.sum()),
        "hard negatives over the bar of 0.1 %": int((hard & (odds > bar)).sum()),
        "hard negatives over the bar": sorted(one.name for one, over in zip(names, hard & (odds > bar), strict=True) if over),
    }


def bar_of(innocent: Array, share: float) -> float:
    """The score that at most `share` of the innocent pass."""
    return float(np.sort(innocent)[::-1][min(int(share * len(innocent)), len(innocent) - 1)]) if len(innocent) else float("inf")


def _recall(odds: Array, guilty: npt.NDArray[np.bool_], share: float) -> float:
    return round(float((odds[guilty] > bar_of(odds[~guilty], share)).mean()), 4) if guilty.any() else 0.0
