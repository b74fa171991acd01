"""A page that tries every way out of a browser, and two ways to show it to one: `python -m tests.night.leaking replay|bare FOLDER`.

`replay`: the renderer's own step over an archive that holds the page. `bare`: the same page in the same browser with the protection taken off: no proxy, no
policy for WebRTC. Both say how many pages they showed. Only for the tests that count packets and connections.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import async_playwright

from casefile.archive import ArchiveWriter
from casefile.outcomes import Outcome
from crawler.egress.replay import ReplayWeb
from crawler.options import RenderOptions
from crawler.render.home import browser_home
from crawler.render.launch import ENVIRONMENT
from tests.crawler.render.rendering import SHORT, chromium, new_rendering
from tests.site.answers import whole
from tests.site.server import Sites, serving

MADE = datetime(2026, 11, 1, tzinfo=UTC)
STUN = "198.51.100.77:3478"
"""Beyond the default route of the namespace; nobody answers."""


def leaking_page(targets: Sequence[str]) -> str:
    """A page that sends something to every target (`host:port`), by every channel; each channel asks for a path of its own name."""
    tries = []
    for target in targets:
        at = f"http://{target}"
        tries.append(f"""
<link rel="prefetch" href="{at}/prefetch"><link rel="preconnect" href="{at}/"><link rel="dns-prefetch" href="//{target.partition(":")[0]}">
<link rel="preload" as="fetch" href="{at}/preload"><link rel="icon" href="{at}/favicon"><link rel="stylesheet" href="{at}/style">
<link rel="manifest" href="{at}/manifest"><script src="{at}/script"></script><img src="{at}/img"><img src="/redirect?to={at}/redirected">
<iframe src="{at}/iframe"></iframe><video src="{at}/video"></video><object data="{at}/object"></object><embed src="{at}/embed">
<div style="background:url({at}/background)">x</div>
<form id="f{len(tries)}" action="{at}/form" method="post" target="n{len(tries)}"><input name="a" value="1"></form><iframe name="n{len(tries)}"></iframe>
<script>
  fetch('{at}/fetch', {{mode: 'no-cors'}}).catch(() => 0);
  navigator.sendBeacon('{at}/beacon', 'x');
  try {{ new WebSocket('ws://{target}/socket'); }} catch {{}}
  try {{ new EventSource('{at}/events'); }} catch {{}}
  new Worker(URL.createObjectURL(new Blob(["fetch('{at}/worker', {{mode: 'no-cors'}}).catch(() => 0); new WebSocket('ws://{target}/worker-socket');"])));
  window.open('{at}/popup');
  document.getElementById('f{len(tries)}').submit();
  navigator.serviceWorker && navigator.serviceWorker.register('/service.js').catch(() => 0);
</script>""")
    stun = f"""<script>
  const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{STUN}'}}, {{urls: 'turn:{STUN}?transport=tcp', username: 'a', credential: 'b'}}]}});
  peer.onicecandidate = event => {{ if (event.candidate) document.title += ' ' + event.candidate.candidate; }};
  peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer));
</script>"""
    return f"<!doctype html><html><head><title>leaks</title></head><body>{'<p>слово</p>' * 60}{stun}{''.join(tries)}</body></html>"


def write_web(folder: Path, html: str) -> Path:
    """An archive with the page, a redirect to whatever is asked for, and nothing of what the page leads to."""
    writer = ArchiveWriter(folder, "web")
    kind = [("Content-Type", "text/html; charset=utf-8")]
    writer.response("https://leaks.example/", "200 OK", kind, html.encode(), taken_at=MADE, site="leaks.example", vantage="")
    writer.response(
        "https://leaks.example/service.js",
        "200 OK",
        [("Content-Type", "text/javascript")],
        b"",
        taken_at=MADE,
        site="leaks.example",
        vantage="",
    )
    for target in TARGETS:
        url = f"http://{target}/redirected"
        writer.response(
            f"https://leaks.example/redirect?to={url}",
            "302 Found",
            [("Location", url)],
            b"",
            taken_at=MADE,
            site="leaks.example",
            vantage="",
        )
    return folder / writer.finish(MADE).name


TARGETS = ("elsewhere.example", "198.51.100.78")
"""A name that only a resolver beyond the machine could know, and an address beyond its default route."""


def replay(folder: Path) -> int:
    """Show the page as a replayed night does."""
    with new_rendering(folder / "state", ["leaks.example"]) as run:
        run.render(ReplayWeb([write_web(folder, leaking_page(TARGETS))], lambda: MADE), SHORT)
        return sum(capture.outcome is Outcome.OK for capture in run.rendered("leaks.example"))


async def show_bare(executable: str, url: str) -> int:
    """Show a page in the browser without proxy and policy; returns 1."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, chromium_sandbox=True, env=ENVIRONMENT)
        page = await browser.new_page()
        await page.goto(url, wait_until="commit")
        await asyncio.sleep(3)
        await browser.close()
    return 1


def bare(targets: Sequence[str]) -> int:
    """Show the page with the protection taken off, from a server on loopback: Chromium lets a public page reach nothing inside without asking."""
    sites: Sites = {"127.0.0.1": {"/": whole(leaking_page(targets).encode()), "/service.js": whole(b"")}}
    with browser_home(chromium(), RenderOptions()) as housed, serving(sites) as server:
        return asyncio.run(show_bare(housed.path, f"http://127.0.0.1:{server.plain_port}/"))


if __name__ == "__main__":
    shown = replay(Path(sys.argv[2])) if sys.argv[1] == "replay" else bare(TARGETS)
    print(shown, "pages shown")
