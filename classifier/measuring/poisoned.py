"""Poisoned and cloaked pages, judged: how many guilty pages get away and how many innocent ones are accused, for every class and before it.

The pages are of the corpus; each is judged by a model that never saw its owner. The transformations are those of `classifier.measuring.poison` and `classifier.measuring.cloaks`.
"""

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casefile.progress import Progress
from casefile.records import Band
from casefile.reference import Reference
from classifier.addresses import common_hosts
from classifier.detectors.finding import Finding
from classifier.disagreement import less_certain
from classifier.examine import findings_of
from classifier.hides import hidden_by
from classifier.judging import SeenPage, judge_host
from classifier.measuring.cloaks import CLOAKS, SEARCHERS, SHELL_PAGE, Cloak
from classifier.measuring.poison import POISONS, Poison, Stuff
from classifier.model import Judge, PageScore
from classifier.needs_render import asks_of_page
from classifier.page import Page, read_page
from classifier.training.corpus import PAGES, TARGETS, group_of

JudgeOf = Callable[[str], Judge]
"""The judge that never saw this owner."""

MOST_OF_OWNER = 4
MOST_HARD_OF_OWNER = 12
MOST_PLAIN_OF_OWNER = 40
"""Pages taken of one owner: guilty, hard negative, other benign. Innocent pages stand with few owners, most of which collect pages of many sites."""

PADDING = (3_000, 20_000)
"""Characters of benign text put beside a page: twice its own, at least and at most so many."""

PLANTED = 2_500
"""Characters of gambling text put into a page of somebody else."""

LEAST_DONOR = 1_500
"""Characters of text of a page that others take text from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A page of the corpus taken for the measurement, with its HTML."""

    id: str
    owner: str
    url: str
    lang: str
    guilty: bool
    hard: bool
    html: str
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """What a cloaked host can show, by name (`casino`, `innocent`, `shell`), and what its judge says of each."""

    judge: Judge
    pages: Mapping[str, Page]
    scores: Mapping[str, PageScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """How many pages came into which band; `unasked`: clear ones for which no browser is asked either; `told`: hosts that are said to show different things."""

    mirror: int
    unsure: int
    clear: int
    unasked: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """One class: `side` is `guilty` (evasions, cloaks) or `benign` (plants); bands before and after, of so many pages."""

    name: str
    side: str
    says: str
    pages: int
    before: Bands
    after: Bands


@dataclass(frozen=True, slots=True, kw_only=True)
class PoisonedFigures:
    """All classes, in the order of `POISONS` and `CLOAKS`."""

    guilty: int
    benign: int
    poisons: tuple[ClassFigures, ...]
    cloaks: tuple[ClassFigures, ...]

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Every class as plain values, for JSON: `name`, `side`, `says`, `pages`, `before` and `after` with the numbers in each band."""
        return tuple(asdict(one) for one in (*self.poisons, *self.cloaks))


def poisoned_figures(
    corpus: Path, judge_of: JudgeOf, *, reference: Reference, guilty: int = 150, benign: int = 150, progress: Progress
) -> PoisonedFigures:
    """Measure every class on so many guilty and benign pages of the corpus; detectors take part with what `reference` says."""
    guilty_pages, benign_pages, donors = taken_pages(corpus, guilty=guilty, benign=benign)
    progress.start("poisoned", len(POISONS) + len(CLOAKS))
    figures = []
    before = {False: judged_bands(guilty_pages, judge_of, reference), True: judged_bands(benign_pages, judge_of, reference)}
    for poison in POISONS:
        pages = benign_pages if poison.plant else guilty_pages
        after = judged_bands((changed(one, poison, donors) for one in pages), judge_of, reference)
        figures.append(_figures(poison.name, "benign" if poison.plant else "guilty", poison.says, len(pages), before[poison.plant], after))
        progress.advance("measured")
    innocent = [one for one in benign_pages if not one.hard and len(one.page.shown) >= LEAST_DONOR]
    hosts = [faces_of(one, innocent, judge_of(one.owner), reference) for one in guilty_pages]
    cloaks = []
    for cloak in CLOAKS:
        cloaks.append(_figures(cloak.name, "guilty", cloak.says, len(hosts), before[False], cloaked_bands(hosts, cloak)))
        progress.advance("measured")
    return PoisonedFigures(guilty=len(guilty_pages), benign=len(benign_pages), poisons=tuple(figures), cloaks=tuple(cloaks))


def _figures(name: str, side: str, says: str, pages: int, before: Bands, after: Bands) -> ClassFigures:
    return ClassFigures(name=name, side=side, says=says, pages=pages, before=before, after=after)


def judged_bands(pages: Iterable[Taken], judge_of: JudgeOf, reference: Reference) -> Bands:
    """Judge every page by itself."""
    common = common_hosts(reference)
    bands: Counter[Band] = Counter()
    unasked = 0
    for one in pages:
        judge = judge_of(one.owner)
        score = judge.judge_page(one.page, found_on(one.page, reference))
        band = judge.band_of(score.probability, whole=score.sure)
        bands[band] += 1
        unasked += band is Band.CLEAR and not any(asks_of_page(one.page, common)) and not any(hidden_by(one.page, common))
    return Bands(mirror=bands[Band.MIRROR], unsure=bands[Band.UNSURE], clear=bands[Band.CLEAR], unasked=unasked)


def faces_of(one: Taken, innocent: Sequence[Taken], judge: Judge, reference: Reference) -> Faces:
    """What a cloaked host has to show: a guilty page, an innocent one of another owner, and the shell before either."""
    other = picked([page for page in innocent if group_of(page.owner) != group_of(one.owner)], one.id)
    pages = {"casino": one.page, "innocent": other.page if other else read_page(one.url, ""), "shell": read_page(one.url, SHELL_PAGE)}
    return Faces(judge=judge, pages=pages, scores={what: judge.judge_page(page, found_on(page, reference)) for what, page in pages.items()})


def cloaked_bands(hosts: Sequence[Faces], cloak: Cloak) -> Bands:
    """Judge hosts that show one face to some views and another to others, all views together."""
    bands: Counter[Band] = Counter()
    told = 0
    for faces in hosts:
        seen = [
            SeenPage(page=faces.pages[sent.what], score=faces.scores[sent.what], vantage=sent.vantage, landing=sent.landing, how=sent.how)
            for sent in cloak.sent
        ]
        found = less_certain(judge_host(faces.judge, seen), seen, faces.judge.bars, SEARCHERS)
        bands[found.band] += 1
        told += any("different" in rule.text for rule in found.rules)
    return Bands(mirror=bands[Band.MIRROR], unsure=bands[Band.UNSURE], clear=bands[Band.CLEAR], unasked=bands[Band.CLEAR], told=told)


def found_on(page: Page, reference: Reference) -> list[Finding]:
    """What the detectors find on a page."""
    return [finding for _, finding in findings_of(page, reference)]


def changed(one: Taken, poison: Poison, donors: Sequence[Taken]) -> Taken:
    """The page as this class of poisoning makes it."""
    others = [donor for donor in donors if group_of(donor.owner) != group_of(one.owner)]
    texts = {}
    for guilty in (False, True):
        side = [donor for donor in others if donor.guilty is guilty]
        donor = picked([donor for donor in side if donor.lang == one.lang] or side, f"{one.id} {guilty}")
        texts[guilty] = donor.page.text if donor else ""
    long = min(max(2 * len(one.page.text), PADDING[0]), PADDING[1])
    stuff = Stuff(seed=one.id, benign=repeated(texts[False], long), gambling=repeated(texts[True], PLANTED))
    html = poison.change(one.html, stuff)
    return Taken(
        id=one.id, owner=one.owner, url=one.url, lang=one.lang, guilty=one.guilty, hard=one.hard, html=html, page=read_page(one.url, html)
    )


def repeated(text: str, long: int) -> str:
    """`text` over and over, `long` characters."""
    return (f"{text} " * (long // (len(text) + 1) + 1))[:long]


def picked(pages: Sequence[Taken], seed: str) -> Taken | None:
    """One of the pages, the same for the same seed; None where there is none."""
    return pages[int(_rank(seed), 16) % len(pages)] if pages else None


def taken_pages(corpus: Path, *, guilty: int, benign: int) -> tuple[list[Taken], list[Taken], list[Taken]]:
    """The guilty and the benign pages to poison, and pages to take text from; the same every time, spread over owners, half of the benign hard negatives."""
    with gzip.open(corpus / PAGES, "rt", encoding="utf-8") as stream:
        rows = sorted((row for row in map(json.loads, stream) if row["label"] != "licensed"), key=lambda row: _rank(row["id"]))
    sides: dict[str, list[dict[str, Any]]] = defaultdict(list)
    of_owner: Counter[tuple[str, str]] = Counter()
    most = {"guilty": MOST_OF_OWNER, "hard": MOST_HARD_OF_OWNER, "plain": MOST_PLAIN_OF_OWNER}
    for row in rows:
        side = "guilty" if row["label"] != "benign" else "hard" if row["hard_negative"] else "plain"
        owner = row["source"].partition("/")[0]
        of_owner[side, owner] += 1
        if of_owner[side, owner] <= most[side]:
            sides[side].append(row)
    hard = sides["hard"][: benign // 2]
    chosen = [*map(_taken, sides["guilty"][:guilty])], [*map(_taken, (*hard, *sides["plain"][: benign - len(hard)]))]
    donors = [one for one in (*chosen[0], *chosen[1]) if not one.hard and len(one.page.text) >= LEAST_DONOR]
    return (*chosen, donors)


def _taken(row: Mapping[str, Any]) -> Taken:
    guilty = TARGETS[row["label"]] != TARGETS["benign"]
    url = row["url"] or f"http://h{_rank(row['id'])[:8]}.example/"
    return Taken(
        id=row["id"], owner=row["source"].partition("/")[0], url=url, lang=row["lang"], guilty=guilty, hard=bool(row["hard_negative"]), html=row["html"],
        page=read_page(url, row["html"]),
    )  # fmt: skip


def _rank(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def table_of(figures: PoisonedFigures) -> list[str]:
    """The figures as lines for a terminal."""
    lines = [f"{figures.guilty} guilty and {figures.benign} benign pages (half of these hard negatives), in per cent; before any of it:"]
    for side in ("guilty", "benign"):
        first = next((one for one in figures.poisons if one.side == side), None)
        if first is not None:
            lines.append(f"  {side:<24}{_cells(first.before, first.pages)}")
    lines.append(f"  {'class':<24}{'mirror':>8}{'unsure':>8}{'clear':>8}{'unasked':>9}  {'what is done'}")
    for title, side in (("evasions of guilty pages: clear is wrong", "guilty"), ("plants in innocent pages: mirror is wrong", "benign")):
        lines.append(title)
        lines.extend(f"  {one.name:<24}{_cells(one.after, one.pages)}  {one.says}" for one in figures.poisons if one.side == side)
    lines.append("cloaked hosts, the last column those said to show different things")
    lines.extend(
        f"  {one.name:<24}{_cells(one.after, one.pages)}{100 * one.after.told / max(one.pages, 1):>7.1f}  {one.says}"
        for one in figures.cloaks
    )
    return lines


def _cells(bands: Bands, pages: int) -> str:
    shares = (100 * number / max(pages, 1) for number in (bands.mirror, bands.unsure, bands.clear))
    return "".join(f"{share:>8.1f}" for share in shares) + f"{100 * bands.unasked / max(pages, 1):>9.1f}"
