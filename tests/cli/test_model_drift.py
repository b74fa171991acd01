"""A night against the card of the model that judged it: what is compared comes from the case file and the archive, and warns where other drift does."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from casefile.hostname import Door
from casefile.records import Action, Band, Decision, Label, Night, StepReport, Verdict
from casefile.store import Case
from classifier.model import load_judge
from cli.closing import close_night, metrics_file
from cli.config import ROOT, Config, JudgeOptions
from cli.desk import Desk
from cli.figures import figures_of
from cli.model_drift import model_drift_of
from cli.page.content import PageOptions
from tests.classifier.making import BAKERY, Captured
from tests.conftest import StandingClock

SCORES = [0.06, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 0.13, 0.15]


class Evening:
    """A night of hosts that were captured and judged, and the card that it is held against."""

    def __init__(self, case: Case, door: Door, clock: StandingClock, desk: Desk) -> None:
        self.case, self.clock, self.desk = case, clock, desk
        self.captured = Captured(case, door, desk.archive, clock())
        started = clock()
        [number] = case.add([Night(replay=False, asked="", started_at=started, due_before=started)])
        self.night = Night(id=number, replay=False, asked="", started_at=started, due_before=started)

    def card(self, drift: object) -> None:
        path = self.desk.config.judge.model / "card.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"drift": drift}))

    def judged(self, host: str, probability: float, *, band: Band = Band.CLEAR, model: str = "") -> None:
        capture = self.captured.page(host, BAKERY)
        number = self.case.rows("SELECT max(id) AS id FROM captures")[0]["id"]
        self.case.add(
            [
                Verdict(
                    host=capture.host, label=Label.OTHER, probability=probability, name_probability=0.1, band=band, reasons=(),
                    model=model or self.desk.judge.id, captures=(number,), through_capture=number, through_evidence=0, judged_at=self.clock(),
                )
            ]
        )  # fmt: skip

    def decided(self, host: str, action: Action) -> None:
        self.case.add([Decision(host=self.case.door.parse(host), action=action, analyst="A.", note="seen", decided_at=self.clock())])

    def over(self) -> None:
        self.clock.forward(minutes=30)
        self.case.add([StepReport(night=self.night.id, step="night", done=1, finished_at=self.clock())])

    def rules(self) -> list[str]:
        return [one.rule for one in model_drift_of(self.desk, figures_of(self.case, self.night, self.clock))]


@pytest.fixture
def evening(case: Case, door: Door, clock: StandingClock, tmp_path: Path) -> Iterator[Evening]:
    model = tmp_path / "model"
    shutil.copytree(ROOT / "data" / "model", model)
    desk = Desk(state=case.path.parent, clock=clock, verbosity=-1)
    desk.__dict__["config"] = Config(suffixes=("example", "test"), judge=JudgeOptions(model=model), page=PageOptions(cases=1, nights=2))
    yield Evening(case, door, clock, desk)
    desk.close()


def numbers_of_a_bakery(evening: Evening) -> dict[str, list[float]]:
    from classifier.page import read_page

    judge = load_judge(evening.desk.config.judge.model)
    dense = judge.extractor.read(read_page("https://h0.example/", BAKERY)).dense
    return {name: [float(value), float(value), float(value)] for name, value in list(zip(judge.extractor.columns, dense, strict=True))[:20]}


def test_a_night_like_its_card_is_no_drift_and_one_unlike_it_is(evening: Evening) -> None:
    for number in range(50):
        evening.judged(f"h{number}.example", [*SCORES, 0.2][number % 10] - 0.0005)
    numbers = numbers_of_a_bakery(evening)
    evening.card({"scores": SCORES, "features": numbers})
    assert evening.rules() == []
    evening.card({"scores": SCORES, "features": {name: [low + 1, low + 1, low + 2] for name, (low, _, _) in numbers.items()}})
    assert evening.rules() == ["feature-drift"]
    evening.card({"scores": [score / 100 for score in SCORES], "features": {}})
    assert evening.rules() == ["score-drift"]


def test_what_another_model_judged_is_not_held_against_this_ones_card(evening: Evening) -> None:
    for number in range(50):
        evening.judged(f"h{number}.example", 0.4, model="m-before")
    evening.card({"scores": SCORES, "features": {}})
    assert evening.rules() == []


def test_rejected_mirrors_of_this_model_speak_and_other_rejections_do_not(evening: Evening) -> None:
    evening.card({"scores": SCORES, "features": {}, "rejected": 0.05})
    for number in range(20):
        evening.judged(f"h{number}.example", 0.999, band=Band.MIRROR)
        evening.decided(f"h{number}.example", Action.REJECT if number < 5 else Action.APPROVE)
        evening.judged(f"u{number}.example", 0.4, band=Band.UNSURE)
        evening.decided(f"u{number}.example", Action.REJECT)
    assert evening.rules() == ["rejection-drift"]
    for number in range(20, 120):
        evening.judged(f"h{number}.example", 0.999, band=Band.MIRROR)
        evening.decided(f"h{number}.example", Action.APPROVE)
    assert evening.rules() == []


def test_a_card_without_drift_says_nothing(evening: Evening) -> None:
    evening.card(None)
    evening.judged("h.example", 0.1)
    assert evening.rules() == []


def test_it_warns_in_the_page_and_in_the_metrics(evening: Evening) -> None:
    evening.card({"scores": [score / 100 for score in SCORES], "features": {}})
    for number in range(50):
        evening.judged(f"h{number}.example", SCORES[number % 9])
    evening.over()
    page = close_night(evening.desk, evening.night, exit_code=0)
    assert page is not None and "Unlike what the model was measured on: the scores of 50 hosts" in page.read_text()
    families = {family.name: family.samples for family in text_string_to_metric_families(metrics_file(evening.desk).read_text())}
    told = {sample.labels["rule"]: sample.value for sample in families["mirrorwatch_drift"]}
    assert told["score-drift"] == 1 and told["feature-drift"] == 0 and told["read-share-falls"] == 0
