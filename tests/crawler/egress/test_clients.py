"""How a client's connection to the proxy ends: whatever the client does, nothing breaks and nothing is said but in the log."""

import asyncio
import contextlib
import http.client
import socket
import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.outcomes import Outcome
from crawler.egress.exchanges import hang_up
from tests.crawler.egress.loopback import LIMITS, Desk, ListedResolver, RoutedWeb, desk, far_end, found, read_answer, silent
from tests.crawler.egress.test_proxy import one_site
from tests.crawler.egress.test_replay import Book, replay, secure

GET = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"

Leave = Callable[[Desk, socket.socket], None]


def handshake(proxy: Desk, connection: socket.socket) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(proxy.handle.ca_file))
    return context.wrap_socket(connection, server_hostname="a.example")


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def before_the_handshake(proxy: Desk, connection: socket.socket) -> None:
    connection.close()


def in_the_handshake(proxy: Desk, connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x01\x02\x00\x01")
    resets(connection)


def with_something_else_than_tls(proxy: Desk, connection: socket.socket) -> None:
    connection.sendall(GET)
    connection.recv(100)


def refusing_the_certificate(proxy: Desk, connection: socket.socket) -> None:
    with contextlib.suppress(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(connection, server_hostname="a.example")


def after_the_handshake(proxy: Desk, connection: socket.socket) -> None:
    handshake(proxy, connection).close()


def after_half_a_request(proxy: Desk, connection: socket.socket) -> None:
    with handshake(proxy, connection) as secured:
        secured.sendall(GET[:20])


def by_a_reset_after_a_request(proxy: Desk, connection: socket.socket) -> None:
    secured = handshake(proxy, connection)
    secured.sendall(GET * 2)
    resets(secured)


def in_order_after_an_answer(proxy: Desk, connection: socket.socket) -> None:
    with handshake(proxy, connection) as secured:
        secured.sendall(GET)
        assert read_answer(secured).startswith(b"HTTP/1.1 200 OK")
        secured.unwrap()


def with_no_request(proxy: Desk, connection: socket.socket) -> None:
    with handshake(proxy, connection) as secured:
        secured.sendall(b"nonsense\r\n\r\n")
        secured.recv(100)


@pytest.mark.parametrize(
    "leave",
    [
        before_the_handshake,
        in_the_handshake,
        with_something_else_than_tls,
        refusing_the_certificate,
        after_the_handshake,
        after_half_a_request,
        by_a_reset_after_a_request,
        in_order_after_an_answer,
        with_no_request,
    ],
)
def test_a_client_of_a_replay_may_leave_as_it_likes(tmp_path: Path, said: Callable[[], str], leave: Leave) -> None:
    with desk(replay(Book(tmp_path).page("http://a.example/", "front" * 9000).finish())) as proxy:
        connection, answer = proxy.connect("a.example:443")
        assert b"200" in answer
        with connection:
            leave(proxy, connection)
        assert secure(proxy, "a.example", "/").status == 200, "the next one is served"
    assert said() == ""


def test_a_page_that_is_not_archived_ends_the_connection_and_nothing_else(tmp_path: Path, said: Callable[[], str]) -> None:
    with desk(replay(Book(tmp_path).page("http://a.example/", "front").outcome("https://a.example/x", "tls").finish())) as proxy:
        for path, outcome in (("/missing", Outcome.NOT_ARCHIVED), ("/x", Outcome.TLS)):
            with pytest.raises(http.client.RemoteDisconnected):
                secure(proxy, "a.example", path)
            assert proxy.event("a.example", 443).outcome is outcome
    assert said() == ""


def in_time(condition: Callable[[], object]) -> None:
    """Poll until it holds."""
    end = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.parametrize("leave", [socket.socket.close, resets])
def test_a_client_that_leaves_before_an_answer_is_told_in_the_log(
    tmp_path: Path, said: Callable[[], str], leave: Callable[[socket.socket], None]
) -> None:
    log = tmp_path / "egress.log"
    with far_end(silent) as end, desk(one_site(end.port), log_file=log, limits=replace(LIMITS, answer_seconds=5.0)) as proxy:
        connection, _ = proxy.connect("site.example:443")
        leave(connection)
        in_time(lambda: '"outcome":"client-gone"' in log.read_text())
    assert said() == ""


def test_a_plain_client_that_resets_is_no_matter(said: Callable[[], str]) -> None:
    with far_end(silent) as end, desk(one_site(end.port)) as proxy:
        connection = socket.create_connection(proxy.address, timeout=10)
        connection.sendall(b"GET http://site.example/ HTTP/1.1\r\n" + proxy.authorization() + b"\r\n")
        in_time(lambda: end.connections)
        resets(connection)
    assert said() == ""


def test_clients_that_are_there_when_the_run_ends_are_turned_away(said: Callable[[], str]) -> None:
    with far_end(silent) as end, desk(one_site(end.port)) as proxy:
        connections = [proxy.connect("site.example:443")[0] for _ in range(3)]
    for connection in connections:
        with connection:
            assert connection.recv(100) == b""
    assert said() == ""


def test_a_fault_of_ours_is_logged_with_its_trace_and_ends_that_connection_only(said: Callable[[], str]) -> None:
    class Broken(ListedResolver):
        async def look_up(self, name: str, *, nameservers: bool = False):  # type: ignore[no-untyped-def]
            if name == "bad.example":
                raise KeyError("a fault of ours")
            return await super().look_up(name)

    with desk(RoutedWeb(Broken({"gone.example": found()}))) as proxy:
        assert proxy.get("http://bad.example/") == b""
        assert b" 502 " in proxy.get("http://gone.example/")
    text = said()
    assert "mirrorwatch.egress" in text
    assert "KeyError: 'a fault of ours'" in text
    assert "never retrieved" not in text


class Once(asyncio.Transport):
    """A transport that may be closed once, as a TLS transport."""

    def __init__(self) -> None:
        super().__init__()
        self.closings = 0

    def close(self) -> None:
        self.closings += 1

    def is_closing(self) -> bool:
        return self.closings > 0


@pytest.mark.parametrize("closed_before", [False, True])
def test_a_connection_is_closed_once(closed_before: bool) -> None:
    async def end() -> int:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport = Once()
        protocol.connection_made(transport)
        writer = asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())
        if closed_before:
            transport.close()
        protocol.connection_lost(None)
        await hang_up(writer)
        return transport.closings

    assert asyncio.run(end()) == 1
