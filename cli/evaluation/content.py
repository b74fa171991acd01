"""What stands on the page of an evaluation: plain values, made inert, ready to be shown."""

from typing import Any

from casefile.plaintext import inert
from classifier.measuring.records import Figure, Worst
from cli.evaluation.plots import plots_of
from cli.evaluation.report import Report
from cli.evaluation.tables import interval, tables_of, value

TILES = (
    ("hosts: recall at no false alarm", "hosts, no alarm", "recall"),
    ("pages: recall at 0.1 % false alarms", "pages at 0.1 %", "recall"),
    ("pages: recall at 1 % false alarms", "pages at 1 %", "recall"),
    ("pages: recall at 0.1 % false alarms, mean over owners", "owners at 0.1 %", "mean recall"),
    ("pages: calibration error", "calibration", "error of pages"),
    ("hosts: innocent in the mirror band", "innocent in mirror", "hosts"),
)
"""Figure, title and unit of what is told in large."""

MOST_REASONS = 7


def content_of(report: Report) -> dict[str, Any]:
    """The values of the template."""
    told = report.evaluation
    figures = {figure.name: figure for figure in told.figures}
    return {
        "made_on": report.made_on,
        "pinned_on": report.pinned_on,
        "quick": told.quick,
        "faults": [inert(fault) for fault in report.faults],
        "tiles": [_tile(figures[name], title, unit) for name, title, unit in TILES if name in figures],
        "counts": told.counts,
        "bars": told.bars,
        "plots": plots_of(told),
        "tables": {table.key: table for table in tables_of(report)},
        "misses": [_card(worst) for worst in told.worst if worst.kind == "miss"],
        "alarms": [_card(worst) for worst in told.worst if worst.kind == "alarm"],
        "corpus": told.corpus,
    }


def _tile(figure: Figure, title: str, unit: str) -> dict[str, str]:
    return {"title": title, "value": value(figure), "note": f"{unit}, {interval(figure)}"}


def _card(worst: Worst) -> dict[str, Any]:
    strongest = max((abs(weight) for _, weight in worst.reasons), default=1.0) or 1.0
    return {
        "id": inert(worst.id),
        "address": inert(worst.address),
        "owner": inert(worst.owner),
        "what": f"{inert(worst.subtype)}, {inert(worst.language)}",
        "probability": f"{worst.probability:.3f}",
        "band": worst.band,
        "reasons": [
            {"weight": f"{weight:+.1f}", "length": round(100 * abs(weight) / strongest), "text": inert(text)}
            for text, weight in worst.reasons[:MOST_REASONS]
        ],
    }
