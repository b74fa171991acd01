"""Exchanges with a web made of WARC files: responses as archived, TLS ended here under a throwaway authority, failures played as they were.

A page that failed when it was archived closes the connection, and the log says how it failed. No budget applies: the archive was bounded when it was taken,
and a replay comes out the same on a slow machine.
"""

import asyncio
import re
import ssl

from casefile.archive import StoredRecord
from casefile.outcomes import Outcome
from casefile.records import Clock
from crawler.egress.authority import Authority
from crawler.egress.exchanges import OUR_ANSWER, ClientGone, Exchange, refuse, send
from crawler.egress.gate import Gate, admitted_addresses
from crawler.egress.log import DEFAULT_PORTS, EgressLog
from crawler.egress.messages import BadMessage, Header, Request, Target, end_to_end, head_of, parse_request
from crawler.egress.replay import ReplayWeb
from crawler.egress.visits import Cut, Visit

LINE_BREAKS = re.compile(rb"[\r\n\0]+")
NO_BODY = (204, 304)


class PlaybackExchanges:
    """Answers clients from an archive; the same two ways in as `crawler.egress.live.LiveExchanges`."""

    def __init__(self, web: ReplayWeb, gate: Gate, authority: Authority, log: EgressLog, clock: Clock) -> None:
        self._web = web
        self._gate = gate
        self._authority = authority
        self._log = log
        self._clock = clock

    async def forward(
        self, visit: Visit, request: Request, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one plain request; returns whether the client's connection can serve another."""
        exchange = Exchange(visit=visit, host=target.host, port=target.port, url=target.url, log=self._log, clock=self._clock)
        keep = request.keep_alive and await _skip_body(request, reader)
        try:
            name = await self._admit(target.host, target.port)
            await self._serve(exchange, request, name, target.path, "http", writer)
        except Cut as cut:
            exchange.failed(cut)
            await refuse(writer, cut, keep=keep)
        return keep

    async def tunnel(self, visit: Visit, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer the requests inside a tunnel; returns whether the client's connection can serve another (only when nothing was opened)."""
        try:
            name = await self._admit(host, port)
        except Cut as cut:
            Exchange(visit=visit, host=host, port=port, log=self._log, clock=self._clock).failed(cut)
            await refuse(writer, cut, keep=True)
            return True
        await send(writer, b"HTTP/1.1 200 Connection established\r\n\r\n")
        scheme = "http" if port == DEFAULT_PORTS["http"] else "https"  # browsers ask for a tunnel for `ws:` too
        try:
            if scheme == "https":
                await writer.start_tls(self._authority.context_for(name))
            while await self._inside(visit, name, port, scheme, reader, writer):
                pass
        except (ClientGone, OSError, ssl.SSLError, EOFError, asyncio.LimitOverrunError, BadMessage):
            writer.transport.abort()
        return False

    async def _inside(
        self, visit: Visit, name: str, port: int, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """One request inside a tunnel; returns whether another may follow."""
        request = parse_request(await reader.readuntil(b"\r\n\r\n"))
        keep = request.keep_alive and await _skip_body(request, reader)
        place = name if port == DEFAULT_PORTS[scheme] else f"{name}:{port}"
        exchange = Exchange(visit=visit, host=name, port=port, url=f"{scheme}://{place}{request.target}", log=self._log, clock=self._clock)
        try:
            await self._serve(exchange, request, name, request.target, scheme, writer)
        except Cut as cut:
            # an answer of ours inside the tunnel would pass for the site's own; a closed connection makes the client ask the log
            exchange.failed(cut)
            writer.transport.abort()
            return False
        return keep

    async def _admit(self, host: str, port: int) -> str:
        """The name of an archived host; raises `Cut` with what stops a live visit too, or the archived outcome of its look-up."""
        name = self._gate.check(host, port)
        answer = self._web.answer(name)
        if answer.outcome is Outcome.OK or not self._web.has_host(name):
            admitted_addresses(answer)
        return name

    async def _serve(self, exchange: Exchange, request: Request, name: str, path: str, scheme: str, writer: asyncio.StreamWriter) -> None:
        page = self._web.page(name, path, scheme=scheme, vantage=exchange.visit.vantage, how=exchange.visit.how)
        exchange.replayed_from = page.date
        if page.record is None:
            raise Cut(page.outcome, page.reason)
        head, body = _leave_to_ask(request) if _asks_leave(request) else _message(page.record, request)
        exchange.octets_down = len(head) + len(body)
        exchange.opened("replay")
        await send(writer, head + body)
        exchange.closed(detail="replay")


def _message(record: StoredRecord, request: Request) -> tuple[bytes, bytes]:
    """The archived response as octets: its status and headers, the length made right, nothing that belongs to one hop."""
    line = LINE_BREAKS.sub(b" ", record.status_line.encode("latin-1", "replace"))
    headers: list[Header] = [
        (key.encode("latin-1", "replace"), LINE_BREAKS.sub(b" ", value.encode("latin-1", "replace"))) for key, value in record.headers
    ]
    kept = end_to_end(headers, without=(b"content-length", b"transfer-encoding", OUR_ANSWER.lower().encode()))
    if record.status not in NO_BODY:
        kept.append((b"Content-Length", b"%d" % len(record.payload)))
    if not request.keep_alive:
        kept.append((b"Connection", b"close"))
    body = b"" if request.method == "HEAD" or record.status in NO_BODY else record.payload
    return head_of(b"HTTP/1.1 " + line, kept), body


def _asks_leave(request: Request) -> bool:
    """Whether a browser asks if a script may ask (CORS preflight, Fetch standard): no archive holds the answer, only what followed it."""
    return request.method == "OPTIONS" and bool(request.header(b"access-control-request-method"))


def _leave_to_ask(request: Request) -> tuple[bytes, bytes]:
    """Leave for what is asked for: the page was archived, so leave was given then."""
    asked = (
        (b"Access-Control-Allow-Origin", request.header(b"origin")),
        (b"Access-Control-Allow-Methods", request.header(b"access-control-request-method")),
        (b"Access-Control-Allow-Headers", request.header(b"access-control-request-headers")),
        (b"Access-Control-Allow-Credentials", b"true"),
    )
    return head_of(b"HTTP/1.1 204 No Content", [(name, value) for name, value in asked if value]), b""


async def _skip_body(request: Request, reader: asyncio.StreamReader) -> bool:
    """Read past a request's body; returns whether its end is known, so that another request can follow."""
    if request.header(b"transfer-encoding"):
        return False
    length = request.header(b"content-length") or b"0"
    if not length.isdigit() or len(length) > 9:
        return False
    await reader.readexactly(int(length))
    return True
