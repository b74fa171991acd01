"""The web as the proxy needs it: a resolver and a dialler. Tests hand in their own of either; the address check stays where it is, in the proxy."""

import asyncio
from typing import Protocol

from crawler.egress.resolver import LiveResolver, Resolver
from crawler.options import CrawlOptions

HEAD_LIMIT = 65_536
"""Octets of a message head at most; a longer one is a bad response."""


class Web(Protocol):
    """What stands behind the proxy: the real web, an archive (`crawler.egress.replay.ReplayWeb`), or a test's."""

    @property
    def resolver(self) -> Resolver:
        """Looks names up."""

    @property
    def replays(self) -> bool:
        """Whether this is a web made of WARC files."""

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to an address that was checked; raises `OSError` or `TimeoutError`."""


class LiveWeb:
    """The real web."""

    replays = False

    def __init__(self, options: CrawlOptions) -> None:
        """Raises `NetworkDown` when the system names no resolver and the configuration does not either."""
        self.resolver: Resolver = LiveResolver(options.nameservers, options.dns_seconds)

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a literal address: no look-up happens here."""
        async with asyncio.timeout(seconds):
            return await asyncio.open_connection(address, port, limit=HEAD_LIMIT)
