"""Whether what is judged tonight is still like what the model was measured on: stated rules with numbers, against the model's card. Pure.

The card's part `drift` holds `scores`, nine deciles of the hosts' probability, and `features`, for every number that pages are judged by its 5 %, 50 % and 95 %
quantiles. Both come from a corpus with few guilty hosts, while a night's seeds are suspects: so only what is judged innocent (probability under one half) is
compared, and the share of mirrors is left to the rules that compare nights.

    score-drift      `LEAST` hosts or more were judged innocent, and the population stability index of their scores over the card's deciles, none of them
                     taken lower than `FLAT`, is `MOST_INDEX` or more
    feature-drift    `LEAST` pages or more were looked at, and of `LEAST_FEATURES` numbers `MOST_OUTSIDE` of the pages or more lie outside their quantiles
    rejection-drift  `LEAST_DECISIONS` or more hosts of the mirror band were decided, and more were rejected than the card's precision leaves to chance (95 %)
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST = 50
LEAST_DECISIONS = 20
LEAST_FEATURES = 5
"""Hosts or pages, decisions, and numbers at once, under which nothing is said."""

MOST_INDEX = 0.25
"""Population stability index from which two distributions are usually called different; under 0.1 they are called alike."""

MOST_OUTSIDE = 0.4
"""Share of pages outside the 5 % and 95 % quantiles; a tenth is to be expected."""

EXPECTED_REJECTED = 0.05
"""Share of the mirror band that analysts may reject where the card does not say."""

RULES = ("score-drift", "feature-drift", "rejection-drift")

EVEN = 0.5
FLAT = 0.05
"""Probability under which hosts are equally innocent: deciles below it are raised to it."""

CHANCE = 1.96
"""Standard deviations of a 95 % interval."""

MOST_TOLD = 5
"""Numbers that a warning names."""

TINY = 1e-3
"""A share of none counts as this much, so that the index stays finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the card says of the data that a model was measured on. `rejected`: the share of the mirror band that is not guilty."""

    scores: tuple[float, ...]
    features: Mapping[str, tuple[float, float, float]]
    rejected: float = EXPECTED_REJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """What was judged tonight. `scores`: probability of every host; `features`: of every page that was looked at its numbers by name; `approved`, `rejected`:
    decisions since this model judges on hosts that it had put in the mirror band.
    """

    scores: Sequence[float] = ()
    features: Sequence[Mapping[str, float]] = ()
    approved: int = 0
    rejected: int = 0


def measured_of(card: Mapping[str, Any]) -> Measured | None:
    """The part `drift` of a card, None where it has none or one that cannot be read: a model of before says nothing of drift."""
    try:
        told = card["drift"]
        features = {str(name): (float(low), float(middle), float(high)) for name, (low, middle, high) in told["features"].items()}
        scores = tuple(float(score) for score in told["scores"])
        rejected = float(told.get("rejected", EXPECTED_REJECTED))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return Measured(scores=scores, features=features, rejected=rejected)


def drifts_of(tonight: Tonight, measured: Measured) -> list[tuple[str, str]]:
    """What is unlike the card: (rule, words with the numbers), in the order of the rules."""
    found = (_scores(tonight, measured), _features(tonight, measured), _rejections(tonight, measured))
    return [(rule, text) for rule, text in zip(RULES, found, strict=True) if text]


def stability_index(expected: Sequence[float], found: Sequence[float]) -> float:
    """The population stability index of two lists of shares: 0 where they are the same, over 0.25 where they are usually called different."""
    pairs = [(max(one, TINY), max(other, TINY)) for one, other in zip(expected, found, strict=True)]
    return sum((other - one) * math.log(other / one) for one, other in pairs)


def shares_of(values: Sequence[float], edges: Sequence[float]) -> list[float]:
    """What share of the values lies between the edges, one more than there are edges; a value on an edge lies above it."""
    counts = [0] * (len(edges) + 1)
    for value in values:
        counts[bisect_right(edges, value)] += 1
    return [count / max(len(values), 1) for count in counts]


def lowest_share(part: int, whole: int) -> float:
    """The lower end of the 95 % interval of a share (Wilson), 0 of nothing."""
    if not whole:
        return 0.0
    share, spread = part / whole, CHANCE * CHANCE / whole
    middle = share + spread / 2
    return max(0.0, (middle - CHANCE * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))) / (1 + spread))


def _scores(tonight: Tonight, measured: Measured) -> str:
    innocent = [score for score in tonight.scores if score < EVEN]
    raised = [max(edge, FLAT) for edge in measured.scores if edge < EVEN]
    edges = sorted(set(raised))
    if len(innocent) < LEAST or not edges:
        return ""
    below = [raised.count(edge) / (len(measured.scores) + 1) for edge in edges]  # a tenth of the card's hosts lies below every decile
    index = stability_index([*below, 1 - sum(below)], shares_of(innocent, edges))
    if index < MOST_INDEX:
        return ""
    high = sum(score >= edges[-1] for score in innocent) / len(innocent)
    return (
        f"the scores of {len(innocent)} hosts judged innocent are spread otherwise than the model's card has it ({high:.0%} of them over {edges[-1]:.2f}; "
        f"stability index {index:.2f}, {MOST_INDEX} is different): look at the unsure ones, and evaluate the model on pages of now"
    )


def _features(tonight: Tonight, measured: Measured) -> str:
    if len(tonight.features) < LEAST:
        return ""
    outside = {name: _outside(name, quantiles, tonight.features) for name, quantiles in measured.features.items()}
    far = sorted((name for name, share in outside.items() if share >= MOST_OUTSIDE), key=lambda name: (-outside[name], name))
    if len(far) < LEAST_FEATURES:
        return ""
    told = ", ".join(f"{name} ({outside[name]:.0%} of the pages)" for name in far[:MOST_TOLD])
    return f"{len(far)} of {len(outside)} numbers that pages are judged by lie outside what the model was measured on: {told}"


def _outside(name: str, quantiles: tuple[float, float, float], pages: Sequence[Mapping[str, float]]) -> float:
    low, _, high = quantiles
    return sum(not low <= page.get(name, 0.0) <= high for page in pages) / len(pages)


def _rejections(tonight: Tonight, measured: Measured) -> str:
    decided = tonight.approved + tonight.rejected
    if decided < LEAST_DECISIONS or lowest_share(tonight.rejected, decided) <= measured.rejected:
        return ""
    return (
        f"analysts rejected {tonight.rejected} of the {decided} mirrors they decided on since this model judges ({tonight.rejected / decided:.0%}; its card "
        f"expects {measured.rejected:.0%}): run mirrorwatch evaluate, and mirrorwatch learn"
    )
