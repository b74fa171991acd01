"""The labelled corpus as training reads it: pages with owner, group, site and target; host names with families. Never needed for scoring.

Format: `pages/pages.jsonl.gz` and `domains/*.gz` as described in the corpus' own README files.
"""

import csv
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.archive import sha256_of
from casefile.errors import UsageError
from casefile.progress import Progress
from classifier.features import Features, page_features
from classifier.page import host_of, read_page

PAGES = "pages/pages.jsonl.gz"
GAMBLING = "domains/gambling_until_2025-01.txt.gz"
FAMILIES = "domains/gambling_families_2025.txt.gz"
BENIGN = "domains/benign_until_2025-01.csv.gz"
POPULAR = "domains/popular.txt.gz"
FILES = (PAGES, GAMBLING, FAMILIES, BENIGN, POPULAR)

COLLECTIONS = frozenset({"news_blog", "recipe_shop", "payment_pages", "video_games", "news_multilang", "shop_misc"})
"""Subtypes whose repositories collect pages of many sites: every page there is a site of its own."""

TRADITIONS = (
    frozenset({"adbar"}),
    frozenset({"mozilla", "alan-turing-institute"}),
    frozenset({"goose3", "grangier"}),
    frozenset({"codelucas", "AndyTheFactory"}),
)
"""Owners whose test pages come from one another (pages/README.md): always on one side of a split."""

TARGETS = {"gambling": "operator", "promo": "promotion", "benign": "other"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPage:
    """A labelled page without its text. `group` is never split; `site` is the host it stands for; `unit` counts once in frequencies;
    `target`: operator, promotion, about, other; `weight`: what it counts in training.
    """

    id: str
    owner: str
    group: str
    site: str
    unit: str
    target: str
    hard: bool
    lang: str
    landing: bool
    readable: bool
    weight: float
    features: Features

    @property
    def guilty(self) -> bool:
        """Whether it is an operator's or a promoter's page."""
        return self.target in ("operator", "promotion")


def group_of(owner: str) -> str:
    """The group of an owner: owners of one tradition, or of one numbered series of accounts, stay together."""
    for tradition in TRADITIONS:
        if owner in tradition:
            return min(tradition)
    return re.sub(r"\d+$", "", owner.lower()) or owner


def read_pages(corpus: Path, progress: Progress) -> list[CorpusPage]:
    """Every page of the corpus but the licensed, with its features; raises `UsageError` naming file and line."""
    rows = [row for row in _lines(corpus / PAGES) if row["label"] != "licensed"]
    owners = Counter((row["source"].partition("/")[0], row["subtype"] in COLLECTIONS) for row in rows)
    progress.start("train: pages", len(rows))
    pages = []
    for row in rows:
        pages.append(_page(row, owners))
        progress.advance("read")
    return pages


def names_of(corpus: Path) -> tuple[list[str], list[str], list[float], list[str]]:
    """Names for the name model: (names, families, weights, kinds); kind is `gambling`, `hard` or `benign`; a family counts as a few names, whatever its size."""
    guilty = dict.fromkeys(_text_lines(corpus / GAMBLING) + _text_lines(corpus / FAMILIES))
    families = Counter(map(family_of, guilty))
    rows = [(name, family_of(name), min(1.0, 8.0 / families[family_of(name)]), "gambling") for name in guilty]
    seen = set(guilty)
    with gzip.open(corpus / BENIGN, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            hard = row["hard_negative"] == "1"
            rows.append((row["domain"], row["domain"], 5.0 if hard else 1.0, "hard" if hard else "benign"))
            seen.add(row["domain"])
    popular = [name for name in _text_lines(corpus / POPULAR)[::3] if name not in seen]
    rows.extend((name, name, 0.5, "benign") for name in popular)
    names, kin, weights, kinds = zip(*rows, strict=True)
    return list(names), list(kin), list(weights), list(kinds)


def family_of(name: str) -> str:
    """The family of a name: without its last label, digits as #."""
    return re.sub(r"\d+", "#", name.rpartition(".")[0])


def digests_of(corpus: Path) -> dict[str, str]:
    """SHA-256 of every file that training reads; raises `UsageError` where one is missing."""
    for name in FILES:
        if not (corpus / name).is_file():
            raise UsageError(f"no {name} in {corpus}: give --corpus the folder that holds pages/ and domains/ (see data/model/MODEL.md)")
    return {name: sha256_of(corpus / name) for name in FILES}


def _page(row: dict[str, Any], owners: Counter[tuple[str, bool]]) -> CorpusPage:
    owner = row["source"].partition("/")[0]
    collected = row["subtype"] in COLLECTIONS
    site = _site(row, collected=collected)
    benign = row["label"] == "benign"
    about = benign and (row["hard_negative"] or "gambling" in row["subtype"] or "casino" in row["subtype"])
    page = read_page(row["url"] or f"http://{site}/", row["html"])
    number = owners[owner, collected]
    return CorpusPage(
        id=row["id"],
        owner=owner,
        group=group_of(owner),
        site=site,
        unit=row["id"] if collected else owner,
        target="about" if about else TARGETS[row["label"]],
        hard=bool(row["hard_negative"]),
        lang=row["lang"],
        landing=bool(re.search(r"(?:^|[:/])index\.\w+$", row["source"])),
        readable=not page.cut,
        weight=min(1.0, (300.0 if collected else 15.0) / number),
        features=page_features(page),
    )


def _site(row: dict[str, Any], *, collected: bool) -> str:
    """The host a page stands for, as ../tools/pages_to_warc.py has it: its own, else one a small site, else one a page."""
    if host := host_of(row["url"] or ""):
        return host
    text = row["id"] if collected else row["source"].partition(":")[0]
    return f"h{hashlib.sha256(text.encode()).hexdigest()[:10]}.example"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            try:
                row = json.loads(line)
                row["source"], row["label"], row["html"], row["id"]
            except (ValueError, KeyError, TypeError):
                raise UsageError(f"{path}:{number}: not a labelled page (a JSON object with id, source, label, html)") from None
            yield row


def _text_lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [line.strip() for line in stream if line.strip()]
