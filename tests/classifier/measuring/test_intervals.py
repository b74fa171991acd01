"""Intervals: exact ones against the tables, the bootstrap against what must hold of any."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.measuring.figures import Sample
from classifier.measuring.intervals import bootstrap, exact_interval, precision_at, precision_interval
from classifier.measuring.telling import values_of


def sample(seed: int = 3, groups: int = 40, each: int = 10) -> Sample:
    """Half of the groups guilty; pages of one group score alike."""
    random = np.random.default_rng(seed)
    of_group = np.repeat(np.arange(groups), each)
    guilty = of_group % 2 == 0
    odds = (
        np.where(guilty, 2.0, -2.0) + np.repeat(random.normal(scale=2.0, size=groups), each) + random.normal(scale=0.3, size=groups * each)
    )
    names = np.array([f"g{number}" for number in of_group])
    return Sample(
        what="pages",
        odds=odds,
        guilty=guilty,
        hard=~guilty & (of_group % 4 == 1),
        owners=names,
        groups=names,
        languages=np.where(of_group % 3 == 0, "ru", "en"),
        subtypes=np.where(of_group % 5 == 0, "landing", "review"),
        weight=np.ones(len(odds)),
    )


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"),
    [(0, 100, 0.0, 0.0362), (1, 100, 0.0003, 0.0545), (50, 100, 0.3983, 0.6017), (100, 100, 0.9638, 1.0), (0, 0, 0.0, 1.0)],
)
def test_exact_intervals_are_those_of_clopper_and_pearson(hits: int, number: int, low: float, high: float) -> None:
    assert exact_interval(hits, number) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_half_of_a_list_is_wrong_at_one_per_cent_of_both() -> None:
    assert precision_at(0.01, 1.0, 0.01) == pytest.approx(0.5, abs=0.01), "the sentence of the issue"


def test_no_alarm_among_few_proves_little() -> None:
    few, many = precision_interval(0.001, 0.9, 0, 100), precision_interval(0.001, 0.9, 0, 100_000)
    assert few[0] == many[0] == 1.0
    assert few[1] < 0.03
    assert many[1] > 0.9
    assert few[2] == many[2] == 1.0


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    assert bootstrap(sample(), 200, seed=1) == bootstrap(sample(), 200, seed=1)
    assert bootstrap(sample(), 200, seed=1) != bootstrap(sample(), 200, seed=2)


def test_every_figure_lies_in_its_interval() -> None:
    one = sample()
    bounds = bootstrap(one, 500)
    values = values_of(one)
    assert bounds.keys() == values.keys()
    for name, value in values.items():
        low, high = bounds[name]
        assert low <= value <= high or name.startswith("calibration"), name


def test_draws_of_whole_owners_are_less_sure_than_draws_of_pages() -> None:
    one = sample()
    alone = replace(one, groups=np.array([str(number) for number in range(len(one.odds))]))
    name = "recall at 1 % false alarms"
    by_owner, by_page = bootstrap(one, 500)[name], bootstrap(alone, 500)[name]
    assert by_owner[1] - by_owner[0] > 1.5 * (by_page[1] - by_page[0])


def test_a_draw_counts_as_it_would_be_counted_on_its_own() -> None:
    """One group drawn as often as it stands: with a single group on each side every draw is the sample itself, or says nothing."""
    one = sample()
    sides = np.where(one.guilty, "guilty", "innocent")
    bounds = bootstrap(replace(one, groups=sides), 50)
    for name, value in values_of(one).items():
        if not name.startswith("calibration"):
            assert bounds[name] == (pytest.approx(value), pytest.approx(value)), name
