"""The model's card (JSON) and MODEL.md, both written from what was measured."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.model import CARD

if TYPE_CHECKING:
    from classifier.training.train import Card

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
A page is read as a visitor sees it (hidden elements are left out) and becomes some hundred numbers: {concepts} concepts of a lexicon of {terms} terms in {languages} languages
(lexicon.csv in this folder, with source and date) by the place where they stand and by what stands beside them, names of brands, what the page is made of, and what the
detectors found. A number that fewer than three owners have is not learnt; numbers are brought to scale and clipped at two standard deviations, so that none alone decides.
Beside them stands a channel of hashed words with an exact vocabulary of words that six owners or more use; it adds {share} standard deviations of the rest.
Pages are weighed so that one owner of gambling pages counts like four. Three logistic regressions: gambling or not, operator or promotion, about gambling or other. Calibrated on
out-of-fold scores (Platt). A host is the mean of the most suspect third of its pages. Bars by stated costs, in looks of an
analyst: a guilty host called clear costs 20, an innocent one in the mirror band 100; and the mirror bar lies above every innocent page and host of the out-of-fold run, with a margin of {margin} in log-odds. A page that invites to nothing (no sign-up, call to play, app, code or
partner link), speaks of the law or of help with addiction three times, or names gambling in under half of its parts is not sure enough for the mirror band. What is thin, cut, unlike the training data, or contradicts itself is neither clear nor a mirror.
Left out by name: {left_out}.

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
- News, law, science and help pages that name much of gambling in few words, and shops, clubs and cashback services with welcome bonuses and promo codes, often come to review when
  they are short: the corpus has few of them. What becomes of hand-written ones: `python -m tests.bench.handwritten`. The label *about* is given only under P = 0.5.
- Play-money games and land casinos look like operators to it; they fall under the mirror bar but come to review.
- Pages of a gambling site that do not speak of gambling (privacy, 404) score low by themselves.
- Casinos under long prose, made of pictures beside prose, or written with inserted links are often unsure, at times clear; gambling text planted in plain view of a short page (a hacked
  page, comments full of spam) is judged gambling by itself: other pages of the site tell (`python -m tests.bench.poison` prints every class).
- A shell that shows a driven browser an innocent page cannot be told. Text in pictures is read only on thin pages, where Tesseract is installed. Text that a stylesheet or a script hides in ways that are not recognised counts as shown.
- A page of another kind that is stuffed with gambling words in plain view comes to review, and may be judged gambling: it says so to its visitors.
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
        **card.figures["lexicon"],
        left_out=", ".join(card.left_out) or "nothing",
        few=", ".join(sorted(language for language, count in languages.items() if count < 10)) or "none",
    )
    (out / "MODEL.md").write_text(text, encoding="utf-8")


def _list(facts: dict[str, Any]) -> str:
    return "\n".join(f"- {name}: {_told(value)}" for name, value in facts.items())


def _told(value: Any) -> str:
    return ", ".join(f"{name} {number}" for name, number in value.items()) if isinstance(value, dict) else str(value)
