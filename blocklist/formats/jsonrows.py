"""JSON files that consist of a head, one entry a line, and a tail: written by template for speed, and read line by line against a pattern of the same template.

So a reader takes no blank, no escape and no key that the writer would not write, and a large file is never held as a tree of objects.
"""

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha1
from io import BytesIO
from json.encoder import encode_basestring_ascii as quoted
from uuid import UUID

from blocklist.formats.plain import check_lines
from casefile.plaintext import inert

TEXT = r'[ !#-\[\]-~]*(?:\\(?:["\\bfnrt]|u[0-9a-f]{4})[ !#-\[\]-~]*)*'
"""A pattern for what stands between the quotes of a JSON string in ASCII."""

NAME = r"[a-z0-9.-]+"
"""A pattern that names fit, to be checked then."""

TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
SERIAL = r"(?:0|[1-9][0-9]{0,9})"
UUID5 = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
VARIANT = str.maketrans("0123456789abcdef", "89ab" * 4)


def inert_text(said: str) -> str:
    """Free text as a JSON string, quotes and all, with nothing in it that moves a terminal, neither in the file nor once it is parsed."""
    return quoted(inert(said))


def text_in(inside: str, number: int) -> str:
    """The text between the quotes of a JSON string; raises `ValueError` with the line number where it is not escaped as our writers do."""
    if "\\" not in inside:
        return inside
    said: str = json.loads(f'"{inside}"')
    if quoted(said) != f'"{inside}"':
        raise ValueError(f"line {number}: a text that is escaped in another way than it is written here")
    return said


def check_inert(inside: str, number: int) -> None:
    """Raises `ValueError` where what stands between the quotes of a JSON string is not what `inert_text` writes."""
    said = text_in(inside, number)
    if inert(said) != said:
        raise ValueError(f"line {number}: a text that is not inert")


def uuid5_in(space: UUID, name: str) -> str:
    """The text of `uuid.uuid5(space, name)`, three times faster."""
    digest = sha1(space.bytes + name.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{digest[16].translate(VARIANT)}{digest[17:20]}-{digest[20:32]}"


def rows_file(head: str, rows: Iterable[str], tail: str) -> bytes:
    """The file; `head` ends with the bracket that `tail` closes. Row after row, so that it is held in memory once."""
    whole = BytesIO()
    whole.write(head.encode("ascii"))
    before = b"\n"
    for row in rows:
        whole.write(before)
        whole.write(row.encode("ascii"))
        before = b",\n"
    whole.write(f"\n{tail}\n".encode("ascii"))
    return whole.getvalue()


def rows_of(data: bytes, tail: str) -> Iterator[str]:
    """The head of such a file, then each row without its comma; raises `ValueError` where its form is another."""
    check_lines(data)
    text = data.decode("ascii")
    begin, end = text.find("\n") + 1, len(text) - len(tail) - 2
    if end < begin - 1 or text[end:] != f"\n{tail}\n":
        raise ValueError(f"does not end with {tail}")
    yield text[: begin - 1]
    number = 1
    while begin <= end:
        number += 1
        stop = text.index("\n", begin)
        if (text[stop - 1] == ",") != (stop < end):
            raise ValueError(f"line {number}: wants a comma after each but the last")
        yield text[begin : stop - 1 if stop < end else stop]
        begin = stop + 1


def fullmatch(pattern: re.Pattern[str], row: str, number: int, what: str) -> re.Match[str]:
    """The parts of a row; raises `ValueError` where it is none."""
    found = pattern.fullmatch(row)
    if found is None:
        raise ValueError(f"line {number}: {row[:80]!a} is not {what} as it is written here")
    return found
