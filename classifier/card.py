"""The model's card (JSON) and MODEL.md, both written from what was measured."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.model import CARD

if TYPE_CHECKING:
    from classifier.train import Card

DOCUMENT = """\
# The models of mirrorwatch: {model}

Written by `mirrorwatch train` on {made_on}; do not edit. {how}.

## Intended use
To rank hosts for a regulator's analysts and to propose entries for a blocklist that also wants evidence of another kind. A page model reads HTML text and
gives P(operator or promotion) with one of four labels; a name model reads a bare host name, and is never enough to list. Not for judging persons, not for
deciding without a person where no standing order covers the case, and not for sites licensed in their country: those are known from data, never from a page.

## Data and licences
Fitted on a collection of labelled pages of public repositories and on public domain lists. The texts stay with their publishers and are not part of this
repository; only fitted weights and counts are. Lists: UT1 Toulouse (CC BY-SA 4.0), citizenlab test-lists (CC BY-NC-SA 4.0: non-commercial, which limits
commercial use of the name model until it is fitted without them), MISP warning lists (CC0), OpenDNS lists (public domain), dotgov (CC0),
v2fly and the Russian white list (MIT). Pages: repositories under Apache-2.0, MIT, GPL and some without a licence, each named in the collection's own README.

{corpus}

Files read, by SHA-256:

{files}

## Method
Text, attributes and shape of a page become hashed features (CRC-32, 2^18 buckets); words of a lexicon of gambling in nine languages count as concepts; a feature that only
one site has is not learnt; pages are weighed so that one owner counts like a few. Three logistic regressions: gambling or not, operator or promotion, about gambling or other. Calibrated on
out-of-fold scores (Platt). The mirror bar lies above every innocent page and host of the out-of-fold run, with a margin; the review bar under all but 2 % of the guilty pages.

Bars: mirror {mirror}, review {review}.

## Figures
Pages, out of fold by owner:

{pages}

Hosts, by the rule for hosts, out of fold by owner:

{hosts}

Names, one family in five held out:

{names}

The bars were set on the same out-of-fold scores that the bands are counted on, so that no innocent page is in the mirror band by construction; on other data some may be.

## Known failures
- Languages with few guilty pages: {few}. Guilty pages in scripts that no other owner shares are often missed.
- Pages that are an application's shell without text: unsure, never clear.
- Play-money games and land casinos look like operators to it; they fall under the mirror bar but come to review.
- Pages of a gambling site that do not speak of gambling (privacy, 404) score low by themselves.
- It reads hidden text as if it were seen, and no text inside pictures.
"""


def write_card(card: "Card", out: Path) -> None:
    """card.json, sorted, one value a line."""
    (out / CARD).write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def write_document(card: "Card", out: Path) -> None:
    """MODEL.md from the card."""
    languages = card.figures["corpus"]["guilty pages by language"]
    text = DOCUMENT.format(
        model=card.model,
        made_on=card.made_on,
        how=card.how,
        mirror=card.bars["mirror"],
        review=card.bars["review"],
        corpus=_list(card.figures["corpus"]),
        files=_list(card.corpus),
        pages=_list(card.figures["pages"]),
        hosts=_list(card.figures["hosts"]),
        names=_list(card.figures["names"]),
        few=", ".join(sorted(language for language, count in languages.items() if count < 10)) or "none",
    )
    (out / "MODEL.md").write_text(text, encoding="utf-8")


def _list(facts: dict[str, Any]) -> str:
    return "\n".join(f"- {name}: {_told(value)}" for name, value in facts.items())


def _told(value: Any) -> str:
    return ", ".join(f"{name} {number}" for name, number in value.items()) if isinstance(value, dict) else str(value)
