"""The numbers of `classifier.features` in words: which of them say the same, and how a reader is told.

Columns that say the same are one subject: how often, how densely and where a concept is named is one thing to a reader. What tells a reader nothing
(the length of a page, how many links it has) belongs to no subject. The text is plain words, never the name of a column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from classifier.features import AGGREGATES, EVIDENCE, PLACES, SHAPE, WINDOWS

NAMED = {
    "slots": "slot machines", "slots word": "the word slots", "bet word": "bets", "odds word": "the word odds", "cards": "card games for money",
    "live dealer": "live dealers", "crash games": "crash games", "aviator word": "the word aviator", "welcome bonus": "a welcome bonus",
    "mirror": "a mirror or a way around blocking", "mirror word": "the word mirror", "real money": "playing for real money", "sign up": "signing up",
    "promo code": "promo codes", "wagering": "wagering conditions", "studio": "studios of gambling games", "game title": "titles of gambling games",
    "licence claim": "licences that gambling sites claim", "age": "an age limit", "responsible": "responsible play", "app": "an app to download",
    "payments": "ways to pay", "play now": "a call to play now", "lucky wheel": "a lucky wheel", "gacor": "slots that are said to pay (gacor)",
    "tips": "betting tips", "partner": "partner programmes of gambling", "brand": "brands of gambling", "deposit": "deposits",
    "bonus": "bonuses", "withdrawal": "withdrawals", "jackpot": "jackpots", "for fun": "play without money", "help": "help with addiction to gambling",
    "law": "law and regulators", "code": "programming", "shop": "a shop", "finance": "trading and finance",
    "legal pages": "privacy and terms", "school": "school and study", "docs": "documentation", "specification": "specifications", "game rules": "rules of games",
}  # fmt: skip
"""Concepts whose name would not do as words; the others are their name."""

IN_PLACE = ("the text", "the title", "links", "descriptions of pictures", "addresses", "class names", "form fields")
"""The places of `features.PLACES` in words."""

MOST_SUBJECTS = 6
"""Subjects of gambling that one reason lists; the rest is counted."""

FOUND = {"payment": "ways of paying", "promoter": "promoters' marks", "identifier": "identifiers shared with other sites", "licence": "claims of a licence",
         "gambling": "games or odds"}  # fmt: skip
"""Kinds of evidence in words; the others are their name."""

TOLD_OF_SHAPE = {
    "password fields": "password fields: {}",
    "pictures that are links": "pictures that are links: {}",
    "links marked nofollow or sponsored": "links marked nofollow or sponsored: {}",
    "links to the same other site": "links to one other site: {}",
    "partner links": "links of the kind that partners are paid for: {}",
    "hidden links": "links that no visitor sees: {}",
    "hidden characters": "characters that no visitor sees: {}",
    "alike elements": "elements of one make: {}",
    "frames": "pages of others shown inside this one: {}",
    "app files": "app files to download: {}",
}
"""What is counted of a page that a reader can count too."""

SAME_SHAPE = {
    "pictures that are links, share": "pictures that are links",
    "links marked nofollow or sponsored, share": "links marked nofollow or sponsored",
    "links to the same other site, share": "links to the same other site",
}
"""Shares that say what a number says already."""


class Subject(NamedTuple):
    """What one reason is about. `sort`: concept, beside, strong, near, soft, masked, shape, evidence, or rest; `name`: of the concept, pair or column."""

    sort: str
    name: str = ""


REST = Subject("rest")


@dataclass(frozen=True, slots=True)
class Subjects:
    """The subjects of a table of columns. `numbers`: column -> its place; `of` (columns,): the number of each column's subject; `spoken` (columns,): whether it is counted from nothing named."""

    told: tuple[Subject, ...]
    of: npt.NDArray[np.intp]
    spoken: npt.NDArray[np.bool_]
    numbers: dict[str, int]


@lru_cache(maxsize=8)
def subjects_of(columns: tuple[str, ...]) -> Subjects:
    """The subjects of `Extractor.columns`."""
    found = [_subject(column) for column in columns]
    told = tuple(dict.fromkeys(found))
    number = {subject: index for index, subject in enumerate(told)}
    spoken = [subject.sort not in ("shape", "rest") for subject in found]
    of = np.array([number[subject] for subject in found], dtype=np.intp)
    return Subjects(told, of, np.array(spoken, dtype=np.bool_), {column: place for place, column in enumerate(columns)})


def _subject(column: str) -> Subject:
    head, parted, name = column.partition(": ")
    if parted and head in ("times", "per thousand words", *PLACES):
        return Subject("concept", name)
    if parted and head == "beside":
        return Subject("beside", name)
    if parted and head == "evidence" and name in EVIDENCE:
        return Subject("evidence", name)
    if column in WINDOWS:
        return Subject("near")
    if column in AGGREGATES:
        return _of_all(column)
    shape = SAME_SHAPE.get(column, column)
    return Subject("shape", shape) if column in SHAPE and shape in TOLD_OF_SHAPE else REST


def _of_all(column: str) -> Subject:
    """The subject of a number that is made of several concepts."""
    if column == "brands":
        return Subject("concept", "brand")
    if column == "disguised words":
        return Subject("masked")
    return Subject("soft") if column.startswith("soft") else Subject("strong")


def concept_in_words(concept: str, times: int, places: Sequence[int], *, speaks: bool = False) -> str:
    """`names casino 14 times, also in the title and links`; `places`: numbers of `features.PLACES` in which it is named, `times`: in the text;
    `speaks`: whether the page speaks of it, rather than naming it as its own.
    """
    what = f"{'speaks of' if speaks else 'names'} {NAMED.get(concept, concept)}"
    elsewhere = _listed([IN_PLACE[place] for place in places if place])
    if not times:
        return f"{what} in {elsewhere}" if elsewhere else what
    return f"{what} {_times(times)}{f', also in {elsewhere}' if elsewhere else ''}"


def beside_in_words(pair: str, number: int) -> str:
    """`bonuses beside deposits in 3 places`."""
    one, _, other = pair.partition(" + ")
    told = f"{NAMED.get(one, one)} beside {NAMED.get(other, other)}"
    return f"{told} in {number} places" if number > 1 else told


def subjects_in_words(what: str, concepts: Sequence[str]) -> str:
    """`subjects of gambling: casino, slot machines, roulette and 3 more`; empty where there is none."""
    told = [NAMED.get(concept, concept) for concept in concepts[:MOST_SUBJECTS]]
    more = [f"{len(concepts) - MOST_SUBJECTS} more"] if len(concepts) > MOST_SUBJECTS else []
    return f"{what}: {_listed([*told, *more])}" if told else ""


def column_in_words(column: str) -> str:
    """What a column counts, in plain words: `casino in addresses`, `bonuses beside deposits`, `partner links`."""
    head, parted, name = column.partition(": ")
    if not parted:
        return column
    if head == "beside":
        return beside_in_words(name, 1)
    if head == "evidence":
        return evidence_in_words(name, 1)
    what = NAMED.get(name, name)
    return f"{what} in {IN_PLACE[PLACES.index(head)]}" if head in PLACES else f"{what} in {IN_PLACE[0]}"


def shape_in_words(name: str, number: int) -> str:
    """`links that no visitor sees: 12`."""
    return TOLD_OF_SHAPE[name].format(number)


def evidence_in_words(name: str, number: int) -> str:
    """`facts found on the page: ways of paying (strong): 2`."""
    kind, _, strength = name.partition(", ")
    return f"facts found on the page: {FOUND.get(kind, kind)} ({strength}){f': {number}' if number > 1 else ''}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
