"""From a name to a connection that is pinned to the address that was checked. Nothing else in mirrorwatch dials a site.

A target must be a host name that `casefile.hostname.Door` takes: an address in whatever spelling, `localhost` and special-use names are refused before
anything is looked up. If any address of a name is non-public the name is refused whole: honest sites do not mix, rebinding does.
"""

import asyncio
import base64
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from casefile.errors import ConfigError, HostnameRefused
from casefile.hostname import Door
from casefile.outcomes import Outcome
from crawler.egress.addresses import refusal
from crawler.egress.causes import outcome_of_error
from crawler.egress.resolver import Answer, Resolver
from crawler.egress.visits import Cut, Visit
from crawler.egress.web import Web
from crawler.options import Egress, SiteLimits

MOST_TRIES = 4
"""Addresses of one name that are dialled at most."""

REMEMBERED_SECONDS = 60.0
"""How long a run keeps what a name resolved to, whatever its TTL: a second answer within a visit is not asked for."""

MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection to the far end; `address` is what was dialled."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: str

    def drop(self) -> None:
        """Close at once, whatever is unsent."""
        self.writer.transport.abort()


@dataclass(frozen=True, slots=True)
class Upstream:
    """A configured HTTP proxy; `authorization` is empty or a whole header value."""

    host: str
    port: int
    authorization: str


def admitted_name(door: Door, host: str) -> str:
    """The checked name of a target; raises `Cut` for anything that is not a public host name."""
    try:
        return door.parse(host).name
    except HostnameRefused as error:
        raise Cut(Outcome.REFUSED_EGRESS, f"target {host[:100]!a}: {error.reason}") from None


def admitted_addresses(answer: Answer) -> tuple[str, ...]:
    """The addresses of an answer; raises `Cut` when there is none, or when any of them is not public."""
    for address in answer.addresses:
        if reason := refusal(address):
            raise Cut(Outcome.REFUSED_EGRESS, f"{address}: {reason}", address)
    if answer.outcome is not Outcome.OK:
        raise Cut(answer.outcome, "look-up failed")
    return answer.addresses


def parse_upstream(egress: Egress) -> Upstream | None:
    """The upstream proxy of an egress, None for a direct one; raises `ConfigError` without repeating its password."""
    if not egress.upstream:
        return None
    try:
        parts = urlsplit(egress.upstream)
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    if parts.scheme != "http" or not parts.hostname or port is None:
        raise ConfigError(f"egress {egress.name!a}: upstream must be http://[user:password@]host:port")
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    code = base64.b64encode(pair.encode()).decode()
    return Upstream(parts.hostname, port, f"Basic {code}" if parts.username else "")


class AddressBook:
    """Look-ups of one run, each name asked once in `REMEMBERED_SECONDS` and by one task however many wait for it."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._asked: dict[str, tuple[asyncio.Task[Answer], float]] = {}

    async def look_up(self, name: str) -> Answer:
        """What `name` resolves to in this run."""
        now = asyncio.get_running_loop().time()
        task, until = self._asked.get(name, (None, 0.0))
        if task is None or now >= until or (task.done() and (task.cancelled() or task.result().outcome is not Outcome.OK)):
            if len(self._asked) >= MOST_REMEMBERED:
                self._asked = {key: kept for key, kept in self._asked.items() if not kept[0].done()}
            task = asyncio.create_task(self._resolver.look_up(name))
            self._asked[name] = (task, now + REMEMBERED_SECONDS)
        return await asyncio.shield(task)

    def close(self) -> None:
        """Stop what is still being asked."""
        for task, _ in self._asked.values():
            task.cancel()


class Gate:
    """Opens pinned connections for visits. Raises `ConfigError` for an upstream that is none."""

    def __init__(self, web: Web, limits: SiteLimits, egresses: Sequence[Egress], door: Door) -> None:
        self._web = web
        self._limits = limits
        self._door = door
        self._upstreams = {egress.name: parse_upstream(egress) for egress in egresses}
        self.book = AddressBook(web.resolver)

    def check(self, host: str, port: int) -> str:
        """The checked name of a target; raises `Cut` for a name or a port that is not for us."""
        name = admitted_name(self._door, host)
        if port not in self._limits.ports:
            raise Cut(Outcome.REFUSED_PORT, f"port {port} is not a web port")
        return name

    async def open(self, visit: Visit, host: str, port: int) -> Connection:
        """A connection to one of the target's addresses, checked and then dialled as checked; raises `Cut`."""
        loop = asyncio.get_running_loop()
        visit.budget.check(loop.time())
        name = self.check(host, port)
        try:
            async with asyncio.timeout_at(visit.budget.deadline):
                addresses = admitted_addresses(await self.book.look_up(name))
                return await self._first_that_answers(visit.egress, addresses[:MOST_TRIES], port)
        except TimeoutError:
            raise visit.budget.late() from None

    async def _first_that_answers(self, egress: Egress, addresses: Sequence[str], port: int) -> Connection:
        upstream = self._upstreams[egress.name]
        failures: list[Cut] = []
        for address in addresses:
            try:
                return await (self._dial(address, port) if upstream is None else self._dial_through(upstream, address, port))
            except Cut as cut:
                failures.append(cut)
        telling = [cut for cut in failures if cut.outcome is not Outcome.UNREACHABLE]
        raise next(iter(telling or failures), Cut(Outcome.NO_ADDRESS, "no address"))

    async def _dial(self, address: str, port: int) -> Connection:
        try:
            reader, writer = await self._web.dial(address, port, self._limits.connect_seconds)
        except OSError as error:
            raise Cut(outcome_of_error(error, connected=False), f"{address} port {port}: {_words(error)}", address) from None
        return Connection(reader, writer, address)

    async def _dial_through(self, upstream: Upstream, address: str, port: int) -> Connection:
        """A tunnel to the pinned address through the configured proxy; whatever fails there is the upstream's failure."""
        try:
            reader, writer = await self._web.dial(await self._upstream_address(upstream), upstream.port, self._limits.connect_seconds)
        except OSError as error:
            raise Cut(Outcome.UPSTREAM_FAILED, f"{upstream.host} port {upstream.port}: {_words(error)}", address) from None
        connection = Connection(reader, writer, address)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                status = await _ask_for_tunnel(connection, upstream, address, port)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            connection.drop()
            raise Cut(Outcome.UPSTREAM_FAILED, f"{upstream.host}: {_words(error)}", address) from None
        except asyncio.CancelledError:
            connection.drop()
            raise
        if status[:1] != b"2":
            connection.drop()
            raise Cut(Outcome.UPSTREAM_FAILED, f"{upstream.host} answered {status.decode('ascii', 'backslashreplace')}", address)
        return connection

    async def _upstream_address(self, upstream: Upstream) -> str:
        """An operator's own proxy may stand on a private address; it is reached by exact host and port, never for a page."""
        try:
            return str(ipaddress.ip_address(upstream.host))
        except ValueError:
            answer = await self.book.look_up(upstream.host)
        if not answer.addresses:
            raise OSError(f"look-up: {answer.outcome.value}")
        return answer.addresses[0]


async def _ask_for_tunnel(connection: Connection, upstream: Upstream, address: str, port: int) -> bytes:
    """Ask the upstream for a tunnel; returns the status and its words."""
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    login = f"Proxy-Authorization: {upstream.authorization}\r\n" if upstream.authorization else ""
    connection.writer.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{login}\r\n".encode())
    await connection.writer.drain()
    head = await connection.reader.readuntil(b"\r\n\r\n")
    return head.split(b"\r\n", 1)[0].partition(b" ")[2][:80]


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError) and not error.args:
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
