"""Accounts of a cashier: the number under which a payment provider, or who stands in for one, knows the site that sends it a player.

Order 282 calls it the merchant id. It is found where a form or an address of a page that takes deposits carries it to another host, and ties the sites
that are paid into one account: STRONG.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from casefile.observation import SeenRequest
from casefile.records import EvidenceKind, Strength
from casefile.reference import Reference
from classifier.addresses import is_below, same_site, with_parents
from classifier.detectors.facts import facts_of, tables_of
from classifier.detectors.finding import Finding, clean
from classifier.detectors.promo_code import parameters_of
from classifier.page import Page, host_of

SUBJECT = "cashier-account"

ACCOUNT = re.compile(
    r"(?:merchant|shop|store|terminal|pos|cashbox|kassa)(?:[_-]?(?:id|no|number|code|key|account))?|(?:service|project|account)[_-]?id|mid|tid|m_id",
    re.IGNORECASE,
)
"""Names of fields and parameters that hold the account."""

VALUE = re.compile(r"[\w.:-]{3,64}")
IN_PATH = re.compile(r"(?=[A-Z-]*\d)[A-Z]{2,}[A-Z0-9-]{2,20}")
"""An account, and one that stands in a path: `/merchant/AB-1204/pay`."""

PLACEHOLDERS = frozenset(("null", "none", "undefined", "true", "false", "test", "demo", "default", "main", "site", "web"))
"""What holds no account: what names a setting, or is left behind by a script."""

RUNS = frozenset(("document", "script", "xhr", "fetch"))
MOST = 20
"""Accounts kept of one page."""


@dataclass(frozen=True, slots=True)
class CashierAccount:
    """Finds accounts in hidden fields and in addresses of payment providers."""

    name: str = "cashier_account"
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:
        """Forms, then frames, scripts and requests: the provider's host, a space, the account."""
        if facts_of(page).takes_deposits:
            yield from islice(_accounts(page, reference), MOST)


def _accounts(page: Page, reference: Reference) -> Iterator[Finding]:
    tables = tables_of(reference)
    own, common, providers = facts_of(page).own, tables.common, tables.hosts
    for form in page.forms:
        host = host_of(form.action)
        if host and not same_site(host, own) and not is_below(host, common):
            payee = next((name for name in with_parents(host) if name in providers), host)
            accounts = (*_named(form.hidden), *_named(parameters_of(form.action)), *(_in_path(form.action) if payee in providers else ()))
            yield from (_found(payee, account, f"{account} in a form to {form.action}", None) for account in accounts)
    for where, address, request in _addresses(page):
        if known := next((name for name in with_parents(host_of(address)) if name in providers), ""):
            accounts = (*_named(parameters_of(address)), *_in_path(address))
            yield from (_found(known, account, f"{where}: {address}", request) for account in accounts)


def _named(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Accounts among names and values."""
    for name, value in fields:
        if ACCOUNT.fullmatch(name) and VALUE.fullmatch(value) and value.lower() not in PLACEHOLDERS:
            yield value


def _in_path(address: str) -> Iterator[str]:
    """Accounts among the segments of a provider's address."""
    path = address.partition("?")[0].partition("#")[0]
    yield from (segment for segment in path.split("/")[3:12] if IN_PATH.fullmatch(segment))


def _addresses(page: Page) -> Iterator[tuple[str, str, SeenRequest | None]]:
    yield from (("frame", address, None) for address in page.frames)
    yield from (("script", address, None) for address in page.scripts)
    yield from ((f"request ({one.kind})", one.url, one) for one in page.requests if one.kind in RUNS)


def _found(payee: str, account: str, quote: str, request: SeenRequest | None) -> Finding:
    return Finding(
        kind=EvidenceKind.IDENTIFIER,
        subject=SUBJECT,
        value=clean(f"{payee} {account}"),
        strength=Strength.STRONG,
        quote=clean(quote),
        request=request,
    )
