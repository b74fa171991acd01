"""The page model by itself: score pages."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from casefile.errors import UsageError
from classifier.examine import findings_of
from classifier.judging import JudgedPage
from classifier.judging import judge_pages as judged_pages
from cli.desk import Desk
from cli.inputs import octets
from cli.options import InputFile, Json
from cli.output import print_json, print_text
from cli.page_lines import LONGEST_LINE, PageLines


def judge_pages(context: typer.Context, file: InputFile = None, as_lines: Json = False) -> None:
    """Score pages given as JSON lines {"id","url","html"}: {"id","url","score","band","reasons","label"} a line, in input order.

    Example: mirrorwatch judge-pages pages.jsonl --json
    """
    desk: Desk = context.obj
    with octets(file) as stream, counting(desk, file) as count:
        lines = PageLines(stream)
        for page in judged_pages(desk.judge, lines, lambda page: [finding for _, finding in findings_of(page, desk.reference)]):
            count(page.band.value)
            print_page(page, as_lines=as_lines)
    if lines.told:
        raise UsageError(lines.told)


def print_page(page: JudgedPage, *, as_lines: bool) -> None:
    """One page's score and reasons."""
    if not as_lines:
        why = "; ".join(reason.text for reason in page.reasons[:3])
        print_text(f"{page.score:.4f}  {page.band.value:<6}  {page.url or page.id}  {why}")
        return
    print_json(
        {
            "id": page.id,
            "url": page.url,
            "score": round(page.score, 4),
            "band": page.band.value,
            "reasons": [reason.quoted for reason in page.reasons],
            "label": page.label.value,
        }
    )


@contextmanager
def counting(desk: Desk, file: Path | None) -> Iterator[Callable[[str], None]]:
    """Tells of every page of a file on a terminal; keeps still where nobody looks on, or where it is not known how many will come."""
    if file is None or not file.is_file() or not sys.stderr.isatty() or desk.verbosity < 0:
        yield lambda _: None
        return
    with file.open("rb") as stream:
        desk.progress.start("judge-pages", sum(1 for _ in iter(lambda: stream.readline(LONGEST_LINE), b"")))
    try:
        yield desk.progress.advance
    finally:
        desk.progress.stop()
