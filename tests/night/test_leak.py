"""Nothing leaves during a replay, counted in packets on the only way out of a network namespace; with the proxy taken away the same counter counts."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefile import queries
from casefile.archive import ArchiveWriter
from casefile.hostname import Door
from casefile.store import Case
from cli.config import ROOT
from tests.night.netns import OUTSIDE, Namespace, namespace

MADE = datetime(2026, 11, 1, tzinfo=UTC)
LEAKS = {
    "links.example": '<a href="https://elsewhere.example/deposit">касса</a> <a href="http://192.0.2.7/deposit">касса</a> <a href="/deposit">депозит</a>',
    "refresh.example": '<meta http-equiv="refresh" content="0; url=https://away.example/">',
    "address.example": f'<meta http-equiv="refresh" content="0; url=http://{OUTSIDE}/">',
    "images.example": '<img src="http://pixel.elsewhere.example/p.gif"><script src="https://cdn.elsewhere.example/x.js"></script><link rel="dns-prefetch" href="//x.example">',
    "redirect.example": "",
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leak")
    writer = ArchiveWriter(folder, "web")
    for host, extra in LEAKS.items():
        body = f"<html><head>{extra}</head><body><h1>Казино</h1><p>{'Игровые автоматы и ставки. ' * 40}</p>{extra}</body></html>".encode()
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        status = "200 OK"
        if host == "redirect.example":
            status, headers = "302 Found", [("Location", "https://away.example/casino"), *headers]
        writer.response(f"https://{host}/", status, headers, body, taken_at=MADE, site=host, vantage="")
    writer.finish(MADE)
    (folder / "seeds.txt").write_text("\n".join([*LEAKS, "https://links.example/", "gone.example"]) + "\n")
    (folder / "mirrorwatch.toml").write_text('suffixes = ["example"]\n[crawl]\nsite_delay = 0.0\n')
    return folder


@pytest.fixture(scope="module")
def inside() -> Iterator[Namespace]:
    with namespace() as made:
        yield made


def test_no_packet_leaves_a_replayed_night(web: Path, inside: Namespace) -> None:
    before = inside.packets()
    command = [
        sys.executable,
        "-m",
        "cli",
        "--config",
        web / "mirrorwatch.toml",
        "--state",
        web / "state",
        "night",
        "--seeds",
        web / "seeds.txt",
    ]
    ran = inside.run([*command, "--replay", web / "web.warc.gz"], cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    with Case(web / "state" / "casefile.db", Door(("example",)), create=False) as case:
        assert {verdict.host.name for verdict in queries.latest_verdicts(case)} == set(LEAKS), "the pages that try to leave were visited"
    assert inside.packets() == before


def test_the_counter_sees_packets_once_the_proxy_is_taken_away(web: Path, inside: Namespace, tmp_path: Path) -> None:
    before = inside.packets()
    ran = inside.run([sys.executable, "-m", "tests.night.bare", tmp_path, "links.example", "refresh.example"], cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert inside.packets() > before
