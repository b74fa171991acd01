"""How much of a page can be parsed in bounded work, counted before anything is parsed.

The parser's work is not linear for hostile text: it grows with tags times depth, with attributes of a tag squared, with formatting elements times the
tags that open them anew. What a tag counter that follows comments and scripts believes can be tricked (`<!-->`, `<noscript>`, `<style>` inside
`<svg>`), so only the rule on depth uses one; the others count every place where a tag might begin, whatever stands around it, and hold for any text.
"""

import re
from collections import Counter
from collections.abc import Iterator

MOST_TAGS = 25_000
"""Places where a tag may begin. Twice the longest page of the corpus; so many nested elements, the worst there is, take under a second."""

DEEPEST = 400
DEEPEST_FORMATTING = 40
"""Open elements, and open formatting elements: no browser draws deeper."""

MOST_REOPENED = 400_000
"""Formatting elements left open times tags: the elements that a parser may have to make where every tag opens all of them anew."""

MOST_PAIRS = 200_000_000
MOST_COUNTED = 300_000
SHORT_TAG = 400
"""Attributes are compared in pairs, within a tag. Pairs in all and attributes counted at most; a tag of so few characters is not counted."""

LONGEST_TAG = 20_000
MOST_PIECES = 4_000
"""A tag of more characters and more pieces between quotes, spaces and slashes is no tag that anyone wrote."""

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,40})|<!--")
BEGINS = re.compile(r"<[a-zA-Z/]")
NAME = re.compile(r"</?[a-zA-Z][^\s/>]*+")
BETWEEN = re.compile(r"[\s\"'/]+")
ATTRIBUTE = re.compile(r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?")
LONG_TAG = re.compile(rf"<[a-zA-Z/][^>]{{{SHORT_TAG - 1},}}+")
VALUE = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
BRACKET_IN_VALUE = re.compile(r"=\s*+(?:\"[^\"<>]*+[<>]|'[^'<>]*+[<>])")

RAW_NAMES = ("script", "style", "textarea", "title", "noscript")
RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in RAW_NAMES}
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
SELF_CLOSING = frozenset(["p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "colgroup", "body", "html", "head"])
DRAWN = frozenset(["path", "rect", "circle", "line", "polygon", "use", "g", "stop"])
UNCOUNTED = VOID | SELF_CLOSING | DRAWN
"""Elements that pages leave open and that do not nest for it."""

SKIPPED = "|".join(rf"(?i:{name})(?![a-zA-Z0-9-])[^<]*+(?:<(?!/(?i:{name}))[^<]*+)*+" for name in RAW_NAMES)
NAMES = re.compile(rf"<(?:!--[^-]*+(?:-(?!->)[^-]*+)*+|(?:{SKIPPED})|(/?[a-zA-Z][a-zA-Z0-9-]{{0,40}}))")
"""Every tag that `_tags` tells but those that open a script or style, and an empty string for what it passes over."""

PASSED = UNCOUNTED | {f"/{name}" for name in UNCOUNTED} | {""}
"""What NAMES gives that says nothing of depth."""

FORMATTING_NAMES = frozenset(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])
FORMATTING = "b|big|code|em|font|i|s|small|strike|strong|tt|u"
FORMATTING_BEGINS = re.compile(rf"<(?=[bceisftuBCEISFTU])(?:{FORMATTING})(?=[\s/>])", re.IGNORECASE)
FORMATTING_TAG = re.compile(rf"</?(?:{FORMATTING})(?=[\s/>])[^<>]*+>", re.IGNORECASE)
WITHIN = r"(?:\s(?:[^<>\"'=]|=\"[^\"<>]*+\"|='[^'<>]*+'|=(?![\"']))*+)?>"
LINE = rf"[^<]*+(?:<(a|span){WITHIN}[^<]*+</(?:a|span)\s*+>[^<]*+)*+"
PAIRED = re.compile(rf"<({FORMATTING}){WITHIN}{LINE}</\1\s*+>", re.IGNORECASE)
"""A formatting element that is closed before any other tag but links and spans without tags of their own."""


def bounded(html: str) -> tuple[str, bool]:
    """What of `html` can be parsed in bounded work, and whether that is less than all of it.

    Where formatting elements are left open in such numbers that they cannot be parsed, their tags go, since they say nothing; everything else is
    kept up to the first tag that is too deep, too full of attributes or one too many.
    """
    end = _end_of_tags(html)
    text = html if end == len(html) else html[:end]
    end = min(end if _is_shallow(text) else _end_of_depth(text), _end_of_attributes(html, end))
    text = html if end == len(html) else html[:end]
    if _reopened(text) > MOST_REOPENED:
        text = FORMATTING_TAG.sub(" ", text)
        if _reopened(text) > MOST_REOPENED:
            return _to_first_formatting(text), True
    return text, end < len(html)


def _end_of_tags(html: str) -> int:
    if html.count("<") <= MOST_TAGS:
        return len(html)
    for number, found in enumerate(BEGINS.finditer(html)):
        if number == MOST_TAGS:
            return found.start()
    return len(html)


def _is_shallow(html: str) -> bool:
    """Whether no tag can stand too deep: what `_end_of_depth` counts, in a fourth of the time, and with one to spare for the script or style left out."""
    names = NAMES.findall(html)
    if len(names) < DEEPEST_FORMATTING:
        return True
    opened: dict[str, int] = {}
    depth = formatting = 0
    lower = names if "".join(names).islower() else map(str.lower, names)
    for name in [name for name in lower if name not in PASSED]:
        if name[0] != "/":
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            if depth >= DEEPEST:
                return False
            if name in FORMATTING_NAMES:
                formatting += 1
                if formatting > DEEPEST_FORMATTING:
                    return False
        elif opened.get(name := name[1:]):
            opened[name] -= 1
            depth -= 1
            if name in FORMATTING_NAMES:
                formatting -= 1
    return True


def _end_of_depth(html: str) -> int:
    """The place of the first tag that stands too deep."""
    opened: Counter[str] = Counter()
    depth = formatting = 0
    for begin, name, closing in _tags(html):
        if depth > DEEPEST or formatting > DEEPEST_FORMATTING:
            return begin
        if name in UNCOUNTED or (closing and not opened[name]):
            continue
        step = -1 if closing else 1
        opened[name] += step
        depth += step
        formatting += step if name in FORMATTING_NAMES else 0
    return len(html)


def _tags(html: str) -> Iterator[tuple[int, str, bool]]:
    """Position, name and whether it closes of every tag; what stands in comments, scripts and styles is passed over."""
    position = 0
    while found := TAG.search(html, position):
        position = found.end()
        name = (found.group(2) or "").lower()
        if not name:
            end = html.find("-->", position)
            position = len(html) if end < 0 else end
            continue
        yield found.start(), name, bool(found.group(1))
        if name in RAW and not found.group(1):
            closing = RAW[name].search(html, position)
            position = closing.start() if closing else len(html)


def _end_of_attributes(html: str, end: int) -> int:
    """The place of the first tag before `end` past which comparing attributes in pairs would go on without bound, else `end`."""
    if end == len(html) and _has_few_attributes(html):
        return end
    pairs = counted = 0
    for begin, inside in sorted((*_long_tags(html), *_values_with_brackets(html))):
        if begin >= end:
            break
        number = _attributes_from(html, inside, MOST_COUNTED - counted)
        counted += number + 1
        pairs += number * number
        if pairs > MOST_PAIRS or counted > MOST_COUNTED or _endless(html, begin):
            return begin
    return end


def _has_few_attributes(html: str) -> bool:
    """Whether even a tag of one attribute a character stays within the bounds, and no value holds a bracket, past which a tag might go on."""
    long = [found.end() - found.start() for found in LONG_TAG.finditer(html)]
    few = sum(long) + len(long) <= MOST_COUNTED and max(long, default=0) <= LONGEST_TAG and sum(size * size for size in long) <= MOST_PAIRS
    return few and BRACKET_IN_VALUE.search(html) is None


def _endless(html: str, begin: int) -> bool:
    """Whether what begins here is a tag that nobody wrote."""
    end = html.find(">", begin) if html[begin] == "<" else begin
    stop = len(html) if end < 0 else end
    return stop - begin > LONGEST_TAG and sum(1 for _ in BETWEEN.finditer(html, begin, stop)) > MOST_PIECES


def _long_tags(html: str) -> Iterator[tuple[int, int]]:
    """Where a tag with many characters before the next `>` begins, and where its name ends."""
    for found in LONG_TAG.finditer(html):
        name = NAME.match(html, found.start())
        yield found.start(), name.end() if name else found.start() + 2


def _values_with_brackets(html: str) -> Iterator[tuple[int, int]]:
    """Where a value begins and ends that holds `<` or `>`: a tag may go on past it."""
    for found in BRACKET_IN_VALUE.finditer(html):
        value = VALUE.match(html, found.start())
        if value:
            yield found.start(), value.end()


def _attributes_from(html: str, position: int, most: int) -> int:
    """How many attributes stand from here to the end of the tag, `most` at most."""
    number = 0
    while number < most and (found := ATTRIBUTE.match(html, position)):
        number += 1
        position = found.end()
    return number


def _reopened(html: str) -> int:
    """How many elements formatting left open may cost, 0 where it is no more than may be: an element that is closed before any other tag costs none."""
    if html.count("<") ** 2 <= MOST_REOPENED:
        return 0
    begun = len(FORMATTING_BEGINS.findall(html))
    if begun * html.count("<") <= MOST_REOPENED:
        return 0
    left = begun - sum(1 for _ in PAIRED.finditer(html)) if begun else 0
    return left * sum(1 for _ in BEGINS.finditer(html)) if left else 0


def _to_first_formatting(html: str) -> str:
    found = FORMATTING_BEGINS.search(html)
    return html[: found.start()] if found else html
