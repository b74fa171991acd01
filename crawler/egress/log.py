"""What the one way out saw: the only source of network outcomes, since through a proxy a client cannot tell NXDOMAIN from a reset.

An exchange (one plain request, or one tunnel) is *opened* when the far end answered and *closed* when it is over, or *added* at once when it fails.
The file gets one JSON line an exchange, at its end or failure. In memory an event is there before the client can see its effect, so that a client that
just failed always finds the reason here.
"""

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from casefile.outcomes import Outcome
from casefile.records import Clock
from casefile.rows import as_json

EVENTS_A_SITE = 1000
"""Newest events of one site that are held in memory; the file keeps all."""

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressEvent:
    """One exchange with the far end, or one refusal.

    `site`: for whom, empty when the client did not say; `address`: the pinned address, empty where nothing was dialled or in replay; `url`: empty for a live
    tunnel; `octets_up`, `octets_down`: sent and received; `seconds`: elapsed; `replayed_from`: in replay the date of the record that was served.
    """

    site: str
    vantage: str
    host: str
    port: int
    address: str = ""
    url: str = ""
    outcome: Outcome
    detail: str = ""
    octets_up: int = 0
    octets_down: int = 0
    seconds: float = 0.0
    replayed_from: datetime | None = None
    at: datetime


class EgressLog:
    """Takes events from any thread; answers questions about the newest ones.

    `path`: file that JSON lines are appended to, None to keep none. Its folder is created. Call `close` at the end.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._sites: dict[str, deque[EgressEvent]] = {}
        self._stream = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = path.open("a", encoding="utf-8")

    def close(self) -> None:
        """Close the file; what is in memory stays."""
        with self._lock:
            if self._stream is not None:
                self._stream.close()
                self._stream = None

    def add(self, event: EgressEvent) -> None:
        """An event that is complete: kept in memory and in the file. Clients add what only they can see (CERTIFICATE, TLS)."""
        self.opened(event)
        self.closed(event)

    def opened(self, event: EgressEvent) -> None:
        """The far end answered; the exchange goes on. Kept in memory only."""
        with self._lock:
            self._sites.setdefault(event.site, deque(maxlen=EVENTS_A_SITE)).append(event)

    def closed(self, event: EgressEvent) -> None:
        """An exchange is over, with its totals. Kept in the file only, so that it cannot hide what a client added meanwhile."""
        line = json.dumps(as_json(event), ensure_ascii=True, separators=(",", ":"))
        with self._lock:
            if self._stream is not None:
                self._stream.write(line + "\n")
                self._stream.flush()

    def last(self, site: str, host: str, port: int) -> EgressEvent | None:
        """The newest event for that host and port on behalf of the site, None where there is none."""
        with self._lock:
            events = reversed(self._sites.get(site, ()))
            return next((event for event in events if event.host == host and event.port == port), None)

    def served(self, site: str, vantage: str, url: str) -> EgressEvent | None:
        """The newest event for that address (fragment and default port aside) from that vantage; not for pages inside a live tunnel."""
        wanted = url_key(url)
        with self._lock:
            events = reversed(self._sites.get(site, ()))
            return next((event for event in events if event.vantage == vantage and event.url and url_key(event.url) == wanted), None)

    def events(self) -> list[EgressEvent]:
        """All events in memory, by site, oldest first."""
        with self._lock:
            return [event for events in self._sites.values() for event in events]

    def forget(self, site: str) -> None:
        """Drop a finished site's events from memory, so that a night of many sites stays small."""
        with self._lock:
            self._sites.pop(site, None)


def url_key(url: str) -> tuple[str, str, int, str]:
    """What makes two addresses the same request: scheme, host, port, path with query (an empty path is `/`)."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, (parts.hostname or "").removesuffix("."), port or DEFAULT_PORTS.get(parts.scheme, 0), target
