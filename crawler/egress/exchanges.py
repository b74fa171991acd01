"""One exchange as the log tells it, and the words between proxy and client."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from casefile.outcomes import Outcome
from casefile.records import Clock
from crawler.egress.causes import status_of
from crawler.egress.log import EgressEvent, EgressLog
from crawler.egress.visits import Cut, Visit

OUR_ANSWER = "X-Mirrorwatch-Outcome"
"""The header by which a client tells an answer of the proxy's own to a plain request; the proxy lets no site send it."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A plain request or a tunnel under way. `octets_down` counts the budget too."""

    visit: Visit
    host: str
    port: int
    log: EgressLog
    clock: Clock
    url: str = ""
    address: str = ""
    octets_up: int = 0
    octets_down: int = 0
    replayed_from: datetime | None = None
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def received(self, octets: int) -> None:
        """Count what came from the far end; raises `Cut` when the site's budget is spent."""
        self.octets_down += octets
        self.visit.budget.take(octets)

    def opened(self, detail: str = "") -> None:
        """The far end answered: said before the client can see it."""
        self.log.opened(self._event(Outcome.OK, detail))

    def closed(self, outcome: Outcome = Outcome.OK, detail: str = "") -> None:
        """The exchange is over after it was opened: its totals."""
        self.log.closed(self._event(outcome, detail))

    def failed(self, cut: Cut) -> None:
        """The exchange failed: said before the client can see it."""
        event = self._event(cut.outcome, cut.detail)
        self.log.add(replace(event, address=event.address or cut.address))

    def _event(self, outcome: Outcome, detail: str) -> EgressEvent:
        return EgressEvent(
            site=self.visit.site,
            vantage=self.visit.vantage,
            host=self.host,
            port=self.port,
            address=self.address,
            url=self.url,
            outcome=outcome,
            detail=detail,
            octets_up=self.octets_up,
            octets_down=self.octets_down,
            seconds=round(asyncio.get_running_loop().time() - self.began, 3),
            replayed_from=self.replayed_from,
            at=self.clock(),
        )


class ClientGone(Exception):
    """Our own client closed its connection. Never leaves the proxy."""


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send to the client; raises `ClientGone`."""
    try:
        writer.write(data)
        await writer.drain()
    except OSError:
        raise ClientGone from None


async def refuse(writer: asyncio.StreamWriter, cut: Cut, *, keep: bool) -> None:
    """Tell the client of a cut in a short plain answer."""
    body = f"{cut.outcome.value}: {cut.detail}\n".encode("ascii", "backslashreplace")
    close = "" if keep else "Connection: close\r\n"
    ours = f"{OUR_ANSWER}: {cut.outcome.value}\r\nContent-Type: text/plain\r\n"
    head = f"HTTP/1.1 {status_of(cut.outcome)}\r\n{ours}Content-Length: {len(body)}\r\n{close}\r\n"
    await send(writer, head.encode() + body)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection in order, what is unsent sent first; a far end that is gone already is no matter.

    A TLS transport closes itself when its client leaves. Closed once more it lets go of the connection below, which nothing could abort any more.
    """
    if not writer.is_closing():
        writer.close()
    with suppress(OSError):
        await writer.wait_closed()
