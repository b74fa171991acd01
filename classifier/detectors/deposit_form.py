"""Deposit forms: a page of gambling that asks for an amount and for the way to pay it.

STRONG where the form carries the player to another host, or the number under which the site is paid; else the form may be a donation's or a shop's, on a
page that speaks of gambling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.addresses import is_below, same_site, template_of
from classifier.detectors.cashier_account import ACCOUNT
from classifier.detectors.facts import facts_of, tables_of
from classifier.detectors.finding import Finding, clean
from classifier.lexicon import APART, COMMON, concepts_in
from classifier.page import Form, Page, host_of

SUBJECT = "deposit form"

AMOUNT = re.compile(
    r"(?:^|[\s_\[.-])(?:amount|sum|summa|сумма|сома|tutar|miktar|deposit(?:_?amount)?|summasi)(?:$|[\s_\].,-])", re.IGNORECASE
)
"""A field that asks how much, by its name or placeholder."""

METHOD = re.compile(
    r"(?:^|[\s_\[.-])(?:method|pay_?system|pay_?method|payment(?:_?(?:method|type|system))?|provider|gateway|bank|wallet|card(?:_?number)?|cc-number|pan"
    r"|iban|crypto|usdt|способ|карт[аы]|кошел[её]к|әдіс|картасы|yöntem|kart)(?:$|[\s_\].,-])",
    re.IGNORECASE,
)
"""A field that asks which way."""

LEAST_CONCEPTS = 3
"""Subjects of gambling that a page of gambling names; a bank's or a newspaper's names fewer."""


@dataclass(frozen=True, slots=True)
class DepositForm:
    """Finds forms that take a deposit for play."""

    name: str = "deposit_form"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Forms in the order of the page: where they send, and their fields."""
        forms = [form for form in page.forms if any(AMOUNT.search(field) for field in form.fields)]
        if not forms or not is_of_gambling(page):
            return
        own, common = host_of(page.url), tables_of(reference).common
        for form in forms:
            host = host_of(form.action) or own
            away = not same_site(host, own) and not is_below(host, common)
            account = any(ACCOUNT.fullmatch(name) and value for name, value in form.hidden)
            if away or account or any(METHOD.search(field) for field in form.fields):
                yield Finding(
                    kind=EvidenceKind.PAYMENT,
                    subject=SUBJECT,
                    value=clean(f"{own} to {host}{template_of(form.action)}"),  # with its own name: rivals send to one gateway
                    strength=Strength.STRONG if away or account else Strength.WEAK,
                    quote=clean(f"form {_fields(form)} sent to {form.action or 'the page itself'}"),
                )


def is_of_gambling(page: Page) -> bool:
    """Whether a page speaks of deposits and names enough subjects of gambling, and no help against it."""
    if not facts_of(page).paying:
        return False
    found = concepts_in(f"{page.title} {page.text}".casefold())
    return "help" not in found and sum(name not in COMMON and name not in APART for name in found) >= LEAST_CONCEPTS


def _fields(form: Form) -> str:
    return ", ".join(f"«{field}»" for field in form.fields if field)[:120]
