"""What pages of different owners may have in common: a text, a template, a brand, a host. Read from the corpus once, for the strict split alone.

Two pages share a template where half of their text (shingles of four words) or four fifths of their class and id words are the same.
"""

import gzip
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casefile.reference import Brand
from classifier.page import Page, host_of, read_page
from classifier.training.corpus import PAGES, CorpusPage

Hashes = npt.NDArray[np.uint32]

MOST_WORDS = 3_000
SHINGLE = 4
SAME_TEXT, SAME_MARKS = 0.5, 0.8
"""Jaccard similarity from which two pages are of one template."""

LEAST_HASHES = 20
"""Shingles, or class and id words, below which a page is too small to say what it was made from."""

ONE_IN = 8
MOST_SHARING = 60
"""Pairs are looked for among one shingle in eight, and not where more than sixty pages share it."""

LEAST_NAMED = 3
"""Times a site must name a brand for it to be the site's."""

WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a page was made from: `text` and `marks` are sorted hashes of its shingles and of its class and id words; `brands`: how often it names each."""

    id: str
    text: Hashes
    marks: Hashes
    brands: Counter[str]


def rows_of(corpus: Path) -> Iterator[dict[str, Any]]:
    """The rows of the pages file, which `corpus.read_pages` has checked before."""
    with gzip.open(corpus / PAGES, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def read_traits(corpus: Path, pages: Sequence[CorpusPage], brands: Sequence[Brand]) -> dict[str, Traits]:
    """The traits of every page, by id."""
    known = {page.id: page for page in pages}
    patterns = [(brand.brand, re.compile(brand.pattern, re.IGNORECASE)) for brand in brands]
    traits = {}
    for row in rows_of(corpus):
        if page := known.get(row["id"]):
            read = read_page(page.url or f"http://{page.site}/", row["html"])
            traits[page.id] = traits_of(page.id, read, patterns if page.guilty else [])
    return traits


def traits_of(number: str, page: Page, patterns: Sequence[tuple[str, re.Pattern[str]]]) -> Traits:
    """The traits of one page."""
    words = WORD.findall(page.text.casefold())[:MOST_WORDS]
    shingles = (" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))
    told = f"{page.url} {page.title} {page.text}".casefold()
    named = Counter({brand: found for brand, pattern in patterns if (found := len(pattern.findall(told)))})
    return Traits(
        id=number, text=_hashes(shingles), marks=_hashes(word for mark in page.marks for word in mark.lower().split()), brands=named
    )


def kin_of(pages: Sequence[CorpusPage], traits: Mapping[str, Traits]) -> list[frozenset[str]]:
    """For every page what it may share with pages of other owners: `host ...`, `brand ...` of its site, `template ...`."""
    brands = _brands_of_sites(pages, traits)
    templates = _templates(pages, traits)
    kin = []
    for index, page in enumerate(pages):
        shared = {f"host {host}"} if (host := host_of(page.url)) else set()
        shared.update(f"brand {brand}" for brand in brands.get(page.site, ()))
        shared.update(f"template {number}" for number in templates.get(index, ()))
        kin.append(frozenset(shared))
    return kin


def _brands_of_sites(pages: Sequence[CorpusPage], traits: Mapping[str, Traits]) -> dict[str, list[str]]:
    """The brand that a guilty site names most, where it names it often enough."""
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for page in pages:
        if page.guilty:
            named[page.site].update(traits[page.id].brands)
    return {site: [brand for brand, times in counts.most_common(1) if times >= LEAST_NAMED] for site, counts in named.items()}


def _templates(pages: Sequence[CorpusPage], traits: Mapping[str, Traits]) -> dict[int, list[int]]:
    """Page -> numbers of the pairs of pages of different groups that are of one template."""
    groups = [page.group for page in pages]
    found: dict[int, list[int]] = defaultdict(list)
    number = 0
    for hashes, least in (
        ([traits[page.id].text for page in pages], SAME_TEXT),
        ([traits[page.id].marks for page in pages], SAME_MARKS),
    ):
        for one, other in _pairs(hashes, groups):
            if similarity(hashes[one], hashes[other]) >= least:
                found[one].append(number)
                found[other].append(number)
                number += 1
    return found


def similarity(one: Hashes, other: Hashes) -> float:
    """Jaccard similarity of two sets of hashes; 0 where both are empty."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / max(len(one) + len(other) - both, 1)


def _pairs(hashes: Sequence[Hashes], groups: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of pages of different groups that have something rare in common."""
    holders: dict[int, list[int]] = defaultdict(list)
    for index, own in enumerate(hashes):
        if len(own) >= LEAST_HASHES:
            for value in own[own % ONE_IN == 0].tolist():
                holders[value].append(index)
    pairs = {pair for some in holders.values() if len(some) <= MOST_SHARING for pair in combinations(some, 2)}
    return (pair for pair in sorted(pairs) if groups[pair[0]] != groups[pair[1]])


def _hashes(texts: Iterator[str]) -> Hashes:
    return np.unique(np.fromiter((zlib.crc32(text.encode("utf-8", "replace")) for text in texts), dtype=np.uint32))
