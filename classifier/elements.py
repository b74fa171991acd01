"""The elements of a parsed page by what is read of them, gathered in one walk of the tree: every walk costs as much as reading what it finds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from classifier.hiding import Hiding, is_hidden

LONGEST_VALUE = 500
"""Characters kept of one attribute."""

MOST_HIDDEN = 3_000
"""Elements taken out for what is shown."""

BY_THEMSELVES = ("onload", "onerror", "onpageshow", "onfocus", "onscroll", "onanimationstart", "onanimationend", "ontransitionend", "ontoggle", "onbegin", "onmousemove", "onmouseover", "onpointermove", "onresize")  # fmt: skip
"""Attributes whose script runs without a click."""

DROPPED = frozenset(("script", "style", "noscript", "template", "iframe", "title"))
"""Elements that hold no text of the page."""

EVERYWHERE = {"script": "script", "meta": "meta", "title": "title", "noscript": "noscript", "style": "style"} | dict.fromkeys(
    ("iframe", "frame", "object", "embed"), "frame"
)
"""Elements that are read wherever they stand, by their kind."""

READ = frozenset(("a", "img", "form"))
"""Elements that are read where they stand outside of what is dropped."""

ITSELF = frozenset(BY_THEMSELVES)
OUTERMOST = frozenset(("html", "body"))
NOWHERE: frozenset[str] = frozenset()

Attributes = dict[str, str | None]
Element = tuple[LexborNode, str | None, Attributes]
"""A node, the name of its element, its attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """What a walk gathered, each in the order of the page.

    `everywhere`: scripts, meta, titles, noscripts, styles and frames by kind; `told`: attributes that hold scripts that run by themselves; `dropped`: what no
    text is read of. Of what stands outside of that: `links`, `images`, `forms`; `named`: all with a class or an id; `styled`: all that they may hide themselves.
    """

    everywhere: dict[str, list[Element]]
    told: list[Attributes]
    dropped: list[LexborNode]
    links: list[Element]
    images: list[Element]
    forms: list[Element]
    named: list[Element]
    styled: list[Element]


def gathered(tree: LexborHTMLParser) -> Elements:
    """Walk the tree once. Bounded by the elements of the page, which are bounded before it is parsed."""
    found: list[Element] = [(node, node.tag, node.attributes) for node in tree.css("*")]
    everywhere: dict[str, list[Element]] = {kind: [] for kind in EVERYWHERE.values()}
    for one in [one for one in found if one[1] in EVERYWHERE]:
        everywhere[EVERYWHERE[one[1] or ""]].append(one)
    names = NOWHERE.union(*(attributes for _, _, attributes in found))
    dropped, standing = _parted(found)
    read = [one for one in standing if one[1] in READ]
    may_hide = "style" in names or "hidden" in names
    return Elements(
        everywhere=everywhere,
        told=[] if ITSELF.isdisjoint(names) else [attributes for _, _, attributes in found if not ITSELF.isdisjoint(attributes)],
        dropped=dropped,
        links=[one for one in read if one[1] == "a" and ("href" in one[2] or "xlink:href" in one[2])],
        images=[one for one in read if one[1] == "img"],
        forms=[one for one in read if one[1] == "form"],
        named=[one for one in standing if "class" in one[2] or "id" in one[2]],
        styled=[one for one in standing if "style" in one[2] or "hidden" in one[2]] if may_hide else [],
    )


def _parted(found: list[Element]) -> tuple[list[LexborNode], list[Element]]:
    """What is dropped, and what stands outside of it."""
    dropped = [node for node, tag, _ in found if tag in DROPPED]
    if not any(map(_elements_in, dropped)):
        return dropped, [one for one in found if one[1] not in DROPPED]
    dropped, standing, within = [], [], 0
    for one in found:
        if within:
            within -= 1
        elif one[1] in DROPPED:
            dropped.append(one[0])
            within = _elements_in(one[0])
        else:
            standing.append(one)
    return dropped, standing


def _elements_in(node: LexborNode) -> int:
    """How many elements stand in one that is dropped; most hold text alone."""
    child = node.first_child
    if child is None or (child.is_text_node and child.next is None):
        return 0
    return len(node.css("*")) - 1


def hidden_nodes(found: Elements, hiding: Hiding) -> list[LexborNode]:
    """The nodes that their own attributes or the page's styles hide, MOST_HIDDEN at most."""
    nodes = [node for node, _, attributes in found.styled if "hidden" in attributes or is_hidden(value_of(attributes, "style"))]
    if hiding.classes or hiding.ids:
        known = {node.mem_id for node in nodes}
        nodes.extend(node for node in _by_name(found.named, hiding) if node.mem_id not in known)
    return [node for node in nodes[:MOST_HIDDEN] if node.tag not in OUTERMOST]


def _by_name(named: Iterable[Element], hiding: Hiding) -> Iterator[LexborNode]:
    """The nodes whose class or id is hidden."""
    plain: set[str | None] = {None}
    for node, tag, attributes in named:
        classes, name = attributes.get("class"), attributes.get("id")
        if classes in plain and name not in hiding.ids:
            continue
        if hiding.hides(tag or "", classes or "", name or ""):
            yield node
        elif not hiding.names(classes or ""):
            plain.add(classes)


def value_of(attributes: Attributes, name: str) -> str:
    """The value of an attribute, empty where there is none; at most LONGEST_VALUE characters."""
    return (attributes.get(name) or "").strip()[:LONGEST_VALUE]
