"""The models by themselves: score names, score pages, train."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from casefile.errors import UsageError
from classifier.judging import judge_pages as judged_pages
from cli.config import ROOT
from cli.desk import Desk
from cli.options import InputFile, Json
from cli.output import print_fields, print_json, print_text

LINE = '{"id": ..., "url": ..., "html": ...}'

CHUNK = 50_000
"""Names scored at once."""


def judge_names(context: typer.Context, file: InputFile = None, as_lines: Json = False) -> None:
    """Score bare host names, one a line: `probability<TAB>name` in input order. A name alone never lists.

    Example: mirrorwatch judge-names names.txt
    """
    desk: Desk = context.obj
    with reading(file) as stream:
        for names in _chunks(line.strip() for line in stream):
            scores = desk.judge.judge_names(names)
            if as_lines:
                for name, score in zip(names, scores, strict=True):
                    print_json({"name": name, "probability": round(float(score), 4)})
            else:
                print_fields((f"{score:.4f}", name) for name, score in zip(names, scores, strict=True))


def judge_pages(context: typer.Context, file: InputFile = None, as_lines: Json = False) -> None:
    """Score pages given as JSON lines {"id","url","html"}: {"id","url","score","band","reasons"} a line.

    Example: mirrorwatch judge-pages pages.jsonl --json
    """
    desk: Desk = context.obj
    bad: list[str] = []
    with reading(file) as stream:
        for page in judged_pages(desk.judge, _pages(stream, bad)):
            if as_lines:
                print_json(
                    {
                        "id": page.id,
                        "url": page.url,
                        "score": round(page.score, 4),
                        "band": page.band.value,
                        "reasons": [reason.text for reason in page.reasons],
                    }
                )
            else:
                why = "; ".join(reason.text for reason in page.reasons[:3])
                print_text(f"{page.score:.4f}  {page.band.value:<6}  {page.url or page.id}  {why}")
    if bad:
        more = f"; and {len(bad) - 5} more" if len(bad) > 5 else ""
        raise UsageError(f"{'; '.join(bad[:5])}{more}: every line must be {LINE}; the others were judged")


def train(
    context: typer.Context,
    corpus: Annotated[
        Path, typer.Option("--corpus", metavar="DIR", help="Labelled pages and domain lists (see data/model/MODEL.md).", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the model goes.", show_default="data/model")] = ROOT
    / "data"
    / "model",
) -> None:
    """Train the page and the name model; writes arrays and their card. Same corpus, same bytes.

    Example: mirrorwatch train --corpus corpus --out /tmp/model
    """
    from classifier.train import train as train_models

    desk: Desk = context.obj
    card = train_models(corpus, out, made_on=desk.clock().date(), progress=desk.progress)
    print_text(f"model {card.model} in {out}")


@contextmanager
def reading(file: Path | None) -> Iterator[TextIO]:
    """A text file, or standard input; raises `UsageError` where it cannot be read."""
    if file is None or str(file) == "-":
        yield sys.stdin
        return
    try:
        stream = file.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    with stream:
        yield stream


def _chunks(lines: Iterator[str]) -> Iterator[list[str]]:
    names: list[str] = []
    for line in lines:
        if line:
            names.append(line)
        if len(names) == CHUNK:
            yield names
            names = []
    if names:
        yield names


def _pages(lines: TextIO, bad: list[str]) -> Iterator[tuple[str, str, str]]:
    """The pages of the lines that can be used; what is wrong with the others is added to `bad`."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            page = json.loads(line)
            ready = str(page["id"]), str(page.get("url") or ""), str(page["html"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            bad.append(f"line {number} " + (f"misses the field {error}" if isinstance(error, KeyError) else "is not a JSON object"))
        else:
            yield ready
