"""Game providers: frames, scripts and lines of studios whose games casinos show. A part of a page that only gambling has, and that any rival may have too."""

from collections.abc import Iterator
from dataclasses import dataclass

from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.addresses import same_site, with_parents
from classifier.detectors.facts import facts_of, tables_of
from classifier.detectors.finding import Finding, clean
from classifier.page import Page, host_of

RUNS = frozenset(("document", "script", "xhr", "fetch", "websocket", "eventsource"))
"""Kinds of request that run or show a game; a picture of one stands on any review."""


@dataclass(frozen=True, slots=True)
class GameProviderFrame:
    """Finds game providers of data/reference/game_providers.csv."""

    name: str = "game_provider"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Frames, then scripts, then what the browser asked for; a host once. A link to a studio is no game."""
        by_host, own = tables_of(reference).games, facts_of(page).own
        told: set[str] = set()
        for where, address, request in _addresses(page):
            host = host_of(address)
            provider = next((by_host[name] for name in with_parents(host) if name in by_host), None)
            if provider is None or host in told or same_site(host, own):
                continue
            told.add(host)
            yield Finding(
                kind=EvidenceKind.GAMBLING,
                subject=f"games of {provider}",
                value=host,
                strength=Strength.STRONG,
                quote=clean(f"{where}: {address}"),
                request=request,
            )


def _addresses(page: Page) -> Iterator[tuple[str, str, SeenRequest | None]]:
    yield from (("frame", address, None) for address in page.frames)
    yield from (("script", address, None) for address in page.scripts)
    yield from ((f"request ({request.kind})", request.url, request) for request in page.requests if request.kind in RUNS)
