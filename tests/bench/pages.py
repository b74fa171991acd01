"""Pages a second from HTML to the verdict with its reasons, and as far as a `Page` and the findings, beside trafilatura's text extraction alone.

    python -m tests.bench.pages

One core, processor time, the same pages in the same run: every tenth of the founders' corpus (86 kB on average). Rounds alternate; the median counts, and of
the ratio the median of the rounds' ratios. The judge of every round is loaded anew and has seen as many other pages before, as in a night's run: it knows the
words that most pages have, and none of those that only these have.
"""

import gzip
import importlib.util
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from casefile.reference import Reference, load_reference
from classifier.detectors import Finding
from classifier.examine import findings_of
from classifier.judging import judge_pages
from classifier.model import Judge, load_judge
from classifier.page import Page, read_page
from tests.conftest import SHARED
from tests.crawler.crawling import REFERENCE

MODEL = Path(__file__).resolve().parents[2] / "data" / "model"
CORPUS = SHARED / "corpus" / "pages" / "pages.jsonl.gz"
STEP = 10
ROUNDS = 3
SLOWER = 4
"""Of the pages every so many are given to trafilatura, which takes longest."""

GOAL, GOAL_RATIO = 250.0, 4.0
"""Pages a second of the whole, and how many times as fast as the extraction alone."""

PAGE, FINDINGS, WHOLE, EXTRACTION = "HTML to Page", "HTML to Page and findings", "HTML to verdict with reasons", "trafilatura.extract alone"

Html = tuple[str, str]
"""Address and text of a page."""


def pages(first: int = 0) -> Iterator[Html]:
    """Every tenth page of the corpus, from this one on."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, first, None, STEP)):
            yield row["url"] or "https://page.example/", row["html"]


def seconds(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def measure() -> list[str]:
    """The figures as lines for people, each goal with whether it is met."""
    if not CORPUS.exists():
        return ["left out: needs the founders' corpus in ../shared, which is not part of the project"]
    rows, others, reference = list(pages()), list(pages(STEP // 2)), load_reference([REFERENCE])
    rounds = [_round(rows, others, reference) for _ in range(ROUNDS)]
    rates = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    size = sum(len(html.encode("utf-8", "replace")) for _, html in rows) / len(rows) / 1000
    lines = [f"pages: {len(rows)} of the corpus, {size:.0f} kB on average, {ROUNDS} alternating rounds, one core, processor time"]
    lines += [f"  {name:<30} {rate:7.0f} pages/s  {1000 / rate:6.2f} ms" for name, rate in rates.items()]
    lines += [f"  {WHOLE}: {rates[WHOLE]:.0f} pages/s, goal {GOAL:.0f} or more: {told(rates[WHOLE] >= GOAL)}"]
    if EXTRACTION not in rates:
        return [*lines, "  the ratio is left out: trafilatura is not installed (pip install trafilatura)"]
    ratio = statistics.median(one[WHOLE] / one[EXTRACTION] for one in rounds)
    return [*lines, f"  median ratio of a round {ratio:.1f}, goal {GOAL_RATIO:.0f} or better: {told(ratio >= GOAL_RATIO)}"]


def _round(rows: Sequence[Html], others: Sequence[Html], reference: Reference) -> dict[str, float]:
    """Pages a second of each part, measured one after the other."""

    def found(page: Page) -> list[Finding]:
        return [finding for _, finding in findings_of(page, reference)]

    judge = load_judge(MODEL)
    judged(judge, others, found)
    rates = {
        PAGE: len(rows) / seconds(lambda: [read_page(url, html) for url, html in rows]),
        FINDINGS: len(rows) / seconds(lambda: [found(read_page(url, html)) for url, html in rows]),
        WHOLE: len(rows) / seconds(lambda: judged(judge, rows, found)),
    }
    if importlib.util.find_spec("trafilatura") is not None:
        from trafilatura import extract

        few = rows[::SLOWER]
        rates[EXTRACTION] = len(few) / seconds(lambda: [extract(html) for _, html in few])
    return rates


def judged(judge: Judge, rows: Sequence[Html], detect: Callable[[Page], Sequence[Finding]]) -> int:
    """How many pages were judged; none is kept."""
    return sum(1 for _ in judge_pages(judge, ((str(number), url, html) for number, (url, html) in enumerate(rows)), detect))


def told(met: bool) -> str:
    """Whether a goal is met."""
    return "met" if met else "NOT MET"


if __name__ == "__main__":
    print("\n".join(measure()))
