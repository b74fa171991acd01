"""The models as they are made and measured: train, evaluate."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casefile.errors import CheckFailed, UsageError
from cli.config import ROOT
from cli.desk import Desk
from cli.output import print_json, print_table, print_text

if TYPE_CHECKING:
    from cli.evaluation.report import Report

MODEL = ROOT / "data" / "model"
FLOORS = MODEL / "floors.json"

ON_TERMINAL = ("figures", "drop", "precision", "left-language", "left-subtype", "hard", "poisoned", "flipped", "names")
"""Tables that are printed; the others are on the page."""

Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", metavar="DIR", help="Labelled pages and domain lists (see data/model/MODEL.md).", show_default=False),
]


def train(
    context: typer.Context,
    corpus: Corpus = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the model goes.", show_default="data/model")] = MODEL,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--leave-out", metavar="SOURCE", help="Train without this source: an owner or owner/name of pages. May be given many times."
        ),
    ] = None,
) -> None:
    """Train the page and the name model; writes arrays and their card. Same corpus, same bytes.

    Example: mirrorwatch train --corpus corpus --out /tmp/model
    """
    from classifier.training.train import train as train_models

    desk: Desk = context.obj
    folder = _corpus(corpus)
    card = train_models(folder, out, made_on=desk.clock().date(), progress=desk.progress, leave_out=tuple(leave_out or ()))
    print_text(f"model {card.model} in {out}")


def evaluate(
    context: typer.Context,
    corpus: Corpus = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the page goes.", show_default="reports/evaluation.html in the state folder"),
    ] = None,
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object with everything, instead of tables.")] = False,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit 1 where a floor is broken or the corpus is not the pinned one, a line each.")
    ] = False,
    pin: Annotated[bool, typer.Option("--pin", help="Pin floors (the figures less a margin) and the digests of the corpus.")] = False,
    allow_regression: Annotated[
        bool, typer.Option("--allow-regression", help="With --pin: lower floors that do not hold. Never under the gates.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="By owner alone: no other split, nothing left out in turn, no poisoned pages, no names.")
    ] = False,
    floors: Annotated[Path, typer.Option("--floors", metavar="FILE", help="The floors.", show_default="data/model/floors.json")] = FLOORS,
) -> None:
    """Measure the models on owners, languages and kinds of pages that they never saw; a page with plots, tables or JSON; floors that must hold.

    Example: mirrorwatch evaluate --corpus corpus --gate
    """
    desk: Desk = context.obj
    _check_options(gate=gate, pin=pin, allow_regression=allow_regression, quick=quick)
    folder = _corpus(corpus)
    from cli.evaluation import write_evaluation
    from cli.evaluation.measuring import pin_floors, report_of

    report = report_of(desk, folder, floors, quick=quick)
    path = out or desk.state / "reports" / "evaluation.html"
    write_evaluation(path, report)
    _print(report, path, as_object=as_object)
    if pin:
        refused = pin_floors(report, floors, desk.clock().date(), allow_regression=allow_regression)
        _end_where(refused, "nothing was pinned (--allow-regression lowers floors)", silent=as_object)
    if gate:
        _end_where(report.faults, "the gate does not hold", silent=as_object)


def _check_options(*, gate: bool, pin: bool, allow_regression: bool, quick: bool) -> None:
    if gate and pin:
        raise UsageError("--gate checks the floors and --pin sets them: give one of the two")
    if allow_regression and not pin:
        raise UsageError("--allow-regression is for --pin alone")
    if pin and quick:
        raise UsageError("--quick does not measure everything that has a floor: --pin wants a whole evaluation")


def _corpus(folder: Path | None) -> Path:
    if folder is None:
        raise UsageError(
            "name the folder of labelled pages and domain lists with --corpus (see data/model/MODEL.md); it is not part of the program"
        )
    return folder


def _print(report: "Report", path: Path, *, as_object: bool) -> None:
    from cli.evaluation.tables import tables_of

    if as_object:
        print_json(report.as_json() | {"page": str(path)})
        return
    for table in tables_of(report):
        if table.key in ON_TERMINAL:
            print_text(table.title)
            print_table(table.columns, table.rows, right=table.right)
            print_text()
    print_text(f"page  {path}")


def _end_where(faults: Sequence[str], last: str, *, silent: bool) -> None:
    """Raise `CheckFailed` where there are faults, each printed on a line before, unless `silent`."""
    for fault in () if silent else faults:
        print_text(fault)
    if faults:
        raise CheckFailed(f"{last}: {faults[0]}" + (f"; and {len(faults) - 1} more" if len(faults) > 1 else ""))
