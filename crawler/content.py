"""What came back: a page, an error, or something that is none; and where it sends its reader on. Pure.

The body is judged by what it is: content encoding and characters by `casefile.body`, kind by its first octets.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from casefile.body import BINARY, BodyTooLarge, BodyUnreadable, text_of, unpacked
from casefile.hostname import Hostname
from casefile.outcomes import Outcome
from casefile.records import Capture, How, PageKind, Vantage
from crawler.challenge import challenge_of
from crawler.pages import absolute, skeleton

REDIRECTS = (301, 302, 303, 307, 308)

LONGEST_REFRESH = 10
"""Seconds; a page that sends its reader on later than this is read as a page."""

MAY_REFRESH = re.compile(r"http-equiv\s*=[\s\"']*refresh", re.IGNORECASE)
"""Blanks and quotes are one class: two repetitions that could share them would take the square of their number."""
REFRESH = re.compile(r"\s*(\d{0,9})(?:\.\d{0,9})?\s*(?:[;,]\s*|\s)(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
LONGEST_VALUE = 4000
"""Characters of a refresh that are looked at."""

LONGEST_TYPE = 200
"""Characters of a content type that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer: `payload` as it came (content encoding kept), `headers` in order, their octets as Latin-1."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    def header(self, name: str) -> str:
        """The first header of that name, or an empty string; read as UTF-8 where it is that, as sites write Cyrillic addresses."""
        value = next((value for key, value in self.headers if key.lower() == name), "")
        try:
            return value if value.isascii() else value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value

    @property
    def status_line(self) -> str:
        """`200 OK`; the phrase is the registered one, since Scrapy does not keep the server's."""
        known = self.status in HTTPStatus.__members__.values()
        return f"{self.status} {HTTPStatus(self.status).phrase if known else 'Unknown'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reply holds: `text` is empty unless it can be read as a page. Of a challenge `reason` begins with its kind."""

    outcome: Outcome
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Where a reply sends its reader: `how` is `http` (status and Location) or `meta` (refresh); `url` is empty where we do not follow, as `reason` says."""

    url: str
    how: str
    reason: str = ""


def content_of(reply: Reply, limit: int) -> Content:
    """Outcome and text of a reply; `limit` in octets, for the unpacked body."""
    if "attachment" in reply.header("content-disposition").lower():
        return Content(outcome=Outcome.NOT_A_PAGE, reason="a download")
    try:
        body = unpacked(reply.payload, reply.header("content-encoding"), limit=limit)
        if body.startswith(BINARY):
            return Content(outcome=Outcome.NOT_A_PAGE, reason=f"not text: begins with {body[:4]!a}")
        text = text_of(body, reply.header("content-type")[:LONGEST_TYPE])
    except BodyTooLarge as error:
        return Content(outcome=Outcome.TOO_LARGE, reason=str(error))
    except BodyUnreadable as error:
        return Content(outcome=Outcome.UNREADABLE, reason=str(error))
    if kind := _challenge(reply, text):
        return Content(outcome=Outcome.CHALLENGE, reason=f"{kind} (status {reply.status})")
    if reply.status >= 400:
        return Content(outcome=Outcome.HTTP_ERROR, reason=reply.status_line, text=text)
    if not text.strip():
        return Content(outcome=Outcome.EMPTY)
    return Content(outcome=Outcome.OK, text=text)


def onward_of(reply: Reply, content: Content) -> Onward | None:
    """Where the reply sends its reader, None where it is the end of the way. A challenge is: to follow its token would be to solve it."""
    if _redirects(reply):
        return _onward(reply.url, reply.header("location"), "http")
    if content.outcome is Outcome.CHALLENGE:
        return None
    target = _refresh_target(reply.header("refresh")) or _meta_target(content.text)
    if not target:
        return None
    onward = _onward(reply.url, target, "meta")
    return None if onward.url == reply.url.partition("#")[0] else onward


def front_page(host: Hostname, *, replays: bool) -> str:
    """The address of a host's front page; in replay both schemes are the same."""
    return f"{'http' if replays else 'https'}://{host.name}/"


def broken_visit(
    host: Hostname, vantage: Vantage, outcome: Outcome, reason: str, at: datetime, *, replays: bool, how: How = How.STATIC
) -> Capture:
    """What is recorded of a visit that a fault of ours ended: the host was visited, so that a page which finds such a fault is no way out of the crawl."""
    url = front_page(host, replays=replays)
    return Capture(
        host=host,
        url=url,
        page=PageKind.LANDING,
        how=how,
        vantage=vantage,
        outcome=outcome,
        reason=reason,
        final_url=url,
        taken_at=at,
    )


def _redirects(reply: Reply) -> bool:
    return reply.status in REDIRECTS and bool(reply.header("location"))


def _challenge(reply: Reply, text: str) -> str:
    """The kind of challenge; a redirect is followed whatever page comes with it, which no reader sees."""
    return "" if _redirects(reply) else challenge_of(reply.status, reply.headers, text, url=reply.url)


def _onward(base: str, target: str, how: str) -> Onward:
    url = absolute(base, target)
    return Onward(url=url, how=how, reason="" if url else f"sends on to {target.strip()[:80]!a}, which is not a web address")


def _meta_target(text: str) -> str:
    if not MAY_REFRESH.search(text):
        return ""
    for node in skeleton(text).css("meta[http-equiv]"):
        says = (node.attributes.get("http-equiv") or "").strip().lower()
        if says == "refresh" and (target := _refresh_target(node.attributes.get("content") or "")):
            return target
    return ""


def _refresh_target(value: str) -> str:
    """The address of `5; url=...` where the wait is short enough to be a redirect; empty otherwise."""
    found = REFRESH.fullmatch(value[:LONGEST_VALUE])
    if found is None or int(found.group(1) or 0) > LONGEST_REFRESH:
        return ""
    return found.group(2).strip().strip("\"'").strip()
