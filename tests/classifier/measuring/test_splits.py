"""Splits: what is never in training together with what is judged, and what two pages have in common."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from casefile.progress import Silent
from casefile.reference import Brand
from classifier.measuring.figures import Array
from classifier.measuring.leave_out import benign_folds, leave_out
from classifier.measuring.splits import at_random, by_kin, by_owner, held_out
from classifier.measuring.traits import kin_of, read_traits, similarity
from classifier.training.corpus import CorpusPage, read_pages
from classifier.training.folds import out_of_fold
from tests.classifier.making import write_lines

WORDS = [f"{one}{two}" for one in ("kala", "miso", "tera", "vonu", "shelt") for two in ("bran", "dock", "fill", "gram", "hush", "jolt")]
BRANDS = (Brand(brand="altyn", pattern="altyn-?bet", source="made up", date="2026-11-21"),)


@pytest.fixture(scope="module")
def pages(made_up: Path) -> list[CorpusPage]:
    return read_pages(made_up, Silent())


class Fits:
    """A judge that remembers who was in training for whom; guilty pages score high with it."""

    def __init__(self) -> None:
        self.seen: list[frozenset[str]] = []
        self.judged: list[frozenset[str]] = []

    def __call__(self, seen: Sequence[CorpusPage], unseen: Sequence[CorpusPage]) -> Array:
        self.seen.append(frozenset(page.id for page in seen))
        self.judged.append(frozenset(page.id for page in unseen))
        return np.array([3.0 if page.guilty else -3.0 for page in unseen])


@pytest.fixture
def fits() -> Fits:
    return Fits()


def test_no_page_is_judged_by_a_model_that_saw_its_kin(pages: list[CorpusPage], fits: Fits) -> None:
    fold = np.arange(len(pages)) % 4
    kin = [frozenset({"brand altyn"}) if index in (0, 5, 10) else frozenset() for index in range(len(pages))]
    _, dropped = held_out(pages, fold, kin, fits)
    ids = [page.id for page in pages]
    for seen, judged in zip(fits.seen, fits.judged, strict=True):
        assert not seen & judged
        if judged & {ids[0], ids[5], ids[10]}:
            assert not seen & {ids[0], ids[5], ids[10]}
    assert dropped == 6 / 4, "pages 0, 5 and 10 lie in three folds, and each of those costs the two others"


def test_every_page_is_judged_once(pages: list[CorpusPage], fits: Fits) -> None:
    odds, _ = held_out(pages, np.arange(len(pages)) % 5, [frozenset()] * len(pages), fits)
    assert (odds == np.array([3.0 if page.guilty else -3.0 for page in pages])).all()
    assert sum(map(len, fits.judged)) == len(pages)


def test_at_random_owners_stand_on_both_sides_and_the_deal_is_the_same_every_time(pages: list[CorpusPage], fits: Fits) -> None:
    found = out_of_fold(pages)
    at_random(pages, found, fits)
    owners = {page.id: page.owner for page in pages}
    assert any({owners[one] for one in seen} & {owners[one] for one in judged} for seen, judged in zip(fits.seen, fits.judged, strict=True))
    first = list(fits.seen)
    at_random(pages, found, fits)
    assert fits.seen[len(first) :] == first


def test_the_strict_split_has_the_folds_of_the_split_by_owner(pages: list[CorpusPage], fits: Fits) -> None:
    found = out_of_fold(pages)
    strict = by_kin(pages, found, [frozenset()] * len(pages), fits)
    assert (strict.groups, strict.kept_out) == (by_owner(pages, found).groups, 0.0)
    owners = {page.id: page.owner for page in pages}
    for seen, judged in zip(fits.seen, fits.judged, strict=True):
        assert not {owners[one] for one in seen} & {owners[one] for one in judged}


def test_with_a_language_go_its_pages_and_the_guilty_pages_of_its_owners(pages: list[CorpusPage], fits: Fits) -> None:
    kazakh = {pages[0].id}
    told = [replace(page, lang="kk") if page.id in kazakh else page for page in pages]
    owner = told[0].group
    rows = leave_out(told, fits)
    [row] = [one for one in rows if (one.kind, one.name) == ("language", "kk")]
    assert (row.guilty, row.owners, row.at_1, row.interval_1[1]) == (1, 1, 1.0, 1.0)
    guilty_of_owner = {page.id for page in told if page.group == owner and page.guilty}
    assert len(guilty_of_owner) > 1
    assert row.trained_on == sum(page.guilty for page in told) - len(guilty_of_owner)
    fitted = [seen for seen, judged in zip(fits.seen, fits.judged, strict=True) if judged & kazakh and not seen & guilty_of_owner]
    assert len(fitted) >= 3, "three models, one a fold of benign pages"


def test_what_leaves_too_little_to_learn_from_is_not_left_out(pages: list[CorpusPage], fits: Fits) -> None:
    assert [row for row in leave_out(pages, fits) if row.kind == "language"] == [], "all guilty pages are Russian"


def test_benign_folds_keep_owners_whole_and_guilty_pages_out(pages: list[CorpusPage]) -> None:
    folds = benign_folds(pages)
    assert {int(fold) for fold, page in zip(folds, pages, strict=True) if page.guilty} == {-1}
    of_group: dict[str, set[int]] = {}
    for fold, page in zip(folds, pages, strict=True):
        of_group.setdefault(page.group, set()).add(int(fold))
    assert all(len(own) == 1 for own in of_group.values())
    assert set(folds.tolist()) == {-1, 0, 1, 2}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Six pages: two owners with one text, two with one brand, two with one newspaper's host."""
    texts = {
        "a": WORDS * 4,
        "b": [*WORDS * 4, "extra"],
        "c": ["casino", "altyn-bet"] * 9,
        "d": ["slots", "altynbet"] * 9,
        "e": WORDS[:9],
        "f": WORDS[9:20],
    }
    urls = {"e": "https://paper.example/one", "f": "https://paper.example/two"}
    rows = [
        {
            "id": owner, "source": f"{owner * 3}/site:page.html", "label": "promo" if owner in "cd" else "benign", "subtype": "review",
            "hard_negative": False, "lang": "en", "url": urls.get(owner), "html": f"<title>{owner}</title><p>{' '.join(words)}</p>",
        }
        for owner, words in texts.items()
    ]  # fmt: skip
    (tmp_path / "pages").mkdir()
    write_lines(tmp_path / "pages" / "pages.jsonl.gz", map(json.dumps, rows))
    return tmp_path


def test_pages_of_two_owners_share_a_text_a_brand_or_a_host(shared: Path) -> None:
    pages = read_pages(shared, Silent())
    kin = dict(zip((page.id for page in pages), kin_of(pages, read_traits(shared, pages, BRANDS)), strict=True))
    assert kin["a"] & kin["b"]
    assert kin["c"] & kin["d"] == {"brand altyn"}
    assert kin["e"] & kin["f"] == {"host paper.example"}
    assert not kin["a"] & (kin["c"] | kin["e"])


def test_similarity_is_jaccard() -> None:
    one, other = np.array([1, 2, 3, 4], dtype=np.uint32), np.array([3, 4, 5], dtype=np.uint32)
    assert similarity(one, other) == 0.4
    assert similarity(one[:0], other[:0]) == 0.0
