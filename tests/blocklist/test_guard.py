"""The never-list: what it refuses, by which rule, and what it lets pass."""

from pathlib import Path

import pytest

from blocklist.guard import Guard
from casefile.errors import UsageError
from casefile.hostname import Door
from casefile.records import Scope
from casefile.reference import GuardedName, Reference, load_reference

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "reference"
BOTH = (Scope.EXACT, Scope.SUBDOMAINS)


@pytest.mark.parametrize(
    ("name", "scopes", "rule"),
    [
        ("com.kz", BOTH, "public-suffix"),
        ("co.uk", BOTH, "public-suffix"),
        ("github.io", BOTH, "public-suffix"),
        ("blogspot.com", BOTH, "public-suffix"),
        ("kz.example", BOTH, "public-suffix"),
        ("casino.github.io", (Scope.SUBDOMAINS,), "shared-host"),
        ("linkpage.example", BOTH, "shared-host"),
        ("casino.linkpage.example", (Scope.SUBDOMAINS,), "shared-host"),
        ("sites.cloud.example", BOTH, "shared-host"),
        ("cloud.example", (Scope.SUBDOMAINS,), "guarded"),
        ("honestbet.example", BOTH, "licensed-operator"),
        ("www.honestbet.example", BOTH, "licensed-operator"),
        ("m.app.honestbet.example", BOTH, "licensed-operator"),
        ("bank.example", BOTH, "guarded"),
        ("pay.bank.example", BOTH, "guarded"),
        ("portal.example", (Scope.SUBDOMAINS,), "guarded"),
        ("login.portal.example", BOTH, "guarded"),
        ("gov.kz", BOTH, "public-suffix"),
        ("akimat.gov.kz", BOTH, "kz-government"),
        ("old.akimat.gov.kz", BOTH, "kz-government"),
        ("unit.mil.kz", BOTH, "kz-government"),
        ("school.edu.kz", BOTH, "kz-education"),
        ("casino.nosuchtld", BOTH, "reserved-name"),
    ],
)
def test_refused_by_its_rule(guard: Guard, door: Door, name: str, scopes: tuple[Scope, ...], rule: str) -> None:
    for scope in BOTH:
        refusal = guard.refusal(door.parse(name), scope)
        assert (refusal.rule if refusal else "") == (rule if scope in scopes else "")
        assert refusal is None or name.rpartition(".")[2] in refusal.text


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("casino.example", Scope.SUBDOMAINS),
        ("www.casino.example", Scope.EXACT),
        ("casino.kz.example", Scope.SUBDOMAINS),
        ("casino.github.io", Scope.EXACT),
        ("www.casino.github.io", Scope.EXACT),
        ("casino.linkpage.example", Scope.EXACT),
        ("casino.sites.cloud.example", Scope.EXACT),
        ("casino.com.kz", Scope.SUBDOMAINS),
        ("notbank.example", Scope.SUBDOMAINS),
        ("gov-kz.example", Scope.SUBDOMAINS),
    ],
)
def test_allowed_and_never_widened(guard: Guard, door: Door, name: str, scope: Scope) -> None:
    host = door.parse(name)
    assert guard.scope_for(host) is scope
    assert guard.refusal(host, scope) is None


def test_reserved_names_are_listed_only_where_the_configuration_says_so(reference: Reference) -> None:
    guard = Guard(reference, Door())
    for name in ("casino.example", "casino.test"):
        refusal = guard.refusal(guard.door.parse(name), Scope.EXACT)
        assert refusal is not None and refusal.rule == "reserved-name"
    assert guard.with_suffixes(("example",)).refusal(Door(("example",)).parse("casino.example"), Scope.EXACT) is None


def test_nothing_in_the_shipped_tables_can_be_listed() -> None:
    guard = Guard(load_reference([SHIPPED]), Door())
    facts = guard.reference
    names = [one.name for one in (*facts.guarded, *facts.shared_hosts)] + [one.domain for one in facts.licensed]
    assert len(names) > 500
    for name in names:
        for scope in BOTH:
            assert guard.refusal(guard.door.parse(name), scope), name


def test_a_broken_table_is_an_error_and_not_a_hole(reference: Reference, door: Door) -> None:
    broken = Reference(
        providers=(), licensed=(), guarded=(GuardedName(name="bank..example", kind="bank", source="x", date="x"),), shared_hosts=(), brands=(),
        link_words=(),
    )  # fmt: skip
    with pytest.raises(UsageError, match="correct the table"):
        Guard(broken, door)
