"""Payment providers: hosts that a page hands the visitor to, and names that stand beside a deposit.

A name alone is no sign of anything: licensed bookmakers, banks and shops name the same providers. STRONG is only a host that a form or frame of the page sends to, a
script of it loads or a browser that showed it asked for more than a picture, on a page that takes deposits.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.hostname import host_of_url
from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from casefile.reference import Provider, Reference
from classifier.addresses import with_parents
from classifier.detectors.facts import Facts, Tables, facts_of, provider_of, tables_of
from classifier.detectors.finding import Finding, clean, quote_around
from classifier.page import Page

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
        tables, facts = tables_of(reference), facts_of(page)
        yield from self._hosts(facts, tables)
        yield from self._names(facts, tables)

    def _hosts(self, facts: Facts, tables: Tables) -> Iterator[Finding]:
        own = with_parents(facts.own)
        known: dict[str, Provider | None] = {}
        for where, address, host, request in addresses_of(facts):
            if host not in known:
                known[host] = provider_of(host, tables)
            row = known[host]
            if row is None or row.pattern in own:
                continue
            strong = facts.takes_deposits and where != "link"
            yield Finding(
                kind=EvidenceKind.PAYMENT,
                subject=row.name,
                value=host,
                strength=Strength.STRONG if strong else Strength.WEAK,
                quote=clean(f"{where}: {address}"),
                request=request,
            )

    def _names(self, facts: Facts, tables: Tables) -> Iterator[Finding]:
        page, places = facts.page, facts.paying
        text = page.text.casefold() if places else ""
        for row, pattern in tables.words:
            if pattern not in text:  # most rows, and far quicker to see than by a regular expression
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(row.pattern)}(?!\w)", page.text, re.IGNORECASE):
                after = bisect_left(places, match.start() - NEAR)
                if after < len(places) and places[after] <= match.start() + NEAR:
                    quote = quote_around(page.text, match.start(), match.end())
                    yield Finding(kind=EvidenceKind.PAYMENT, subject=row.name, value=pattern, strength=Strength.WEAK, quote=quote)
                    break


def addresses_of(facts: Facts) -> Iterator[tuple[str, str, str, SeenRequest | None]]:
    """Where a page leads or sends to: kind, address, its host, and the browser's request where it was one."""
    page = facts.page
    yield from (("form", form.action, host_of_url(form.action), None) for form in page.forms if form.action)
    yield from (("frame", address, host_of_url(address), None) for address in page.frames)
    yield from (("script", address, host_of_url(address), None) for address in page.scripts)
    yield from ((f"request ({one.kind})", one.url, host_of_url(one.url), one) for one in page.requests if one.kind in GATEWAY)
    yield from (("link", link.href, host, None) for link, host in zip(page.links, facts.link_hosts, strict=True))
