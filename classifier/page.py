"""A page as a person and a detector read it: HTML text parsed once, bounded, whatever a hostile page holds.

What is left to others: decoding octets (`casefile.body`), judging (`classifier.model`), looking for facts (`classifier.detectors`).
The parser's work grows with the square of some inputs, so the text is first cut to what can be parsed in bounded work (`classifier.bounds`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from casefile.observation import SeenRequest
from classifier.bounds import bounded

LONGEST_HTML = 2_000_000
"""Characters of HTML read; the rest is not looked at, and the page counts as cut."""

LONGEST_TEXT = 60_000
LONGEST_INLINE = 200_000
LONGEST_VALUE = 500
"""Characters kept of visible text, of inline scripts, of one attribute or link text."""

MOST_ITEMS = 1_500
"""Links, scripts, forms, frames, images, meta tags and named elements kept, of each."""

MOST_NOSCRIPT = 5
"""Such elements can lie in one another, and each would be read with all that is in it."""

MOST_HIDDEN = 3_000
"""Elements with a style of their own that are looked at for what they hide."""

BY_THEMSELVES = ("onload", "onerror", "onpageshow", "onfocus", "onscroll", "onanimationstart", "onanimationend", "ontransitionend", "ontoggle", "onbegin", "onmousemove", "onmouseover", "onpointermove", "onresize")  # fmt: skip
"""Attributes whose script runs without a click."""

SPACES = re.compile(r"\s+")
SHADOW = re.compile(r"<template(?=[^>]{0,300}\sshadowrootmode\b)", re.IGNORECASE)
HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
WHOLE = re.compile(r"position\s*:\s*fixed|inset\s*:\s*0|(?:^|[;\s])(?:min-)?height\s*:\s*(?:9\d|100)\s*(?:%|vh)", re.IGNORECASE)
SIZE = re.compile(r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*(\d{1,5})(?:px)?\s*(?=!|;|$)", re.IGNORECASE)
FULL = re.compile(r"(?:9\d|100)\s*%")
"""How styles hide an element, and how a frame says that it covers the page, or how large it is in pixels."""

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
    click; `hidden`: characters of `text` in elements whose own attributes hide them; `cut`: part of the page was not read (too large, too deep).

    Of a rendered page only: `requests`: what the browser asked for, in order; `favicon`: the octets of its icon, None where it has none.
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
    cut: bool = False
    requests: tuple[SeenRequest, ...] = ()
    favicon: bytes | None = None


def read_page(url: str, html: str) -> Page:
    """Parse `html` (characters, already decoded) as found at `url`. Never raises, whatever it holds; what cannot be read makes an empty page.

    A declared shadow root is content, which a parser without them would drop as a template.
    """
    clean = html[:LONGEST_HTML].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
    part, cut = bounded(SHADOW.sub("<section", clean))
    try:
        return _page(url, LexborHTMLParser(part), cut=cut or len(html) > LONGEST_HTML)
    except (SelectolaxError, RuntimeError, RecursionError, MemoryError):
        return Page(url=url, title="", text="", cut=True)


def host_of(url: str) -> str:
    """The lower-case host of an address, empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _page(url: str, tree: LexborHTMLParser, *, cut: bool) -> Page:
    scripts = tree.css("script")[:MOST_ITEMS]
    meta = _meta(tree)
    title = _text(tree.css_first("title"))
    parts = {
        "scripts": tuple(_absolute(url, src) for node in scripts if (src := _attribute(node, "src"))),
        "inline": "\n".join((*(node.text() for node in scripts if not _attribute(node, "src")), _onload(tree)))[:LONGEST_INLINE].rstrip(
            "\n"
        ),
        "noscript": _line(" ".join(node.text(separator=" ") for node in tree.css("noscript")[:MOST_NOSCRIPT])[: 4 * LONGEST_VALUE])[
            :LONGEST_VALUE
        ],
        "frames": tuple(_absolute(url, src) for node in _nodes(tree, "iframe, frame, embed") if (src := _attribute(node, "src"))),
    }
    parts["covers"] = _covers(url, tree, _is_whole)
    parts["unsized"] = _covers(url, tree, _is_unsized)
    parts["handlers"] = _handlers(tree)
    tree.strip_tags(["script", "style", "noscript", "template", "iframe", "title"], recursive=True)
    body = tree.body
    page = Page(
        url=url,
        title=title,
        text=_line(body.text(separator=" "))[:LONGEST_TEXT] if body is not None else "",
        links=tuple(
            Link(href=_absolute(url, _attribute(node, "href")), text=_text(node), rel=_attribute(node, "rel"))
            for node in _nodes(tree, "a[href]")
        ),
        forms=tuple(_form(url, node) for node in _nodes(tree, "form")[:100]),
        images=tuple(_absolute(url, src) for node in _nodes(tree, "img") if (src := _attribute(node, "src"))),
        alts=tuple(alt for node in _nodes(tree, "img[alt]") if (alt := _attribute(node, "alt"))),
        meta=meta,
        marks=tuple(
            mark for node in _nodes(tree, "[class], [id]") if (mark := f"{_attribute(node, 'class')} {_attribute(node, 'id')}".strip())
        ),
        tiles=len(tree.css("a img")),
        cut=cut,
        **parts,  # type: ignore[arg-type]
    )
    return replace(page, hidden=_hidden(tree, len(page.text)))


def _hidden(tree: LexborHTMLParser, length: int) -> int:
    """Characters of the text that are hidden by attributes; the tree is without them afterwards. Stylesheets are not read."""
    hiding = [
        node
        for node in tree.css("[hidden], [style]")[:MOST_HIDDEN]
        if node.tag not in ("html", "body") and ("hidden" in node.attributes or HIDES.search(_attribute(node, "style")))
    ]
    for node in hiding:
        node.replace_with(" ")
    body = tree.body
    return max(0, length - len(_line(body.text(separator=" "))[:LONGEST_TEXT])) if hiding and body is not None else 0


def _covers(url: str, tree: LexborHTMLParser, can: Callable[[LexborNode], bool]) -> tuple[str, ...]:
    """The frames that `can` cover the page, by address."""
    found = (
        (node, _attribute(node, "data" if node.tag == "object" else "src"))
        for node in _nodes(tree, "iframe, frame, object[data], embed[src]")
    )
    return tuple(
        "srcdoc" if "srcdoc" in node.attributes else _absolute(url, address)
        for node, address in found
        if ("srcdoc" in node.attributes or address) and can(node)
    )


def _is_whole(node: LexborNode) -> bool:
    """Whether a frame says that it covers the page, or is that large."""
    style, height = _attribute(node, "style"), _attribute(node, "height")
    if HIDES.search(style) or any(number < SMALL for number in _pixels(node)):
        return False
    return node.tag == "frame" or bool(WHOLE.search(style) or FULL.fullmatch(height)) or len(_pixels(node)) > 1


def _is_unsized(node: LexborNode) -> bool:
    return node.tag != "frame" and not any(_attribute(node, name) for name in ("style", "width", "height"))


def _pixels(node: LexborNode) -> list[int]:
    """The sizes in pixels that a frame states."""
    sizes = (f"width:{size}" for name in ("width", "height") if (size := _attribute(node, name).removesuffix("px")).isdecimal())
    return [int(number) for number in SIZE.findall(";".join((*sizes, _attribute(node, "style"))))]


def _handlers(tree: LexborHTMLParser) -> str:
    """The scripts of attributes that run by themselves."""
    nodes = _nodes(tree, ", ".join(f"[{name}]" for name in BY_THEMSELVES))
    told = (script for node in nodes for name in BY_THEMSELVES if (script := _attribute(node, name)))
    return "\n".join(told)[:LONGEST_INLINE]


def _form(url: str, node: LexborNode) -> Form:
    inputs = node.css("input, select, textarea, button")[:100]
    fields = (
        " ".join(part for name in ("type", "name", "placeholder", "autocomplete") if (part := _attribute(field, name))) for field in inputs
    )
    hidden = ((_attribute(field, "name"), _attribute(field, "value")) for field in inputs if _attribute(field, "type").lower() == "hidden")
    return Form(
        action=_absolute(url, _attribute(node, "action")),
        method=_attribute(node, "method").lower(),
        fields=tuple(fields),
        hidden=tuple(hidden),
    )


def _onload(tree: LexborHTMLParser) -> str:
    """What the body does when it is loaded."""
    return _attribute(tree.body, "onload") if tree.body is not None else ""


def _meta(tree: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    named = ((_attribute(node, "name") or _attribute(node, "property"), _attribute(node, "content")) for node in _nodes(tree, "meta"))
    return tuple((name.lower(), content) for name, content in named if name)


def _nodes(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    return tree.css(selector)[:MOST_ITEMS]


def _attribute(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()[:LONGEST_VALUE]


def _text(node: LexborNode | None) -> str:
    return _line(node.text(separator=" ")[: 4 * LONGEST_VALUE])[:LONGEST_VALUE] if node is not None else ""


def _line(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def _absolute(url: str, address: str) -> str:
    if address.lower().startswith(("data:", "javascript:")):
        return address[:60]
    try:
        return urljoin(url, address)[:LONGEST_VALUE]
    except ValueError:
        return address
