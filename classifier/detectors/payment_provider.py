"""Payment providers: hosts that a page hands the visitor to, and names that stand beside a deposit.

A name alone is no sign of anything: licensed bookmakers, banks and shops name the same providers. STRONG is only a host that a form or frame of the page sends to, a
script of it loads or a browser that showed it asked for more than a picture, on a page that takes deposits.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from casefile.reference import Provider, Reference
from classifier.addresses import with_parents
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

GATEWAY = frozenset(("document", "script", "xhr", "fetch", "websocket"))
"""Kinds of request that speak with a gateway; its logo stands in any shop's footer."""

NEAR = 250
"""Characters between a provider's name and words of a deposit at most."""


@dataclass(frozen=True, slots=True)
class PaymentProvider:
    """Finds payment providers of data/reference/providers.csv."""

    name: str = "payment_provider"
    version: int = 2

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Hosts first, then names in the text."""
        yield from self._hosts(page, [row for row in reference.providers if row.how == "host"])
        yield from self._names(page, [row for row in reference.providers if row.how == "words"])

    def _hosts(self, page: Page, rows: list[Provider]) -> Iterator[Finding]:
        own = host_of(page.url)
        deposits = takes_deposits(page)
        by_host = {row.pattern: row for row in rows}
        for where, address, request in addresses_of(page):
            host = host_of(address)
            row = next((by_host[name] for name in with_parents(host) if name in by_host), None)
            if row is None or row.pattern in with_parents(own):
                continue
            strong = deposits and where != "link"
            yield Finding(
                kind=EvidenceKind.PAYMENT,
                subject=row.name,
                value=host,
                strength=Strength.STRONG if strong else Strength.WEAK,
                quote=clean(f"{where}: {address}"),
                request=request,
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


def takes_deposits(page: Page) -> bool:
    """Whether a page speaks of paying in or out and names play."""
    return bool(DEPOSIT.search(page.text) and PLAY.search(f"{page.title} {page.text}"))


def addresses_of(page: Page) -> Iterator[tuple[str, str, SeenRequest | None]]:
    """Where a page leads or sends to: kind, address, and the browser's request where it was one."""
    yield from (("form", form.action, None) for form in page.forms if form.action)
    yield from (("frame", address, None) for address in page.frames)
    yield from (("script", address, None) for address in page.scripts)
    yield from ((f"request ({one.kind})", one.url, one) for one in page.requests if one.kind in GATEWAY)
    yield from (("link", link.href, None) for link in page.links)
