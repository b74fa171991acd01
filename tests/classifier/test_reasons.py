"""Reasons: words a person can check, exact weights, and a sum that is the log-odds."""

import math

import numpy as np
import pytest

from classifier.judging import SeenPage, judge_host
from classifier.page import read_page
from classifier.reasons import REST, in_words, reasons_of
from tests.classifier.making import BAKERY, CASINO


@pytest.mark.parametrize(
    "name",
    [
        "links marked nofollow or sponsored: 0",
        "password fields: 0",
        "outward links: 0",
        "images in links: 0",
        "links in all: 4 to 7",
        "words «0»",
        "words «на»",
        "words «по»",
        "words «и на»",
        "stem «через…»",
        "class or id «gold»",
        "image «webp»",
        "script «www»",
        "gambling concepts: 0",
    ],
)
def test_what_tells_a_reader_nothing_is_no_reason(name):
    assert in_words(name, 1.0, {}) == ""


@pytest.mark.parametrize(
    ("name", "part", "text"),
    [
        ("names casino", 1.0, "names casino («казино»)"),
        ("names casino, density 3", 1.0, "names casino («казино»)"),
        ("words «казино»", 1.0, "words «казино»"),
        ("words «на деньги»", 1.0, "words «на деньги»"),
        ("class or id «casino»", 1.0, "class or id «casino»"),
        ("images in links: 16 to 31", 1.0, "pictures that are links: 16 to 31"),
        ("images in links: 16 to 31", -1.0, ""),
        ("gambling concepts: 9", 1.0, "subjects of gambling named: 9 or more"),
        ("gambling concepts: 0", -1.0, "names nothing of gambling"),
    ],
)
def test_what_tells_a_reader_something_is_said_in_words(name, part, text):
    assert in_words(name, part, {"casino": (2, "казино")}) == text


def test_a_page_that_names_winnings_is_not_told_to_name_nothing():
    told = in_words("gambling concepts: 0", -1.0, {"winnings": (1, "выигрыш")})
    assert told == "names nothing that gambling sites alone name"


@pytest.mark.parametrize("html", ["<p>Лотерея: выигрыш ждёт вас, {0}", "<meta name=description content='Ваш выигрыш'><p>{0}"])
def test_no_two_reasons_of_a_page_contradict_each_other(judge, html):
    text = "Мы печём хлеб и торты каждый день для всего района, приходите к нам утром за свежими булками. " * 4
    score = judge.judge_page(read_page("https://h1.example/", html.format(text)))
    told = [one.text for one in score.reasons]
    assert any(one.startswith("names winnings («выигрыш»)") for one in told)
    assert "names nothing of gambling" not in told


def test_features_that_say_the_same_are_one_reason_and_the_rest_is_the_last():
    names = ("names casino", "names casino, density 2", "words «на»", "words «хлеб»")
    told = reasons_of(read_page("", "<p>казино"), names, np.array([1.0, 0.5, 0.7, -0.2]), 2.5)
    assert [(one.text, one.weight) for one in told] == [("names casino («казино»)", 1.5), ("words «хлеб»", -0.2), (REST, 1.2)]


@pytest.mark.parametrize("html", [CASINO, BAKERY])
def test_the_weights_add_up_to_the_log_odds(judge, html):
    score = judge.judge_page(read_page("https://h1.example/", html))
    assert sum(one.weight for one in score.reasons) == pytest.approx(score.log_odds, abs=0.001)
    weights = [one.weight for one in score.reasons[:-1]]
    assert weights == sorted(weights, key=lambda weight: (weight < 0, -abs(weight)))


def test_of_several_pages_the_weights_add_up_to_the_hosts_log_odds_and_name_the_page(judge):
    def view(path, html):
        page = read_page(f"https://h1.example{path}", html)
        return SeenPage(page=page, score=judge.judge_page(page), vantage="desk", landing=path == "/")

    told = judge_host(judge, [view("/", BAKERY + "<p>казино, слоты и бонус"), view("/kassa", CASINO)])
    assert sum(one.weight for one in told.terms) == pytest.approx(math.log(told.probability / (1 - told.probability)), abs=0.05)
    assert told.terms[-1].text == "seen together with 1 more page of the site"
    assert all(one.text.endswith(" on /kassa") for one in told.terms[:-2]) and len(told.terms) > 2
