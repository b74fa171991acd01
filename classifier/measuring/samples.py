"""Samples of pages and of hosts, and calibration and bars as the other folds would have set them.

Scale, shift and bars of a model are found on all out-of-fold scores, so that figures at its own bars are a little too kind ("no innocent page in the
mirror band" holds by construction). Here those of each fold are found on the other folds alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.measuring.figures import Array, Sample, Truth, Words, probabilities
from classifier.training.corpus import CorpusPage
from classifier.training.folds import OutOfFold, bars_of, calibration, sites_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """`odds` (pages,): calibrated by the other folds; `bars`: group -> the mirror bar that the other folds set."""

    odds: Array
    bars: dict[str, float]

    def listed(self, sample: Sample) -> Truth:
        """Which of a sample of `odds` are at or over the bar that the other folds set."""
        return np.asarray(probabilities(sample.odds) >= np.array([self.bars[group] for group in sample.groups.tolist()]))


def pages_sample(pages: Sequence[CorpusPage], odds: Array) -> Sample:
    """Every page as it is."""
    return Sample(
        what="pages",
        odds=odds,
        guilty=np.array([page.guilty for page in pages]),
        hard=np.array([page.hard for page in pages]),
        owners=_words(page.owner for page in pages),
        groups=_words(page.group for page in pages),
        languages=_words(page.lang for page in pages),
        subtypes=_words(page.subtype for page in pages),
        weight=np.array([page.weight for page in pages]),
    )


def hosts_sample(pages: Sequence[CorpusPage], odds: Array) -> Sample:
    """Every site by the rule for hosts, in order of name: hard where a page of it is, of the language and kind of most of its pages; weighed as its pages are."""
    own: dict[str, list[CorpusPage]] = defaultdict(list)
    for page in pages:
        own[page.site].append(page)
    sites = sites_of(pages, odds)
    return Sample(
        what="hosts",
        odds=np.array([score for _, score in sites.values()]),
        guilty=np.array([is_guilty for is_guilty, _ in sites.values()]),
        hard=np.array([any(page.hard for page in own[site]) for site in sites]),
        owners=_words(own[site][0].owner for site in sites),
        groups=_words(own[site][0].group for site in sites),
        languages=_words(_most(page.lang for page in own[site]) for site in sites),
        subtypes=_words(_most(page.subtype for page in own[site]) for site in sites),
        weight=np.array([sum(page.weight for page in own[site]) for site in sites]),
    )


def crossed(pages: Sequence[CorpusPage], found: OutOfFold) -> Crossed:
    """Calibrate every fold, and set its mirror bar, by what the other folds say."""
    fold = np.array([found.fold_of[page.group] for page in pages])
    raw = (found.odds[:, 0] - found.shift) / found.scale
    odds = np.zeros(len(pages))
    bars: dict[str, float] = {}
    for number in np.unique(fold):
        own = fold == number
        others = [page for page, mine in zip(pages, own, strict=True) if not mine]
        scale, shift = calibration(others, raw[~own])
        odds[own] = scale * raw[own] + shift
        bar = bars_of(others, scale * raw[~own] + shift).mirror
        bars.update(dict.fromkeys((page.group for page, mine in zip(pages, own, strict=True) if mine), bar))
    return Crossed(odds=odds, bars=bars)


def _words(texts: Iterable[str]) -> Words:
    return np.array(list(texts))


def _most(texts: Iterable[str]) -> str:
    """The commonest, of several the first by name."""
    return min(Counter(texts).items(), key=lambda one: (-one[1], one[0]))[0]
