"""What came back: a page, an error, or something that is none; and where it sends its reader on. Pure.

The body is judged by what it is: content encoding and characters by `casefile.body`, kind by its first octets.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

from casefile.body import BINARY, BodyTooLarge, BodyUnreadable, text_of, unpacked
from casefile.outcomes import Outcome
from crawler.pages import absolute, skeleton

REDIRECTS = (301, 302, 303, 307, 308)

LONGEST_REFRESH = 10
"""Seconds; a page that sends its reader on later than this is read as a page."""

MAY_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
REFRESH = re.compile(r"\s*(\d{0,9})(?:\.\d{0,9})?\s*(?:[;,]\s*|\s)(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
LONGEST_VALUE = 4000
"""Characters of a refresh that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer: `payload` as it came (content encoding kept), `headers` in order."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    def header(self, name: str) -> str:
        """The first header of that name, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def status_line(self) -> str:
        """`200 OK`; the phrase is the registered one, since Scrapy does not keep the server's."""
        known = self.status in HTTPStatus.__members__.values()
        return f"{self.status} {HTTPStatus(self.status).phrase if known else 'Unknown'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reply holds: `text` is empty unless it can be read as a page."""

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
        text = text_of(body, reply.header("content-type"))
    except BodyTooLarge as error:
        return Content(outcome=Outcome.TOO_LARGE, reason=str(error))
    except BodyUnreadable as error:
        return Content(outcome=Outcome.UNREADABLE, reason=str(error))
    if reply.status >= 400:
        return Content(outcome=Outcome.HTTP_ERROR, reason=reply.status_line, text=text)
    if not text.strip():
        return Content(outcome=Outcome.EMPTY)
    return Content(outcome=Outcome.OK, text=text)


def onward_of(reply: Reply, content: Content) -> Onward | None:
    """Where the reply sends its reader, None where it is the end of the way."""
    location = reply.header("location")
    if reply.status in REDIRECTS and location:
        return _onward(reply.url, location, "http")
    target = _refresh_target(reply.header("refresh")) or _meta_target(content.text)
    if not target:
        return None
    onward = _onward(reply.url, target, "meta")
    return None if onward.url == reply.url.partition("#")[0] else onward


def _onward(base: str, target: str, how: str) -> Onward:
    url = absolute(base, target)
    return Onward(url=url, how=how, reason="" if url else f"sends on to {target.strip()[:80]!a}, which is not a web address")


def _meta_target(text: str) -> str:
    if not MAY_REFRESH.search(text):
        return ""
    for node in skeleton(text).css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() != "refresh" or node.parent is None or node.parent.tag == "noscript":
            continue
        if target := _refresh_target(node.attributes.get("content") or ""):
            return target
    return ""


def _refresh_target(value: str) -> str:
    """The address of `5; url=...` where the wait is short enough to be a redirect; empty otherwise."""
    found = REFRESH.fullmatch(value[:LONGEST_VALUE])
    if found is None or int(found.group(1) or 0) > LONGEST_REFRESH:
        return ""
    return found.group(2).strip().strip("\"'").strip()
