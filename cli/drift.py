"""Drift: a night that is unlike the nights before it, by stated rules with numbers. Pure.

Every rule compares one night with the median of those before it, and keeps still where there is too little to compare.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from cli.figures import NightFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOptions:
    """When a night is unlike the last ones. Shares are 0 to 1.

    `nights`: how many nights before are looked at, of which `least_nights` must be there; `least`: captures, hosts or entries under which a share says nothing;
    `read_falls`: read share under the median by so much; `share_rises`: mirror or challenge share over it by so much and at least twice it;
    `listed_factor`: new entries over so many times the median, and by `least` more.
    """

    nights: int = 7
    least_nights: int = 3
    least: int = 20
    read_falls: float = 0.2
    share_rises: float = 0.1
    listed_factor: float = 3.0

    def __post_init__(self) -> None:
        if not 1 <= self.least_nights <= self.nights:
            raise ValueError("least_nights must be from 1 to nights")
        for name in ("read_falls", "share_rises"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} must be between 0 and 1")
        if self.listed_factor < 1 or self.least < 1:
            raise ValueError("listed_factor and least must be 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One way in which a night is unlike the last ones: the rule's name, and words with the numbers."""

    rule: str
    text: str


ROUNDING = 1e-9
"""A share that is over a bound by exactly as much as is stated is over it."""

Rule = Callable[[NightFigures, Sequence[NightFigures], DriftOptions], str]
"""The words where the rule says so, empty where it does not."""


def drift_of(nights: Sequence[NightFigures], options: DriftOptions) -> list[Drift]:
    """What is unlike in the last of `nights` (oldest first), compared with those before it."""
    *before, tonight = nights
    before = before[-options.nights :]
    if len(before) < options.least_nights:
        return []
    found = [(name, rule(tonight, before, options)) for name, rule in RULES.items()]
    return [Drift(rule=name, text=text) for name, text in found if text]


def _read_falls(tonight: NightFigures, before: Sequence[NightFigures], options: DriftOptions) -> str:
    shares = [one.read_share for one in before if one.tally.captures >= options.least]
    if tonight.tally.captures < options.least or not shares:
        return ""
    usual = median(shares)
    if usual - tonight.read_share < options.read_falls - ROUNDING:
        return ""
    return f"{tonight.read_share:.0%} of the pages came back and could be read, usually {usual:.0%}: look at the network, the egress and the outcomes of fetch"


def _challenged(tonight: NightFigures, before: Sequence[NightFigures], options: DriftOptions) -> str:
    usual = median(one.challenge_share for one in before)
    if tonight.tally.captures < options.least or not _jumps(tonight.challenge_share, usual, options):
        return ""
    return (
        f"{tonight.challenge_share:.0%} of the pages were a challenge, usually {usual:.0%}: the address we come from may be known to them"
    )


def _mirrors(tonight: NightFigures, before: Sequence[NightFigures], options: DriftOptions) -> str:
    shares = [one.mirror_share for one in before if one.tally.judged >= options.least]
    if tonight.tally.judged < options.least or not shares or not _jumps(tonight.mirror_share, median(shares), options):
        return ""
    return f"{tonight.mirror_share:.0%} of the judged hosts are mirrors, usually {median(shares):.0%}: look at the queue before approving many, the model may be wrong"


def _nothing_listed(tonight: NightFigures, before: Sequence[NightFigures], options: DriftOptions) -> str:  # noqa: ARG001
    usual = median(one.tally.listed for one in before)
    if tonight.tally.listed or usual < 1 or not tonight.tally.waiting:
        return ""
    return f"nothing was listed, usually {usual:.0f} a night, and {tonight.tally.waiting} cases wait: mirrorwatch select says why"


def _listed_many(tonight: NightFigures, before: Sequence[NightFigures], options: DriftOptions) -> str:
    usual = median(one.tally.listed for one in before)
    if tonight.tally.listed <= max(usual * options.listed_factor, usual + options.least):
        return ""
    return f"{tonight.tally.listed} hosts were listed, usually {usual:.0f} a night: compare the last two releases with mirrorwatch diff"


def _jumps(now: float, usual: float, options: DriftOptions) -> bool:
    return now - usual > options.share_rises - ROUNDING and now >= 2 * usual


RULES: dict[str, Rule] = {
    "read-share-falls": _read_falls,
    "challenge-share-rises": _challenged,
    "mirror-share-rises": _mirrors,
    "nothing-listed": _nothing_listed,
    "many-listed": _listed_many,
}
