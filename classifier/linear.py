"""What a page model is, and its arithmetic, shared by fitting and scoring: numpy only."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from classifier.novelty import Familiar
from classifier.text import TextWeights

Array = npt.NDArray[np.float64]

CLIP = 2.0
"""Spreads from the mean beyond which a number counts no more: a page cannot be stuffed into guilt or innocence by one of them."""


@dataclass(frozen=True, slots=True)
class PageWeights:
    """A page model, rounded as it is stored. `mean` and `spread` (columns,) bring numbers to scale; `weights` (3, columns), `intercepts` (3,);
    `text`: the text channel; `text_factor`: what its odds are multiplied by before they are added to the first regression; `familiar`: what the pages
    that it was fitted on are like.
    """

    mean: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    intercepts: npt.NDArray[np.float32]
    text: TextWeights = field(repr=False)
    text_factor: float
    familiar: Familiar = field(repr=False)


def scaled(numbers: npt.NDArray[np.floating], mean: npt.NDArray[np.floating], spread: npt.NDArray[np.floating]) -> Array:
    """Numbers (..., columns) in spreads from the mean, clipped."""
    return np.asarray(np.clip((numbers.astype(np.float64) - mean) / spread, -CLIP, CLIP))
