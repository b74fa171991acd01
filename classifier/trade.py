"""Operator or promoter: the word that a release gives as its reason, decided by facts on the pages where there are any.

The model knows the two by their words, and both use the same words; what a site does tells them apart. For a host in the mirror band:

1. A page that takes money or players is an operator's: strong evidence of a payment route, or on a page that the model judges gambling a form that
   asks for an amount or a card, or a form of the site's own that asks for a password.
2. Where there is none, strong evidence of partner parameters in links to other hosts is a promoter's.
3. Else the model's word stands, as it does for a host that is unsure: there the question is whether it is gambling at all.

The rule never makes a host gambling that the model does not, so it lists nothing more and nothing less.
"""

import re
from collections.abc import Sequence

from casefile.records import Band, Evidence, EvidenceKind, Label, Strength
from classifier.judging import HostJudgement, SeenPage
from classifier.page import Form, host_of

GAMBLING = (Label.OPERATOR, Label.PROMOTION)

MONEY = re.compile(r"(?:^|[\s_\[-])(?:amount|sum|summa|сумма|cc-number|card_?number|card|deposit)(?:$|[\s_\]-])", re.IGNORECASE)
"""A field that asks for an amount or a card, by its name, placeholder or autocomplete."""


def label_of_host(found: HostJudgement, pages: Sequence[SeenPage], evidence: Sequence[Evidence]) -> Label:
    """The label by the rule above; `evidence` on the pages that were judged."""
    if found.label not in GAMBLING or found.band is not Band.MIRROR:
        return found.label
    strong = [one for one in evidence if one.strength is Strength.STRONG]
    if any(one.kind is EvidenceKind.PAYMENT for one in strong) or any(takes_players(seen) for seen in pages):
        return Label.OPERATOR
    if any(one.kind is EvidenceKind.PROMOTER and one.subject.startswith("partner parameter") for one in strong):
        return Label.PROMOTION
    return found.label


def takes_players(seen: SeenPage) -> bool:
    """Whether a page judged gambling has a cashier's form or the site's own form with a password."""
    return seen.score.log_odds >= 0 and any(is_cashier(form) or is_entrance(form, seen.page.url) for form in seen.page.forms)


def is_cashier(form: Form) -> bool:
    """Whether a form asks for an amount or a card."""
    return any(MONEY.search(field) for field in form.fields)


def is_entrance(form: Form, url: str) -> bool:
    """Whether a form of the page's own host asks for a password."""
    return host_of(form.action) in ("", host_of(url)) and any(field.startswith("password") for field in form.fields)
