"""The plots of an evaluation as inline SVG: precision against recall, recall against false alarms, reliability, and bars by language and by kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from casefile.plaintext import inert
from classifier.measuring.figures import Bin
from classifier.measuring.leave_out import LeftOut
from classifier.measuring.records import Calibration, Curve, Evaluation, PartRow
from cli.plots import INK, SERIES, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SQUARE, WIDE = (5.2, 3.4), (10.8, 2.7)
"""Inches."""

LONGEST = 30
"""Characters of a name beside a bar."""

LINES = {"pages": SERIES[1], "hosts": SERIES[2]}
LEFT_IN, LEFT_OUT = SERIES[0], SERIES[2]

LEAST_ALARMS = 2e-4
"""Share of false alarms at the left edge of the logarithmic axis; no alarm at all stands there."""


def plots_of(told: Evaluation) -> dict[str, str]:
    """Title and SVG of every plot."""
    inside = {(row.part, row.name): row for row in told.parts}
    return {
        "Precision against recall": drawn("Precision against recall", lambda axes: _precision(axes, told.curves), SQUARE),
        "Recall against false alarms": drawn("Recall against false alarms", lambda axes: _alarms(axes, told.curves), SQUARE),
        "Reliability": drawn("Reliability", lambda axes: _reliability(axes, told.calibration), SQUARE),
        "Recall by kind of page": drawn("Recall by kind of page", lambda axes: _kinds(axes, _pairs(told, "subtype", inside)), SQUARE),
        "Recall by language": drawn("Recall by language", lambda axes: _languages(axes, _pairs(told, "language", inside)), WIDE),
    }


def _precision(axes: "Axes", curves: Sequence[Curve]) -> None:
    for curve in curves:
        recall, precision = zip(*curve.precision, strict=True)
        label = f"{curve.what}: {curve.guilty:,} guilty, {curve.innocent:,} innocent"
        axes.plot(recall, precision, color=LINES[curve.what], linewidth=1.8, label=label, drawstyle="steps-pre")
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.01), ylim=(0, 1.02))
    axes.legend(loc="lower left")


def _alarms(axes: "Axes", curves: Sequence[Curve]) -> None:
    for curve in curves:
        alarms, recall = zip(*curve.alarms, strict=True)
        axes.plot(
            [max(share, LEAST_ALARMS) for share in alarms],
            recall,
            color=LINES[curve.what],
            linewidth=1.8,
            label=curve.what,
            drawstyle="steps-post",
        )
    axes.set(xscale="log", xlabel="false alarms among the innocent", ylabel="recall", xlim=(LEAST_ALARMS, 1), ylim=(0, 1.02))
    axes.set_xticks([LEAST_ALARMS, 0.001, 0.01, 0.1, 1], ["none", "0.1 %", "1 %", "10 %", "100 %"])
    axes.minorticks_off()
    for share in (0.001, 0.01):
        axes.axvline(share, color=INK, linewidth=0.7, linestyle=(0, (3, 3)))
    axes.legend(loc="lower right")


def _reliability(axes: "Axes", calibration: Sequence[Calibration]) -> None:
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=(0, (3, 3)))
    for one in calibration:
        told, true = [each.told for each in one.bins], [each.true for each in one.bins]
        label = f"{one.what}: error {one.error:.3f}"
        axes.plot(told, true, color=LINES[one.what], linewidth=1.2, alpha=0.6)
        axes.scatter(told, true, [_area(each) for each in one.bins], color=LINES[one.what], label=label, zorder=3)
    axes.set(xlabel="probability told", ylabel="share that is guilty", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    for handle in axes.legend(loc="upper left").legend_handles:
        if handle is not None:
            handle.set_sizes([30])  # type: ignore[attr-defined]


def _area(one: Bin) -> float:
    """In points squared: larger where more are in the bin, never invisible nor all over."""
    return float(min(160.0, 12.0 + 4.0 * one.number**0.5))


def _languages(axes: "Axes", pairs: Sequence[tuple[PartRow, LeftOut | None]]) -> None:
    places = range(len(pairs))
    axes.bar(
        [place - 0.2 for place in places],
        [inside.at_1 for inside, _ in pairs],
        color=LEFT_IN,
        width=0.38,
        label="left in, at 1 % false alarms",
    )
    outside = [(place + 0.2, row.at_1) for place, (_, row) in zip(places, pairs, strict=True) if row]
    if outside:
        axes.bar([place for place, _ in outside], [recall for _, recall in outside], color=LEFT_OUT, width=0.38, label="left out")
    axes.set_xticks(list(places), [f"{inert(inside.name)[:LONGEST]}\n{inside.guilty}" for inside, _ in pairs])
    axes.set_ylim(0, 1.02)
    axes.set_xlim(-0.7, len(pairs) - 0.3)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=2, borderpad=0)


def _kinds(axes: "Axes", pairs: Sequence[tuple[PartRow, LeftOut | None]]) -> None:
    ordered = list(reversed(pairs))
    places = range(len(ordered))
    axes.barh(
        [place + 0.2 for place in places],
        [inside.at_1 for inside, _ in ordered],
        color=LEFT_IN,
        height=0.38,
        label="left in, at 1 % false alarms",
    )
    outside = [(place - 0.2, row.at_1) for place, (_, row) in zip(places, ordered, strict=True) if row]
    if outside:
        axes.barh([place for place, _ in outside], [recall for _, recall in outside], color=LEFT_OUT, height=0.38, label="left out")
    axes.set_yticks(
        list(places), [f"{inert(inside.name).replace('_', ' ')[:LONGEST]}, {inside.guilty}" for inside, _ in ordered], fontsize=7
    )
    axes.set_xlim(0, 1.02)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.3, 1.0), ncols=2, borderpad=0)


def _pairs(told: Evaluation, kind: str, inside: dict[tuple[str, str], PartRow]) -> list[tuple[PartRow, LeftOut | None]]:
    """Every part with its row when left out, the largest first."""
    part = {"language": "languages", "subtype": "subtypes"}[kind]
    outside = {row.name: row for row in told.left_out if row.kind == kind}
    rows = sorted((row for (name, _), row in inside.items() if name == part), key=lambda row: (-row.guilty, row.name))
    return [(row, outside.get(row.name)) for row in rows]
