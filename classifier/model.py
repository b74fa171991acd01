"""The model as it judges: loaded from data/model/, checked against its card, scored with numpy alone.

A page is judged by three logistic regressions: gambling or not; operator or promotion; about gambling or other. The first is joined by the text channel
(`classifier.text`). What each number and word added to its log-odds is exact, and is what a reason states (`classifier.reasons`). A model folder is whole
in itself: the terms of the lexicon that it was fitted with lie beside its arrays.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casefile.errors import ModelError
from casefile.records import Band, Label, Reason
from classifier.concepts import Lexicon
from classifier.detectors.finding import Finding
from classifier.features import THIN as THIN
from classifier.features import Extractor, Features
from classifier.legible import fault_in_text
from classifier.linear import PageWeights, scaled
from classifier.mixed import doubts_of_parts
from classifier.names import BUCKETS as NAME_BUCKETS
from classifier.names import name_scores
from classifier.novelty import familiar_arrays, familiar_from, novelty_of
from classifier.page import Page
from classifier.reasons import Parts, reasons_of
from classifier.terms import LEXICON, terms_from
from classifier.text import TextWeights, text_odds, text_parts

CARD = "card.json"
PAGE_ARRAYS = "page.npz"
NAME_ARRAYS = "names.npz"

LEAST_HIDDEN = 200
"""Characters that no visitor sees, from which a page is judged with them too."""

RESTORE = "restore data/model from the repository, or run `mirrorwatch train`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Probabilities: `mirror` and above is the mirror band, under `review` is clear; as measured in training (card.json)."""

    mirror: float
    review: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """What the model says of one page. `probability` is P(operator or promotion); `log_odds` the same before squeezing;
    `whole`: enough text was read for it to be called clear; the weights of `reasons` add up to `log_odds`.

    `doubts`: why the page is neither clear nor sure enough for the mirror band, in words.
    """

    label: Label
    probability: float
    log_odds: float
    operator: float
    about: float
    reasons: tuple[Reason, ...]
    whole: bool
    doubts: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether nothing speaks against taking the score as it is."""
        return self.whole and not self.doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A page model and a name model. `extractor` reads pages as the model was taught; `scale` and `shift` calibrate the first regression;
    `names` (name buckets,).
    """

    id: str
    bars: Bars
    scale: float
    shift: float
    extractor: Extractor = field(repr=False)
    page: PageWeights = field(repr=False)
    names: npt.NDArray[np.float16] = field(repr=False)
    names_intercept: float = 0.0

    def judge_page(self, page: Page, found: Sequence[Finding] = ()) -> PageScore:
        """Judge one page and what detectors `found` on it: the model was taught with what they find."""
        score = self._judged(page, found)
        if not score.whole or not self._hides(page, score.probability):
            return score
        other = self.log_odds_of(replace(page, shown=page.text), found)
        return replace(score, doubts=(*score.doubts, *hidden_doubts(self.bars, score.probability, probability_of(other))))

    def _hides(self, page: Page, probability: float) -> bool:
        """Whether a page hides enough to be judged with it too: a clear one only where all its text names what gambling alone names."""
        if len(page.text) - len(page.shown) < LEAST_HIDDEN or self.bars.review <= probability < self.bars.mirror:
            return False
        return probability >= self.bars.mirror or self.extractor.names_gambling(page.text)

    def log_odds_of(self, page: Page, found: Sequence[Finding] = ()) -> float:
        """The calibrated log-odds of a page alone."""
        features = self.extractor.read(page, found)
        dense = scaled(features.dense, self.page.mean, self.page.spread) @ self.page.weights[0].astype(np.float64)
        words = text_odds(text_parts(features.text, self.page.text), self.page.text)
        return self.scale * float(dense + self.page.intercepts[0] + self.page.text_factor * words) + self.shift

    def _judged(self, page: Page, found: Sequence[Finding]) -> PageScore:
        features = self.extractor.read(page, found)
        weights = self.page.weights.astype(np.float64)
        parts = weights * scaled(features.dense, self.page.mean, self.page.spread)
        nothing = weights[0] * scaled(np.zeros(parts.shape[1]), self.page.mean, self.page.spread)
        words = text_parts(features.text, self.page.text)
        gambling, operator, about = (float(total) for total in parts.sum(axis=1) + self.page.intercepts)
        log_odds = self.scale * (gambling + self.page.text_factor * text_odds(words, self.page.text)) + self.shift
        told = Parts(dense=self.scale * parts[0], nothing=self.scale * nothing, text=self.scale * self.page.text_factor * words)
        return PageScore(
            label=label_of(log_odds, operator, about),
            probability=probability_of(log_odds),
            log_odds=log_odds,
            operator=operator,
            about=about,
            reasons=reasons_of(page, self.extractor, features, told, log_odds),
            whole=len(page.shown) >= THIN and not page.cut,
            doubts=(*doubts_about(page, self.extractor, features, self.page), *self._of_parts(page, features, probability_of(log_odds))),
        )

    def _of_parts(self, page: Page, features: Features, probability: float) -> tuple[str, ...]:
        """Why parts of the page speak against what it is as a whole."""
        clear, mirror = probability < self.bars.review, probability >= self.bars.mirror
        return doubts_of_parts(self.extractor.lexicon, page, features.hits, clear=clear, mirror=mirror)

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


def doubts_about(page: Page, extractor: Extractor, features: Features, model: PageWeights) -> tuple[str, ...]:
    """Why a page is not to be judged by this model: it does not read as text, or is unlike all that the model was taught with."""
    fault = fault_in_text(page.shown)
    return (fault,) if fault else novelty_of(features, extractor, model.familiar)


def hidden_doubts(bars: Bars, shown: float, all_text: float) -> tuple[str, ...]:
    """A doubt where text that no visitor sees changes the band: what is hidden makes no page gambling, and no page innocent."""
    bands = {(probability >= bars.mirror) + (probability >= bars.review) for probability in (shown, all_text)}
    if len(bands) < 2:
        return ()
    return (f"text that no visitor sees changes the judgement: {shown:.2f} by what is shown, {all_text:.2f} by all of it",)


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
    card = card_of(folder)
    try:
        digests = dict(card["arrays"])
        page = _arrays(folder / PAGE_ARRAYS, digests[PAGE_ARRAYS])
        names = _arrays(folder / NAME_ARRAYS, digests[NAME_ARRAYS])
        terms = terms_from(_octets(folder / LEXICON, digests[LEXICON]).decode("utf-8"), str(folder / LEXICON))
        judge = Judge(
            id=str(card["model"]),
            bars=Bars(mirror=float(card["bars"]["mirror"]), review=float(card["bars"]["review"])),
            scale=float(card["calibration"]["scale"]),
            shift=float(card["calibration"]["shift"]),
            extractor=Extractor(Lexicon(terms)),
            page=page_weights(page),
            names=names["weights"],
            names_intercept=float(names["intercept"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder / CARD} lacks or garbles {error}: {RESTORE}") from None
    if tuple(page["columns"].tolist()) != judge.extractor.columns or judge.names.shape != (NAME_BUCKETS,):
        raise ModelError(f"{folder}: arrays of another shape than this program reads: {RESTORE}")
    if judge.id != model_id(digests, card["bars"], card["calibration"]):
        raise ModelError(f"{folder / CARD}: bars, calibration or digests were altered: {RESTORE}")
    return judge


def page_arrays(model: PageWeights, columns: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """A page model as arrays by name, as they are stored; `columns` are the names of its numbers."""
    return {
        "columns": np.array(columns, dtype=np.str_),
        "mean": model.mean,
        "spread": model.spread,
        "weights": model.weights,
        "intercepts": model.intercepts,
        "vocabulary": model.text.vocabulary,
        "rarity": model.text.rarity,
        "word_weights": model.text.weights,
        "text": np.array([model.text.intercept, model.text_factor]),
        **familiar_arrays(model.familiar),
    }


def page_weights(arrays: Mapping[str, npt.NDArray[Any]]) -> PageWeights:
    """A page model from its arrays; raises `KeyError` or `ValueError` where one is missing or of the wrong length."""
    text = TextWeights(arrays["vocabulary"], arrays["rarity"], arrays["word_weights"], float(arrays["text"][0]))
    columns = len(arrays["columns"])
    shapes = {"mean": (columns,), "spread": (columns,), "highest": (columns,), "weights": (3, columns), "intercepts": (3,)}
    if any(arrays[name].shape != shape for name, shape in shapes.items()) or not len(text.vocabulary) == len(text.rarity) == len(
        text.weights
    ):
        raise ValueError("arrays of different lengths")
    return PageWeights(
        arrays["mean"], arrays["spread"], arrays["weights"], arrays["intercepts"], text, float(arrays["text"][1]), familiar_from(arrays)
    )


def model_id(digests: Mapping[str, str], bars: Mapping[str, float], calibration: Mapping[str, float]) -> str:
    """The name of a model, made of everything that decides its judgements."""
    told = json.dumps([dict(digests), dict(bars), dict(calibration)], sort_keys=True)
    return f"m-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def card_of(folder: Path) -> dict[str, Any]:
    """The card of a model folder; raises `ModelError` where there is none or it is no JSON object."""
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}; {RESTORE}") from None
    except ValueError:
        raise ModelError(f"{path} is not JSON: {RESTORE}") from None
    if not isinstance(card, dict):
        raise ModelError(f"{path} is not a model card: {RESTORE}")
    return card


def _octets(path: Path, digest: str) -> bytes:
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}; {RESTORE}") from None
    if hashlib.sha256(octets).hexdigest() != digest:
        raise ModelError(f"{path} is not what its card says (SHA-256 differs): {RESTORE}")
    return octets


def _arrays(path: Path, digest: str) -> dict[str, npt.NDArray[Any]]:
    octets = _octets(path, digest)
    try:
        with np.load(io.BytesIO(octets), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, zipfile.BadZipFile, OSError) as error:
        raise ModelError(f"{path} cannot be read ({error}): {RESTORE}") from None
