"""Odds tables: prices on the outcomes of matches, in the columns that bookmakers give them. Newspapers tell a price in a sentence; a table is a bookmaker's.

`1 X 2` are also a school's lessons with the times of its bells: numbers that can all be times, and rise, are no prices. One row of prices is strong evidence only
on a page that names gambling besides; two rows are by themselves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.finding import Finding, quote_around
from classifier.lexicon import APART, COMMON, concepts_in
from classifier.page import Page

SUBJECT = "odds table"

COLUMNS = re.compile(
    r"(?P<form>[П1WЖH](?<!\w[П1WЖH])"  # the letter first and what stands before it afterwards: many times as fast
    r"(?:(?<=П)1\s{1,3}(?:Х|X|Н|Ничья)\s{1,3}П2|(?<=[1WЖ])1?\s{1,3}(?:X|Х|Т|0)\s{1,3}[2WЖ]2?|(?<=H)ome\s{1,3}(?:Draw|X)\s{1,3}Away))(?!\w)"
)
"""The heads of the three columns: first wins, draw, second wins, in Russian, Kazakh, English and by signs."""

HEADS = ("П1", " X ", " Х ", " Т ", " 0 ", "Home ")
"""One of them stands in any heads: visible text is one line with single spaces."""

LABELLED = re.compile(
    r"(?<!\w)П1\s{0,3}\d{1,2}[.,]\d{1,3}\s{1,3}(?:Х|X|Н|Ничья)\s{0,3}\d{1,2}[.,]\d{1,3}\s{1,3}П2\s{0,3}\d{1,2}[.,]\d{1,3}(?!\d)"
)
"""One row with its heads, as buttons of a line are drawn."""

PRICE = re.compile(r"(?<![\d.,:])(?:[1-9]|[1-9]\d)[.,]\d{2,3}(?![\d.,:%])")
"""A decimal price: 1.01 to 99.99."""

REACH = 600
LEAST_PRICES = 4
TWO_EVENTS = 6
"""Characters after the heads within which so many prices stand; so many are the prices of two matches."""

LOWEST, HIGHEST = 1.01, 50.0
"""Prices that bookmakers give on the outcomes of a match."""

LAST_HOUR, LAST_MINUTE, RISING = 23, 59, 0.6
"""What a time can be, and the share of steps upwards from which numbers that can all be times are times; prices go up and down."""

MOST = 3
"""Tables kept of one page."""


@dataclass(frozen=True, slots=True)
class OddsTable:
    """Finds tables of prices in the visible text."""

    name: str = "odds_table"
    version: int = 2

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """The first tables of the page."""
        if not any(word in page.text for word in HEADS):
            return
        found = 0
        for match in COLUMNS.finditer(page.text):
            prices = PRICE.findall(page.text, match.end(), match.end() + REACH)
            if len(prices) >= LEAST_PRICES and not are_times(prices):
                yield _found(page, match, strong=_are_of_two(prices) or _names_gambling(page))
                found += 1
            if found == MOST:
                return
        row = LABELLED.search(page.text) if not found else None
        if row is not None:
            yield _found(page, row, strong=True)


def are_times(numbers: Sequence[str]) -> bool:
    """Whether numbers such as `8.00`, `9.30` can all be times of a day, and mostly rise."""
    times = [divided for number in numbers if (divided := _time(number)) is not None]
    steps = [one < other for one, other in pairwise(times)]
    return len(times) == len(numbers) and sum(steps) >= RISING * len(steps)


def _time(number: str) -> tuple[int, int] | None:
    hour, minute = re.split("[.,]", number)
    return (int(hour), int(minute)) if int(hour) <= LAST_HOUR and len(minute) == 2 and int(minute) <= LAST_MINUTE else None


def _are_of_two(prices: Sequence[str]) -> bool:
    return sum(LOWEST <= float(price.replace(",", ".")) <= HIGHEST for price in prices) >= TWO_EVENTS


def _names_gambling(page: Page) -> bool:
    return bool(concepts_in(f"{page.title} {page.text}".casefold()).keys() - COMMON - APART)


def _found(page: Page, match: re.Match[str], *, strong: bool) -> Finding:
    heads = match.groupdict().get("form") or "П1 Х П2"
    return Finding(
        kind=EvidenceKind.GAMBLING,
        subject=SUBJECT,
        value=" ".join(heads.split()),
        strength=Strength.STRONG if strong else Strength.WEAK,
        quote=quote_around(page.text, match.start(), match.end()),
    )
