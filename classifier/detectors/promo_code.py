"""Promoters: promo codes in the text, partner parameters in links that leave the site. A code leads to the promoter who is paid for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.facts import Facts, facts_of, matches_from
from classifier.detectors.finding import Finding, clean, quote_around
from classifier.page import Page

CODE_WORDS = re.compile(
    r"(?:(?i:промо\s?-?\s?код(?:ты|ом|а|у|ы)?|бонус\s?-?\s?код(?:ы|ты)?|promo\s?-?\s?kod(?:u|i|ni)?|promosyon\s+kodu|bonus\s+kodu|promo\s?-?\s?code|bonus\s+code|referral\s+code|kode\s+promo|código\s+promocional))"
    r"(?:\s+(?i:при\s+регистрации|для\s+регистрации|енгізіңіз|is))?[\s:\-–—=«\"'“„(]{0,6}"
    r"(?!(?:19|20)\d\d(?!\w)|(?<=\w\s)[A-ZА-ЯЁ]{2,5}-\d+(?!\w))(?P<code>[A-ZА-ЯЁ0-9][A-ZА-ЯЁ0-9_-]{3,19})(?!\w)"
)
"""Words for a code in Russian, Kazakh, Uzbek, Turkish, English, Indonesian, Portuguese, followed by the code itself in capitals and digits.
After a space alone the number of an act or a licence (`ACT-0098`) is the next cell of a table."""

BARE = re.compile(r"(?<!\w)(?i:код(?:ом|а|у)?)[\s:]{1,3}[«\"“„]?(?P<code>[A-Z]{4,12}\d{2,5})(?!\w)")
"""A word for any code, and one that looks like a promoter's: on a page that names play."""

BEGINS = ("промо", "бонус", "promo", "bonus", "referral", "kode", "código")
"""How these words begin."""

PARTNER = frozenset(
    {
        "ref",
        "ref_id",
        "refid",
        "referral",
        "aff",
        "aff_id",
        "affid",
        "affiliate",
        "btag",
        "promo",
        "promocode",
        "partner",
        "pid",
        "stag",
        "clickid",
        "click_id",
        "invite",
    }
)
TELLING = frozenset({"btag", "stag", "aff", "aff_id", "affid", "affiliate", "promocode", "promo"})
"""Parameters that name a partner; of these, the ones that gambling programmes use."""

VALUE = re.compile(r"[\w.@:-]{2,80}")
MOST = 50
"""Findings of each sort kept of one page."""


@dataclass(frozen=True, slots=True)
class PromoCode:
    """Finds promo codes and partner parameters."""

    name: str = "promo_code"
    version: int = 2

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """Codes in the text, then parameters of links."""
        facts = facts_of(page)
        yield from islice(self._codes(facts), MOST)
        yield from islice(self._parameters(facts), MOST)

    def _codes(self, facts: Facts) -> Iterator[Finding]:
        page = facts.page
        found = list(matches_from(BEGINS, CODE_WORDS, facts))
        known = {match.group("code") for match in found}
        if "код" in facts.low and facts.names_play:
            found += [match for match in BARE.finditer(page.text) if match.group("code") not in known]
        for match in found:
            code = match.group("code")
            quote = quote_around(page.text, match.start(), match.end())
            strong = match.re is CODE_WORDS and (any(letter.isdigit() for letter in code) or len(code) >= 5)
            yield Finding(
                kind=EvidenceKind.PROMOTER,
                subject=f"promo code {code}",
                value=code,
                strength=Strength.STRONG if strong else Strength.WEAK,
                quote=quote,
            )

    def _parameters(self, facts: Facts) -> Iterator[Finding]:
        for link, host in zip(facts.page.links, facts.link_hosts, strict=True):
            if not host or host == facts.own or "?" not in link.href:
                continue
            for name, value in parameters_of(link.href):
                if name in PARTNER and VALUE.fullmatch(value):
                    yield Finding(
                        kind=EvidenceKind.PROMOTER,
                        subject=f"partner parameter {name}",
                        value=f"{name}={value}",
                        strength=Strength.STRONG if name in TELLING else Strength.WEAK,
                        quote=clean(f"{link.text} -> {link.href}"),
                    )


def parameters_of(address: str) -> list[tuple[str, str]]:
    """Query parameters of an address, names in lower case; none where it cannot be read."""
    try:
        return [(name.lower(), value) for name, value in parse_qsl(urlsplit(address).query, max_num_fields=60)]
    except ValueError:
        return []
