"""What a detector gives: a fact on a page with the words around it, and the protocol of a detector."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.page import Page

LONGEST_QUOTE = 200
AROUND = 70
"""Characters of a quote at most, and of the words kept on each side of a fact."""

DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact. `subject`: what it is about; `value`: the exact string that ties pages; `quote`: the page's words around it (`quote_around`).

    `request`: the browser's request that shows it, None where the page itself does; `in_picture`: its screenshot does.
    """

    kind: EvidenceKind
    subject: str
    value: str
    strength: Strength
    quote: str
    request: SeenRequest | None = None
    in_picture: bool = False


class Detector(Protocol):
    """Finds one kind of fact. `name` is what Evidence keeps; `version` goes up whenever it would find something else."""

    @property
    def name(self) -> str:
        """The detector's name."""

    @property
    def version(self) -> int:
        """Counts from 1."""

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """The facts of a page, in the order of the page; pure and bounded."""


def quote_around(text: str, begin: int, end: int) -> str:
    """The words around text[begin:end], at most 200 characters, card numbers masked, without control characters."""
    start = max(0, begin - AROUND)
    return clean(text[start : max(end, start) + AROUND])


def clean(text: str) -> str:
    """`text` fit to be kept: one line, no control or direction characters, card numbers masked, at most 200 characters."""
    return " ".join(mask_cards(UNSEEN.sub(" ", text)).split())[:LONGEST_QUOTE]


def mask_cards(text: str) -> str:
    """Payment card numbers (13 to 19 digits that pass Luhn) but for the first six and last four digits."""
    return DIGITS.sub(lambda match: _masked(match.group()), text)


def _masked(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return f"{digits[:6]}…{digits[-4:]}" if _luhn(digits) else text


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
