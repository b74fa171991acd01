"""The model as it judges: loaded from data/model/, checked against its card, scored with numpy alone.

A page is judged by three logistic regressions over hashed features: gambling or not; operator or promotion; about gambling or other. What each
feature added to the log-odds of the first is exact, and is what a reason states (`classifier.reasons`).
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casefile.errors import ModelError
from casefile.records import Band, Label, Reason
from classifier.features import BUCKETS, page_features, weighed
from classifier.names import BUCKETS as NAME_BUCKETS
from classifier.names import name_scores
from classifier.page import Page
from classifier.reasons import reasons_of

CARD = "card.json"
PAGE_ARRAYS = "page.npz"
NAME_ARRAYS = "names.npz"

THIN = 200
"""Characters of visible text below which a page is never called clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Probabilities: `mirror` and above is the mirror band, under `review` is clear; as measured in training (card.json)."""

    mirror: float
    review: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """What the model says of one page. `probability` is P(operator or promotion); `log_odds` the same before squeezing;
    `whole`: enough text was read for it to be called clear; the weights of `reasons` add up to `log_odds`.
    """

    label: Label
    probability: float
    log_odds: float
    operator: float
    about: float
    reasons: tuple[Reason, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A page model and a name model. `weights` (3, buckets), `rarity` (buckets,), `intercepts` (3,); `scale` and `shift` calibrate the first
    regression; `names` (name buckets,).
    """

    id: str
    bars: Bars
    scale: float
    shift: float
    rarity: npt.NDArray[np.float16] = field(repr=False)
    weights: npt.NDArray[np.float16] = field(repr=False)
    intercepts: npt.NDArray[np.float32] = field(repr=False)
    names: npt.NDArray[np.float16] = field(repr=False)
    names_intercept: float = 0.0

    def judge_page(self, page: Page) -> PageScore:
        """Judge one page."""
        features = page_features(page)
        values = weighed(features, self.rarity)
        parts = self.weights[:, features.buckets].astype(np.float64) * values
        gambling, operator, about = (float(total) for total in parts.sum(axis=1) + self.intercepts)
        log_odds = self.scale * gambling + self.shift
        return PageScore(
            label=label_of(log_odds, operator, about),
            probability=probability_of(log_odds),
            log_odds=log_odds,
            operator=operator,
            about=about,
            reasons=reasons_of(page, features.names, parts[0] * self.scale, log_odds),
            whole=len(page.text) >= THIN and not page.cut,
        )

    def judge_names(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """P(gambling) by name alone, shape (names,), in the order given. Never enough to list."""
        return name_scores(names, self.names, self.names_intercept)

    def band_of(self, probability: float, *, whole: bool) -> Band:
        """The band of a probability; what was not read whole is never clear, nor sure enough for the mirror band."""
        if not whole:
            return Band.UNSURE
        if probability >= self.bars.mirror:
            return Band.MIRROR
        return Band.UNSURE if probability >= self.bars.review else Band.CLEAR


def probability_of(log_odds: float) -> float:
    """The probability of log-odds, six decimals, so that it is stored and compared the same everywhere."""
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds)))), 6)


def label_of(log_odds: float, operator: float, about: float) -> Label:
    """The label of the three log-odds."""
    if log_odds >= 0:
        return Label.OPERATOR if operator >= 0 else Label.PROMOTION
    return Label.ABOUT if about >= 0 else Label.OTHER


def load_judge(folder: Path) -> Judge:
    """The judge of a model folder; raises `ModelError` naming the file that is missing or not what the card says."""
    card = _card(folder)
    try:
        digests = dict(card["arrays"])
        page = _arrays(folder / PAGE_ARRAYS, digests[PAGE_ARRAYS])
        names = _arrays(folder / NAME_ARRAYS, digests[NAME_ARRAYS])
        judge = Judge(
            id=str(card["model"]),
            bars=Bars(mirror=float(card["bars"]["mirror"]), review=float(card["bars"]["review"])),
            scale=float(card["calibration"]["scale"]),
            shift=float(card["calibration"]["shift"]),
            rarity=page["rarity"],
            weights=page["weights"],
            intercepts=page["intercepts"],
            names=names["weights"],
            names_intercept=float(names["intercept"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{folder / CARD} lacks or garbles {error}: restore data/model from the repository, or run `mirrorwatch train`"
        ) from None
    if judge.rarity.shape != (BUCKETS,) or judge.weights.shape != (3, BUCKETS) or judge.names.shape != (NAME_BUCKETS,):
        raise ModelError(
            f"{folder}: arrays of another shape than this program reads: restore data/model from the repository, or run `mirrorwatch train`"
        )
    if judge.id != model_id(digests, card["bars"], card["calibration"]):
        raise ModelError(
            f"{folder / CARD}: bars, calibration or digests were altered: restore data/model from the repository, or run `mirrorwatch train`"
        )
    return judge


def model_id(digests: Mapping[str, str], bars: Mapping[str, float], calibration: Mapping[str, float]) -> str:
    """The name of a model, made of everything that decides its judgements."""
    told = json.dumps([dict(digests), dict(bars), dict(calibration)], sort_keys=True)
    return f"m-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _card(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror}; restore data/model from the repository, or run `mirrorwatch train`"
        ) from None
    except ValueError:
        raise ModelError(f"{path} is not JSON: restore data/model from the repository, or run `mirrorwatch train`") from None
    if not isinstance(card, dict):
        raise ModelError(f"{path} is not a model card: restore data/model from the repository, or run `mirrorwatch train`")
    return card


def _arrays(path: Path, digest: str) -> dict[str, npt.NDArray[Any]]:
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror}; restore data/model from the repository, or run `mirrorwatch train`"
        ) from None
    if hashlib.sha256(octets).hexdigest() != digest:
        raise ModelError(
            f"{path} is not what its card says (SHA-256 differs): restore data/model from the repository, or run `mirrorwatch train`"
        )
    try:
        with np.load(io.BytesIO(octets), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, zipfile.BadZipFile, OSError) as error:
        raise ModelError(f"{path} cannot be read ({error}): restore data/model from the repository, or run `mirrorwatch train`") from None
