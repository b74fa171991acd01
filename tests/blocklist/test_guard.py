"""The never-list: what it refuses, by which rule, and what it lets pass."""

import gzip
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blocklist.guard import Guard
from blocklist.policy import Policy
from blocklist.popular import Popular, import_popular, load
from blocklist.selection import select, what_stays
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Door, Hostname
from casefile.progress import Silent
from casefile.records import Action, Clock, Decision, Scope
from casefile.reference import GuardedName, Reference, SharedHost, load_reference
from tests.blocklist.conftest import Desk

NEVER = Path(__file__).resolve().parents[1] / "cases" / "never"
NEVER_SIZES = {"public-suffixes": 30, "top-sites": 50, "kazakhstan": 20, "licensed": 20, "infrastructure": 30, "roots": 10, "triggers": 18}
"""Row G5 of the fault table: what may never come out, by file."""

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
        ("cloud.example", (Scope.SUBDOMAINS,), "shared-host"),
        ("honestbet.example", BOTH, "licensed-operator"),
        ("www.honestbet.example", BOTH, "licensed-operator"),
        ("m.app.honestbet.example", BOTH, "licensed-operator"),
        ("bank.example", BOTH, "bank"),
        ("pay.bank.example", BOTH, "bank"),
        ("portal.example", (Scope.SUBDOMAINS,), "government"),
        ("login.portal.example", BOTH, "government"),
        ("gov.kz", BOTH, "public-suffix"),
        ("akimat.gov.kz", BOTH, "government"),
        ("old.akimat.gov.kz", BOTH, "government"),
        ("unit.mil.kz", BOTH, "government"),
        ("school.edu.kz", BOTH, "education"),
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


@pytest.mark.parametrize(
    ("name", "exact", "tree"),
    [
        ("page.site.example", "own-name", "own-name"),
        ("www.page.site.example", "own-name", "own-name"),
        ("site.example", "", "own-name"),
        ("other.site.example", "", ""),
        ("otherpage.site.example", "", ""),
        ("rpz.example", "own-name", "own-name"),
        ("www.rpz.example", "own-name", "own-name"),
    ],
)
def test_the_names_of_the_list_itself_are_guarded(reference: Reference, door: Door, guard: Guard, name: str, exact: str, tree: str) -> None:
    own = Guard(reference, door, own=("rpz.example", "page.site.example"))
    host = door.parse(name)
    for one in (own, own.with_suffixes(("example", "test")), guard.with_own(own.own)):
        found = [one.refusal(host, scope) for scope in (Scope.EXACT, Scope.SUBDOMAINS)]
        assert [refusal.rule if refusal else "" for refusal in found] == [exact, tree]
    assert guard.refusal(host, Scope.SUBDOMAINS) is None and own.with_own(()).refusal(host, Scope.SUBDOMAINS) is None


def test_a_canary_that_is_an_entry_is_said_before_anything_is_written(desk: Desk) -> None:
    desk.approved("shop.example")
    desk.publish()
    for own in ((), ("shop.example",)):
        desk.a_moment_later()
        desk.guard = desk.guard.with_own(own)
        desk.policy = replace(desk.policy, canary="shop.example")
        desk.approved(f"other{len(own)}.example")
        with pytest.raises(UsageError, match=r"the canary shop\.example is an entry of the list: name another"):
            desk.publish()
    desk.guard, desk.policy = desk.guard.with_own(()), Policy()
    assert desk.publish() is not None


def test_what_was_listed_leaves_once_it_would_take_a_name_of_the_list_with_it(desk: Desk) -> None:
    desk.approved("site.example", "other.example")
    desk.publish()
    desk.guard = desk.guard.with_own(("page.site.example",))
    desk.a_moment_later()
    found = what_stays(desk.case, desk.guard, desk.policy, clock=desk.clock)
    assert [(one.entry.host.name, one.reason) for one in found.leaving] == [("site.example", "guarded by the rule own-name")]


def never(name: str) -> list[tuple[str, str]]:
    """Rule and text of a file of names that may never come out."""
    lines = (NEVER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [(rule, text) for rule, _, text in (line.partition("\t") for line in lines if not line.startswith("#"))]


@pytest.fixture(scope="module")
def shipped() -> Guard:
    return Guard(load_reference([SHIPPED]), Door())


def parsed(door: Door, texts: list[str]) -> list[Hostname]:
    """Those of `texts` that are host names."""
    hosts = []
    for text in texts:
        with suppress(HostnameRefused):
            hosts.append(door.parse(text))
    return hosts


@pytest.mark.parametrize("name", NEVER_SIZES)
def test_the_never_cases_are_all_there(name: str) -> None:
    assert len(dict.fromkeys(never(name))) == NEVER_SIZES[name]


@pytest.mark.parametrize(("rule", "text"), [case for name in NEVER_SIZES for case in never(name)])
def test_never_listed_and_the_rule_says_why(shipped: Guard, rule: str, text: str) -> None:
    refusal = shipped.refusal_of(text)
    assert refusal is not None and refusal.rule == rule
    for host in parsed(shipped.door, [text]):
        assert {one.rule for scope in BOTH if (one := shipped.refusal(host, scope))} == {rule}


def test_what_may_never_be_listed_is_not_selected_even_where_an_approval_got_into_the_case_file(desk: Desk, shipped: Guard) -> None:
    texts = [text for name in NEVER_SIZES for _, text in never(name)]
    rules = {text: rule for name in NEVER_SIZES for rule, text in never(name)}
    hosts = parsed(shipped.door, texts)
    assert len(hosts) == 150
    for host in hosts:
        desk.found(host.name)
    desk.case.add(
        Decision(host=host, action=Action.APPROVE, analyst="A. Analyst", note="past the review", decided_at=desk.clock()) for host in hosts
    )
    chosen = select(desk.case, shipped, desk.policy, clock=desk.clock)
    assert chosen.entries == ()
    assert {left.host.name: left.rule for left in chosen.left_out} == {host.name: rules[host.name] for host in hosts}


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


def test_a_kind_that_is_no_word_is_an_error() -> None:
    broken = Reference(
        providers=(), licensed=(), guarded=(GuardedName(name="bank.com", kind="bank\x1b[2J", source="x", date="x"),), shared_hosts=(),
        brands=(), link_words=(),
    )  # fmt: skip
    with pytest.raises(UsageError, match=r"bank\.com the kind .*correct the table"):
        Guard(broken, Door())


def test_the_nearest_of_guarded_and_shared_names_counts(door: Door) -> None:
    dated = {"source": "invented", "date": "2026-11-01"}
    facts = Reference(
        providers=(), licensed=(), brands=(), link_words=(),
        guarded=(
            GuardedName(name="cloud.example", kind="cloud", **dated),
            GuardedName(name="pictures.sites.cloud.example", kind="cdn", **dated),
        ),
        shared_hosts=(SharedHost(name="sites.cloud.example", kind="user-content", **dated),),
    )  # fmt: skip
    guard = Guard(facts, door)
    rules = {
        name: refusal.rule if (refusal := guard.refusal(door.parse(name), Scope.EXACT)) else ""
        for name in (
            "cloud.example",
            "api.cloud.example",
            "sites.cloud.example",
            "casino.sites.cloud.example",
            "a.pictures.sites.cloud.example",
        )
    }
    assert rules == {
        "cloud.example": "cloud",
        "api.cloud.example": "cloud",
        "sites.cloud.example": "shared-host",
        "casino.sites.cloud.example": "",
        "a.pictures.sites.cloud.example": "cdn",
    }


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("casino-x.s3.eu-west-1.amazonaws.com", ""),
        ("x.database.windows.net", "cloud"),
        ("casino-x.blob.core.windows.net", ""),
        ("casino-x.eastus.cloudapp.azure.com", ""),
        ("management.azure.com", "cloud"),
        ("sqs.us-east-1.amazonaws.com", "cloud"),
        ("e1.a.akamaiedge.net", "cdn"),
    ],
)
def test_a_clouds_guard_ends_at_its_tenants_and_a_cdns_does_not(shipped: Guard, name: str, rule: str) -> None:
    refusal = shipped.refusal(shipped.door.parse(name), Scope.EXACT)
    assert (refusal.rule if refusal else "") == rule


TOP = ("games.example", "tenant.builder.example", "builder.example", "casino.github.io", "a.b.deep.example", "github.io")


@pytest.fixture(scope="module")
def top_list(tmp_path_factory: pytest.TempPathFactory) -> Popular:
    """An imported top list whose first names are `TOP`."""
    folder = tmp_path_factory.mktemp("top")
    names = [*TOP, *(f"site{number}.com" for number in range(1_000))]
    (folder / "top.csv").write_text("".join(f"{rank},{name}\n" for rank, name in enumerate(names, 1)))
    import_popular(folder, folder / "top.csv", clock=lambda: datetime(2026, 11, 20, tzinfo=UTC), progress=Silent())
    found = load(folder)
    assert found is not None
    return found


@pytest.fixture
def topped(reference: Reference, door: Door, top_list: Popular) -> Guard:
    """The invented never-list with that top list."""
    return Guard(reference, door, top_list)


@pytest.mark.parametrize(
    ("name", "exact", "tree"),
    [
        ("games.example", "popular", "popular"),
        ("www.games.example", "popular", "popular"),
        ("othergames.example", "", ""),
        ("casino.builder.example", "", "shared-host"),
        ("tenant.builder.example", "popular", "popular"),
        ("www.tenant.builder.example", "popular", "popular"),
        ("casino.github.io", "popular", "popular"),
        ("www.casino.github.io", "popular", "popular"),
        ("other.github.io", "", "shared-host"),
        ("a.b.deep.example", "popular", "popular"),
        ("x.a.b.deep.example", "popular", "popular"),
        ("b.deep.example", "", "popular"),
        ("deep.example", "", "popular"),
        ("site7.com", "popular", "popular"),
    ],
)
def test_a_host_is_as_popular_as_its_registrable_name_and_a_tenant_only_as_itself(topped: Guard, name: str, exact: str, tree: str) -> None:
    host = topped.door.parse(name)
    found = [topped.refusal(host, scope) for scope in BOTH]
    assert [refusal.rule if refusal else "" for refusal in found] == [exact, tree]


def test_a_popular_name_is_refused_with_rank_and_date(topped: Guard) -> None:
    refusal = topped.refusal(topped.door.parse("www.site7.com"), Scope.EXACT)
    assert refusal is not None
    assert refusal.text == "www.site7.com is popular: site7.com has rank 14 in the top list imported on 2026-11-20 (top.csv)"
    assert topped.with_suffixes(("test",)).refusal(Door(("test",)).parse("www.site7.com"), Scope.EXACT) == refusal


def test_none_of_the_popular_names_of_the_founders_can_be_listed_once_imported(shared: Path, clock: Clock, tmp_path: Path) -> None:
    listed = shared / "corpus" / "domains" / "popular.txt.gz"
    done = import_popular(tmp_path, listed, clock=clock, progress=Silent())
    assert done.count > 120_000
    guard = Guard(load_reference([SHIPPED]), Door(), load(tmp_path))
    names = gzip.decompress(listed.read_bytes()).decode().split()
    assert [name for name in names if guard.refusal_of(name) is None] == []
    assert [host.name for host in parsed(guard.door, names) if not guard.refusal(host, Scope.EXACT)] == []
