"""Judge bare host names: a list of a million in seconds. What scoring does not need is not imported."""

import json
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import typer

from casefile.plaintext import inert
from classifier.name_model import load_names
from cli.desk import Desk
from cli.inputs import octets
from cli.options import InputFile, Json

BLOCK = 1 << 20
"""Octets read at once."""

LONGEST = 4096
"""Characters of a line that are read as a name, and shown; no name has so many."""

STEPS = 10_000
"""Probabilities are printed with four decimals."""


def judge_names(context: typer.Context, file: InputFile = None, as_lines: Json = False) -> None:
    """Score bare host names, one a line: `probability<TAB>name` in input order. A name alone never lists.

    Example: mirrorwatch judge-names names.txt
    """
    desk: Desk = context.obj
    judge = load_names(desk.model_folder)
    printed = [f"{step / STEPS:.4f}\t" for step in range(STEPS + 1)]
    with octets(file) as stream:
        for names in _names(stream):
            steps = np.rint(judge.judge_names(names) * STEPS).astype(np.int64)
            _put(_as_json(names, steps) if as_lines else _as_text(names, steps, printed))


def _as_text(names: list[str], steps: npt.NDArray[np.int64], printed: list[str]) -> str:
    """Lines of probability, tab and name; a name cannot hold what would move a terminal's cursor."""
    shown = names if "".join(names).isprintable() else [inert(name) for name in names]
    return "".join([f"{printed[step]}{name}\n" for step, name in zip(steps.tolist(), shown, strict=True)])


def _as_json(names: list[str], steps: npt.NDArray[np.int64]) -> str:
    """One object a line; what is not printable ASCII is escaped."""
    pairs = zip(names, steps.tolist(), strict=True)
    return "".join([f'{{"name":{json.dumps(name)},"probability":{step / STEPS}}}\n' for name, step in pairs]).replace("\x7f", "\\u007f")


def _names(stream: BinaryIO) -> Iterator[list[str]]:
    """The lines that are not blank, without blanks around them, a block at a time; a longer line than any name is cut."""
    rest = b""
    while block := stream.read(BLOCK):
        whole, newline, begun = block.rpartition(b"\n")
        if not newline:
            rest = (rest + begun)[: LONGEST * 4]
            continue
        yield from _lines(rest + whole)
        rest = begun
    yield from _lines(rest)


def _lines(octets: bytes) -> Iterator[list[str]]:
    names = [line.strip()[:LONGEST] for line in octets.decode("utf-8", "replace").split("\n")]
    names = [name for name in names if name]
    if names:
        yield names


def _put(text: str) -> None:
    """Write to stdout; a reader that has seen enough (`| head`) is no error."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
