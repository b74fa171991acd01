"""How well names are judged: by brand, by list, by country, beside the stock pipeline of scikit-learn fitted on the same names in the same run.

Nothing that is tested was fitted on: gambling names are split as said, innocent ones by registrable name. Where brands are what is tested, the brands of the
table of words are left out; beside it stands the same with brands told (`BRANDS_TOLD`), as the model is shipped. The bar is told among all innocent names, and
among those of the benign list alone (`NAME_LISTED`): of the popular names that stand highest most are gambling sites that no list of ours names.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from casefile.progress import Progress
from classifier.measuring.telling import NAME_LISTED
from classifier.training.name_corpus import CorpusName, read_names
from classifier.training.name_fitting import fit_names, held_out, without_brands
from classifier.training.name_ranking import SHARES, bar_of, ranking
from classifier.training.name_words import NameWord, read_words

Array = npt.NDArray[np.float64]
Odds = Callable[[Sequence[str]], Array]

FOLDS = 4
INNOCENT_FOLDS = 5
DRAWS = 400
"""Bootstrap draws, by brand."""

BRANDS_TOLD = "brands told"
"""What stands behind the name of a split by brand where the words' brands were told."""

ANYWHERE = frozenset(
    """
    com net org top click shop site casino world online space info xyz bet club biz uno win fun store me co io pro buzz live vip
    one poker games mobi us tv cc icu app website best bid link life today tech asia eu ru su
    """.split()
)
"""Suffixes that say no country, and those of the lists' own countries."""


@dataclass(frozen=True, slots=True)
class Split:
    """Names to fit on and names to test, none of them in both; `told`: whether the words' brands are."""

    name: str
    fitted: list[CorpusName]
    tested: list[CorpusName]
    told: bool


def name_figures(corpus: Path, progress: Progress) -> dict[str, Any]:
    """Split -> figures of this model and of the stock pipeline, the ratio of their misses, and the hard negatives above the bar by name; splits by brand twice."""
    names, words = read_names(corpus), read_words()
    splits = splits_of(names)
    progress.start("evaluate: names", len(splits))
    figures = {}
    for split in splits:
        stock = stock_pipeline(split.fitted)([one.name for one in split.tested])
        figures[split.name] = figures_of(split, words if split.told else without_brands(words), stock)
        if not split.told:
            figures[f"{split.name}, {BRANDS_TOLD}"] = figures_of(split, words, stock)
        progress.advance("measured")
    return figures


def splits_of(names: Sequence[CorpusName]) -> list[Split]:
    """By brand (folds), by list (each of the gambling lists in turn), by country (every country suffix and licence list at once)."""
    guilty = [one for one in names if one.guilty]
    out = []
    for fold in range(FOLDS):
        seen = [one for one in guilty if not held_out(one, fold, FOLDS)]
        unseen = [one for one in guilty if held_out(one, fold, FOLDS)]
        out.append(_split(f"brands, fold {fold + 1} of {FOLDS}", seen, unseen, names, fold, told=False))
    for source in ("families_2025", "until_2025-01"):
        seen = [one for one in guilty if one.source != source and not one.source.startswith("licensed")]
        brands = {one.brand for one in seen}
        unseen = [one for one in guilty if one.source == source and one.brand not in brands]
        out.append(_split(f"list {source}, other brands", seen, unseen, names, 0, told=True))
    abroad = [one for one in guilty if one.source.startswith("licensed") or one.name.rpartition(".")[2] not in ANYWHERE]
    left = {one.name for one in abroad}
    out.append(_split("other countries", [one for one in guilty if one.name not in left], abroad, names, 1, told=True))
    return [split for split in out if split.tested and any(one.guilty for one in split.fitted)]


def figures_of(split: Split, words: Sequence[NameWord], stock: Array) -> dict[str, Any]:
    """The figures of one split with these words told, beside the stock pipeline's log-odds of the names tested."""
    ours = fit_names(split.fitted, words).odds([one.name for one in split.tested])
    listed = np.array([one.source != "popular" for one in split.tested], dtype=np.bool_)
    unpopular = [one for one in split.tested if one.source != "popular"]
    return {**_beside(ours, stock, split.tested), NAME_LISTED: _beside(ours[listed], stock[listed], unpopular)}


def _beside(ours: Array, stock: Array, tested: Sequence[CorpusName]) -> dict[str, Any]:
    return {**ranking(ours, tested), "stock": ranking(stock, tested), **_misses(ours, stock, tested)}


def stock_pipeline(names: Sequence[CorpusName]) -> Odds:
    """What scikit-learn gives without thought: HashingVectorizer char_wb 2 to 5 and LogisticRegression, every name alike, without the popular."""
    fitted = [one for one in names if one.source != "popular"]
    reader = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5))
    with threadpool_limits(1):
        model = LogisticRegression(max_iter=1000).fit(reader.transform([one.name for one in fitted]), [one.guilty for one in fitted])
    return lambda texts: np.asarray(model.decision_function(reader.transform(texts)))


def _split(name: str, seen: list[CorpusName], unseen: list[CorpusName], names: Sequence[CorpusName], fold: int, *, told: bool) -> Split:
    innocent = [one for one in names if not one.guilty]
    out = [zlib.crc32(one.family.encode()) % INNOCENT_FOLDS == fold % INNOCENT_FOLDS for one in innocent]
    kept = [one for one, tested in zip(innocent, out, strict=True) if not tested]
    return Split(name, seen + kept, unseen + [one for one, tested in zip(innocent, out, strict=True) if tested], told)


def _misses(ours: Array, stock: Array, names: Sequence[CorpusName]) -> dict[str, Any]:
    """Our misses as a share of the stock pipeline's at the strictest bar, with an interval of 95 % by drawing brands."""
    guilty = np.array([one.guilty for one in names], dtype=np.bool_)
    missed = [odds[guilty] <= bar_of(odds[~guilty], SHARES[0]) for odds in (ours, stock)]
    brands = np.unique([one.brand for one in names if one.guilty], return_inverse=True)[1]
    counts = np.array([np.bincount(brands, weights=one) for one in missed])
    draws = np.random.default_rng(1).integers(0, counts.shape[1], (DRAWS, counts.shape[1]))
    mine, theirs = counts[:, draws].sum(axis=2)
    low, high = np.quantile(mine / np.maximum(theirs, 1), (0.025, 0.975))
    whole: Mapping[str, float] = {"mine": float(missed[0].sum()), "theirs": float(missed[1].sum())}
    return {
        "misses, of the stock pipeline's": round(whole["mine"] / max(whole["theirs"], 1.0), 4),
        "interval of the misses": [round(float(low), 4), round(float(high), 4)],
    }
