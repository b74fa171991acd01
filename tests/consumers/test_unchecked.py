"""What resolvers and their own checkers do with a file that nobody checked: each test holds docs/isp.md to what it says of that."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from blocklist.content import Listed
from tests.consumers.asking import question
from tests.consumers.bind import Bind
from tests.consumers.conftest import Make, made
from tests.consumers.dnsmasq import Dnsmasq, DnsmasqServers
from tests.consumers.documented import ORIGIN
from tests.consumers.harness import an_empty_folder, poll, program, reply, run_script
from tests.consumers.knot import Knot, KnotRedirect
from tests.consumers.lists import CANARY, SERIAL, SUBDOMAINS, content
from tests.consumers.powerdns import PowerDns
from tests.consumers.resolver import Resolver
from tests.consumers.test_updates import Spoil, absolute, cut, headless, twice
from tests.consumers.unbound import UnboundLocalZone, UnboundRpz

OLD = Listed("a-old.example", SUBDOMAINS)
NEW = (Listed("a-new.example", SUBDOMAINS), Listed("comes.example", SUBDOMAINS), Listed("z-new.example", SUBDOMAINS))
FIRST = content([OLD, NEW[-1]])
SECOND = content(NEW, SERIAL + 1)


def use_unchecked(resolver: Resolver, spoil: Spoil) -> "subprocess.CompletedProcess[str]":
    """Switch to a spoilt file and reload."""
    resolver.fetched(SECOND, spoil(resolver.form.write(SECOND)))
    resolver.switch()
    return run_script(resolver.here(resolver.reload()), resolver.folder)


@contextmanager
def ended(resolver: Resolver) -> Iterator[None]:
    """Whatever was started is ended by its pid."""
    try:
        yield
    finally:
        resolver.end()


def no_longer_blocked(resolver: Resolver, name: str) -> bool:
    return poll(lambda: resolver.ask(name).clean())


@pytest.mark.parametrize("spoil", [absolute, twice], ids=lambda spoil: spoil.__name__)
def test_named_checkzone_passes_what_others_stumble_over(make: Make, spoil: Spoil) -> None:
    bind = make(Bind)
    bind.fetched(SECOND, spoil(bind.form.write(SECOND)))
    done = subprocess.run(
        ["named-checkzone", ORIGIN, bind.home / "new" / bind.FILE], capture_output=True, text=True, check=False, timeout=20
    )
    assert done.returncode == 0, done.stdout


def test_no_checker_knows_a_file_that_was_cut_between_two_lines(make: Make) -> None:
    bind = make(Bind)
    whole = bind.form.write(SECOND)
    bind.fetched(SECOND, b"".join(whole.splitlines(keepends=True)[:-2]))
    assert bind.accepts() == (True, "")
    assert len((bind.home / "new" / bind.FILE).read_bytes()) < len(whole), "the manifest says the size and the digest of the whole"


def test_bind_keeps_the_old_zone_where_it_cannot_read_the_new_one(make: Make) -> None:
    with make(Bind).serving(FIRST) as bind:
        use_unchecked(bind, cut)
        log = bind.folder / "consumer.log"
        assert poll(lambda: "not loaded due to errors" in log.read_text() or "failed" in log.read_text()), log.read_text()
        assert bind.blocks(bind.ask(OLD.name))
        assert bind.ask(NEW[0].name).clean()


def test_bind_loads_a_zone_without_names(make: Make) -> None:
    with make(Bind).serving(FIRST) as bind:
        assert use_unchecked(bind, headless).returncode == 0
        assert no_longer_blocked(bind, CANARY.listed)


def test_bind_passes_over_a_file_that_is_not_newer_without_the_touch(make: Make) -> None:
    with make(Bind).serving(FIRST) as bind:
        bind.take(SECOND)
        assert bind.becomes(NEW[0].name, blocked=True)
        bind.point_new_at(bind.home / "releases" / f"{FIRST.serial}")
        bind.switch()
        assert run_script(f"rndc reload {ORIGIN}", bind.folder).returncode == 0
        log = bind.folder / "consumer.log"
        assert poll(lambda: "older than last load" in log.read_text()), log.read_text()
        assert bind.blocks(bind.ask(NEW[0].name))
        bind.reloaded()
        assert bind.becomes(OLD.name, blocked=True)


def test_unbound_keeps_a_part_of_the_list(make: Make) -> None:
    with make(UnboundRpz).serving(FIRST) as unbound:
        done = use_unchecked(unbound, cut)
        assert "error failed to read" in done.stdout
        assert unbound.running and unbound.running.alive
        assert no_longer_blocked(unbound, NEW[-1].name), "it stands after the fault, and was listed before"


def test_unbound_does_not_start_with_an_owner_that_ends_with_a_dot(make: Make) -> None:
    unbound = make(UnboundRpz)
    unbound.fetched(SECOND, absolute(unbound.form.write(SECOND)))
    unbound.switch()
    unbound.configure()
    with pytest.raises(AssertionError, match="ended with 1"), ended(unbound):
        unbound.start()


def test_unbound_does_not_start_without_respip_though_its_checker_is_content(make: Make) -> None:
    unbound = make(UnboundRpz)
    unbound.fetched(FIRST)
    unbound.switch()
    unbound.configure()
    conf = unbound.folder / "unbound.conf"
    conf.write_text(conf.read_text().replace("respip validator", "validator"))
    assert run_script("unbound-checkconf", unbound.folder).returncode == 0
    with pytest.raises(AssertionError, match="respip"), ended(unbound):
        unbound.start()


@pytest.mark.parametrize("command", ["unbound-control reload", "systemctl reload unbound"])
@pytest.mark.parametrize("kind", [UnboundRpz, UnboundLocalZone])
def test_a_plain_reload_of_unbound_with_a_bad_file_ends_it(make: Make, kind: type[Resolver], command: str) -> None:
    with make(kind).serving(FIRST) as unbound:
        unbound.fetched(SECOND, absolute(unbound.form.write(SECOND)))
        unbound.switch()
        assert run_script(command, unbound.folder).returncode == 0, "it says ok"
        assert poll(lambda: not (unbound.running and unbound.running.alive))


@pytest.mark.parametrize("spoil", [cut, twice], ids=lambda spoil: spoil.__name__)
def test_powerdns_says_reloaded_and_blocks_nothing(make: Make, spoil: Spoil) -> None:
    with make(PowerDns).serving(FIRST) as powerdns:
        powerdns.fetched(SECOND, spoil(powerdns.form.write(SECOND)))
        powerdns.switch()
        done = run_script("rec_control reload-lua-config; rec_control wipe-cache '$'", powerdns.folder)
        assert done.returncode == 0
        assert "Reloaded" in done.stdout
        for name in (OLD.name, NEW[0].name, NEW[-1].name, CANARY.listed):
            assert no_longer_blocked(powerdns, name)


def test_knot_stops_at_the_first_bad_line(make: Make) -> None:
    knot = make(Knot)
    first, rest = knot.form.write(SECOND).split(b"comes.example", 1)
    knot.fetched(SECOND, first + b"bad..name CNAME .\ncomes.example" + rest)
    knot.switch()
    knot.configure()
    with ended(knot):
        with pytest.raises(AssertionError, match="did not answer"):
            knot.start(patience=1)
        assert knot.blocks(knot.ask(NEW[0].name))
        assert knot.ask(NEW[-1].name).clean()


def test_knot_blocks_nothing_with_the_zone_for_a_block_page(make: Make) -> None:
    knot = make(KnotRedirect)
    knot.fetched(SECOND)
    knot.switch()
    knot.configure()
    with ended(knot):
        with pytest.raises(AssertionError, match="did not answer"):
            knot.start(patience=1)
        assert all(knot.ask(name).clean() for name in (NEW[0].name, NEW[-1].name, CANARY.listed))


def test_dnsmasq_passes_a_name_that_is_none_and_does_not_read_its_configuration_again(make: Make) -> None:
    with make(Dnsmasq).serving(FIRST) as dnsmasq:
        dnsmasq.fetched(SECOND, dnsmasq.form.write(SECOND) + b"local=/bad name;.example/\n")
        tested = subprocess.run(
            [str(program("dnsmasq")), "--test", f"--conf-file={dnsmasq.home / 'new' / dnsmasq.FILE}"],
            capture_output=True,
            check=False,
            timeout=20,
        )
        assert tested.returncode == 0
        assert dnsmasq.accepts()[0] is False
        dnsmasq.fetched(SECOND)
        dnsmasq.switch()
        assert run_script("systemctl reload dnsmasq", dnsmasq.folder).returncode == 0
        log = dnsmasq.folder / "consumer.log"
        assert poll(lambda: dnsmasq.ask(CANARY.free).clean()), log.read_text()
        assert dnsmasq.ask(NEW[0].name).clean()
        assert dnsmasq.blocks(dnsmasq.ask(OLD.name))


def test_dnsmasq_keeps_an_answer_that_was_under_way_at_the_reload_and_the_second_reload_drops_it(internet: int) -> None:
    with (
        an_empty_folder() as folder,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as slow,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as customer,
    ):
        slow.bind(("127.0.0.1", 0))
        slow.settimeout(10)
        customer.settimeout(10)
        with made(DnsmasqServers, folder, slow.getsockname()[1]).serving(FIRST) as dnsmasq:
            customer.sendto(question(1, NEW[0].name, "A"), ("127.0.0.1", dnsmasq.port))
            asked, where = slow.recvfrom(4096)
            dnsmasq.fetched(SECOND)
            dnsmasq.switch()
            assert run_script("systemctl reload dnsmasq", dnsmasq.folder).returncode == 0
            assert dnsmasq.becomes(NEW[1].name, blocked=True)
            slow.sendto(reply(asked), where)
            customer.recv(4096)
            assert dnsmasq.ask(NEW[0].name).clean(), "it is listed, and served from the cache"
            dnsmasq.reloaded()
            assert dnsmasq.becomes(NEW[0].name, blocked=True)
