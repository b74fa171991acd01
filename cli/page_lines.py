"""Pages as JSON lines, read one by one in bounded memory; what cannot be used is told by the number of its line, and the rest goes on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

LINE = '{"id": ..., "url": ..., "html": ...}'

LONGEST_LINE = 16_000_000
"""Octets of a line; the rest of a longer one is passed over unread. A page is read to its two-millionth character."""

MOST_TOLD = 5
"""Lines that cannot be used which are told one by one; the others are counted."""


@dataclass(slots=True)
class PageLines:
    """The pages of a stream of lines (octets, UTF-8). Iterated once, it gives (id, url, html); `faults` and `bad` then say what could not be used."""

    stream: BinaryIO
    faults: list[str] = field(default_factory=list)
    bad: int = 0

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        for number, line in enumerate(self._lines(), 1):
            if not line.strip():
                continue
            fault, page = _page(line)
            if fault:
                self.bad += 1
                if len(self.faults) < MOST_TOLD:
                    self.faults.append(f"line {number} {fault}")
            else:
                yield page

    @property
    def told(self) -> str:
        """What could not be used in one sentence, empty where everything was."""
        if not self.bad:
            return ""
        more = f"; and {self.bad - len(self.faults)} more" if self.bad > len(self.faults) else ""
        return f"{'; '.join(self.faults)}{more}: every line must be {LINE}; the others were judged"

    def _lines(self) -> Iterator[bytes]:
        """The lines; of one that is too long its first `LONGEST_LINE` + 1 octets, so that it is known to be."""
        while line := self.stream.readline(LONGEST_LINE + 1):
            rest = line
            while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
                rest = self.stream.readline(LONGEST_LINE + 1)
            yield line


def _page(line: bytes) -> tuple[str, tuple[str, str, str]]:
    """What is wrong with a line, empty where nothing is, and its page."""
    nothing = ("", "", "")
    if len(line) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE // 1_000_000} MB", nothing
    try:
        page = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "is not UTF-8", nothing
    except (ValueError, RecursionError):
        return "is not a JSON object", nothing
    return _fault(page), nothing if _fault(page) else (_text(page["id"]), _text(page.get("url") or ""), page["html"])


def _fault(page: Any) -> str:
    if not isinstance(page, dict):
        return "is not a JSON object"
    for name in ("id", "html"):
        if name not in page:
            return f"misses the field '{name}'"
    if not isinstance(page["html"], str):
        return f"has no text as 'html' but {_kind(page['html'])}"
    if not isinstance(page["id"], str | int | float) or isinstance(page["id"], bool):
        return f"has no text or number as 'id' but {_kind(page['id'])}"
    if not isinstance(page.get("url"), str | None):
        return f"has no text as 'url' but {_kind(page['url'])}"
    return ""


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number", str: "text", type(None): "null"}
    return names[type(value)]


def _text(value: object) -> str:
    """As text that can be written: half of a surrogate pair, which JSON may hold, becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()
