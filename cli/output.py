"""What verbs print: JSON lines or aligned text on stdout, everything hostile made inert."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from casefile.plaintext import inert


def print_json(value: Any) -> None:
    """One JSON object on one line; non-ASCII is kept, control characters are escaped."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_CONTROLS))


def print_text(text: str = "") -> None:
    """Lines of text, made inert line by line."""
    for line in text.split("\n"):
        print(inert(line))


def print_fields(rows: Iterable[Sequence[object]]) -> None:
    """Cells with one tab between, for other programs: each made inert, so that a tab is always a border."""
    sys.stdout.writelines("\t".join(inert(str(cell)) for cell in row) + "\n" for row in rows)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Aligned columns, as wide as they need where the output is not a terminal; `right` names columns of numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=not sys.stdout.isatty(), overflow="fold")
    for row in rows:
        table.add_row(*(inert(str(cell)) for cell in row))
    console = (
        Console(markup=False, highlight=False) if sys.stdout.isatty() else Console(markup=False, highlight=False, width=250, no_color=True)
    )
    for line in _lines_of(console, table):
        print(line.rstrip())


def _lines_of(console: Console, table: Table) -> list[str]:
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip("\n").split("\n")


_CONTROLS = {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
}
