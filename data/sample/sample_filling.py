"""Templates of the sample web: what differs between the mirrors of one family. The same host and page always come out the same.

`{{name}}` is a value of the host (`host`, `number`, `leads_to`, and its `fill`); `{{one: A | B | C}}` is one of these; `{{between 100 900}}` a whole number, with
spaces between thousands; `{{shuffle}}` and `{{/shuffle}}` on lines of their own put the lines between them in another order. Choices are
made first, then values, so that a choice may hold a value.
"""

import hashlib
import re
from itertools import count

from sample_host import Host

SHUFFLE = re.compile(r"^[ \t]*\{\{shuffle\}\}\n(.*?)^[ \t]*\{\{/shuffle\}\}\n", re.DOTALL | re.MULTILINE)
CHOICE = re.compile(r"\{\{one:((?:[^{}]|\{\{\w+\}\})*)\}\}")
BETWEEN = re.compile(r"\{\{between (\d+) (\d+)\}\}")
VALUE = re.compile(r"\{\{(\w+)\}\}")


def filled(text: str, host: Host, place: str) -> str:
    """`text` of the page `place` as `host` shows it."""
    turns = count()

    def drawn(most: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{host.host} {place} {next(turns)}".encode()).digest()[:8]) % most

    def shuffled(found: re.Match[str]) -> str:
        lines = found[1].splitlines(keepends=True)
        return "".join(lines.pop(drawn(len(lines))) for _ in range(len(lines)))

    def chosen(found: re.Match[str]) -> str:
        choices = found[1].split("|")
        return choices[drawn(len(choices))].strip()

    def between(found: re.Match[str]) -> str:
        low, high = int(found[1]), int(found[2])
        return f"{low + drawn(high - low + 1):,}".replace(",", " ")

    values = values_of(host)
    text = BETWEEN.sub(between, CHOICE.sub(chosen, SHUFFLE.sub(shuffled, text)))
    return VALUE.sub(lambda found: values[found[1]], VALUE.sub(lambda found: values[found[1]], text))


def values_of(host: Host) -> dict[str, str]:
    """The values a template of `host` may name."""
    number = "".join(re.findall(r"\d+", host.host.partition(".")[0]))
    return {"host": host.host, "number": number, "leads_to": host.leads_to, **dict(host.fill)}
