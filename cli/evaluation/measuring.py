"""From the command line to an evaluation and back: what is measured with what, and how floors are pinned."""

import os
from datetime import date
from pathlib import Path

from classifier.measuring.evaluation import evaluate
from classifier.measuring.floors import checks_of, faults_of, lowered, pinned, read_floors, write_floors
from classifier.training.corpus import load_tables
from cli.desk import Desk
from cli.evaluation.report import Report

MOST_WORKERS = 4


def report_of(desk: Desk, corpus: Path, floors_file: Path, *, quick: bool) -> Report:
    """Measure, and hold against the floors; floors that --quick does not measure are passed over."""
    floors = read_floors(floors_file)
    tables = load_tables(desk.config.reference_folders)
    told = evaluate(corpus, tables, quick=quick, workers=min(os.cpu_count() or 1, MOST_WORKERS), progress=desk.progress)
    desk.progress.stop()
    return Report(
        evaluation=told,
        checks=tuple(checks_of(floors, told.figures)),
        faults=tuple(faults_of(floors, told.corpus, told.figures, partly=quick)),
        made_on=desk.clock().date().isoformat(),
        pinned_on=floors.pinned_on,
    )


def pin_floors(report: Report, path: Path, today: date, *, allow_regression: bool) -> list[str]:
    """Pin floors and corpus; where that would lower a floor and may not, nothing is written, and a line for each is returned."""
    old = read_floors(path)
    new = pinned(old, report.evaluation.corpus, report.evaluation.figures, today)
    refused = lowered(old, new, report.evaluation.figures)
    if refused and not allow_regression:
        return [f"floor would be lowered: {line}" for line in refused]
    write_floors(path, new)
    return []
