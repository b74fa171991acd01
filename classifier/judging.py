"""Judging pages by themselves and pages of one host together. Pure: pages in, judgements out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from casefile.records import Band, How, Label, Reason
from classifier.detectors.finding import Finding, clean
from classifier.features import THIN
from classifier.model import Bars, Judge, PageScore, label_of, probability_of
from classifier.page import Page, read_page
from classifier.reasons import LEAST_REASON

LONGEST_PATH = 60
"""Characters of a path in a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPage:
    """One page judged by itself. `score` is P(operator or promotion)."""

    id: str
    url: str
    label: Label
    score: float
    band: Band
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """A page of a host as judged: from which vantage it was seen and how, and whether it is the landing page."""

    page: Page
    score: PageScore
    vantage: str
    landing: bool
    how: How = How.STATIC

    @property
    def view(self) -> str:
        """Who was shown it: `desktop static`, `phone rendered`."""
        return f"{self.vantage} {self.how.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostJudgement:
    """Pages of one host judged together. `rules`: what was seen to, of weight 0; `terms`: what made the probability, its log-odds in all."""

    label: Label
    probability: float
    band: Band
    rules: tuple[Reason, ...] = ()
    terms: tuple[Reason, ...] = ()


def judge_pages(
    judge: Judge, pages: Iterable[tuple[str, str, str]], detect: Callable[[Page], Sequence[Finding]] | None = None
) -> Iterator[JudgedPage]:
    """Judge (id, url, html) one by one, in order; what cannot be read is unsure, with the reason first. `detect`: what the detectors find on a page."""
    for number, url, html in pages:
        page = read_page(url, html)
        score = judge.judge_page(page, detect(page) if detect else ())
        yield JudgedPage(
            id=number,
            url=url,
            label=score.label,
            score=score.probability,
            band=judge.band_of(score.probability, whole=score.sure),
            reasons=(*doubts_of(page, score), *score.reasons),
        )


def doubts_of(page: Page, score: PageScore | None = None) -> tuple[Reason, ...]:
    """Why a page is not judged whole, or its `score` is not taken as it is, if so."""
    told = [*([text] if (text := _why_not_whole(page)) else ()), *(score.doubts if score else ())]
    return tuple(Reason(text=text, weight=0.0) for text in told)


def _why_not_whole(page: Page) -> str:
    if page.cut:
        return "not all of the page was read: too long or nested too deep"
    if not page.shown:
        return "no visible text"
    return f"only {len(page.shown)} characters of visible text (under {THIN})" if len(page.shown) < THIN else ""


def judge_host(judge: Judge, pages: Sequence[SeenPage]) -> HostJudgement:
    """One judgement of all pages of a host; `pages` must not be empty.

    The rule: a view is what one vantage was sent, or what a browser made of it there. In each view the host is as its most suspect third of pages
    (`combined`), so that pages about nothing do not hide an operator; pages with too little text count only where there are no others, so that a shell gives
    way to what a browser shows; of several views the one that looks most like gambling counts, since a site may show its casino to some visitors only.
    Where the pages of that view contradict one another, the host is neither a mirror nor clear (`contradiction`).
    """
    full = [seen for seen in pages if seen.score.whole]
    by_view: dict[str, list[SeenPage]] = defaultdict(list)
    for seen in full or pages:
        by_view[seen.view].append(seen)
    views = {view: combined(tuple((seen.landing, seen.score.log_odds) for seen in group)) for view, group in sorted(by_view.items())}
    chosen = max(views, key=lambda view: views[view])
    group = by_view[chosen]
    lead = (
        max(group, key=lambda seen: (seen.score.log_odds, seen.page.url))
        if views[chosen] >= 0
        else min(group, key=lambda seen: (not seen.landing, seen.page.url))
    )
    probability = probability_of(views[chosen])
    told = (*lead.score.doubts, *contradiction(judge.bars, group, probability))
    return HostJudgement(
        label=label_of(views[chosen], lead.score.operator, lead.score.about),
        probability=probability,
        band=judge.band_of(probability, whole=bool(full) and not told),
        rules=(*_about_views(views), *(() if full else doubts_of(lead.page)), *(Reason(text=text, weight=0.0) for text in told)),
        terms=terms_of(lead, views[chosen], len(group)),
    )


def contradiction(bars: Bars, group: Sequence[SeenPage], probability: float) -> tuple[str, ...]:
    """Why the pages of one view leave a host unsure: one of them is gambling by itself and the host is not, or the host is and its landing page is clear."""
    guilty = [seen for seen in group if seen.score.probability >= bars.mirror]
    if probability < bars.review and guilty:
        return (f"{len(guilty)} of {len(group)} pages are gambling by themselves, the site as a whole is not",)
    landing = [seen for seen in group if seen.landing]
    if probability >= bars.mirror and landing and all(seen.score.probability < bars.review for seen in landing):
        return ("the landing page shows nothing of the gambling that other pages show",)
    return ()


def terms_of(lead: SeenPage, log_odds: float, pages: int) -> tuple[Reason, ...]:
    """The reasons of the page that leads, with its path where it is not the landing page, and what `pages` in all make of it: together `log_odds`."""
    place = "" if lead.landing else place_on_site(lead.page.url)
    *words, rest = lead.score.reasons
    terms = [*(Reason(text=f"{one.text}{place}", weight=one.weight, quote=one.quote) for one in words), rest]
    others = round(log_odds - sum(one.weight for one in terms), 3)
    if pages > 1 and abs(others) >= LEAST_REASON:
        terms.append(Reason(text=f"seen together with {pages - 1} more page{'' if pages == 2 else 's'} of the site", weight=others))
    return tuple(terms)


def place_on_site(url: str) -> str:
    """` on /path`, short, for the words of a page that is not the landing page."""
    try:
        path = urlsplit(url).path or "/"
    except ValueError:
        return ""
    return f" on {clean(path)[:LONGEST_PATH]}"


def combined(pages: Sequence[tuple[bool, float]]) -> float:
    """Log-odds of pages (is landing page, log-odds) as one: the mean of the most suspect third, rounded up, of them.

    Privacy, help and error pages of an operator look like anyone's, so they are not averaged in; one bad page of a large site is not a third of it.
    """
    most = sorted((odds for _, odds in pages), reverse=True)[: -(-len(pages) // 3)]
    return sum(most) / len(most)


def _about_views(views: dict[str, float]) -> tuple[Reason, ...]:
    """A word where visitors were shown different things."""
    shown = {probability_of(odds) >= 0.5 for odds in views.values()}
    if len(shown) < 2:
        return ()
    told = ", ".join(f"{view} {probability_of(odds):.2f}" for view, odds in views.items())
    return (Reason(text=f"shows different pages to different visitors: {told}", weight=0.0),)
