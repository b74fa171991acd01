"""The words that names are made of: facts (data/reference/name_words.csv), what they teach the name model, and names made of them.

A word is a feature shared by all words of its kind, so that `apuestas` counts though no name in training has it. It is found as n-grams: whole where one
n-gram holds it, else as the share of its stretches. Where it begins and ends a label, it counts as another feature besides. What the shared features weigh is added to the table
of n-grams after fitting, so that scoring knows no words.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import UsageError
from classifier.names import DIGIT_SIZES, FOLDED_SIZES, bucket_of

TABLE = Path(__file__).resolve().parents[2] / "data" / "reference" / "name_words.csv"
COLUMNS = ["word", "kind", "language", "source", "date"]
BRAND, STRONG, WEAK, HARD, FILLER = KINDS = ("brand", "strong", "weak", "hard", "filler")
"""A brand of gambling; a word that alone means gambling; one that gambling names use more than others; an ordinary word that looks like one; any word."""

PLACES = ("inside", "begins", "ends", "whole")
INSTITUTION = 10
"""Letters of a hard word from which on no operator calls itself so: amusement parks and help lines that gambling lists hold by mistake."""

LIFTS = {BRAND: 8.0, STRONG: 8.0, WEAK: 2.0}
"""How many times more often gambling names must hold a word than innocent ones, where two innocent ones do."""

NUMBERS = ("88", "77", "777", "138", "4d", "99", "888", "168", "789", "555", "365", "24", "123")


@dataclass(frozen=True, slots=True)
class NameWord:
    """A word of a kind, lower case; a hyphen in it may be left out in names. One between dots (`.stake.`) counts as a whole label only."""

    word: str
    kind: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """With its hyphen and without."""
        return tuple(dict.fromkeys((self.word, self.word.replace("-", ""))))

    @property
    def bare(self) -> tuple[str, ...]:
        """The spellings without dots, as names are made of them."""
        return tuple(spelling.strip(".") for spelling in self.spellings)


def read_words(path: Path = TABLE) -> list[NameWord]:
    """The words of the table; raises `UsageError` naming file and line."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if reader.fieldnames != COLUMNS:
                raise UsageError(f"{path}: the first line must be {','.join(COLUMNS)}")
            return [_word(row, f"{path}:{reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot read {path}: {error}") from None


def vetted(words: Sequence[NameWord], guilty: Sequence[str], innocent: Sequence[str]) -> list[NameWord]:
    """The words without those that innocent names of the training data hold nearly as often as gambling names do."""
    bad, good = ("\n".join(f".{name.rpartition('.')[0]}." for name in names) for names in (guilty, innocent))
    kept = []
    for word in words:
        found, harmless = (sum(map(text.count, word.spellings)) for text in (bad, good))
        lift = (found + 0.5) / (len(guilty) + 1) / max(harmless / (len(innocent) + 1), 1e-9)
        if harmless < 2 or lift >= LIFTS.get(word.kind, 0.0):
            kept.append(word)
    return kept


def mistaken(names: Sequence[str], words: Sequence[NameWord]) -> set[str]:
    """Names of gambling lists that a long hard word shows to be something else: nothing should be learnt of them."""
    long = [spelling for word in words if word.kind == HARD for spelling in word.spellings if len(spelling) >= INSTITUTION]
    return {name for name in names if any(spelling in name for spelling in long)}


def word_buckets(words: Sequence[NameWord]) -> dict[int, tuple[int, float]]:
    """Bucket -> (feature, share of a word that it stands for); features count kinds times `PLACES`. A bucket speaks for one word only, the best."""
    found: dict[int, tuple[int, float]] = {}
    for word in words:
        if word.kind == FILLER:
            continue
        for spelling in word.spellings:
            for text, place, share in _stretches(spelling):
                bucket = bucket_of(text)
                if bucket is not None and found.get(bucket, (0, 0.0))[1] < share:
                    found[bucket] = (KINDS.index(word.kind) * len(PLACES) + PLACES.index(place), share)
    return found


def _stretches(word: str) -> list[tuple[str, str, float]]:
    """The n-grams that stand for a word, each with its place and share."""
    if word.startswith("."):
        return [(word, "whole", 1.0)]
    digits = any(letter.isdigit() for letter in word)
    longest = max(DIGIT_SIZES if digits else FOLDED_SIZES)
    if len(word) > longest:
        number = len(word) - longest + 1
        return [(word[at : at + longest], "inside", 1.0 / number) for at in range(number)]
    edges = (".", "-") if digits else (".", "-", "#")
    return [
        *([] if word.isdigit() else [(word, "inside", 1.0)]),
        *((f"{edge}{word}", "begins", 1.0) for edge in (".", "-")),
        *((f"{word}{edge}", "ends", 1.0) for edge in edges),
        (f".{word}.", "whole", 1.0),
    ]


def made_guilty(words: Sequence[NameWord], innocent: Sequence[str], count: int) -> list[str]:
    """Names as operators make them, of the table's words and pieces of innocent names; the suffixes are those of innocent names, so that none is evidence."""
    draw = random.Random(1)  # noqa: S311 - the same names every time
    by_kind = {kind: [word for word in words if word.kind == kind] for kind in KINDS}
    pieces = pieces_of(innocent)
    if not pieces or not by_kind[FILLER]:
        return []

    def one(kind: str) -> str:
        return draw.choice(draw.choice(by_kind[kind]).bare) if by_kind[kind] else draw.choice(pieces)

    def made() -> str:
        number = draw.choice(("", "", "", "", str(draw.randint(1, 999)), draw.choice(NUMBERS)))
        hyphen = draw.choice(("", "", "", "-"))
        mirror, piece = number or str(draw.randint(1, 999)), draw.choice(pieces)
        brand, strong = one(BRAND), one(STRONG)
        mirrors = (
            piece + "bet" + number,
            piece + "bet" + mirror,
            "bet" + piece + number,
            piece + draw.choice(NUMBERS),
            piece + "win" + mirror,
        )
        ways = (
            *(brand, brand, brand + number, brand + mirror, brand + hyphen + one(FILLER), one(FILLER) + hyphen + brand),
            *(
                strong + hyphen + one(FILLER),
                one(FILLER) + hyphen + strong,
                one(WEAK) + hyphen + strong,
                strong + number,
                strong + hyphen + one(WEAK),
            ),
            *(draw.choice(mirrors) for _ in range(3)),
        )
        return draw.choice(ways)

    return [f"{_disguised(made(), draw)}.{draw.choice(innocent).rpartition('.')[2]}" for _ in range(count)]


def made_innocent(words: Sequence[NameWord], innocent: Sequence[str], count: int) -> list[str]:
    """Innocent names around the ordinary words that look like gambling."""
    draw = random.Random(2)  # noqa: S311 - the same names every time
    hard = [word for word in words if word.kind == HARD]
    pieces = pieces_of(innocent)
    if not hard or not pieces:
        return []

    def made() -> str:
        word, piece, hyphen = draw.choice(draw.choice(hard).bare), draw.choice(pieces), draw.choice(("", "", "-"))
        return draw.choice((word + hyphen + piece, word + hyphen + piece, piece + hyphen + word, piece + hyphen + word, word))

    return [f"{made()}.{draw.choice(innocent).rpartition('.')[2]}" for _ in range(count)]


def pieces_of(innocent: Sequence[str]) -> list[str]:
    """Parts of names, 3 to 7 letters, as they stand between dots, hyphens and digits of the registrable label."""
    labels = (name.rpartition(".")[0].rpartition(".")[2] for name in innocent)
    parts = ("".join(letter if letter.isalpha() else " " for letter in label).split() for label in labels)
    return [part for found in parts for part in found if 3 <= len(part) <= 7 and part.isascii()]


def _disguised(name: str, draw: random.Random) -> str:
    """One name in thirty with a letter of another script, one in thirty with a digit for a letter."""
    chance = draw.random()
    swaps = (
        {"a": "а", "e": "е", "o": "о", "i": "і", "c": "с", "p": "р", "x": "х"}
        if chance < 1 / 30
        else {"a": "4", "e": "3", "i": "1", "o": "0"}
    )
    places = [at for at, letter in enumerate(name) if letter in swaps and 0 < at < len(name) - 1]
    if chance > 2 / 30 or not places:
        return name
    at = draw.choice(places)
    return name[:at] + swaps[name[at]] + name[at + 1 :]


def _word(row: dict[str, str], where: str) -> NameWord:
    if None in row or None in row.values() or row["kind"] not in KINDS or not row["word"] or not row["source"] or not row["date"]:
        raise UsageError(f"{where}: wants {','.join(COLUMNS)}, all filled, kind one of {', '.join(KINDS)}")
    return NameWord(row["word"], row["kind"])
