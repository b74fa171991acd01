"""What the shipped model makes of pages that were written by hand to mislead it: bands by what they are. tests/cases/pages/README.md says what they are.

python -m tests.bench.handwritten
"""

import json
from collections import Counter
from pathlib import Path

from casefile.records import Band
from casefile.reference import load_reference
from classifier.examine import findings_of
from classifier.judging import JudgedPage, judge_pages
from classifier.model import load_judge
from tests.crawler.crawling import REFERENCE

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "tests" / "cases" / "pages" / "handwritten.jsonl"
SIDES = {
    "operator": "operators and promotion",
    "promotion": "operators and promotion",
    "about": "about gambling",
    "other": "of other things",
}
"""Expected label -> the row of the table."""


def judged() -> list[tuple[str, JudgedPage]]:
    """Every page with its expected label."""
    rows = [json.loads(line) for line in PAGES.read_text(encoding="utf-8").splitlines()]
    reference = load_reference([REFERENCE])
    judge = load_judge(ROOT / "data" / "model")
    pages = judge_pages(
        judge, [(row["id"], row["url"], row["html"]) for row in rows], lambda page: [found for _, found in findings_of(page, reference)]
    )
    return [(row["expected"], page) for row, page in zip(rows, pages, strict=True)]


def measure() -> list[str]:
    """The table as lines for people."""
    counts = Counter((SIDES[expected], page.band) for expected, page in judged())
    bands = (Band.MIRROR, Band.UNSURE, Band.CLEAR)
    lines = [f"  {'pages':<24} {'mirror':>7} {'unsure':>7} {'clear':>7}"]
    return [*lines, *(f"  {side:<24} " + " ".join(f"{counts[side, band]:>7}" for band in bands) for side in dict.fromkeys(SIDES.values()))]


if __name__ == "__main__":
    print("\n".join(measure()))
