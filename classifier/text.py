"""The words of a page as hashed features, found without a loop over words, and what a fitted text model makes of them. numpy only.

How it is wired in: `features = text_features(page)` once a page; training hands many of them to `classifier.training.text_fitting.fit_text`, which gives
`TextWeights`; scoring calls `text_parts(features, weights)`, which gives what every feature adds, and `text_odds`, which is their sum with the
intercept. Both are in units of the spread of the channel's own training scores, so that another channel of the same unit is joined to it by
`one + SHARE * text_odds`, and the parts times the same factor are the reasons. `named(features, numbers)` says which words they are and where they stand.

How it is made: the texts are laid end to end, their code points looked up in a table that folds case, accents and Cyrillic or Greek letters to Latin
ones (so that «бонус», «bónusz» and «bonus» are one word), and the hash of any run of letters is a difference of two prefix sums of a polynomial.
A feature's upper four bits are its kind. The vocabulary is exact: words that a model has not learnt are no feature of it, and share no bucket with one.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from classifier.page import Page, host_of

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KINDS = ("words", "title", "class or id", "link address", "image", "script or frame", "form", "stem", "phrase", "title phrase")
"""Of a feature. The first seven are also the segments of the text that is read, in order."""

STEMS, PHRASES, TITLE_PHRASES = 7, 8, 9

LONGEST = (20_000, 1_000, 16_000, 12_000, 8_000, 4_000, 2_000)
"""Characters read of each segment."""

MOST_LINKS, MOST_OTHER = 400, 200
"""Addresses of links, and of images, scripts and frames, that are looked at."""

MADE_OF = 2
"""The first kind that a visitor does not read."""

SECTIONS = {"read": 0.7, "made": 1.0}
"""Lengths that the two sections of a page are brought to: what a visitor reads, what the page is made of."""

SECTION_OF = np.array([0, 0, 1, 1, 1, 1, 1, 0, 0, 0], dtype=np.intp)
"""The section of each kind."""

STEM = 5
"""Letters of a longer word that make its stem: endings change, the stem stays."""

LONGEST_WORD = 30
SHIFT = np.uint64(60)
LETTER, DIGIT, ALONE = 1, 2, 3
"""What a code point is to a word: part of it, a digit (all numbers are one word), or a word by itself (scripts that do not part words)."""

LAST = 0x1D800
"""Code points under this are told apart; those above stand in no word."""

EACH_BY_ITSELF = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))  # fmt: skip
"""Thai and Lao, Burmese, Khmer, Japanese syllables, Chinese characters."""

READ_SINGLY = ((0x0000, 0x2E80), (0xA640, 0xA7FF), (0xFB00, 0xFFF0), (0x1D400, 0x1D800))
"""Where letters are looked up one by one; the rest is letters of scripts without case."""

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщыэюяіїєғқңөұүһґў"
CYRILLIC_IN_LATIN = "abvgdeejziiklmnoprstufxccssyeuaiiegknouuhgu"
GREEK = "αβγδεζηθικλμνοπρστυφχω"
GREEK_IN_LATIN = "abgdezitiklmnoprstufxo"
IN_LATIN = str.maketrans(CYRILLIC + GREEK + "ıłđøæœ", CYRILLIC_IN_LATIN + GREEK_IN_LATIN + "ildoao")
"""Letters to the Latin ones that the same word is written with elsewhere, one for one."""


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """`hashes` (features,): rising, without repeats; `values` (features,): 1 + ln(count); `source`: the characters read.

    `places`: of every word, stem and phrase in order of reading its hash, first and last character (hash, begin, end; begin and end in `source`).
    """

    hashes: Hashes
    values: npt.NDArray[np.float32]
    source: str = field(repr=False)
    places: tuple[Hashes, Places, Places] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextWeights:
    """A fitted text model: `vocabulary` (features,) rising; `rarity` and `weights` of the same length, rounded as they are stored; `intercept`."""

    vocabulary: Hashes
    rarity: npt.NDArray[np.float16]
    weights: npt.NDArray[np.float16]
    intercept: float


class Named(NamedTuple):
    """A feature by its kind (of `KINDS`) and its words as the page has them; `begin` and `end` are the first place in `TextFeatures.source`."""

    kind: str
    words: str
    begin: int
    end: int


def text_features(page: Page) -> TextFeatures:
    """All text features of a page; bounded work, the same on every machine. A page without a word has none."""
    parts = [part[:most] for part, most in zip(_segments(page), LONGEST, strict=True)]
    source = "\n".join(parts)
    ends_of_segments = np.cumsum([len(part) + 1 for part in parts])
    points = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    places = _places(points, ends_of_segments)
    ordered = np.sort(places[0])
    firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ordered) else np.zeros(0, dtype=np.intp)
    counts = np.diff(np.append(firsts, len(ordered)))
    return TextFeatures(ordered[firsts], (1.0 + np.log(counts)).astype(np.float32), source, places)


def text_parts(features: TextFeatures, weights: TextWeights) -> Floats:
    """What every feature of a page adds, shape (features,), 0 for what the model does not know; with the intercept they make `text_odds`."""
    values, known, found = weighed(features, weights.vocabulary, weights.rarity)
    parts = np.zeros(len(features.hashes))
    parts[known] = values * weights.weights[found]
    return parts


def text_odds(parts: Floats, weights: TextWeights) -> float:
    """The channel's opinion of a page, in units of the spread of its own training scores; over 0 speaks for gambling."""
    return float(parts.sum()) + weights.intercept


def weighed(features: TextFeatures, vocabulary: Hashes, rarity: npt.NDArray[np.floating]) -> tuple[Floats, Places, Places]:
    """The known features of a page: values times rarity with each section brought to its length; their places in the page, and in the vocabulary."""
    if not len(vocabulary) or not len(features.hashes):
        return np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    found = np.minimum(np.searchsorted(vocabulary, features.hashes), len(vocabulary) - 1)
    known = np.flatnonzero(vocabulary[found] == features.hashes)
    found = found[known]
    values = features.values[known].astype(np.float64) * rarity[found]
    sections = SECTION_OF[(features.hashes[known] >> SHIFT).astype(np.intp)]
    squares = np.bincount(sections, weights=values * values, minlength=len(SECTIONS))
    scale = np.array(list(SECTIONS.values())) / np.sqrt(np.where(squares > 0, squares, 1.0))
    return np.asarray(values * scale[sections]), known, found


def named(features: TextFeatures, numbers: Iterable[int]) -> list[Named]:
    """The features of these numbers (indexes into `hashes`) in words, each where it first stands."""
    hashes, begins, ends = features.places
    told = []
    for number in numbers:
        first = int(np.argmax(hashes == features.hashes[number]))
        begin, end = int(begins[first]), int(ends[first])
        kind = KINDS[int(features.hashes[number] >> SHIFT)]
        words = features.source[begin:end]
        told.append(Named(kind, f"{words[:STEM]}…" if kind == "stem" else words, begin, end))
    return told


def tokens_of(features: TextFeatures) -> tuple[Hashes, Places, Places]:
    """Of every word of the shown text but numbers what tells its language: the stem of longer words, shorter ones as they are. Hash, begin, end."""
    hashes, begins, ends = features.places
    kinds = hashes >> SHIFT
    short = (kinds == 0) & (ends - begins <= STEM) & (hashes != _kinded(np.array([NUMBER]), np.array([0]))[0])
    kept = short | (kinds == np.uint64(STEMS))
    return hashes[kept], begins[kept], ends[kept]


def letters_in(features: TextFeatures) -> npt.NDArray[np.uint32]:
    """The code points of the letters of the shown text, in order; those over `LAST` as `LAST`."""
    shown = features.source[: max(features.source.find("\n"), 0)]
    points = np.minimum(np.frombuffer(shown.encode("utf-32-le", "surrogatepass"), dtype=np.uint32), np.uint32(LAST))
    sort = _tables()[0].take(points)
    return np.asarray(points[(sort == LETTER) | (sort == ALONE)])


def _segments(page: Page) -> Sequence[str]:
    """The texts that are read, one for each of the first kinds. A page's own host is no word of its addresses: names have a model of their own."""
    description = next((content for name, content in page.meta if name == "description"), "")
    images = " ".join((*page.alts[:MOST_OTHER], *page.images[:MOST_OTHER]))
    frames = " ".join((*page.scripts[:MOST_OTHER], *page.frames[:MOST_OTHER]))
    forms = " ".join(text for form in page.forms for text in (form.action, *form.fields))
    addresses = (" ".join(link.href for link in page.links[:MOST_LINKS]), images, frames, forms)
    own = host_of(page.url)
    if own:
        addresses = tuple(text.replace(f"//{own}", "") for text in addresses)  # type: ignore[assignment]
    return (page.shown, f"{page.title} {description}", " ".join(page.marks), *addresses)


def _places(points: npt.NDArray[np.uint32], ends_of_segments: Places) -> tuple[Hashes, Places, Places]:
    """Hash, begin and end of every word, stem and phrase. `points`: code points of all segments, each with one that parts it from the next."""
    classes, codes = _tables()
    sort = classes.take(points, mode="clip")
    begins, ends = _words(sort)
    segments = np.searchsorted(ends_of_segments, begins, side="right")
    kept = _worth_keeping(sort[begins], ends - begins, segments)
    begins, ends, segments = begins[kept], ends[kept], segments[kept]
    up, down = _powers()
    sums = np.zeros(len(points) + 1, dtype=np.uint64)
    np.cumsum(codes.take(points, mode="clip") * up[: len(points)], out=sums[1:])
    words = np.where(sort[begins] == DIGIT, NUMBER, (sums[ends] - sums[begins]) * down[begins])
    long = np.flatnonzero((segments == 0) & (ends - begins > STEM))
    stem_begins = begins[long]
    stems = (sums[stem_begins + STEM] - sums[stem_begins]) * down[stem_begins]
    pairs = np.flatnonzero((segments[:-1] == segments[1:]) & (segments[1:] < MADE_OF))
    phrases = words[pairs] * FIRST_OF_TWO + words[pairs + 1]
    return (
        np.concatenate((_kinded(words, segments), _kinded(stems, np.full(len(stems), STEMS)), _kinded(phrases, segments[pairs] + PHRASES))),
        np.concatenate((begins, stem_begins, begins[pairs])),
        np.concatenate((ends, ends[long], ends[pairs + 1])),
    )


def _words(sort: npt.NDArray[np.uint8]) -> tuple[Places, Places]:
    """Where the runs of one class begin and end; characters that are words by themselves part from their like."""
    changes = np.flatnonzero((sort[1:] != sort[:-1]) | (sort[1:] == ALONE)) + 1
    begins, ends = np.concatenate(([0], changes)), np.concatenate((changes, [len(sort)]))
    told = sort[begins] != 0
    return begins[told], ends[told]


def _worth_keeping(sort: npt.NDArray[np.uint8], lengths: Places, segments: Places) -> npt.NDArray[np.bool_]:
    """Words of two letters and more, of addresses and class names of three and more; numbers only in what a visitor reads."""
    least = np.where(segments < MADE_OF, 2, 3)
    letters = (sort == LETTER) & (lengths >= least) & (lengths <= LONGEST_WORD)
    return np.asarray(letters | (sort == ALONE) | ((sort == DIGIT) & (segments < MADE_OF)))


NUMBER = np.uint64(0x9E3779B97F4A7C15)
FIRST_OF_TWO = np.uint64(0xD6E8FEB86659FD93)
BASE = 0x5851F42D4C957F2D
"""The hash of every number; what the first word of a phrase is multiplied by; the base of the polynomial (odd, so that it can be divided by)."""


def _kinded(hashes: Hashes, kinds: Places) -> Hashes:
    """The hashes well mixed, with the kind in the upper four bits."""
    upper = kinds.astype(np.uint64) << SHIFT
    return (_mixed(hashes + upper) >> np.uint64(4)) | upper


def _mixed(numbers: Hashes) -> Hashes:
    """SplitMix64's last steps (Steele, Lea, Flood 2014): every bit depends on all."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """The powers of the base and of its inverse modulo 2^64, for every place in the longest source."""
    length = sum(LONGEST) + len(LONGEST) + 1
    up, down = (np.full(length, base, dtype=np.uint64) for base in (BASE, pow(BASE, -1, 1 << 64)))
    up[0] = down[0] = 1
    return np.cumprod(up), np.cumprod(down)


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], Hashes]:
    """Of every code point up to `LAST` its class and the number it adds to a hash. Both (LAST + 1,); the last stands for all above."""
    classes = np.zeros(LAST + 1, dtype=np.uint8)
    folded = np.arange(LAST + 1, dtype=np.uint64)
    classes[0x2E80:0xD800] = LETTER
    for first, last in READ_SINGLY:
        for point in range(first, last):
            category = unicodedata.category(chr(point))
            if category[0] in "LM":
                classes[point], folded[point] = LETTER, ord(_folded(chr(point)))
            elif category[0] == "N":
                classes[point] = DIGIT
    for first, last in EACH_BY_ITSELF:
        classes[first : last + 1][classes[first : last + 1] == LETTER] = ALONE
    return classes, np.where(classes > 0, _mixed(folded + NUMBER), np.uint64(0))


def _folded(letter: str) -> str:
    """A letter without case and accents, and as a Latin one where there is one."""
    plain = unicodedata.normalize("NFKD", letter.casefold())[:1].casefold()[:1]
    return plain.translate(IN_LATIN)
