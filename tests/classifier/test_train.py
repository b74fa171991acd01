"""Training: the same corpus, the same bytes; no owner on both sides; a corpus that cannot be used is refused by name."""

import os
import shutil
import subprocess
import sys

import pytest

from casefile.errors import UsageError
from casefile.progress import Silent
from casefile.records import Label
from classifier.corpus import digests_of, group_of, read_pages
from classifier.folds import fold_judges, out_of_fold
from classifier.judging import judge_pages
from classifier.model import load_judge
from tests.classifier.conftest import MODEL
from tests.classifier.making import GUILTY_WORDS, PLAIN_WORDS, html_of

PROGRAM = """
import sys
from datetime import date
from pathlib import Path
from casefile.progress import Silent
from classifier.train import train
train(Path(sys.argv[1]), Path(sys.argv[2]), made_on=date(2026, 11, 21), progress=Silent())
"""


def test_two_processes_with_other_threads_write_the_same_bytes(made_up, small_model, tmp_path):
    for threads in ("1", "2"):
        out = tmp_path / threads
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads}
        subprocess.run([sys.executable, "-c", PROGRAM, made_up, out], check=True, env=environment, cwd=MODEL.parents[1])
        assert {path.name: path.read_bytes() for path in out.iterdir()} == {path.name: path.read_bytes() for path in small_model.iterdir()}


def test_a_small_model_tells_what_it_was_taught(small_model):
    judge = load_judge(small_model)
    casino, school = judge_pages(judge, [("1", "", html_of(GUILTY_WORDS[0], 99)), ("2", "", html_of(PLAIN_WORDS[1], 99))])
    assert casino.score > 0.5 > school.score and casino.label in (Label.OPERATOR, Label.PROMOTION)
    slot, bakery = judge.judge_names(["winslot77.net", "bakerycity.org"])
    assert slot > bakery


def test_no_group_is_on_both_sides(made_up):
    pages = read_pages(made_up, Silent())
    found = out_of_fold(pages)
    assert set(found.fold_of) == {page.group for page in pages}
    assert len(found.models) == 5 and found.bars.mirror > found.bars.review


def test_the_judge_for_an_owner_never_saw_it(made_up):
    judges = fold_judges(made_up)
    assert judges.judge_for("aaa").id == f"fold-{judges.fold_of['aaa']}"
    assert judges.judge_for("stranger") is judges.whole


def test_owners_of_one_tradition_or_series_stay_together():
    assert group_of("mozilla") == group_of("alan-turing-institute") and group_of("goose3") == group_of("grangier")
    assert group_of("gameslotterpercaya63") == group_of("gameslotterpercaya90") != group_of("adbar")


def test_a_corpus_without_a_file_is_refused_by_name(made_up, tmp_path):
    shutil.copytree(made_up, tmp_path / "corpus")
    (tmp_path / "corpus" / "domains" / "popular.txt.gz").unlink()
    with pytest.raises(UsageError, match=r"popular\.txt\.gz"):
        digests_of(tmp_path / "corpus")


def test_the_committed_card_is_of_the_founders_corpus(shared):
    import json

    assert json.loads((MODEL / "card.json").read_text())["corpus"] == digests_of(shared / "corpus")
