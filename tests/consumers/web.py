"""Many requests to a proxy on 127.0.0.1, over connections that stay open, and the web behind it that has every site."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from io import BufferedReader

AT_ONCE = 50
"""Requests that are sent before the first answer is read."""

A_CONNECTION = 250
"""Requests over one connection; proxies close it after a thousand."""

CONNECTIONS = 8
"""Connections that are open at once."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
SERVED = "a site"
"""What a connection that a proxy passed on gets to read."""

CLOSED = "closed"


class _Site(asyncio.Protocol):
    """Says `OK` for every head of a request, and `SERVED` to whoever says something else first (a TLS greeting)."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.rest = transport, b""

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if data[:1] == b"\x16":
            self.transport.write(SERVED.encode())
            return
        heads = (self.rest + data).split(b"\r\n\r\n")
        self.rest = heads.pop()
        self.transport.write(OK * len(heads))


@contextmanager
def every_site() -> Iterator[int]:
    """The port of a server on 127.0.0.1 that is every web site, plain and by TLS as far as the greeting."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(_Site, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def request(host: str, *, form: str = "origin") -> bytes:
    """A request for the front page of `host`: to a server (`origin`), to a proxy (`absolute`), or for a tunnel (`connect`)."""
    if form == "connect":
        return f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()
    target = f"http://{host}/" if form == "absolute" else "/"
    return f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def status(port: int, host: str, *, form: str = "origin") -> int:
    """The status of one request."""
    with _connected(port) as sock, sock.makefile("rb") as answers:
        sock.sendall(request(host, form=form))
        return _read(answers, form)


def statuses(port: int, hosts: Iterable[str], *, form: str = "origin") -> dict[str, int]:
    """The status for every host, over as few connections as can be."""
    wanted = list(dict.fromkeys(hosts))
    found: dict[str, int] = {}
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = [wanted[start : start + A_CONNECTION] for start in range(0, len(wanted), A_CONNECTION)]
        for part in pool.map(partial(_over_one, port, form), parts):
            found |= part
    return found


def _over_one(port: int, form: str, hosts: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    with _connected(port) as sock, sock.makefile("rb") as answers:
        for start in range(0, len(hosts), AT_ONCE):
            batch = hosts[start : start + AT_ONCE]
            sock.sendall(b"".join(request(host, form=form) for host in batch))
            for host in batch:
                found[host] = _read(answers, form)
    return found


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def _read(answers: BufferedReader, form: str) -> int:
    """The status of the next answer, its body read over."""
    line = answers.readline()
    if not line:
        raise ConnectionResetError("closed before an answer")
    length = 0
    while (head := answers.readline()) not in (b"\r\n", b""):
        name, _, value = head.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    code = int(line.split()[1])
    if form != "connect" or code != 200:
        answers.read(length)
    return code


@cache
def _client() -> ssl.SSLContext:
    """A client that trusts nobody: it never comes so far as to see a certificate."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def greeting(name: str) -> bytes:
    """The first flight of a TLS client that asks for `name`."""
    outgoing = ssl.MemoryBIO()
    talk = _client().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    try:
        talk.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a handshake that was over before it began")


def greeted(port: int, name: str, *, in_pieces: bool = False) -> str:
    """What a TLS client that asks for `name` meets: `SERVED`, or `CLOSED` before a word was said."""
    hello = greeting(name)
    with _connected(port) as sock:
        try:
            if in_pieces:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.sendall(hello[:60])
                threading.Event().wait(0.05)
                hello = hello[60:]
            sock.sendall(hello)
            return sock.recv(100).decode() or CLOSED
        except ConnectionError:
            return CLOSED
