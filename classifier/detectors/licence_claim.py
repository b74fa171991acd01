"""Licence claims: numbers of licences that a page says it has.

A claim is never proof, since look-alikes quote real numbers: it is WEAK. A number that the reference tables give to an operator of another name is
STRONG evidence that the page passes itself off as that operator, or speaks of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.facts import facts_of, matches_from
from classifier.detectors.finding import Finding, quote_around
from classifier.page import Page

LICENCE_OF = "licence of "
"""Begins the subject of a number that belongs to a licensed operator of another name; its domain follows."""

WORDS = ("лицензи", "licence", "license", "lisans", "litsenziya")

CLAIMS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("jaz", "Curaçao licence", re.compile(r"(?<!\w)(?P<number>(?:8048|1668|5536|365)\s?/\s?JAZ(?:\s?\d{4}-?\d{0,4})?)", re.IGNORECASE)),
    ("ogl/20", "Curaçao licence", re.compile(r"(?<!\w)(?P<number>OGL/20\d\d/\d{2,5}/\d{3,5})", re.IGNORECASE)),
    ("mga/", "Malta licence", re.compile(r"(?<!\w)(?P<number>MGA/[A-Z0-9]{2,4}/\d{2,4}/\d{4})", re.IGNORECASE)),
    (
        "",
        "Kazakhstan bookmaker licence",
        re.compile(
            r"(?:лицензи\w{0,20}+|licen[cs]e\w{0,20}+)[^.\d]{0,80}?(?:№|no\.?|n°|нөмірі|number|#)\s{0,3}(?P<number>(?:1[5-9]|2\d)\d{6})(?!\d)",
            re.IGNORECASE,
        ),
    ),
    (
        "",
        "licence number",
        re.compile(
            r"(?:лицензи\w{0,20}+|licen[cs]e\w{0,20}+|lisans\w{0,20}+|litsenziya\w{0,20}+)[^.\d]{0,40}?(?:№|no\.?|n°|number|#|numara\w{0,20}+)\s{0,3}(?P<number>[A-ZА-Я0-9][\w/.-]{2,30})",
            re.IGNORECASE,
        ),
    ),
)
"""What stands in the text (without case) of such a claim, empty where it begins with one of WORDS; what is claimed, and the shape of its number. Kazakhstan's are eight digits that begin with the year."""


@dataclass(frozen=True, slots=True)
class LicenceClaim:
    """Finds claimed licence numbers in the visible text."""

    name: str = "licence_claim"
    version: int = 2

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Claims, the more exact shape first; a place that one shape explains is not told again."""
        facts = facts_of(page)
        host = facts.own
        holders: dict[str, str] = {}
        told: set[int] = set()
        for stem, subject, pattern in CLAIMS:
            for match in matches_from(WORDS, pattern, facts) if not stem else pattern.finditer(page.text) if stem in facts.low else ():
                holders = holders or {number_of(row.licence): row.domain for row in reference.licensed if row.licence}
                number = number_of(match.group("number"))
                if match.start("number") in told or not any(letter.isdigit() for letter in number):
                    continue
                told.add(match.start("number"))
                quote = quote_around(page.text, match.start(), match.end())
                holder = holders.get(number, host)
                others = not f".{host}".endswith(f".{holder}")
                yield Finding(
                    kind=EvidenceKind.LICENCE,
                    subject=f"{LICENCE_OF}{holder}" if others else subject,
                    value=number,
                    strength=Strength.STRONG if others else Strength.WEAK,
                    quote=quote,
                )


def number_of(text: str) -> str:
    """A licence number as it is compared: without spaces and trailing marks, in capitals."""
    return re.sub(r"\s", "", text).rstrip(".,;-/").upper()
