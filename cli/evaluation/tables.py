"""The tables of an evaluation, the same for a terminal and for the page: plain words in cells."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casefile.plaintext import inert
from classifier.measuring.floors import Check, shown
from classifier.measuring.leave_out import LeftOut
from classifier.measuring.records import Evaluation, Figure, HardRow, PartRow, PrecisionRow, SplitRow
from classifier.measuring.telling import NAME_HARD, NAME_MISSES, NAME_RECALL
from cli.evaluation.report import Report

HOLDS, BROKEN = "holds", "broken"

MOST_NAMED = 6
"""Hard negatives that are named."""

NAMES_OF_KINDS = {"language": "Whole languages left out in turn", "subtype": "Whole kinds of pages left out in turn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: `right` names its columns of numbers; `note`: what a reader must know of it."""

    key: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[str, ...] = ()


def tables_of(report: Report) -> list[Table]:
    """Every table that has rows, in the order of the page, every cell made inert."""
    told = report.evaluation
    tables = [
        figure_table(told.figures, report.checks),
        *split_tables(told.splits),
        precision_table(told.precision),
        *(left_out_table(kind, told) for kind in NAMES_OF_KINDS),
        hard_table(told.hard),
        owner_table(told.parts),
        poisoned_table(told.poisoned),
        flipped_table(told.flipped),
        names_table(told.names),
    ]
    return [replace(table, rows=tuple(tuple(map(inert, row)) for row in table.rows)) for table in tables if table.rows]


def figure_table(figures: Sequence[Figure], checks: Sequence[Check]) -> Table:
    """Every figure with its interval and floor; floors of what was not measured at the end."""
    floors = {check.name: check for check in checks}
    rows = [(figure.name, value(figure), interval(figure), *_floor(floors.get(figure.name)), figure.rests_on) for figure in figures]
    measured = {figure.name for figure in figures}
    rows.extend((check.name, "", "", *_floor(check), "not measured") for check in checks if check.name not in measured)
    return Table(
        key="figures",
        title="Figures and floors",
        note="Out of fold by owner: every page is judged by a model that never saw its owner. Intervals hold 95 %: of recalls and errors by a bootstrap of 1,000 "
        "draws of whole owners (200 with --quick; a draw may miss the worst innocent page, so that those at no false alarm lean upwards), of bands exact (Clopper-Pearson).",
        columns=("figure", "value", "interval", "floor", "", "measured on"),
        rows=tuple(rows),
        right=("value", "interval", "floor"),
    )


def split_tables(splits: Sequence[SplitRow]) -> Iterator[Table]:
    """What a random split would have told, and what the drop is."""
    found = {split.name: split.figures for split in splits}
    if len(found) < 2:
        return
    owner, random = found["by owner"], found["at random"]
    strict = next(figures for name, figures in found.items() if name not in ("by owner", "at random"))
    kept_out = next(split.kept_out for split in splits if split.figures is strict)
    yield Table(
        key="drop",
        title="The drop: at random, and on owners never seen",
        note="At random: pages dealt to the folds one by one, so that an owner stands on both sides, as papers report it. The last column also keeps out of training whatever "
        f"shares a template, a brand or a host with a page that is judged ({kept_out:.0f} pages a fold on average). "
        + "; ".join(f"{split.name}: {split.groups:,} groups" for split in splits)
        + ".",
        columns=("figure", "at random", "by owner", "drop", "by owner, template, brand, host"),
        rows=tuple(
            (name, _three(random[name]), _three(owner[name]), _three(random[name] - owner[name]), _three(strict[name]))
            for name in owner
            if "error" not in name and "no false alarm, mean" not in name
        ),
        right=("at random", "by owner", "drop", "by owner, template, brand, host"),
    )


def precision_table(rows: Sequence[PrecisionRow]) -> Table:
    """What share of a list would be right."""
    return Table(
        key="precision",
        title="Precision where few are guilty",
        note="Of what passes a bar, the share that is guilty, if 5 %, 1 % or 0.1 % of all hosts were. The interval is that of the false-alarm rate (exact, 95 %) on so many "
        "innocent ones: with few of them, no alarm among them proves little.",
        columns=("of", "bar", "guilty among all", "recall", "alarms", "precision", "interval"),
        rows=tuple(
            (
                row.what, row.bar, f"{row.base:.1%}", _three(row.recall), f"{row.alarms} of {row.innocent:,}", _three(row.value),
                f"{_three(row.low)} to {_three(row.high)}",
            )
            for row in rows
        ),
        right=("guilty among all", "recall", "alarms", "precision", "interval"),
    )  # fmt: skip


def left_out_table(kind: str, told: Evaluation) -> Table:
    """One row for each that was left out, beside its recall when it was not."""
    part = {"language": "languages", "subtype": "subtypes"}[kind]
    inside = {row.name: row for row in told.parts if row.part == part}
    left = [row for row in told.left_out if row.kind == kind]
    return Table(
        key=f"left-{kind}",
        title=NAMES_OF_KINDS[kind],
        note="With it go its owners: every guilty page of an owner who has guilty pages of it. Judged against benign pages in three folds by owner; exact intervals, "
        "too narrow where the pages are of few owners.",
        columns=(kind, "pages", "owners", "trained on", "1 % left in", "1 % left out", "interval", "0.1 % left in", "0.1 % left out"),
        rows=tuple(_left_out(row, inside[row.name]) for row in left),
        right=("pages", "owners", "trained on", "1 % left in", "1 % left out", "interval", "0.1 % left in", "0.1 % left out"),
    )


def hard_table(rows: Sequence[HardRow]) -> Table:
    """Hard negatives by kind."""
    return Table(
        key="hard",
        title="Hard negatives by kind",
        note="Innocent pages that speak of gambling or look like it. None may stand in the mirror band.",
        columns=("kind", "pages", "highest probability", "mirror", "unsure"),
        rows=tuple((row.kind, str(row.pages), _three(row.highest), str(row.mirror), str(row.unsure)) for row in rows),
        right=("pages", "highest probability", "mirror", "unsure"),
    )


def owner_table(rows: Sequence[PartRow]) -> Table:
    """Recall by owner, the worst first."""
    own = sorted((row for row in rows if row.part == "owners"), key=lambda row: (row.at_01, row.at_1, row.name))
    return Table(
        key="owners",
        title="Recall by owner",
        note="Guilty pages, out of fold, the worst first.",
        columns=("owner", "pages", "at 1 %", "at 0.1 %"),
        rows=tuple((row.name, str(row.guilty), _three(row.at_1), _three(row.at_01)) for row in own),
        right=("pages", "at 1 %", "at 0.1 %"),
    )


def poisoned_table(told: Sequence[dict[str, Any]]) -> Table:
    """Pages made to evade or to accuse, before and after."""
    return Table(
        key="poisoned",
        title="Poisoned pages and cloaked hosts",
        note="Pages of the corpus changed by stated transformations, bands in per cent before and after. Of guilty pages clear is wrong; of benign ones mirror is.",
        columns=("class", "of", "mirror before", "unsure before", "clear before", "mirror", "unsure", "clear", "what is done"),
        rows=tuple(
            (
                one["name"], f"{one['pages']} {one['side']}", *_bands(one["before"], one["pages"]), *_bands(one["after"], one["pages"]), one["says"],
            )
            for one in told
        ),
        right=("mirror before", "unsure before", "clear before", "mirror", "unsure", "clear"),
    )  # fmt: skip


def flipped_table(told: Sequence[dict[str, Any]]) -> Table:
    """Training data that somebody poisoned."""
    return Table(
        key="flipped",
        title="Poisoned training",
        note="Fitted on labels that somebody flipped, or on a flood of copies, and measured on the true labels: recall of hosts, shares of guilty hosts by the bars set on "
        "the poisoned data, and innocent hosts in the mirror band.",
        columns=("training", "recall at no false alarm", "at 1 %", "guilty in mirror", "guilty clear", "innocent in mirror"),
        rows=tuple(
            (
                one["name"],
                _three(one["at_none"]),
                _three(one["at_one_per_cent"]),
                _three(one["mirror"]),
                _three(one["clear"]),
                str(one["alarms"]),
            )
            for one in told
        ),
        right=("recall at no false alarm", "at 1 %", "guilty in mirror", "guilty clear", "innocent in mirror"),
    )


def names_table(told: dict[str, Any]) -> Table:
    """The name model beside the stock pipeline of scikit-learn fitted on the same names."""
    return Table(
        key="names",
        title="Names",
        note="A bare name, split by brand and by list, at 0.1 % false alarms, beside HashingVectorizer (char_wb 2-5) and LogisticRegression fitted in the same run. "
        "The aim is half its misses, and no hard negative over the bar.",
        columns=("split", "guilty", "innocent", "recall", "stock", "misses, of stock's", "interval", "hard over the bar", "which"),
        rows=tuple(
            (
                split, f"{one['guilty']:,}", f"{one['innocent']:,}", _three(one[NAME_RECALL]), _three(one["stock"][NAME_RECALL]),
                _three(one[NAME_MISSES]), " to ".join(map(_three, one["interval of the misses"])), str(one[NAME_HARD]),
                ", ".join(one["hard negatives over the bar"][:MOST_NAMED]),
            )
            for split, one in told.items()
        ),
        right=("guilty", "innocent", "recall", "stock", "misses, of stock's", "interval", "hard over the bar"),
    )  # fmt: skip


def value(figure: Figure) -> str:
    """The figure itself."""
    return shown(figure.value, cost=figure.cost) if figure.count or figure.value not in (0, 1) else _three(figure.value)


def interval(figure: Figure) -> str:
    """Its interval, empty where it has none; of a count in whole numbers."""
    if figure.low is None or figure.high is None:
        return ""
    if figure.count:
        return f"{math.floor(figure.low)} to {math.ceil(figure.high)}"
    return f"{_three(figure.low)} to {_three(figure.high)}"


def _floor(check: Check | None) -> tuple[str, str]:
    if check is None:
        return "", ""
    sign = "≤" if check.floor.at_most else "≥"
    return f"{sign} {shown(check.floor.value)}", HOLDS if check.holds else "" if check.value is None else BROKEN


def _left_out(row: LeftOut, inside: PartRow) -> tuple[str, ...]:
    low, high = row.interval_1
    return (
        row.name, str(row.guilty), str(row.owners), str(row.trained_on), _three(inside.at_1), _three(row.at_1), f"{_three(low)} to {_three(high)}",
        _three(inside.at_01), _three(row.at_01),
    )  # fmt: skip


def _bands(bands: dict[str, int], pages: int) -> Iterator[str]:
    return (f"{100 * bands[name] / max(pages, 1):.1f}" for name in ("mirror", "unsure", "clear"))


def _three(number: float) -> str:
    return f"{number:.3f}"
