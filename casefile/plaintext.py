"""Hostile text made inert: nothing that a far end wrote may move a terminal's cursor, turn a line around or start a spreadsheet formula. Pure."""

import unicodedata

FORMULA = "=+-@|%\uff1d\uff0b\uff0d\uff20"
"""What begins a formula or a command in one spreadsheet or another (CWE-1236), the full-width forms too."""

OPENERS = ' "`'
"""What spreadsheets strip from the front of a cell before they look at it; an apostrophe makes a cell text."""


def inert(text: str) -> str:
    r"""`text` on one line, every character that is not printable (controls, escapes, bidi and zero-width ones) as a visible escape like `\x1b`.

    Blanks of other widths become plain spaces. The result has no octet under 0x20 and none of 0x7f to 0x9f (CWE-150).
    """
    return text if text.isprintable() else "".join(character if character.isprintable() else _shown(character) for character in text)


def inert_cell(text: str) -> str:
    """`text` for one cell of a table file: inert, and with an apostrophe before what a spreadsheet would compute."""
    shown = inert(text)
    return f"'{shown}" if shown.lstrip(OPENERS)[:1] in tuple(FORMULA) else shown


def is_plain_line(text: str) -> bool:
    """Whether `text` is one line with nothing in it that `inert` would have to show as an escape."""
    return all(character.isprintable() or unicodedata.category(character) == "Zs" for character in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
