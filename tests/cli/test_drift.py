"""Drift: each rule with the numbers at which it speaks, and at which it keeps still."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from casefile.records import Night
from casefile.tallies import Tally
from cli.drift import DriftOptions, drift_of
from cli.figures import NightFigures

USUAL = Tally(
    found=50, captures=200, read=180, challenged=4, visited=100, rendered=20, judged=100, mirror=10, unsure=5, listed=6, waiting=30
)  # fmt: skip
BEGUN = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


def night(tally: Tally = USUAL) -> NightFigures:
    return NightFigures(
        night=Night(replay=False, asked="", started_at=BEGUN, due_before=BEGUN), ended_at=BEGUN + timedelta(hours=1), over=True, steps=(), tally=tally
    )  # fmt: skip


def rules(tonight: Tally, *, before: int = 7, usual: Tally = USUAL) -> list[str]:
    return [one.rule for one in drift_of([*[night(usual)] * before, night(tonight)], DriftOptions())]


def test_a_usual_night_is_no_drift() -> None:
    assert rules(USUAL) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"read": 140}, "read-share-falls"),
        ({"challenged": 24}, "challenge-share-rises"),
        ({"mirror": 20}, "mirror-share-rises"),
        ({"listed": 0}, "nothing-listed"),
        ({"listed": 27}, "many-listed"),
    ],
)
def test_each_rule_speaks(changed: dict[str, int], rule: str) -> None:
    assert rules(replace(USUAL, **changed)) == [rule]


@pytest.mark.parametrize("changed", [{"read": 141}, {"challenged": 23}, {"mirror": 19}, {"listed": 1}, {"listed": 26}])
def test_and_keeps_still_just_before(changed: dict[str, int]) -> None:
    assert rules(replace(USUAL, **changed)) == []


def test_a_share_that_rises_but_is_not_twice_the_usual_is_no_drift() -> None:
    assert rules(replace(USUAL, mirror=55), usual=replace(USUAL, mirror=40)) == []


def test_two_nights_are_too_few_to_compare_with() -> None:
    broken = replace(USUAL, read=0)
    assert rules(broken, before=2) == []
    assert rules(broken, before=3) == ["read-share-falls"]


def test_few_captures_say_nothing() -> None:
    assert rules(replace(USUAL, captures=19, read=0)) == []


def test_nothing_listed_is_fine_where_nothing_waits_or_nothing_ever_is() -> None:
    assert rules(replace(USUAL, listed=0, waiting=0)) == []
    assert rules(replace(USUAL, listed=0), usual=replace(USUAL, listed=0)) == []


def test_one_bad_night_among_the_last_does_not_move_the_median() -> None:
    before = [night()] * 4 + [night(replace(USUAL, read=10))] + [night()] * 2
    assert drift_of([*before, night()], DriftOptions()) == []
    assert [one.rule for one in drift_of([*before, night(replace(USUAL, read=10))], DriftOptions())] == ["read-share-falls"]


def test_the_words_hold_the_numbers() -> None:
    (found,) = drift_of([*[night()] * 7, night(replace(USUAL, read=100))], DriftOptions())
    assert "50%" in found.text
    assert "usually 90%" in found.text


@pytest.mark.parametrize(
    "wrong", [{"nights": 2, "least_nights": 3}, {"read_falls": 0.0}, {"share_rises": 1.5}, {"listed_factor": 0.5}, {"least": 0}]
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        DriftOptions(**wrong)  # type: ignore[arg-type]
