"""Learning from analysts' decisions: a candidate beside the current model, promoted only where the gate holds, and the way back."""

from pathlib import Path
from typing import Annotated

import typer

from casefile.errors import CheckFailed, UsageError
from classifier.learning.learn import Learned, told
from classifier.learning.learn import learn as learn_from
from cli.desk import Desk
from cli.options import Json
from cli.output import print_json, print_text
from cli.promotions import Promotion, promote, roll_back
from cli.verbs_model import FLOORS, Corpus


def learn(
    context: typer.Context,
    corpus: Corpus = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where candidates go.", show_default="models in the state folder")
    ] = None,
    promoting: Annotated[bool, typer.Option("--promote", help="Let the candidate judge from now on, where the gate holds.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Instead: let the model judge that the last promoted one replaced.")] = False,
    by: Annotated[str, typer.Option("--as", metavar="NAME", help="Who promotes or goes back; kept with it.")] = "",
    floors: Annotated[Path, typer.Option("--floors", metavar="FILE", help="The floors.", show_default="data/model/floors.json")] = FLOORS,
    as_lines: Json = False,
) -> None:
    """Learn from decided hosts: a candidate model beside the current one, held against the floors. Exit 1 where it breaks one.

    Example: mirrorwatch learn --corpus corpus --promote --as "A. Analyst"
    """
    desk: Desk = context.obj
    if rollback:
        print_promotion(roll_back(desk.case(), by=by, clock=desk.clock), as_lines=as_lines)
        return
    if corpus is None or (promoting and out is not None):
        raise UsageError("give --corpus DIR, or --rollback; what is promoted is kept in the state folder, so that --promote takes no --out")
    found = candidate(desk, corpus, out or desk.models, floors)
    made = promote(desk.case(), found.model, by=by, clock=desk.clock) if promoting and found.holds else None
    print_learned(found, promoted=made is not None, as_lines=as_lines)
    if not found.holds:
        raise CheckFailed(f"the candidate {found.model} is kept in {found.folder} and not promoted: {'; '.join(found.faults)}")


def candidate(desk: Desk, corpus: Path, models: Path, floors: Path) -> Learned:
    """Fit and measure a candidate from the desk's decisions."""
    from classifier.learning.relearning import fitted_on, gate_on
    from classifier.training.corpus import load_tables

    tables = load_tables(desk.config.reference_folders)
    fit = fitted_on(corpus, tables, made_on=desk.clock().date(), progress=desk.progress)
    gate = gate_on(corpus, tables, floors, progress=desk.progress)
    try:
        return learn_from(desk.case(), desk.archive, models, desk.judge, fit=fit, gate=gate, progress=desk.progress)
    finally:
        desk.progress.stop()


def print_learned(found: Learned, *, promoted: bool, as_lines: bool) -> None:
    """A candidate and what speaks for and against it."""
    if as_lines:
        print_json(told(found) | {"folder": str(found.folder), "promoted": promoted})
        return
    before, after = found.before, found.after
    print_text(f"candidate {found.model} in {found.folder}, from {found.examples['pages']} pages of {found.examples['families']} families")
    print_text(f"approved pages it calls clear: {after.approved_clear} of {after.approved} (now {before.approved_clear})")
    print_text(f"rejected pages in its mirror band: {after.rejected_mirror} of {after.rejected} (now {before.rejected_mirror})")
    print_text("promoted: it judges from the next command on" if promoted else "not promoted" + (": give --promote" if found.holds else ""))


def print_promotion(made: Promotion, *, as_lines: bool) -> None:
    """Which model judges now."""
    if as_lines:
        print_json({"model": made.model, "before": made.before})
        return
    print_text(f"{made.model or 'the model of the configuration'} judges from the next command on")
