"""Plots of the last nights as inline SVG, drawn by matplotlib. Pure: figures in, text out.

Colours are written as stand-ins and replaced by the page's own CSS variables, so that one drawing serves light, dark and paper.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, cast

from cli.figures import NightFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, FAINT = "#000101", "#000102"
SERIES = ("#000103", "#000104", "#000105", "#000106", "#000107")
STAND_INS = {INK: "var(--ink-2)", FAINT: "var(--line)"} | {colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, 1)}

SIZE = (5.2, 2.1)
"""Inches; the page scales the drawing to its column."""

MOST_OUTCOMES = 4
"""Outcomes with a bar of their own; the others are one."""

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}


def plots_of(nights: Sequence[NightFigures], zone: tzinfo) -> dict[str, str]:
    """Title and SVG of every plot of these nights (oldest first), their days those of `zone`; nothing where there is no night."""
    if not nights:
        return {}
    drawings = {
        "Found and listed": _found_and_listed,
        "Waiting for review": _waiting,
        "Failed, by outcome": _failed,
        "Duration in minutes": _duration,
    }
    return {title: _drawn(title, draw, nights, zone) for title, draw in drawings.items()}


def _found_and_listed(axes: "Axes", nights: Sequence[NightFigures]) -> None:
    _bars(axes, nights, {"found": [one.tally.found for one in nights], "listed": [one.tally.listed for one in nights]})


def _waiting(axes: "Axes", nights: Sequence[NightFigures]) -> None:
    values = [one.tally.waiting for one in nights]
    places = range(len(nights))
    axes.fill_between(places, values, color=SERIES[2], alpha=0.18, linewidth=0)
    axes.plot(places, values, color=SERIES[2], linewidth=1.8, marker="o", markersize=4)
    axes.annotate(f"{values[-1]:,}", (places[-1], values[-1]), textcoords="offset points", xytext=(0, 6), ha="center", color=INK)
    axes.set_ylim(bottom=0, top=max(values) * 1.25 + 1)


def _failed(axes: "Axes", nights: Sequence[NightFigures]) -> None:
    total: Counter[str] = Counter()
    for one in nights:
        total.update(one.failed)
    names = [name for name, _ in total.most_common(MOST_OUTCOMES)]
    stacks = {name: [one.failed[name] for one in nights] for name in names}
    if len(total) > MOST_OUTCOMES:
        stacks["other"] = [sum(one.failed.values()) - sum(one.failed[name] for name in names) for one in nights]
    bottom = [0] * len(nights)
    for colour, (name, values) in zip(SERIES, stacks.items(), strict=False):
        axes.bar(range(len(nights)), values, bottom=bottom, color=colour, width=_width(nights), label=name)
        bottom = [low + value for low, value in zip(bottom, values, strict=True)]
    axes.set_ylim(bottom=0, top=max(bottom) * 1.05 + 1)
    if stacks:
        _legend(axes)


def _duration(axes: "Axes", nights: Sequence[NightFigures]) -> None:
    minutes = [one.seconds / 60 for one in nights]
    axes.bar(range(len(nights)), minutes, color=SERIES[4], width=_width(nights))
    axes.set_ylim(bottom=0, top=max(minutes) * 1.15 or 1)


def _bars(axes: "Axes", nights: Sequence[NightFigures], series: dict[str, list[int]]) -> None:
    """Bars side by side, one colour a name."""
    width = _width(nights) / len(series)
    for number, (name, values) in enumerate(series.items()):
        places = [place + (number - (len(series) - 1) / 2) * width for place in range(len(nights))]
        axes.bar(places, values, color=SERIES[number], width=width * 0.94, label=name)
    axes.set_ylim(bottom=0, top=max(max(values) for values in series.values()) * 1.1 + 1)
    _legend(axes)


def _legend(axes: "Axes") -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=5, handlelength=0.9, handleheight=0.9, columnspacing=1.2, borderpad=0)


def _width(nights: Sequence[NightFigures]) -> float:
    """One night alone is a column, not a wall."""
    return 0.72 * min(1.0, len(nights) / 4)


def _drawn(title: str, draw: Any, nights: Sequence[NightFigures], zone: tzinfo) -> str:
    def of_nights(axes: "Axes") -> None:
        from matplotlib.ticker import MaxNLocator

        draw(axes, nights)
        _name_nights(axes, nights, zone)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=title != "Duration in minutes"))

    return drawn(title, of_nights)


def drawn(title: str, draw: Callable[["Axes"], None], size: tuple[float, float] = SIZE) -> str:
    """One plot as an `<svg>` element without declaration, metadata or addresses; `size` in inches. The salt keeps the ids of several plots apart."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it keeps its fonts is nobody's news
    with mpl.rc_context(cast("Any", STYLE | {"svg.hashsalt": title})):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        octets = io.BytesIO()
        figure.savefig(octets, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inlined(octets.getvalue().decode("utf-8"), title)


def _name_nights(axes: "Axes", nights: Sequence[NightFigures], zone: tzinfo) -> None:
    """Day and month below, at most eight of them, the last always."""
    stride = -(-len(nights) // 8)
    places = list(range(len(nights) - 1, -1, -stride))[::-1]
    axes.set_xticks(places, [f"{nights[place].night.started_at.astimezone(zone):%d.%m}" for place in places])
    axes.set_xlim(min(0, len(nights) - 4) - 0.6, len(nights) - 0.4)


def _inlined(svg: str, title: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(
        r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL
    )  # its style would be the whole page's
    svg = re.sub(r' (?:xmlns:xlink|version)="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(
        r'<svg[^>]*viewBox="([^"]*)"[^>]*>',
        rf'<svg xmlns="http://www.w3.org/2000/svg" viewBox="\1" role="img" aria-label="{title}">',
        svg,
        count=1,
    )
    svg = re.sub(r' id="(?:figure|axes|patch|text|xtick|ytick|line2d|legend|matplotlib|FillBetween|PolyCollection)[^"]*"', "", svg)
    svg = re.sub(r" ?font: [^;\"]*;|font-family: [^;\"]*;?", "", svg)
    for stand_in, variable in STAND_INS.items():
        svg = svg.replace(stand_in, variable)
    return svg.strip()
