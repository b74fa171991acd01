"""Group G1: however an internal address is spelled or reached, a secret internal listener sees no connection, and the log says why."""

import socket
from collections.abc import Iterator

import pytest

from casefile.outcomes import Outcome
from crawler.options import SiteLimits
from tests.crawler.egress.loopback import LIMITS, OTHER, PUBLIC, FarEnd, ListedResolver, RoutedWeb, desk, failed, far_end, found, says

SECRET = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


@pytest.fixture
def secret() -> Iterator[FarEnd]:
    """A listener inside that no visit may reach."""
    with far_end(says(SECRET)) as end:
        yield end


def limits_for(end: FarEnd) -> SiteLimits:
    """The secret's port is allowed, so that the address check alone keeps it safe."""
    return SiteLimits(seconds=20, octets=10**6, connect_seconds=1, answer_seconds=1, ports=(80, 443, end.port))


SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "localhost",
    "localhost.",
    "x.localhost",
    "LOCALHOST",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "169.254.169.254",
    "10.0.0.1",
    "100.64.0.1",
    "[fd00::1]",
    "127.0.0.1%2e",
    "１２７.0.0.1",
    "127。0。0。1",
    "printer.local",
    "intranet",
    "db.internal",
    "93.184.216.34",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_target_that_is_no_public_name_is_refused(secret: FarEnd, spelling: str) -> None:
    web = RoutedWeb(ListedResolver({}))
    with desk(web, limits=limits_for(secret)) as proxy:
        plain = proxy.get(f"http://{spelling}:{secret.port}/")
        connection, tunnel = proxy.connect(f"{spelling}:{secret.port}".encode().decode("latin-1", "replace"))
        connection.close()
        outcomes = [event.outcome for event in proxy.log.events()]
    assert b" 403 " in plain.split(b"\r\n")[0]
    assert b" 403 " in tunnel.split(b"\r\n")[0]
    assert outcomes == [Outcome.REFUSED_EGRESS, Outcome.REFUSED_EGRESS]
    assert secret.connections == []
    assert web.resolver.asked == web.dialled == []


INSIDE = {
    "loopback": ("127.0.0.1",),
    "private": ("10.0.0.5",),
    "metadata": ("169.254.169.254",),
    "carrier-grade": ("100.64.0.1",),
    "unique-local": ("fd00::5",),
    "mapped": ("::ffff:127.0.0.1",),
    "nat64": ("64:ff9b::7f00:1",),
    "unspecified": ("0.0.0.0",),
    "mixed-a": (PUBLIC, "127.0.0.1"),
    "mixed-aaaa": (PUBLIC, "::1"),
}


@pytest.mark.parametrize("addresses", INSIDE.values(), ids=INSIDE.keys())
def test_a_name_with_any_inside_address_is_refused_whole(secret: FarEnd, addresses: tuple[str, ...]) -> None:
    web = RoutedWeb(ListedResolver({"evil.example": found(*addresses)}))
    with desk(web, limits=limits_for(secret)) as proxy:
        proxy.get(f"http://evil.example:{secret.port}/")
        connection, answer = proxy.connect(f"evil.example:{secret.port}")
        connection.close()
        assert proxy.event("evil.example", secret.port).outcome is Outcome.REFUSED_EGRESS
    assert b" 403 " in answer
    assert secret.connections == []
    assert web.dialled == []


def test_a_cname_to_an_inside_name_is_refused(secret: FarEnd) -> None:
    web = RoutedWeb(ListedResolver({"evil.example": found("10.0.0.5", cnames=("db.internal",))}))
    with desk(web, limits=limits_for(secret)) as proxy:
        proxy.get(f"http://evil.example:{secret.port}/")
        assert proxy.event("evil.example", secret.port).detail == "10.0.0.5: private (RFC 1918)"
    assert web.dialled == []


def test_a_trailing_dot_is_the_same_name(secret: FarEnd) -> None:
    web = RoutedWeb(ListedResolver({"evil.example": found("127.0.0.1")}))
    with desk(web, limits=limits_for(secret)) as proxy:
        answer = proxy.get(f"http://evil.example.:{secret.port}/")
    assert b" 403 " in answer
    assert secret.connections == []


def test_rebinding_between_two_requests_stays_on_the_first_answer(secret: FarEnd) -> None:
    with far_end(says(GOOD)) as good:
        web = RoutedWeb(ListedResolver({"evil.example": [found(PUBLIC), found("127.0.0.1")]}), {PUBLIC: good.port})
        with desk(web, limits=limits_for(secret)) as proxy:
            answers = [proxy.get(f"http://evil.example:{secret.port}/") for _ in range(2)]
    assert all(answer.endswith(b"good") for answer in answers)
    assert web.resolver.asked == ["evil.example"]
    assert web.dialled == [PUBLIC, PUBLIC]
    assert secret.connections == []


def test_a_failed_look_up_is_asked_again_and_checked_again(secret: FarEnd) -> None:
    web = RoutedWeb(ListedResolver({"evil.example": [failed(Outcome.SERVFAIL), found("127.0.0.1")]}))
    with desk(web, limits=limits_for(secret)) as proxy:
        proxy.get(f"http://evil.example:{secret.port}/")
        proxy.get(f"http://evil.example:{secret.port}/")
        assert [event.outcome for event in proxy.log.events()] == [Outcome.SERVFAIL, Outcome.REFUSED_EGRESS]
    assert secret.connections == []


def test_the_host_header_is_that_of_the_checked_address() -> None:
    heads: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        heads.append(connection.recv(65536))
        connection.sendall(GOOD)

    with far_end(serve) as end:
        web = RoutedWeb(ListedResolver({"site.example": found(OTHER)}), {OTHER: end.port})
        with desk(web) as proxy:
            proxy.get("http://site.example/a?b", headers=b"Host: 127.0.0.1\r\nConnection: X-Secret\r\nX-Secret: 1\r\nAccept: */*\r\n")
    assert heads == [b"GET /a?b HTTP/1.1\r\nHost: site.example\r\nAccept: */*\r\nConnection: close\r\n\r\n"]


def test_a_port_that_is_no_web_port_is_refused() -> None:
    web = RoutedWeb(ListedResolver({"site.example": found(PUBLIC)}))
    with desk(web, limits=LIMITS) as proxy:
        proxy.get("http://site.example:22/")
        assert proxy.event("site.example", 22).outcome is Outcome.REFUSED_PORT
    assert web.resolver.asked == web.dialled == []


def test_the_check_itself_is_what_stops_it(secret: FarEnd) -> None:
    """The listener answers to a dialler that goes to where a public address is routed: the tests above can fail."""
    web = RoutedWeb(ListedResolver({"site.example": found(PUBLIC)}), {PUBLIC: secret.port})
    with desk(web) as proxy:
        assert proxy.get("http://site.example/").endswith(b"secret")
    assert len(secret.connections) == 1
