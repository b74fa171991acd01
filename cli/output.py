"""What verbs print: JSON lines or aligned text on stdout, everything hostile made inert."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from casefile.plaintext import inert


def print_json(value: Any) -> None:
    """One JSON object on one line; non-ASCII is kept, control characters are escaped."""
    _put(json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_CONTROLS))


def print_text(text: str = "") -> None:
    """Lines of text, made inert line by line."""
    for line in text.split("\n"):
        _put(inert(line))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Aligned columns, two blanks between. Nothing is cut, but on a terminal a line is cut at its edge: put what may be long last.

    `right` names columns of numbers.
    """
    cells = [[inert(str(cell)) for cell in row] for row in (columns, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    edge = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for row in cells:
        padded = (_padded(cell, width, at_right=name in right) for name, cell, width in zip(columns, row, widths, strict=True))
        line = "  ".join(padded).rstrip()
        _put(set_cell_size(line, edge - 1) + "…" if edge and cell_len(line) > edge else line)


def _put(line: str) -> None:
    """One line on stdout; a reader that has seen enough (`| head`) is no error."""
    try:
        sys.stdout.write(line + "\n")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _padded(cell: str, width: int, *, at_right: bool) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if at_right else cell + blanks


_CONTROLS = {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
}
