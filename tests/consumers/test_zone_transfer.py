"""A BIND that has the list pushed to it: primary and secondary as docs/operator.md and docs/isp.md say, NOTIFY, IXFR and TSIG between two real ones."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import dns.query
import dns.tsig
import dns.tsigkeyring
import dns.xfr
import dns.zone
import pytest

from blocklist.content import Listed
from blocklist.formats import rpz
from tests.conftest import require
from tests.consumers import documented
from tests.consumers.asking import ask, ask_all
from tests.consumers.documented import ORIGIN, block
from tests.consumers.harness import an_empty_folder, await_answers, begin, free_ports, poll, program, run_script, stand_in, upstream
from tests.consumers.lists import CANARY, EXACT, SERIAL, SUBDOMAINS, content, made_up

OPERATOR = documented.ISP.with_name("operator.md")
COMMON = """
options {
  directory "%(folder)s"; pid-file "%(folder)s/named.pid"; session-keyfile "%(folder)s/session.key"; lock-file none;
  managed-keys-directory "%(folder)s"; listen-on port %(port)d { 127.0.0.1; }; listen-on-v6 { none; };
  dnssec-validation no; empty-zones-enable no; notify-rate 100; startup-notify-rate 100;
  %(options)s
};
logging { channel f { file "%(folder)s/named.log"; severity info; print-category yes; }; category default { f; }; };
"""
CONTROL = 'key "control" { algorithm hmac-sha256; secret "aW52ZW50ZWQgZm9yIGEgdGVzdCBvbmx5IQ=="; };'
ADDED, GONE = 1000, 10


def in_operator(name: str, places: dict[str, object]) -> str:
    """A block of docs/operator.md."""
    found = {one["name"]: one["text"] for one in documented.FENCE.finditer(OPERATOR.read_text(encoding="utf-8"))}[name]
    for mark, value in places.items():
        assert mark in found, f"block {name} of docs/operator.md says nothing of {mark}"
        found = found.replace(mark, str(value))
    return found


@dataclass
class Pair:
    """A primary that serves `releases/latest`, and the secondary at an ISP that asks it."""

    folder: Path
    port: int
    primary: int

    def release(self, names: tuple[Listed, ...], serial: int) -> None:
        """Write a release, switch `latest` to it, and tell the primary as the operator does."""
        self.write(names, serial)
        ran = run_script(in_operator("transfer-reload", {"/srv/mirrorwatch": self.folder}), self.folder)
        assert ran.returncode == 0, ran.stderr

    def write(self, names: tuple[Listed, ...], serial: int) -> None:
        place = self.folder / "releases" / str(serial)
        place.mkdir(parents=True)
        (place / rpz.NAME).write_bytes(rpz.write(content(names, serial)))
        os.utime(place / rpz.NAME, (0, 0))  # copied with its times from the machine that signs, long before the primary last loaded a zone
        link = self.folder / "releases" / "new"
        link.symlink_to(str(serial))
        link.rename(self.folder / "releases" / "latest")

    def said(self, who: str) -> str:
        """The log of `primary` or `secondary`."""
        return (self.folder / who / "named.log").read_text()

    @property
    def serial(self) -> str:
        """Of the list that the secondary holds."""
        return ask(self.port, ORIGIN, "SOA").records[0].split()[2]


TODAY = made_up(3000)
TOMORROW = tuple(
    sorted([*TODAY[GONE:], *(Listed(f"new-{number}.example", SUBDOMAINS if number % 2 else EXACT) for number in range(ADDED))])
)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    require(program("named") and program("tsig-keygen"), "needs BIND: apt-get install bind9 bind9-utils")
    with an_empty_folder() as folder, ExitStack() as running:
        port, primary, control = free_ports(3)
        made = Pair(folder, port, primary)
        made.write(TODAY, SERIAL)
        _rights(folder)
        _begin(made, running, "primary", {"192.0.2.53 key": f"127.0.0.1 port {port} key"}, control)
        server = running.enter_context(upstream())
        _begin(made, running, "secondary", {"192.0.2.1 key": f"127.0.0.1 port {primary} key"}, server)
        yield made


def _rights(folder: Path) -> None:
    """The key as the operator makes it; `chgrp` needs a group that only an installed BIND has."""
    stand_in(folder, "tsig-keygen", f'exec {program("tsig-keygen")} "$@"')
    stand_in(folder, "chgrp", 'test "$1" = bind')
    made = run_script(in_operator("transfer-key", {"/etc/bind": folder}), folder)
    assert made.returncode == 0, made.stderr


def _begin(pair: Pair, running: ExitStack, who: str, places: dict[str, object], number: int) -> None:
    place = pair.folder / who
    place.mkdir()
    places = places | {"/etc/bind": pair.folder, "/var/cache/bind": place}
    if who == "primary":
        zone, options, port = (
            in_operator("transfer-primary", places | {"/srv/mirrorwatch": pair.folder}),
            "recursion no; notify-delay 0;",
            pair.primary,
        )
        zone += f'{CONTROL}\ncontrols {{ inet 127.0.0.1 port {number} allow {{ 127.0.0.1; }} keys {{ "control"; }}; }};\n'
        (place / "rndc.conf").write_text(
            f'{CONTROL}\noptions {{ default-key "control"; default-server 127.0.0.1; default-port {number}; }};\n'
        )
        stand_in(pair.folder, "rndc", f'exec {program("rndc")} -c {place}/rndc.conf "$@"')
    else:
        zone, port = block("transfer-secondary", places) + "controls { };\n", pair.port
        options = block("transfer-options") + f"recursion yes; forwarders {{ 127.0.0.1 port {number}; }}; forward only;"
    (place / "named.conf").write_text(COMMON % {"folder": place, "port": port, "options": options} + zone)
    started = begin([program("named") or "", "-f", "-n", "1", "-c", place / "named.conf"], place)
    running.callback(started.end)
    if who == "secondary":
        await_answers(started, lambda: ask(port, CANARY.listed).rcode == "NXDOMAIN")
    else:
        await_answers(started, lambda: "running" in (pair.said(who) if (place / "named.log").exists() else ""))


def test_the_next_days_change_comes_by_notify_and_ixfr_and_nothing_is_unblocked_meanwhile(pair: Pair) -> None:
    leaves, comes = [one.name for one in TODAY[:GONE]], [one.name for one in TOMORROW if one not in TODAY]
    stays = [one.name for one in TOMORROW if one in TODAY and len(one.name) < 220][::20]
    assert all(answer.clean() for answer in ask_all(pair.port, comes[::50]).values())
    assert {answer.rcode for answer in ask_all(pair.port, leaves).values()} == {"NXDOMAIN"}
    pair.release(TOMORROW, SERIAL + 1)

    def arrived() -> bool:
        found = ask_all(pair.port, [*stays, comes[0], comes[-1], *leaves])
        assert {found[name].rcode for name in stays} == {"NXDOMAIN"}
        return {found[comes[0]].rcode, found[comes[-1]].rcode} == {"NXDOMAIN"} and all(found[name].clean() for name in leaves)

    assert poll(arrived)
    assert {answer.rcode for answer in ask_all(pair.port, comes).values()} == {"NXDOMAIN"}
    assert pair.serial == str(SERIAL + 1)
    took = re.findall(r"IXFR started: TSIG isp-1 \(serial (\d+) -> (\d+)\)", pair.said("primary"))
    assert took == [(str(SERIAL), str(SERIAL + 1))]
    records, octets = map(int, re.findall(r"Transfer completed: \d+ messages, (\d+) records, (\d+) bytes", pair.said("secondary"))[-1])
    assert records == 4 + sum(1 if one.scope is EXACT else 2 for one in set(TODAY) ^ set(TOMORROW))
    assert octets < 60_000


def test_without_the_key_nothing_is_transferred(pair: Pair) -> None:
    wrong = {"isp-1.": "YW5vdGhlciBzZWNyZXQ="}, {"isp-2.": "YW5vdGhlciBzZWNyZXQ="}
    tries = [(None, dns.xfr.TransferError), (wrong[0], dns.tsig.PeerBadSignature), (wrong[1], dns.tsig.PeerBadKey)]
    for keys, refusal in tries:
        zone = dns.zone.Zone(ORIGIN)
        query, _ = dns.xfr.make_query(zone, keyring=dns.tsigkeyring.from_text(keys) if keys else None)
        with pytest.raises(refusal):
            dns.query.inbound_xfr("127.0.0.1", zone, query, port=pair.primary, timeout=5)
        assert not list(zone.iterate_rdatas())


def test_with_the_key_the_whole_zone_is(pair: Pair) -> None:
    secret = re.findall(r'secret "(.+)"', (pair.folder / "isp-1.key").read_text())[0]
    zone = dns.zone.Zone(ORIGIN)
    query, _ = dns.xfr.make_query(zone, keyring=dns.tsigkeyring.from_text({"isp-1.": ("hmac-sha256", secret)}))
    dns.query.inbound_xfr("127.0.0.1", zone, query, port=pair.primary, timeout=5)
    assert str(zone.get_soa().serial) == pair.serial


def test_the_documented_check_says_which_list_is_in_use(pair: Pair) -> None:
    stand_in(pair.folder, "dig", f'exec {program("dig")} -p {pair.port} "$@"')
    checked = run_script(block("transfer-check"), pair.folder)
    assert (checked.returncode, checked.stdout) == (0, f"list {pair.serial} is in use\n"), checked.stderr


def test_a_serial_that_goes_back_is_refused_and_the_list_stays(pair: Pair) -> None:
    before = pair.serial
    pair.release(TODAY[:5], SERIAL - 5)
    assert poll(lambda: "out of range" in pair.said("primary"))
    assert pair.serial == before
    assert {answer.rcode for answer in ask_all(pair.port, [one.name for one in TODAY[GONE::50] if len(one.name) < 220]).values()} == {
        "NXDOMAIN"
    }
    pair.release(TODAY, SERIAL + 2)
    assert poll(lambda: pair.serial == str(SERIAL + 2))
