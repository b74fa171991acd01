"""The configuration that docs/isp.md gives, block by block, so that what an operator copies is what the tests run.

A block is fenced and its first line says what it is: three backticks, a language and the block's name (`conf bind9-zone`, `sh bind9-reload`). Its name is
asked for by `block("...")` with the name written out; a test holds every block to be asked for.
"""

import re
from collections.abc import Mapping
from pathlib import Path

ISP = Path(__file__).resolve().parents[2] / "docs" / "isp.md"
FENCE = re.compile(r"^```(?P<language>\S*) ?(?P<name>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ORIGIN = "rpz.mirrorwatch.example"
HOME = "/var/lib/mirrorwatch"
"""Where the documentation keeps the releases; a test puts its own folder there."""


def blocks() -> dict[str, str]:
    """Every fenced block by its name; one without a name stands as `language:N`, so that nothing asks for it and the test fails."""
    found: dict[str, str] = {}
    for number, one in enumerate(FENCE.finditer(ISP.read_text(encoding="utf-8")), 1):
        name = one["name"] or f"{one['language']}:{number}"
        assert name not in found, f"docs/isp.md has two blocks named {name}"
        found[name] = one["text"]
    return found


def block(name: str, places: Mapping[str, object] | None = None) -> str:
    """The text of a block; whatever `places` names in it (`/var/lib/mirrorwatch`, a port) is replaced, and must be there."""
    text = blocks()[name]
    for mark, value in (places or {}).items():
        assert mark in text, f"block {name} of docs/isp.md says nothing of {mark}"
        text = text.replace(mark, str(value))
    return text
