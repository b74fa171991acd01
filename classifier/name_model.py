"""The name model by itself: loaded from a model folder without the page model, for lists of a million names."""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from casefile.errors import ModelError
from classifier.names import BUCKETS, name_scores

CARD = "card.json"
NAME_ARRAYS = "names.npz"
RESTORE = "restore data/model from the repository, or run `mirrorwatch train`"


@dataclass(frozen=True, slots=True)
class NameJudge:
    """A name model: `weights` (BUCKETS,) and intercept."""

    weights: npt.NDArray[np.float32] = field(repr=False)
    intercept: float

    def judge_names(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """P(gambling) by name alone, shape (names,), in the order given. Never enough to list."""
        return name_scores(names, self.weights, self.intercept)


def load_names(folder: Path) -> NameJudge:
    """The name model of a model folder; raises `ModelError` naming the file that is missing or not what the card says."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        digest = card["arrays"][NAME_ARRAYS]
        octets = (folder / NAME_ARRAYS).read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {error.filename}: {error.strerror}; {RESTORE}") from None
    except (ValueError, KeyError, TypeError):
        raise ModelError(f"{folder / CARD} is not a model card that names {NAME_ARRAYS}: {RESTORE}") from None
    if hashlib.sha256(octets).hexdigest() != digest:
        raise ModelError(f"{folder / NAME_ARRAYS} is not what its card says (SHA-256 differs): {RESTORE}")
    return _judge(folder / NAME_ARRAYS, octets)


def _judge(path: Path, octets: bytes) -> NameJudge:
    try:
        with np.load(io.BytesIO(octets), allow_pickle=False) as arrays:
            weights, intercept = arrays["weights"].astype(np.float32), float(arrays["intercept"])
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError) as error:
        raise ModelError(f"{path} cannot be read ({error}): {RESTORE}") from None
    if weights.shape != (BUCKETS,) or not np.isfinite(weights).all():
        raise ModelError(f"{path}: weights of another shape than this program reads: {RESTORE}")
    return NameJudge(weights, intercept)
