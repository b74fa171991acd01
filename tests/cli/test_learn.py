"""`learn`: a candidate beside the current model, promoted only where the gate holds; every promotion is appended, and the way back is open."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile import queries
from casefile.errors import ModelError, UsageError
from casefile.records import Action, Label, Setting
from casefile.store import Case
from classifier.candidates import TOLD, folder_of
from classifier.model import load_judge
from cli.config import ROOT
from cli.desk import Desk
from cli.promotions import PROMOTED, promote, promoted_judge, roll_back, standing
from tests.classifier.learning.test_examples import Analysts
from tests.classifier.making import BAKERY, CASINO, Captured, make_corpus
from tests.cli.running import mirrorwatch
from tests.conftest import StandingClock

MODEL = ROOT / "data" / "model"


@pytest.fixture
def desk(case: Case, clock: StandingClock) -> Iterator[Desk]:
    """A desk on the case file of the test, with a copy of the model as a candidate there."""
    made = Desk(state=case.path.parent, clock=clock)
    shutil.copytree(MODEL, folder_of(made.models, load_judge(MODEL).id))
    yield made
    made.close()


@pytest.fixture
def state(case: Case, door, clock: StandingClock) -> Path:
    """A state folder with two decided hosts and their pages."""
    analysts = Analysts(case, Captured(case, door, case.path.parent / "archive", clock()), clock)
    analysts.judged("a.example", CASINO)
    analysts.decided("a.example", Action.APPROVE)
    analysts.judged("b.example", BAKERY, label=Label.OTHER)
    analysts.decided("b.example", Action.REJECT)
    case.add([Setting(key="config", value=str(ROOT / "data" / "sample" / "mirrorwatch.toml"), set_at=clock())])
    return case.path.parent


def test_what_is_promoted_judges_from_then_on_and_is_appended(case: Case, desk: Desk, clock: StandingClock) -> None:
    model = load_judge(MODEL).id
    assert (desk.model_folder, standing(case)) == (MODEL, "")
    made = promote(case, model, by="Aru", clock=clock)
    assert (made.model, made.before, standing(case)) == (model, "", model)
    assert desk.model_folder == folder_of(desk.models, model) and desk.judge.id == model
    [row] = queries.settings_of(case, PROMOTED)
    assert json.loads(row.value) == {"model": model, "before": "", "by": "Aru"} and row.set_at == clock()


def test_going_back_goes_back_step_by_step_and_is_appended_too(case: Case, desk: Desk, clock: StandingClock) -> None:
    for name in ("m-1", "m-2", "m-3"):
        promote(case, name, by="Aru", clock=clock)
    assert [roll_back(case, by="Bek", clock=clock).model for _ in range(3)] == ["m-2", "m-1", ""]
    assert desk.model_folder == MODEL and len(queries.settings_of(case, PROMOTED)) == 6
    with pytest.raises(UsageError, match="nothing to go back to"):
        roll_back(case, by="Bek", clock=clock)


def test_a_candidate_that_is_another_than_was_promoted_or_gone_does_not_judge(desk: Desk) -> None:
    model = load_judge(MODEL).id
    folder_of(desk.models, model).rename(folder_of(desk.models, "m-0"))
    with pytest.raises(ModelError, match="is not the model that was promoted"):
        promoted_judge(desk.models, "m-0")
    with pytest.raises(ModelError, match="cannot read"):
        promoted_judge(desk.models, model)


def test_a_candidate_that_breaks_a_floor_is_kept_not_promoted_and_named(state: Path, case: Case, tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    ran = mirrorwatch("-q", "--state", state, "learn", "--corpus", corpus, "--floors", tmp_path / "none.json", "--promote", "--json")
    assert ran.code == 1, ran.err
    told = json.loads(ran.out)
    assert told["examples"]["by target"] == {"operator": 1, "other": 1} and not told["promoted"] and not told["holds"]
    assert "no corpus is pinned" in ran.err and told["model"] in ran.err and len(ran.err.splitlines()) == 1
    folder = Path(told["folder"])
    assert folder == folder_of(state / "models", told["model"]) and json.loads((folder / TOLD).read_text())["faults"] == told["faults"]
    assert json.loads((folder / "card.json").read_text())["examples"] == told["examples"]
    assert standing(case) == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "give --corpus DIR, or --rollback"),
        (("--corpus", "c", "--promote", "--out", "o"), "--promote takes no --out"),
        (("--corpus", "nowhere"), "no pages/pages.jsonl.gz in nowhere"),
        (("--rollback",), "there is nothing to go back to"),
    ],
)
def test_what_cannot_be_done_is_one_line(state: Path, words: tuple[str, ...], says: str) -> None:
    ran = mirrorwatch("-q", "--state", state, "learn", *words)
    assert ran.code == 2 and says in ran.err and len(ran.err.splitlines()) == 1, ran.err
