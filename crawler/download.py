"""One request through Scrapy: headers of the vantage, the site's name for the proxy, and the answer or the trouble. Cookies stay within one host and vantage."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from OpenSSL.SSL import Error as SslError
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.http.cookies import CookieJar
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import ParseError

from casefile.outcomes import Outcome
from casefile.records import Vantage
from crawler.certificates import CheckedCertificates
from crawler.content import Reply
from crawler.messages import Answer, Credential, Job
from crawler.pages import place_of

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

IDLE_SECONDS = 5.0
"""How long a connection without a request is kept: longer than the delay between two requests, short enough to hold few."""

DNS_ALLOWANCE = 5.0
"""Seconds that a look-up in the proxy may add to one request."""

FAILURES = (
    ConnectError, ConnectionClosed, DownloadCancelledError, DownloadFailedError, DownloadTimeoutError,
    ResponseDataLossError, SslError, TunnelError, UnicodeError, UnsupportedURLSchemeError, ValueError,
)  # fmt: skip
"""What a download raises when the far end fails, or when an address cannot be asked for. Anything else is a fault of ours, also a proxy that refuses us."""

MOST_COOKIES = 8_192
"""Octets of cookies that are sent: a head that is too long is refused by our own proxy, and cookies are for the site to set."""

LONGEST_ADDRESS = 24_000
"""Octets of an escaped address that are sent; it stands in the head twice, the second time as a referrer."""

PROXY_STATUSES = (400, 403, 404, 502, 504)
"""With these the proxy answers a plain request that it could not serve; the log tells such an answer from the site's own."""

Fetch = Callable[[Request], Awaitable[Response]]
Ask = Callable[[str, str, int], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it went out: `line` is `GET /path HTTP/1.1`, `headers` without those for the proxy."""

    line: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """An answer that came in whole; `address`: where the proxy says it came from, empty where not known."""

    sent: Sent
    reply: Reply
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """No answer, and why."""

    outcome: Outcome
    reason: str


@dataclass(slots=True, kw_only=True)
class Client:
    """Asks for pages of one host from one vantage, one at a time.

    `fetch`: Scrapy's engine; `ask`: what the proxy's log says of (site, host, port).
    """

    job: Job
    site: str
    vantage: Vantage
    credential: Credential | None
    fetch: Fetch
    ask: Ask
    certificates: CheckedCertificates
    jar: CookieJar = field(default_factory=CookieJar)
    addresses: dict[tuple[str, int], str] = field(default_factory=dict)

    async def get(self, url: str, referrer: str) -> Had | Trouble:
        """Ask for `url` (http or https, `as_sent`)."""
        if len(url) > LONGEST_ADDRESS:
            return Trouble(outcome=Outcome.BAD_RESPONSE, reason=f"an address of {len(url):,} characters is not asked for")
        try:
            request = Request(url, headers=self._headers(referrer), meta=self._meta())
            self._add_cookies(request)
            response = await self.fetch(request)
        except FAILURES as error:
            return await self._trouble(url, error)
        host, port = place_of(response.url)
        if self.job.proxy and request.url.startswith("http:") and response.status in PROXY_STATUSES:
            seen = await self.ask(self.site, host, port)
            if seen.outcome not in ("", Outcome.OK.value):
                return Trouble(outcome=Outcome(seen.outcome), reason=seen.detail)
            if response.status == 400 and not seen.outcome:  # the site was never asked
                return Trouble(outcome=Outcome.BAD_RESPONSE, reason="our own proxy refused the request")
        self.jar.extract_cookies(response, request)
        return Had(sent=_sent(request), reply=_reply(response), address=await self._address(host, port))

    def _add_cookies(self, request: Request) -> None:
        """The host's cookies, as many whole ones as are sent."""
        self.jar.add_cookie_header(request)
        cookies = request.headers.get("Cookie") or b""
        if len(cookies) > MOST_COOKIES:
            request.headers["Cookie"] = cookies[:MOST_COOKIES].rpartition(b"; ")[0]

    def _headers(self, referrer: str) -> dict[str, str]:
        headers = {
            "User-Agent": self.vantage.user_agent,
            "Accept": ACCEPT,
            "Accept-Language": self.vantage.language,
            "Accept-Encoding": "gzip, deflate, br",
            "Referer": referrer,
            "From": self.job.options.contact,
        }
        if self.credential is not None:
            pair = f"{self.credential.user}:{self.credential.password}"
            headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return {name: value for name, value in headers.items() if value}

    def _meta(self) -> dict[str, Any]:
        limits = self.job.options.limits
        meta: dict[str, Any] = {"download_timeout": DNS_ALLOWANCE + limits.connect_seconds + limits.answer_seconds}
        return meta | {"proxy": self.job.proxy} if self.job.proxy else meta

    async def _address(self, host: str, port: int) -> str:
        """Where the proxy dialled to; asked once a host and port, since each question waits for the parent."""
        if not self.job.proxy or self.job.replays:
            return ""
        if (host, port) not in self.addresses:
            self.addresses[host, port] = (await self.ask(self.site, host, port)).address
        return self.addresses[host, port]

    async def _trouble(self, url: str, error: Exception) -> Trouble:
        host, port = place_of(url)
        if not host:
            return Trouble(outcome=Outcome.BAD_RESPONSE, reason=f"not an address that can be asked for: {url[:80]!a}")
        if complaint := self.certificates.complaint(host):
            return Trouble(outcome=Outcome.CERTIFICATE, reason=complaint)
        causes = _causes(error)
        if isinstance(error, DownloadCancelledError):
            return Trouble(outcome=Outcome.TOO_LARGE, reason=f"over {self.job.options.limits.page_octets:,} octets")
        if tls := next((cause for cause in causes if isinstance(cause, SslError)), None):
            words = _tls_words(tls)
            return Trouble(outcome=Outcome.CERTIFICATE if "certificate verify" in words else Outcome.TLS, reason=words)
        seen = await self.ask(self.site, host, port)
        if seen.outcome not in ("", Outcome.OK.value, Outcome.CLIENT_GONE.value):
            return Trouble(outcome=Outcome(seen.outcome), reason=seen.detail)
        if isinstance(error, DownloadTimeoutError):
            return Trouble(outcome=Outcome.READ_TIMEOUT if seen.outcome else Outcome.CONNECT_TIMEOUT, reason="no answer in time")
        return Trouble(outcome=Outcome.BAD_RESPONSE, reason=_words(causes))


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler with our certificate policy and a connection pool that fits the crawl: all sites through one proxy."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory = crawler.spider.crew.certificates  # type: ignore[union-attr]
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")
        self._pool.cachedConnectionTimeout = IDLE_SECONDS  # type: ignore[assignment]


def _sent(request: Request) -> Sent:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc.rpartition("@")[2])]
    for name, values in request.headers.items():
        if name != b"Proxy-Authorization":
            headers += [(name.decode("latin-1"), value.decode("latin-1")) for value in values]
    return Sent(line=f"GET {path} HTTP/1.1", headers=tuple(headers))


def _reply(response: Response) -> Reply:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values)
    return Reply(url=response.url, status=response.status, headers=headers, payload=response.body)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was made from: Scrapy wraps Twisted's, which holds the reasons of a lost connection."""
    found: list[BaseException] = [error]
    for one in found:
        if one.__cause__ is not None:
            found.append(one.__cause__)
        found += [failure.value for failure in getattr(one, "reasons", None) or []]
    return found


def _words(causes: list[BaseException]) -> str:
    if any(isinstance(cause, ResponseDataLossError) for cause in causes):
        return "the answer breaks off"
    if any(isinstance(cause, ParseError) for cause in causes):
        return "the answer is not HTTP"
    return "the connection ended without an answer"


def _tls_words(error: SslError) -> str:
    details = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return "; ".join(str(detail[-1]) for detail in details if detail)[:120] or "the handshake failed"
