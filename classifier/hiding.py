"""What styles hide from a visitor: declarations that make an element unseen, and the simple rules of a page's own style elements that hold them.

Read are rules for a class, an id, or an element of a class, outside of any at-rule (a menu that only phones are spared is not hidden); a later rule for the same
selector that shows it again counts. What a script would show later is hidden all the same. Style sheets in files of their own are not read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LONGEST_STYLES = 200_000
MOST_RULES = 4_000
LONGEST_RULE = 4_000
MOST_SELECTORS = 60
MOST_CLASSES = 100
"""Characters of styles, rules of a page, characters of one rule, selectors of one rule and classes of one element that are read."""

OVER = r"\s*(?=!|;|$)"
LITTLE = rf"(?:0(?:\.0+)?(?:[a-z]{{1,4}}|%)?|0?\.\d+px|1(?:\.0+)?px){OVER}"
EDGE = r"[01](?:px)?"

GONE = re.compile(
    rf"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*(?:0+(?:\.0*)?|\.0+)%?{OVER}|font-size\s*:\s*{LITTLE}"
    rf"|text-indent\s*:\s*-(?:999|\d{{4}})|clip\s*:\s*rect\(\s*{EDGE}(?:[\s,]+{EDGE}){{3}}\s*\)|clip-path\s*:\s*inset\(\s*(?:50|100)%\s*\))",
)
"""One declaration that hides."""

SMALL = re.compile(rf"(?<![\w-])(?:width|height)\s*:\s*{LITTLE}")
CLIPPED = re.compile(r"(?<![\w-])overflow(?:-[xy])?\s*:\s*(?:hidden|clip)")
FAR = re.compile(r"(?<![\w-])(?:left|top|right|bottom)\s*:\s*-(?:999|\d{4})")
PLACED = re.compile(r"(?<![\w-])position\s*:\s*(?:absolute|fixed)")
"""Two that hide together: no size and no overflow; far away."""

COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]{1,40}?)\s*(?=!|;|$)")
BACKGROUND = re.compile(r"(?<![\w-])background(?:-color)?\s*:\s*([^;!]{1,40}?)\s*(?=!|;|$)")
SHORT_COLOUR = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
NAMED = {"white": "#ffffff", "black": "#000000", "rgb(255,255,255)": "#ffffff", "rgb(0,0,0)": "#000000"}
NO_COLOUR = frozenset(("inherit", "initial", "unset", "transparent", "none", "currentcolor", "0", "0 0"))
"""Letters in the colour of what is behind them."""

SHOWN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*(?!none)[a-z]|visibility\s*:\s*visible|opacity\s*:\s*(?:1|0?\.[1-9]))",
)
SIMPLE = re.compile(r"([a-zA-Z][a-zA-Z0-9]*|\*)?([.#])([\w-]+)")
COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?")

Tags = set[str]
"""Names of elements that a selector is for, the empty one for all."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """The classes and ids that the styles of a page hide, each with the elements it hides."""

    classes: dict[str, Tags] = field(default_factory=dict)
    ids: dict[str, Tags] = field(default_factory=dict)

    def hides(self, tag: str, classes: str, name: str) -> bool:
        """Whether an element of these classes and this id is hidden."""
        if name and (tags := self.ids.get(name)) and (tag in tags or "" in tags):
            return True
        found = (self.classes[one] for one in classes.split()[:MOST_CLASSES] if one in self.classes)
        return any(tag in tags or "" in tags for tags in found)

    def names(self, classes: str) -> bool:
        """Whether one of these classes hides any element."""
        return any(one in self.classes for one in classes.split()[:MOST_CLASSES])


def is_hidden(declarations: str) -> bool:
    """Whether the declarations of one rule, or of a style attribute, hide what they are for."""
    text = declarations.lower()  # what minds the case is several times as fast, and a word looked for before an expression as well
    alone = (
        "none" in text or "hidden" in text or "opacity" in text or "font-size" in text or "-999" in text or "clip" in text or "coll" in text
    )
    if (alone or "-indent" in text) and GONE.search(text):
        return True
    if "overflow" in text and SMALL.search(text) and CLIPPED.search(text):
        return True
    if "position" in text and FAR.search(text) and PLACED.search(text):
        return True
    return "background" in text and _is_of_one_colour(text)


def hiding_of(styles: Iterable[str]) -> Hiding:
    """What the text of a page's style elements hides."""
    css = "\n".join(styles)[:LONGEST_STYLES]
    hiding = Hiding()
    for selectors, declarations in _rules(COMMENT.sub(" ", css) if "/*" in css else css):
        hides = is_hidden(declarations)
        if not hides and not (
            (hiding.classes or hiding.ids) and ("display" in declarations or "visib" in declarations or "opac" in declarations)
        ):
            continue
        if not hides and not SHOWN.search(declarations):
            continue
        for selector in selectors.split(",")[:MOST_SELECTORS]:
            if found := SIMPLE.fullmatch(selector.strip()):
                _tell(hiding.classes if found[2] == "." else hiding.ids, found[3], (found[1] or "").lower().strip("*"), hides=hides)
    return hiding


def _tell(known: dict[str, Tags], name: str, tag: str, *, hides: bool) -> None:
    if hides:
        known.setdefault(name, set()).add(tag)
    elif name in known:
        known[name].discard(tag)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that stand in no at-rule."""
    depth = 0
    for piece in css.split("}", MOST_RULES)[:MOST_RULES]:
        opened = piece.count("{")
        if opened == 1 and not depth and len(piece) <= LONGEST_RULE:
            selectors, _, declarations = piece.partition("{")
            yield selectors.rpartition(";")[2], declarations  # what stands before it may be an @import
        depth = max(0, depth + opened - 1)


def _is_of_one_colour(declarations: str) -> bool:
    behind = BACKGROUND.search(declarations)
    letters = COLOUR.search(declarations) if behind else None
    return behind is not None and letters is not None and (one := _colour(letters[1])) == _colour(behind[1]) and one not in NO_COLOUR


def _colour(text: str) -> str:
    plain = "".join(text.lower().split()) if "(" in text else text.lower().strip()
    short = SHORT_COLOUR.fullmatch(plain)
    return "#" + "".join(digit * 2 for digit in short.groups()) if short else NAMED.get(plain, plain)
