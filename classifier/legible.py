"""Whether what was read reads as text at all: octets taken for text, or text read in another encoding than it was written in, say nothing of a page.

Four stated rules over the first `LOOKED_AT` characters. Pure.
"""

import re

LOOKED_AT = 6_000
LEAST = 40
"""Characters looked at, and characters that are no blanks under which nothing is said (a page so short is unsure anyhow)."""

BROKEN = re.compile("[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]+")
MOST_BROKEN = 0.05
"""Share of replacement and control characters from which a text does not read as text. A page with a few broken letters has far less."""

HIGH_LATIN = re.compile("[\xa0-\xff]+")
MOST_HIGH_LATIN = 0.4
"""Share of the upper half of Latin-1 from which it is Cyrillic read as Latin; French and Icelandic stay under a fifth."""

ER_AND_ES = re.compile("[\u0420\u0421][\u0400-\u040f\u0450-\u045f\u00a0-\u00bf\u0490\u0491\u2010-\u203a\u20ac\u2116\u2122]")
MOST_PAIRS = 0.15
"""Share of capital Р or С before what no word has there from which it is UTF-8 read as Windows-1251: every letter became such a pair."""

LETTERS = re.compile(r"\w+")
LEAST_LETTERS = 0.25
"""Share of letters and digits under which signs make no text."""

ENCODING = "reads like text in another encoding than it was read in"


def fault_in_text(text: str) -> str:
    """Why `text` does not read as text, in words; empty where it does."""
    part = "".join(text[:LOOKED_AT].split())
    if len(part) < LEAST:
        return ""
    if not part.isascii() and (_share(HIGH_LATIN, part) >= MOST_HIGH_LATIN or len(ER_AND_ES.findall(part)) / len(part) >= MOST_PAIRS):
        return f"{ENCODING}: «{part[:20]}»"
    whole = part.isprintable() and "\ufffd" not in part  # what is printable has none of the others, and is far quicker to tell
    if not whole and (broken := _share(BROKEN, part)) >= MOST_BROKEN:
        return f"does not read as text: {broken:.0%} of its characters are replacements of broken ones or control characters"
    if (letters := _share(LETTERS, part)) < LEAST_LETTERS:
        return f"does not read as text: only {letters:.0%} of its characters are letters or digits"
    return ""


def _share(pattern: re.Pattern[str], text: str) -> float:
    """The share of characters in what a pattern finds."""
    return sum(map(len, pattern.findall(text))) / len(text)
