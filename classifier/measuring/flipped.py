"""Training data that somebody poisoned: labels flipped, or a flood of copies with the wrong label, and what the figures on true labels come to.

Whoever can get decisions into `learn` can try this. The models are fitted out of fold by owner on the poisoned labels; what is told is how they do on the
true ones: where the bar is laid by the true innocent, and where it is laid by the poisoned data themselves.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from casefile.progress import Progress
from classifier.measuring.figures import recall_at
from classifier.model import probability_of
from classifier.training.corpus import CorpusPage
from classifier.training.folds import OutOfFold, out_of_fold, sites_of

FLIPS = (0.01, 0.05)
"""Shares of the pages whose label is flipped, of every owner alike."""

FLOOD = 300
OWNER_WEIGHS = 15.0
"""Copies of one guilty page with the label of an innocent one, all of one owner; and what an owner weighs in training at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFigures:
    """One way of poisoning training. Recall of true guilty hosts: at no alarm and at 1 % alarms among true innocent hosts; `mirror`, `clear`: shares of the
    guilty hosts by the bars that were set on the poisoned data; `alarms`: true innocent hosts in the mirror band.
    """

    name: str
    at_none: float
    at_one_per_cent: float
    mirror: float
    clear: float
    alarms: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def training_figures(pages: Sequence[CorpusPage], progress: Progress) -> tuple[TrainingFigures, ...]:
    """Fit on true labels, on every share of `FLIPS`, and with the flood: as many fits as that times the folds."""
    ways: list[tuple[str, Sequence[CorpusPage], Sequence[CorpusPage]]] = [("true labels", pages, ())]
    ways += [(f"{100 * share:g} % of labels flipped", flipped(pages, share), ()) for share in FLIPS]
    ways.append((f"flood of {FLOOD} copies called innocent", pages, flood(pages)))
    progress.start("poisoned training", len(ways))
    figures = []
    for name, poisoned, more in ways:
        figures.append(_figures(name, pages, out_of_fold(poisoned, more)))
        progress.advance("fitted")
    return tuple(figures)


def flipped(pages: Sequence[CorpusPage], share: float) -> list[CorpusPage]:
    """The pages with this share of labels flipped, the same pages every time: guilty ones called other, innocent ones called an operator's."""
    return [replace(page, target="other" if page.guilty else "operator") if _draw(page.id) < share else page for page in pages]


def flood(pages: Sequence[CorpusPage]) -> list[CorpusPage]:
    """`FLOOD` copies of a guilty page that are called innocent, of one owner that weighs no more than any other, as `learn` would hand them on."""
    source = min((page for page in pages if page.guilty), key=lambda page: _draw(page.id))
    return [
        replace(
            source,
            id=f"flood-{number}",
            owner="flood",
            group="flood",
            unit="flood",
            site="flood.example",
            target="other",
            weight=OWNER_WEIGHS / FLOOD,
        )
        for number in range(FLOOD)
    ]


def _figures(name: str, pages: Sequence[CorpusPage], found: OutOfFold) -> TrainingFigures:
    sites = sites_of(pages, found.odds[:, 0]).values()
    guilty = np.array([odds for is_guilty, odds in sites if is_guilty])
    innocent = np.array([odds for is_guilty, odds in sites if not is_guilty])
    chances = [probability_of(float(odds)) for odds in guilty]
    return TrainingFigures(
        name=name,
        at_none=round(recall_at(innocent, guilty, 0.0), 4),
        at_one_per_cent=round(recall_at(innocent, guilty, 0.01), 4),
        mirror=round(float(np.mean([chance >= found.bars.mirror for chance in chances])), 4),
        clear=round(float(np.mean([chance < found.bars.review for chance in chances])), 4),
        alarms=sum(probability_of(float(odds)) >= found.bars.mirror for odds in innocent),
    )


def _draw(name: str) -> float:
    """A number from 0 to 1 that is the same for the same name."""
    return int(hashlib.sha256(f"flip {name}".encode()).hexdigest()[:12], 16) / 16**12
