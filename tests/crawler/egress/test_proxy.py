"""The proxy before the real web: who may ask, how each exchange comes out, what a site may cost."""

import contextlib
import errno
import json
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.errors import ConfigError
from casefile.outcomes import Outcome
from crawler.egress.log import EgressEvent
from crawler.options import Egress, SiteLimits
from tests.crawler.egress.loopback import (
    DOOR,
    LIMITS,
    NOW,
    OTHER,
    PUBLIC,
    PUBLIC_V6,
    ListedResolver,
    RoutedWeb,
    Serve,
    desk,
    failed,
    far_end,
    found,
    head_from,
    read_answer,
    reset,
    says,
    silent,
)

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\n\r\ngood"


def one_site(route: int | OSError) -> RoutedWeb:
    return RoutedWeb(ListedResolver({"site.example": found(PUBLIC), "other.example": found(OTHER)}), {PUBLIC: route, OTHER: route})


# --- who asks


@pytest.mark.parametrize(
    "login",
    [
        b"",
        b"Proxy-Authorization: Basic !!!\r\n",
        b"Proxy-Authorization: Bearer x\r\n",
        b"Proxy-Authorization: Basic c2l0ZS5leGFtcGxlOndyb25nLmRpcmVjdC5kZXNrdG9w\r\n",
    ],
    ids=["none", "broken", "another scheme", "wrong secret"],
)
def test_a_request_in_no_sites_name_is_answered_407_and_logged(login: bytes) -> None:
    web = one_site(OSError(errno.ECONNREFUSED, "words"))
    with desk(web) as proxy:
        plain = proxy.talk(b"GET http://site.example/ HTTP/1.1\r\n" + login + b"\r\n")
        tunnel = proxy.talk(b"CONNECT site.example:443 HTTP/1.1\r\n" + login + b"\r\n")
        assert [event.outcome for event in proxy.log.events()] == [Outcome.REFUSED_EGRESS] * 2
    assert plain.startswith(b"HTTP/1.1 407 ")
    assert tunnel.startswith(b"HTTP/1.1 407 ")
    assert web.dialled == web.resolver.asked == []


@pytest.mark.parametrize(("site", "egress"), [("localhost", "direct"), ("site.example", "other-way")])
def test_an_unknown_way_or_a_site_that_is_no_name_is_answered_407(site: str, egress: str) -> None:
    with desk(one_site(1)) as proxy:
        assert proxy.get("http://site.example/", site=site, egress=egress).startswith(b"HTTP/1.1 407 ")


def test_after_407_the_same_connection_may_ask_again() -> None:
    with far_end(says(GOOD)) as end, desk(one_site(end.port)) as proxy, socket.create_connection(proxy.address, timeout=10) as connection:
        connection.sendall(b"GET http://site.example/ HTTP/1.1\r\n\r\n")
        assert b"407" in head_from(connection)
        connection.sendall(b"GET http://site.example/ HTTP/1.1\r\n" + proxy.authorization() + b"\r\n")
        assert b"200 OK" in head_from(connection)


def test_names_that_cannot_stand_in_a_password_are_refused() -> None:
    with desk(one_site(1)) as proxy, pytest.raises(ConfigError, match="vantage name"):
        proxy.handle.credentials("site.example", "direct", "desk.top")


@pytest.mark.parametrize(
    "octets",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nLOGIN\r\n",
        b"CONNECT site.example HTTP/1.1\r\nLOGIN\r\n",
        b"CONNECT site.example:" + b"4" * 5000 + b" HTTP/1.1\r\nLOGIN\r\n",
        b"GET http://site.example/ HTTP/1.1\r\nContent-Length: -1\r\nLOGIN\r\n",
    ],
)
def test_what_is_no_proxy_request_is_answered_400(octets: bytes) -> None:
    with desk(one_site(1)) as proxy:
        assert proxy.talk(octets.replace(b"LOGIN\r\n", proxy.authorization() + b"\r\n")).startswith(b"HTTP/1.1 400 ")


# --- plain requests


def test_a_good_answer_comes_through_without_hop_by_hop_headers_and_keeps_the_connection() -> None:
    with far_end(says(GOOD)) as end, desk(one_site(end.port)) as proxy, socket.create_connection(proxy.address, timeout=10) as connection:
        answers = []
        for _ in range(2):
            connection.sendall(b"GET http://site.example/ HTTP/1.1\r\n" + proxy.authorization() + b"\r\n")
            answers.append(read_answer(connection))
        event = proxy.event("site.example")
    assert answers == [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\ngood"] * 2
    assert (event.outcome, event.address, event.url, event.vantage) == (Outcome.OK, PUBLIC, "http://site.example/", "desktop")


@pytest.mark.parametrize(
    ("octets", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
    ids=["chunked", "until the end", "after an interim answer", "none"],
)
def test_each_framing_of_a_body(octets: bytes, body: bytes) -> None:
    import http.client

    with far_end(says(octets)) as end, desk(one_site(end.port)) as proxy:
        client = http.client.HTTPConnection(*proxy.address, timeout=10)
        name, _, value = proxy.authorization().decode().strip().partition(": ")
        client.request("GET", "http://site.example/", headers={name: value})
        answer = client.getresponse()
        assert answer.read() == body
        client.close()


def drips(connection: socket.socket) -> None:
    head_from(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


ENDINGS: dict[str, tuple[Serve, Outcome]] = {
    "reset": (reset, Outcome.CONNECTION_RESET),
    "closed": (says(b""), Outcome.BAD_RESPONSE),
    "silent": (silent, Outcome.READ_TIMEOUT),
    "dripping": (drips, Outcome.READ_TIMEOUT),
    "not http": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), Outcome.BAD_RESPONSE),
    "head only in part": (says(b"HTTP/1.1 200 OK\r\nContent-"), Outcome.BAD_RESPONSE),
    "head too long": (says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"), Outcome.BAD_RESPONSE),
    "short body": (says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive5"), Outcome.BAD_RESPONSE),
    "broken chunk": (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc"), Outcome.BAD_RESPONSE),
    "chunk line too long": (
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 2000 + b"\r\na\r\n0\r\n\r\n"),
        Outcome.BAD_RESPONSE,
    ),
    "blanks in the first line": (says(b"HTTP/1.1 200" + b" " * 60_000 + b"\rx\r\n\r\n"), Outcome.BAD_RESPONSE),
    "two lengths": (says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), Outcome.BAD_RESPONSE),
}


@pytest.mark.parametrize(("serve", "outcome"), ENDINGS.values(), ids=ENDINGS.keys())
def test_an_answer_that_fails(serve: Serve, outcome: Outcome) -> None:
    with far_end(serve) as end, desk(one_site(end.port)) as proxy:
        proxy.get("http://site.example/")
        assert proxy.event("site.example").outcome is outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (OSError(errno.ECONNREFUSED, "words"), Outcome.CONNECTION_REFUSED),
        (OSError(errno.ENETUNREACH, "words"), Outcome.UNREACHABLE),
        (OSError(errno.ECONNRESET, "words"), Outcome.CONNECTION_RESET),
        (TimeoutError(), Outcome.CONNECT_TIMEOUT),
    ],
)
def test_a_connection_that_fails(error: OSError, outcome: Outcome) -> None:
    with desk(one_site(error)) as proxy:
        proxy.get("http://site.example/")
        connection, answer = proxy.connect("site.example:443")
        connection.close()
        assert proxy.event("site.example").outcome is proxy.event("site.example", 443).outcome is outcome
        assert proxy.event("site.example").address == PUBLIC
    assert answer.split()[1] in (b"502", b"504")


@pytest.mark.parametrize(
    "outcome", [Outcome.NXDOMAIN, Outcome.NO_ADDRESS, Outcome.SERVFAIL, Outcome.DNS_REFUSED, Outcome.DNS_TIMEOUT], ids=lambda one: one.value
)
def test_a_look_up_that_fails(outcome: Outcome) -> None:
    with desk(RoutedWeb(ListedResolver({"site.example": failed(outcome)}))) as proxy:
        proxy.get("http://site.example/")
        assert proxy.event("site.example").outcome is outcome


def test_the_next_address_is_tried() -> None:
    with far_end(says(GOOD)) as end:
        web = RoutedWeb(
            ListedResolver({"site.example": found(PUBLIC, OTHER, PUBLIC_V6)}),
            {PUBLIC: OSError(errno.ECONNREFUSED, "words"), OTHER: OSError(errno.ENETUNREACH, "words"), PUBLIC_V6: end.port},
        )
        with desk(web) as proxy:
            assert proxy.get("http://site.example/").endswith(b"good")
            assert proxy.event("site.example").address == PUBLIC_V6
    assert web.dialled == [PUBLIC, OTHER, PUBLIC_V6]


# --- tunnels


def test_a_tunnel_carries_octets_both_ways_and_is_one_line_in_the_file(tmp_path: Path) -> None:
    def echo(connection: socket.socket) -> None:
        while data := connection.recv(65536):
            connection.sendall(data)

    with far_end(echo) as end, desk(one_site(end.port), log_file=tmp_path / "logs" / "egress.jsonl") as proxy:
        connection, answer = proxy.connect("site.example:443")
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert proxy.event("site.example", 443).outcome is Outcome.OK
        connection.sendall(b"hello")
        assert connection.recv(100) == b"hello"
        connection.close()
        proxy.log.add(
            EgressEvent(site="site.example", vantage="desktop", host="site.example", port=443, outcome=Outcome.CERTIFICATE, at=NOW)
        )
    assert proxy.event("site.example", 443).outcome is Outcome.CERTIFICATE, "the tunnel's end hides nothing that the client said"
    lines = [json.loads(line) for line in (tmp_path / "logs" / "egress.jsonl").read_text().splitlines()]
    tunnels = [line for line in lines if line["outcome"] == "ok"]
    assert [(line["octets_up"], line["octets_down"], line["address"]) for line in tunnels] == [(5, 5, PUBLIC)]


def hangs_up(connection: socket.socket) -> None:
    connection.recv(100)


def half_answer(connection: socket.socket) -> None:
    connection.recv(100)
    connection.sendall(b"x")
    connection.recv(100)


def one_octet_resets(connection: socket.socket) -> None:
    connection.recv(100)
    reset(connection)


TUNNELS: dict[str, tuple[Serve, Outcome]] = {
    "closed before anything came": (hangs_up, Outcome.TLS),
    "closed with a request open": (half_answer, Outcome.BAD_RESPONSE),
    "silent": (silent, Outcome.READ_TIMEOUT),
}


@pytest.mark.parametrize(("serve", "outcome"), TUNNELS.values(), ids=TUNNELS.keys())
def test_a_tunnel_that_fails_is_logged_before_the_client_can_see_it(serve: Serve, outcome: Outcome) -> None:
    with far_end(serve) as end, desk(one_site(end.port)) as proxy:
        connection, _ = proxy.connect("site.example:443")
        connection.sendall(b"hello")
        with connection:
            try:
                if connection.recv(100):
                    connection.sendall(b"more")
                    connection.recv(100)
            except ConnectionError:
                pass
            assert proxy.event("site.example", 443).outcome is outcome


def test_a_tunnel_that_is_reset() -> None:
    def serve(connection: socket.socket) -> None:
        reset(connection)

    with far_end(serve) as end, desk(one_site(end.port)) as proxy:
        connection, _ = proxy.connect("site.example:443")
        with connection:
            try:
                connection.sendall(b"GET\r\n\r\n")
                connection.recv(100)
            except ConnectionError:
                pass
            assert proxy.event("site.example", 443).outcome is Outcome.CONNECTION_RESET


# --- budgets


def endless(connection: socket.socket) -> None:
    head_from(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def test_too_many_octets_end_the_site_and_not_another() -> None:
    limits = SiteLimits(seconds=20, octets=500_000, connect_seconds=1, answer_seconds=10)
    with far_end(endless) as end, far_end(says(GOOD)) as good:
        web = one_site(end.port)
        web.routes[OTHER] = good.port
        with desk(web, limits=limits) as proxy:
            cut = proxy.get("http://site.example/")
            assert len(cut) < 2_000_000
            assert proxy.event("site.example").outcome is Outcome.BUDGET_BYTES
            again = proxy.get("http://site.example/again")
            assert b" 403 " in again.split(b"\r\n")[0]
            assert len(web.dialled) == 1
            assert proxy.get("http://other.example/", site="other.example").endswith(b"good")


def test_chunk_lines_count_as_what_they_cost() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"1;" + b"x" * 900 + b"\r\na\r\n") * 200 + b"0\r\n\r\n"
    with far_end(says(chunks)) as end, desk(one_site(end.port), limits=replace(LIMITS, octets=50_000)) as proxy:
        proxy.get("http://site.example/")
        proxy.get("http://site.example/")
        assert proxy.event("site.example").outcome is Outcome.BUDGET_BYTES


def test_too_much_time_ends_the_site() -> None:
    limits = SiteLimits(seconds=0.3, octets=10**6, connect_seconds=5, answer_seconds=5)
    with far_end(silent) as end, desk(one_site(end.port), limits=limits) as proxy:
        connection, _ = proxy.connect("site.example:443")
        proxy.get("http://site.example/")
        with connection, contextlib.suppress(ConnectionError):
            connection.recv(1)
        assert proxy.event("site.example").outcome is Outcome.BUDGET_TIME
        assert proxy.event("site.example", 443).outcome is Outcome.BUDGET_TIME
        proxy.get("http://site.example/again")
        assert proxy.event("site.example").url == "http://site.example/again"
    assert len(end.connections) == 2


# --- upstream proxies


def test_an_upstream_is_asked_for_the_pinned_address_with_its_login() -> None:
    heads: list[bytes] = []

    def upstream(connection: socket.socket) -> None:
        heads.append(head_from(connection))
        connection.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
        says(GOOD)(connection)

    with far_end(upstream) as end:
        way = Egress(name="kz", country="KZ", upstream=f"http://user:pa%20ss@127.0.0.1:{end.port}")
        web = RoutedWeb(ListedResolver({"site.example": found(PUBLIC)}))
        with desk(web, egresses=(Egress(), way)) as proxy:
            assert proxy.get("http://site.example/", egress="kz").endswith(b"good")
            assert proxy.event("site.example").address == PUBLIC
    assert heads == [f"CONNECT {PUBLIC}:80 HTTP/1.1\r\nHost: {PUBLIC}:80\r\nProxy-Authorization: Basic dXNlcjpwYSBzcw==\r\n\r\n".encode()]
    assert web.dialled == ["127.0.0.1"]


def test_an_upstream_reaches_no_inside_address_for_a_page() -> None:
    with far_end(silent) as end:
        way = Egress(name="kz", upstream=f"http://127.0.0.1:{end.port}")
        with desk(RoutedWeb(ListedResolver({"evil.example": found("127.0.0.1")})), egresses=(way,)) as proxy:
            proxy.get("http://evil.example/", egress="kz")
            assert proxy.event("evil.example").outcome is Outcome.REFUSED_EGRESS
    assert end.connections == []


@pytest.mark.parametrize("serve", [says(b"HTTP/1.1 502 Bad\r\n\r\n"), says(b""), silent, reset], ids=["502", "closed", "silent", "reset"])
def test_an_upstream_that_fails(serve: Serve) -> None:
    with far_end(serve) as end:
        way = Egress(name="kz", upstream=f"http://127.0.0.1:{end.port}")
        with desk(RoutedWeb(ListedResolver({"site.example": found(PUBLIC)})), egresses=(way,), limits=LIMITS) as proxy:
            proxy.get("http://site.example/", egress="kz")
            assert proxy.event("site.example").outcome is Outcome.UPSTREAM_FAILED


@pytest.mark.parametrize("upstream", ["https://127.0.0.1:1", "http://127.0.0.1", "127.0.0.1:3128", "http://[x:1", "http://h:99999"])
def test_an_upstream_that_is_none_is_refused_without_its_password(upstream: str) -> None:
    with pytest.raises(ConfigError, match="upstream must be"), desk(one_site(1), egresses=(Egress(upstream=upstream),)):
        pass


# --- the end


def test_leaving_ends_connections_and_the_thread() -> None:
    with far_end(silent) as end:
        with desk(one_site(end.port)) as proxy:
            connection, _ = proxy.connect("site.example:443")
        with connection, contextlib.suppress(ConnectionError):
            assert connection.recv(1) == b""
    assert not [thread for thread in threading.enumerate() if thread.name == "egress-proxy"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(proxy.address, timeout=1)
    assert DOOR.parse("site.example").name == "site.example"
