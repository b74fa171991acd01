"""Rendered pages a second of the step as the night runs it, beside a bare Playwright loop that takes the same picture with the same number of contexts.

    python -m tests.bench.render

Bare: Playwright's own calls in the plainest order (a fresh context, `goto` until the load event, the same screenshot, close), straight to the loopback server,
in the same browser started by the same script; nothing is waited for, kept or stored. Whole: the step, every request through the egress proxy, pages waited
for by the rule, DOM, picture, bodies and observation archived, rows committed. Rounds alternate; the ratio is the median of the rounds' ratios. The time of both
runs from the browser being up to the last page told (bare) or committed (whole), since a night starts it once.
"""

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import async_playwright

from casefile.outcomes import Outcome
from casefile.records import How
from crawler.messages import Browser
from crawler.options import DESKTOP, RenderOptions
from crawler.render.home import browser_home
from crawler.render.launch import start_chromium
from tests.bench.crawl import BenchWeb, LastCommit, Server, make_pages
from tests.crawler.crawling import QUICK, with_limits
from tests.crawler.render.rendering import chromium, new_rendering

HOSTS = 24
ROUNDS = 3
GOAL = 0.8

OPTIONS = replace(with_limits(QUICK, seconds=60.0, answer_seconds=15.0), vantages=(DESKTOP,), render=RenderOptions(pages=0))
NAMES = [f"site{number:03d}.test" for number in range(HOSTS)]

SCRIPT = b"""fetch('/data.json').then(answer => answer.json()).then(data => {
  document.getElementById('app').innerHTML = data.map(one => '<p>' + one + '</p>').join('');
});"""
STYLE = b"body { font-family: sans-serif; background: linear-gradient(#fff, #dde); } .card { border: 1px solid #888; padding: 1em; margin: 1em; }"


def make_site() -> dict[bytes, bytes]:
    """Path to the whole answer: a page of 20 to 80 kB with a style sheet, a script that fetches data and shows it, and an icon."""
    page = make_pages()[b"/"].partition(b"\r\n\r\n")[2]
    head = b"<head><link rel=stylesheet href=/style.css><link rel=icon href=/icon.png><script defer src=/app.js></script>"
    body = page.replace(b"<head>", head, 1).replace(b"<body>", b"<body><div id=app></div>", 1)
    data = b"[" + b",".join(b'"line %d of what the script shows"' % number for number in range(40)) + b"]"
    answers = {
        b"/": ("text/html; charset=utf-8", body),
        b"/style.css": ("text/css", STYLE),
        b"/app.js": ("text/javascript", SCRIPT),
        b"/data.json": ("application/json", data),
        b"/icon.png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    }
    return {
        path: f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(octets)}\r\n\r\n".encode() + octets
        for path, (kind, octets) in answers.items()
    }


class Patient(dict[bytes, bytes]):
    """Answers with 404 what Chromium asks for on its own account."""

    def __missing__(self, path: bytes) -> bytes:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def serve(answers: dict[bytes, bytes], pipe: Connection) -> None:
    """Run the server in a process of its own until the pipe's other end closes."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Server(Patient(answers)), "127.0.0.1", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().run_in_executor(None, pipe.poll, None)

    asyncio.run(run())


async def bare_loop(running: Chromium, names: list[str], at_once: int) -> float:
    """Seconds of a bare round."""
    waiting = list(names)

    async def worker() -> None:
        while waiting:
            name = waiting.pop()
            context = await running.new_context(viewport={"width": 1366, "height": 768})
            page = await context.new_page()
            await page.goto(f"http://{name}/", wait_until="load")
            await page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": 1366, "height": OPTIONS.render.screenshot_height})
            await context.close()

    begun = time.monotonic()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return time.monotonic() - begun


def bare(port: int, browser: Browser) -> float:
    """One bare round in a browser of its own."""

    async def run(housed: Browser) -> float:
        async with async_playwright() as playwright:
            running = await start_chromium(playwright, housed, OPTIONS.render, f"http://127.0.0.1:{port}")
            try:
                return await bare_loop(running, NAMES, OPTIONS.render.at_once)
            finally:
                await running.close()

    with browser_home(browser, OPTIONS.render) as housed:
        return asyncio.run(run(housed))


def whole(port: int, browser: Browser) -> float:
    """One whole round."""
    web = BenchWeb(port)
    with tempfile.TemporaryDirectory() as folder, new_rendering(Path(folder), NAMES) as run:
        run.progress = LastCommit()
        run.render(web, OPTIONS, browser=browser)
        pages = [capture for name in NAMES for capture in run.rendered(name) if capture.how is How.RENDERED]
        assert len(pages) == HOSTS, len(pages)
        assert all(page.outcome is Outcome.OK and page.screenshot for page in pages), {page.outcome for page in pages}
        return run.progress.at - web.first


def measure() -> list[str]:
    """The figures as lines for people; the last says whether the goal is met."""
    browser = chromium()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=serve, args=(make_site(), there), daemon=True)
    process.start()
    port = here.recv()
    times: dict[str, list[float]] = {"bare": [], "whole": []}
    for _ in range(ROUNDS):
        times["bare"].append(bare(port, browser))
        times["whole"].append(whole(port, browser))
    here.close()
    process.terminate()
    process.join()
    ratio = statistics.median(one / other for one, other in zip(times["bare"], times["whole"], strict=True))
    rows = {name: ", ".join(f"{HOSTS / one:.1f}" for one in found) for name, found in times.items()}
    rates = {name: HOSTS / statistics.median(found) for name, found in times.items()}
    return [
        f"render: {HOSTS} hosts, {OPTIONS.render.at_once} contexts at once, Chromium {browser.version}, {ROUNDS} alternating rounds, {os.cpu_count()} cores",
        f"  bare Playwright loop                {rates['bare']:6.1f} pages/s   ({rows['bare']})",
        f"  the step                            {rates['whole']:6.1f} pages/s   ({rows['whole']})",
        f"  median ratio of a round {ratio:.2f}, goal {GOAL} or better: {'met' if ratio >= GOAL else 'NOT MET'}",
    ]


if __name__ == "__main__":
    print("\n".join(measure()))
