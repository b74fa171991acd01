"""A candidate is fitted beside the current model, and may take its place only where the gate holds and it does not do worse on what analysts decided."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casefile.errors import UsageError
from casefile.progress import Silent
from casefile.records import Action, Label
from classifier.candidates import PARTIAL, TOLD, folder_of
from classifier.learning.examples import Example
from classifier.learning.learn import Learned, Wrong, learn, worse
from classifier.model import load_judge
from tests.classifier.conftest import MODEL
from tests.classifier.learning.test_examples import Analysts
from tests.classifier.making import BAKERY, CASINO


@dataclass
class Fitted:
    """A fit that copies a model that is there, and keeps what it was asked to learn."""

    model: Path
    asked: list[Example] = field(default_factory=list)

    def __call__(self, examples, out: Path) -> str:
        self.asked = list(examples)
        for file in self.model.iterdir():
            shutil.copy(file, out)
        return load_judge(out).id


@pytest.fixture
def analysts(case, captured, clock) -> Analysts:
    one = Analysts(case, captured, clock)
    one.judged("a.example", CASINO)
    one.decided("a.example", Action.APPROVE)
    one.judged("b.example", BAKERY, label=Label.OTHER)
    one.decided("b.example", Action.REJECT)
    return one


@pytest.fixture
def run(case, captured, judge, tmp_path):
    def learnt(fit, *broken: str) -> Learned:
        return learn(
            case, captured.archive, tmp_path / "models", judge, fit=fit, gate=lambda examples, folder: broken, progress=Silent()
        )  # fmt: skip

    return learnt


def test_without_decisions_there_is_nothing_to_learn(run, tmp_path):
    with pytest.raises(UsageError, match="nothing to learn from"):
        run(Fitted(MODEL))
    assert not (tmp_path / "models").exists()


def test_a_candidate_is_kept_whole_and_says_what_it_was_made_of(analysts, run, tmp_path, judge):
    fit = Fitted(MODEL)
    found = run(fit)
    assert found.holds and [one.host for one in fit.asked] == ["a.example", "b.example"]
    assert found.folder == folder_of(tmp_path / "models", judge.id) and load_judge(found.folder).id == found.model
    told = json.loads((found.folder / TOLD).read_text())
    assert told["holds"] and told["examples"]["by target"] == {"operator": 1, "other": 1}
    assert (found.before.approved, found.before.rejected) == (1, 1) and found.before == found.after
    assert not (tmp_path / "models" / PARTIAL).exists()


def test_a_candidate_that_breaks_a_floor_is_kept_and_does_not_hold(analysts, run):
    found = run(Fitted(MODEL), "hosts, recall at no false alarm: 0.80 is under 0.85")
    assert not found.holds and found.folder.is_dir()
    assert json.loads((found.folder / TOLD).read_text())["faults"] == ["hosts, recall at no false alarm: 0.80 is under 0.85"]


def test_what_a_killed_run_left_is_written_over_and_the_same_candidate_again_keeps_its_files(analysts, run, tmp_path):
    left = tmp_path / "models" / PARTIAL
    left.mkdir(parents=True)
    (left / "rubbish").write_text("x")
    first = run(Fitted(MODEL))
    card = (first.folder / "card.json").stat()
    second = run(Fitted(MODEL), "a floor")
    assert not (first.folder / "rubbish").exists()
    assert (second.folder / "card.json").stat() == card, "it may be the model that judges now"
    assert not json.loads((second.folder / TOLD).read_text())["holds"]


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (Wrong(approved_clear=1, approved=9, rejected_mirror=2, rejected=5), []),
        (
            Wrong(approved_clear=2, approved=9, rejected_mirror=0, rejected=5),
            ["approved-clear: 2 of 9 approved pages would be clear, 1 are now"],
        ),
        (
            Wrong(approved_clear=0, approved=9, rejected_mirror=3, rejected=5),
            ["rejected-mirror: 3 of 5 rejected pages would be mirrors, 2 are now"],
        ),
    ],
)
def test_worse_on_what_analysts_decided_is_a_fault_of_its_own(after, says):
    assert worse(Wrong(approved_clear=1, approved=9, rejected_mirror=2, rejected=5), after) == says
