"""Text brought to one spelling before it is searched for terms: what looks the same to a reader is the same to the program.

What is folded, and by which tables: compatibility forms (Unicode NFKC: full-width and styled letters, ligatures), case, characters that nobody sees,
`ё` and the dot that case folding leaves over the Turkish `i`, letters of two scripts in one word, digits that stand for letters, and accents.
"""

import re
import unicodedata

UNSEEN_MARKS = (
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
)
"""Soft hyphen, joiners, zero-width spaces and direction marks: they stand inside words, and no reader sees them."""

UNSEEN = re.compile(f"[{UNSEEN_MARKS}]+")

LATIN = "abcehikmoprstuxyjlgvn"
CYRILLIC = "авсенікморгѕтихујӏԍѵп"
"""Small letters that look alike, or whose capitals do, by position. `r`, `u`, `n` and `г`, `и`, `п` are written for one another too."""

GREEK = str.maketrans("αβεηικμνορτυχγ", "abehikmvoptuxy")
TO_LATIN = str.maketrans(CYRILLIC + "р", LATIN + "p")
TO_CYRILLIC = str.maketrans(LATIN + "p", CYRILLIC + "р")

SOUNDS = str.maketrans("abcdefghijklmnoprstuvxyz", "абсдефгхийклмнопрстувхуз")
"""Latin letters in a Cyrillic word as they sound."""

DIGITS_AS_LATIN = str.maketrans("0134578@$", "oieastbas")
DIGITS_AS_CYRILLIC = str.maketrans("0346", "озчб")
"""Digits that stand for letters."""

IS_LATIN = re.compile(r"[a-z]")
IS_OTHER = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
DIGIT_INSIDE = re.compile(r"[^\W\d_][\d@$]|[\d@$][^\W\d_]")

MAY_BE_MASKED = re.compile(r"[a-zαβεηικμνορτυχγ\d+]")
"""What stands in every folded word that `unmasked` makes another of, and in one with a plus: Latin letters, Greek ones like them, digits."""

SLOPPY_KAZAKH = str.maketrans("әғқңөұүһі", "агкноуухи")
"""Letters that a Russian keyboard lacks, as people replace them."""


def folded(text: str) -> str:
    """`text` in one spelling: not of the same length where something was removed or composed."""
    if text.isascii():
        return text.lower().replace("_", " ")
    if any(mark in text for mark in UNSEEN_MARKS):
        text = UNSEEN.sub("", text)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold()
    for old, new in (("ё", "е"), ("_", " "), ("\u0307", ""), ("\u02bb", "'"), ("\u02bc", "'")):
        if old in text:
            text = text.replace(old, new)
    return text


def unmasked(word: str) -> tuple[str, ...]:
    """What a folded word may say in disguise: letters of one script only, letters for digits, no accents. Without the word itself."""
    options = []
    plain = word.translate(GREEK)
    if IS_LATIN.search(plain) and IS_OTHER.search(word):
        options += [plain.translate(TO_LATIN), plain.translate(TO_CYRILLIC), plain.translate(SOUNDS)]
    if DIGIT_INSIDE.search(plain):
        options += [each.translate(table) for each in (plain, *options) for table in (DIGITS_AS_LATIN, DIGITS_AS_CYRILLIC)]
    if not word.isascii():
        options.append(unaccented(plain))
    return tuple(dict.fromkeys(option for option in options if option != word))


def unaccented(word: str) -> str:
    """A word without accents and other marks on Latin letters; other scripts are left as they are."""
    if not IS_LATIN.search(word):
        return word
    apart = unicodedata.normalize("NFKD", word.replace("ı", "i").replace("ł", "l").replace("đ", "d").replace("ø", "o"))
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))
