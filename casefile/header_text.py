"""Text of the far end as it may stand in a header line of an archived message: one line of printable ASCII. Pure."""

import re
from collections.abc import Sequence
from urllib.parse import quote

HEADERS = Sequence[tuple[str, str]]

CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
"""What would end a header line, or pass for another one."""

NOT_PLAIN = re.compile("[^ -~]")


def one_line(text: str) -> str:
    """`text` without control characters, the rest beyond ASCII percent-encoded: what HTTP carries as Latin-1 by its octet, else as UTF-8."""
    return NOT_PLAIN.sub(_encoded, CONTROLS.sub(" ", text))


def header_lines(headers: HEADERS) -> list[tuple[str, str]]:
    """Every name and value as one line."""
    return [(one_line(name), one_line(value)) for name, value in headers]


def _encoded(found: re.Match[str]) -> str:
    character = found.group()
    return quote(character, safe="", encoding="latin-1" if character <= "\xff" else "utf-8", errors="replace")
