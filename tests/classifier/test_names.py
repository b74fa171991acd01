"""Host names as character n-grams."""

import numpy as np

from classifier.names import BUCKETS, grams, name_scores, readable


def test_names_are_read_in_unicode_without_www():
    assert readable("WWW.Tumar.Example.") == "tumar.example"
    assert readable("xn--80aswg.example") == "сайт.example"
    assert readable("xn--a.example") == "xn--a.example"


def test_a_name_has_the_same_grams_alone_and_among_others():
    _, alone = grams(["tumar1.example"])
    rows, among = grams(["x.example", "tumar1.example", "", "y.test"])
    assert sorted(alone) == sorted(among[rows == 1])
    assert len(alone) == sum(len("^tumar1.example$") - size + 1 for size in (2, 3, 4, 5))
    assert among.min() >= 0 and among.max() < BUCKETS


def test_grams_never_cross_names():
    _, one = grams(["ab"])
    _, other = grams(["cd"])
    _, both = grams(["ab", "cd"])
    assert sorted(both) == sorted([*one, *other])


def test_scores_are_probabilities_in_order():
    weights = np.zeros(BUCKETS)
    _, buckets = grams(["casino"])
    weights[buckets] = 1.0
    scores = name_scores(["casino", "bakery", "", "\ud800", "a" * 10_000], weights, -2.0)
    assert scores.shape == (5,) and scores[0] > 0.5 > scores[1] > 0 and np.isfinite(scores).all()


def test_no_names_no_scores():
    assert name_scores([], np.zeros(BUCKETS), 0.0).shape == (0,)


def test_the_committed_model_knows_a_casino_name(judge):
    casino, bakery = judge.judge_names(["tumar-casino777.example", "bakery-almaty.example"])
    assert casino > 0.9 > 0.3 > bakery
