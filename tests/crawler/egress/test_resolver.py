"""Look-ups against a small DNS server on loopback: real packets, each way to fail told apart."""

import asyncio
import errno
import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from casefile.errors import ArchiveError, ConfigError
from casefile.outcomes import Outcome
from crawler.egress.resolver import Answer, LiveResolver, answer_from_text, network_is_up

Zone = dict[tuple[str, str], list[str] | int | str]
"""(name, type) to records as zone lines, to a response code, or to `silence` or `garbage`."""

ZONE: Zone = {
    ("site.example", "A"): ["site.example. 300 IN A 93.184.216.34", "site.example. 300 IN A 93.184.216.35"],
    ("site.example", "AAAA"): ["site.example. 60 IN AAAA 2606:2800:220:1::1"],
    ("site.example", "NS"): ["site.example. 3600 IN NS NS2.dns.test.", "site.example. 3600 IN NS ns1.dns.test."],
    ("www.site.example", "A"): [
        "www.site.example. 30 IN CNAME Edge.cdn.test.",
        "edge.cdn.test. 20 IN CNAME e1.cdn.test.",
        "e1.cdn.test. 90 IN A 93.184.216.36",
    ],
    ("www.site.example", "AAAA"): ["www.site.example. 30 IN CNAME edge.cdn.test.", "edge.cdn.test. 20 IN CNAME e1.cdn.test."],
    ("dangling.example", "A"): ["dangling.example. 30 IN CNAME gone.cdn.test."],
    ("empty.example", "A"): [],
    ("servfail.example", "A"): dns.rcode.SERVFAIL,
    ("servfail.example", "AAAA"): dns.rcode.SERVFAIL,
    ("refused.example", "A"): dns.rcode.REFUSED,
    ("refused.example", "AAAA"): dns.rcode.REFUSED,
    ("silent.example", "A"): "silence",
    ("silent.example", "AAAA"): "silence",
    ("garbage.example", "A"): "garbage",
    ("garbage.example", "AAAA"): "garbage",
    ("half.example", "A"): ["half.example. 30 IN A 93.184.216.37"],
    ("half.example", "AAAA"): dns.rcode.SERVFAIL,
    ("long.example", "A"): "truncated",
    ("loop.example", "A"): ["loop.example. 30 IN CNAME loop.example."],
    ("inject.example", "A"): ["inject.example. 30 IN CNAME a\\010b\\027c.test."],
}


def entry_of(zone: Zone, name: str, kind: str, *, tcp: bool) -> list[str] | int | str:
    """What the zone holds for a question; a truncated answer is whole over TCP."""
    known = any(name == owner for owner, _ in zone)
    entry = zone.get((name, kind), [] if known else int(dns.rcode.NXDOMAIN))
    if entry == "truncated" and tcp:
        return ["long.example. 9 IN A 93.184.216.38"]
    return entry


def reply(zone: Zone, packet: bytes, *, tcp: bool) -> bytes:
    """The packet that answers a packet; nothing for silence."""
    question = dns.message.from_wire(packet)
    name, kind = question.question[0].name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.question[0].rdtype)
    entry = entry_of(zone, name, kind, tcp=tcp)
    if entry in ("silence", "garbage"):
        return b"" if entry == "silence" else b"\x00" * 5
    answer = dns.message.make_response(question)
    if isinstance(entry, int):
        answer.set_rcode(dns.rcode.Rcode(entry))
    elif entry == "truncated":
        answer.flags |= dns.flags.TC
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN if name == "dangling.example" else dns.rcode.NOERROR)
        answer.answer = [dns.rrset.from_text(*line.split(None, 4)) for line in entry]
    if name.endswith("site.example") and not answer.answer:
        answer.authority = [dns.rrset.from_text("site.example.", 60, "IN", "SOA", "ns1.dns.test. h.dns.test. 1 2 3 4 5")]
    return answer.to_wire()


def both_on_one_port(
    stack: ExitStack, udp: type[socketserver.BaseRequestHandler], tcp: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """A UDP and a TCP server on one port: a port that is free for one may be taken for the other, then the next is tried."""
    while True:
        stream = stack.enter_context(socketserver.ThreadingTCPServer(("127.0.0.1", 0), tcp))
        try:
            return stack.enter_context(socketserver.ThreadingUDPServer(stream.server_address, udp)), stream
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise


@contextmanager
def dns_server(zone: Zone) -> Iterator[str]:
    """A server for UDP and TCP on one port of loopback; gives `ADDRESS#PORT`."""

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            packet, sock = self.request
            if answer := reply(zone, packet, tcp=False):
                sock.sendto(answer, self.client_address)

    class Tcp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            length = int.from_bytes(self.request.recv(2), "big")
            answer = reply(zone, self.request.recv(length), tcp=True)
            self.request.sendall(len(answer).to_bytes(2, "big") + answer)

    with ExitStack() as stack:
        udp, tcp = both_on_one_port(stack, Udp, Tcp)
        threads = [threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}) for server in (udp, tcp)]
        for thread in threads:
            thread.start()
        try:
            yield f"127.0.0.1#{udp.server_address[1]}"
        finally:
            udp.shutdown()
            tcp.shutdown()
            for thread in threads:
                thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with dns_server(ZONE) as place:
        yield place


def look_up(server: str, name: str, *, nameservers: bool = False, seconds: float = 0.6) -> Answer:
    return asyncio.run(LiveResolver((server,), seconds).look_up(name, nameservers=nameservers))


def test_both_families_name_servers_and_the_smallest_ttl(server: str) -> None:
    answer = look_up(server, "site.example", nameservers=True)
    assert answer.outcome is Outcome.OK
    assert answer.addresses == ("93.184.216.34", "93.184.216.35", "2606:2800:220:1::1")
    assert answer.nameservers == ("ns1.dns.test", "ns2.dns.test")
    assert answer.ttl == 60


def test_a_cname_chain_and_the_name_servers_of_the_zone_above(server: str) -> None:
    answer = look_up(server, "www.site.example", nameservers=True)
    assert answer.addresses == ("93.184.216.36",)
    assert answer.cnames == ("edge.cdn.test", "e1.cdn.test")
    assert answer.nameservers == ("ns1.dns.test", "ns2.dns.test")
    assert answer.ttl == 20


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("nothing.example", Outcome.NXDOMAIN),
        ("dangling.example", Outcome.NXDOMAIN),
        ("empty.example", Outcome.NO_ADDRESS),
        ("loop.example", Outcome.NO_ADDRESS),
        ("servfail.example", Outcome.SERVFAIL),
        ("refused.example", Outcome.DNS_REFUSED),
        ("silent.example", Outcome.DNS_TIMEOUT),
        ("garbage.example", Outcome.DNS_TIMEOUT),
    ],
)
def test_ways_to_fail_are_told_apart(server: str, name: str, outcome: Outcome) -> None:
    assert look_up(server, name).outcome is outcome


def test_a_dangling_cname_is_kept(server: str) -> None:
    assert look_up(server, "dangling.example").cnames == ("gone.cdn.test",)


def test_one_family_is_enough(server: str) -> None:
    answer = look_up(server, "half.example")
    assert (answer.outcome, answer.addresses) == (Outcome.OK, ("93.184.216.37",))


def test_a_truncated_answer_is_asked_again_over_tcp(server: str) -> None:
    assert look_up(server, "long.example").addresses == ("93.184.216.38",)


def test_the_second_server_is_asked_when_the_first_fails(server: str) -> None:
    with dns_server({("site.example", "A"): dns.rcode.SERVFAIL, ("site.example", "AAAA"): "silence"}) as broken:
        answer = asyncio.run(LiveResolver((broken, server), 1.0).look_up("site.example"))
    assert answer.outcome is Outcome.OK
    assert len(answer.addresses) == 3


@pytest.mark.parametrize(
    "name", ["site.example", "www.site.example", "dangling.example", "empty.example", "silent.example", "inject.example"]
)
def test_the_archived_text_gives_the_same_answer_and_holds_no_control_character(server: str, name: str) -> None:
    answer = look_up(server, name, nameservers=True)
    assert answer_from_text(name, answer.text) == answer
    assert answer.text.replace("\n", "").isprintable()
    assert answer.text.isascii()


@pytest.mark.parametrize("text", ["", "nonsense", ";; outcome: perhaps\n", ";; outcome: ok\nsite.example. 5 IN A not-an-address\n"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ArchiveError, match="not a DNS answer"):
        answer_from_text("site.example", text)


@pytest.mark.parametrize("text", ["localhost", "1.2.3", "127.0.0.1#x", "dns.example#53", ""])
def test_a_name_server_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="not an IP address"):
        LiveResolver((text,), 1.0)


def test_the_network_is_up_when_a_name_that_always_exists_is_answered(server: str) -> None:
    assert not asyncio.run(network_is_up(LiveResolver((server,), 0.4)))
    with dns_server({("a.root-servers.net", "A"): ["a.root-servers.net. 9 IN A 198.41.0.4"]}) as working:
        assert asyncio.run(network_is_up(LiveResolver((working,), 0.4)))


def test_no_server_at_all_is_silence() -> None:
    answer = look_up("127.0.0.1#1", "site.example")
    assert answer.outcome is Outcome.DNS_TIMEOUT
