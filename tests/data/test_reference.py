"""The shipped reference tables can be trusted: they load, say where each fact is from, and contradict neither the door nor one another."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from blocklist.guard import TENANTS_ARE_PATHS, Guard
from casefile.hostname import Door, SuffixKind
from casefile.records import Scope
from casefile.reference import Reference, load_reference

FOLDER = Path(__file__).resolve().parents[2] / "data" / "reference"

TENANTS_ARE_NAMES = {"user-content", "site-builder", "blog-host", "app-link", "forum", "dynamic-dns"}
"""Kinds of shared host whose tenants a guard on the parent would protect; in the other kinds (`TENANTS_ARE_PATHS`) it harms nobody."""

ORDINARY_NAMES = [
    "camelbet.example",
    "caramelbetter.test",
    "magazino.example",
    "mustardandco.example",
    "xbetservices.com",
    "alphabetcity.example",
    "climaxbetter.test",
    "twinline.example",
    "marathon.example",
    "admiralteyskaya.example",
    "stakeholders.example",
    "champions.example",
    "volna.example",
    "leonardo.example",
    "olimpiada.example",
    "fontbettering.example",
    "onlinebet.example",
    "21winters.example",
    "11wing.example",
    "pinupgrade.example",
    "sultan.example",
    "casinoxample.test",
    "pokerdomination.example",
    "zenitbetonnyy.example",
]
"""Names that hold the letters of a brand inside an ordinary word."""


@pytest.fixture(scope="module")
def tables() -> Reference:
    return load_reference([FOLDER])


@pytest.fixture(scope="module")
def real_door() -> Door:
    return Door()


def test_every_table_has_rows(tables: Reference) -> None:
    sizes = {name: len(getattr(tables, name)) for name in ("providers", "licensed", "guarded", "shared_hosts", "brands")}
    assert sizes["guarded"] >= 300
    assert min(sizes.values()) >= 8, sizes


def test_every_date_is_a_day_that_has_been(tables: Reference) -> None:
    for row in (*tables.providers, *tables.licensed, *tables.guarded, *tables.shared_hosts, *tables.brands):
        assert date(2020, 1, 1) <= date.fromisoformat(row.date) <= date(2026, 11, 21), row


def test_every_host_is_stored_as_the_door_gives_it(tables: Reference, real_door: Door) -> None:
    hosts = [row.pattern for row in tables.providers if row.how == "host"]
    hosts += [row.name for row in (*tables.guarded, *tables.shared_hosts)] + [row.domain for row in tables.licensed]
    for name in hosts:
        parsed = real_door.parse(name)
        assert parsed.name == name
        assert parsed.kind in (SuffixKind.ICANN, SuffixKind.PRIVATE), f"{name} lies under no known suffix"


def test_no_fact_is_told_twice(tables: Reference) -> None:
    keys = {
        "providers": [(row.how, row.pattern.casefold()) for row in tables.providers],
        "licensed": [(row.domain, row.licence) for row in tables.licensed],
        "guarded": [row.name for row in tables.guarded],
        "shared_hosts": [row.name for row in tables.shared_hosts],
        "brands": [row.brand for row in tables.brands],
    }
    for table, found in keys.items():
        assert [key for key, times in Counter(found).items() if times > 1] == [], table


def test_a_provider_is_matched_by_host_or_by_words(tables: Reference) -> None:
    for row in tables.providers:
        assert row.how in ("host", "words"), row
        assert row.pattern.strip() == row.pattern, row
        assert len(row.pattern) >= 4, f"{row} would match by chance"


def test_licence_numbers_are_eight_digits_or_not_known(tables: Reference) -> None:
    for row in tables.licensed:
        assert re.fullmatch(r"(?:\d{8})?", row.licence), row


def test_a_licence_that_was_not_seen_says_so(tables: Reference) -> None:
    for row in tables.licensed:
        assert row.licence or re.search("UNVERIFIED|weak|not seen", row.source), row


def test_every_kind_of_shared_host_says_whether_tenants_are_names_or_paths(tables: Reference) -> None:
    assert {row.kind for row in tables.shared_hosts} == TENANTS_ARE_NAMES | TENANTS_ARE_PATHS
    assert not TENANTS_ARE_NAMES & TENANTS_ARE_PATHS


def test_a_host_that_the_public_suffix_list_gives_tenants_below_is_not_one_of_paths(tables: Reference, real_door: Door) -> None:
    below = {".".join(labels[cut:]) for labels in (rule.split(".") for rule in real_door.suffixes()) for cut in range(len(labels))}
    assert [row.name for row in tables.shared_hosts if row.kind in TENANTS_ARE_PATHS and row.name in below] == []


def test_no_name_is_both_guarded_and_shared_unless_tenants_are_paths(tables: Reference) -> None:
    guarded = {row.name for row in tables.guarded}
    both = {row.name: row.kind for row in tables.shared_hosts if row.name in guarded}
    assert both and {name: kind for name, kind in both.items() if kind not in TENANTS_ARE_PATHS} == {}


def test_guards_leave_the_tenants_of_shared_hosts_alone(tables: Reference, real_door: Door) -> None:
    guard = Guard(tables, real_door)
    tenants = [real_door.parse(f"casino-x.{row.name}") for row in tables.shared_hosts if row.kind in TENANTS_ARE_NAMES]
    refused = {host.name: guard.refusal(host, Scope.EXACT) for host in tenants if not host.is_suffix}
    assert {name: refusal for name, refusal in refused.items() if refusal} == {}


def test_what_others_blocked_by_mistake_is_guarded(tables: Reference) -> None:
    names = {row.name for row in (*tables.guarded, *tables.shared_hosts)}
    assert names >= {
        "drive.usercontent.google.com",
        "nsupdate.info",
        "eu.org",
        "gstatic.com",
        "xbetservices.com",
        "derstandard.at",
        "i.ibb.co",
    }


def test_brand_patterns_compile_and_match_no_ordinary_name(tables: Reference) -> None:
    ordinary = [*ORDINARY_NAMES, *(row.name for row in (*tables.guarded, *tables.shared_hosts))]
    for row in tables.brands:
        pattern = re.compile(row.pattern)
        assert row.pattern.isascii(), f"{row.brand}: host names are ASCII"
        assert [name for name in ordinary if pattern.search(name)] == [], row.brand


def test_brand_patterns_match_the_names_they_are_for(tables: Reference) -> None:
    patterns = {row.brand: re.compile(row.pattern) for row in tables.brands}
    for brand, name in (
        ("pin-up", "pin-upwin.kz"),
        ("mostbet", "mostbet1.kz"),
        ("1xbet", "1xbet-casino-bd.com"),
        ("1win", "1win-casino777.com"),
        ("melbet", "mel-bet-kz.com"),
        ("azino777", "azino777-casino.site"),
        ("sultan games", "1.sultan-games-kz.com"),
        ("olimp", "olimpbet-casino-kz.com"),
    ):
        assert patterns[brand].search(name), name


def test_every_licensed_kazakh_bookmaker_is_under_kz(tables: Reference) -> None:
    assert {row.domain for row in tables.licensed if not row.domain.endswith((".kz", ".xn--80ao21a"))} == set()
