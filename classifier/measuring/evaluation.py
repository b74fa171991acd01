"""The evaluation: what is measured, in which order. Figures are computed in `figures` and `intervals`; here they get their names.

Everything is measured out of fold by owner; the random split and the strict one stand beside it. Needs the corpus and scikit-learn.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from casefile.progress import Progress, Silent
from classifier.measuring.flipped import training_figures
from classifier.measuring.intervals import DRAWS
from classifier.measuring.leave_out import left_out_jobs
from classifier.measuring.name_figures import name_figures
from classifier.measuring.poisoned import poisoned_figures
from classifier.measuring.records import Evaluation, SplitRow
from classifier.measuring.samples import crossed, hosts_sample, pages_sample
from classifier.measuring.splits import Split, at_random, by_kin, by_owner
from classifier.measuring.spreading import spread
from classifier.measuring.telling import (
    calibration_of,
    curve_of,
    figures_of,
    figures_of_names,
    hard_rows,
    left_out_figures,
    part_rows,
    precision_rows,
    values_of,
)
from classifier.measuring.traits import kin_of, read_traits
from classifier.measuring.worst import worst_of
from classifier.training.corpus import CorpusPage, Tables, digests_of, read_pages
from classifier.training.folds import OutOfFold, judges_of, out_of_fold

QUICK_DRAWS = 200

POISONED = 80
"""Pages of each side that are poisoned, in some fifty ways."""


def evaluate(
    corpus: Path, tables: Tables, *, quick: bool, progress: Progress, workers: int = 1, more: Sequence[CorpusPage] = ()
) -> Evaluation:
    """Measure everything on the corpus in this folder; raises `UsageError` where a file of it is missing or garbled.

    `tables`: facts that pages are read with; `workers`: processes for what can be spread; `more`: pages that every fold is taught and none is measured
    on (analysts' decisions). `quick` measures by owner alone: no other split, nothing left out in turn, no poisoned pages, no names, 200 draws.
    """
    digests = digests_of(corpus)
    pages = read_pages(corpus, progress, tables)
    progress.start("evaluate: by owner", 1)
    found = out_of_fold(pages, more)
    progress.advance("fitted")
    whole = in_short(corpus, pages, found, tables, draws=QUICK_DRAWS if quick else DRAWS)
    return replace(whole if quick else at_length(whole, corpus, pages, found, tables, workers, progress), corpus=digests, quick=quick)


def in_short(corpus: Path, pages: Sequence[CorpusPage], found: OutOfFold, tables: Tables, *, draws: int) -> Evaluation:
    """What follows from the out-of-fold scores by owner alone; seconds."""
    samples = pages_sample(pages, found.odds[:, 0]), hosts_sample(pages, found.odds[:, 0])
    held = crossed(pages, found)
    calibrated = pages_sample(pages, held.odds), hosts_sample(pages, held.odds)
    figures = [
        figure
        for sample, other in zip(samples, calibrated, strict=True)
        for figure in figures_of(sample, other.odds, found.bars, held.listed(other), draws)
    ]
    judges = judges_of(found, found.models[0], tables.terms)
    return Evaluation(
        counts=counts_of(pages),
        bars={"mirror": found.bars.mirror, "review": found.bars.review},
        figures=tuple(figures),
        splits=(split_row(pages, by_owner(pages, found)),),
        precision=tuple(row for sample in samples for row in precision_rows(sample, found.bars)),
        parts=tuple(part_rows(samples[0])),
        hard=tuple(hard_rows(samples[0], found.bars)),
        curves=tuple(map(curve_of, samples)),
        calibration=tuple(calibration_of(one.what, one.odds, one.guilty) for one in calibrated),
        worst=tuple(worst_of(corpus, pages, found.odds[:, 0], judges, tables.reference)),
    )


def at_length(
    short: Evaluation, corpus: Path, pages: Sequence[CorpusPage], found: OutOfFold, tables: Tables, workers: int, progress: Progress
) -> Evaluation:
    """The other splits, what is left out in turn, poisoned pages and labels, and names; the longest jobs first."""
    judges = judges_of(found, found.models[0], tables.terms)
    jobs: list[tuple[str, Callable[[], Any]]] = [
        ("names", lambda: name_figures(corpus, Silent())),
        (
            "poisoned pages",
            lambda: poisoned_figures(
                corpus, judges.judge_for, guilty=POISONED, benign=POISONED, reference=tables.reference, progress=Silent()
            ).rows(),
        ),
        ("strict split", lambda: by_kin(pages, found, kin_of(pages, read_traits(corpus, pages, tables.reference.brands)))),
        ("poisoned labels", lambda: tuple(one.as_dict() for one in training_figures(pages, Silent()))),
        ("random split", lambda: at_random(pages, found)),
        *left_out_jobs(pages),
    ]
    progress.start("evaluate: at length", len(jobs))
    results = []
    for (what, _), result in zip(jobs, spread(lambda place: jobs[place][1](), range(len(jobs)), workers), strict=True):
        results.append(result)
        progress.advance(what)
    names, poisoned, strict, flipped, random, *others = results
    left = tuple(row for row in others if row is not None)
    return replace(
        short,
        figures=(*short.figures, *left_out_figures(left), *figures_of_names(names)),
        splits=(*short.splits, split_row(pages, random), split_row(pages, strict)),
        left_out=left,
        poisoned=poisoned,
        flipped=flipped,
        names=names,
    )


def counts_of(pages: Sequence[CorpusPage]) -> dict[str, int]:
    """What the corpus holds."""
    guilty = [page for page in pages if page.guilty]
    return {
        "guilty pages": len(guilty),
        "innocent pages": len(pages) - len(guilty),
        "hard negatives": sum(page.hard and not page.guilty for page in pages),
        "hosts": len({page.site for page in pages}),
        "guilty hosts": len({page.site for page in guilty}),
        "owners": len({page.owner for page in pages}),
        "guilty owners": len({page.owner for page in guilty}),
        "languages of guilty pages": len({page.lang for page in guilty}),
    }


def split_row(pages: Sequence[CorpusPage], split: Split) -> SplitRow:
    """The figures of a split, of pages and hosts."""
    figures = {
        f"{sample.what}: {name}": value
        for sample in (pages_sample(pages, split.odds), hosts_sample(pages, split.odds))
        for name, value in values_of(sample).items()
    }
    return SplitRow(name=split.name, how=split.how, groups=split.groups, kept_out=split.kept_out, figures=figures)
