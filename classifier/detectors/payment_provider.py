"""Payment providers: hosts that a page hands the visitor to, and names that stand beside a deposit.

A name alone is no sign of anything: licensed bookmakers, banks and shops name the same providers. STRONG is only a host that a form or frame of the page sends to, or
a script of it loads, on a page that takes deposits.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.records import EvidenceKind, Strength
from casefile.reference import Provider, Reference
from classifier.detectors.finding import Finding, clean, quote_around
from classifier.page import Page, host_of

DEPOSIT = re.compile(
    r"пополн|депозит|внести|внесение|касс[аыу]\b|вывод(?:\s+средств)?|толтыр|салым|шығарып\s+ал|deposit|cashier|withdraw|top.?up|yatır|çekim|to.ldir|yechib",
    re.IGNORECASE,
)
"""Words of paying in and out in Russian, Kazakh, English, Turkish, Uzbek."""

PLAY = re.compile(
    r"казино|слот|ставк|букмекер|рулетк|бәс|casino|slots?\b|\bbets?\b|betting|bahis|kazino|jackpot|джекпот|ойын автомат", re.IGNORECASE
)
"""A page that takes deposits for play names play."""

NEAR = 250
"""Characters between a provider's name and words of a deposit at most."""


@dataclass(frozen=True, slots=True)
class PaymentProvider:
    """Finds payment providers of data/reference/providers.csv."""

    name: str = "payment_provider"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Hosts first, then names in the text."""
        yield from self._hosts(page, [row for row in reference.providers if row.how == "host"])
        yield from self._names(page, [row for row in reference.providers if row.how == "words"])

    def _hosts(self, page: Page, rows: list[Provider]) -> Iterator[Finding]:
        own = host_of(page.url)
        takes_deposits = bool(DEPOSIT.search(page.text) and PLAY.search(f"{page.title} {page.text}"))
        by_host = {row.pattern: row for row in rows}
        for where, address in addresses_of(page):
            host = host_of(address)
            row = next((by_host[name] for name in with_parents(host) if name in by_host), None)
            if row is None or row.pattern in with_parents(own):
                continue
            strong = takes_deposits and where != "link"
            yield Finding(
                kind=EvidenceKind.PAYMENT,
                subject=row.name,
                value=host,
                strength=Strength.STRONG if strong else Strength.WEAK,
                quote=clean(f"{where}: {address}"),
            )

    def _names(self, page: Page, rows: list[Provider]) -> Iterator[Finding]:
        places = [match.start() for match in DEPOSIT.finditer(page.text)]
        text = page.text.casefold() if places else ""
        for row in rows:
            if row.pattern.casefold() not in text:  # most rows, and far quicker to see than by a regular expression
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(row.pattern)}(?!\w)", page.text, re.IGNORECASE):
                after = bisect_left(places, match.start() - NEAR)
                if after < len(places) and places[after] <= match.start() + NEAR:
                    quote = quote_around(page.text, match.start(), match.end())
                    yield Finding(
                        kind=EvidenceKind.PAYMENT, subject=row.name, value=row.pattern.casefold(), strength=Strength.WEAK, quote=quote
                    )
                    break


def addresses_of(page: Page) -> Iterator[tuple[str, str]]:
    """Where a page leads or sends to: kind and address."""
    yield from (("form", form.action) for form in page.forms if form.action)
    yield from (("frame", address) for address in page.frames)
    yield from (("script", address) for address in page.scripts)
    yield from (("link", link.href) for link in page.links)


def with_parents(host: str) -> list[str]:
    """A host and the names it lies below, longest first."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
