"""Unlike what the model was measured on: each rule with the numbers at which it speaks, and at which it keeps still."""

import pytest

from classifier.drift import Measured, Tonight, drifts_of, lowest_share, measured_of, shares_of, stability_index

CARD = {"drift": {"scores": [0.01, 0.02, 0.03, 0.04, 0.06, 0.07, 0.08, 0.1, 0.2], "features": {f"f{n}": [0, 1, 2] for n in range(8)}}}
MEASURED = measured_of(CARD)
AS_MEASURED = [0.005, 0.015, 0.025, 0.035, 0.055, 0.065, 0.075, 0.09, 0.15, 0.3] * 10


def rules(tonight: Tonight) -> list[str]:
    assert MEASURED is not None
    return [rule for rule, _ in drifts_of(tonight, MEASURED)]


def test_a_night_as_measured_is_no_drift_whatever_share_of_it_is_guilty():
    assert rules(Tonight(scores=AS_MEASURED)) == []
    assert rules(Tonight(scores=AS_MEASURED + [0.99] * 500)) == []


def test_scores_that_crowd_under_the_bar_are_drift():
    assert rules(Tonight(scores=[0.09] * 50)) == ["score-drift"]
    assert rules(Tonight(scores=[0.09] * 49)) == [], "too few to say"
    assert rules(Tonight(scores=[0.09] * 49 + [0.9] * 50)) == [], "what is judged guilty is no part of it"


def test_among_scores_that_are_all_next_to_nothing_there_is_no_drift():
    low = Measured(scores=tuple(number / 10_000 for number in range(1, 10)), features={})
    assert drifts_of(Tonight(scores=[0.02] * 90 + [0.1] * 10), low) == []
    assert [rule for rule, _ in drifts_of(Tonight(scores=[0.02] * 65 + [0.1] * 35), low)] == ["score-drift"]


def test_five_numbers_outside_on_four_pages_in_ten():
    def pages(far: int, of: int = 50, numbers: int = 5) -> list[dict[str, float]]:
        return [{f"f{n}": 9.0 if n < numbers and page < far else 1.0 for n in range(8)} for page in range(of)]

    assert rules(Tonight(features=pages(20))) == ["feature-drift"]
    assert rules(Tonight(features=pages(19))) == []
    assert rules(Tonight(features=pages(50, numbers=4))) == []
    assert rules(Tonight(features=pages(49, of=49))) == []


@pytest.mark.parametrize(
    ("rejected", "approved", "speaks"), [(4, 16, True), (3, 17, True), (2, 18, False), (19, 0, False), (20, 180, True), (14, 186, False)]
)
def test_rejections_beyond_what_chance_makes_of_the_cards_precision(rejected, approved, speaks):
    assert (rules(Tonight(approved=approved, rejected=rejected)) == ["rejection-drift"]) is speaks


def test_the_words_have_the_numbers():
    [(_, text)] = drifts_of(Tonight(approved=10, rejected=10), Measured(scores=(), features={}, rejected=0.02))
    assert "rejected 10 of the 20 mirrors" in text and "(50%; its card expects 2%)" in text


@pytest.mark.parametrize(
    "card", [{}, {"drift": None}, {"drift": {"scores": [0.1]}}, {"drift": {"scores": ["x"], "features": {}}}, {"drift": []}]
)
def test_a_card_of_before_says_nothing_of_drift(card):
    assert measured_of(card) is None


def test_the_arithmetic():
    assert stability_index([0.5, 0.5], [0.5, 0.5]) == 0
    assert stability_index([0.5, 0.5], [0.9, 0.1]) == pytest.approx(0.4 * 0.5878 + 0.4 * 1.6094, abs=1e-3)
    assert shares_of([0.1, 0.2, 0.2, 0.9], [0.2, 0.5]) == [0.25, 0.5, 0.25]
    assert lowest_share(0, 0) == 0 and lowest_share(3, 20) == pytest.approx(0.0524, abs=1e-3)
