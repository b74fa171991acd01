"""Identifiers that tie sites: counters, pixels, chat widgets, site verification, messenger handles. The owner of one account owns, or serves, all its sites.

Of a rendered page they are also looked for in what the browser asked for, since scripts load counters and chats that the page does not name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.addresses import own_requests
from classifier.detectors.facts import facts_of
from classifier.detectors.finding import Finding, quote_around
from classifier.page import Page

IN_CODE: tuple[tuple[tuple[str, ...], str, re.Pattern[str]], ...] = (
    (("UA-",), "google-analytics", re.compile(r"(?P<id>UA-(?<![\w-]UA-)\d{4,10}-\d{1,4})(?!\w)")),
    (('"G-', "'G-", "id=G-"), "google-analytics", re.compile(r"(?:[?&]t?id=|[\"'])(?P<id>G-[A-Z0-9]{8,12})(?![\w-])")),
    (("GTM-",), "google-tag-manager", re.compile(r"(?P<id>GTM-(?<![\w-]GTM-)[A-Z0-9]{5,9})(?![\w-])")),
    (
        ("ym(", "mc.yandex.", "yaCounter"),
        "yandex-metrika",
        re.compile(r"(?:\bym\(\s*|mc\.yandex\.(?:ru|com)/watch/|yaCounter)(?P<id>\d{6,10})(?!\d)"),
    ),
    (
        ("fbq(", "facebook.com/tr"),
        "facebook-pixel",
        re.compile(r"(?:fbq\(\s*[\"']init[\"']\s*,\s*[\"']?|facebook\.com/tr/?\?id=)(?P<id>\d{12,17})(?!\d)"),
    ),
    (("ttq.load(", "sdkid="), "tiktok-pixel", re.compile(r"(?:ttq\.load\(\s*[\"']|sdkid=)(?P<id>[A-Z0-9]{18,24})(?!\w)")),
    (
        ("jivo",),
        "jivo-chat",
        re.compile(r"jivo(?:site)?\.(?:com|ru)/(?:script/)?widget(?:\.js\?widget_id=|/)(?P<id>[A-Za-z0-9]{8,14})(?!\w)"),
    ),
    (("embed.tawk.to/",), "tawk-chat", re.compile(r"embed\.tawk\.to/(?P<id>[0-9a-f]{24}/[0-9a-z]{5,12})")),
    (("VK-RTRG-",), "vk-pixel", re.compile(r"(?P<id>VK-RTRG-(?<![\w-]VK-RTRG-)\d{5,8}-[A-Za-z0-9]{5,6})(?![\w-])")),
    (
        ("top-fwz1.mail.ru/",),
        "mailru-counter",
        re.compile(r"top-fwz1\.mail\.ru/(?:counter|tracker)[^\s\"'<>]{0,40}?[?;&]id=(?P<id>\d{6,9})(?!\d)"),
    ),
    (("widget.intercom.io/widget/",), "intercom-chat", re.compile(r"widget\.intercom\.io/widget/(?P<id>[a-z0-9]{8})(?!\w)")),
    (
        ("static.zdassets.com/ekr/snippet.js?key=",),
        "zendesk-chat",
        re.compile(r"static\.zdassets\.com/ekr/snippet\.js\?key=(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"),
    ),
    (
        ("client.crisp.chat/",),
        "crisp-chat",
        re.compile(r"client\.crisp\.chat/[^\s\"'<>]{0,80}?website_id=(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"),
    ),
    (("CRISP_WEBSITE_ID",), "crisp-chat", re.compile(r"CRISP_WEBSITE_ID\s*=\s*[\"'](?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")),
)
"""What stands in the code beside it, kind of identifier, and how it stands in addresses and scripts."""

VERIFICATION = ("google-site-verification", "yandex-verification", "facebook-domain-verification")
TOKEN = re.compile(r"[\w-]{8,80}")
HANDLE = re.compile(
    r"(?:https?:)?//(?:t\.me|telegram\.me)/(?!share\b|joinchat\b|iv\b|s/)(?P<id>[A-Za-z]\w{4,31})/?(?:[?#].*)?", re.IGNORECASE
)
MESSENGER = frozenset(("t.me", "telegram.me"))
COUNTED = "12345678901234567890"


@dataclass(frozen=True, slots=True)
class SharedIdentifier:
    """Finds identifiers of accounts in scripts, addresses, meta tags and links."""

    name: str = "shared_identifier"
    version: int = 2

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """Identifiers in code, then in the browser's requests, then site verification, then Telegram handles."""
        code = "\n".join((*page.scripts, *page.frames, *page.images, page.inline))
        for subject, pattern in _patterns(code):
            for match in pattern.finditer(code):
                if not is_placeholder(match.group("id")):
                    yield _found(subject, match.group("id"), Strength.STRONG, quote_around(code, match.start(), match.end()))
        yield from _requested(page)
        for name, content in page.meta:
            if name in VERIFICATION and TOKEN.fullmatch(content):
                yield _found(name, content, Strength.STRONG, quote_around(f"meta {name}: {content}", 0, 200))
        for link, host in zip(page.links, facts_of(page).link_hosts, strict=True):
            if host and host not in MESSENGER:
                continue
            if handle := HANDLE.fullmatch(link.href):
                yield _found(
                    "telegram", f"@{handle.group('id').lower()}", Strength.WEAK, quote_around(f"{link.text} -> {link.href}", 0, 200)
                )


def _patterns(code: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Those that may be found in the code: a word is looked for in a tenth of an expression's time."""
    return ((subject, pattern) for words, subject, pattern in IN_CODE if any(word in code for word in words))


def _requested(page: Page) -> Iterator[Finding]:
    """Identifiers in the addresses that the page itself, not the frame of another, asked for."""
    for request in own_requests(page):
        for subject, pattern in _patterns(request.url):
            for match in islice(pattern.finditer(request.url), 1):
                if not is_placeholder(match.group("id")):
                    quote = quote_around(request.url, match.start(), match.end())
                    yield replace(_found(subject, match.group("id"), Strength.STRONG, quote), request=request)


def is_placeholder(identifier: str) -> bool:
    """Whether a template left this in place of an identifier (G-XXXXXXXXXX, UA-0000000-0, 123456789): it ties nothing."""
    body = identifier.partition("-")[2] or identifier
    digits = "".join(filter(str.isdigit, body))
    return "XXXX" in body or len(set(body.replace("-", ""))) < 3 or (len(digits) > 5 and COUNTED.startswith(digits[:-1]))


def _found(subject: str, value: str, strength: Strength, quote: str) -> Finding:
    return Finding(kind=EvidenceKind.IDENTIFIER, subject=subject, value=value, strength=strength, quote=quote)
