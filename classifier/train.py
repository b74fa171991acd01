"""Training: from the labelled corpus to data/model/ (arrays, card.json, MODEL.md). The same corpus gives the same bytes.

Figures are measured out of fold by owner (`classifier.folds`) and by family of names; nothing here is typed in by hand.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

from casefile.archive import sha256_of
from casefile.progress import Progress
from classifier.card import write_card, write_document
from classifier.corpus import CorpusPage, digests_of, names_of, read_pages
from classifier.fitting import PageWeights, fit_names, fit_pages
from classifier.folds import FOLDS, OutOfFold, out_of_fold, sites_of
from classifier.model import NAME_ARRAYS, PAGE_ARRAYS, model_id
from classifier.names import name_scores

HELD_OUT = 5
"""One in so many families of names is held out to measure the name model."""

Array = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What card.json says. `arrays` and `corpus`: file -> SHA-256; `bars`, `calibration`, `figures`: as measured out of fold."""

    model: str
    made_on: str
    how: str
    arrays: dict[str, str]
    corpus: dict[str, str]
    bars: dict[str, float]
    calibration: dict[str, float]
    figures: dict[str, Any]


def train(corpus: Path, out: Path, *, made_on: date, progress: Progress) -> Card:
    """Fit both models on `corpus` and write them to the folder `out`; raises `UsageError` where a corpus file is missing or garbled."""
    digests = digests_of(corpus)
    pages = read_pages(corpus, progress)
    progress.start("train: fits", 4)
    found = out_of_fold(pages)
    progress.advance("out of fold")
    whole = fit_pages(pages)
    progress.advance("page model")
    names, intercept, name_figures = _names(corpus, progress)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / PAGE_ARRAYS, rarity=whole.rarity, weights=whole.weights, intercepts=whole.intercepts)
    np.savez_compressed(out / NAME_ARRAYS, weights=names, intercept=np.float64(intercept))
    arrays = {name: sha256_of(out / name) for name in (PAGE_ARRAYS, NAME_ARRAYS)}
    bars, calibration = asdict(found.bars), {"scale": found.scale, "shift": found.shift}
    card = Card(
        model=model_id(arrays, bars, calibration),
        made_on=made_on.isoformat(),
        how=f"logistic regressions over hashed features; figures out of fold, {FOLDS} folds by owner of the source repository; names by family",
        arrays=arrays,
        corpus=digests,
        bars=bars,
        calibration=calibration,
        figures={
            "pages": page_figures(pages, found),
            "hosts": host_figures(pages, found),
            "names": name_figures,
            "corpus": counts_of(pages, whole),
        },
    )
    write_card(card, out)
    write_document(card, out)
    return card


def page_figures(pages: Sequence[CorpusPage], found: OutOfFold) -> dict[str, Any]:
    """Figures of the page model, out of fold."""
    odds = found.odds[:, 0]
    guilty = np.array([page.guilty for page in pages])
    owners = np.array([page.owner for page in pages])
    hard = np.array([page.hard for page in pages])
    recall_of_owner = [recall_at(odds[~guilty], odds[guilty & (owners == owner)], 0.01) for owner in sorted(set(owners[guilty]))]
    return {
        **ranking(odds, guilty),
        **banding(odds, guilty, hard, found),
        "recall at 1 % false alarms, mean over owners": round(float(np.mean(recall_of_owner)), 4),
        "label right, of four": round(float(np.mean(labels_of(found.odds) == np.array([page.target for page in pages]))), 4),
        "recall at 1 % false alarms, Russian and Kazakh": round(
            recall_at(odds[~guilty], odds[guilty & np.array([page.lang in ("ru", "kk") for page in pages])], 0.01), 4
        ),
    }


def host_figures(pages: Sequence[CorpusPage], found: OutOfFold) -> dict[str, Any]:
    """Figures of hosts by the rule for hosts, out of fold."""
    sites = sites_of(pages, found.odds[:, 0])
    hard_sites = {page.site for page in pages if page.hard}
    odds = np.array([score for _, score in sites.values()])
    guilty = np.array([is_guilty for is_guilty, _ in sites.values()])
    return {**ranking(odds, guilty), **banding(odds, guilty, np.array([site in hard_sites for site in sites]), found)}


def ranking(odds: Array, guilty: Truth) -> dict[str, Any]:
    """Average precision and recall at given shares of false alarms, with the numbers they rest on."""
    return {
        "guilty": int(guilty.sum()),
        "innocent": int((~guilty).sum()),
        "average precision": round(float(average_precision_score(guilty, odds)), 4),
        "recall at 1 % false alarms": round(recall_at(odds[~guilty], odds[guilty], 0.01), 4),
        "recall at 0.1 % false alarms": round(recall_at(odds[~guilty], odds[guilty], 0.001), 4),
        "recall at no false alarm": round(recall_at(odds[~guilty], odds[guilty], 0.0), 4),
    }


def banding(odds: Array, guilty: Truth, hard: Truth, found: OutOfFold) -> dict[str, Any]:
    """What falls into the bands."""
    chance = 1.0 / (1.0 + np.exp(-odds))
    mirror, clear = chance >= found.bars.mirror, chance < found.bars.review
    return {
        "guilty in the mirror band": round(float(mirror[guilty].mean()), 4),
        "innocent in the mirror band": int(mirror[~guilty].sum()),
        "hard negatives": int((hard & ~guilty).sum()),
        "hard negatives in the mirror band": int(mirror[hard & ~guilty].sum()),
        "guilty wrongly clear": round(float(clear[guilty].mean()), 4),
        "innocent to review": round(float((~clear & ~mirror)[~guilty].mean()), 4),
    }


def recall_at(innocent: Array, guilty: Array, share: float) -> float:
    """Share of the guilty above the score that at most `share` of the innocent pass."""
    if not len(guilty) or not len(innocent):
        return 0.0
    bar = np.sort(innocent)[::-1][min(int(share * len(innocent)), len(innocent) - 1)]
    return float((guilty > bar).mean())


def labels_of(odds: Array) -> npt.NDArray[np.str_]:
    """The label of every row of log-odds (pages, 3)."""
    guilty = np.where(odds[:, 1] >= 0, "operator", "promotion")
    return np.where(odds[:, 0] >= 0, guilty, np.where(odds[:, 2] >= 0, "about", "other"))


def counts_of(pages: Sequence[CorpusPage], whole: PageWeights) -> dict[str, Any]:
    """What the page model was trained on."""
    return {
        "pages by label": dict(sorted(Counter(page.target for page in pages).items())),
        "owners": len({page.owner for page in pages}),
        "guilty pages by language": dict(Counter(page.lang for page in pages if page.guilty).most_common()),
        "features learnt": int(np.count_nonzero(whole.rarity)),
    }


def _names(corpus: Path, progress: Progress) -> tuple[npt.NDArray[np.float16], float, dict[str, Any]]:
    """The name model, and its figures from a second one that did not see one in `HELD_OUT` families."""
    names, families, weight, kinds = names_of(corpus)
    guilty, weights = np.array([kind == "gambling" for kind in kinds]), np.array(weight)
    unseen = np.array([zlib.crc32(family.encode()) % HELD_OUT == 0 for family in families])
    line, intercept = fit_names([name for name, out in zip(names, unseen, strict=True) if not out], guilty[~unseen], weights[~unseen])
    scores = name_scores([name for name, out in zip(names, unseen, strict=True) if out], line, intercept)
    hard = np.array([kind == "hard" for kind in kinds])[unseen]
    innocent = scores[~guilty[unseen]]
    bar = float(np.sort(innocent)[::-1][int(0.001 * len(innocent))])
    figures = {
        **ranking(scores, guilty[unseen]),
        "hard negatives": int(hard.sum()),
        "hard negatives over the bar of 0.1 %": int((scores[hard] > bar).sum()),
    }
    progress.advance("names held out")
    line, intercept = fit_names(names, guilty, weights)
    progress.advance("name model")
    return line, intercept, figures
