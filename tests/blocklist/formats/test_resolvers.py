"""The formats that resolvers and proxies load: what each says of a name, and what it leaves to another line or leaves out."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from blocklist.content import Listed
from blocklist.formats import (
    Format,
    adblock,
    dnsmasq,
    dnsmasq_redirect,
    dnsmasq_servers,
    domains,
    haproxy_exact,
    haproxy_suffix,
    hosts,
    nginx,
    rpz,
    rpz_redirect,
    squid,
    suricata,
    unbound,
    wildcards,
)
from casefile.records import Scope
from tests.blocklist.formats.samples import SMALL, content, line
from tests.conftest import require

ZONES = (rpz, rpz_redirect)
PRUNED = (rpz, rpz_redirect, unbound, dnsmasq, dnsmasq_redirect, dnsmasq_servers, squid)
COVER = content(line("a.example", Scope.SUBDOMAINS))
ALONE = content(line("a.example"))


def body(form: Format, name: str = "a.example", *, scope: Scope) -> list[str]:
    """The lines that a format writes for one name."""
    return [text for text in form.write(content(line(name, scope))).decode().splitlines() if name in text]


@pytest.mark.parametrize(
    ("form", "covering", "exact"),
    [
        (wildcards, ["a.example", "*.a.example"], ["a.example"]),
        (rpz, ["a.example CNAME .", "*.a.example CNAME ."], ["a.example CNAME ."]),
        (
            rpz_redirect,
            ["a.example CNAME blocked.mirrorwatch.example.", "*.a.example CNAME blocked.mirrorwatch.example."],
            ["a.example CNAME blocked.mirrorwatch.example."],
        ),
        (
            unbound,
            ['local-zone: "a.example." always_nxdomain'],
            ['local-zone: "a.example." transparent', "local-data: 'a.example. 300 IN TXT blocked'"],
        ),
        (dnsmasq, ["local=/a.example/"], ["local=/a.example/", "server=/*.a.example/#"]),
        (
            dnsmasq_redirect,
            ["local=/a.example/", "address=/a.example/192.0.2.1"],
            ["local=/a.example/", "address=/a.example/192.0.2.1", "server=/*.a.example/#"],
        ),
        (dnsmasq_servers, ["server=/a.example/"], ["server=/a.example/", "server=/*.a.example/#"]),
        (squid, [".a.example"], ["a.example"]),
        (haproxy_exact, ["a.example"], ["a.example"]),
        (haproxy_suffix, [".a.example"], []),
        (nginx, [".a.example 1;"], ["a.example 1;"]),
        (adblock, ["||a.example^"], ["|http://a.example^", "|https://a.example^"]),
        (hosts, ["0.0.0.0 a.example", ":: a.example"], ["0.0.0.0 a.example", ":: a.example"]),
        (domains, ["a.example"], ["a.example"]),
    ],
    ids=lambda value: getattr(value, "NAME", ""),
)
def test_what_is_written_for_a_name(form: Format, covering: list[str], exact: list[str]) -> None:
    assert body(form, scope=Scope.SUBDOMAINS) == covering
    assert body(form, scope=Scope.EXACT) == exact


@pytest.mark.parametrize("form", PRUNED, ids=lambda form: form.NAME)
def test_a_name_under_one_that_covers_it_is_left_to_that_one(form: Format) -> None:
    said = content(line("p.example", Scope.SUBDOMAINS), line("ok.p.example"), line("x.y.p.example", Scope.SUBDOMAINS), line("ap.example"))
    assert [one.name for one in form.view(said)] == ["ap.example", "p.example"]
    assert form.left_out(said) == ()


@pytest.mark.parametrize("form", PRUNED, ids=lambda form: form.NAME)
def test_a_name_under_an_exact_one_stays(form: Format) -> None:
    said = content(line("p.example"), line("ok.p.example", Scope.SUBDOMAINS), line("x.p.example"))
    assert [one.name for one in form.view(said)] == ["ok.p.example", "p.example", "x.p.example"]


@pytest.mark.parametrize("form", ZONES, ids=lambda form: form.NAME)
def test_a_zone_leaves_out_what_is_too_long_for_it_and_says_so(form: Format) -> None:
    origin = "rpz.mirrorwatch.example"
    longest = name_of(253 - len(origin) - 1, "d")
    widest = name_of(253 - len(origin) - 3, "e")
    over, too_wide = name_of(len(longest) + 1, "f"), name_of(len(widest) + 1, "g")
    said = content(
        line(longest), line(over), line(widest, Scope.SUBDOMAINS), line(too_wide, Scope.SUBDOMAINS), line("ok.example", Scope.SUBDOMAINS)
    )
    assert form.view(said) == (Listed(longest, Scope.EXACT), Listed(widest, Scope.SUBDOMAINS), Listed("ok.example", Scope.SUBDOMAINS))
    assert form.left_out(said) == (over, too_wide)
    assert form.read(form.write(said)) == form.view(said)
    assert {one.name for one in domains.read(domains.write(said))} == {one.name for one in said.lines}


def name_of(length: int, letter: str) -> str:
    """A name of so many characters."""
    front = ".".join([letter * 63] * 3)
    return f"{front}.{letter * (length - len(front) - 9)}.example"


def test_a_name_under_one_too_long_for_the_zone_is_left_out_with_it_and_one_that_is_covered_is_not() -> None:
    parent, child = "p" * 20 + ".example", "a." + "p" * 20 + ".example"
    said = content(line(parent, Scope.SUBDOMAINS), line(child), origin=name_of(255 - len(parent) - 5, "o"))
    assert (rpz.view(said), rpz.left_out(said)) == ((Listed(parent, Scope.SUBDOMAINS),), ())
    said = content(line(parent, Scope.SUBDOMAINS), line(child, Scope.SUBDOMAINS), origin=name_of(255 - len(parent) - 5, "o"))
    assert (rpz.view(said), rpz.left_out(said)) == ((Listed(parent, Scope.SUBDOMAINS),), ())
    said = content(line(parent, Scope.SUBDOMAINS), line(child), origin=name_of(255 - len(parent) - 4, "o"))
    assert (rpz.view(said), rpz.left_out(said)) == ((), (child, parent))


@pytest.mark.parametrize("form", ZONES, ids=lambda form: form.NAME)
def test_bind_accepts_the_zone(form: Format, tmp_path: Path) -> None:
    require(shutil.which("named-checkzone"), "no named-checkzone: apt-get install bind9-utils")
    (tmp_path / "zone").write_bytes(form.write(SMALL))
    checked = subprocess.run(
        ["named-checkzone", "-D", SMALL.origin, tmp_path / "zone"], capture_output=True, text=True, check=False, timeout=30
    )
    assert checked.returncode == 0, checked.stderr
    rows = [row.split() for row in checked.stdout.splitlines()]
    blocked = {row[0]: row[4] for row in rows if row[3] == "CNAME"}
    wanted = {"casino-1.example", "*.casino-1.example", "www.casino-2.example", "xn--80aswg.example", "*.xn--80aswg.example"}
    assert set(blocked) == {f"{name}.{SMALL.origin}." for name in wanted}
    assert set(blocked.values()) == {"." if form is rpz else "blocked.mirrorwatch.example."}
    assert next(row for row in rows if row[3] == "SOA")[6] == str(SMALL.serial)


@pytest.mark.parametrize(
    "target", ["rpz-passthru.", "rpz-drop.", "rpz-tcp-only.", "*.", ".", "a_b.example.", "a.example", "192.0.2.1.", "*.b.example."]
)
def test_a_redirect_leads_to_a_host_only(target: str) -> None:
    data = rpz_redirect.write(COVER).replace(b"blocked.mirrorwatch.example.", target.encode())
    with pytest.raises(ValueError, match="line 5"):
        rpz_redirect.read(data)


def test_all_redirects_lead_to_the_same_host() -> None:
    data = rpz_redirect.write(SMALL)
    with pytest.raises(ValueError, match="line"):
        rpz_redirect.read(data.replace(b"www.casino-2.example CNAME blocked.", b"www.casino-2.example CNAME other."))
    whole = dnsmasq_redirect.write(SMALL)
    with pytest.raises(ValueError, match="line"):
        dnsmasq_redirect.read(whole.replace(b"/www.casino-2.example/192.0.2.1", b"/www.casino-2.example/192.0.2.2"))


@pytest.mark.parametrize("address", ["192.0.2", "192.0.2.1#53", "#", "2001:db8::1", "", "192.0.2.001", "0x0a000001"])
def test_a_redirect_leads_to_an_ipv4_address_only(address: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        dnsmasq_redirect.read(dnsmasq_redirect.write(replace(COVER, block_address=address)))


@pytest.mark.parametrize("form", [hosts, domains, suricata, haproxy_exact], ids=lambda form: form.NAME)
def test_a_file_that_has_no_word_for_subdomains_holds_every_name(form: Format) -> None:
    assert [one.name for one in form.view(SMALL)] == [one.name for one in SMALL.lines]
    assert {one.scope for one in form.view(SMALL)} == {Scope.EXACT}


def test_the_haproxy_pair_says_together_what_the_list_says() -> None:
    exact, suffix = haproxy_exact.view(SMALL), haproxy_suffix.view(SMALL)
    assert {one.name for one in exact} == {one.name for one in SMALL.listed}
    assert set(suffix) == {one for one in SMALL.listed if one.scope is Scope.SUBDOMAINS}
