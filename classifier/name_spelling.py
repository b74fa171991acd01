"""How a host name is read whatever its script: A-labels decoded, look-alike letters folded to Latin, and the fact that scripts were mixed.

The slow door of the name model: plain ASCII names never come here (`classifier.names`). What comes out is what the model reads: octets, `host.suffix`.
"""

import re
import unicodedata

import idna

LONGEST = 253
MIXED = "~"
"""Stands before a label in which Latin letters and look-alikes of another script stand together, or that is made of look-alikes alone."""

LOOKALIKES = {
    foreign: latin
    for latin, letters in {
        "a": "аαա", "b": "вьбβƅ", "c": "сϲᴄ", "d": "ԁժ", "e": "еҽεє", "f": "ғƒ", "g": "ɡց", "h": "һհ", "i": "іıιɩ", "j": "јϳ", "k": "кκқ",
        "l": "ӏłǀ", "m": "мᴍ", "n": "пηոռ", "o": "оοσօøס๐", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕꜱ", "t": "тτ", "u": "υսцʋ", "v": "ѵνᴠ",
        "w": "ԝшωա", "x": "хχ", "y": "уγүყ", "z": "ᴢʐ", "3": "зӡ", "4": "ч",
    }.items()
    for foreign in letters
}  # fmt: skip
"""Letters of other scripts by the Latin letter or digit that they look like; after Unicode's confusables, those that names are seen with."""

CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґәғқңөұүһ",
        "a b v g d e e zh z i i k l m n o p r s t u f h ts ch sh sch _ y _ e yu ya i i e g a g k n o u u h".split(),
        strict=True,
    )
)
"""Cyrillic letters (Russian, Ukrainian, Kazakh) as names are written in Latin; `_` is nothing."""

LATIN = re.compile(r"[a-z]")
OTHER = re.compile(r"[^\x00-\x7f]")


def spelled(name: str) -> bytes:
    """A name as the model reads it: `host.suffix` in octets, lower case, without `www.`; what no table knows becomes octets above 127."""
    plain = "".join(name.split()).lower()[:LONGEST].removeprefix("www.").strip(".")
    host, _, suffix = plain.rpartition(".")
    if not host:
        host, suffix = suffix, ""
    text = ".".join(map(_label, host.split("."))) + "." + _u_label(suffix)
    return bytes(_octet(letter) for letter in text)


def _label(label: str) -> str:
    """One label: accents off, look-alikes and Cyrillic as Latin."""
    text = _u_label(label)
    if text.isascii():
        return text
    bare = "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
    others = OTHER.findall(bare)
    if others and _deceives(bare, others):
        return MIXED + "".join(LOOKALIKES.get(letter, letter) for letter in bare)
    return "".join(CYRILLIC.get(letter, letter) for letter in bare).replace("_", "")


def _deceives(bare: str, others: list[str]) -> bool:
    """Whether a label passes for Latin: every foreign letter looks like one, and Latin letters stand beside them or nothing else does."""
    return all(letter in LOOKALIKES for letter in others) and (LATIN.search(bare) is not None or len(others) == len(bare))


def _u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return _punycode(label)


def _punycode(label: str) -> str:
    """What the letters are, where IDNA forbids the label: browsers of old showed it all the same."""
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _octet(letter: str) -> int:
    code = ord(letter)
    return code if 32 < code < 127 else 128 + code % 127
