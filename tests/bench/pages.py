"""Pages a second from HTML to a `Page`, to what the detectors find, and to the verdict with its reasons, beside trafilatura's text extraction alone.

    python -m tests.bench.pages

One core, processor time, the same pages in the same run: every tenth of the founders' corpus (86 kB on average). Rounds alternate, the median counts.
"""

import gzip
import importlib.util
import json
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice

from casefile.reference import load_reference
from classifier.examine import findings_of
from classifier.page import Page, read_page
from tests.conftest import SHARED
from tests.crawler.crawling import REFERENCE

CORPUS = SHARED / "corpus" / "pages" / "pages.jsonl.gz"
STEP = 10
ROUNDS = 3
GOAL, GOAL_RATIO = 250, 4
"""Pages a second of the whole, and how many times as fast as the extraction alone."""

Html = tuple[str, str]
"""Address and text of a page."""


def pages() -> Iterator[Html]:
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, 0, None, STEP)):
            yield row["url"] or "https://page.example/", row["html"]


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def measure() -> list[str]:
    """The figures as lines for people; the last says whether the goal is met."""
    if not CORPUS.exists():
        return ["left out: needs the founders' corpus in ../shared, which is not part of the project"]
    rows, reference = list(pages()), load_reference([REFERENCE])
    parts: dict[str, Callable[[], object]] = {
        "HTML to Page": lambda: [read_page(url, html) for url, html in rows],
        "HTML to Page and findings": lambda: [_found(read_page(url, html), reference) for url, html in rows],
    }
    if importlib.util.find_spec("trafilatura") is not None:
        from trafilatura import extract

        parts["trafilatura.extract alone"] = lambda: [extract(html) for _, html in rows[::4]]
    times = {name: statistics.median(seconds(work) for _ in range(ROUNDS)) for name, work in parts.items()}
    number = {name: len(rows[::4]) if "trafilatura" in name else len(rows) for name in parts}
    rates = {name: number[name] / spent for name, spent in times.items()}
    size = sum(len(html.encode("utf-8", "replace")) for _, html in rows) / len(rows) / 1000
    lines = [f"pages: {len(rows)} of the corpus, {size:.0f} kB on average, one core, median of {ROUNDS} rounds"]
    lines += [f"  {name:<28} {rate:7.0f} pages/s  {1000 / rate:6.2f} ms" for name, rate in rates.items()]
    whole = rates["HTML to Page and findings"]
    if "trafilatura.extract alone" not in rates:
        return [*lines, "  the ratio is left out: trafilatura is not installed (pip install trafilatura)"]
    ratio = whole / rates["trafilatura.extract alone"]
    met = whole >= GOAL and ratio >= GOAL_RATIO
    return [
        *lines,
        f"  ratio {ratio:.1f}, goal {GOAL_RATIO}; {whole:.0f} pages/s, goal {GOAL} with the model: {'met' if met else 'NOT MET'}",
    ]


def _found(page: Page, reference: object) -> list[object]:
    return list(findings_of(page, reference))  # type: ignore[arg-type]


if __name__ == "__main__":
    print("\n".join(measure()))
