"""What was counted on one page, asked for by subject, and the page's words around it.

Quotes are taken apart only for the reasons that are given, and only as much of a text as holds the words that are quoted.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, islice

import numpy as np
import numpy.typing as npt

from classifier.concepts import OF_WORDS, WORD
from classifier.detectors.finding import DIGITS, clean
from classifier.features import LONGEST, MOST_LINKS, STEP, Extractor, Features, description_of
from classifier.folding import UNSEEN, folded
from classifier.page import Page
from classifier.wording import Subject, subjects_of

Numbers = npt.NDArray[np.int64]

LONGEST_QUOTE = 120
BEFORE = 45
"""Characters of a quote, and of what stands before the term in it, at most."""

LONGEST_NUMBER = 40
"""Characters of a card number with its spaces: a quote neither begins nor ends inside of one."""

MOST_PLACES = 200
"""Places of a concept, and passages, that are looked at for what stands together."""

AT_FIRST = 3_000
"""Characters of a text that are parted into words at first: most terms stand early."""

MANY = 64
MANY_WORDS = re.compile(rf"(?:[^{OF_WORDS}]*+[{OF_WORDS}]++\+?+){{{MANY}}}")
"""Words that are passed over at once."""

READ, TITLE, LINKS = 0, 1, 2
"""Of `features.PLACES` those that are quoted: what a visitor reads."""


class Seen:
    """What was counted on one page."""

    def __init__(self, page: Page, extractor: Extractor, features: Features) -> None:
        self.page = page
        self.lexicon = extractor.lexicon
        self.subjects = subjects_of(extractor.columns)
        self.features = features
        self.hits = features.hits
        self.where = np.searchsorted(features.hits.ends, features.hits.words, side="right")
        self._words: dict[int, _Words] = {}

    def number(self, column: str) -> int:
        """The number that a logarithm in this column was taken of."""
        return round(float(np.expm1(self.features.dense[self.subjects.numbers[column]])))

    def value(self, column: str) -> int:
        """The number in this column."""
        return round(float(self.features.dense[self.subjects.numbers[column]]))

    def are(self, kind: str) -> npt.NDArray[np.bool_]:
        """Of every concept named whether it is `strong` or `soft` on this page, shape (hits,): lures are the one or the other (`classifier.terms.KINDS`)."""
        strong, lures, mine = (concepts_of(self.lexicon.kinds, one)[self.hits.concepts] for one in ("strong", "lure", kind))
        return np.asarray(mine | lures if (kind == "strong") == bool(strong.any()) else mine)

    def gambling(self, *, near: bool) -> list[str]:
        """The strong concepts that a visitor reads, in the order that they are named; `near`: those of the passage that names most of them."""
        mine = self.are("strong") & (self.where <= (READ if near else LINKS))
        if near and mine.any():
            steps = self.hits.words // STEP
            mine &= (steps >= (first := self._densest_step())) & (steps <= first + 1)
        in_order = np.argsort(self.hits.words[mine], kind="stable")
        return [self.lexicon.names[number] for number in dict.fromkeys(self.hits.concepts[mine][in_order].tolist())]

    def times(self, kind: str) -> int:
        """How often the shown text names concepts of this kind."""
        return int((self.are(kind) & (self.where == READ)).sum())

    def places(self, concept: str) -> tuple[int, list[int]]:
        """How often the text names a concept, and in which places it is named."""
        counts = np.bincount(self.where[self.hits.concepts == self.lexicon.number_of(concept)], minlength=1)
        return int(counts[READ]), np.flatnonzero(counts).tolist()

    def quote_of(self, subject: Subject) -> str:
        """The page's words around the first place of a subject, empty where a visitor reads none."""
        words = self.hits.words
        if subject.sort == "concept":
            return self._quoted(words[self.hits.concepts == self.lexicon.number_of(subject.name)])
        if subject.sort == "beside":
            return self._quoted(self._beside(subject.name))
        if subject.sort in ("strong", "soft"):
            return self._quoted(words[self.are(subject.sort)])
        return self._quoted(self._densest()) if subject.sort == "near" else ""

    def _beside(self, pair: str) -> Numbers:
        """The first word of the text that names one of a pair near the other."""
        one, _, other = pair.partition(" + ")
        inside = self.where == READ
        first, second = (
            self.hits.words[inside & (self.hits.concepts == self.lexicon.number_of(name))][:MOST_PLACES] for name in (one, other)
        )
        near = np.abs(first[:, None] // STEP - second[None, :] // STEP) <= 1
        return np.asarray(np.sort(np.minimum(first[:, None], second[None, :])[near])[:1])

    def _densest(self) -> Numbers:
        """The first strong word of the passage that names most different strong concepts."""
        words = self.hits.words[(self.where == READ) & self.are("strong")]
        return np.asarray(words[words // STEP >= self._densest_step()][:1])

    def _densest_step(self) -> int:
        """The first of the two steps that together name most different strong concepts."""
        mine = (self.where == READ) & self.are("strong")
        steps, concepts = self.hits.words[mine] // STEP, self.hits.concepts[mine]
        named = np.zeros((MOST_PLACES + 1, len(self.lexicon.names)), dtype=np.bool_)
        named[np.minimum(steps, MOST_PLACES), concepts] = True
        return int(np.argmax((named[:-1] | named[1:]).sum(axis=1)))

    def _quoted(self, words: Numbers) -> str:
        """The page around the first of these words that a visitor reads."""
        for place in (READ, TITLE, LINKS):
            begin = self.hits.ends[place - 1] if place else 0
            mine = words[(words >= begin) & (words < self.hits.ends[place])]
            if len(mine):
                return self._around(place, int(mine[0]) - begin)
        return ""

    def _around(self, place: int, number: int) -> str:
        """The text of a place around its word of this number, as it stands there; as it was read, where nobody can say which letters became which."""
        words = self._words.get(place) or self._parted(place, AT_FIRST)
        span = words.span(number)
        if span is None and not words.whole:
            words = self._parted(place, LONGEST[place])
            span = words.span(number)
        return quote_of(words.text, *words.in_text(*span)) if span else ""

    def _parted(self, place: int, most: int) -> "_Words":
        """The words of the text of a place, or of its beginning."""
        full = quoted_text(self.page, place)
        part = full[:most]
        read = folded(part)
        starts = [] if len(part) == len(read) else starts_in(part)
        is_told = len(part) == len(read) or starts[-1] == len(read)
        self._words[place] = _Words(part if is_told else read, read, whole=len(part) == len(full), starts=starts if is_told else [])
        return self._words[place]


@dataclass(slots=True)
class _Words:
    """The words of a text, parted as far as they were asked for. `text`: what is quoted; `read`: what the words are looked for in; `whole`: nothing follows the
    text, so that its last word is whole; `starts`: where in `read` every character of `text` begins, empty where each is one; `ends`: where so many times `MANY`
    words end.
    """

    text: str
    read: str
    whole: bool
    starts: list[int]
    ends: list[int] = field(default_factory=lambda: [0])

    def span(self, number: int) -> tuple[int, int] | None:
        """Begin and end of the word of this number, None where there is none: of a text that goes on, another must follow it."""
        passed, more = divmod(number, MANY)
        while len(self.ends) <= passed:
            if not (found := MANY_WORDS.match(self.read, self.ends[-1])):
                return None
            self.ends.append(found.end())
        near = list(islice(WORD.finditer(self.read, self.ends[passed]), more, more + 2))
        return near[0].span() if len(near) > (not self.whole) else None

    def in_text(self, begin: int, end: int) -> tuple[int, int]:
        """A place in `read` as one in `text`."""
        return (bisect_right(self.starts, begin) - 1, bisect_left(self.starts, end)) if self.starts else (begin, end)


def starts_in(text: str) -> list[int]:
    """Where every character of `text`, and its end, would stand were each folded by itself: composed letters aside, where they stand in the folded text."""
    lengths = {letter: len(folded(letter)) for letter in set(text)}
    return list(accumulate((lengths[letter] for letter in text), initial=0))


def quoted_text(page: Page, place: int) -> str:
    """The text of one of the places that are quoted, as `features.places_of` has it."""
    if place == READ:
        return page.shown[: LONGEST[READ]]
    if place == TITLE:
        return f"{page.title} {description_of(page)}"[: LONGEST[TITLE]]
    return " | ".join(link.text for link in page.links[:MOST_LINKS])[: LONGEST[LINKS]]


def quote_of(text: str, begin: int, end: int) -> str:
    """At most `LONGEST_QUOTE` characters of `text` around [begin:end]: one line, whole words before the term, card numbers masked."""
    low = max(0, begin - BEFORE)
    if low:
        space = text.find(" ", low, begin)
        low = space + 1 if space >= 0 else low
    high = min(len(text), max(low + LONGEST_QUOTE, end) + LONGEST_NUMBER)
    for found in DIGITS.finditer(text, max(0, low - LONGEST_NUMBER), min(len(text), high + LONGEST_NUMBER)):
        if found.start() < low < found.end():
            low = found.end() if found.end() <= begin else found.start()
        if found.start() < high < found.end():
            high = found.start()
    return clean(UNSEEN.sub("", text[low:high]))[:LONGEST_QUOTE].strip()


@lru_cache(maxsize=16)
def concepts_of(kinds: tuple[str, ...], kind: str) -> npt.NDArray[np.bool_]:
    """Which concepts are of a kind, shape (concepts,)."""
    return np.array([one == kind for one in kinds], dtype=np.bool_)
