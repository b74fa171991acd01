"""Licence claims: numbers of licences that a page says it has. A claim is never proof: look-alikes quote real numbers, so every claim is WEAK."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.finding import Finding, quote_around
from classifier.page import Page

CLAIMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Curaçao licence", re.compile(r"(?<!\w)(?P<number>(?:8048|1668|5536|365)\s?/\s?JAZ(?:\s?\d{4}-?\d{0,4})?)", re.IGNORECASE)),
    ("Curaçao licence", re.compile(r"(?<!\w)(?P<number>OGL/20\d\d/\d{2,5}/\d{3,5})", re.IGNORECASE)),
    ("Malta licence", re.compile(r"(?<!\w)(?P<number>MGA/[A-Z0-9]{2,4}/\d{2,4}/\d{4})", re.IGNORECASE)),
    (
        "Kazakhstan bookmaker licence",
        re.compile(
            r"(?:лицензи\w*|licen[cs]e\w*)[^.\d]{0,80}?(?:№|no\.?|n°|нөмірі|number|#)\s{0,3}(?P<number>(?:1[5-9]|2\d)\d{6})(?!\d)",
            re.IGNORECASE,
        ),
    ),
    (
        "licence number",
        re.compile(
            r"(?:лицензи\w*|licen[cs]e\w*|lisans\w*|litsenziya\w*)[^.\d]{0,40}?(?:№|no\.?|n°|number|#|numara\w*)\s{0,3}(?P<number>[A-ZА-Я0-9][\w/.-]{2,30})",
            re.IGNORECASE,
        ),
    ),
)
"""What is claimed, and the shape of its number. Kazakhstan's are eight digits that begin with the year."""


@dataclass(frozen=True, slots=True)
class LicenceClaim:
    """Finds claimed licence numbers in the visible text."""

    name: str = "licence_claim"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """Claims, the more exact shape first; a place that one shape explains is not told again."""
        told: set[int] = set()
        for subject, pattern in CLAIMS:
            for match in pattern.finditer(page.text):
                number = re.sub(r"\s", "", match.group("number")).rstrip(".,;-/").upper()
                if match.start("number") in told or not any(letter.isdigit() for letter in number):
                    continue
                told.add(match.start("number"))
                quote = quote_around(page.text, match.start(), match.end())
                yield Finding(kind=EvidenceKind.LICENCE, subject=subject, value=number, strength=Strength.WEAK, quote=quote)
