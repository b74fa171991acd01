"""Words of pages fit for a report that is passed around: inert, and without the numbers and addresses of people."""

import re

from casefile.plaintext import inert
from classifier.detectors.finding import mask_cards

LONGEST = 240

MAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,4}[a-z]{2,24})(?![\w-])", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w+])(\+?[78])[ (-]{0,2}(7\d\d)[ )-]{0,2}\d{3}[ -]?\d\d[ -]?(\d\d)(?!\d)")
PERSON = re.compile(r"(?<!\w)(\d{4})\d{6}(\d\d)(?!\w)")
"""A Kazakhstani individual identification number: twelve digits, the first six a birth date."""


def shown(text: str, most: int = LONGEST) -> str:
    """`text` on one line of at most `most` characters, inert, card numbers, telephone numbers, personal numbers and mail addresses masked."""
    safe = masked(inert(text[: most * 4]))
    return safe if len(safe) <= most else safe[: most - 1] + "…"


def masked(text: str) -> str:
    """`text` without the numbers and addresses of people; host names and addresses of pages stay."""
    text = mask_cards(text)
    text = PHONE.sub(r"\1 \2 …\3", text)
    text = PERSON.sub(lambda found: f"{found[1]}…{found[2]}" if _is_date(found[0]) else found[0], text)
    return MAIL.sub(lambda found: f"{found[1][0]}…@{found[2]}", text)


def _is_date(digits: str) -> bool:
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31
