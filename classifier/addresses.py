"""Addresses as they tie pages: which host a page may call its own, which hosts everybody loads from, and the shape of a path without what changes in it."""

import re
from urllib.parse import urlsplit

from casefile.observation import SeenRequest
from casefile.reference import Reference
from classifier.page import Page, host_of

MOST_SEGMENTS = 8
LONGEST_SEGMENT = 60
"""Segments of a path and characters of one that a template keeps."""

NUMBER = re.compile(r"\d+")
DATE = re.compile(r"(?:19|20)\d\d-[01]?\d-[0-3]?\d(?:T[\d:.]+Z?)?")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
HEX = re.compile(r"(?=[a-f]*\d)[0-9a-f]{8,}", re.IGNORECASE)
TOKEN = re.compile(r"(?=\D*\d)(?=[\d_.-]*[A-Za-z])[\w.-]{16,}|[\w-]{32,}")
"""What changes in a path from visit to visit and from mirror to mirror; the parts of TOKEN are tried once a segment, which is bounded."""

EXTENSION = re.compile(r"(?P<stem>.+?)(?P<extension>\.[a-z]{2,5}\d?)")


def with_parents(host: str) -> list[str]:
    """A host and the names it lies below, longest first."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def is_below(host: str, names: frozenset[str]) -> bool:
    """Whether a host, or a name it lies below, is one of `names`."""
    return any(name in names for name in with_parents(host))


def common_hosts(reference: Reference) -> frozenset[str]:
    """The hosts that sites of all sorts load from."""
    return frozenset(row.host for row in reference.common_hosts)


def shared_services(reference: Reference) -> frozenset[str]:
    """Hosts that serve many owners: the common ones, game providers and payment providers. That two pages ask them makes no tie."""
    games = (row.host for row in reference.game_providers)
    providers = (row.pattern for row in reference.providers if row.how == "host")
    return common_hosts(reference).union(games, providers)


def same_site(host: str, own: str) -> bool:
    """Whether a page at `own` may call `host` its own: the same name, or one below the other."""
    one, other = host.removeprefix("www."), own.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def own_requests(page: Page) -> tuple[SeenRequest, ...]:
    """What the page itself asked for. A studio's game in a frame brings the studio's own counter and API with it, on every casino that shows it."""
    own = host_of(page.url)
    foreign: set[str] = set()
    kept = []
    for request in page.requests:
        host = host_of(request.url)
        document = request.kind == "document"
        if document and same_site(host, own):  # whoever led there: a door that sends its visitors on is another's page
            kept.append(request)
        elif document:
            foreign.update((host, request.url))
        elif request.initiator in foreign or host_of(request.initiator) in foreign:
            foreign.add(request.url)
        else:
            kept.append(request)
    return tuple(kept)


def template_of(address: str) -> str:
    """The path of an address with its ids, hashes and dates as placeholders: `/v1/{n}/lobby`. Empty where the address cannot be read."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    host = host_of(address)
    segments = [segment for segment in path.split("/") if segment][:MOST_SEGMENTS]
    return "/" + "/".join(_placeholder(segment[:LONGEST_SEGMENT], host) for segment in segments)


def depth_of(template: str) -> int:
    """How many segments a template has."""
    return sum(bool(segment) for segment in template.split("/"))


def _placeholder(segment: str, host: str) -> str:
    if host and host in segment:
        return segment.replace(host, "{host}")
    found = EXTENSION.fullmatch(segment)
    stem, extension = (found["stem"], found["extension"]) if found else (segment, "")
    for name, pattern in (("n", NUMBER), ("date", DATE), ("id", UUID), ("id", HEX), ("id", TOKEN)):
        if pattern.fullmatch(stem):
            return f"{{{name}}}{extension}"
    return segment
