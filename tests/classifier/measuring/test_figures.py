"""Figures against cases small enough to be counted by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from classifier.measuring.figures import (
    average_precision,
    banding,
    bar_at,
    calibration_error,
    labels_of,
    macro_recall,
    precision_recall,
    ranking,
    recall_at,
    recall_by,
    reliability,
)
from tests.classifier.making import odds_of

INNOCENT = np.array([5.0, 4.0, 3.0, *([0.0] * 97)])
GUILTY = np.array([6.0, 4.5, 4.0, 3.5])


@pytest.mark.parametrize(
    ("share", "bar", "recall"), [(0.0, 5.0, 0.25), (0.001, 5.0, 0.25), (0.01, 4.0, 0.5), (0.02, 3.0, 1.0), (1.0, 0.0, 1.0)]
)
def test_so_many_innocent_may_pass_and_no_more(share: float, bar: float, recall: float) -> None:
    assert bar_at(INNOCENT, share) == bar
    assert recall_at(INNOCENT, GUILTY, share) == recall, "an equal score does not pass"


def test_a_share_is_not_lost_to_binary_fractions() -> None:
    innocent = np.arange(100.0)
    assert bar_at(innocent, 0.29) == 70.0, "29 of 100 may pass; 0.29 * 100 is 28.999... in binary"


def test_without_innocent_nothing_passes_and_without_guilty_nothing_is_recalled() -> None:
    assert bar_at(np.zeros(0), 0.01) == math.inf
    assert recall_at(np.zeros(0), GUILTY, 0.01) == 0.0
    assert recall_at(INNOCENT, np.zeros(0), 0.01) == 0.0


def test_macro_recall_counts_every_owner_once() -> None:
    odds = np.array([9.0, 9.0, 9.0, 1.0, 5.0])
    guilty = np.array([True, True, True, True, False])
    owners = np.array(["big", "big", "big", "small", "innocent"])
    assert recall_by(odds, guilty, owners, 5.0) == {"big": (1.0, 3), "small": (0.0, 1)}
    assert macro_recall(odds, guilty, owners, 5.0) == 0.5, "three pages in four are found, but one owner in two"


def test_average_precision_is_that_of_the_books() -> None:
    odds = np.array([4.0, 3.0, 2.0, 1.0])
    assert average_precision(odds, np.array([True, False, True, False])) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    random = np.random.default_rng(1)
    many, truth = np.round(random.normal(size=500), 1), random.random(500) < 0.3
    assert average_precision(many, truth) == pytest.approx(average_precision_score(truth, many)), "equal scores too"


def test_a_curve_has_one_point_for_equal_scores() -> None:
    bars, precision, recall = precision_recall(np.array([2.0, 2.0, 1.0]), np.array([True, False, True]))
    assert bars.tolist() == [2.0, 1.0]
    assert precision.tolist() == [0.5, pytest.approx(2 / 3)]
    assert recall.tolist() == [0.5, 1.0]


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    odds = np.array([odds_of(0.95)] * 10 + [odds_of(0.25)] * 10)
    guilty = np.array([True] * 9 + [False] + [True] * 4 + [False] * 6)
    assert calibration_error(odds, guilty) == pytest.approx((0.05 + 0.15) / 2)
    assert calibration_error(odds, guilty, np.array([3.0] * 10 + [1.0] * 10)) == pytest.approx((3 * 0.05 + 0.15) / 4)
    high, low = reliability(odds, guilty)[::-1]
    assert (high.low, high.number, high.told, high.true) == (0.9, 10, pytest.approx(0.95), 0.9)
    assert (low.low, low.number, low.told, low.true) == (0.2, 10, pytest.approx(0.25), 0.4)


def test_bands_count_what_is_at_the_bar_as_over_it() -> None:
    odds = np.array([odds_of(0.9), odds_of(0.5), odds_of(0.1), odds_of(0.95), odds_of(0.3)])
    guilty = np.array([True, True, True, False, False])
    told = banding(odds, guilty, np.array([False, False, False, True, False]), mirror=0.9, review=0.3)
    assert told["guilty in the mirror band"] == pytest.approx(1 / 3, abs=1e-4)
    assert told["innocent in the mirror band"] == told["hard negatives in the mirror band"] == told["hard negatives"] == 1
    assert told["guilty wrongly clear"] == pytest.approx(1 / 3, abs=1e-4)
    assert told["innocent to review"] == 0.5


def test_a_ranking_says_what_it_rests_on() -> None:
    told = ranking(np.concatenate([INNOCENT, GUILTY]), np.array([False] * 100 + [True] * 4))
    assert (told["innocent"], told["guilty"]) == (100, 4)
    assert (told["recall at 1 % false alarms"], told["recall at no false alarm"]) == (0.5, 0.25)


def test_labels_follow_the_three_log_odds() -> None:
    odds = np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, -1.0]])
    assert labels_of(odds).tolist() == ["operator", "promotion", "about", "other"]
