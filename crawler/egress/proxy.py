"""The one way out: a proxy on loopback, in a thread of its own. It takes requests in a site's name only, and says in its log how each came out.

A client names the site as proxy user and `secret.egress.vantage` as password (`.rendered` after it where it is a browser); without them it is answered 407 first. Plain `http:` requests are
forwarded, `CONNECT` opens a tunnel. What lies behind is a `Web`: the real one (`crawler.egress.live`) or an archive (`crawler.egress.playback`).
"""

import asyncio
import logging
import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from casefile.errors import ConfigError, HostnameRefused
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import Clock, How
from crawler.egress.authority import Authority
from crawler.egress.exchanges import OUR_ANSWER, ClientGone, hang_up, send
from crawler.egress.gate import Gate
from crawler.egress.live import LiveExchanges
from crawler.egress.log import EgressEvent, EgressLog
from crawler.egress.messages import BadMessage, Request, basic_credentials, parse_request, target_of, tunnel_target
from crawler.egress.playback import PlaybackExchanges
from crawler.egress.replay import ReplayWeb
from crawler.egress.visits import SiteBudget, Visit
from crawler.egress.web import HEAD_LIMIT, Web
from crawler.options import Egress, SiteLimits

PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
START_SECONDS = 10.0
AS_BROWSER = f".{How.RENDERED.value}"

logger = logging.getLogger("mirrorwatch.egress")

ASK_WHO = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
    b'Proxy-Authenticate: Basic realm="mirrorwatch", charset="UTF-8"\r\nContent-Length: 0\r\n\r\n'
)
BAD_REQUEST = (
    f"HTTP/1.1 400 Bad Request\r\n{OUR_ANSWER}: {Outcome.BAD_RESPONSE.value}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyHandle:
    """A running proxy: its address (`http://127.0.0.1:PORT`), the run's secret, and in replay the throwaway authority's certificate (PEM)."""

    url: str
    secret: str
    ca_file: Path | None

    def credentials(self, site: str, egress: str, vantage: str, how: How = How.STATIC) -> tuple[str, str]:
        """User name and password with which a client speaks for a site; raises `ConfigError` for names that cannot stand in them."""
        for name in (egress, vantage):
            if not PLAIN_NAME.fullmatch(name):
                raise ConfigError(f"the egress or vantage name {name!a} may hold only letters, digits, _ and -")
        return site, f"{self.secret}.{egress}.{vantage}{AS_BROWSER if how is How.RENDERED else ''}"


@contextmanager
def running_proxy(
    web: Web, limits: SiteLimits, egresses: Sequence[Egress], clock: Clock, log: EgressLog, door: Door
) -> Iterator[ProxyHandle]:
    """Run the proxy while the context lasts. `clock` times the log; budgets are per site and last as long as the proxy. Raises `ConfigError`."""
    with TemporaryDirectory(prefix="mirrorwatch-") as folder:
        authority = Authority(Path(folder)) if isinstance(web, ReplayWeb) else None
        gate = Gate(web, limits, egresses, door)
        exchanges: Exchanges = (
            PlaybackExchanges(web, gate, authority, log, clock)
            if isinstance(web, ReplayWeb) and authority is not None
            else LiveExchanges(gate, limits, log, clock)
        )
        front = _Front(exchanges, limits, egresses, log, clock, door)
        with _Thread(front, gate) as port:
            ca_file = authority.ca_file if authority is not None else None
            yield ProxyHandle(url=f"http://127.0.0.1:{port}", secret=front.secret, ca_file=ca_file)


Exchanges = LiveExchanges | PlaybackExchanges


class _Front:
    """The side that faces our clients: who asks, for what."""

    def __init__(
        self, exchanges: Exchanges, limits: SiteLimits, egresses: Sequence[Egress], log: EgressLog, clock: Clock, door: Door
    ) -> None:
        self.secret = secrets.token_hex(16)
        self._exchanges = exchanges
        self._limits = limits
        self._egresses = {egress.name: egress for egress in egresses}
        self._log = log
        self._clock = clock
        self._door = door
        self._budgets: dict[str, SiteBudget] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client connection to its end."""
        try:
            while await self._one(reader, writer):
                pass
        except (ClientGone, OSError, EOFError):
            pass
        except (BadMessage, asyncio.LimitOverrunError):
            with suppress(ClientGone):
                await send(writer, BAD_REQUEST)
        finally:
            await hang_up(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; returns whether another may follow on this connection."""
        request = parse_request(await reader.readuntil(b"\r\n\r\n"))
        visit = self._visit(request)
        if visit is None:
            self._log.add(self._stranger(request))
            await send(writer, ASK_WHO)
            return not request.header(b"content-length")
        if request.method == "CONNECT":
            host, port = tunnel_target(request.target)
            return await self._exchanges.tunnel(visit, host, port, reader, writer)
        return await self._exchanges.forward(visit, request, target_of(request.target), reader, writer)

    def _visit(self, request: Request) -> Visit | None:
        """For whom the request is, None when it does not say so in this run's terms."""
        user, password = basic_credentials(request.header(b"proxy-authorization"))
        secret, _, rest = password.partition(".")
        way, _, name = rest.partition(".")
        vantage = name.removesuffix(AS_BROWSER)
        egress = self._egresses.get(way)
        if not secrets.compare_digest(secret.encode(), self.secret.encode()) or egress is None or not PLAIN_NAME.fullmatch(vantage):
            return None
        try:
            site = self._door.parse(user).name
        except HostnameRefused:
            return None
        now = asyncio.get_running_loop().time()
        budget = self._budgets.setdefault(site, SiteBudget(self._limits, now))
        return Visit(site=site, egress=egress, vantage=vantage, budget=budget, how=How.STATIC if name == vantage else How.RENDERED)

    def _stranger(self, request: Request) -> EgressEvent:
        return EgressEvent(
            site="",
            vantage="",
            host=request.target[:200],
            port=0,
            outcome=Outcome.REFUSED_EGRESS,
            detail="asked in no site's name: answered 407",
            at=self._clock(),
        )


class _Thread:
    """The thread with the proxy's event loop. Entering gives the port; leaving ends every connection and waits for the thread."""

    def __init__(self, front: _Front, gate: Gate) -> None:
        self._front = front
        self._gate = gate
        self._port = 0
        self._up = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: OSError | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="egress-proxy", daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        self._up.wait(START_SECONDS)
        if self._failure is not None or not self._port:
            raise ConfigError(f"the egress proxy cannot listen on 127.0.0.1: {self._failure or 'no answer in time'}")
        return self._port

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        finally:
            self._up.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT, backlog=512)
        except OSError as error:
            self._failure = error
            return
        self._port = int(server.sockets[0].getsockname()[1])
        self._up.set()
        try:
            await self._stop.wait()
        finally:
            server.close()
            self._gate.book.close()
            for task in list(self._clients):
                task.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stop is None or self._stop.is_set():
            writer.transport.abort()  # it came while the run ends: nobody would wait for it
            return
        task = asyncio.create_task(self._front.serve(reader, writer))
        self._clients.add(task)
        task.add_done_callback(partial(self._ended, writer))

    def _ended(self, writer: asyncio.StreamWriter, task: asyncio.Task[None]) -> None:
        """Forget a client. What ended it beside its own wish or the run's end is a fault of ours: its trace goes to the night's log."""
        self._clients.discard(task)
        writer.transport.abort()
        if not task.cancelled() and (fault := task.exception()) is not None:
            logger.error("the egress proxy broke off a connection", exc_info=fault)
