"""The loopback server in a thread of its own, and the `Web` that maps invented names to it. The proxy's address check stays as it is: names get public addresses."""

import asyncio
import contextlib
import ssl
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from casefile.outcomes import Outcome
from crawler.egress.resolver import Answer as DnsAnswer
from tests.site.answers import Answer, Asked, whole

Sites = Mapping[str, Mapping[str, Answer]]
"""Host, then path (a path that ends in `*` stands for all that begin so), then the answer."""


class LoopbackServer:
    """Serves `sites` on one plain and one TLS port of 127.0.0.1. `contexts`: host to the TLS context that it shows; None breaks the handshake."""

    def __init__(self, sites: Sites, contexts: Mapping[str, ssl.SSLContext | None]) -> None:
        self.sites = sites
        self.contexts = contexts
        self.plain_port = 0
        self.tls_port = 0
        self.requests: list[Asked] = []
        self.at_once: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Stop, and cut every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _listen(self) -> None:
        self._servers = [await asyncio.start_server(self._serve, "127.0.0.1", 0)]
        self.plain_port = self._servers[0].sockets[0].getsockname()[1]
        if self.contexts:
            front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            front.sni_callback = self._choose
            any_context = next(context for context in self.contexts.values() if context is not None)
            self._servers.append(await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=any_context))
            any_context.sni_callback = self._choose
            self.tls_port = self._servers[1].sockets[0].getsockname()[1]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        await asyncio.sleep(0.05)

    def _choose(self, connection: ssl.SSLObject, name: str, _context: ssl.SSLContext) -> int | None:
        context = self.contexts.get(name)
        if context is None:
            return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
        connection.context = context
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            while not writer.is_closing() and (asked := await _asked(reader)):
                self.requests.append(asked)
                self.at_once[asked.host] += 1
                self.most_at_once[asked.host] = max(self.most_at_once[asked.host], self.at_once[asked.host])
                try:
                    await self._answer(asked)(asked, writer)
                    await writer.drain()
                finally:
                    self.at_once[asked.host] -= 1
        writer.close()

    def _answer(self, asked: Asked) -> Answer:
        site = self.sites.get(asked.host, {})
        path = asked.path.partition("?")[0]
        found = site.get(asked.path) or site.get(path)
        if found is None:
            found = next((answer for key, answer in site.items() if key.endswith("*") and path.startswith(key[:-1])), None)
        return found or whole(b"<html><body>no such page</body></html>", status="404 Not Found")


async def _asked(reader: asyncio.StreamReader) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    target = first.split(" ")[1]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if target.startswith("http"):  # a client that takes this server for its proxy (tests/bench)
        parts = urlsplit(target)
        return Asked(parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers)
    return Asked(headers.get("host", "").partition(":")[0], target, headers)


class MappedResolver:
    """Every name has a public address of its own, but for those whose look-up is said to fail."""

    def __init__(self, failing: Mapping[str, Outcome]) -> None:
        self.failing = failing
        self.names: dict[str, str] = {}

    async def look_up(self, name: str, *, nameservers: bool = False) -> DnsAnswer:
        """The address of the name."""
        if name in self.failing:
            return DnsAnswer(outcome=self.failing[name])
        number = len(self.names) + 1
        address = next((address for address, known in self.names.items() if known == name), f"93.184.{number // 250}.{number % 250 + 1}")
        self.names[address] = name
        return DnsAnswer(outcome=Outcome.OK, addresses=(address,), ttl=60)


class LoopbackWeb:
    """The `Web` that leads to a loopback server. `refusing`: hosts that refuse every connection; 443 is open only for hosts with a context."""

    replays = False

    def __init__(
        self, server: LoopbackServer, *, refusing: frozenset[str] = frozenset(), failing: Mapping[str, Outcome] | None = None
    ) -> None:
        self.server = server
        self.refusing = refusing
        self.resolver = MappedResolver(failing or {})

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the loopback server in the place of `address`."""
        host = self.resolver.names[address]
        if host in self.refusing or (port == 443 and host not in self.server.contexts) or port not in (80, 443):
            raise ConnectionRefusedError(111, "Connection refused")
        async with asyncio.timeout(seconds):
            return await asyncio.open_connection("127.0.0.1", self.server.tls_port if port == 443 else self.server.plain_port, limit=65_536)


@contextmanager
def serving(sites: Sites, contexts: Mapping[str, ssl.SSLContext | None] | None = None) -> Iterator[LoopbackServer]:
    """A loopback server while the context lasts."""
    server = LoopbackServer(sites, contexts or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()
