"""What a hostile page gets out of the browser: no packet in replay, and no connection to an internal listener live; all of it with the protection off."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.outcomes import Outcome
from cli.config import ROOT
from tests.crawler.render.rendering import SHORT, chromium, new_rendering
from tests.night.leaking import bare, leaking_page
from tests.night.netns import Namespace, namespace
from tests.site.answers import Answer, Asked, redirect, whole
from tests.site.server import LoopbackServer, LoopbackWeb, Sites, serving


@pytest.fixture(scope="module")
def inside() -> Iterator[Namespace]:
    chromium()
    with namespace() as made:
        yield made


def show(inside: Namespace, how: str, folder: Path) -> int:
    """Show the page inside the namespace; returns how many packets left."""
    before = inside.packets()
    ran = inside.run([sys.executable, "-m", "tests.night.leaking", how, folder], cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "1 pages shown\n", (ran.stdout, ran.stderr)
    return inside.packets() - before


def test_no_packet_leaves_the_browser_in_a_replay(inside: Namespace, tmp_path: Path) -> None:
    assert show(inside, "replay", tmp_path) == 0


def test_the_counter_sees_packets_once_the_protection_is_off(inside: Namespace, tmp_path: Path) -> None:
    assert show(inside, "bare", tmp_path) > 0


class Secret:
    """A listener on loopback that no page must reach: it counts connections and remembers what they asked for."""

    def __init__(self) -> None:
        self.connections = 0
        self.asked: set[str] = set()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            words = (await asyncio.wait_for(reader.readline(), 5)).split(b" ")
            if len(words) > 1:
                self.asked.add(words[1].decode("ascii", "replace").strip("/"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@contextmanager
def secret_listener() -> Iterator[Secret]:
    """The listener, in a thread of its own."""
    secret, loop, ready = Secret(), asyncio.new_event_loop(), threading.Event()

    async def main() -> None:
        server = await asyncio.start_server(secret.serve, "127.0.0.1", 0)
        secret.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield secret
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def to_wherever() -> Answer:
    """A redirect to the address that is asked for."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await redirect(asked.path.partition("to=")[2])(asked, writer)

    return answer


def spellings(port: int) -> tuple[str, ...]:
    """The listener as pages spell it: by address, by name, and by a name that a hostile DNS server points inside."""
    return f"127.0.0.1:{port}", f"localhost:{port}", f"inside.test:{port}", f"2130706433:{port}", f"[::ffff:127.0.0.1]:{port}"


class InsideWeb(LoopbackWeb):
    """A web in which one name points to the machine itself, and which dials what it is told to, without mercy."""

    def __init__(self, server: LoopbackServer) -> None:
        super().__init__(server)
        self.resolver.names["127.0.0.1"] = "inside.test"

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if address == "127.0.0.1":
            return await asyncio.open_connection(address, port)
        return await super().dial(address, port, seconds)


def test_no_channel_reaches_a_listener_inside_from_a_live_page(tmp_path: Path) -> None:
    with secret_listener() as secret:
        html = leaking_page(spellings(secret.port))
        sites: Sites = {"leaks.test": {"/": whole(html.encode()), "/redirect": to_wherever(), "/service.js": whole(b"")}}
        with serving(sites) as server, new_rendering(tmp_path, sites) as run:
            # the listener's port passes for a web port, so that only the address check stands before it
            run.render(InsideWeb(server), replace(SHORT, limits=replace(SHORT.limits, ports=(80, 443, secret.port))))
            [capture] = run.rendered("leaks.test")
            assert capture.outcome is Outcome.OK
            assert capture.title == "leaks", "WebRTC told the page an address of this machine"
            assert len(run.seen(capture).requests) > 50, "the page tried"
            assert '"outcome":"refused-egress"' in (run.logs / "egress.log").read_text()
        assert (secret.connections, secret.asked) == (0, set())


def test_the_listener_is_reached_once_the_protection_is_off() -> None:
    chromium()
    with secret_listener() as secret:
        bare(spellings(secret.port)[:2])
        assert secret.asked >= {
            "fetch",
            "img",
            "beacon",
            "socket",
            "worker",
            "worker-socket",
            "iframe",
            "script",
            "events",
            "form",
            "prefetch",
        }
