"""What was measured, by name: figures with intervals, precision at base rates, recall by part, hard negatives by kind, curves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from classifier.measuring.figures import (
    SHARES,
    Array,
    Sample,
    Truth,
    average_precision,
    bar_at,
    calibration_error,
    macro_recall,
    precision_recall,
    probabilities,
    recall_at,
    recall_by,
    reliability,
)
from classifier.measuring.intervals import bootstrap, exact_interval, precision_interval
from classifier.measuring.leave_out import LeftOut
from classifier.measuring.records import Calibration, Curve, Figure, HardRow, PartRow, PrecisionRow
from classifier.model import Bars

BASES = (0.05, 0.01, 0.001)
"""Shares of guilty ones among all, at which precision is told."""

MOST_POINTS = 400
"""Of a curve."""

ENOUGH = 5
"""Guilty pages that a language or kind must have for its recall, when left out, to count for the least of them."""

NAME_RECALL, NAME_MISSES, NAME_HARD, NAME_LISTED = (
    "recall at 0.1% false alarms",
    "misses, of the stock pipeline's",
    "hard negatives over the bar of 0.1 %",
    "among the benign list",
)
"""What `classifier.measuring.name_figures` calls them."""


def values_of(sample: Sample) -> dict[str, float]:
    """Every figure of a sample that a bootstrap has an interval for, by name, and in the order they are told."""
    innocent, guilty = sample.odds[~sample.guilty], sample.odds[sample.guilty]
    values = {"average precision": average_precision(sample.odds, sample.guilty)}
    values.update({f"recall at {words}": recall_at(innocent, guilty, share) for words, share in SHARES.items()})
    for words, share in SHARES.items():
        bar = bar_at(innocent, share)
        for part, names in sample.parts.items():
            values[f"recall at {words}, mean over {part}"] = macro_recall(sample.odds, sample.guilty, names, bar)
    values["calibration error"] = calibration_error(sample.odds, sample.guilty)
    values["calibration error, weighed by owner"] = calibration_error(sample.odds, sample.guilty, sample.weight)
    return values


def figures_of(sample: Sample, calibrated: Array, bars: Bars, listed: Truth, draws: int) -> list[Figure]:
    """The figures of a sample. `calibrated` (n,): log-odds as the other folds calibrate them, for the calibration errors;
    `listed` (n,): over the mirror bar that the other folds set.
    """
    held = Sample(**{name: getattr(sample, name) for name in Sample.__slots__} | {"odds": calibrated})
    values, errors = values_of(sample), values_of(held)
    bounds, error_bounds = bootstrap(sample, draws), bootstrap(held, draws)
    of_all, of_guilty = _numbers(sample)
    figures = []
    for name, value in values.items():
        error = name.startswith("calibration")
        low, high = (error_bounds if error else bounds)[name]
        figures.append(
            Figure(
                name=f"{sample.what}: {name}",
                value=errors[name] if error else value,
                low=low,
                high=high,
                rests_on=of_all,
                cost=error,
                pinned="no false alarm, mean" not in name,  # one innocent page moves these by a tenth
            )
        )
    return [*figures, *_bands(sample, bars, listed, of_guilty)]


def _bands(sample: Sample, bars: Bars, listed: Truth, of_guilty: str) -> Iterator[Figure]:
    """What falls into which band, at the bars of the model and at those of the other folds; the intervals are exact."""
    guilty, innocent, hard = sample.guilty, ~sample.guilty, sample.hard & ~sample.guilty
    own = probabilities(sample.odds) >= bars.mirror
    clear = probabilities(sample.odds) < bars.review
    for words, mask in (("", own), (", bar set on other owners", listed)):
        yield _share(f"{sample.what}: guilty in the mirror band{words}", mask[guilty], of_guilty)
        yield _count(f"{sample.what}: innocent in the mirror band{words}", mask[innocent], "innocent")
        yield _count(f"{sample.what}: hard negatives in the mirror band{words}", mask[hard], "hard negatives")
    yield _share(f"{sample.what}: guilty wrongly clear", clear[guilty], of_guilty, cost=True)
    yield _share(f"{sample.what}: innocent to review", (~clear & ~own)[innocent], f"{int(innocent.sum()):,} innocent", cost=True)


def left_out_figures(left: Sequence[LeftOut]) -> list[Figure]:
    """The mean and the least of what was left out in turn; the least of those with `ENOUGH` guilty pages."""
    figures = []
    for kind, many in (("language", "languages"), ("subtype", "subtypes")):
        rows = [row for row in left if row.kind == kind]
        enough = [row for row in rows if row.guilty >= ENOUGH]
        for words, values, own in (("mean", [row.at_1 for row in rows], rows), ("least", [row.at_1 for row in enough], enough)):
            if own:
                value = float(np.mean(values)) if words == "mean" else min(values)
                told = f"{len(own)} {many}" + ("" if words == "mean" else f" of {ENOUGH} pages or more")
                figures.append(
                    Figure(name=f"pages: recall at 1 % false alarms, {many} left out in turn, {words}", value=value, rests_on=told)
                )
    return figures


def figures_of_names(told: Mapping[str, Mapping[str, Any]]) -> list[Figure]:
    """The figures of the name model by split, as `classifier.measuring.name_figures` tells them; where they are told of the benign list alone, those too."""
    figures = []
    for split, one in told.items():
        figures += _of_split(f"names, {split}", one)
        if NAME_LISTED in one:
            figures += _of_split(f"names, {split}, {NAME_LISTED}", one[NAME_LISTED])
    return figures


def _of_split(name: str, one: Mapping[str, Any]) -> list[Figure]:
    of = f"{one['guilty']:,} guilty, {one['innocent']:,} innocent"
    low, high = one["interval of the misses"]
    return [
        Figure(name=f"{name}: recall at 0.1 % false alarms", value=float(one[NAME_RECALL]), rests_on=of),
        Figure(name=f"{name}: misses, of the stock pipeline's", value=float(one[NAME_MISSES]), low=low, high=high, rests_on=of, cost=True),
        Figure(
            name=f"{name}: hard negatives over that bar",
            value=int(one[NAME_HARD]),
            rests_on=f"{one['hard negatives']:,} hard",
            cost=True,
            count=True,
        ),
    ]


def precision_rows(sample: Sample, bars: Bars) -> list[PrecisionRow]:
    """Precision at base rates, at the mirror bar and at the bar of every share of false alarms."""
    innocent = sample.odds[~sample.guilty]
    lines = {"mirror band": probabilities(sample.odds) >= bars.mirror}
    lines.update({words: sample.odds > bar_at(innocent, share) for words, share in reversed(SHARES.items())})
    rows = []
    for words, passed in lines.items():
        recall, alarms = float(passed[sample.guilty].mean()), int(passed[~sample.guilty].sum())
        for base in BASES:
            value, low, high = precision_interval(base, recall, alarms, len(innocent))
            rows.append(
                PrecisionRow(
                    what=sample.what,
                    bar=words,
                    base=base,
                    recall=recall,
                    alarms=alarms,
                    innocent=len(innocent),
                    value=value,
                    low=low,
                    high=high,
                )
            )
    return rows


def part_rows(sample: Sample) -> list[PartRow]:
    """Recall of every language, subtype and owner that has guilty ones."""
    innocent = sample.odds[~sample.guilty]
    at = {share: bar_at(innocent, share) for share in (0.01, 0.001)}
    rows = []
    for part, names in sample.parts.items():
        low = recall_by(sample.odds, sample.guilty, names, at[0.001])
        for name, (recall, number) in recall_by(sample.odds, sample.guilty, names, at[0.01]).items():
            rows.append(PartRow(part=part, name=name, guilty=number, at_1=recall, at_01=low[name][0]))
    return rows


def hard_rows(sample: Sample, bars: Bars) -> list[HardRow]:
    """Hard negatives by their kind."""
    chance = probabilities(sample.odds)
    hard = sample.hard & ~sample.guilty
    rows = []
    for kind in np.unique(sample.subtypes[hard]):
        own = chance[hard & (sample.subtypes == kind)]
        mirror, unsure = int((own >= bars.mirror).sum()), int(((own < bars.mirror) & (own >= bars.review)).sum())
        rows.append(HardRow(kind=str(kind), pages=len(own), highest=float(own.max()), mirror=mirror, unsure=unsure))
    return rows


def curve_of(sample: Sample) -> Curve:
    """The curves of a sample, thinned to `MOST_POINTS`."""
    bars, precision, recall = precision_recall(sample.odds, sample.guilty)
    innocent = np.sort(sample.odds[~sample.guilty])
    alarms = (len(innocent) - np.searchsorted(innocent, bars)) / max(len(innocent), 1)
    kept = np.unique(np.linspace(0, len(bars) - 1, min(MOST_POINTS, len(bars))).astype(int)) if len(bars) else np.zeros(0, dtype=int)
    return Curve(
        what=sample.what,
        guilty=int(sample.guilty.sum()),
        innocent=len(innocent),
        precision=tuple(zip(recall[kept].tolist(), precision[kept].tolist(), strict=True)),
        alarms=tuple(zip(alarms[kept].tolist(), recall[kept].tolist(), strict=True)),
    )


def calibration_of(what: str, odds: Array, guilty: Truth) -> Calibration:
    """The reliability of probabilities as the other folds calibrate them."""
    return Calibration(what=what, error=calibration_error(odds, guilty), bins=tuple(reliability(odds, guilty)))


def _numbers(sample: Sample) -> tuple[str, str]:
    guilty, innocent = int(sample.guilty.sum()), int((~sample.guilty).sum())
    return f"{guilty:,} guilty, {innocent:,} innocent", f"{guilty:,} guilty"


def _share(name: str, mask: Truth, rests_on: str, *, cost: bool = False) -> Figure:
    low, high = exact_interval(int(mask.sum()), len(mask))
    return Figure(name=name, value=float(mask.mean()) if len(mask) else 0.0, low=low, high=high, rests_on=rests_on, cost=cost)


def _count(name: str, mask: Truth, of: str) -> Figure:
    """A number of false alarms, its interval that of as many."""
    low, high = exact_interval(int(mask.sum()), len(mask))
    return Figure(
        name=name, value=int(mask.sum()), low=low * len(mask), high=high * len(mask), rests_on=f"{len(mask):,} {of}", cost=True, count=True
    )
