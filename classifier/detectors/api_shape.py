"""API shapes: which hosts a page asks for its data, and with which paths. Mirrors of one operator, and sites of one platform, share them.

WEAK by itself: a white-label platform gives one API to rival brands. What serves everybody (counters, CDNs, fonts, studios, payment providers) is left out,
and so are paths that widespread software gives to all its sites.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.addresses import depth_of, is_below, own_requests, same_site, template_of
from classifier.detectors.facts import tables_of
from classifier.detectors.finding import Finding, clean
from classifier.page import Page, host_of

SUBJECT = "api"

DATA = frozenset(("xhr", "fetch", "eventsource"))
"""Kinds of request that ask for data."""

ASSETS = (
    ".js",
    ".mjs",
    ".css",
    ".svg",
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".gif",
    ".ico",
    ".woff",
    ".woff2",
    ".ttf",
    ".wasm",
    ".mp3",
    ".mp4",
    ".html",
)
"""Endings of files that scripts load and that are no API."""

LEAST_DEPTH = 2
"""Segments of a path on the page's own host: `/api` says nothing, `/api/v2/lobby` something."""

MOST = 30
"""Shapes kept of one page."""


@dataclass(frozen=True, slots=True)
class ApiShape:
    """Finds the hosts and path templates of a rendered page's data requests."""

    name: str = "api_shape"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Shapes in the order of the requests: `host /template` of another's host, `/template` of the page's own."""
        asked = (request for request in own_requests(page) if request.kind in DATA and not request.url.partition("?")[0].endswith(ASSETS))
        yield from islice(shapes_of(page, asked, reference, SUBJECT), MOST)


def shapes_of(page: Page, requests: Iterator[SeenRequest], reference: Reference, subject: str) -> Iterator[Finding]:
    """The shape of each request that tells one owner or platform from others."""
    tables = tables_of(reference)
    own, shared, common = host_of(page.url), tables.services, tables.paths
    told: set[str] = set()
    for request in requests:
        host, template = host_of(request.url), template_of(request.url)
        if not host or not template or is_below(host, shared):
            continue
        if same_site(host, own):
            if depth_of(template) < LEAST_DEPTH or template.startswith(common):
                continue
            value = template
        else:
            value = f"{host} {template}"
        value = clean(value)
        if value not in told:
            told.add(value)
            quote = clean(f"{request.kind} {request.method} {request.url}")
            yield Finding(kind=EvidenceKind.IDENTIFIER, subject=subject, value=value, strength=Strength.WEAK, quote=quote, request=request)
