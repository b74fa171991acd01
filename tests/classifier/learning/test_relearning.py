"""A candidate learns from the corpus and from examples; its figures and bars are of the corpus alone, and its card says what it learnt from."""

import json
from datetime import date

import pytest

from casefile.progress import Silent
from classifier.learning.examples import Example, counts_of
from classifier.learning.relearning import corpus_pages, fitted_on, gate_on
from classifier.model import load_judge
from classifier.page import read_page
from classifier.training.corpus import GUILTY_PAGES, load_tables, read_pages
from classifier.training.folds import out_of_fold
from tests.classifier.making import html_of

WORDS = "қымыз сауда дүкен жаңалық базар тойхана мереке"
"""Words that no page of the made-up corpus has."""


def example(number: int, target: str = "operator", family: str = "f.example") -> Example:
    html = html_of(WORDS, number) + f"<p>{WORDS} {number}" * 5
    return Example(
        host=f"h{number}.example", family=family, analyst="A.", target=target, landing=True,
        page=read_page(f"https://h{number}.example/", html), sha256=f"{number:064}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return load_tables()


def test_a_family_weighs_as_one_owner_of_gambling_pages(tables):
    found = corpus_pages([example(number) for number in range(10)] + [example(10, "other", "g.example")], tables)
    assert sum(one.weight for one in found if one.group == "decided f.example") == pytest.approx(GUILTY_PAGES)
    assert [(one.target, one.guilty, one.weight) for one in found[-2:]] == [("operator", True, GUILTY_PAGES / 10), ("other", False, 1.0)]
    assert len({one.group for one in found}) == 2


def test_bars_and_figures_are_of_the_corpus_alone_whatever_the_examples_are_called(made_up, tables):
    pages = read_pages(made_up, Silent(), tables)
    flipped = corpus_pages([example(number, "other") for number in range(5)], tables)
    found = out_of_fold(pages, flipped)
    assert len(found.odds) == len(pages) and set(found.fold_of) == {one.group for one in pages}


def test_a_candidate_has_learnt_and_its_card_names_what(made_up, tables, tmp_path):
    examples = [example(number, family=f"f{number}.example") for number in range(6)]
    page = read_page("https://new.example/", html_of(WORDS, 99) + f"<p>{WORDS}" * 5)
    fit = fitted_on(made_up, tables, made_on=date(2026, 11, 21), progress=Silent())
    before, after = tmp_path / "before", tmp_path / "after"
    assert fit([], before) != fit(examples, after)
    assert load_judge(after).judge_page(page).log_odds > load_judge(before).judge_page(page).log_odds
    assert json.loads((after / "card.json").read_text())["examples"] == counts_of(examples)


def test_the_gate_names_what_does_not_hold(made_up, tables, tmp_path):
    faults = gate_on(made_up, tables, tmp_path / "none.json", progress=Silent())([example(1)], tmp_path)
    assert faults[-1].startswith("no corpus is pinned")
