"""What happens on a page while it is looked at, told by Chromium's own events (DevTools protocol, domains Network, Page and Runtime). Pure: asks nothing.

Hostile pages make events without end: every list is bounded, and `cut` says that something was left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from casefile.observation import PageEvent
from casefile.records import Hop
from crawler.egress.exchanges import OUR_ANSWER

Event = dict[str, Any]

MOST_REQUESTS = 2_000
MOST_EVENTS = 100
MOST_CONSOLE = 50
MOST_HOPS = 100
LONGEST_URL = 4_000
LONGEST_TEXT = 300
LONGEST_POST = 16_384

NEVER_DONE = ("WebSocket", "EventSource", "Media", "Ping", "Prefetch")
"""Kinds of requests that are not waited for: they stay open, or the page does not need them."""

BY_MARKUP = ("metaTagRefresh", "httpHeaderRefresh")
BY_SCRIPT = ("scriptInitiated", "formSubmissionGet", "formSubmissionPost", "anchorClick")
"""Why a page left by itself; nobody clicks here, so that forms and links are a script's work too."""

GIVEN_UP = "net::ERR_ABORTED"
"""What Chromium says of a document that leaves the page as it is: a download, or an answer without content."""

WORKER_BLOCKED = "Service Worker registration blocked"
"""How the console words of Playwright begin that stand in the place of a service worker."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request of the page and what came of it. `headers` of the request, `answer` of the response; `body`: octets where they were fetched, `text` when
    the browser had decoded them to characters.
    """

    url: str
    kind: str
    method: str = "GET"
    initiator: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    post: str = ""
    main: bool = False
    status: int = 0
    phrase: str = ""
    answer: dict[str, str] = field(default_factory=dict)
    mime: str = ""
    failure: str = ""
    body: bytes | None = None
    text: bool = False


@dataclass(slots=True, kw_only=True)
class Witness:
    """Takes events in. `frame`: id of the page's main frame; `now`: seconds of a clock that never goes back; `finished`: told the id of every request whose
    body is complete.

    `hops`: redirects of the main frame; `loaded`: the load event of its newest document came, `parsed`: its end was read; `documents`: how often a document sent its reader on to
    another or to itself.
    """

    frame: str
    now: Callable[[], float]
    finished: Callable[[str, Asked], None]
    requests: dict[str, Asked] = field(default_factory=dict)
    order: list[Asked] = field(default_factory=list)
    events: list[PageEvent] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    cut: bool = False
    loaded: bool = False
    parsed: bool = False
    was_loaded: bool = False
    crashed: bool = False
    documents: int = 0
    dialogs: int = 0
    changed: float = 0.0
    under_way: set[str] = field(default_factory=set)
    _leaving: str = ""

    def take(self, name: str, event: Event) -> None:
        """One event by its name, `Network.requestWillBeSent`; one that is not known is passed over."""
        handler = HANDLERS.get(name)
        if handler is not None:
            handler(self, event)

    @property
    def main(self) -> Asked | None:
        """The request for the document that the page shows: the newest that was not given up for a download or an empty answer."""
        found = [asked for asked in self.order if asked.main]
        return next((asked for asked in reversed(found) if asked.failure != GIVEN_UP), found[-1] if found else None)

    def note(self, kind: str, text: str) -> None:
        """Something that the page tried."""
        if len(self.events) >= MOST_EVENTS:
            self.cut = True
            return
        self.events.append(PageEvent(kind=kind, text=text[:LONGEST_TEXT]))

    def say(self, text: str) -> None:
        """An error on the console."""
        if len(self.console) >= MOST_CONSOLE:
            self.cut = True
            return
        self.console.append(text[:LONGEST_TEXT])

    def _sent(self, event: Event) -> None:
        self.changed = self.now()
        number, request = event["requestId"], event["request"]
        if "redirectResponse" in event and number in self.requests:
            self._redirected(self.requests[number], event["redirectResponse"])
        kind = event.get("type", "Other")
        asked = Asked(
            url=_url(request),
            kind=kind,
            method=request.get("method", "GET"),
            initiator=_initiator(event.get("initiator", {}), event.get("documentURL", ""), kind),
            headers=_headers(request.get("headers", {})),
            post=request.get("postData", "")[:LONGEST_POST],
            main=kind == "Document" and event.get("frameId") == self.frame,
        )
        if asked.main:
            self._next_document(redirected="redirectResponse" in event)
        self._keep(number, asked)
        if kind not in NEVER_DONE and not asked.url.startswith(("data:", "blob:")):
            self.under_way.add(number)

    def _next_document(self, *, redirected: bool) -> None:
        """The page is sent for a document: by its visitor, by the document that was there, or by an answer."""
        self.was_loaded, self.loaded, self.parsed = self.loaded, False, False
        last = self.main
        if redirected or last is None:
            return
        self.documents += 1
        if self._leaving:
            self._hop(last.url, 0, self._leaving)
            self._leaving = ""

    def _stays(self) -> None:
        """The page did not leave after all."""
        self.loaded = self.parsed = self.was_loaded
        if self.hops and not self.hops[-1].status:
            self.hops.pop()

    def _keep(self, number: str, asked: Asked) -> None:
        if len(self.order) >= MOST_REQUESTS and not asked.main:
            self.cut = True
            return
        self.requests[number] = asked
        self.order.append(asked)

    def _redirected(self, asked: Asked, response: Event) -> None:
        _answer(asked, response)
        if asked.main:
            self._hop(asked.url, asked.status, "http")

    def _hop(self, url: str, status: int, how: str) -> None:
        if len(self.hops) < MOST_HOPS:
            self.hops.append(Hop(url=url, status=status, how=how))

    def _answered(self, event: Event) -> None:
        self.changed = self.now()
        asked = self.requests.get(event["requestId"])
        if asked is not None:
            _answer(asked, event["response"])
            if asked.url.startswith("http:") and (outcome := asked.answer.get(OUR_ANSWER)):
                asked.status, asked.phrase, asked.answer, asked.mime, asked.failure = 0, "", {}, "", outcome

    def _finished(self, event: Event) -> None:
        self.changed = self.now()
        self.under_way.discard(event["requestId"])
        asked = self.requests.get(event["requestId"])
        if asked is not None:
            self.finished(event["requestId"], asked)

    def _failed(self, event: Event) -> None:
        self.changed = self.now()
        self.under_way.discard(event["requestId"])
        asked = self.requests.get(event["requestId"])
        if asked is not None:
            asked.failure = str(event.get("blockedReason") or event.get("errorText") or "failed")
            if asked.main and asked.failure == GIVEN_UP:
                self._stays()

    def _socket(self, event: Event) -> None:
        initiator = _initiator(event.get("initiator", {}), "", "WebSocket")
        self._keep(event["requestId"], Asked(url=str(event.get("url", ""))[:LONGEST_URL], kind="WebSocket", initiator=initiator))

    def _socket_sent(self, event: Event) -> None:
        asked = self.requests.get(event["requestId"])
        if asked is not None:
            asked.headers = _headers(event.get("request", {}).get("headers", {}))

    def _socket_failed(self, event: Event) -> None:
        asked = self.requests.get(event["requestId"])
        if asked is not None and not asked.status:
            asked.failure = str(event.get("errorMessage", "failed"))[:LONGEST_TEXT]

    def _leaves(self, event: Event) -> None:
        """The page sends its reader on by itself."""
        if event.get("frameId") != self.frame:
            return
        reason = event.get("reason", "")
        self._leaving = "meta" if reason in BY_MARKUP else "script" if reason in BY_SCRIPT else ""

    def _load(self, _event: Event) -> None:
        self.changed = self.now()
        self.loaded = True

    def _read_through(self, _event: Event) -> None:
        self.changed = self.now()
        self.parsed = True

    def _window(self, event: Event) -> None:
        self.note("popup", str(event.get("url", "")))

    def _logged(self, event: Event) -> None:
        kind = event.get("type", "")
        if kind not in ("error", "assert", "warning"):
            return
        words = " ".join(str(one.get("value", one.get("description", ""))) for one in event.get("args", [])[:5])
        if kind != "warning":
            self.say(words)
        elif words.startswith(WORKER_BLOCKED):
            self.note("service-worker", "asked to be registered; blocked")

    def _thrown(self, event: Event) -> None:
        details = event.get("exceptionDetails", {})
        self.say(str(details.get("exception", {}).get("description") or details.get("text", "")))


HANDLERS: dict[str, Callable[[Witness, Event], None]] = {
    "Network.requestWillBeSent": Witness._sent,
    "Network.responseReceived": Witness._answered,
    "Network.loadingFinished": Witness._finished,
    "Network.loadingFailed": Witness._failed,
    "Network.webSocketCreated": Witness._socket,
    "Network.webSocketWillSendHandshakeRequest": Witness._socket_sent,
    "Network.webSocketHandshakeResponseReceived": Witness._answered,
    "Network.webSocketFrameError": Witness._socket_failed,
    "Page.frameRequestedNavigation": Witness._leaves,
    "Page.domContentEventFired": Witness._read_through,
    "Page.loadEventFired": Witness._load,
    "Page.windowOpen": Witness._window,
    "Runtime.consoleAPICalled": Witness._logged,
    "Runtime.exceptionThrown": Witness._thrown,
}
"""The events that are listened to."""


def _url(request: Event) -> str:
    return (str(request.get("url", "")) + str(request.get("urlFragment", "")))[:LONGEST_URL]


def _headers(headers: Event) -> dict[str, str]:
    return {str(name): str(value) for name, value in headers.items()}


def _initiator(initiator: Event, document: str, kind: str) -> str:
    """The address of the script that asked, else of the page that did; empty for a document that nobody else asked for."""
    stack: Event | None = initiator.get("stack")
    while stack:
        frame = next((frame for frame in stack.get("callFrames", ()) if frame.get("url")), None)
        if frame is not None:
            return str(frame["url"])[:LONGEST_URL]
        stack = stack.get("parent")
    return str(initiator.get("url") or ("" if kind == "Document" else document))[:LONGEST_URL]


def _answer(asked: Asked, response: Event) -> None:
    asked.status = int(response.get("status", 0))
    asked.phrase = str(response.get("statusText", ""))
    asked.answer = _headers(response.get("headers", {}))
    asked.mime = str(response.get("mimeType", "")).partition(";")[0].strip().lower()[:100]
