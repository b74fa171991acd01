"""Training: the same corpus, the same bytes; no owner on both sides; a corpus that cannot be used is refused by name."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from casefile.errors import UsageError
from casefile.progress import Silent
from casefile.records import Label
from classifier.judging import judge_pages
from classifier.model import CARD, load_judge
from classifier.training.corpus import digests_of, group_of, read_pages
from classifier.training.fitting import seen_in
from classifier.training.folds import fold_judges, out_of_fold
from classifier.training.packing import EARLIEST, pack
from tests.classifier.conftest import MODEL
from tests.classifier.making import GUILTY_WORDS, PLAIN_WORDS, html_of

PROGRAM = """
import sys
from datetime import date
from pathlib import Path
from casefile.progress import Silent
from classifier.training.train import train
train(Path(sys.argv[1]), Path(sys.argv[2]), made_on=date(2026, 11, 21), progress=Silent())
"""


def test_two_processes_with_other_threads_write_the_same_bytes(made_up, small_model, tmp_path):
    for threads, core in (("1", "Nehalem"), ("2", "Haswell")):
        out = tmp_path / threads
        environment = {
            **os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads, "OPENBLAS_CORETYPE": core,
        }  # fmt: skip
        subprocess.run([sys.executable, "-c", PROGRAM, made_up, out], check=True, env=environment, cwd=MODEL.parents[1])
        assert {path.name: path.read_bytes() for path in out.iterdir()} == {path.name: path.read_bytes() for path in small_model.iterdir()}


def test_a_small_model_tells_what_it_was_taught(small_model):
    judge = load_judge(small_model)
    casino, school = judge_pages(judge, [("1", "", html_of(GUILTY_WORDS[0], 99)), ("2", "", html_of(PLAIN_WORDS[1], 99))])
    assert casino.score > 0.5 > school.score and casino.label in (Label.OPERATOR, Label.PROMOTION)
    slot, bakery = judge.judge_names(["winslot77.net", "bakerycity.org"])
    assert slot > bakery


def test_a_source_can_be_left_out_by_owner_or_repository(made_up):
    whole = read_pages(made_up, Silent())
    assert {page.owner for page in read_pages(made_up, Silent(), leave_out=["aaa"])} == {page.owner for page in whole} - {"aaa"}
    assert len(read_pages(made_up, Silent(), leave_out=["aaa/site"])) == len(whole) - 3
    assert len(read_pages(made_up, Silent(), leave_out=["aaa/other"])) == len(whole)


def test_the_card_says_what_drift_is_measured_against_and_what_was_left_out(small_model):
    card = json.loads((small_model / CARD).read_text(encoding="utf-8"))
    assert len(card["drift"]["scores"]) == 9 and card["drift"]["scores"] == sorted(card["drift"]["scores"])
    assert 0 < len(card["drift"]["features"]) <= 60 and all(len(one) == 3 for one in card["drift"]["features"].values())
    assert card["left_out"] == []


def test_an_archive_of_arrays_holds_no_time(tmp_path):
    pack(tmp_path / "a.npz", {"b": np.arange(3), "a": np.array(0.5)})
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert [(one.filename, one.date_time) for one in archive.infolist()] == [("a.npy", EARLIEST), ("b.npy", EARLIEST)]
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["b"].tolist() == [0, 1, 2] and float(arrays["a"]) == 0.5


def test_a_habit_of_few_groups_is_not_learnt(made_up):
    pages = read_pages(made_up, Silent())
    dense = np.zeros((len(pages), 2))
    dense[[index for index, page in enumerate(pages) if page.group in ("aaa", "bbb")], 0] = 1
    dense[:, 1] = 1
    assert seen_in(dense, [page.group for page in pages]).tolist() == [2, 16]


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
    assert json.loads((MODEL / "card.json").read_text())["corpus"] == digests_of(shared / "corpus")
