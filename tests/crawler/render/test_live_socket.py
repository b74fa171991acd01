"""A socket on which nobody owes an answer is no failure of its site, however long it stays open."""

import asyncio
import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

from casefile.outcomes import Outcome
from tests.crawler.render.rendering import SHORT, new_rendering
from tests.site.answers import Asked, page
from tests.site.server import LoopbackWeb, Sites, serving

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def accept(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Accepts a web socket (RFC 6455) and says nothing more."""
    key = base64.b64encode(hashlib.sha1((asked.headers["sec-websocket-key"] + GUID).encode()).digest()).decode()
    head = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {key}\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()
    await asyncio.sleep(3600)


def test_an_open_socket_is_recorded_and_is_no_failure(tmp_path: Path) -> None:
    code = (
        "const socket = new WebSocket('ws://odds.test/live'); socket.onopen = () => { socket.send('subscribe'); document.title = 'open'; };"
    )
    late = "<img src='/slow'>"  # keeps the page open for longer than an answer may take
    sites: Sites = {
        "a.test": {"/": page(f"{'<p>слово</p>' * 60}<script>{code}</script>{late}"), "/slow": slow},
        "odds.test": {"/live": accept},
    }
    impatient = replace(SHORT, limits=replace(SHORT.limits, answer_seconds=1.0), render=replace(SHORT.render, seconds=10.0, settle=4.0))
    with serving(sites) as server, new_rendering(tmp_path, ["a.test"]) as run:
        run.render(LoopbackWeb(server), impatient)
        [capture] = run.rendered("a.test")
        assert (capture.outcome, capture.title) == (Outcome.OK, "open")
        [socket] = [one for one in run.seen(capture).requests if one.kind == "websocket"]
        assert (socket.url, socket.status, socket.failure) == ("ws://odds.test/live", 101, "")
        events = [json.loads(line) for line in (run.logs / "egress.log").read_text().splitlines()]
        assert not [event for event in events if event["host"] == "odds.test" and event["outcome"] not in ("ok", "client-gone")]


async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.sleep(3600)
