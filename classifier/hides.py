"""What a page with ample text may hide from a fetch: a script that puts another page in its place, a frame that could cover it, words that nobody sees. Pure.

These rules are for hosts that would else be clear: a page of flowers that becomes a casino when it is opened. They name what is done to the whole page, or leads
away from it, when it loads; most of the web's pages have scripts, and a browser's look costs seconds. On 2,144 ordinary pages of the corpus they ask for 5.1 %
(`tests/classifier/test_hides.py` holds them to 5.5 %). A script in a file of its own, or one that fills an element by its name, is not read here.
"""

import re
from collections.abc import Iterator

from classifier.addresses import is_below, same_site
from classifier.page import Page, host_of

SENDS_ON = re.compile(
    r"(?<![\w.])(?:(?:window|document|self|top|parent)\s*\.\s*)?location\s*(?:\.\s*href\s*)?=(?!=)|location\s*\.\s*(?:replace|assign)\s*\("
    r"|location\s*\[\s*[\"'](?:href|replace|assign)"
)
"""A script that leads to another address."""

REPLACES = re.compile(
    r"document\s*\.\s*(?:body|documentElement)\s*\.\s*(?:(?:innerHTML|outerHTML)\s*\+?=(?!=)|(?:replaceChildren|replaceWith|setHTMLUnsafe)\s*\()"
    r"|document\s*\.\s*(?:replaceChildren|replaceChild)\s*\(|\.\s*attachShadow\s*\("
)
"""A script that writes the whole page, or a part that no reader of HTML sees."""

WRITES = re.compile(
    r"document\s*\.\s*write(?:ln)?\s*\(\s*(?:(?P<made>[^\s\"'`(\\])|\"(?:[^\"\\]|\\.){400}|'(?:[^'\\]|\\.){400}|`(?:[^`\\]|\\.){400})"
)
"""A script that writes a page into the page: many characters at once, or what it made itself. One page in seven writes a counter or an advertisement so."""

UNPACKS = re.compile(
    r"\b(?:eval|Function)\s*\(\s*(?:(?:window|self)\s*\.\s*)?(?:atob|unescape|decodeURIComponent|String\s*\.\s*fromCharCode)\b"
)
"""A script that runs what it first unpacks."""

JOINED = re.compile(r"[\"']\s*+\+\s*+[\"']")
NAMES = re.compile(r"[\"'](?:location|innerHTML|outerHTML|document|documentElement|write|replace|assign|href|eval)[\"']")
"""Names that a script may put together of pieces, so that no reader finds them."""

AT_ONCE = re.compile(
    r"(?:(?:^|[^\w\s.$)\]]|\bsetTimeout|\brequestAnimationFrame|\bready|\$)\s?\(\s?|\bonload\s?=\s?|[\"'](?:load|DOMContentLoaded|pageshow)[\"']\s?,\s?)"
    r"(?:async\s)?(?:function\s?\w{0,40}\s?\([^(){}]{0,40}\)|(?:\([^(){}]{0,40}\)|\w{1,40})\s?=>)\s?$"
    r"|\b(?:else|try)\s?$|\bif\s?\([^{}]{0,100}\)\s?$"
)
"""What stands before a block that runs when the page is loaded; any other block waits to be called."""

BRACES = re.compile("[{}]")
STATED = re.compile(r"\s*[\"'`](?:https?:)?//")
"""The address of another site, as a script writes it."""

MOST_BRACES = 20_000
"""Braces before a script that leads away, after which the script is taken to run at once."""

BEFORE = 160
"""Characters before a block that are looked at for it."""

SHORT_SCRIPT = 1_500
"""Characters; where a page has no more script than this, one that leads away is all that it does."""

AMPLE = 1_000
"""Characters of text beside which hidden words matter little."""


def hidden_by(page: Page, common: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The rules on one page: the name of the rule and a sentence. `common`: hosts that sites of all sorts load from."""
    if REPLACES.search(page.inline) or writes(page.inline):
        yield "replaced", "a script writes the whole page anew"
    if leads_away(page.inline) or SENDS_ON.search(page.handlers) or REPLACES.search(page.handlers):
        yield "led", "a script sends the visitor elsewhere as soon as the page is there"
    if UNPACKS.search(page.inline) or _is_pieced(page.inline) or _is_pieced(page.handlers):
        yield "packed", "a script hides what it does"
    if foreign := coverings(page, common):
        yield "covered", f"a frame could cover the page: {foreign[0]}"
    seen = len(page.text) - page.hidden
    if page.hidden > seen and seen < AMPLE:
        yield "hidden", f"{page.hidden} of {len(page.text)} characters of text are hidden"


def writes(script: str) -> bool:
    """Whether a script writes a page; what it made itself counts where the page has little script else."""
    return any(len(script) < SHORT_SCRIPT or not found["made"] for found in WRITES.finditer(script))


def leads_away(script: str) -> bool:
    """Whether a script leads elsewhere when it is loaded, not only when something is clicked: outside of all blocks, or to a stated site in one that runs at once."""
    found = list(SENDS_ON.finditer(script))
    if not found or len(script) < SHORT_SCRIPT:
        return bool(found)
    blocks: list[bool] = []
    last = braces = 0
    for match in found:
        for brace in BRACES.finditer(script, last, match.start()):
            braces += 1
            if brace.group() == "{":
                blocks.append(AT_ONCE.search(" ".join(script[max(0, brace.start() - BEFORE) : brace.start()].split())) is None)
            elif blocks:
                blocks.pop()
        if braces > MOST_BRACES or not blocks or (STATED.match(script, match.end()) and not any(blocks)):
            return True
        last = match.start()
    return False


def coverings(page: Page, common: frozenset[str]) -> list[str]:
    """The frames that could cover the page and are another's, or held by the page itself; such as state no size only beside little text."""
    own = host_of(page.url)
    frames = (*page.covers, *(page.unsized if len(page.text) < AMPLE else ()))
    return [url for url in frames if url == "srcdoc" or _is_foreign(host_of(url), own, common)]


def _is_foreign(host: str, own: str, common: frozenset[str]) -> bool:
    return bool(host) and not is_below(host, common) and not same_site(host, own)


def _is_pieced(script: str) -> bool:
    return len(NAMES.findall(JOINED.sub("", script))) > len(NAMES.findall(script))
