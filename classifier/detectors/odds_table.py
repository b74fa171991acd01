"""Odds tables: prices on the outcomes of matches, in the columns that bookmakers give them. Newspapers tell a price in a sentence; a table is a bookmaker's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.finding import Finding, quote_around
from classifier.page import Page

SUBJECT = "odds table"

COLUMNS = re.compile(
    r"(?<!\w)(?P<form>П1\s{1,3}(?:Х|X|Н|Ничья)\s{1,3}П2|[1WЖ]1?\s{1,3}(?:X|Х|Т|0)\s{1,3}[2WЖ]2?|Home\s{1,3}(?:Draw|X)\s{1,3}Away)(?!\w)"
)
"""The heads of the three columns: first wins, draw, second wins, in Russian, Kazakh, English and by signs."""

LABELLED = re.compile(
    r"(?<!\w)П1\s{0,3}\d{1,2}[.,]\d{1,3}\s{1,3}(?:Х|X|Н|Ничья)\s{0,3}\d{1,2}[.,]\d{1,3}\s{1,3}П2\s{0,3}\d{1,2}[.,]\d{1,3}(?!\d)"
)
"""One row with its heads, as buttons of a line are drawn."""

PRICE = re.compile(r"(?<![\d.,:])(?:[1-9]|[1-9]\d)[.,]\d{2,3}(?![\d.,:%])")
"""A decimal price: 1.01 to 99.99."""

REACH = 600
LEAST_PRICES = 4
"""Characters after the heads within which so many prices stand."""

MOST = 3
"""Tables kept of one page."""


@dataclass(frozen=True, slots=True)
class OddsTable:
    """Finds tables of prices in the visible text."""

    name: str = "odds_table"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """The first tables of the page."""
        found = 0
        for match in COLUMNS.finditer(page.text):
            prices = PRICE.findall(page.text, match.end(), match.end() + REACH)
            if len(prices) >= LEAST_PRICES:
                yield _found(page, match)
                found += 1
            if found == MOST:
                return
        row = LABELLED.search(page.text) if not found else None
        if row is not None:
            yield _found(page, row)


def _found(page: Page, match: re.Match[str]) -> Finding:
    heads = match.groupdict().get("form") or "П1 Х П2"
    return Finding(
        kind=EvidenceKind.GAMBLING,
        subject=SUBJECT,
        value=" ".join(heads.split()),
        strength=Strength.STRONG,
        quote=quote_around(page.text, match.start(), match.end()),
    )
