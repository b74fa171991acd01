"""An unlisted name resolves again when the blocked answer's time in the caches is over, and at once where the documented command wipes them. Shown on PowerDNS
Recursor, whose packet cache goes on with what it answered before.

Of a name that leads to the block page that time is the TTL of the zone, 300 seconds. Its NXDOMAIN has no record that could have a TTL; the packet cache keeps such answers for
`packetcache-servfail-ttl`, 60 seconds. The tests make both short.
"""

from collections.abc import Iterator

import pytest

from blocklist.content import Content, Listed
from tests.consumers.conftest import made
from tests.consumers.documented import block
from tests.consumers.harness import an_empty_folder, poll, run_script
from tests.consumers.lists import SERIAL, SUBDOMAINS, content
from tests.consumers.powerdns import PowerDns, PowerDnsRedirect
from tests.consumers.resolver import Resolver

LEAVES, COMES = Listed("leaves.example", SUBDOMAINS), Listed("comes.example", SUBDOMAINS)
BEFORE = content([LEAVES])
AFTER = content([COMES], SERIAL + 1, before=BEFORE)
SHORT = 2
"""Seconds."""


class Forgetful(PowerDns):
    """Its operator reloads and does not wipe."""

    MORE = f"packetcache-servfail-ttl={SHORT}"

    def reload(self) -> str:
        return block("powerdns-reload")


class Capped(PowerDns):
    """The same with the documented bound on the packet cache made short."""

    MORE = f"packetcache-ttl={SHORT}"

    def reload(self) -> str:
        return block("powerdns-reload")


class ForgetfulRedirect(PowerDnsRedirect):
    """The same with the block page."""

    def reload(self) -> str:
        return block("powerdns-reload")

    def fetched(self, content: Content, spoilt: bytes | None = None) -> None:
        published = self.form.write(content)
        assert published.count(b"$TTL 300\n") == 1
        super().fetched(content, published.replace(b"$TTL 300\n", f"$TTL {SHORT}\n".encode()))


@pytest.fixture(params=[Forgetful, ForgetfulRedirect], ids=["NXDOMAIN", "block page"])
def forgetful(request: pytest.FixtureRequest, internet: int) -> Iterator[Resolver]:
    with an_empty_folder() as folder, made(request.param, folder, internet).serving(BEFORE) as serving:
        yield serving


def test_without_a_wipe_it_takes_the_ttl_and_no_more(forgetful: Resolver) -> None:
    assert forgetful.blocks(forgetful.ask(LEAVES.name))
    forgetful.take(AFTER)
    assert forgetful.ask(f"never-asked.{LEAVES.name}").clean(), "the list in use is the new one"
    assert forgetful.blocks(forgetful.ask(LEAVES.name)), "but the packet cache still has the old answer: the case that is shown here"
    assert poll(lambda: forgetful.ask(LEAVES.name).clean(), patience=SHORT + 3, every=0.1)


def test_a_name_that_was_asked_for_before_is_blocked_when_the_bound_on_the_cache_has_passed(internet: int) -> None:
    assert "packetcache-ttl=300\n" in block("powerdns-conf")
    with an_empty_folder() as folder, made(Capped, folder, internet).serving(BEFORE) as capped:
        assert capped.ask(COMES.name).ttl > 300
        capped.take(AFTER)
        assert capped.ask(COMES.name).clean()
        assert poll(lambda: capped.blocks(capped.ask(COMES.name)), patience=SHORT + 3, every=0.1)


def test_the_documented_wipe_unblocks_at_once(forgetful: Resolver) -> None:
    asked = [LEAVES.name, f"sub.{LEAVES.name}"]
    assert all(forgetful.blocks(forgetful.ask(name)) for name in asked)
    assert forgetful.ask(COMES.name).clean()
    forgetful.take(AFTER)
    assert forgetful.ask(COMES.name).clean(), "a name that was asked for before it was listed is served from the cache too"
    wiped = run_script(forgetful.here(block("powerdns-wipe")), forgetful.folder)
    assert wiped.returncode == 0, wiped.stderr
    assert all(forgetful.ask(name).clean() for name in asked)
    assert forgetful.blocks(forgetful.ask(COMES.name))
