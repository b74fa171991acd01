"""How a candidate is fitted with analysts' examples, and how its floors are measured: the corpus as ever, and the examples only ever learnt from.

Needs scikit-learn and the corpus. Everything is measured out of fold by owner on the corpus' own pages (`classifier.measuring`), so that no decision can lift
a figure by itself: examples can only make the models better or worse on pages that nobody decided on here.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from casefile.progress import Progress
from classifier.concepts import Lexicon
from classifier.examine import findings_of
from classifier.features import Extractor
from classifier.learning.examples import Example, counts_of
from classifier.learning.learn import Fit, Gate
from classifier.measuring.evaluation import evaluate
from classifier.measuring.floors import faults_of, read_floors
from classifier.training.corpus import GUILTY_PAGES, CorpusPage, Tables
from classifier.training.train import train

SUBTYPE = "decided"
"""What the pages of decided hosts are called among the kinds of pages."""


def corpus_pages(examples: Sequence[Example], tables: Tables) -> list[CorpusPage]:
    """The examples as pages to learn from: a family is a group, and weighs what one owner of gambling pages weighs in the corpus."""
    extractor = Extractor(Lexicon(tables.terms))
    pages = Counter(one.family for one in examples)
    return [
        CorpusPage(
            id=f"decided-{one.sha256[:16]}",
            owner=f"decided {one.family}",
            group=f"decided {one.family}",
            site=one.host,
            unit=f"decided {one.family}",
            target=one.target,
            hard=False,
            lang="",
            subtype=SUBTYPE,
            url=one.page.url,
            landing=one.landing,
            readable=True,
            weight=min(1.0, GUILTY_PAGES / pages[one.family]),
            features=extractor.read(one.page, [finding for _, finding in findings_of(one.page, tables.reference)]),
        )
        for one in examples
    ]


def fitted_on(corpus: Path, tables: Tables, *, made_on: date, progress: Progress) -> Fit:
    """Fits a candidate on the corpus and the examples, which its card names."""

    def fit(examples: Sequence[Example], out: Path) -> str:
        more = corpus_pages(examples, tables)
        return train(corpus, out, made_on=made_on, progress=progress, tables=tables, more=more, examples=counts_of(examples)).model

    return fit


def gate_on(corpus: Path, tables: Tables, floors: Path, *, progress: Progress) -> Gate:
    """The floors of pages and hosts by owner, as `evaluate --gate --quick` checks them, measured with the examples among what is learnt from."""

    def gate(examples: Sequence[Example], candidate: Path) -> list[str]:  # noqa: ARG001  (the floors are of models that never saw an owner)
        told = evaluate(corpus, tables, quick=True, progress=progress, more=corpus_pages(examples, tables))
        return faults_of(read_floors(floors), told.corpus, told.figures, partly=True)

    return gate
