"""Answers of the loopback web, good and hostile. Each is an async function that writes to the client what a site of that kind would."""

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One request: header names are lower case."""

    host: str
    path: str
    headers: dict[str, str]


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def whole(body: bytes, *, status: str = "200 OK", content_type: str = "text/html; charset=utf-8", headers: tuple[str, ...] = ()) -> Answer:
    """A well-formed answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *([f"Content-Type: {content_type}"] if content_type else []), *headers]
    octets = "\r\n".join(head).encode() + b"\r\n\r\n" + body

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(octets)

    return answer


def page(text: str = "Здравствуйте, это обычная страница.", *, links: tuple[tuple[str, str], ...] = (), head: str = "") -> Answer:
    """A page in UTF-8 with links `(address, words)`."""
    anchors = "".join(f'<p><a href="{address}">{words}</a></p>' for address, words in links)
    return whole(f"<!doctype html><html><head><title>t</title>{head}</head><body>{text}{anchors}</body></html>".encode())


def redirect(location: str, status: int = 302) -> Answer:
    """An HTTP redirect."""
    return whole(b"", status=f"{status} Moved", headers=(f"Location: {location}",))


def counting(prefix: str) -> Answer:
    """A redirect to the next number, for ever."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        number = int(asked.path.removeprefix(prefix) or 0) + 1
        await redirect(f"{prefix}{number}")(asked, writer)

    return answer


def by_vantage(desktop: Answer, phone: Answer) -> Answer:
    """A site that shows one page to desktops and another to phones."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (phone if "Mobile" in asked.headers.get("user-agent", "") else desktop)(asked, writer)

    return answer


def echo() -> Answer:
    """A page that says what it was asked with."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        lines = "".join(f"<li>{name}: {value}</li>" for name, value in sorted(asked.headers.items()))
        await page(f"<ul>{lines}</ul>", links=(("/deposit", "Deposit"),))(asked, writer)

    return answer


def cookie_wall() -> Answer:
    """A site that redirects to itself until its cookie comes back."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if "seen=1" in asked.headers.get("cookie", ""):
            await page("за печеньем")(asked, writer)
        else:
            await whole(b"", status="302 Found", headers=("Location: /", "Set-Cookie: seen=1; Path=/"))(asked, writer)

    return answer


def gzipped(body: bytes) -> Answer:
    """A compressed page."""
    return whole(gzip.compress(body), headers=("Content-Encoding: gzip",))


def bomb(megabytes: int = 60) -> Answer:
    """A small body that unpacks to a large one."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b" " * 1_000_000
    return whole(b"".join([*(packer.compress(zeros) for _ in range(megabytes)), packer.flush()]), headers=("Content-Encoding: gzip",))


def endless() -> Answer:
    """A body without end."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"a" * 65536)
            await writer.drain()

    return answer


def short() -> Answer:
    """A body that ends before its announced length."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>begins")
        await writer.drain()
        writer.close()

    return answer


def resetting() -> Answer:
    """A connection that is reset in the middle of the body."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>begins")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return answer


def silent() -> Answer:
    """Takes the request and says nothing."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    return answer


def dripping() -> Answer:
    """Headers, then an octet every tenth of a second for ever."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.1)

    return answer


def raw(octets: bytes) -> Answer:
    """Exactly these octets, then the end of the connection."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(octets)
        await writer.drain()
        writer.close()

    return answer
