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
        ("casino.linkpage.example", BOTH, "shared-host"),
        ("www.linkpage.example", BOTH, "shared-host"),
        ("builder.example", BOTH, "shared-host"),
        ("casino.builder.example", (Scope.SUBDOMAINS,), "shared-host"),
        ("www.builder.example", BOTH, "shared-host"),
        ("m.builder.example", BOTH, "shared-host"),
        ("eu.login.builder.example", BOTH, "shared-host"),
        ("api.sites.cloud.example", BOTH, "shared-host"),
        ("www.uk.com", BOTH, "shared-host"),
        ("sendai.jp", (Scope.SUBDOMAINS,), "public-suffix"),
        ("hedmark.no", (Scope.SUBDOMAINS,), "public-suffix"),
        ("scw.cloud", (Scope.SUBDOMAINS,), "public-suffix"),
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
        ("casino.builder.example", Scope.EXACT),
        ("www.casino.builder.example", Scope.EXACT),
        ("wwwcasino.builder.example", Scope.EXACT),
        ("city.kobe.jp", Scope.SUBDOMAINS),
        ("www.com.kz", Scope.SUBDOMAINS),
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


def test_no_name_above_a_suffix_rule_can_be_listed_with_its_subdomains() -> None:
    guard = Guard(load_reference([SHIPPED]), Door())
    rules = guard.door.suffixes()
    above = {".".join(labels[cut:]) for labels in (rule.split(".") for rule in rules) for cut in range(1, len(labels) - 1)}
    assert len(above) > 500 and {"kobe.jp", "amazonaws.com.cn", "on.aws"} <= above
    assert [name for name in above if "*" not in name and not guard.refusal(guard.door.parse(name), Scope.SUBDOMAINS)] == []


@pytest.mark.parametrize("label", ["www", "m", "login", "api", "mail", "account", "cdn", "support"])
def test_no_service_of_a_shipped_shared_host_can_be_listed(label: str) -> None:
    guard = Guard(load_reference([SHIPPED]), Door())
    names = [f"{label}.{one.name}" for one in guard.reference.shared_hosts]
    assert [name for name in names if not guard.refusal(guard.door.parse(name), Scope.EXACT)] == []


@pytest.mark.parametrize("host", ["tumblr.com", "livejournal.com", "medium.com", "sharepoint.com", "onelink.me", "carrd.co", "wixsite.com"])
def test_a_tenant_with_a_name_of_its_own_can_be_listed_by_exact_name(host: str) -> None:
    guard = Guard(load_reference([SHIPPED]), Door())
    tenant = guard.door.parse(f"casino-x.{host}")
    assert guard.scope_for(tenant) is Scope.EXACT
    assert guard.refusal(tenant, Scope.EXACT) is None
    assert guard.refusal(tenant, Scope.SUBDOMAINS) is not None


def test_a_broken_table_is_an_error_and_not_a_hole(reference: Reference, door: Door) -> None:
    broken = Reference(
        providers=(), licensed=(), guarded=(GuardedName(name="bank..example", kind="bank", source="x", date="x"),), shared_hosts=(), brands=(),
        link_words=(),
    )  # fmt: skip
    with pytest.raises(UsageError, match="correct the table"):
        Guard(broken, door)
