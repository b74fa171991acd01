"""Training: from the labelled corpus to data/model/ (arrays, card.json, MODEL.md). The same corpus gives the same bytes.

Figures are measured out of fold by owner (`classifier.training.folds`) and by family of names; nothing here is typed in by hand.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

from casefile.archive import sha256_of
from casefile.progress import Progress
from classifier.concepts import Lexicon
from classifier.features import Extractor
from classifier.linear import PageWeights, scaled
from classifier.model import NAME_ARRAYS, PAGE_ARRAYS, model_id, page_arrays, probability_of
from classifier.terms import LEXICON, written
from classifier.training.card import write_card, write_document
from classifier.training.corpus import CorpusPage, Tables, digests_of, load_tables, read_pages
from classifier.training.fitting import TEXT_SHARE, dense_of, fit_pages
from classifier.training.folds import FOLDS, MARGIN, OutOfFold, out_of_fold, sites_of
from classifier.training.name_fitting import name_model
from classifier.training.packing import pack
from classifier.training.probe import reading_of

DRIFT_NUMBERS = 60
"""Numbers whose distribution the card states."""

Array = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What card.json says. `reading`: what the program makes of a page that never changes (`classifier.training.probe`); `arrays` and `corpus`: file -> SHA-256; `bars`, `calibration`, `figures`: as measured out of fold."""

    model: str
    made_on: str
    how: str
    arrays: dict[str, str]
    corpus: dict[str, str]
    bars: dict[str, float]
    calibration: dict[str, float]
    figures: dict[str, Any]
    drift: dict[str, Any]
    reading: str
    left_out: tuple[str, ...] = ()
    examples: dict[str, Any] = field(default_factory=dict)


def train(
    corpus: Path,
    out: Path,
    *,
    made_on: date,
    progress: Progress,
    tables: Tables | None = None,
    leave_out: Collection[str] = (),
    more: Sequence[CorpusPage] = (),
    examples: dict[str, Any] | None = None,
) -> Card:
    """Fit both models on `corpus` and write them to the folder `out`; raises `UsageError` where a corpus file is missing or garbled.

    `tables`: facts that pages are read with, those that ship where none are given; `leave_out`: sources whose pages are not used; `more`: pages that
    are fitted with the corpus' (analysts' decisions), read with the same tables; every figure and bar is of the corpus alone; `examples`: what the card
    says of them.
    """
    digests = digests_of(corpus)
    tables = tables or load_tables()
    pages = read_pages(corpus, progress, tables, leave_out=leave_out)
    progress.start("train: fits", 4)
    found = out_of_fold(pages, more)
    progress.advance("out of fold")
    whole = fit_pages([*pages, *more])
    progress.advance("page model")
    names, name_figures = name_model(corpus, progress)
    out.mkdir(parents=True, exist_ok=True)
    extractor = Extractor(Lexicon(tables.terms))
    columns = extractor.columns
    pack(out / PAGE_ARRAYS, page_arrays(whole, columns))
    pack(out / NAME_ARRAYS, names)
    (out / LEXICON).write_text(written(tables.terms), encoding="utf-8")
    arrays = {name: sha256_of(out / name) for name in (PAGE_ARRAYS, NAME_ARRAYS, LEXICON)}
    bars, calibration = asdict(found.bars), {"scale": found.scale, "shift": found.shift}
    card = Card(
        model=model_id(arrays, bars, calibration),
        made_on=made_on.isoformat(),
        how=f"logistic regressions over concepts, shape and words; figures out of fold, {FOLDS} folds by owner of the source repository; names by brand",
        arrays=arrays,
        corpus=digests,
        bars=bars,
        calibration=calibration,
        figures={
            "pages": page_figures(pages, found),
            "hosts": host_figures(pages, found),
            "names": name_figures,
            "corpus": counts_of(pages, whole),
            "lexicon": lexicon_figures(tables),
        },
        drift=drift_of(pages, found, whole, columns),
        reading=reading_of(extractor),
        left_out=tuple(sorted(leave_out)),
        examples=examples or {},
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
        "numbers learnt": int(np.count_nonzero(whole.weights[0])),
        "words learnt": int(np.count_nonzero(whole.text.weights)),
    }


def lexicon_figures(tables: Tables) -> dict[str, Any]:
    """What the lexicon holds, and what stands beside it in the method."""
    return {
        "concepts": len({term.concept for term in tables.terms}),
        "terms": len(tables.terms),
        "languages": len({term.language for term in tables.terms} - {"mul"}),
        "share": TEXT_SHARE,
        "margin": MARGIN,
    }


def drift_of(pages: Sequence[CorpusPage], found: OutOfFold, whole: PageWeights, columns: Sequence[str]) -> dict[str, Any]:
    """What a night is compared with: of the weightiest numbers the 5 %, 50 % and 95 % quantiles, of hosts' probabilities the deciles; and how pages score."""
    dense = dense_of(pages)
    odds = found.odds[:, 0]
    guilty = np.array([page.guilty for page in pages])
    moved = np.abs(scaled(dense, whole.mean, whole.spread) * whole.weights[0]).mean(axis=0)
    weightiest = np.argsort(-np.round(moved, 6), kind="stable")[:DRIFT_NUMBERS]
    sites = [(is_guilty, probability_of(score)) for is_guilty, score in sites_of(pages, odds).values()]
    in_mirror_band = [is_guilty for is_guilty, score in sites if score >= found.bars.mirror]
    return {
        "features": {
            columns[index]: [round(float(part), 4) for part in np.quantile(dense[:, index], (0.05, 0.5, 0.95))] for index in weightiest
        },
        "scores": deciles(np.array([score for _, score in sites])),
        "rejected": rejected_at_most(in_mirror_band),
        "pages": {
            name: deciles(np.array([probability_of(float(one)) for one in odds[mask]]))
            for name, mask in (("guilty", guilty), ("innocent", ~guilty))
        },
    }


def rejected_at_most(in_mirror_band: Sequence[bool]) -> float:
    """The share of the mirror band that may be innocent, with 95 %: those that are, and three more (the rule of three), of all."""
    return round(min(1.0, (3 + in_mirror_band.count(False)) / max(len(in_mirror_band), 1)), 3)


def deciles(values: Array) -> list[float]:
    """The nine deciles, six decimals: most innocents lie under a hundredth."""
    return [round(float(part), 6) for part in np.quantile(values, np.arange(1, 10) / 10)] if len(values) else []
