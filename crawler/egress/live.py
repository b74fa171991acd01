"""Exchanges with the real web: plain requests forwarded, tunnels pumped and never opened. Streams; holds no body.

Every failure is in the log before the client can notice it.
"""

import asyncio
import math
from collections.abc import AsyncIterator

from casefile.outcomes import Outcome
from casefile.records import Clock, How
from crawler.egress.causes import outcome_of_error
from crawler.egress.exchanges import OUR_ANSWER, ClientGone, Exchange, refuse, send
from crawler.egress.gate import Connection, Gate
from crawler.egress.log import EgressLog
from crawler.egress.messages import BadMessage, Request, Response, Target, end_to_end, head_of, parse_response
from crawler.egress.visits import Cut, Visit
from crawler.options import SiteLimits

CHUNK = 65_536
"""Octets read at once."""

LONGEST_CHUNK = 1 << 30
LONGEST_CHUNK_LINE = 1024
"""Octets of a line that announces a chunk; what it says beside the size is of no use to us."""


class LiveExchanges:
    """Answers clients from the real web."""

    def __init__(self, gate: Gate, limits: SiteLimits, log: EgressLog, clock: Clock) -> None:
        self._gate = gate
        self._limits = limits
        self._log = log
        self._clock = clock

    async def forward(
        self, visit: Visit, request: Request, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Forward one plain request; returns whether the client's connection can serve another."""
        exchange = Exchange(visit=visit, host=target.host, port=target.port, url=target.url, log=self._log, clock=self._clock)
        try:
            far = await self._gate.open(visit, target.host, target.port)
        except Cut as cut:
            exchange.failed(cut)
            keep = request.keep_alive and not request.header(b"content-length")
            await refuse(writer, cut, keep=keep)
            return keep
        exchange.address = far.address
        try:
            return await self._exchange(exchange, far, request, target, reader, writer)
        finally:
            far.drop()

    async def _exchange(
        self,
        exchange: Exchange,
        far: Connection,
        request: Request,
        target: Target,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        answered = False
        try:
            async with asyncio.timeout_at(self._answer_by(exchange)):
                await _send_request(exchange, far, request, target, reader)
                response = await _response_head(exchange, far, request.method)
                exchange.opened()
                answered = True
                await _relay(exchange, far, response, request, writer)
        except ClientGone:
            exchange.closed(Outcome.CLIENT_GONE)
            return False
        except (Cut, TimeoutError, OSError, EOFError, BadMessage, asyncio.LimitOverrunError) as error:
            cut = self._cut(exchange, error, answered=answered)
            exchange.failed(cut)
            if answered:
                writer.transport.abort()
            else:
                await refuse(writer, cut, keep=False)
            return False
        exchange.closed()
        return request.keep_alive

    def _answer_by(self, exchange: Exchange) -> float:
        now = asyncio.get_running_loop().time()
        return min(exchange.visit.budget.deadline, now + self._limits.answer_seconds)

    def _cut(self, exchange: Exchange, error: Exception, *, answered: bool) -> Cut:
        """What an error on a connection that stood means."""
        if isinstance(error, Cut):
            return error
        if isinstance(error, TimeoutError) and asyncio.get_running_loop().time() >= exchange.visit.budget.deadline:
            return exchange.visit.budget.late()
        if isinstance(error, BadMessage):
            return Cut(Outcome.BAD_RESPONSE, str(error))
        if isinstance(error, asyncio.LimitOverrunError):
            return Cut(Outcome.BAD_RESPONSE, "a head or chunk line over the limit")
        if isinstance(error, EOFError):
            return Cut(Outcome.BAD_RESPONSE, "the answer breaks off" if answered else "closed without a whole answer")
        outcome = outcome_of_error(error, connected=True)
        return Cut(outcome, f"no whole answer in {self._limits.answer_seconds:g} s" if outcome is Outcome.READ_TIMEOUT else str(error))

    async def tunnel(self, visit: Visit, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Carry a tunnel to its end; returns whether the client's connection can serve another request (only when nothing was opened)."""
        exchange = Exchange(visit=visit, host=host, port=port, log=self._log, clock=self._clock)
        try:
            far = await self._gate.open(visit, host, port)
        except Cut as cut:
            exchange.failed(cut)
            await refuse(writer, cut, keep=True)
            return True
        exchange.address = far.address
        try:
            exchange.opened("tunnel")
            await send(writer, b"HTTP/1.1 200 Connection established\r\n\r\n")
            answer_seconds = self._limits.answer_seconds if visit.how is How.STATIC else math.inf
            await Tunnel(exchange, answer_seconds, far).carry(reader, writer)
        except ClientGone:
            exchange.closed(Outcome.CLIENT_GONE)
        except Cut as cut:
            exchange.failed(cut)
            writer.transport.abort()
        except asyncio.CancelledError:
            exchange.closed(detail="tunnel, open when the run ended")
            raise
        else:
            exchange.closed(Outcome.OK if exchange.octets_down else Outcome.CLIENT_GONE, "tunnel")
        finally:
            far.drop()
        return False


class Tunnel:
    """Octets both ways. What is inside is not looked at: an answer is what comes after the client last sent something.

    An answer that takes longer than `answer_seconds`, silent or dripping, is a READ_TIMEOUT; an end without one a BAD_RESPONSE or CONNECTION_RESET, and
    TLS where nothing ever came. A browser waits by its own rule and keeps sockets open on which nobody owes an answer, so that for it `answer_seconds` is
    infinite: such a tunnel only fails before anything came, or when the site's budget is spent.
    """

    def __init__(self, exchange: Exchange, answer_seconds: float, far: Connection) -> None:
        self._exchange = exchange
        self._answer_seconds = answer_seconds
        self._far = far
        self._asked = self._heard = exchange.began

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pump until one side ends; raises `Cut` when the far end failed."""
        tasks = [asyncio.create_task(part) for part in (self._down(writer), self._up(reader), self._watch())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in (task for task in tasks if task in done):
            task.result()

    async def _up(self, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        while data := await _client_data(reader):
            self._exchange.octets_up += len(data)
            self._asked = loop.time()
            try:
                self._far.writer.write(data)
                await self._far.writer.drain()
            except OSError as error:
                raise self._end_of(error) from None

    async def _down(self, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while data := await self._far_data():
            self._exchange.received(len(data))
            self._heard = loop.time()
            if self._heard - self._asked > self._answer_seconds:
                raise self._late()
            await send(writer, data)
        if not self._exchange.octets_down:
            raise Cut(Outcome.TLS, "closed before the TLS handshake")
        if self._waiting and self._owes_answers:
            raise Cut(Outcome.BAD_RESPONSE, "closed without an answer")

    async def _far_data(self) -> bytes:
        try:
            return await self._far.reader.read(CHUNK)
        except OSError as error:
            if (self._waiting and self._owes_answers) or not self._exchange.octets_down:
                raise self._end_of(error) from None
            return b""

    async def _watch(self) -> None:
        """End the tunnel when the site's time is up, or an answer is waited for too long."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            if now >= self._exchange.visit.budget.deadline:
                raise self._exchange.visit.budget.late()
            if self._waiting and now - self._asked >= self._answer_seconds:
                raise self._late()
            await asyncio.sleep(min(self._exchange.visit.budget.deadline - now, self._answer_seconds / 4))

    @property
    def _owes_answers(self) -> bool:
        return self._answer_seconds < math.inf

    @property
    def _waiting(self) -> bool:
        return self._asked > self._heard

    def _late(self) -> Cut:
        return Cut(Outcome.READ_TIMEOUT, f"no whole answer in {self._answer_seconds:g} s")

    def _end_of(self, error: OSError) -> Cut:
        return Cut(outcome_of_error(error, connected=True), str(error))


async def _client_data(reader: asyncio.StreamReader, most: int = CHUNK) -> bytes:
    try:
        return await reader.read(most)
    except OSError:
        return b""


async def _send_request(exchange: Exchange, far: Connection, request: Request, target: Target, reader: asyncio.StreamReader) -> None:
    """Send the head, with the Host of the address that was checked, and the body where one is announced by length."""
    if request.header(b"transfer-encoding"):
        raise Cut(Outcome.BAD_RESPONSE, "requests with a chunked body are not forwarded")
    host = target.url.removeprefix("http://").partition("/")[0].encode("ascii", "replace")
    headers = [(b"Host", host), *end_to_end(request.headers, without=(b"host",)), (b"Connection", b"close")]
    head = head_of(f"{request.method} {target.path} HTTP/1.1".encode("ascii", "replace"), headers)
    far.writer.write(head)
    exchange.octets_up += len(head)
    left = int(request.header(b"content-length") or b"0")
    while left > 0:
        data = await _client_data(reader, min(CHUNK, left))
        if not data:
            raise ClientGone
        far.writer.write(data)
        exchange.octets_up += len(data)
        left -= len(data)
    await far.writer.drain()


async def _response_head(exchange: Exchange, far: Connection, method: str) -> Response:
    """The head of the final answer; interim answers (1xx) are skipped."""
    while True:
        first = await far.reader.readexactly(5)
        if first != b"HTTP/":
            raise BadMessage("the answer is not HTTP")
        head = first + await far.reader.readuntil(b"\r\n\r\n")
        exchange.received(len(head))
        response = parse_response(head, method)
        if response.status >= 200:
            return response


async def _relay(exchange: Exchange, far: Connection, response: Response, request: Request, writer: asyncio.StreamWriter) -> None:
    """Send the answer on: by its length, or chunked anew where it had none, so that the client sees an answer that breaks off."""
    framed = response.length is not None and response.length >= 0
    ours = OUR_ANSWER.lower().encode()
    headers = end_to_end(
        response.headers, without=(b"transfer-encoding", ours) if framed else (b"transfer-encoding", b"content-length", ours)
    )
    if not framed:
        headers.append((b"Transfer-Encoding", b"chunked"))
    if not request.keep_alive:
        headers.append((b"Connection", b"close"))
    await send(writer, head_of(b"HTTP/1.1 " + response.line, headers))
    async for data in _body(exchange, far.reader, response.length):
        exchange.received(len(data))
        await send(writer, data if framed else b"%x\r\n%b\r\n" % (len(data), data))
    if not framed:
        await send(writer, b"0\r\n\r\n")


async def _body(exchange: Exchange, reader: asyncio.StreamReader, length: int | None) -> AsyncIterator[bytes]:
    """The body as it comes, without its transfer coding, which is counted here; raises `EOFError` when it breaks off, `BadMessage` for broken chunks."""
    if length is None:
        while size := _chunk_size(await _chunk_line(exchange, reader)):
            async for data in _exactly(reader, size):
                yield data
            if await reader.readexactly(2) != b"\r\n":
                raise BadMessage("broken chunk")
        return
    if length >= 0:
        async for data in _exactly(reader, length):
            yield data
        return
    while data := await reader.read(CHUNK):
        yield data


async def _exactly(reader: asyncio.StreamReader, octets: int) -> AsyncIterator[bytes]:
    while octets:
        data = await reader.read(min(CHUNK, octets))
        if not data:
            raise EOFError("breaks off")
        octets -= len(data)
        yield data


async def _chunk_line(exchange: Exchange, reader: asyncio.StreamReader) -> bytes:
    """The line before a chunk; it counts with the line break that follows the chunk."""
    line = await reader.readuntil(b"\r\n")
    exchange.received(len(line) + 2)
    if len(line) > LONGEST_CHUNK_LINE:
        raise BadMessage("a chunk line over the limit")
    return line


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    try:
        size = int(digits, 16) if digits.isalnum() else -1
    except ValueError:
        size = -1
    if not 0 <= size <= LONGEST_CHUNK:
        raise BadMessage("broken chunk size")
    return size
