"""What a browser saw, into the archive: requests and answers as records, then final DOM, picture and observation as resources.

Bodies are kept as the browser gives them: unpacked, and some of the texts as characters, which are written as UTF-8. So an answer is kept without the headers
that speak of its packing, and says its charset anew where that changed; a replay can serve it as it is.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from casefile.archive import ArchiveWriter
from casefile.observation import DOM, PAGE_INFO, SCREENSHOT, Observation, SeenRequest, to_json
from casefile.records import ArchiveRef
from crawler.render.tab import Looked, icon_url
from crawler.render.witness import Asked

NOT_KEPT = frozenset(("content-encoding", "content-length", "transfer-encoding", "content-type", "connection", "keep-alive", "set-cookie"))
"""Headers of an answer that do not hold for what is kept of it, or, as cookies, are nobody's business in a replay."""

KINDS = {"XHR": "xhr", "CSPViolationReport": "csp-report", "WebSocket": "websocket", "EventSource": "eventsource"}
LONGEST_HEADER = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where a page's records lie; `records`: those of its requests and answers."""

    records: tuple[ArchiveRef, ...]
    dom: ArchiveRef | None
    screenshot: ArchiveRef | None
    observed: ArchiveRef


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Writes one page. `html`: its final DOM, empty where there is none; `url`: its final address; `addresses`: of the hosts where the log told them."""

    warc: ArchiveWriter
    at: datetime
    site: str
    vantage: str
    addresses: dict[str, str]

    def keep(self, looked: Looked, html: str, url: str) -> Kept:
        """Write all of it; raises what the writer raises."""
        records: list[ArchiveRef] = []
        icon = icon_url(looked.shown.icon if looked.shown else "", looked.witness)
        seen = [self._seen(asked, records, icon) for asked in looked.witness.order]
        dom = self._resource(DOM + url, "text/html; charset=utf-8", html.encode("utf-8", "replace")) if html else None
        picture = looked.shown.screenshot if looked.shown else b""
        screenshot = self._resource(SCREENSHOT + url, "image/png", picture) if picture else None
        storage = (*looked.shown.storage, *looked.cookies) if looked.shown else looked.cookies
        observation = Observation(
            requests=tuple(seen),
            events=tuple(looked.witness.events),
            storage=storage,
            console=tuple(looked.witness.console),
            cut=looked.witness.cut or bool(looked.shown and looked.shown.cut),
        )
        observed = self._resource(PAGE_INFO + url, "application/json", to_json(observation))
        return Kept(records=tuple(records), dom=dom, screenshot=screenshot, observed=observed)

    def _resource(self, url: str, content_type: str, body: bytes) -> ArchiveRef:
        return self.warc.resource(url, content_type, body, taken_at=self.at, site=self.site, vantage=self.vantage)

    def _seen(self, asked: Asked, records: list[ArchiveRef], icon: str) -> SeenRequest:
        """One request as it is observed; where its body is kept, or it leads on, its records are written."""
        record = None
        if asked.kind == "WebSocket":
            records.append(self._request(asked, asked.url.replace("ws", "http", 1)))
        elif asked.status and asked.url.startswith(("http:", "https:")) and (asked.body is not None or _leads_on(asked)):
            request = self._request(asked, asked.url)
            record = self._response(asked, request)
            records += (request, record)
        return SeenRequest(
            url=asked.url,
            kind="favicon" if asked.url == icon else KINDS.get(asked.kind, asked.kind.lower()),
            method=asked.method[:20],
            initiator=asked.initiator,
            status=asked.status,
            mime=asked.mime,
            failure=asked.failure,
            record=record,
        )

    def _request(self, asked: Asked, url: str) -> ArchiveRef:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [
            ("Host", parts.netloc.rpartition("@")[2]),
            *((name, value) for name, value in asked.headers.items() if name.lower() != "host"),
        ]
        body = asked.post.encode("utf-8", "replace")
        return self.warc.request(
            asked.url, f"{asked.method} {target} HTTP/1.1", headers, body, taken_at=self.at, site=self.site, vantage=self.vantage
        )

    def _response(self, asked: Asked, request: ArchiveRef) -> ArchiveRef:
        headers = [
            (name, line[:LONGEST_HEADER])
            for name, value in asked.answer.items()
            if name.lower() not in NOT_KEPT
            for line in value.split("\n")
        ]
        if asked.mime:
            own = next((value for name, value in asked.answer.items() if name.lower() == "content-type"), asked.mime)
            headers.append(("Content-Type", f"{asked.mime}; charset=utf-8" if asked.text else own.partition("\n")[0][:LONGEST_HEADER]))
        return self.warc.response(
            asked.url.partition("#")[0],
            f"{asked.status} {asked.phrase or 'Unknown'}",
            headers,
            asked.body or b"",
            taken_at=self.at,
            site=self.site,
            vantage=self.vantage,
            ip=self.addresses.get(urlsplit(asked.url).hostname or "", ""),
            pair=request.record_id,
        )


def _leads_on(asked: Asked) -> bool:
    """Whether the answer is a redirect, which has no body to keep."""
    return 300 <= asked.status < 400
