"""What one visitor of a site was shown and another was not: static against rendered, vantage against vantage, on the landing page.

Compared are where the visit ended, what came of it, the title, the visible words and what of gambling they name. A page that only rotates its news, or
is cut for a phone, is the same page: it keeps its title and its build, or most of its words. Pure, and bounded by the first words of a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from casefile.outcomes import OUTCOMES, Outcome
from casefile.records import Capture, Difference, How, PageKind
from classifier.detectors.finding import clean
from classifier.features import words_of
from classifier.lexicon import APART, COMMON, concepts_in
from classifier.page import Page, host_of
from classifier.reading import Reading

Readings = Sequence[tuple[Capture, Reading]]

MOST_WORDS = 3_000
"""Words of a page that are compared, the first."""

DIFFERENT = 0.25
"""Share of words in common (of all different words of both) under which two pages say something else. Pages of one site share their menus and more."""

SAME_BUILD = 0.5
"""Share of class and id words in common from which two pages with one title are one page with other news."""

THIN = 200
"""Characters of visible text under which a page has no words to compare."""

CONCEPTS, MENTIONS = 3, 6
"""Subjects of gambling, and mentions of them, that only one of two pages must have to differ by that alone: a headline about a casino has fewer."""

MOST_TOLD = 6
"""Words that a difference tells."""

ERROR_STATUS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one visitor was shown as the landing page; `page` is None where nothing was read."""

    capture: Capture
    page: Page | None

    @property
    def name(self) -> str:
        """Who the visitor was: `desktop static`, `phone rendered`."""
        return f"{self.capture.vantage.name} {self.capture.how.value}"

    @property
    def site(self) -> str:
        """Where the visit ended: the registrable name of the host that was asked, or the host of the other site that it led to."""
        end = host_of(self.capture.final_url or self.capture.url)
        own = self.capture.host.registrable
        return own if f".{end}".endswith(f".{own}") else end.removeprefix("www.")

    @property
    def outcome(self) -> str:
        """What came of it in a word or two: `ok`, `challenge`, `status 403`."""
        return f"status {self.capture.status}" if self.capture.status >= ERROR_STATUS else self.capture.outcome.value

    @property
    def shown(self) -> bool:
        """Whether the visitor was shown a page."""
        return self.page is not None and self.capture.status < ERROR_STATUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A difference, and whether it bears on what the host is: it names gambling to one of the two, leads elsewhere, or turns one away."""

    difference: Difference
    telling: bool


def views_of(readings: Readings) -> tuple[View, ...]:
    """The landing page as every visitor was shown it, static ones first: one that was read before one that was not, the front page before others."""
    chosen: dict[tuple[str, How], tuple[tuple[bool, bool], View]] = {}
    for capture, reading in readings:
        if capture.page is not PageKind.LANDING:
            continue
        view = View(capture=capture, page=reading.page)
        rank = (not view.shown, urlsplit(capture.url).path not in ("", "/"))
        key = (capture.vantage.name, capture.how)
        if key not in chosen or rank < chosen[key][0]:
            chosen[key] = (rank, view)
    return tuple(view for _, view in sorted(chosen.values(), key=lambda one: one[1].capture.how is How.RENDERED))


def compared(views: Sequence[View]) -> tuple[Compared, ...]:
    """Every difference between two views of one vantage, or of one kind (static, rendered), in the order of the views."""
    return tuple(
        found
        for first, second in combinations(views, 2)
        if (first.capture.how is second.capture.how) != (first.capture.vantage.name == second.capture.vantage.name)
        if (found := difference_of(first, second)) is not None
    )


def difference_of(first: View, second: View) -> Compared | None:
    """What two visitors were shown that differs, None where it is the same page."""
    if first.page is None or second.page is None or not (first.shown and second.shown):
        return _of_outcomes(first, second)
    if first.site == second.site and first.page.text == second.page.text:
        return None
    likeness = similarity(first.page, second.page)
    only = (gambling_only(first.page, second.page), gambling_only(second.page, first.page))
    gambling = any(len(words) >= CONCEPTS and sum(words.values()) >= MENTIONS for words in only)
    elsewhere = first.site != second.site
    if not (elsewhere or gambling or (likeness < DIFFERENT and not same_page(first.page, second.page))):
        return None
    return Compared(
        difference=Difference(
            first=first.name,
            second=second.name,
            similarity=likeness,
            text="; ".join(_in_words(first, second, first.page, second.page, only)),
            first_shown=len(first.page.text),
            second_shown=len(second.page.text),
        ),
        telling=elsewhere or gambling,
    )


def similarity(first: Page, second: Page) -> float:
    """Share of the different visible words that both have, 0 to 1, two decimals; 1 where both have none."""
    one, other = set(words_of(first.text, MOST_WORDS)), set(words_of(second.text, MOST_WORDS))
    return _share(one, other)


def same_page(first: Page, second: Page) -> bool:
    """Whether two pages with different words are one page: both have text, one title, and are built alike."""
    if min(len(first.text), len(second.text)) < THIN or first.title != second.title:
        return False
    return _share(set(first.marks), set(second.marks)) >= SAME_BUILD


def gambling_only(page: Page, other: Page) -> dict[str, int]:
    """The words that name gambling on `page` and nowhere on `other`, with how often their subject is named."""
    there = _gambling(other)
    return {word: number for subject, (number, word) in _gambling(page).items() if subject not in there}


def _gambling(page: Page) -> dict[str, tuple[int, str]]:
    found = concepts_in(f"{page.title} {page.text}".casefold())
    return {subject: told for subject, told in found.items() if subject not in COMMON and subject not in APART}


def _share(one: set[str], other: set[str]) -> float:
    return round(len(one & other) / len(one | other), 2) if one or other else 1.0


def _of_outcomes(first: View, second: View) -> Compared | None:
    """A page to one visitor and none to the other: a difference where it was the site that turned the other away, not a fault on the way."""
    if first.shown == second.shown:
        return None
    away = second if first.shown else first
    turned = away.capture.status >= ERROR_STATUS or away.capture.outcome in TURNED_AWAY
    if not turned:
        return None
    text = f"{first.name}: {_told_outcome(first)}; {second.name}: {_told_outcome(second)}"
    shown = [len(view.page.text) if view.shown and view.page is not None else NO_PAGE for view in (first, second)]
    difference = Difference(first=first.name, second=second.name, similarity=0.0, text=text, first_shown=shown[0], second_shown=shown[1])
    return Compared(difference=difference, telling=True)


NO_PAGE = -1
"""Characters shown to a visitor who got no page."""

TURNED_AWAY = frozenset((Outcome.CHALLENGE, Outcome.EMPTY, Outcome.NOT_A_PAGE, Outcome.REDIRECT_LIMIT))
"""Outcomes that are the site's answer to this visitor."""


def _told_outcome(view: View) -> str:
    if view.shown and view.page is not None:
        return f"a page of {len(view.page.text)} characters" + (f" titled «{clean(view.page.title)[:60]}»" if view.page.title else "")
    return view.outcome if view.capture.status >= ERROR_STATUS else f"{view.outcome} ({OUTCOMES[view.capture.outcome].meaning})"


def _in_words(first: View, second: View, one: Page, other: Page, only: tuple[dict[str, int], dict[str, int]]) -> Iterator[str]:
    """The difference in words a person can check."""
    if first.site != second.site:
        yield f"ends at {clean(first.site)} for {first.name}, at {clean(second.site)} for {second.name}"
    if one.title != other.title:
        yield f"title «{clean(one.title)[:60]}» for {first.name}, «{clean(other.title)[:60]}» for {second.name}"
    for view, page, opposite, words in ((first, one, other, only[0]), (second, other, one, only[1])):
        told = [f"«{clean(word)}»" for word in list(words)[:MOST_TOLD]]
        told += [what for what, number in _parts(page).items() if number and not _parts(opposite)[what]]
        told = told or [f"«{word}»" for word in _rare_words(page, opposite)]
        if told:
            yield f"only {view.name}: {', '.join(told)}"
    yield f"{len(one.text)} characters of text for {first.name}, {len(other.text)} for {second.name}"


def _parts(page: Page) -> dict[str, int]:
    """Parts of a page that a visitor sees, and how many."""
    return {"a form": len(page.forms), "frames of others": len(page.frames)}


def _rare_words(page: Page, other: Page) -> list[str]:
    """A few long words that only `page` has, in the order of the page."""
    there = set(words_of(other.text, MOST_WORDS))
    new = (word for word in words_of(page.text, MOST_WORDS) if len(word) > 5 and word not in there)
    return list(dict.fromkeys(new))[:MOST_TOLD]
