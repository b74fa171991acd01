"""WebSocket hosts: where a page keeps a line open for odds, tables and chat. WEAK by itself, as an API is: rivals on one platform share them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from casefile.reference import Reference
from classifier.addresses import own_requests
from classifier.detectors.api_shape import shapes_of
from classifier.detectors.finding import Finding
from classifier.page import Page

SUBJECT = "websocket"

MOST = 20
"""Hosts kept of one page."""


@dataclass(frozen=True, slots=True)
class WebSocketHost:
    """Finds the hosts and path templates of a rendered page's WebSockets."""

    name: str = "websocket_host"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Sockets in the order they were opened: `host /template` of another's host, `/template` of the page's own."""
        sockets = (request for request in own_requests(page) if request.kind == "websocket")
        yield from islice(shapes_of(page, sockets, reference, SUBJECT), MOST)
