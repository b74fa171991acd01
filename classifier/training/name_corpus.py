"""The labelled host names of the corpus as training reads them: each with the family, brand and list it comes from. Never needed for scoring.

Format: `domains/*` as described in the corpus' own README files. `domains/licensed_operators.csv` and `brands.csv` may be absent.
"""

import csv
import gzip
import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import UsageError

GAMBLING = "domains/gambling_until_2025-01.txt.gz"
FAMILIES = "domains/gambling_families_2025.txt.gz"
BENIGN = "domains/benign_until_2025-01.csv.gz"
POPULAR = "domains/popular.txt.gz"
LICENSED = "domains/licensed_operators.csv"
BRANDS = "brands.csv"

FAMILY_WEIGHT, BRAND_WEIGHT = 8.0, 60.0
"""Names of a family, and of a brand, from which on each counts less, by the square root of how many there are: the list knows one brand by 700 mirrors."""

CASINO_WEIGHT = 0.55
"""What a name with the word casino counts: the lists were gathered by it, other countries' lists were not."""

HARD_WEIGHT, POPULAR_WEIGHT = 20.0, 0.5

GENERAL = re.compile(r"casinos?|kasino|kazino|online|official|oficial|site|zerkalo|slots?|games?|best|top|play|club|vip|bonus|live|[^a-z]+")
"""Words that no brand is known by."""

SECOND_LEVEL = frozenset(["co", "com", "net", "org", "gov", "edu", "ac", "go", "or", "gob", "gouv", "nom", "ne", "mil"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusName:
    """A labelled name. `source` is the list it comes from (`until_2025-01`, `families_2025`, `licensed ES`, `benign`, `popular`); `kind`: gambling, hard, benign;
    `weight`: what it counts in training.
    """

    name: str
    family: str
    brand: str
    source: str
    kind: str
    weight: float

    @property
    def guilty(self) -> bool:
        """Whether it is a gambling name."""
        return self.kind == "gambling"


def read_names(corpus: Path) -> list[CorpusName]:
    """Every name of the corpus once, gambling first; raises `UsageError` where a list cannot be read."""
    sources = dict.fromkeys(_lines(corpus / GAMBLING), "until_2025-01")
    for name in _lines(corpus / FAMILIES):
        sources.setdefault(name, "families_2025")
    for row in _rows(corpus / LICENSED) if (corpus / LICENSED).exists() else []:
        sources.setdefault(row["domain"], f"licensed {row['country']}")
    patterns = [(row["brand"], re.compile(row["regex"])) for row in _rows(corpus / BRANDS)] if (corpus / BRANDS).exists() else []
    brands = {name: brand_of(name, patterns) for name in sources}
    families, sizes = Counter(map(family_of, sources)), Counter(brands.values())
    found = [
        CorpusName(
            name=name,
            family=family_of(name),
            brand=brands[name],
            source=source,
            kind="gambling",
            weight=math.sqrt(min(1.0, FAMILY_WEIGHT / families[family_of(name)]) * min(1.0, BRAND_WEIGHT / sizes[brands[name]]))
            * (CASINO_WEIGHT if "casino" in name else 1.0),
        )
        for name, source in sources.items()
    ]
    return found + _innocent(corpus, set(sources))


def family_of(name: str) -> str:
    """The family of a name: without its last label, digits as #."""
    return re.sub(r"\d+", "#", name.rpartition(".")[0])


def brand_of(name: str, patterns: list[tuple[str, re.Pattern[str]]]) -> str:
    """The brand of a name: by the patterns, else its first part that is no general word, else its family."""
    host = name.rpartition(".")[0]
    for brand, pattern in patterns:
        if pattern.search(host):
            return brand
    parts = [part for part in GENERAL.split(family_of(name)) if len(part) >= 3]
    return parts[0] if parts else family_of(name)


def registrable(name: str) -> str:
    """The registrable name, near enough for splits: two labels, three under co.uk and the like."""
    labels = name.split(".")
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL else -2 :])


def _innocent(corpus: Path, guilty: set[str]) -> list[CorpusName]:
    found: dict[str, CorpusName] = {}
    for row in _rows(corpus / BENIGN):
        if row["domain"] not in guilty:
            hard = row["hard_negative"] == "1"
            found[row["domain"]] = _benign(row["domain"], "benign", "hard" if hard else "benign", HARD_WEIGHT if hard else 1.0)
    for name in _lines(corpus / POPULAR):
        if name not in guilty and name not in found:
            found[name] = _benign(name, "popular", "benign", POPULAR_WEIGHT)
    return list(found.values())


def _benign(name: str, source: str, kind: str, weight: float) -> CorpusName:
    return CorpusName(name=name, family=registrable(name), brand=registrable(name), source=source, kind=kind, weight=weight)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8", newline="") as stream
        ):
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot read {path}: {error}") from None


def _lines(path: Path) -> list[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            return list(dict.fromkeys(line.strip() for line in stream if line.strip()))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from None
