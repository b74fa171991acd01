"""What `evaluate` tells: the page that nothing can spoil, the tables, and the verb with its gate."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from casefile.plaintext import inert
from classifier.measuring.figures import Sample
from classifier.measuring.floors import GATES, Floor, Floors, checks_of, faults_of, read_floors, write_floors
from classifier.measuring.leave_out import LeftOut
from classifier.measuring.records import Evaluation, SplitRow, Worst
from classifier.measuring.telling import (
    NAME_HARD,
    NAME_MISSES,
    NAME_RECALL,
    calibration_of,
    curve_of,
    figures_of,
    figures_of_names,
    hard_rows,
    left_out_figures,
    part_rows,
    precision_rows,
)
from classifier.model import Bars
from classifier.training.corpus import digests_of
from cli.evaluation import render_evaluation, write_evaluation
from cli.evaluation.measuring import pin_floors
from cli.evaluation.report import Report
from cli.evaluation.tables import BROKEN, HOLDS, tables_of
from tests.classifier.making import make_corpus, odds_of
from tests.cli.running import mirrorwatch

HOSTILE = "</td><script>alert(1)</script><img src=//evil.example/x onerror=y>\x1b[31m\u202e'\"&"
BARS = Bars(mirror=0.99, review=0.2)
CORPUS = {"pages/pages.jsonl.gz": "ab" * 32}


def sample(what: str) -> Sample:
    """Forty guilty and two hundred innocent ones, languages and kinds with hostile names."""
    random = np.random.default_rng(5)
    guilty = np.arange(240) < 40
    names = np.array([f"owner{number % 24}" for number in range(240)])
    return Sample(
        what=what,
        odds=np.where(guilty, 4.0, -4.0) + random.normal(scale=2.0, size=240),
        guilty=guilty,
        hard=~guilty & (np.arange(240) % 7 == 0),
        owners=names,
        groups=names,
        languages=np.where(np.arange(240) % 2 == 0, "ru", HOSTILE[:40]),
        subtypes=np.where(np.arange(240) % 3 == 0, "landing", HOSTILE[:40]),
        weight=np.ones(240),
    )


def name_split() -> dict[str, object]:
    """The figures of names of one split."""
    ranked = {
        NAME_RECALL: 0.9,
        "guilty": 10,
        "innocent": 2000,
        "hard negatives": 12,
        NAME_HARD: 1,
        "hard negatives over the bar": [HOSTILE],
    }
    return {**ranked, "stock": {NAME_RECALL: 0.7}, NAME_MISSES: 0.333, "interval of the misses": [0.2, 0.5]}


def evaluation() -> Evaluation:
    """An evaluation in which every text that comes from outside is hostile."""
    samples = sample("pages"), sample("hosts")
    row = LeftOut(
        kind="language", name="ru", guilty=20, owners=3, innocent=200, trained_on=20, at_1=0.9, at_01=0.5, interval_1=(0.7, 1.0), interval_01=(0.3, 0.7)
    )  # fmt: skip
    worst = Worst(
        kind="miss", id=HOSTILE, address=HOSTILE, owner=HOSTILE, language=HOSTILE, subtype=HOSTILE, probability=0.01, band="clear",
        reasons=((HOSTILE, -2.0), ("names casino", 1.0)),
    )  # fmt: skip
    split = SplitRow(name="by owner", how="", groups=9, kept_out=0.0, figures={"pages: recall at 1 % false alarms": 0.75})
    others = (
        replace(split, name="at random", figures={"pages: recall at 1 % false alarms": 0.875}),
        replace(split, name="strict", kept_out=12.0, figures={"pages: recall at 1 % false alarms": 0.7}),
    )
    bands = {"mirror": 6, "unsure": 3, "clear": 1}
    return Evaluation(
        corpus=CORPUS,
        counts=dict.fromkeys(("guilty pages", "innocent pages", "hosts", "owners", "guilty owners", "languages of guilty pages"), 7),
        bars={"mirror": 0.99, "review": 0.2},
        figures=(
            *(figure for one in samples for figure in figures_of(one, one.odds, BARS, one.odds > odds_of(0.99), 50)),
            *left_out_figures([row]),
            *figures_of_names({"by brand": name_split()}),
        ),
        splits=(split, *others),
        precision=tuple(precision_rows(samples[0], BARS)),
        parts=tuple(part_rows(samples[0])),
        hard=tuple(hard_rows(samples[0], BARS)),
        curves=tuple(map(curve_of, samples)),
        calibration=tuple(calibration_of(one.what, one.odds, one.guilty) for one in samples),
        worst=(worst, replace(worst, kind="alarm")),
        left_out=(row,),
        poisoned=({"name": "padded", "side": "guilty", "says": HOSTILE, "pages": 10, "before": bands, "after": bands},),
        flipped=({"name": "1 % flipped", "at_none": 0.5, "at_one_per_cent": 0.6, "mirror": 0.7, "clear": 0.1, "alarms": 2},),
        names={"by brand": name_split(), HOSTILE: name_split()},
        quick=False,
    )


def report(floors: Floors | None = None) -> Report:
    """What is told of it."""
    told, own = evaluation(), floors or Floors(corpus=CORPUS, floors={"pages: not measured": Floor(0.5)})
    return Report(
        evaluation=told,
        checks=tuple(checks_of(own, told.figures)),
        faults=tuple(faults_of(own, told.corpus, told.figures)),
        made_on="2026-11-21",
        pinned_on=own.pinned_on,
    )


@pytest.fixture(scope="module")
def page() -> str:
    return render_evaluation(report())


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_nothing_on_the_page_runs_or_comes_from_elsewhere(page: str) -> None:
    tags = Tags(page)
    assert not tags.tags & {"script", "img", "iframe", "link", "object", "embed", "form", "a"}
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "src"]
    assert all(value.startswith("#") for name, value in tags.attributes if name == "href")
    assert "default-src 'none'" in page
    assert not re.search(r"url\((?!#)", page)


def test_hostile_words_are_shown_and_made_inert(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "\\x1b[31m" in page, "in the tables and the cards"


def test_the_page_has_every_plot_and_table(page: str) -> None:
    assert page.count("<svg") == 5
    told = report()
    for table in tables_of(told):
        assert f"<h2>{table.title}</h2>" in page
    assert {table.key for table in tables_of(told)} == {
        "figures", "drop", "precision", "left-language", "hard", "owners", "poisoned", "flipped", "names",
    }  # fmt: skip


def test_the_page_says_whether_the_gate_holds(page: str) -> None:
    assert "the gate does not hold" in page
    assert "pages: not measured was not measured" in page
    assert "the gate holds" in render_evaluation(report(Floors(corpus=CORPUS, floors={})))


def test_the_same_evaluation_gives_the_same_page(page: str) -> None:
    assert render_evaluation(report()) == page


def test_the_page_is_written_whole_or_one_line_says_why_not(tmp_path: Path) -> None:
    write_evaluation(tmp_path / "deep" / "x.html", report())
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.html"]


def test_the_drop_is_what_the_random_split_has_more() -> None:
    [drop] = [table for table in tables_of(report()) if table.key == "drop"]
    assert drop.rows == (("pages: recall at 1 % false alarms", "0.875", "0.750", "0.125", "0.700"),)


def test_a_broken_floor_and_one_that_holds_are_told_in_the_table() -> None:
    own = Floors(corpus=CORPUS, floors={"pages: average precision": Floor(1.0), "hosts: average precision": Floor(0.1)})
    [figures] = [table for table in tables_of(report(own)) if table.key == "figures"]
    state = {row[0]: row[3:5] for row in figures.rows}
    assert state["pages: average precision"] == ("≥ 1", BROKEN)
    assert state["hosts: average precision"] == ("≥ 0.100", HOLDS)
    assert state["pages: recall at no false alarm"] == ("", "")


def test_pinning_refuses_to_lower_a_floor_and_says_which(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    write_floors(path, Floors(corpus=CORPUS, floors={"pages: average precision": Floor(1.0)}))
    before = path.read_bytes()
    refused = pin_floors(report(), path, date(2026, 11, 21), allow_regression=False)
    assert len(refused) == 1
    assert refused[0].startswith("floor would be lowered: pages: average precision is 0.9")
    assert path.read_bytes() == before
    assert pin_floors(report(), path, date(2026, 11, 21), allow_regression=True) == []
    assert read_floors(path).floors["pages: average precision"].value < 1.0
    assert read_floors(path).corpus == CORPUS


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


def test_without_a_corpus_there_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    for words in ((), ("--corpus", tmp_path / "none")):
        ran = mirrorwatch("--state", tmp_path, "-q", "evaluate", *words)
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 1
        assert "--corpus" in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--gate", "--pin"), "give one of the two"),
        (("--allow-regression",), "for --pin alone"),
        (("--pin", "--quick"), "--pin wants a whole evaluation"),
    ],
)
def test_options_that_contradict_are_refused(tmp_path: Path, corpus: Path, words: tuple[str, ...], says: str) -> None:
    ran = mirrorwatch("--state", tmp_path, "-q", "evaluate", "--corpus", corpus, *words)
    assert ran.code == 2
    assert says in ran.err


def test_a_quick_evaluation_prints_tables_and_writes_the_page(tmp_path: Path, corpus: Path) -> None:
    ran = mirrorwatch("--state", tmp_path, "-q", "evaluate", "--corpus", corpus, "--quick", "--floors", tmp_path / "none.json")
    assert (ran.code, ran.err) == (0, "")
    assert "Figures and floors" in ran.out
    assert re.search(r"hosts: recall at no false alarm +1\.000 +1\.000 to 1\.000 +≥ 0\.850 +holds", ran.out)
    assert "quick: by owner alone" in (tmp_path / "reports" / "evaluation.html").read_text()


def test_the_gate_fails_for_a_broken_floor_and_for_another_corpus(tmp_path: Path, corpus: Path) -> None:
    floors, page = tmp_path / "floors.json", tmp_path / "x.html"
    words = ("--state", tmp_path, "-q", "evaluate", "--corpus", corpus, "--quick", "--gate", "--floors", floors, "--out", page)
    write_floors(floors, Floors(corpus=digests_of(corpus), floors=GATES))
    ran = mirrorwatch(*words)
    assert (ran.code, ran.err) == (0, "")
    write_floors(floors, Floors(corpus=digests_of(corpus), floors={"hosts: guilty wrongly clear": Floor(-1.0, at_most=True)}))
    ran = mirrorwatch(*words)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "floor broken: hosts: guilty wrongly clear is 0, over the floor of -1"
    assert "the gate does not hold" in ran.err
    write_floors(floors, Floors(corpus={"pages/pages.jsonl.gz": "00" * 32}, floors=GATES))
    ran = mirrorwatch(*words, "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert not told["holds"]
    assert told["faults"][0].startswith("the corpus is not the pinned one")
    assert all(floor["holds"] for floor in told["floors"])


def test_a_whole_evaluation_can_be_pinned_and_json_tells_all_of_it(tmp_path: Path, corpus: Path) -> None:
    floors = tmp_path / "floors.json"
    ran = mirrorwatch("--state", tmp_path, "-q", "evaluate", "--corpus", corpus, "--pin", "--json", "--floors", floors)
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert [split["name"] for split in told["splits"]] == ["by owner", "at random", "by owner, template, brand and host"]
    assert {
        "figures",
        "precision",
        "parts",
        "hard",
        "curves",
        "calibration",
        "left_out",
        "worst",
        "poisoned",
        "flipped",
        "names",
    } <= told.keys()
    pinned = read_floors(floors)
    assert pinned.corpus == digests_of(corpus) == told["corpus"]
    assert pinned.floors["pages: recall at 1 % false alarms"] == Floor(0.98)
    assert inert(ran.out.rstrip("\n")) == ran.out.rstrip("\n")
