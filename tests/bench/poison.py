"""Cloaking and poisoning: every class of the fault table's group G9 made from corpus pages, judged by models that never saw the owner.

python -m tests.bench.poison
"""

from casefile.progress import Silent
from classifier.measuring.poisoned import poisoned_figures, table_of
from classifier.training.corpus import load_tables
from classifier.training.folds import FoldJudges, fold_judges
from tests.conftest import SHARED


def measure(judges: FoldJudges | None = None) -> list[str]:
    """The lines of the table; fits the models of the folds where none are given."""
    corpus = SHARED / "corpus"
    found = judges or fold_judges(corpus)
    return table_of(poisoned_figures(corpus, found.judge_for, reference=load_tables().reference, progress=Silent()))


if __name__ == "__main__":
    if SHARED.is_dir():
        print("\n".join(measure()))
    else:
        print("left out: needs the founders' corpus in ../shared, which is not part of the project")
