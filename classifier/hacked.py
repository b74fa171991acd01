"""Hacked sites, by a rule over the pages of a host: it promotes gambling where its other pages, or what its visitors see, speak of something else.

Pages are taken as they show themselves, without what is hidden. One is *plain* where it shows `THIN` characters or more, scores under half the review bar, and
names no more than one subject of gambling; it *promotes* where the model says gambling of it. A host looks hacked where one of these holds:

    hidden    the front page is plain to every direct visitor, and plain pages hide five subjects of gambling, or two and a link that names one of them
              and leads to another site (a newspaper's folded menu has a section on betting, which leads to itself)
    pages     the front page is plain to every direct visitor, so is another page, and a page, or what a search's visitor is shown, promotes
    defaced   the front page promotes, and all other pages, two or more, are plain and not built like it

The last two want that the host takes neither money nor players (no strong payment evidence, no cashier and no entrance of its own on a page that promotes):
whoever broke in sends visitors elsewhere, and who takes deposits is no victim. Names of schools and offices are no part of it, nor is any list of guarded
hosts. What follows is in `classifier.score`: the label HACKED and the band unsure, so that a person decides and the owner is told. A doorway is no hacked
site: all its pages promote.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from casefile.records import Evidence, EvidenceKind, Reason, Strength
from classifier.judging import SeenPage, place_on_site
from classifier.lexicon import APART, COMMON, concepts_in
from classifier.model import THIN, Bars, Judge
from classifier.page import Page, host_of
from classifier.trade import takes_players

FAR_UNDER = 0.5
"""Times the review bar: a page under it is far from gambling."""

MOST_SUBJECTS = 1
"""Subjects of gambling that a plain page may name: a school's news may speak of a casino once."""

HIDDEN_ALONE, HIDDEN_WITH_LINK = 5, 2
"""Subjects of gambling that plain pages hide, together: by themselves, and beside a hidden link of gambling to another site."""

LEAST_OTHERS = 2
"""Plain pages that a defaced front page must have beside it."""

SAME_BUILD = 0.2
"""Share of class and id words in common from which two pages are of one build. Pages with none of them count as built alike."""

MOST_TOLD = 3
"""Pages that a reason names."""

ADVICE = "looks hacked: tell its owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pages of a host that show enough to be judged, as they show themselves: all of them, the plain, those that promote, the plain ones that hide something."""

    pages: tuple[SeenPage, ...]
    plain: tuple[SeenPage, ...]
    promoting: tuple[SeenPage, ...]
    hiding: tuple[Page, ...]

    def all_plain(self, pages: Iterable[SeenPage]) -> bool:
        """Whether these pages are all plain; a page is itself alone, however alike another is."""
        plain = {id(seen) for seen in self.plain}
        return all(id(seen) in plain for seen in pages)


def hacked(judge: Judge, pages: Sequence[SeenPage], evidence: Iterable[Evidence] = (), searchers: Collection[str] = ()) -> Reason | None:
    """The reason of weight 0 why a host looks hacked, None where it does not.

    `pages`: what was read of it; `evidence`: facts on these pages; `searchers`: names of the vantages that say they come from a search.
    """
    shown = shown_of(judge, pages)
    if not shown.plain:
        return None
    front = [seen for seen in shown.pages if seen.landing and seen.vantage not in searchers]
    is_front_plain = bool(front) and shown.all_plain(front)
    if is_front_plain and (told := _hidden(shown)):
        return told
    if not shown.promoting or takes_money(evidence) or any(takes_players(seen) for seen in shown.promoting):
        return None
    return _pages(shown, front[0]) if is_front_plain else _defaced(shown)


def shown_of(judge: Judge, pages: Iterable[SeenPage]) -> Shown:
    """The pages as they show themselves; what shows too little text is left out."""
    seen_as: dict[int, SeenPage] = {}
    found, hiding = [], []
    for seen in pages:
        known = seen_as.get(id(seen.page)) or as_shown(judge, seen)
        seen_as[id(seen.page)] = known
        one = replace(seen, page=known.page, score=known.score)
        if one.score.whole:
            found.append(one)
            if one.page is not seen.page and is_plain(one, judge.bars):
                hiding.append(seen.page)
    return Shown(
        pages=tuple(found),
        plain=tuple(one for one in found if is_plain(one, judge.bars)),
        promoting=tuple(one for one in found if one.score.log_odds >= 0),
        hiding=tuple(hiding),
    )


def as_shown(judge: Judge, seen: SeenPage) -> SeenPage:
    """A page without what it hides, judged so; the same where it hides nothing."""
    page = seen.page
    if not page.hidden and not page.hidden_links:
        return seen
    hidden = set(page.hidden_links)
    bare = replace(page, text=page.shown, hidden=0, links=tuple(link for link in page.links if link not in hidden), hidden_links=())
    return replace(seen, page=bare, score=judge.judge_page(bare))


def is_plain(seen: SeenPage, bars: Bars) -> bool:
    """Whether a page speaks of something else than gambling."""
    return len(seen.page.text) >= THIN and seen.score.probability < FAR_UNDER * bars.review and len(subjects_of(seen.page)) <= MOST_SUBJECTS


def subjects_of(page: Page, *, shown: bool = False) -> set[str]:
    """The subjects of gambling that a page names; `shown`: by what is not hidden."""
    return subjects_in(f"{page.title} {page.shown if shown else page.text}")


def subjects_in(text: str) -> set[str]:
    """The subjects of gambling that a text names, those of banks and shops aside."""
    return {name for name in concepts_in(text.casefold()) if name not in COMMON and name not in APART}


def takes_money(evidence: Iterable[Evidence]) -> bool:
    """Whether there is strong evidence of a payment route."""
    return any(one.kind is EvidenceKind.PAYMENT and one.strength is Strength.STRONG for one in evidence)


def leads_away(page: Page) -> bool:
    """Whether a hidden link that names gambling leads to another host."""
    own = host_of(page.url)
    away = (link for link in page.hidden_links if (host := host_of(link.href)) and host != own and not host.endswith(f".{own}"))
    return any(subjects_in(f"{link.text} {link.href}") for link in away)


def _hidden(shown: Shown) -> Reason | None:
    """A plain front page, and gambling hidden on plain pages."""
    hiding = [(page, subjects_of(page) - subjects_of(page, shown=True)) for page in shown.hiding]
    hiding = [(page, subjects) for page, subjects in hiding if subjects]
    subjects = sorted({name for _, names in hiding for name in names})
    least = HIDDEN_WITH_LINK if any(leads_away(page) for page, _ in hiding) else HIDDEN_ALONE
    if len(subjects) < least:
        return None
    where = _and(list(dict.fromkeys(_path(page) for page, _ in hiding)))
    _, scores = _told(shown.plain)
    text = f"hides {', '.join(subjects)} on {where}; what its pages show speaks of something else: {scores}; {ADVICE}"
    return Reason(text=text, weight=0.0)


def _pages(shown: Shown, front: SeenPage) -> Reason | None:
    """A plain front page and another, and a page that promotes."""
    others = [seen for seen in shown.plain if not seen.landing]
    if not others:
        return None
    who = "" if any(not seen.landing for seen in shown.promoting) else f" to the visitor {shown.promoting[0].view}"
    where, scores = _told([front, *others])
    promoted, _ = _told(shown.promoting)
    text = f"promotes gambling on {promoted}{who}; its other pages, {where}, speak of something else: {scores}; {ADVICE}"
    return Reason(text=text, weight=0.0)


def _defaced(shown: Shown) -> Reason | None:
    """A front page that promotes, and nothing else of the site that does or looks like it."""
    fronts = [seen.page for seen in shown.promoting if seen.landing]
    others = [seen for seen in shown.pages if not seen.landing]
    if not fronts or len({_path(seen.page) for seen in others}) < LEAST_OTHERS or not shown.all_plain(others):
        return None
    if any(seen.landing for seen in shown.plain) or any(built_alike(fronts[0], seen.page) for seen in others):
        return None
    where, scores = _told(others)
    text = (
        f"its front page promotes gambling; its other pages, {where}, are built otherwise and speak of something else: {scores}; {ADVICE}"
    )
    return Reason(text=text, weight=0.0)


def built_alike(first: Page, second: Page) -> bool:
    """Whether two pages share class and id words, or have none to tell by."""
    one, other = ({word for mark in page.marks for word in mark.split()} for page in (first, second))
    return not one or not other or len(one & other) >= SAME_BUILD * len(one | other)


def _told(pages: Sequence[SeenPage]) -> tuple[str, str]:
    """The paths of pages, and how each was judged, in words."""
    found: dict[str, float] = {}
    for seen in pages:
        found.setdefault(_path(seen.page), seen.score.probability)
    return _and(list(found)), _and([f"{probability:.2f}" for probability in found.values()])


def _path(page: Page) -> str:
    return place_on_site(page.url).removeprefix(" on ") or "/"


def _and(words: Sequence[str]) -> str:
    *first, last = words[:MOST_TOLD]
    return f"{', '.join(first)} and {last}" if first else last
