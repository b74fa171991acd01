"""What an evaluation says, as plain records: figures with their intervals, and the tables and curves behind them."""

from dataclasses import dataclass, field
from typing import Any

from classifier.measuring.figures import Bin
from classifier.measuring.leave_out import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that may have a floor. `low` and `high`: its interval, None where it has none; `rests_on`: what it was measured on;
    `cost`: less is better; `count`: a number of things, not a share; `pinned`: it gets a floor.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    rests_on: str = ""
    cost: bool = False
    count: bool = False
    pinned: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """The figures of one way to split: `figures` by name, without the words `pages: ` before them where they are of pages."""

    name: str
    how: str
    groups: int
    kept_out: float
    figures: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionRow:
    """At one bar, what share of what passes it is guilty where `base` of all are: the value and its interval, on `innocent` innocent ones of which `alarms` passed."""

    what: str
    bar: str
    base: float
    recall: float
    alarms: int
    innocent: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """Recall of the guilty pages of one language, subtype or owner."""

    part: str
    name: str
    guilty: int
    at_1: float
    at_01: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HardRow:
    """Hard negatives of one kind: how many, the highest probability among them, and how many were in which band."""

    kind: str
    pages: int
    highest: float
    mirror: int
    unsure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points of a precision-recall curve (recall, precision), and of recall against the share of false alarms (alarms, recall)."""

    what: str
    guilty: int
    innocent: int
    precision: tuple[tuple[float, float], ...]
    alarms: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The reliability of pages or hosts, by bins of probability."""

    what: str
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """A page that was judged worst: a `miss` (guilty, low) or an `alarm` (innocent, high). `reasons`: (words, weight in log-odds)."""

    kind: str
    id: str
    address: str
    owner: str
    language: str
    subtype: str
    probability: float
    band: str
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that `evaluate` tells. `corpus`: file -> SHA-256; `counts`: what it holds; `bars`: the mirror and the review bar, probabilities;
    `poisoned`, `flipped` and `names`: as their own modules tell them, empty where they were not measured; `quick`: only the split by owner was measured.
    """

    counts: dict[str, int]
    bars: dict[str, float]
    figures: tuple[Figure, ...]
    splits: tuple[SplitRow, ...]
    precision: tuple[PrecisionRow, ...]
    parts: tuple[PartRow, ...]
    hard: tuple[HardRow, ...]
    curves: tuple[Curve, ...]
    calibration: tuple[Calibration, ...]
    worst: tuple[Worst, ...]
    left_out: tuple[LeftOut, ...] = ()
    poisoned: tuple[dict[str, Any], ...] = ()
    flipped: tuple[dict[str, Any], ...] = ()
    names: dict[str, Any] = field(default_factory=dict)
    corpus: dict[str, str] = field(default_factory=dict)
    quick: bool = True
