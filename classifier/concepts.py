"""Which concepts of the lexicon a text names, where and how often, in any spelling: every distinct word is looked up once.

A text is folded (`classifier.folding`) and parted into words; a word is looked up as it stands, by its beginnings (stems) and, if it is in disguise, as
what it says without; phrases by their first word. Texts of a page are searched together, each a place of its own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from classifier.folding import MAY_BE_MASKED, SLOPPY_KAZAKH, folded, unaccented, unmasked
from classifier.terms import BRAND, Term

OF_WORDS = r"\w\u0300-\u036f\u0610-\u065f\u0670\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f"
WORD = re.compile(rf"[{OF_WORDS}]+\+?")
"""A word with the vowel signs of Indic, Thai and Arabic script, which are no letters to `\\w`; a plus at the end for `18+`."""

UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that do not part words, or join endings to them."""

SPACED_OUT = 5
"""Letters that stand one by one and are read as a word: `c a s i n o`."""

LONGEST_WORD = 60
LONGEST_DISGUISE = 20
MOST_WORDS_KEPT = 300_000
"""Letters of a word that are looked at, and of one that may be in disguise; words whose answer is kept."""

FIRST = 3
"""First letters of a word by which it is seen which lengths its stems can have."""

LEAST_SLOPPY = 5
"""Letters of a term that is also looked for without accents and without the letters that a Russian keyboard lacks."""

Pieces = tuple[tuple[str, bool], ...]
"""Words of a phrase, each with whether it is a stem."""


Phrase = tuple[int, Pieces, int]
"""A phrase as it is looked for at one of its words: the place of that word in it, all its words, the concept."""

Beside = dict[str, tuple[tuple[int, Phrase], ...]]
"""Phrases by the first letter of a word beside the one they are looked for at, each with its rank among all of that word."""


class Answer(NamedTuple):
    """What a word may be: concepts it names by itself, phrases that are looked for where it stands (by the word after it, or by the one before where it is the
    last of the phrase), names of brands, whether it was in disguise, whether it is a letter by itself.
    """

    concepts: tuple[int, ...] = ()
    after: Beside | None = None
    before: Beside | None = None
    brands: tuple[str, ...] = ()
    masked: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """Concepts named, in order of the text: `words` (hits,) is the number of the word, `concepts` (hits,) the concept's; `brands`: the different names;
    `ends`: where the words of each place end; `masked`: words that named a concept in disguise.
    """

    words: npt.NDArray[np.int64]
    concepts: npt.NDArray[np.int64]
    brands: frozenset[str]
    ends: tuple[int, ...]
    masked: tuple[str, ...]


class Lexicon:
    """The terms made ready for search. `names` and `kinds`: of concepts, in the order of the table. Equal terms make equal lexicons."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        kinds = {term.concept: term.kind for term in terms}
        self.names = tuple(kinds)
        self.kinds = tuple(kinds.values())
        self._number = {name: number for number, name in enumerate(self.names)}
        self._brand = self._number.get(BRAND, -1)
        self._whole: dict[str, _Found] = {}
        self._stems: dict[str, _Found] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._parts: dict[str, int] = {}
        spelt = [(text, term) for term in terms for text in _spelt(term)]
        self._common = Counter(word for text, _ in spelt for word, _ in _pieces(text))
        for text, term in spelt:
            self._learn(text, term)
        self._lengths = _lengths_of(self._stems)
        self._part = re.compile("|".join(map(re.escape, sorted(self._parts, key=lambda text: (-len(text), text)))) or r"(?!)")
        self._kept = _Memo(self._kept_answer)

    def number_of(self, concept: str) -> int:
        """The number of a concept, -1 where the lexicon does not have it."""
        return self._number.get(concept, -1)

    def search(self, places: Iterable[str]) -> Hits:
        """What the texts name; each text is a place. Texts need not be folded."""
        words: list[str] = []
        ends = []
        for text in places:
            words += WORD.findall(folded(text))
            ends.append(len(words))
        return self._hits(words, tuple(ends))

    def first_concept(self, text: str) -> str:
        """The first concept that a text names, empty where it names none."""
        found = self._named(WORD.findall(folded(text))).found
        return self.names[found[0][1]] if found else ""

    def first_place(self, text: str, concept: str) -> tuple[int, int] | None:
        """Where `text` first names a concept, as begin and end of its word in `text` itself; None where it does not."""
        words = [(found.start(), found.end()) for found in WORD.finditer(text)]
        whole = folded(text)
        number = self.number_of(concept)
        hits = self._hits(WORD.findall(whole), (len(words),))
        first = hits.words[hits.concepts == number]
        if not len(first):
            return None
        if len(whole) == len(text):
            found = [match.span() for match in WORD.finditer(whole)]
            return found[int(first[0])]
        return words[min(int(first[0]), len(words) - 1)] if words else None

    def _hits(self, words: list[str], ends: tuple[int, ...]) -> Hits:
        named = self._named(words)
        pairs = np.array(named.found, dtype=np.int64).reshape(-1, 2)
        return Hits(pairs[:, 0], pairs[:, 1], frozenset(named.brands), ends, tuple(named.masked))

    def _named(self, words: list[str]) -> "_Named":
        """What words name; only those that may name something are looked at one by one."""
        answers = list(map(self._kept.__getitem__, words))
        named = _Named(len(self.names))
        until = named.until
        alone: list[int] = []
        for index, answer in zip(compress(range(len(words)), answers), filter(None, answers), strict=True):
            if answer.after or answer.before:
                self._name_phrases(named, words, index, answer)
            for concept in answer.concepts:
                if until[concept] <= index:
                    until[concept] = index + 1
                    named.found.append((index, concept))
            if answer.brands:
                named.brands.update(answer.brands)
            if answer.masked:
                named.masked.append(words[index])
            if answer.alone:
                alone.append(index)
        for begin, end in _runs(alone):
            self._name_spaced(named, "".join(words[begin:end])[:LONGEST_WORD], begin)
        return named

    def _name_phrases(self, named: "_Named", words: list[str], index: int, answer: Answer) -> None:
        """The phrases that a word is one of."""
        for place, pieces, concept in _phrases_at(words, index, answer):
            begin = index - place
            if begin >= 0 and named.until[concept] <= begin and _stand_at(words, begin, pieces):
                end = named.until[concept] = begin + len(pieces)
                named.found.append((begin, concept))
                if concept == self._brand:
                    named.brands.add(" ".join(words[begin:end]))

    def _name_spaced(self, named: "_Named", word: str, begin: int) -> None:
        """A word whose letters stand one by one."""
        answer = self._answer(word)
        if answer is not None and answer.concepts:
            named.found.extend((begin, concept) for concept in answer.concepts)
            named.masked.append(word)

    def _learn(self, text: str, term: Term) -> None:
        number = self._number[term.concept]
        if term.match == "part":
            self._parts[text] = number
            return
        pieces = _pieces(text)
        if not pieces:
            return
        place = min(
            range(len(pieces)), key=lambda at: (self._common[pieces[at][0]] * (1 if len(pieces[at][0]) > 3 else 20), -len(pieces[at][0]))
        )
        anchor, is_stem = pieces[place]
        known = (self._stems if is_stem else self._whole).setdefault(anchor, _Found())
        if len(pieces) > 1:
            known.phrases[place, pieces, number] = None
            return
        known.concepts[number] = None
        if term.concept == BRAND:
            known.brands[anchor] = None

    def _kept_answer(self, word: str) -> Answer | None:
        """What is kept of a word: what it may be, and whether it is a letter by itself; None for nothing."""
        answer = self._answer(word)
        return answer if len(word) > 1 else (answer or Answer())._replace(alone=True)

    def _answer(self, word: str) -> Answer | None:
        """What a word may be, None for nothing."""
        word = word[:LONGEST_WORD]
        answer = self._looked_up(word)
        if answer is not None or (word.isascii() and word.isalpha()) or word.isdecimal() or MAY_BE_MASKED.search(word) is None:
            return answer
        if word.endswith("+"):
            return self._answer(word[:-1])
        if len(word) > LONGEST_DISGUISE:
            return None
        for plain in unmasked(word):
            answer = self._looked_up(plain)
            if answer is not None and answer.concepts:
                return answer._replace(masked=True)
        return None

    def _looked_up(self, word: str) -> Answer | None:
        lengths = self._lengths.get(word[:FIRST]) or range(min(len(word), FIRST - 1), 0, -1)
        found = [self._stems[word[:length]] for length in lengths if length <= len(word) and word[:length] in self._stems]
        if word in self._whole:
            found.insert(0, self._whole[word])
        parts = self._part.findall(word) if not word.isascii() and UNPARTED.search(word) else ()
        if not found and not parts:
            return None
        concepts = dict.fromkeys(concept for one in found for concept in one.concepts)
        phrases = sorted((phrase for one in found for phrase in one.phrases), key=lambda phrase: -len(phrase[1]))
        concepts.update(dict.fromkeys(self._parts[text] for text in parts))
        after, before = _beside(tuple(dict.fromkeys(phrases)))
        return Answer(tuple(concepts), after, before, tuple(brand for one in found for brand in one.brands))


class _Found:
    """What a word or stem names."""

    __slots__ = ("brands", "concepts", "phrases")

    def __init__(self) -> None:
        self.concepts: dict[int, None] = {}
        self.phrases: dict[Phrase, None] = {}
        self.brands: dict[str, None] = {}


class _Named:
    """What words name, in the making. `until`: of every concept the word to which it has been named."""

    __slots__ = ("brands", "found", "masked", "until")

    def __init__(self, concepts: int) -> None:
        self.found: list[tuple[int, int]] = []
        self.brands: set[str] = set()
        self.masked: list[str] = []
        self.until = [0] * concepts


class _Memo(dict[str, "Answer | None"]):
    """Answers by word, asked for once; emptied when a hostile text has filled it."""

    def __init__(self, ask: Callable[[str], Answer | None]) -> None:
        super().__init__()
        self.ask = ask

    def __missing__(self, word: str) -> "Answer | None":
        if len(self) >= MOST_WORDS_KEPT:
            self.clear()
        answer = self[word] = self.ask(word)
        return answer


def _lengths_of(stems: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths that the stems of a word may have by its first letters, longest first."""
    lengths: dict[str, set[int]] = defaultdict(lambda: set(range(1, FIRST)))
    for stem in stems:
        if len(stem) >= FIRST:
            lengths[stem[:FIRST]].add(len(stem))
    return {first: tuple(sorted(known, reverse=True)) for first, known in lengths.items()}


def _beside(phrases: Sequence[Phrase]) -> tuple[Beside | None, Beside | None]:
    """Phrases by the first letter of the word after, and of the word before."""
    sides: tuple[defaultdict[str, list[tuple[int, Phrase]]], ...] = (defaultdict(list), defaultdict(list))
    for rank, phrase in enumerate(phrases):
        place, pieces, _ = phrase
        is_last = place == len(pieces) - 1
        sides[is_last][pieces[place - 1 if is_last else place + 1][0][0]].append((rank, phrase))
    after, before = ({letter: tuple(known) for letter, known in side.items()} or None for side in sides)
    return after, before


def _phrases_at(words: list[str], index: int, answer: Answer) -> list[Phrase]:
    """The phrases that a word may stand in here, by the words beside it, in the order of their ranks."""
    following = answer.after.get(words[index + 1][0], ()) if answer.after and index + 1 < len(words) else ()
    led = answer.before.get(words[index - 1][0], ()) if answer.before and index else ()
    return [phrase for _, phrase in (sorted((*following, *led)) if following and led else following or led)]


def _runs(alone: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Begin and end of `SPACED_OUT` rising numbers and more that follow one another."""
    if len(alone) < SPACED_OUT:
        return
    begin = last = alone[0]
    for number in (*alone[1:], alone[-1] + 2):
        if number != last + 1:
            if last - begin + 1 >= SPACED_OUT:
                yield begin, last + 1
            begin = number
        last = number


def _stand_at(words: list[str], begin: int, pieces: Pieces) -> bool:
    """Whether the words from `begin` on are these."""
    end = begin + len(pieces)
    if end > len(words):
        return False
    for word, (text, is_stem) in zip(words[begin:end], pieces, strict=True):
        if word != text and not (is_stem and word.startswith(text)):
            return False
    return True


def _pieces(text: str) -> Pieces:
    """The words of a folded term, each with whether it is a stem."""
    pieces = []
    for part in text.split():
        words = WORD.findall(part.rstrip("*"))
        pieces += [(word, part.endswith("*") and place == len(words) - 1) for place, word in enumerate(words)]
    return tuple(pieces)


def _spelt(term: Term) -> list[str]:
    """A term folded, and as people write it without accents or the letters their keyboard lacks."""
    text = folded(term.term)
    if len(text.strip("* ")) < LEAST_SLOPPY or term.match == "part":
        return [text]
    other = text.translate(SLOPPY_KAZAKH) if term.language == "kk" else unaccented(text)
    return [text] if other == text else [text, other]
