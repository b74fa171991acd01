"""Whether a page is a challenge: it asks its reader to prove to be human, or to run a script first, and shows nothing else. Recognised, never solved. Pure.

One pass over the page, and only where a sign stands in it at all. The signs are in `crawler.challenge_signs`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.challenge_signs import CHALLENGES, Group, Place
from crawler.pages import LONGEST_TAG, MARKUP, absolute, place_of

LONGEST = 200_000
"""Characters; a longer page is none: the largest challenges, with their pictures in them, have half of that."""

MOST_HEADERS = 200
LONGEST_HEADER = 300
"""Headers, and characters of one, that are looked at."""

MOST_LINKS = 100
"""Links that are looked at; a challenge leads to very few."""

MOST_PICTURES = 6
"""Pictures on a challenge: a logo, a puzzle in pieces; a lobby has more."""

SEEN_WORDS = 20_000
"""Characters of a page's words that are kept; a challenge has far fewer."""

CONTENT_PLACES = frozenset(Place) - {Place.STATUS, Place.HEADER}
WRITTEN = (
    ("&nbsp;", " "),
    ("&#160;", " "),
    ("&amp;", "&"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&rsquo;", "'"),
    ("&#8217;", "'"),
    ("\u2019", "'"),
)
"""How the blanks and apostrophes of a sign may be written."""

HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*+)|'([^']*+)|([^\s"'>]++))""")
NO_FIELD = re.compile(r"""\btype\s*=\s*["']?(?:hidden|submit|button|image|checkbox|radio|reset|range)\b""")
PASSWORD = re.compile(r"""\btype\s*=\s*["']?password\b""")
OF_A_WIDGET = re.compile(r"recaptcha-response|h-captcha-response|turnstile-response|captcha-token|smart-token")


@dataclass(slots=True)
class Read:
    """A page by its places, in lower case; `fields`: how many things there are to fill in; `secret`: a password among them; `links`: other pages that it leads to."""

    parts: dict[Place, list[str]] = field(default_factory=lambda: {place: [] for place in Place})
    fields: int = 0
    secret: bool = False
    links: set[str] = field(default_factory=set)
    aside: bool = False
    seen: int = 0

    def add(self, place: Place, text: str) -> None:
        """Keep a part of the page."""
        self.parts[place].append(text)

    def text(self, place: Place) -> str:
        """All that stands in a place."""
        if place is Place.CODE:
            return f"{self.text(Place.SCRIPT)}\n{self.text(Place.MARKUP)}"
        if place is Place.ANY_WORDS:
            return "\n".join(map(self.text, (Place.TITLE, Place.WORDS, Place.ASIDE)))
        return "\n".join(self.parts[place])


def challenge_of(status: int, headers: Sequence[tuple[str, str]], text: str, *, url: str = "", scripted: bool = False) -> str:
    """The kind of challenge that an answer is (`cloudflare`, `captcha`, `javascript-required`, ...: `crawler.challenge_signs`), empty where it is none.

    `headers` in order, as they came; `text`: the page as sent, or a browser's final DOM as HTML, where `scripted`: its scripts ran, so that a page that came and
    asks for scripts asks in vain; `url`: of the page, to know its own host's addresses by. A page that has something to read, to fill in or to go to is judged
    as a page, whatever it claims: else one header would hide a casino.
    """
    if len(text) > LONGEST:
        return ""
    page = text.lower()
    outer = {
        Place.STATUS: str(status),
        Place.HEADER: "\n".join(_header(name, value) for name, value in headers[:MOST_HEADERS]),
    }
    anywhere = _plain(page)
    likely = [one for one in CHALLENGES if all(_likely(group, outer, anywhere) for group in one.groups)]
    if not likely:
        return ""
    read = _read(page)
    if read.secret or len(read.parts[Place.PICTURE]) > MOST_PICTURES:
        return ""
    own = len(read.links) if not url else sum(_is_own(link, url) for link in read.links)
    fitting = [
        one
        for one in likely
        if read.seen <= one.words and read.fields <= one.fields and own <= one.links and not (scripted and one.by_script and status < 400)
    ]
    if not fitting:
        return ""
    places = {place: _plain(read.text(place)) for place in CONTENT_PLACES} | outer
    return next((one.kind for one in fitting if all(_stands(group, places) for group in one.groups)), "")


def _is_own(link: str, url: str) -> bool:
    """Whether a link leads to another page of the host of `url`."""
    found = absolute(url, link)
    return (
        bool(found) and found != url.partition("#")[0] and place_of(found)[0].removeprefix("www.") == place_of(url)[0].removeprefix("www.")
    )


def _plain(text: str) -> str:
    """Text in which a sign is found however its blanks and apostrophes are written."""
    for written, meant in WRITTEN:
        text = text.replace(written, meant)
    return " ".join(text.split())


def _header(name: str, value: str) -> str:
    return f"{name[:LONGEST_HEADER].strip()}: {value[:LONGEST_HEADER].strip()}".lower()


def _likely(group: Group, outer: dict[Place, str], page: str) -> bool:
    """Whether a sign of the group stands anywhere at all; most pages end here."""
    known = [outer[place] for place in group.places if place in outer] or [page]
    return any(sign in text for text in known for sign in group.signs)


def _stands(group: Group, places: dict[Place, str]) -> bool:
    return any(sign in places[place] for place in group.places for sign in group.signs)


def _read(page: str) -> Read:
    """The places of a page, in one pass."""
    read = Read()
    end = 0
    for found in MARKUP.finditer(page):
        _words(read, page[end : found.start()])
        end = found.end()
        if found["raw"]:
            _raw(read, found["raw"], found.group())
        elif found["tag"]:
            _tag(read, found["tag"], found["close"], found["attributes"])
    _words(read, page[end:])
    return read


def _words(read: Read, text: str) -> None:
    if text and not text.isspace():
        if not read.aside:
            read.seen += len(_plain(text[:SEEN_WORDS]))
        if read.seen <= SEEN_WORDS:
            read.add(Place.ASIDE if read.aside else Place.WORDS, text[:SEEN_WORDS])


def _raw(read: Read, tag: str, element: str) -> None:
    """An element whose content is no markup; its own attributes count as code."""
    if tag == "title":
        read.add(Place.TITLE, _inside(element))
    elif tag == "script":
        read.add(Place.SCRIPT, element)
        read.add(Place.MARKUP, "<script")
    elif tag == "textarea" and not OF_A_WIDGET.search(element[:LONGEST_TAG]):
        read.fields += 1


def _inside(element: str) -> str:
    return element.partition(">")[2].rpartition("</")[0][:SEEN_WORDS]


def _tag(read: Read, tag: str, close: str, attributes: str) -> None:
    attributes = attributes[:LONGEST_TAG]
    if tag == "noscript":
        read.aside = not close
    if close:
        return
    read.add(Place.MARKUP, f"<{tag}{attributes}")
    if tag == "a" and len(read.links) <= MOST_LINKS and (found := HREF.search(attributes)):
        read.links.add(next(filter(None, found.groups()), ""))
    if tag == "img":
        read.add(Place.PICTURE, attributes)
    if tag == "select" or (tag == "input" and not NO_FIELD.search(attributes) and not OF_A_WIDGET.search(attributes)):
        read.add(Place.FIELD, attributes)
        read.fields += 1
        read.secret = read.secret or bool(PASSWORD.search(attributes))
