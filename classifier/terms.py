"""The lexicon as data: terms of gambling, and of what is like it, by concept and language. `data/reference/lexicon.csv`; a model folder holds the copy it was fitted with.

A term is words; `*` ends a stem. `match` says how it stands in a text: `word`, `stem`, `phrase` (words or stems one after the other), `part` (anywhere, for
scripts that do not part words). Names of brands come from their own table, as the patterns there are spelt.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from casefile.errors import ModelError
from casefile.reference import Brand

LEXICON = "lexicon.csv"
MATCHES = ("word", "stem", "phrase", "part")
KINDS = ("strong", "lure", "soft", "weak", "apart")
"""Of a concept: what only gambling names; offers that shops and clubs make too (a promo code, a welcome bonus, a wheel), which count as strong where a page
names what is, and as soft elsewhere; what gambling shares with shops and banks, and counts beside strong ones; single words that mean something else as often
(`bet`, `slots`, `mirror`); what speaks of other pages, or of gambling from afar."""

BRAND = "brand"
MOST_SPELLINGS = 24
"""Spellings of one brand at most."""

SHORTEST_STEM = 6
"""Letters of a brand's name that may begin a longer word."""

AROUND = re.compile(r"\(\?<?[!=](?:[^()\[\]]|\[[^\]]*\])*\)")
PIECE = re.compile(r"(?P<group>\(\?:(?P<choices>(?:[^()\[\]]|\[[^\]]*\])*)\)|\[(?P<letters>[^\]]*)\]|(?P<letter>\\?.))(?P<maybe>\??)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a concept in a language (`mul`: any); `kind` is the concept's."""

    concept: str
    kind: str
    language: str
    term: str
    match: str
    source: str
    date: str


def read_terms(path: Path) -> tuple[Term, ...]:
    """The terms of a file; raises `ModelError` naming file and line."""
    try:
        return terms_from(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"cannot read {path}: {error}; restore it from the repository") from None


def terms_from(text: str, where: str) -> tuple[Term, ...]:
    """The terms of a table; `where` names it in `ModelError`."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    columns = [one.name for one in fields(Term)]
    if reader.fieldnames != columns:
        raise ModelError(f"{where}: the first line must be {','.join(columns)}; restore it from the repository")
    terms = []
    try:
        for row in reader:
            if (
                None in row
                or None in row.values()
                or row["match"] not in MATCHES
                or row["kind"] not in KINDS
                or not row["term"].strip("* ")
            ):
                raise ModelError(f"{where}:{reader.line_num}: not a term with one of {', '.join(KINDS)} and one of {', '.join(MATCHES)}")
            terms.append(Term(**row))
    except csv.Error as error:
        raise ModelError(f"{where}:{reader.line_num}: {error}") from None
    return tuple(terms)


def written(terms: Iterable[Term]) -> str:
    """The table of terms, in their order."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = [one.name for one in fields(Term)]
    writer.writerow(columns)
    writer.writerows([getattr(term, name) for name in columns] for term in terms)
    return stream.getvalue()


def brand_terms(brands: Sequence[Brand]) -> tuple[Term, ...]:
    """The names of brands as terms: what their patterns spell, together and apart."""
    rows = []
    for brand in brands:
        for spelling in spellings(brand.pattern):
            stem = " " not in spelling and len(spelling) >= SHORTEST_STEM
            match = "phrase" if " " in spelling else "stem" if stem else "word"
            rows.append(
                Term(
                    concept=BRAND,
                    kind="strong",
                    language="mul",
                    term=spelling + ("*" if stem else ""),
                    match=match,
                    source=f"brands.csv: {brand.brand}",
                    date=brand.date,
                )
            )
    return tuple(dict.fromkeys(rows))


def spellings(pattern: str) -> list[str]:
    """What a pattern of a brand's host names spells, `MOST_SPELLINGS` at most; a hyphen that may stand there parts words or joins them."""
    plain = AROUND.sub("", pattern)
    found = [text for choice in _choices(plain) for text in _expanded(choice)]
    return [text for text in dict.fromkeys(map(str.strip, found)) if len(text) > 2][:MOST_SPELLINGS]


def _choices(pattern: str) -> list[str]:
    """The alternatives of a pattern, outside of groups."""
    depth, parts = 0, [""]
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _expanded(pattern: str) -> list[str]:
    texts = [""]
    for found in PIECE.finditer(pattern):
        if found["choices"] is not None:
            options = [text for choice in _choices(found["choices"]) for text in _expanded(choice)]
        elif found["letters"] is not None:
            options = [_plain(letter) for letter in found["letters"]] if "-" not in found["letters"][1:-1] else [""]
        else:
            options = [_plain(found["letter"].removeprefix("\\"))]
        if found["maybe"]:
            options = ["", *options]
        texts = [text + option for text in texts for option in options][:MOST_SPELLINGS]
    return texts


def _plain(letter: str) -> str:
    return " " if letter in "-." else letter
