"""A page as hashed features: the same function for training and for scoring, numpy only.

Every feature keeps its words (`names`), so that a reason can be quoted; its bucket is CRC-32 of them. Three sections are brought to
length 1 each before they are weighed, so that padding one of them does not drown the others.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from classifier.lexicon import APART, COMMON, concepts_in
from classifier.page import Page, host_of

BUCKETS = 1 << 18
MOST_WORDS = 3_000
MOST_MARKS = 2_500
STEM = 5
"""Letters of a longer word that make its stem: Russian and Kazakh endings change, the stem stays."""

SECTIONS = {"text": 1.0, "made": 0.7, "shape": 0.8}
"""Weights of the sections: what a visitor reads, what the page is made of (attributes, addresses), its shape and concepts."""

WORD = re.compile(r"[^\W\d_]{2,30}|\d+")
PIECE = re.compile(r"[a-zа-яё]{2,24}")
FAR = ("facebook", "google", "youtube", "twitter", "instagram", "telegram", "t.me", "vk.com", "linkedin")


@dataclass(frozen=True, slots=True)
class Features:
    """`buckets`: int64 array; `values`: float32 array of the same length, before inverse frequencies; `names`: what a person can look for."""

    buckets: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    names: tuple[str, ...]
    sections: npt.NDArray[np.int8]


def bucket_of(name: str) -> int:
    """The bucket of a feature, the same on every machine."""
    return zlib.crc32(name.encode("utf-8", "replace")) & (BUCKETS - 1)


def page_features(page: Page) -> Features:
    """All features of a page, in a fixed order; bounded work."""
    sections = (text_features(page), made_features(page), shape_features(page))
    names = [name for section in sections for name in section]
    values = [value for section in sections for value in section.values()]
    marks = np.repeat(np.arange(3, dtype=np.int8), [len(section) for section in sections])
    buckets = np.fromiter(map(bucket_of, names), dtype=np.int64, count=len(names))
    return Features(buckets, np.asarray(values, dtype=np.float32), tuple(names), marks)


def weighed(features: Features, rarity: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The values times the rarity of their buckets, every section brought to its weight in length. Shape (features,)."""
    values = features.values.astype(np.float64) * rarity[features.buckets]
    squares = np.bincount(features.sections, weights=values * values, minlength=3)
    scale = np.array([weight / math.sqrt(square) if square > 0 else 0.0 for weight, square in zip(SECTIONS.values(), squares, strict=True)])
    return np.asarray(values * scale[features.sections])


def text_features(page: Page) -> dict[str, float]:
    """Words, stems and word pairs of the visible text; words of the title count apart."""
    words = words_of(page.text, MOST_WORDS)
    counts = Counter(f"words «{word}»" for word in words)
    counts.update(f"stem «{word[:STEM]}…»" for word in words if len(word) > STEM)
    counts.update(f"words «{one} {two}»" for one, two in pairwise(words))
    title = words_of(page.title + " " + description_of(page), 80)
    counts.update(f"title «{word}»" for word in title)
    counts.update(f"title «{one} {two}»" for one, two in pairwise(title))
    return damped(counts)


def made_features(page: Page) -> dict[str, float]:
    """Words of class and id names, of addresses of links, scripts, frames and images, of form fields and image descriptions."""
    own = host_of(page.url)
    counts = Counter(f"class or id «{piece}»" for piece in pieces(page.marks))
    counts.update(f"link address «{piece}»" for piece in pieces(path_of(link.href, own) for link in page.links))
    counts.update(f"image «{piece}»" for piece in pieces((*page.alts, *(path_of(src, own) for src in page.images))))
    counts.update(f"script «{piece}»" for piece in pieces(path_of(src, own) for src in page.scripts))
    counts.update(f"frame «{piece}»" for piece in pieces(page.frames))
    counts.update(
        f"form «{piece}»" for piece in pieces(field for form in page.forms for field in (path_of(form.action, own), *form.fields))
    )
    return damped(counts)


def shape_features(page: Page) -> dict[str, float]:
    """Concepts of the lexicon and counts of what stands on the page, in steps of powers of two."""
    text = f"{page.title} {description_of(page)} {page.text}".casefold()
    length = max(len(text), 1)
    shape: dict[str, float] = {}
    found = concepts_in(text)
    for concept, (count, _) in found.items():
        shape[f"names {concept}"] = 1.0 + math.log2(count)
        shape[f"names {concept}, density {min(6, round(math.log2(1 + 1000 * count / length)))}"] = 1.0
    gambling = [name for name in found if name not in COMMON and name not in APART]
    shape[f"gambling concepts: {min(len(gambling), 9)}"] = 2.0
    for name, count in counts_of(page):
        shape[f"{name}: {step_of(count)}"] = 1.0
    return shape


def counts_of(page: Page) -> Iterator[tuple[str, int]]:
    """What is counted of a page's shape."""
    own = host_of(page.url)
    outward = [link for link in page.links if (host := host_of(link.href)) and host != own and not any(far in host for far in FAR)]
    yield "forms", len(page.forms)
    yield "password fields", sum("password" in field for form in page.forms for field in form.fields)
    yield "frames", len(page.frames)
    yield "images in links", page.tiles
    yield "outward links", len(outward)
    yield "links marked nofollow or sponsored", sum("nofollow" in link.rel or "sponsored" in link.rel for link in page.links)
    yield "links in all", len(page.links)


def words_of(text: str, most: int) -> list[str]:
    """The first words of a text, casefolded, every number as 0."""
    found = WORD.finditer(text.casefold())
    return ["0" if word[0].isdigit() else word for word, _ in zip((match.group() for match in found), range(most), strict=False)]


def pieces(texts: Iterable[str]) -> Iterator[str]:
    """The first letter runs of attribute texts."""
    left = MOST_MARKS
    for text in texts:
        for match in PIECE.finditer(text.lower()):
            yield match.group()
            left -= 1
            if not left:
                return


def path_of(address: str, own: str) -> str:
    """An address without the page's own host, since a name is judged by the name model; hosts of others stay."""
    plain = unquote(address[:300])
    for start in (f"https://{own}", f"http://{own}"):
        if own and plain.startswith(start):
            return plain[len(start) :]
    return plain


def description_of(page: Page) -> str:
    """The page's description for search engines, empty where it gives none."""
    return next((content for name, content in page.meta if name == "description"), "")


def damped(counts: Counter[str]) -> dict[str, float]:
    """1 + ln(count): the tenth use of a word adds less than the first."""
    return {name: 1.0 + math.log(count) for name, count in counts.items()}


def step_of(count: int) -> str:
    """A count by powers of two: 0, 1, 2 to 3, 4 to 7 ..."""
    if count < 2:
        return str(count)
    low = 1 << (min(count, 1023).bit_length() - 1)
    return f"{low} to {2 * low - 1}"
