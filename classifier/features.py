"""A page as some hundred numbers that mean the same in every language: the same function for training and for scoring, numpy only.

What is counted: concepts of the lexicon by the place where they are named (text, title, links, pictures, addresses, class names, form fields), how near one
another they stand, what the page is made of, and what detectors found. Every number has a name (`Extractor.columns`) that `classifier.wording` puts in words.
The words themselves are the other channel (`classifier.text`). Popularity, guard lists and licences are rules, and are not here.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log1p
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from casefile.records import EvidenceKind, Strength
from classifier.concepts import Hits, Lexicon
from classifier.detectors.finding import Finding
from classifier.page import Page, host_of
from classifier.text import TextFeatures, text_features

PLACES = ("text", "title", "links", "pictures", "addresses", "class names", "form fields")
"""Where a concept is named: the shown text; title and description; words of links; descriptions of pictures; addresses; class and id names; fields."""

LONGEST = (16_000, 1_000, 6_000, 3_000, 6_000, 6_000, 2_000)
"""Characters looked at of each place."""

MOST_LINKS, MOST_OTHERS = 300, 100
"""Addresses of links, and of pictures, scripts and frames, that are looked at."""

MOST_NAMED = 2.5
"""Beyond the text, a concept that is named eleven times counts as one that is named a hundred times."""

LETTERS_A_WORD = 6.5
LEAST_WORDS = 30
"""Letters of a word on average; words that a short text counts for at least where something is counted per thousand."""

STEP = 46
"""Words; a window is two steps, about 600 characters."""

THIN = 200
SHORT = 1_500
"""Characters of shown text of a page that says next to nothing, or little."""

FAR = re.compile(r"facebook|google|youtube|twitter|instagram|telegram|t\.me|vk\.com|linkedin")
"""Where everybody links to."""

WORD = re.compile(r"[^\W\d_]{2,30}|\d+")
HOSTS = re.compile(r"https?://([^/?#\s:]+)", re.IGNORECASE)
PARTNER_LINK = re.compile(
    r"[/?&](?:(?<=/)(?:go|out|click|ref|visit|play|link|redirect|promo|partner|aff)(?:[/?.]|$)"
    r"|(?<!/)(?:btag|aff|clickid|partner|ref|tag|promo|subid|pid)=)",
    re.IGNORECASE,
)
APP_FILE = re.compile(r"\.apk(?:[?#]|$)", re.IGNORECASE)

BESIDE = (
    ("casino", "bonus"), ("casino", "deposit"), ("casino", "sign up"), ("casino", "play now"), ("casino", "payments"), ("casino", "app"),
    ("casino", "slots"), ("casino", "slots word"), ("casino", "code"), ("casino", "docs"), ("casino", "specification"), ("casino", "for fun"),
    ("casino", "game rules"), ("betting", "specification"), ("betting", "docs"), ("cards", "game rules"), ("slots", "for fun"), ("casino", "help"),
    ("casino", "law"),
    ("casino", "betting"), ("casino", "real money"), ("betting", "bonus"), ("betting", "deposit"), ("betting", "code"), ("betting", "news"),
    ("betting", "odds"), ("betting", "app"), ("betting", "sport"), ("betting", "help"), ("betting", "finance"), ("deposit", "bonus"),
    ("deposit", "withdrawal"), ("deposit", "payments"), ("free spins", "deposit"), ("slots", "bonus"), ("slots", "play now"), ("bonus", "sign up"),
    ("bonus", "promo code"), ("winnings", "withdrawal"), ("brand", "casino"), ("brand", "bonus"), ("brand", "sign up"), ("brand", "betting"),
    ("brand", "app"), ("brand", "mirror"), ("brand", "mirror word"), ("mirror", "casino"), ("bet word", "bonus"), ("odds word", "bet word"),
)  # fmt: skip
"""Concepts that mean more in one window than apart."""

AGGREGATES = (
    *(f"strong concepts, {place}" for place in PLACES), *(f"soft concepts, {place}" for place in PLACES),
    "strong concepts named twice", "strong concepts named five times", "strong words", "strong words per thousand", "soft words per thousand",
    "strong words per link", "soft words of texts that name two strong concepts", "brands", "disguised words",
    "words of software and play, share", "words of software and play against strong words",
)  # fmt: skip
MAKING = ("code", "docs", "specification", "for fun", "game rules")
"""Concepts of pages about the making of software, and of games without money."""

WINDOWS = (
    "strong concepts in one window", "concepts in one window", "windows with a strong concept", "windows with two strong concepts",
    "windows with two strong and one soft", "windows with two strong and two soft, number", "windows with one strong and two soft, number",
    "strong concepts at the top",
)  # fmt: skip
SHAPE = (
    "forms", "password fields", "telephone fields", "frames", "pictures that are links", "pictures that are links, share", "outward links",
    "links marked nofollow or sponsored", "links marked nofollow or sponsored, share", "links", "characters of text", "little text",
    "next to no text", "links to the same other site", "other sites linked to", "links to the same other site, share", "partner links",
    "links to nowhere, share", "hidden characters", "hidden links", "alike elements", "scripts", "characters of scripts", "script shell",
    "app files", "nothing but text",
)  # fmt: skip
EVIDENCE = tuple(f"{kind.value}, {strength.value}" for kind in EvidenceKind for strength in Strength)


Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """`dense`: float32 (columns,) in the order of `Extractor.columns`; `text`: the words; `hits`: what was named where."""

    dense: npt.NDArray[np.float32]
    text: TextFeatures
    hits: Hits = field(repr=False)


class Extractor:
    """Reads pages with a lexicon. `columns`: the names of what it counts; the same lexicon gives the same columns in the same order."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        names = lexicon.names
        self.beside = tuple(pair for pair in BESIDE if pair[0] in names and pair[1] in names)
        self.columns: tuple[str, ...] = (
            *(f"times: {name}" for name, kind in zip(names, lexicon.kinds, strict=True) if kind != "weak"),
            *(f"{place}: {name}" for place in PLACES[1:] for name in names),
            *AGGREGATES,
            *WINDOWS,
            *(f"beside: {one} + {other}" for one, other in self.beside),
            *SHAPE,
            *(f"evidence: {name}" for name in EVIDENCE),
        )
        self._counted = np.array([kind != "weak" for kind in lexicon.kinds])
        self._strong = np.flatnonzero([kind == "strong" for kind in lexicon.kinds])
        self._soft = np.flatnonzero([kind == "soft" for kind in lexicon.kinds])
        self._lures = np.flatnonzero([kind == "lure" for kind in lexicon.kinds])
        self._making = np.array([name in MAKING for name in names])
        self._pairs = np.array([[names.index(one), names.index(other)] for one, other in self.beside], dtype=np.intp).reshape(-1, 2)

    def read(self, page: Page, found: Sequence[Finding] = ()) -> Features:
        """All numbers of a page and of what detectors `found` on it; bounded work."""
        hits = self.lexicon.search(places_of(page))
        width = len(self.lexicon.names)
        where = np.searchsorted(hits.ends, hits.words, side="right")
        counts = np.bincount(where * width + hits.concepts, minlength=width * len(PLACES)).reshape(len(PLACES), width)
        words = max(len(page.shown[: LONGEST[0]]) / LETTERS_A_WORD, LEAST_WORDS)
        elsewhere = np.minimum(np.log1p(counts[1:]), MOST_NAMED).ravel()
        inside = where == 0
        strong, soft = self._kinds(counts)
        parts = (
            np.log1p(counts[0, self._counted]),
            elsewhere,
            self._aggregates(counts[:, strong], counts[:, soft], int(counts[0, self._making].sum()), words, hits, len(page.links)),
            self._windows(hits.words[inside], hits.concepts[inside], hits.ends[0], strong, soft),
            np.array(list(shape_of(page))),
            evidence_of(found),
        )
        return Features(np.concatenate(parts).astype(np.float32), text_features(page), hits)

    def names_gambling(self, text: str) -> bool:
        """Whether a text names what gambling alone names."""
        return bool(np.isin(self.lexicon.search([text[: LONGEST[0]]]).concepts, self._strong).any())

    def _kinds(self, counts: Counts) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The concepts that are strong, and soft, on this page: lures go with the strong ones where it names one of these, else with the soft ones."""
        if counts[:, self._strong].any():
            return np.concatenate((self._strong, self._lures)), self._soft
        return self._strong, np.concatenate((self._soft, self._lures))

    def _aggregates(self, strong: Counts, soft: Counts, made: int, words: float, hits: Hits, links: int) -> npt.NDArray[np.float64]:
        """In the order of `AGGREGATES`. `strong`, `soft`: (places, concepts); `made`: words about the making of software, and of play without money."""
        named = int(strong[0].sum())
        told = (
            (strong[0] >= 2).sum(),
            (strong[0] >= 5).sum(),
            log1p(named),
            log1p(1000 * named / words),
            log1p(1000 * int(soft[0].sum()) / words),
            int(strong[2].sum()) / max(links, 1),
            log1p(int(soft[0].sum())) if (strong[0] > 0).sum() >= 2 else 0.0,
            log1p(len(hits.brands)),
            log1p(len(hits.masked)),
            made / max(made + named, LEAST_WORDS / 2),
            log1p(made) - log1p(named),
        )
        return np.concatenate(((strong > 0).sum(axis=1), (soft > 0).sum(axis=1), told))

    def _windows(
        self, words: Counts, concepts: Counts, length: int, are_strong: npt.NDArray[np.intp], are_soft: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.float64]:
        """In the order of `WINDOWS`, then of `beside`."""
        if not len(words):
            return np.zeros(len(WINDOWS) + len(self.beside))
        steps = np.zeros((length // STEP + 2, len(self.lexicon.names)), dtype=np.bool_)
        steps[words // STEP, concepts] = True
        windows = steps[:-1] | steps[1:]
        strong, soft = windows[:, are_strong].sum(axis=1), windows[:, are_soft].sum(axis=1)
        told = (
            strong.max(),
            (strong + soft).max(),
            (strong >= 1).mean(),
            (strong >= 2).mean(),
            ((strong >= 2) & (soft >= 1)).mean(),
            log1p(((strong >= 2) & (soft >= 2)).sum()),
            log1p(((strong >= 1) & (soft >= 2)).sum()),
            windows[:3, are_strong].any(axis=0).sum(),
        )
        both = (windows[:, self._pairs[:, 0]] & windows[:, self._pairs[:, 1]]).sum(axis=0)
        return np.concatenate((told, np.log1p(both)))


def places_of(page: Page) -> tuple[str, ...]:
    """The texts of a page in the order of `PLACES`. The page's own host is no word of its addresses: a name is judged by the name model."""
    own = host_of(page.url)
    addresses = " ".join(
        (
            *(link.href for link in page.links[:MOST_LINKS]),
            *page.images[:MOST_OTHERS],
            *page.frames[:MOST_OTHERS],
            *page.scripts[:MOST_OTHERS],
        )
    )
    if own:
        addresses = addresses.replace(f"//{own}", " ")
    addresses = addresses[: LONGEST[4]]
    texts = (
        page.shown,
        f"{page.title} {description_of(page)}",
        " | ".join(link.text for link in page.links[:MOST_LINKS]),
        " | ".join(page.alts[:MOST_OTHERS]),
        unquote(addresses) if "%" in addresses else addresses,
        " ".join(dict.fromkeys(page.marks)),
        " | ".join(text for form in page.forms for text in form.fields),
    )
    return tuple(text[:most] for text, most in zip(texts, LONGEST, strict=True))


def shape_of(page: Page) -> Iterator[float]:
    """What the page is made of, in the order of `SHAPE`."""
    links = len(page.links)
    share = 1.0 / max(links, 1)
    hrefs = [link.href for link in page.links]
    fields = [text for form in page.forms for text in form.fields]
    other_sites = _other_sites(hrefs, host_of(page.url))
    marked = sum("nofollow" in link.rel or "sponsored" in link.rel for link in page.links if link.rel)
    same = max(other_sites.values(), default=0)
    here = page.url.partition("#")[0]
    nowhere = sum(href == here or href.endswith("#") or href.startswith("javascript:") for href in hrefs)
    length = len(page.shown)
    yield log1p(len(page.forms))
    yield log1p(sum("password" in text for text in fields))
    yield float(any(text.startswith("tel") for text in fields))
    yield log1p(len(page.frames))
    yield log1p(page.tiles)
    yield min(page.tiles * share, 2.0)
    yield log1p(sum(other_sites.values()))
    yield log1p(marked)
    yield marked * share
    yield log1p(links)
    yield log1p(length)
    yield float(length < SHORT)
    yield float(length < THIN)
    yield log1p(same)
    yield log1p(len(other_sites))
    yield same * share
    yield log1p(sum(1 for href in hrefs[:MOST_LINKS] if PARTNER_LINK.search(href)))
    yield nowhere * share
    yield log1p(max(0, len(page.text) - length))
    yield log1p(len(page.hidden_links))
    yield log1p(max(Counter(page.marks).values(), default=0))
    yield log1p(len(page.scripts))
    yield log1p(len(page.inline))
    yield float(length < SHORT and bool(page.scripts) and not links)
    yield log1p(sum(1 for href in hrefs[:MOST_LINKS] if APP_FILE.search(href)) if ".apk" in " ".join(hrefs).lower() else 0)
    yield float(not links and not page.forms and not page.images)


def evidence_of(found: Sequence[Finding]) -> npt.NDArray[np.float64]:
    """How many facts of each kind and strength, in the order of `EVIDENCE`."""
    counts = Counter(f"{one.kind.value}, {one.strength.value}" for one in found)
    return np.log1p([counts[name] for name in EVIDENCE])


def description_of(page: Page) -> str:
    """The page's description for search engines, empty where it gives none."""
    return next((content for name, content in page.meta if name == "description"), "")


def _other_sites(hrefs: Sequence[str], own: str) -> Counter[str]:
    """Hosts of others that links lead to, without those everybody links to."""
    counts = Counter(HOSTS.findall("\n".join(hrefs)))
    return Counter({host: number for host, number in counts.items() if host != own and not FAR.search(host)})


def words_of(text: str, most: int) -> list[str]:
    """The first words of a text, casefolded, every number as 0."""
    found = WORD.finditer(text.casefold())
    return ["0" if word[0].isdigit() else word for word, _ in zip((match.group() for match in found), range(most), strict=False)]
