"""Ways in which a page is made to be judged as something else, as plain transformations of its HTML: what the judge is measured against.

Two sides. An *evasion* is done by the owner of a gambling page so that it is taken for another; a *plant* puts gambling into a page of somebody else
(a hacked page, review spam, or a rival who wants it blocked). Every transformation is a pure function of the page and of its `Stuff`; nothing is drawn at
random but by the seed, which is the page's name. Cloaking, which shows different pages to different visitors, is in `classifier.measuring.cloaks`.
"""

import html as entities
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from classifier.measuring.rewriting import (
    DESCRIBED,
    PARTS,
    WORD,
    at_end,
    at_start,
    block,
    every_word,
    gambling_words,
    in_head,
    paragraphs,
    reworded,
)

BLOCK_ENDS = re.compile(r"</(?:p|div|section|li|h[1-6])\s*>", re.IGNORECASE)
NAMES = re.compile(r"(\s(?:class|id)\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
ALT = re.compile(r"\salt\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
OUTWARD = re.compile(r"(\shref\s*=\s*[\"'])https?://[^\"']*", re.IGNORECASE)
LATIN = "acepoxyisjABCEHKMOPTX"
CYRILLIC = "асероху\u0456\u0455\u0458АВСЕНКМОРТХ"
TWINS = str.maketrans(LATIN + CYRILLIC, CYRILLIC + LATIN)
"""Letters that look alike in both scripts, each to its twin."""

DIGITS = str.maketrans("oieasOIEASоОзЗбч", "0134501345003364")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum()}

FORM = '<form action="/login" method="post"><input type="text" name="login"><input type="password" name="password"><button>Войти</button></form>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuff:
    """What a transformation is made with: `seed` (the page's name); `benign`, `gambling`: plain text of pages of other owners."""

    seed: str
    benign: str
    gambling: str

    @property
    def chance(self) -> random.Random:
        """Random numbers that are the same for the same page."""
        return random.Random(self.seed)  # noqa: S311  (reproducible, not secret)


Change = Callable[[str, Stuff], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """A class of poisoning: its name, whether it is planted in a page of somebody else, and what it does to one page's HTML."""

    name: str
    plant: bool
    change: Change

    @property
    def says(self) -> str:
        """What is done, in a sentence."""
        return " ".join((self.change.__doc__ or "").split())


# evasions: other text beside the page's own


def padded_after(html: str, stuff: Stuff) -> str:
    """Benign text in plain sight after everything else."""
    return at_end(html, block(stuff.benign))


def padded_before(html: str, stuff: Stuff) -> str:
    """Benign text in plain sight before everything else, and a benign title and description."""
    words = " ".join(stuff.benign.split()[:8])
    titled = re.sub(r"(<title[^>]*>)[^<]*", lambda match: match[1] + entities.escape(words), html, count=1, flags=re.IGNORECASE)
    return at_start(DESCRIBED.sub(lambda match: (match[1] or match[3]) + entities.escape(words), titled), block(stuff.benign))


def padded_between(html: str, stuff: Stuff) -> str:
    """Benign paragraphs in plain sight between the page's own."""
    pieces = paragraphs(stuff.benign)
    ends = [match.end() for match in BLOCK_ENDS.finditer(html)]
    chosen = sorted(stuff.chance.sample(ends, min(len(ends), len(pieces))))
    if not chosen:
        return padded_after(html, stuff)
    share = -(-len(pieces) // len(chosen))
    out, last = [], 0
    for number, place in enumerate(chosen):
        out += [html[last:place], *pieces[number * share : (number + 1) * share]]
        last = place
    return "".join((*out, html[last:]))


def padded_many_times(html: str, stuff: Stuff) -> str:
    """Benign text in plain sight, before everything else, ten times over: more than any reader of a page will look at."""
    return at_start(html, block(stuff.benign) * 10)


def padded_hidden_attribute(html: str, stuff: Stuff) -> str:
    """Benign text in an element with the attribute `hidden`."""
    return at_start(html, f"<div hidden>{''.join(paragraphs(stuff.benign))}</div>")


def padded_hidden_style(html: str, stuff: Stuff) -> str:
    """Benign text that a rule of a style sheet does not display."""
    styled = in_head(html, "<style>.zq1{display:none}</style>")
    return at_start(styled, f'<div class="zq1">{"".join(paragraphs(stuff.benign))}</div>')


def padded_off_screen(html: str, stuff: Stuff) -> str:
    """Benign text positioned far off the screen."""
    return at_start(html, block(stuff.benign, "position:absolute;left:-9999px;top:-9999px"))


def padded_white(html: str, stuff: Stuff) -> str:
    """Benign text in white on white, one pixel high."""
    return at_end(html, block(stuff.benign, "color:#fff;background:#fff;font-size:1px;line-height:1px"))


def padded_noscript(html: str, stuff: Stuff) -> str:
    """Benign text in `noscript`."""
    return at_start(html, f"<noscript>{''.join(paragraphs(stuff.benign))}</noscript>")


def padded_comments(html: str, stuff: Stuff) -> str:
    """Benign text in comments of the HTML."""
    return at_start(html, f"<!-- {stuff.benign.replace('--', ' ')} -->")


def stuffed_benign(html: str, stuff: Stuff) -> str:
    """Benign words stuffed into keywords, description, title and image descriptions."""
    words = stuff.benign.split()
    said = entities.escape(" ".join(words[:60]))
    images = "".join(
        f'<img src="/p{number}.jpg" alt="{entities.escape(" ".join(words[number * 9 : number * 9 + 9]))}">' for number in range(20)
    )
    return at_end(in_head(html, f'<meta name="description" content="{said}"><meta name="keywords" content="{said}">'), images)


# evasions: the page's own words disguised


def homoglyph_names(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Gambling words and brands with letters of the other script that look alike."""
    return gambling_words(html, lambda word: word.translate(TWINS))


def homoglyph_everywhere(html: str, stuff: Stuff) -> str:
    """In every longer word one letter of the other script that looks alike."""
    chance = stuff.chance

    def change(word: str) -> str:
        places = [index for index, letter in enumerate(word) if ord(letter) in TWINS]
        if not places:
            return word
        place = chance.choice(places)
        return word[:place] + word[place].translate(TWINS) + word[place + 1 :]

    return every_word(html, change)


def zero_width(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """A zero-width character in the middle of every longer word."""
    return every_word(html, lambda word: f"{word[: len(word) // 2]}\u200b{word[len(word) // 2 :]}")


def soft_hyphens(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """A soft hyphen after every second letter of longer words."""
    return every_word(html, lambda word: "\u00ad".join(word[begin : begin + 2] for begin in range(0, len(word), 2)))


def spaced(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Gambling words and brands with a space between all letters."""
    return gambling_words(html, " ".join)


def tagged(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Gambling words and brands cut in two by a tag that is not seen."""
    marked = gambling_words(html, lambda word: f"{word[: len(word) // 2]}\ue000{word[len(word) // 2 :]}")
    return marked.replace("\ue000", "<span></span>")


def digits_for_letters(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Gambling words and brands with digits for letters."""
    return gambling_words(html, lambda word: word.translate(DIGITS))


def full_width(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Gambling words and brands in full-width letters and digits."""
    return gambling_words(html, lambda word: word.translate(FULL_WIDTH))


def as_entities(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """All letters of longer words as numeric character references."""
    marked = every_word(html, lambda word: "".join(f"\ue000{ord(letter)}\ue001" for letter in word))
    return marked.replace("\ue000", "&#").replace("\ue001", ";")


# evasions: the page's text where no reader of HTML looks, its build disguised


def pictures(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """All text taken away, as if it stood in pictures, and their descriptions too."""
    return ALT.sub("", reworded(html, lambda _: " "))


def pictures_described(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """All text taken away, as if it stood in pictures; their descriptions stay."""
    return reworded(html, lambda _: " ")


def pictures_padded(html: str, stuff: Stuff) -> str:
    """All text and descriptions taken away, and benign text in their place."""
    return at_end(pictures(html, stuff), block(stuff.benign))


def four_pictures(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """The whole page as four pictures that lead on, nothing else."""
    tiles = "".join(f'<a href="/go/{number}"><img src="/i/{number}.png"></a>' for number in range(4))
    return f"<html><head></head><body>{tiles}</body></html>"


def four_pictures_padded(html: str, stuff: Stuff) -> str:
    """The whole page as four pictures that lead on, with benign text off the screen."""
    return padded_off_screen(four_pictures(html, stuff), stuff)


def text_in_script(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """All text taken away and written by a script."""
    said = entities.escape(re.sub(r"\s+", " ", PARTS.sub(" ", html)))[:20_000].replace("\\", "").replace("'", "")
    return at_end(reworded(html, lambda _: " "), f"<script>document.write('{said}')</script>")


def text_in_style(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """All text taken away and shown by `content` of a style sheet."""
    said = re.sub(r"[\\\"<>]|\s+", " ", PARTS.sub(" ", html))[:20_000]
    return in_head(reworded(html, lambda _: " "), f'<style>body::before{{content:"{said}"}}</style>')


def framed(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """A benign page with the gambling page in a frame that covers it."""
    return (
        f"<html><head><title>{entities.escape(' '.join(stuff.benign.split()[:6]))}</title></head><body>{block(stuff.benign)}"
        '<iframe src="https://play.other.example/" style="position:fixed;inset:0;width:100%;height:100%"></iframe></body></html>'
    )


def renamed(html: str, stuff: Stuff) -> str:
    """All class and id names made meaningless."""
    chance = stuff.chance
    return NAMES.sub(lambda match: f'{match[1]}"c{chance.randrange(16**6):06x}"', html)


def renamed_and_padded(html: str, stuff: Stuff) -> str:
    """All class and id names made meaningless, benign text before everything else with a benign title, and 200 benign links."""
    return benign_links(padded_before(renamed(html, stuff), stuff), stuff)


def no_links_out(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Links to other sites made into links of the site's own."""
    return OUTWARD.sub(lambda match: f"{match[1]}/out/{len(match.group()) % 97}", html)


def benign_links(html: str, stuff: Stuff) -> str:
    """Two hundred links to benign sites, with their words."""
    words = stuff.benign.split() or ["news"]
    links = (
        f'<a href="https://{word}.example/{number}">{entities.escape(" ".join(words[number % len(words) :][:4]))}</a> '
        for number, word in enumerate(stuff.chance.choices(("museum", "school", "news", "recipes", "library", "weather"), k=200))
    )
    return at_end(html, f"<div>{''.join(links)}</div>")


def near_duplicate(html: str, stuff: Stuff) -> str:
    """A near-duplicate, as of a flood of them: a tenth of its longer words drawn anew from among its own, and names made meaningless."""
    chance = stuff.chance
    words = WORD.findall(PARTS.sub(" ", html)) or ["word"]
    return renamed(every_word(html, lambda word: chance.choice(words) if chance.random() < 0.1 else word), stuff)


# plants: gambling in a page of somebody else


def hacked_visible(html: str, stuff: Stuff) -> str:
    """Gambling text in plain sight at the end of somebody else's page."""
    return at_end(html, block(stuff.gambling))


def hacked_hidden_attribute(html: str, stuff: Stuff) -> str:
    """Gambling text in an element with the attribute `hidden`, in somebody else's page."""
    return at_end(html, f"<div hidden>{''.join(paragraphs(stuff.gambling))}</div>")


def hacked_hidden_style(html: str, stuff: Stuff) -> str:
    """Gambling text that the element's own style does not display, in somebody else's page."""
    return at_end(html, block(stuff.gambling, "display:none"))


def hacked_off_screen(html: str, stuff: Stuff) -> str:
    """Gambling text and links positioned off the screen of somebody else's page, the commonest form of search spam."""
    links = "".join(f'<a href="https://casino{number}.example/">{word}</a> ' for number, word in enumerate(stuff.gambling.split()[:60]))
    return at_start(html, f'<div style="position:absolute;left:-9999px">{links}{"".join(paragraphs(stuff.gambling))}</div>')


def hacked_noscript(html: str, stuff: Stuff) -> str:
    """Gambling text in `noscript` of somebody else's page."""
    return at_start(html, f"<noscript>{''.join(paragraphs(stuff.gambling))}</noscript>")


def hacked_comment(html: str, stuff: Stuff) -> str:
    """Gambling text in a comment of somebody else's HTML."""
    return at_start(html, f"<!-- {stuff.gambling.replace('--', ' ')} -->")


def hacked_title(html: str, stuff: Stuff) -> str:
    """Gambling words in title, description and keywords of somebody else's page."""
    said = entities.escape(" ".join(stuff.gambling.split()[:30]))
    titled = re.sub(r"(<title[^>]*>)", lambda match: f"{match[1]}{said} ", html, count=1, flags=re.IGNORECASE)
    return in_head(titled, f'<meta name="description" content="{said}"><meta name="keywords" content="{said}">')


def review_spam(html: str, stuff: Stuff) -> str:
    """Twenty comments of visitors under somebody else's page, stuffed with gambling words and links."""
    words = stuff.gambling.split() or ["casino"]
    comments = (
        f'<div class="comment"><b>user{number}</b><p>{entities.escape(" ".join(words[number * 25 % len(words) :][:25]))} '
        f'<a href="https://go{number}.example/" rel="nofollow ugc">{entities.escape(words[number % len(words)])}</a></p></div>'
        for number in range(20)
    )
    return at_end(html, f'<section id="comments">{"".join(comments)}</section>')


def password_forms(html: str, stuff: Stuff) -> str:  # noqa: ARG001
    """Three forms with passwords on somebody else's page."""
    return at_end(html, FORM * 3)


EVASIONS: tuple[Change, ...] = (
    padded_after, padded_before, padded_between, padded_many_times, padded_hidden_attribute, padded_hidden_style, padded_off_screen, padded_white,
    padded_noscript, padded_comments, stuffed_benign, homoglyph_names, homoglyph_everywhere, zero_width, soft_hyphens, spaced, tagged, digits_for_letters,
    full_width, as_entities, pictures, pictures_described, pictures_padded, four_pictures, four_pictures_padded, text_in_script, text_in_style, framed,
    renamed, renamed_and_padded, no_links_out, benign_links, near_duplicate,
)  # fmt: skip
PLANTS: tuple[Change, ...] = (
    hacked_visible, hacked_hidden_attribute, hacked_hidden_style, hacked_off_screen, hacked_noscript, hacked_comment, hacked_title, review_spam,
    password_forms, near_duplicate,
)  # fmt: skip

POISONS: tuple[Poison, ...] = tuple(
    Poison(name=change.__name__.replace("_", " "), plant=plant, change=change)
    for plant, group in ((False, EVASIONS), (True, PLANTS))
    for change in group
)
"""Every class, evasions first."""
