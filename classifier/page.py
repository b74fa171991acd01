"""A page as a person and a detector read it: HTML text parsed once, bounded, whatever a hostile page holds.

What is left to others: decoding octets (`casefile.body`), judging (`classifier.model`), looking for facts (`classifier.detectors`).
The parser's work grows with the square of some inputs, so the text is first cut to what can be parsed in bounded work (`classifier.bounds`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from casefile.hostname import host_of_url
from casefile.observation import SeenRequest
from classifier.bounds import bounded
from classifier.elements import BY_THEMSELVES, LONGEST_VALUE, Attributes, Element, Elements, gathered, hidden_nodes, value_of
from classifier.hiding import hiding_of
from classifier.joining import Joiner

LONGEST_HTML = 2_000_000
"""Characters of HTML read; the rest is not looked at, and the page counts as cut."""

LONGEST_TEXT = 60_000
LONGEST_INLINE = 200_000
"""Characters kept of visible text and of inline scripts."""

MOST_ITEMS = 1_500
"""Links, scripts, forms, frames, images, meta tags and named elements kept, of each."""

MOST_NOSCRIPT = 5
"""Such elements can lie in one another, and each would be read with all that is in it."""

SHADOW = re.compile(r"<template(?=[^>]{0,300}\sshadowrootmode\b)", re.IGNORECASE)
HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
WHOLE = re.compile(r"position\s*:\s*fixed|inset\s*:\s*0|(?:^|[;\s])(?:min-)?height\s*:\s*(?:9\d|100)\s*(?:%|vh)", re.IGNORECASE)
SIZE = re.compile(r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*(\d{1,5})(?:px)?\s*(?=!|;|$)", re.IGNORECASE)
FULL = re.compile(r"(?:9\d|100)\s*%")
"""How styles hide an element, and how a frame says that it covers the page, or how large it is in pixels."""

host_of = host_of_url
"""By the name that the rooms of this package know it by."""

Join = Callable[[str], str]
"""Makes an address absolute."""

FOR_SCREENS = ("", "all", "screen")
"""Media that any visitor's styles are for; what is for printers or phones hides nothing here."""

SMALL = 400
"""Pixels; a frame that is narrower or lower covers no page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: `href` as an absolute address where it can be made one, the words of it, its `rel`."""

    href: str
    text: str
    rel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: where it sends (absolute), how, and of its fields type, name and placeholder in one string each; `hidden`: name and value of hidden fields."""

    action: str
    method: str
    fields: tuple[str, ...]
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says and is made of. `text`: visible text, one line; `inline`: text of inline scripts and what the body does when it is loaded;
    `marks`: class and id words; `meta`: (name or property, content); `tiles`: images inside links; `noscript`: what is said to those without JavaScript;
    `covers`: frames that say that they cover the page, by address (`srcdoc` where the page holds them itself), `unsized` those that say nothing; `handlers`: scripts in attributes that run without a
    click; `hidden`: characters of `text` that no visitor sees; `shown`: `text` without them (the same object where nothing is hidden; filled in from `text` where it
    is not given); `hidden_links`: those of `links` that stand in hidden elements; `cut`: part of the page was not read (too large, too deep).

    Of a rendered page only: `requests`: what the browser asked for, in order; `favicon`: the octets of its icon, None where it has none; `screenshot`: PNG, where
    the page has so little text that its picture may be read (`classifier.detectors.picture_text`).
    """

    url: str
    title: str
    text: str
    links: tuple[Link, ...] = ()
    scripts: tuple[str, ...] = ()
    inline: str = ""
    forms: tuple[Form, ...] = ()
    frames: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()
    tiles: int = 0
    noscript: str = ""
    covers: tuple[str, ...] = ()
    unsized: tuple[str, ...] = ()
    handlers: str = ""
    hidden: int = 0
    shown: str = ""
    hidden_links: tuple[Link, ...] = ()
    cut: bool = False
    requests: tuple[SeenRequest, ...] = ()
    favicon: bytes | None = None
    screenshot: bytes | None = None

    def __post_init__(self) -> None:
        if not self.shown and not self.hidden:
            object.__setattr__(self, "shown", self.text)


def read_page(url: str, html: str) -> Page:
    """Parse `html` (characters, already decoded) as found at `url`. Never raises, whatever it holds; what cannot be read makes an empty page.

    A declared shadow root is content, which a parser without them would drop as a template.
    """
    clean = _encodable(html[:LONGEST_HTML].replace("\x00", " "))
    part, cut = bounded(SHADOW.sub("<section", clean) if SHADOW.search(clean) else clean)
    try:
        return _page(url, LexborHTMLParser(part), cut=cut or len(html) > LONGEST_HTML)
    except (SelectolaxError, RuntimeError, RecursionError, MemoryError):
        return Page(url=url, title="", text="", cut=True)


def _encodable(html: str) -> str:
    """The text with a question mark for every half of a character."""
    try:
        html.encode("utf-8")
    except UnicodeEncodeError:
        return html.encode("utf-8", "replace").decode("utf-8")
    return html


def _page(url: str, tree: LexborHTMLParser, *, cut: bool) -> Page:
    joined = Joiner(url).absolute
    found = gathered(tree)
    titles, frames = found.everywhere["title"], found.everywhere["frame"]
    sources = [(node, value_of(attributes, "src")) for node, _, attributes in found.everywhere["script"][:MOST_ITEMS]]
    framed = [attributes for _, tag, attributes in frames if tag != "object"][:MOST_ITEMS]
    covering = [one for one in frames if _may_cover(one)][:MOST_ITEMS]
    parts = {
        "title": _text(titles[0][0]) if titles else "",
        "scripts": tuple(joined(src) for _, src in sources if src),
        "inline": "\n".join((*(node.text() for node, src in sources if not src), _onload(tree)))[:LONGEST_INLINE].rstrip("\n"),
        "noscript": _noscript(found.everywhere["noscript"]),
        "frames": tuple(joined(src) for attributes in framed if (src := value_of(attributes, "src"))),
        "covers": _covers(joined, covering, _is_whole),
        "unsized": _covers(joined, covering, _is_unsized),
        "handlers": _handlers(found.told),
        "meta": _meta(found.everywhere["meta"][:MOST_ITEMS]),
        "marks": _marks(found.named),
    }
    styles = [node.text() for node, _, attributes in found.everywhere["style"] if value_of(attributes, "media").lower() in FOR_SCREENS]
    for node in reversed(found.dropped):
        node.decompose()
    return Page(url=url, cut=cut, **parts, **_standing(tree, joined, found), **_seen(tree, joined, found, styles))  # type: ignore[arg-type]


def _standing(tree: LexborHTMLParser, joined: Join, found: Elements) -> dict[str, object]:
    """Forms and images."""
    alts = [attributes for _, _, attributes in found.images if "alt" in attributes][:MOST_ITEMS]
    return {
        "forms": tuple(_form(joined, node, attributes) for node, _, attributes in found.forms[:100]),
        "images": tuple(joined(src) for _, _, attributes in found.images[:MOST_ITEMS] if (src := value_of(attributes, "src"))),
        "alts": tuple(alt for attributes in alts if (alt := value_of(attributes, "alt"))),
        "tiles": len(tree.css("a img")) if found.images else 0,
    }


def _seen(tree: LexborHTMLParser, joined: Join, found: Elements, styles: Sequence[str]) -> dict[str, object]:
    """Text and links, and which of them no visitor sees; the tree is without what is hidden afterwards."""
    nodes = found.links[:MOST_ITEMS]
    links = tuple(
        Link(href=joined(value_of(attributes, "href")), text=_text(node), rel=value_of(attributes, "rel")) for node, _, attributes in nodes
    )
    text = _body(tree)
    hiding = hidden_nodes(found, hiding_of(styles))
    if not hiding:
        return {"links": links, "text": text}
    for node in hiding:
        node.replace_with(" ")
    shown = _body(tree)
    left = {node.mem_id for node in tree.css("a[href]")} if links else set()
    return {
        "links": links,
        "text": text,
        "shown": shown,
        "hidden": max(0, len(text) - len(shown)),
        "hidden_links": tuple(link for link, (node, _, _) in zip(links, nodes, strict=True) if node.mem_id not in left),
    }


def _body(tree: LexborHTMLParser) -> str:
    return _line(tree.body.text(separator=" "))[:LONGEST_TEXT] if tree.body is not None else ""


def _noscript(elements: Sequence[Element]) -> str:
    """What is said to those without JavaScript."""
    told = " ".join(node.text(separator=" ") for node, _, _ in elements[:MOST_NOSCRIPT])
    return _line(told[: 4 * LONGEST_VALUE])[:LONGEST_VALUE]


def _marks(named: Sequence[Element]) -> tuple[str, ...]:
    """Class and id words; those of an element that has both count twice, as they are found by the one and by the other."""
    marks: list[str] = []
    known: dict[str | None, str] = {}
    for _, _, attributes in named[:MOST_ITEMS]:
        if "id" not in attributes:
            classes = attributes["class"]
            if classes not in known:
                known[classes] = value_of(attributes, "class").rstrip()
            marks.append(known[classes])
            continue
        mark = f"{value_of(attributes, 'class')} {value_of(attributes, 'id')}".strip()
        marks.extend((mark, mark) if "class" in attributes else (mark,))
    return tuple(mark for mark in marks[:MOST_ITEMS] if mark)


def _may_cover(element: Element) -> bool:
    """Whether it is a frame, or what stands for one."""
    needed = {"object": "data", "embed": "src"}.get(element[1] or "")
    return needed is None or needed in element[2]


def _covers(joined: Join, frames: Sequence[Element], can: Callable[[Element], bool]) -> tuple[str, ...]:
    """The frames that `can` cover the page, by address."""
    found = ((one, value_of(one[2], "data" if one[1] == "object" else "src")) for one in frames)
    return tuple(
        "srcdoc" if "srcdoc" in one[2] else joined(address) for one, address in found if ("srcdoc" in one[2] or address) and can(one)
    )


def _is_whole(frame: Element) -> bool:
    """Whether a frame says that it covers the page, or is that large."""
    _, tag, attributes = frame
    style, height = value_of(attributes, "style"), value_of(attributes, "height")
    sizes = _pixels(attributes)
    if HIDES.search(style) or any(number < SMALL for number in sizes):
        return False
    return tag == "frame" or bool(WHOLE.search(style) or FULL.fullmatch(height)) or len(sizes) > 1


def _is_unsized(frame: Element) -> bool:
    return frame[1] != "frame" and not any(value_of(frame[2], name) for name in ("style", "width", "height"))


def _pixels(frame: Attributes) -> list[int]:
    """The sizes in pixels that a frame states."""
    sizes = (f"width:{size}" for name in ("width", "height") if (size := value_of(frame, name).removesuffix("px")).isdecimal())
    return [int(number) for number in SIZE.findall(";".join((*sizes, value_of(frame, "style"))))]


def _handlers(told: Sequence[Attributes]) -> str:
    """The scripts of attributes that run by themselves; those of an element that has several count so often."""
    scripts: list[str] = []
    left = MOST_ITEMS
    for attributes in told:
        number = min(left, sum(name in attributes for name in BY_THEMSELVES))
        scripts.extend(number * [script for name in BY_THEMSELVES if (script := value_of(attributes, name))])
        left -= number
        if not left:
            break
    return "\n".join(scripts)[:LONGEST_INLINE]


def _form(joined: Join, node: LexborNode, form: Attributes) -> Form:
    inputs = [field.attributes for field in node.css("input, select, textarea, button")[:100]]
    fields = (
        " ".join(part for name in ("type", "name", "placeholder", "autocomplete") if (part := value_of(field, name))) for field in inputs
    )
    hidden = ((value_of(field, "name"), value_of(field, "value")) for field in inputs if value_of(field, "type").lower() == "hidden")
    return Form(
        action=joined(value_of(form, "action")), method=value_of(form, "method").lower(), fields=tuple(fields), hidden=tuple(hidden)
    )


def _onload(tree: LexborHTMLParser) -> str:
    """What the body does when it is loaded."""
    return value_of(tree.body.attributes, "onload") if tree.body is not None else ""


def _meta(elements: Sequence[Element]) -> tuple[tuple[str, str], ...]:
    named = ((value_of(meta, "name") or value_of(meta, "property"), value_of(meta, "content")) for _, _, meta in elements)
    return tuple((name.lower(), content) for name, content in named if name)


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ")[: 4 * LONGEST_VALUE].split())[:LONGEST_VALUE]


def _line(text: str) -> str:
    return " ".join(text.split())
