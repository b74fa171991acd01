"""Visitors who are shown different sites: less certain, and a person must look.

The rule: a host in the mirror band becomes unsure where one of its views (one vantage, static or rendered) comes to less than the review bar, unless a front
page that a direct visitor is shown, one who does not say that a search sent him, is in the mirror band by itself. A site that shows its casino to everybody
stays what it is; one that shows it to phones from a search may be a hacked florist as well as a casino that hides.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from casefile.records import Band, Reason
from classifier.judging import HostJudgement, SeenPage, combined
from classifier.model import Bars, probability_of


def less_certain(found: HostJudgement, pages: Sequence[SeenPage], bars: Bars, searchers: Collection[str]) -> HostJudgement:
    """`found`, or the same as unsure with a rule in words; `searchers`: names of the vantages that say they come from a search."""
    if found.band is not Band.MIRROR or any(is_open(seen, bars, searchers) for seen in pages):
        return found
    views = probability_by_view(pages)
    plain = [view for view, probability in views.items() if probability < bars.review]
    if not plain:
        return found
    told = f"sure of a mirror for some visitors only; shown to {', '.join(plain)} is something else (under {bars.review:.2f}): a person must look"
    return replace(found, band=Band.UNSURE, rules=(Reason(text=told, weight=0.0), *found.rules))


def is_open(seen: SeenPage, bars: Bars, searchers: Collection[str]) -> bool:
    """Whether this is a front page in the mirror band that a direct visitor is shown."""
    return seen.landing and seen.vantage not in searchers and seen.score.whole and seen.score.probability >= bars.mirror


def probability_by_view(pages: Sequence[SeenPage]) -> dict[str, float]:
    """What the pages of every view come to that were read whole, by name of the view."""
    odds: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for seen in pages:
        if seen.score.whole:
            odds[seen.view].append((seen.landing, seen.score.log_odds))
    return {view: probability_of(combined(group)) for view, group in sorted(odds.items())}
