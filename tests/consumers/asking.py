"""Many questions to a resolver on 127.0.0.1 over one UDP socket."""

import selectors
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

from tests.consumers.harness import CLEAN

WINDOW = 60
"""Questions under way at once; dnsmasq forwards no more than 150."""

AGAIN = 0.7
"""Seconds after which a question without an answer is asked again."""


@dataclass(frozen=True)
class Answer:
    """What a resolver said: the code, the records of the type that was asked for as text, the target of a CNAME, the longest time that a cache may keep it."""

    rcode: str
    records: tuple[str, ...] = ()
    cname: str = ""
    ttl: int = 0

    def clean(self, kind: str = "A") -> bool:
        """It is what the upstream says of every name."""
        return self.rcode == "NOERROR" and self.records == (CLEAN[kind],) and not self.cname


def ask(port: int, name: str, kind: str = "A", patience: float = 5.0) -> Answer:
    """One question; raises `TimeoutError` where there is no answer, `ConnectionRefusedError` where nobody listens."""
    return ask_all(port, [name], kind, patience)[name]


def ask_all(port: int, names: Iterable[str], kind: str = "A", patience: float = 20.0) -> dict[str, Answer]:
    """Every name once, `WINDOW` at a time; raises `TimeoutError` naming one that nobody answered, and `ConnectionRefusedError` where
    nobody listens. SERVFAIL is an answer.
    """
    waiting = list(dict.fromkeys(names))[::-1]
    sent: dict[int, tuple[str, bytes, float]] = {}
    found: dict[str, Answer] = {}
    end = time.monotonic() + patience
    number = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, selectors.DefaultSelector() as ready:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.connect(("127.0.0.1", port))
        sock.setblocking(False)
        ready.register(sock, selectors.EVENT_READ)
        while waiting or sent:
            while waiting and len(sent) < WINDOW:
                number = (number + 1) % (1 << 16)
                name = waiting.pop()
                wire = question(number, name, kind)
                sent[number] = (name, wire, time.monotonic())
                _send(sock, wire)
            if ready.select(0.02):
                _take(sock, kind, sent, found)
            now = time.monotonic()
            if sent and now > end:
                raise TimeoutError(f"no answer for {len(sent)} names, {next(iter(sent.values()))[0]} one of them")
            for key, (name, wire, at) in sent.items():
                if now - at > AGAIN:
                    sent[key] = (name, wire, now)
                    _send(sock, wire)
    return found


def question(number: int, name: str, kind: str) -> bytes:
    """A query with recursion desired, on the wire; the letters of `name` stay as they are."""
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, dns.rdatatype.from_text(kind), 1)


def _send(sock: socket.socket, wire: bytes) -> None:
    try:
        sock.send(wire)
    except BlockingIOError:
        return  # the buffer is full: it is sent again later


def _take(sock: socket.socket, kind: str, sent: dict[int, tuple[str, bytes, float]], found: dict[str, Answer]) -> None:
    """Read what lies there."""
    while True:
        try:
            data = sock.recv(4096)
            message = dns.message.from_wire(data)
        except BlockingIOError:
            return
        except dns.exception.DNSException as error:
            raise AssertionError(f"an answer that is no DNS message: {error}") from None
        if message.id in sent:
            found[sent.pop(message.id)[0]] = _answer(message, kind)


def _answer(message: dns.message.Message, kind: str) -> Answer:
    asked = dns.rdatatype.from_text(kind)
    ttls = [rrset.ttl for rrset in message.answer] or [
        min(one.ttl, one[0].minimum) for one in message.authority if one.rdtype == dns.rdatatype.SOA
    ]
    return Answer(
        rcode=dns.rcode.to_text(message.rcode()),
        records=tuple(sorted(one.to_text() for rrset in message.answer if rrset.rdtype == asked for one in rrset)),
        cname=next((rrset[0].to_text() for rrset in message.answer if rrset.rdtype == dns.rdatatype.CNAME), "").lower(),
        ttl=min(ttls, default=0),
    )
