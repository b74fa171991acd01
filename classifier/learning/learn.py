"""Learning from decisions: analysts' examples added to the corpus, a candidate fitted beside the current model, and the words on whether it may take its place.

The candidate may where every floor of the gate holds on the corpus, and it judges no more of the analysts' own examples wrongly than the current model does.
What a candidate is fitted with and how the gate measures are handed in as functions; who promotes it, and where that is written down, is for `cli`.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from casefile.archive import Archive
from casefile.errors import UsageError
from casefile.progress import Progress
from casefile.records import Band
from casefile.store import Case
from classifier.candidates import PARTIAL, TOLD, folder_of
from classifier.learning.examples import Example, counts_of, examples_of
from classifier.model import Judge, load_judge
from classifier.reading import PageReader

Fit = Callable[[Sequence[Example], Path], str]
"""Fits a model on the corpus and these examples, writes it into a folder and gives its id."""

Gate = Callable[[Sequence[Example], Path], Sequence[str]]
"""The floors that are broken with these examples, by the model in a folder: each in words that begin with the floor's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """How a model does on the examples: approved pages that it calls clear, rejected ones in its mirror band, and of how many each."""

    approved_clear: int
    approved: int
    rejected_mirror: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A candidate and what speaks against it. `examples`: counts and digest (`examples.counts_of`); `before`, `after`: the current model and this one on them."""

    model: str
    folder: Path
    current: str
    examples: dict[str, object]
    before: Wrong
    after: Wrong
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it may take the current model's place."""
        return not self.faults


def learn(case: Case, archive: Path, models: Path, current: Judge, *, fit: Fit, gate: Gate, progress: Progress) -> Learned:
    """Fit a candidate into `models`/candidate-<id> and measure it; raises `UsageError` where no decision gives an example.

    `archive`: the WARC folder; `current`: the model that judges now, which is not touched. The same decisions and corpus give the same candidate.
    """
    examples = examples_of(case, PageReader(Archive(archive)).read)
    if not examples:
        raise UsageError(
            "there is nothing to learn from: no host was approved or rejected after it was judged, with a page of it in the archive; decide in "
            "`mirrorwatch queue` first"
        )
    progress.start("learn: examples", len(examples))
    for one in examples:
        progress.advance("guilty" if one.guilty else "innocent")
    partial = models / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    model = fit(examples, partial)
    faults = tuple(gate(examples, partial))
    before, after = wrong_on(current, examples), wrong_on(load_judge(partial), examples)
    learned = Learned(
        model=model,
        folder=folder_of(models, model),
        current=current.id,
        examples=counts_of(examples),
        before=before,
        after=after,
        faults=(*faults, *worse(before, after)),
    )
    (partial / TOLD).write_text(json.dumps(told(learned), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _keep(partial, learned.folder)
    return learned


def _keep(partial: Path, folder: Path) -> None:
    """Give a candidate its place; where the same was fitted before, it may be judging: only what was said of it is replaced."""
    if not folder.exists():
        partial.rename(folder)
        return
    (partial / TOLD).replace(folder / TOLD)
    shutil.rmtree(partial)


def told(learned: Learned) -> dict[str, object]:
    """What was learnt, as JSON holds it."""
    return {
        "model": learned.model,
        "current": learned.current,
        "examples": learned.examples,
        "before": asdict(learned.before),
        "after": asdict(learned.after),
        "faults": list(learned.faults),
        "holds": learned.holds,
    }


def wrong_on(judge: Judge, examples: Sequence[Example]) -> Wrong:
    """How a model does on the examples, page by page, as it judges a page by itself."""
    bands = [(one.guilty, judge.judge_page(one.page)) for one in examples]
    judged = [(guilty, judge.band_of(score.probability, whole=score.sure)) for guilty, score in bands]
    return Wrong(
        approved_clear=judged.count((True, Band.CLEAR)),
        approved=sum(guilty for guilty, _ in judged),
        rejected_mirror=judged.count((False, Band.MIRROR)),
        rejected=sum(not guilty for guilty, _ in judged),
    )


def worse(before: Wrong, after: Wrong) -> list[str]:
    """In what a candidate does worse on the examples than the model before it, in words."""
    found = []
    if after.approved_clear > before.approved_clear:
        found.append(
            f"approved-clear: {after.approved_clear} of {after.approved} approved pages would be clear, {before.approved_clear} are now"
        )
    if after.rejected_mirror > before.rejected_mirror:
        found.append(
            f"rejected-mirror: {after.rejected_mirror} of {after.rejected} rejected pages would be mirrors, {before.rejected_mirror} are now"
        )
    return found
