"""The floors: what breaks the gate, what pinning may change, and what it never may."""

from datetime import date
from pathlib import Path

import pytest

from casefile.errors import UsageError
from classifier.measuring.floors import (
    GATES,
    Floor,
    Floors,
    checks_of,
    faults_of,
    floor_of,
    lowered,
    pinned,
    read_floors,
    shown,
    write_floors,
)
from classifier.measuring.records import Figure

TODAY = date(2026, 11, 21)
CORPUS = {"pages/pages.jsonl.gz": "aa" * 32}

RECALL, ERROR, ALARMS = "hosts: recall at no false alarm", "pages: calibration error", "hosts: innocent in the mirror band"


def figures(**changed: float) -> list[Figure]:
    """Figures that pass every gate, some of them changed: `recall`, `error`, `alarms`, `macro`."""
    recall, error, alarms = changed.get("recall", 0.95), changed.get("error", 0.01), changed.get("alarms", 0)
    rest = [
        Figure(name=name, value=0.9 if not floor.at_most else 0, cost=floor.at_most, count=floor.at_most and floor.value == 0)
        for name, floor in GATES.items()
        if name not in (RECALL, ERROR, ALARMS)
    ]
    return [
        *rest,
        Figure(name=RECALL, value=recall),
        Figure(name=ERROR, value=error, cost=True),
        Figure(name=ALARMS, value=alarms, cost=True, count=True),
        Figure(name="pages: recall of owners", value=changed.get("macro", 0.8)),
        Figure(name="pages: not pinned", value=0.5, pinned=False),
    ]


def floors(**changed: float) -> Floors:
    """Floors pinned on figures."""
    return pinned(Floors(corpus={}, floors=dict(GATES)), CORPUS, figures(**changed), TODAY)


def test_what_was_pinned_holds() -> None:
    assert faults_of(floors(), CORPUS, figures()) == []


def test_a_floor_is_a_margin_under_its_figure_and_a_count_has_none() -> None:
    own = floors().floors
    assert own["pages: recall of owners"] == Floor(0.78)
    assert own[ERROR] == Floor(0.015, at_most=True)
    assert own[ALARMS] == Floor(0, at_most=True)
    assert "pages: not pinned" not in own


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"recall": 0.9}, f"floor broken: {RECALL} is 0.900, under the floor of 0.930"),
        ({"error": 0.02}, f"floor broken: {ERROR} is 0.020, over the floor of 0.015"),
        ({"alarms": 1}, f"floor broken: {ALARMS} is 1, over the floor of 0"),
    ],
)
def test_the_gate_fails_with_one_line_for_a_broken_floor(changed: dict[str, float], says: str) -> None:
    assert faults_of(floors(), CORPUS, figures(**changed)) == [says]


def test_the_gate_fails_where_the_corpus_is_another() -> None:
    [fault] = faults_of(floors(), {"pages/pages.jsonl.gz": "bb" * 32}, figures())
    assert "pages/pages.jsonl.gz" in fault
    [fault] = faults_of(floors(), {**CORPUS, "domains/more.txt.gz": "cc" * 32}, figures())
    assert "domains/more.txt.gz" in fault


def test_the_gate_fails_where_nothing_is_pinned() -> None:
    assert faults_of(Floors(corpus={}, floors=dict(GATES)), CORPUS, figures()) == [
        "no corpus is pinned: run evaluate --pin once the figures are as they should be"
    ]


def test_a_figure_that_vanished_is_a_broken_floor_unless_only_part_was_measured() -> None:
    some = [figure for figure in figures() if figure.name != "pages: recall of owners"]
    assert faults_of(floors(), CORPUS, some) == ["floor broken: pages: recall of owners was not measured"]
    assert faults_of(floors(), CORPUS, some, partly=True) == []


def test_pinning_raises_a_floor_and_keeps_one_that_holds() -> None:
    old = floors(macro=0.8)
    assert pinned(old, CORPUS, figures(macro=0.9), TODAY).floors["pages: recall of owners"] == Floor(0.88)
    assert pinned(old, CORPUS, figures(macro=0.79), TODAY).floors["pages: recall of owners"] == Floor(0.78), "within the margin"


def test_pinning_tells_what_it_would_lower() -> None:
    old, worse = floors(macro=0.8), figures(macro=0.7)
    new = pinned(old, CORPUS, worse, TODAY)
    assert lowered(old, new, worse) == ["pages: recall of owners is 0.700, under the floor of 0.780"]
    assert new.floors["pages: recall of owners"] == Floor(0.68)
    assert lowered(old, pinned(old, CORPUS, figures(macro=0.9), TODAY), figures(macro=0.9)) == []


def test_dropping_a_figure_is_lowering_its_floor() -> None:
    old = floors()
    some = [figure for figure in figures() if figure.name != "pages: recall of owners"]
    assert lowered(old, pinned(old, CORPUS, some, TODAY), some) == ["pages: recall of owners was not measured"]


def test_no_pin_goes_under_a_gate() -> None:
    bad = figures(recall=0.5, error=0.2, alarms=7)
    new = pinned(Floors(corpus={}, floors={}), CORPUS, bad, TODAY)
    assert {name: new.floors[name] for name in (RECALL, ERROR, ALARMS)} == {name: GATES[name] for name in (RECALL, ERROR, ALARMS)}
    assert len(faults_of(new, CORPUS, bad)) == 3


def test_a_file_that_was_edited_under_a_gate_is_read_as_the_gate(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    write_floors(path, Floors(corpus=CORPUS, floors={RECALL: Floor(0.1), ERROR: Floor(0.5, at_most=True)}, pinned_on="2026-11-21"))
    assert read_floors(path).floors == GATES


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "model" / "floors.json"
    write_floors(path, floors())
    assert read_floors(path) == floors()
    first = path.read_bytes()
    write_floors(path, read_floors(path))
    assert path.read_bytes() == first


def test_without_a_file_the_gates_stand(tmp_path: Path) -> None:
    assert read_floors(tmp_path / "none.json") == Floors(corpus={}, floors=GATES)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at_least": {"a": "b"}, "at_most": {}, "corpus": {}, "pinned_on": ""}'])
def test_a_file_that_is_none_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"floors\.json is not a file of floors"):
        read_floors(path)


def test_figures_are_never_shown_better_than_they_are() -> None:
    assert shown(0.8499) == "0.849"
    assert shown(0.0301, cost=True) == "0.031"
    assert shown(3.0) == "3"
    assert [check.holds for check in checks_of(Floors(corpus={}, floors={"a": Floor(0.85)}), [Figure(name="a", value=0.8499)])] == [False]


def test_a_floor_is_rounded_to_the_lax_side() -> None:
    assert floor_of(Figure(name="a", value=0.87654)).value == 0.856
    assert floor_of(Figure(name="a", value=0.01234, cost=True)).value == 0.018
