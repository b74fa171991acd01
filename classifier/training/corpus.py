"""The labelled corpus as training reads it: pages with owner, group, site and target; host names with families. Never needed for scoring.

Format: `pages/pages.jsonl.gz` and `domains/*.gz` as described in the corpus' own README files.
"""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.archive import sha256_of
from casefile.errors import UsageError
from casefile.progress import Progress
from casefile.reference import Reference, load_reference
from classifier.concepts import Lexicon
from classifier.examine import findings_of
from classifier.features import Extractor, Features
from classifier.page import host_of, read_page
from classifier.terms import LEXICON, Term, brand_terms, read_terms

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

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
"""The tables that ship with the program."""

GUILTY_PAGES, INNOCENT_PAGES = 4.0, 300.0
"""Pages that a group counts for at most in training: gambling pages of one owner come from one template, collections of other pages from many sites."""

TARGETS = {"gambling": "operator", "promo": "promotion", "benign": "other"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPage:
    """A labelled page without its text. `group` is never split; `site` is the host it stands for; `unit` counts once in frequencies;
    `target`: operator, promotion, about, other; `subtype`: the kind of page; `url`: its address, empty where unknown; `weight`: what it counts in training.
    """

    id: str
    owner: str
    group: str
    site: str
    unit: str
    target: str
    hard: bool
    lang: str
    subtype: str
    url: str
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


@dataclass(frozen=True, slots=True)
class Tables:
    """The facts that pages are read with: the terms of the lexicon with the brands', and what the detectors know."""

    terms: tuple[Term, ...]
    reference: Reference


def load_tables(folders: Sequence[Path] = (REFERENCE,)) -> Tables:
    """The tables of the reference folders; of the lexicon the last there is."""
    reference = load_reference(folders)
    lexicons = [folder / LEXICON for folder in folders if (folder / LEXICON).is_file()] or [REFERENCE / LEXICON]
    return Tables(terms=(*read_terms(lexicons[-1]), *brand_terms(reference.brands)), reference=reference)


def read_pages(corpus: Path, progress: Progress, tables: Tables | None = None, *, leave_out: Collection[str] = ()) -> list[CorpusPage]:
    """Every page of the corpus but the licensed, with its features; raises `UsageError` naming file and line.

    `leave_out`: owners, or repositories as `owner/name`, whose pages are not read; `tables`: those that ship with the program where none are given.
    """
    rows = [row for row in _lines(corpus / PAGES) if row["label"] != "licensed" and not left_out(row["source"], leave_out)]
    groups = Counter((group_of(_owner(row)), row["label"] == "benign") for row in rows)
    tables = tables or load_tables()
    extractor = Extractor(Lexicon(tables.terms))
    progress.start("train: pages", len(rows))
    pages = []
    for row in rows:
        pages.append(_page(row, groups, extractor, tables.reference))
        progress.advance("read")
    return pages


def left_out(source: str, names: Collection[str]) -> bool:
    """Whether a source (`owner/name:path`) is one of `names` (owners or `owner/name`)."""
    repository = source.partition(":")[0]
    return repository in names or repository.partition("/")[0] in names


def digests_of(corpus: Path) -> dict[str, str]:
    """SHA-256 of every file that training reads; raises `UsageError` where one is missing."""
    for name in FILES:
        if not (corpus / name).is_file():
            raise UsageError(f"no {name} in {corpus}: give --corpus the folder that holds pages/ and domains/ (see data/model/MODEL.md)")
    return {name: sha256_of(corpus / name) for name in FILES}


def _owner(row: dict[str, Any]) -> str:
    return str(row["source"].partition("/")[0])


def _page(row: dict[str, Any], groups: Counter[tuple[str, bool]], extractor: Extractor, reference: Reference) -> CorpusPage:
    owner = _owner(row)
    collected = row["subtype"] in COLLECTIONS
    site = _site(row, collected=collected)
    benign = row["label"] == "benign"
    about = benign and (row["hard_negative"] or "gambling" in row["subtype"] or "casino" in row["subtype"])
    page = read_page(row["url"] or f"http://{site}/", row["html"])
    found = [finding for _, finding in findings_of(page, reference)]
    return CorpusPage(
        id=row["id"],
        owner=owner,
        group=group_of(owner),
        site=site,
        unit=row["id"] if collected else owner,
        target="about" if about else TARGETS[row["label"]],
        hard=bool(row["hard_negative"]),
        lang=row["lang"],
        subtype=row["subtype"],
        url=row["url"] or "",
        landing=bool(re.search(r"(?:^|[:/])index\.\w+$", row["source"])),
        readable=not page.cut,
        weight=min(1.0, (INNOCENT_PAGES if benign else GUILTY_PAGES) / groups[group_of(owner), benign]),
        features=extractor.read(page, found),
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
