"""How a page that a browser looked at came out. What the network did is the log's to say; certificates and what the page itself did, the browser's."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from casefile.outcomes import Outcome
from crawler.challenge import challenge_of
from crawler.content import Content
from crawler.messages import Answer
from crawler.pages import place_of
from crawler.render.tab import LATE, Looked, Shown
from crawler.render.witness import Asked

Ask = Callable[[str], Awaitable[Answer]]
"""What the proxy's log last said of an address for the site; inside a live tunnel, of its host and port."""

ERRORS = (
    ("net::ERR_CERT", Outcome.CERTIFICATE),
    ("net::ERR_SSL", Outcome.TLS),
    ("net::ERR_BAD_SSL", Outcome.TLS),
    ("net::ERR_TOO_MANY_REDIRECTS", Outcome.REDIRECT_LIMIT),
    ("net::ERR_UNSAFE_PORT", Outcome.REFUSED_PORT),
    ("net::ERR_INVALID_", Outcome.BAD_RESPONSE),
    ("net::ERR_RESPONSE_", Outcome.BAD_RESPONSE),
    ("net::ERR_CONTENT_", Outcome.BAD_RESPONSE),
    ("net::ERR_UNKNOWN_URL_SCHEME", Outcome.BAD_RESPONSE),
    ("net::ERR_DISALLOWED_URL_SCHEME", Outcome.BAD_RESPONSE),
)
"""What Chromium alone can tell, by how its name of the error begins; of all others the log says what happened."""

CERTIFICATE_WORDS = {
    "net::ERR_CERT_DATE_INVALID": "expired, or not valid yet",
    "net::ERR_CERT_COMMON_NAME_INVALID": "for another name",
    "net::ERR_CERT_AUTHORITY_INVALID": "self-signed, or issued by an unknown authority",
    "net::ERR_CERT_REVOKED": "revoked",
}

PAGES = ("text/", "application/xhtml", "application/xml", "application/json")
"""Content types that a browser shows as a page of text."""

BARE_PAGE = 4
"""Elements of a document that holds nothing: html, head, body and at most one more."""


async def ending_of(looked: Looked, ask: Ask) -> Content:
    """The outcome of a page with its reason; `text` is its final DOM where it can be read."""
    main = looked.witness.main
    if looked.endless:
        return Content(outcome=Outcome.REDIRECT_LIMIT, reason="the page sends its reader on without end")
    if looked.download:
        return Content(outcome=Outcome.NOT_A_PAGE, reason="a download; refused")
    if looked.witness.crashed:
        return Content(outcome=Outcome.CRASHED, reason="the tab crashed")
    failure = looked.failure or (main.failure if main is not None and not main.status else "")
    if failure:
        return await _network(failure, main, ask)
    if looked.shown is None or looked.hung:
        text = looked.shown.html if looked.shown else ""
        return Content(outcome=Outcome.CRASHED, reason=f"the page hangs: {looked.hung or 'it did not answer in time'}", text=text)
    return _page(looked.shown, main)


async def _network(failure: str, main: Asked | None, ask: Ask) -> Content:
    """The outcome of a page of which no document came."""
    own = next((outcome for begins, outcome in ERRORS if failure.startswith(begins)), None)
    if own is not None:
        return Content(outcome=own, reason=CERTIFICATE_WORDS.get(failure, failure))
    if main is not None and main.status in (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT):
        return Content(outcome=Outcome.EMPTY, reason=f"status {main.status}")
    seen = await ask(main.url) if main is not None and place_of(main.url)[0] else Answer(number=0)
    if seen.outcome not in ("", Outcome.OK.value, Outcome.CLIENT_GONE.value):
        return Content(outcome=Outcome(seen.outcome), reason=seen.detail)
    if failure in ("net::ERR_TIMED_OUT", LATE):
        return Content(outcome=Outcome.READ_TIMEOUT, reason=LATE)
    return Content(outcome=Outcome.BAD_RESPONSE, reason=failure)


def _page(shown: Shown, main: Asked | None) -> Content:
    """The outcome of a page that was read."""
    status = main.status if main is not None else 0
    mime = main.mime if main is not None else ""
    if mime and not mime.startswith(PAGES):
        return Content(outcome=Outcome.NOT_A_PAGE, reason=f"not text: {mime}")
    kind = challenge_of(status, tuple(main.answer.items()) if main is not None else (), shown.html, url=shown.url, scripted=True)
    if kind:
        return Content(outcome=Outcome.CHALLENGE, reason=kind, text=shown.html)
    if shown.cut:
        return Content(outcome=Outcome.TOO_LARGE, reason=f"{shown.elements:,} elements; what is kept is cut", text=shown.html)
    if status >= HTTPStatus.BAD_REQUEST:
        return Content(outcome=Outcome.HTTP_ERROR, reason=f"{status} {main.phrase if main is not None else ''}".strip(), text=shown.html)
    if not shown.text and not shown.pictures and shown.elements <= BARE_PAGE:
        return Content(outcome=Outcome.EMPTY)
    return Content(outcome=Outcome.OK, text=shown.html)
