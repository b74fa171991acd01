"""Whether a page is unlike everything the model was taught with: then its score is a guess, and it is neither clear nor a mirror. numpy only.

How it is wired in: training makes `familiar_of(features, groups)`, which is stored with the model (`familiar_arrays`, `familiar_from`); scoring asks
`novelty_of(features, extractor, familiar)` and takes what it answers as doubts: reasons in words, none for a page of a known kind. The score itself
is not changed, so that a page stays ranked.

Four things are asked. Letters of a script, and words of a language, that no training page had, unless the page names enough that gambling alone names:
then the lexicon has understood it. Numbers far beyond those of every training page. One word again and again.
The bars were measured out of fold by owner on the corpus, and with every language left out in turn (tests/classifier/test_novelty.py says the rule).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.detectors.finding import clean
from classifier.features import Extractor, Features
from classifier.quoting import concepts_of
from classifier.text import LAST, letters_in, tokens_of
from classifier.wording import column_in_words

Words = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

LEAST_GROUPS = 2
"""Groups of owners that must have a word or a script for it to be known: what one owner alone has tells nothing of other sites."""

LEAST_WORDS, UNKNOWN_WORDS = 40, 0.58
"""Words of a text whose language is asked about, and the share of them unknown from which it is a strange one. On the corpus, out of fold by owner: of 2,596
pages in languages that three groups of owners or more write, 1.1 % are new by all measures, none of them gambling, 1 of 43 Kazakh ones; with a language
left out, of its pages that name fewer than `UNDERSTOOD` concepts: Turkish, Hungarian, Arabic, Persian, Japanese all, Chinese 79 %, Kazakh 76 %, Polish 70 %;
German 11 %, Spanish, French and Portuguese none, since they share half of their words and more with others.
"""

LEAST_LETTERS, STRANGE_LETTERS = 20, 0.3
"""Letters of a text whose script is asked about, and the share of a strange script."""

UNDERSTOOD = 2
"""Concepts that gambling alone names, in one place of a page, from which its language is understood well enough."""

FAR_TIMES, FAR_MORE, MOST_FAR = 1.25, 0.25, 10
"""A number is far beyond those of training over `FAR_TIMES` the highest there plus `FAR_MORE`; so many of them make a page strange. Out of fold 8 is the most."""

LEAST_REPEATED, ONE_WORD = 60, 0.35
"""Words of a text that is asked for one word again and again, and the share of that word. On the corpus 0.25 is the highest."""

SCRIPTS: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = (
    ("another script", ()),
    ("Latin", ((0x0000, 0x036F), (0x1D00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xFB00, 0xFB0F), (0xFF00, 0xFF5F), (0x1D400, 0x1D7FF))),
    ("Greek", ((0x0370, 0x03FF), (0x1F00, 0x1FFF))),
    ("Cyrillic", ((0x0400, 0x052F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F))),
    ("Armenian", ((0x0530, 0x058F),)),
    ("Hebrew", ((0x0590, 0x05FF),)),
    ("Arabic", ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))),
    ("Devanagari", ((0x0900, 0x097F),)), ("Bengali", ((0x0980, 0x09FF),)), ("Gurmukhi", ((0x0A00, 0x0A7F),)), ("Gujarati", ((0x0A80, 0x0AFF),)),
    ("Oriya", ((0x0B00, 0x0B7F),)), ("Tamil", ((0x0B80, 0x0BFF),)), ("Telugu", ((0x0C00, 0x0C7F),)), ("Kannada", ((0x0C80, 0x0CFF),)),
    ("Malayalam", ((0x0D00, 0x0D7F),)), ("Sinhala", ((0x0D80, 0x0DFF),)), ("Thai", ((0x0E00, 0x0E7F),)), ("Lao", ((0x0E80, 0x0EFF),)),
    ("Tibetan", ((0x0F00, 0x0FFF),)), ("Burmese", ((0x1000, 0x109F),)), ("Georgian", ((0x10A0, 0x10FF),)), ("Ethiopic", ((0x1200, 0x139F),)),
    ("Khmer", ((0x1780, 0x17FF),)), ("Mongolian", ((0x1800, 0x18AF),)),
    ("Korean", ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))),
    ("Japanese", ((0x3040, 0x30FF),)),
    ("Chinese", ((0x2E80, 0x2FFF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))),
)  # fmt: skip
"""Scripts by the code points of their letters (Unicode's blocks)."""


@dataclass(frozen=True, slots=True)
class Familiar:
    """What training pages were like. `words` (words,), rising: the upper halves of hashes of known words; `scripts` (scripts,): which are known;
    `highest` (columns,): of every number the highest.
    """

    words: Words = field(repr=False)
    scripts: Flags = field(repr=False)
    highest: npt.NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangeness:
    """How strange a page is. `words`, `letters`: how many it has; `unknown`, `strange`: shares of them that training had not, `script`: the most frequent
    strange one; `far`: columns far beyond training; `repeated`: the share of the most frequent word, `word`: that word; `understood`: its language is.
    """

    words: int
    unknown: float
    letters: int
    strange: float
    script: str
    far: tuple[str, ...]
    repeated: float
    word: str
    understood: bool


def familiar_of(features: Sequence[Features], groups: Sequence[str]) -> Familiar:
    """What pages of these groups of owners are like; both of length (pages,), of one page at least."""
    words: dict[str, list[Words]] = defaultdict(list)
    scripts: dict[str, Flags] = defaultdict(lambda: np.zeros(len(SCRIPTS), dtype=np.bool_))
    for one, group in zip(features, groups, strict=True):
        words[group].append(np.unique(_short(tokens_of(one.text)[0])))
        letters = _letters_by_script(one)
        scripts[group] |= letters >= max(LEAST_LETTERS, STRANGE_LETTERS * letters.sum())
    least = min(LEAST_GROUPS, len(words))
    known, counts = np.unique(np.concatenate([np.unique(np.concatenate(seen)) for seen in words.values()]), return_counts=True)
    highest = np.max(np.array([one.dense for one in features], dtype=np.float32), axis=0)
    return Familiar(known[counts >= least], np.sum(list(scripts.values()), axis=0) >= least, np.round(highest, 3))


def novelty_of(features: Features, extractor: Extractor, familiar: Familiar) -> tuple[str, ...]:
    """Why a page is unlike all that the model was taught with, in words; empty where it is of a known kind."""
    seen = strangeness_of(features, extractor, familiar)
    told = []
    if not seen.understood and seen.letters >= LEAST_LETTERS and seen.strange >= STRANGE_LETTERS:
        told.append(f"{seen.strange:.0%} of its letters are of a script that no two owners of training pages used ({seen.script})")
    if not seen.understood and seen.words >= LEAST_WORDS and seen.unknown >= UNKNOWN_WORDS:
        told.append(f"{seen.unknown:.0%} of its words are unknown to the model")
    if len(seen.far) >= MOST_FAR:
        named = ", ".join(dict.fromkeys(map(column_in_words, seen.far[:3])))
        told.append(f"{len(seen.far)} things are counted far more often on it than on any training page, among them {named}")
    if seen.words >= LEAST_REPEATED and seen.repeated >= ONE_WORD:
        told.append(f"one word is {seen.repeated:.0%} of its text («{clean(seen.word)}»)")
    return tuple(told)


def strangeness_of(features: Features, extractor: Extractor, familiar: Familiar) -> Strangeness:
    """What `novelty_of` goes by."""
    tokens, begins, ends = tokens_of(features.text)
    rising = np.sort(_short(tokens))
    known = familiar.words[np.minimum(np.searchsorted(familiar.words, rising), max(len(familiar.words) - 1, 0))] == rising
    most, times = _most_frequent(rising)
    first = int(np.argmax(_short(tokens) == most)) if times else -1
    letters = _letters_by_script(features)
    strange = np.where(familiar.scripts, 0, letters)
    far = np.flatnonzero(features.dense > FAR_TIMES * familiar.highest + FAR_MORE)
    return Strangeness(
        words=len(tokens),
        unknown=1.0 - float(known.sum()) / len(tokens) if len(tokens) else 0.0,
        letters=int(letters.sum()),
        strange=float(strange.sum()) / max(int(letters.sum()), 1),
        script=SCRIPTS[int(np.argmax(strange))][0],
        far=tuple(extractor.columns[column] for column in far),
        repeated=times / max(len(tokens), 1),
        word=features.text.source[int(begins[first]) : int(ends[first])] if times else "",
        understood=_most_strong(features, extractor) >= UNDERSTOOD,
    )


def familiar_arrays(familiar: Familiar) -> dict[str, npt.NDArray[Any]]:
    """As arrays by name, as they are stored."""
    return {"known_words": familiar.words, "known_scripts": familiar.scripts, "highest": familiar.highest}


def familiar_from(arrays: Mapping[str, npt.NDArray[Any]]) -> Familiar:
    """From the arrays of a model; raises `KeyError` where one is missing, `ValueError` where it is not of this program."""
    if arrays["known_scripts"].shape != (len(SCRIPTS),):
        raise ValueError("known_scripts")
    return Familiar(arrays["known_words"], arrays["known_scripts"], arrays["highest"])


def _short(hashes: npt.NDArray[np.uint64]) -> Words:
    """The upper halves: enough to tell words apart, and half the room."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _most_frequent(rising: Words) -> tuple[int, int]:
    """The word that is most often among sorted ones, and how often it is."""
    if not len(rising):
        return 0, 0
    begins = np.flatnonzero(np.concatenate(([True], rising[1:] != rising[:-1])))
    counts = np.diff(np.append(begins, len(rising)))
    most = int(np.argmax(counts))
    return int(rising[begins[most]]), int(counts[most])


def _letters_by_script(features: Features) -> npt.NDArray[np.int64]:
    """How many letters of the shown text are of each script, shape (scripts,)."""
    blocks = np.bincount(letters_in(features.text) >> np.uint32(4), minlength=(LAST >> 4) + 1)
    return np.bincount(_scripts_of_blocks(), weights=blocks, minlength=len(SCRIPTS)).astype(np.int64)


def _most_strong(features: Features, extractor: Extractor) -> int:
    """The most different concepts that gambling alone names in one place: text, title or words of links."""
    hits = features.hits
    strong = concepts_of(extractor.lexicon.kinds, "strong")
    where = np.searchsorted(hits.ends[:3], hits.words, side="right")
    named = np.zeros((4, len(strong)), dtype=np.bool_)
    named[where, hits.concepts] = True
    return int(named[:3, strong].sum(axis=1).max())


@cache
def _scripts_of_blocks() -> npt.NDArray[np.intp]:
    """The number of the script of every sixteen code points."""
    of = np.zeros((LAST >> 4) + 1, dtype=np.intp)
    for number, (_, ranges) in enumerate(SCRIPTS):
        for first, last in ranges:
            of[first >> 4 : (last >> 4) + 1] = number
    return of
