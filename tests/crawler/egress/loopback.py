"""Hand-made far ends for the proxy: a resolver and a dialler that a test fills, byte-level servers on loopback, and a client that speaks for a site."""

import asyncio
import base64
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from casefile.hostname import Door
from casefile.outcomes import Outcome
from crawler.egress.log import EgressEvent, EgressLog
from crawler.egress.proxy import ProxyHandle, running_proxy
from crawler.egress.resolver import Answer
from crawler.egress.web import HEAD_LIMIT, Web
from crawler.options import Egress, SiteLimits

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
PUBLIC = "93.184.216.34"
OTHER = "93.184.216.35"
PUBLIC_V6 = "2606:2800:220:1:248:1893:25c8:1946"
DOOR = Door(("example", "test"))

Serve = Callable[[socket.socket], None]


def found(*addresses: str, cnames: tuple[str, ...] = ()) -> Answer:
    return Answer(outcome=Outcome.OK, addresses=addresses, cnames=cnames, ttl=0)


def failed(outcome: Outcome) -> Answer:
    return Answer(outcome=outcome)


class ListedResolver:
    """Answers from a table; of a list of answers each call takes the next, the last for ever."""

    def __init__(self, names: dict[str, Answer | list[Answer]]) -> None:
        self.names = names
        self.asked: list[str] = []

    async def look_up(self, name: str, *, nameservers: bool = False) -> Answer:
        self.asked.append(name)
        answer = self.names.get(name, failed(Outcome.NXDOMAIN))
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer


@dataclass
class RoutedWeb:
    """Dials addresses as a table says: to a port on loopback, or an error. What is not in the table is really dialled: the address check alone must stop it."""

    resolver: ListedResolver
    routes: dict[str, int | OSError] = field(default_factory=dict)
    dialled: list[str] = field(default_factory=list)
    replays = False

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.dialled.append(address)
        route = self.routes.get(address)
        if isinstance(route, OSError):
            raise route
        async with asyncio.timeout(seconds):
            place = (address, port) if route is None else ("127.0.0.1", route)
            return await asyncio.open_connection(*place, limit=HEAD_LIMIT)


@dataclass
class FarEnd:
    """A server on loopback: its port, and the requests that came (whole heads)."""

    port: int
    connections: list[tuple[str, int]] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


@contextmanager
def far_end(serve: Serve, host: str = "127.0.0.1") -> Iterator[FarEnd]:
    """A server that hands every connection to `serve`."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            end.connections.append(self.client_address)
            with suppress(OSError):
                serve(self.request)

    with socketserver.ThreadingTCPServer((host, 0), Handler) as server:
        server.daemon_threads = True
        end = FarEnd(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield end
        finally:
            server.shutdown()
            thread.join()


def head_from(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            break
        data += more
    return data


def says(octets: bytes) -> Serve:
    """Reads a request, answers these octets, closes."""

    def serve(connection: socket.socket) -> None:
        head_from(connection)
        connection.sendall(octets)

    return serve


def reset(connection: socket.socket) -> None:
    """Reads a request, then resets."""
    head_from(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silent(connection: socket.socket) -> None:
    """Never answers; ends when the other side does."""
    while connection.recv(65536):
        pass


@dataclass
class Desk:
    """A running proxy and its log."""

    handle: ProxyHandle
    log: EgressLog

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.handle.url.rpartition(":")[2])

    def authorization(self, site: str = "site.example", egress: str = "direct", vantage: str = "desktop") -> bytes:
        pair = ":".join(self.handle.credentials(site, egress, vantage))
        return b"Proxy-Authorization: Basic " + base64.b64encode(pair.encode()) + b"\r\n"

    def talk(self, octets: bytes) -> bytes:
        """Send octets to the proxy and read until it closes, or its answer is whole by its length."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(octets)
            return read_answer(connection)

    def get(self, url: str, *, headers: bytes = b"", site: str = "site.example", egress: str = "direct", vantage: str = "desktop") -> bytes:
        """The whole answer to a GET of an absolute address."""
        return self.talk(
            b"GET " + url.encode() + b" HTTP/1.1\r\nHost: ignored\r\n" + self.authorization(site, egress, vantage) + headers + b"\r\n"
        )

    def connect(self, place: str, *, site: str = "site.example", vantage: str = "desktop") -> tuple[socket.socket, bytes]:
        """A connection after CONNECT, and the proxy's answer; the caller closes it."""
        connection = socket.create_connection(self.address, timeout=10)
        connection.sendall(f"CONNECT {place} HTTP/1.1\r\n".encode() + self.authorization(site, vantage=vantage) + b"\r\n")
        return connection, head_from(connection)

    def event(self, host: str, port: int = 80, site: str = "site.example") -> EgressEvent:
        event = self.log.last(site, host, port)
        assert event is not None, self.log.events()
        return event


def read_answer(connection: socket.socket) -> bytes:
    data = b""
    while True:
        head, parted, body = data.partition(b"\r\n\r\n")
        lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if parted and lengths and len(body) >= lengths[0]:
            return data
        if parted and b"transfer-encoding: chunked" in head.lower() and body.endswith(b"0\r\n\r\n"):
            return data
        try:
            more = connection.recv(65536)
        except ConnectionError:
            return data
        if not more:
            return data
        data += more


LIMITS = SiteLimits(seconds=20.0, octets=10_000_000, connect_seconds=1.0, answer_seconds=0.5)


@contextmanager
def desk(
    web: Web, *, limits: SiteLimits = LIMITS, egresses: Sequence[Egress] = (Egress(),), log_file: Path | None = None
) -> Iterator[Desk]:
    """A running proxy in front of `web`."""
    log = EgressLog(log_file, lambda: NOW)
    with running_proxy(web, limits, egresses, lambda: NOW, log, DOOR) as handle:
        yield Desk(handle, log)
    log.close()
