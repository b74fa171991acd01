"""A page's HTML rewritten in plain ways, without a parser: something put in at a place, or its words changed. For `classifier.measuring.poison` alone."""

import html as entities
import re
from collections.abc import Callable

GAMBLING_WORD = re.compile(
    r"\w*(?:casino|kasino|cassino|slot|bet|bahis|spin|jackpot|poker|roulet|gambl|bonus|казино|слот|ставк|букмекер|бонус|джекпот|рулетк|покер|фриспин|зеркал"
    r"|депозит|deposit|wager|win|игров|автомат|бәс|ойын)\w*",
    re.IGNORECASE,
)
"""Words of gambling and names made of them, as an owner would choose the words to disguise."""

PARTS = re.compile(r"(<!--.*?-->|<(script|style|noscript|template|textarea)\b.*?</\2\s*>|<[^>]*>)", re.IGNORECASE | re.DOTALL)
DESCRIBED = re.compile(
    r"(<meta\b[^>]*\bname\s*=\s*[\"']description[\"'][^>]*\bcontent\s*=\s*\")([^\"]*)|(<meta\b[^>]*\bcontent\s*=\s*\")([^\"]*)(?=\"[^>]*\bname\s*=\s*[\"']description)",
    re.IGNORECASE,
)
HEAD_ENDS = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
BODY_BEGINS = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
BODY_ENDS = re.compile(r"</body\s*>", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{4,}")


def at_end(html: str, piece: str) -> str:
    """`piece` as the last thing of the body."""
    found = list(BODY_ENDS.finditer(html))
    place = found[-1].start() if found else len(html)
    return f"{html[:place]}{piece}{html[place:]}"


def at_start(html: str, piece: str) -> str:
    """`piece` as the first thing of the body."""
    found = BODY_BEGINS.search(html)
    place = found.end() if found else 0
    return f"{html[:place]}{piece}{html[place:]}"


def in_head(html: str, piece: str) -> str:
    """`piece` at the end of the head, or before everything where there is none."""
    found = HEAD_ENDS.search(html)
    place = found.start() if found else 0
    return f"{html[:place]}{piece}{html[place:]}"


def paragraphs(text: str, wrap: str = "<p>{}</p>") -> list[str]:
    """Plain text as paragraphs of some 60 words."""
    words = text.split()
    return [wrap.format(entities.escape(" ".join(words[begin : begin + 60]))) for begin in range(0, len(words), 60)]


def block(text: str, style: str = "") -> str:
    """Plain text as one element of paragraphs."""
    return f'<div style="{style}">{"".join(paragraphs(text))}</div>' if style else f"<div>{''.join(paragraphs(text))}</div>"


def reworded(html: str, change: Callable[[str], str]) -> str:
    """The page with `change` made to every piece of its text, its title and its description; scripts, styles and attributes stay."""
    parts = PARTS.split(html)
    out = []
    for index in range(0, len(parts), 3):
        text = parts[index]
        out.append(entities.escape(change(entities.unescape(text)), quote=False) if text.strip() else text)
        if index + 1 < len(parts):
            out.append(parts[index + 1])

    def described(match: re.Match[str]) -> str:
        before, said = (match[1], match[2]) if match[1] else (match[3], match[4])
        return before + entities.escape(change(entities.unescape(said)))

    return DESCRIBED.sub(described, "".join(out))


def every_word(html: str, change: Callable[[str], str]) -> str:
    """The page with `change` made to every longer word."""
    return reworded(html, lambda text: WORD.sub(lambda match: change(match.group()), text))


def gambling_words(html: str, change: Callable[[str], str]) -> str:
    """The page with `change` made to its gambling words and the names made of them."""
    return reworded(html, lambda text: GAMBLING_WORD.sub(lambda match: change(match.group()), text))
