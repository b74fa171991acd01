"""Which pages of a site matter beside the landing page: links whose words promise a deposit, the rules, contacts or a promotion.

The words are data (`link_words.csv`, Russian, Kazakh, English, Turkish, Uzbek). What a link says counts more than its title, and that more than
its address. The choice depends on the page alone: the best link of each kind first, then the second best of each.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.url import safe_url_string

from casefile.errors import HostnameRefused
from casefile.hostname import Door
from casefile.records import PageKind
from casefile.reference import LinkWord

KINDS = (PageKind.DEPOSIT, PageKind.RULES, PageKind.CONTACTS, PageKind.PROMO)
"""In the order in which they are asked for."""

MOST_LINKS = 2000
"""Links of one page that are looked at; a link farm has no more to say."""

LONGEST_LINK = 8000
"""Characters of an address."""

IN_TEXT, IN_TITLE, IN_ADDRESS = 4, 2, 1
"""What a word is worth by where it stands."""

NOT_PAGES = re.compile(
    r"\.(?:apk|ipa|exe|dmg|zip|rar|7z|gz|pdf|docx?|xlsx?|jpe?g|png|gif|webp|svg|ico|css|js|json|xml|mp[34]|webm|woff2?)$", re.IGNORECASE
)
NOT_WORDS = re.compile(r"[\W_\u02bb\u02bc]+")
LEAVES = re.compile(r"log-?out|sign-?out|/exit\b", re.IGNORECASE)

KEPT_TAGS = frozenset(("a", "area", "base", "img", "meta", "template"))
KEPT_ATTRIBUTES = frozenset(("href", "title", "aria-label", "alt", "http-equiv", "content"))
"""What says where a page leads; all else of its markup is left out before it is parsed."""

LONGEST_TAG = 16_000
"""Characters of a tag's attributes that are looked at."""

ATTRIBUTES = r"""(?:[\t\n\f\r /]++|[^\t\n\f\r />][^\t\n\f\r />=]*+(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >"'][^\t\n\f\r >]*+)?)?+)*+(?:>|\Z)"""
"""The rest of a tag as HTML's tokenizer takes it. Every way through it succeeds at the page's end at the latest, so that nothing is read twice."""

MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<raw>script|style|textarea|title)(?=[\t\n\f\r />]){ATTRIBUTES}.*?(?:</(?P=raw)(?=[\t\n\f\r />])|\Z)"
    rf"|<(?P<close>/?)(?P<tag>[a-z][^\t\n\f\r />]*+)(?P<attributes>{ATTRIBUTES})"
    r"|<",
    re.IGNORECASE | re.DOTALL,
)
"""A comment, an element whose content is no markup, a tag, or a `<` that begins none of these."""

ATTRIBUTE = re.compile(
    r"""([^\t\n\f\r />][^\t\n\f\r />=]*+)(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*+)(?:"|\Z)|'([^']*+)(?:'|\Z)|([^\t\n\f\r >"'][^\t\n\f\r >]*+)))?+"""
)

Patterns = tuple[tuple[PageKind, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A page to ask for, and why."""

    kind: PageKind
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as a page shows it: absolute `url` without fragment, its words and its title."""

    url: str
    text: str
    title: str


def choose_pages(links: Iterable[Link], words: Sequence[LinkWord], limit: int) -> list[Choice]:
    """At most `limit` pages to ask for, in the order of `KINDS`; links of equal worth in the order of the page."""
    patterns = _patterns(tuple(words))
    ranked: dict[PageKind, list[tuple[int, int, str]]] = defaultdict(list)
    for place, link in enumerate(links):
        for kind, worth in _worth(link, patterns).items():
            ranked[kind].append((-worth, place, link.url))
    queues = {kind: [url for _, _, url in sorted(ranked[kind])] for kind in KINDS}
    taken: dict[str, PageKind] = {}
    while len(taken) < limit and any(queues.values()):
        for kind in KINDS:
            url = next((url for url in queues[kind] if url not in taken), None)
            queues[kind] = [] if url is None else queues[kind][queues[kind].index(url) + 1 :]
            if url is not None and len(taken) < limit:
                taken[url] = kind
    return sorted((Choice(kind=kind, url=url) for url, kind in taken.items()), key=lambda choice: KINDS.index(choice.kind))


def skeleton(text: str) -> LexborHTMLParser:
    """A page parsed with nothing but the tags and attributes that say where it leads, written anew: the parser's time grows with the square of nested
    blocks, unknown tags and attributes, so that one page of 900,000 open `div`s would hold up the whole crawl. A `meta` for readers without scripts is left out.
    """
    return LexborHTMLParser(MARKUP.sub(_Kept().written, text))


def same_site_links(page: LexborHTMLParser, base: str, door: Door) -> list[Link]:
    """The links of a page to its own site (same registrable name as `base`), each address once, `base` itself left out."""
    site = registrable_of(base, door)
    base_tag = page.css_first("base[href]")
    start = (absolute(base, base_tag.attributes.get("href") or "") if base_tag is not None else "") or base
    found: dict[str, Link] = {}
    for node in page.css("a[href], area[href]")[:MOST_LINKS]:
        url = absolute(start, node.attributes.get("href") or "")
        if not url or url == base or NOT_PAGES.search(urlsplit(url).path) or LEAVES.search(url) or registrable_of(url, door) != site:
            continue
        link = Link(url=url, text=_words(node.text(separator=" ")), title=_words(_titles(node)))
        known = found.get(url)
        found[url] = link if known is None else Link(url=url, text=f"{known.text} {link.text}", title=f"{known.title} {link.title}")
    return list(found.values())


def absolute(base: str, reference: str) -> str:
    """The http or https address that `reference` means on a page at `base`, as it is sent, without fragment; empty where it means none.

    The dot that may end a host name goes: no certificate and no archive knows the name with it.
    """
    try:
        url = urljoin(base, reference.strip()).partition("#")[0]
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or len(url) > LONGEST_LINK:
            return ""
        if parts.hostname.endswith("."):
            user, at, place = parts.netloc.rpartition("@")
            host, colon, port = place.partition(":")
            url = parts._replace(netloc=f"{user}{at}{host.removesuffix('.')}{colon}{port}").geturl()
        url = url if url.isascii() else as_sent(url)
    except ValueError:
        return ""
    return url if place_of(url)[0] and len(url) <= LONGEST_LINK else ""


def as_sent(url: str) -> str:
    """An address as it goes out: escaped, its host as an A-label; as it was where it cannot be asked for."""
    try:
        sent = safe_url_string(url)
        urlsplit(sent)
    except ValueError:
        return url
    return sent


def place_of(url: str) -> tuple[str, int]:
    """Host and port of an http or https address; an empty host where it has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", 0
    return host, port or (443 if parts.scheme == "https" else 80)


def registrable_of(url: str, door: Door) -> str:
    """The registrable name of an address's host; empty for an IP address or what is no host name."""
    try:
        return door.parse(urlsplit(url).hostname or "").registrable
    except (HostnameRefused, ValueError):
        return ""


class _Kept:
    """Writes the tags of one page anew, in their order."""

    def __init__(self) -> None:
        self._without_scripts = False

    def written(self, found: re.Match[str]) -> str:
        """One tag as the parser gets it: its name and the attributes that are looked at, quoted; a blank for all else."""
        tag = (found["tag"] or "").lower()
        if tag == "noscript":
            self._without_scripts = not found["close"]
        if tag not in KEPT_TAGS or (tag == "meta" and self._without_scripts):
            return " "
        if found["close"]:
            return f"</{tag}>"
        if tag == "img" and "alt" not in found["attributes"].lower():
            return " "
        values: dict[str, str] = {}
        for name, double, single, bare in ATTRIBUTE.findall(found["attributes"][:LONGEST_TAG].removesuffix(">")):
            if (name := name.lower()) in KEPT_ATTRIBUTES:
                values.setdefault(name, (double or single or bare).replace('"', "&quot;"))
        if tag == "a" and "href" not in values:
            return "</a>"  # an anchor that leads nowhere ends the one before it
        attributes = "".join(f' {name}="{value}"' for name, value in values.items())
        return f"<{tag}{attributes}>"


def _titles(node: LexborNode) -> str:
    image = node.css_first("img[alt]")
    parts = (node.attributes.get("title"), node.attributes.get("aria-label"), image.attributes.get("alt") if image is not None else "")
    return " ".join(part for part in parts if part)


def _words(text: str) -> str:
    """Lower-case words between single blanks; the dot that lower() leaves of a Turkish capital I goes."""
    return NOT_WORDS.sub(" ", text[:300].lower().replace("\u0307", "")).strip()


def _worth(link: Link, patterns: Patterns) -> dict[PageKind, int]:
    parts = urlsplit(link.url)
    address = _words(unquote(f"{parts.path} {parts.query}"))
    places = ((link.text, IN_TEXT), (link.title, IN_TITLE), (address, IN_ADDRESS))
    worths = {kind: sum(weight for text, weight in places if pattern.search(text)) for kind, pattern in patterns}
    return {kind: worth for kind, worth in worths.items() if worth}


@lru_cache(maxsize=4)
def _patterns(words: tuple[LinkWord, ...]) -> Patterns:
    """One pattern a kind. A word counts from its beginning, so that endings do not matter; one of three letters or fewer only whole."""
    found = []
    for kind in KINDS:
        own = sorted({_words(word.word) for word in words if word.page == kind.value})
        ways = "|".join(re.escape(word) + (r"\b" if len(word) <= 3 else "") for word in own if word)
        if ways:
            found.append((kind, re.compile(rf"\b(?:{ways})")))
    return tuple(found)
