"""kill -9 in every step, at commits chosen by seed: the same command again comes to the fingerprint of an unbroken night."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blocklist.signing import load_keys
from blocklist.verify import verify
from casefile import queries
from casefile.fingerprint import fingerprint
from casefile.hostname import Door
from casefile.records import Capture, Entry
from casefile.reference import Reference, load_reference
from casefile.store import Case
from classifier.detectors import detectors_id
from cli.config import ROOT
from tests.crawler.render.rendering import chromium
from tests.night.killer import RENDERINGS, is_rendering
from tests.night.web import hosts, write_web

SEED = 20261121
STEPS = {
    "discover": "sightings",
    "resolve": "resolutions",
    "fetch": "captures",
    "evidence": "examinations",
    "score": "verdicts",
    "render": RENDERINGS,
    "families": "families",
    "publish": "releases",
}
CONFIG = """suffixes = ["example"]
[crawl]
site_delay = 0.0
commit_hosts = 2
[crawl.render]
pages = 0
[night]
decisions = "decisions.csv"
"""


def run(folder: Path, state: str, table: str = "", number: int = 0, when: str = "after") -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "tests.night.killer",
        folder / "mirrorwatch.toml",
        folder / state,
        folder / "seeds.txt",
        folder / "web.warc.gz",
        table,
        str(number),
        when,
    ]
    return subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chromium()
    folder = tmp_path_factory.mktemp("web")
    write_web(folder)
    (folder / "mirrorwatch.toml").write_text(CONFIG)
    approved = "\n".join(f"{host},approve,A. Analyst,seen,,2026-10-01T00:00:00Z" for host in hosts() if host.startswith("zar"))
    (folder / "decisions.csv").write_text(f"host,action,analyst,note,act,decided_at\n{approved}\n")
    return folder


@pytest.fixture(scope="module")
def unbroken(web: Path) -> tuple[str, dict[str, int]]:
    """The fingerprint of a night that nobody killed, and how many commits each table saw."""
    done = run(web, "unbroken")
    assert done.returncode == 0, done.stderr
    return print_of(web / "unbroken"), json.loads(done.stdout)


def opened(state: Path) -> Case:
    return Case(state / "casefile.db", Door(("example",)), create=False)


def print_of(state: Path) -> str:
    with opened(state) as case:
        return fingerprint(case)


def work_left(state: Path, step: str) -> int:
    """How many items of the step were still to do when it was killed."""
    with opened(state) as case:
        night = queries.unfinished_night(case)
        assert night is not None
        since = night.due_before
        left = {
            "discover": lambda: sum(not queries.sightings_of(case, case.door.parse(host)) for host in (*hosts(), "zar777.example")),
            "resolve": lambda: len(queries.hosts_to_resolve(case, since)),
            "fetch": lambda: len(queries.hosts_to_fetch(case, since)),
            "evidence": lambda: len(queries.captures_to_examine(case, detectors_id())),
            "score": lambda: len(queries.hosts_to_score(case, "any")) - len(queries.latest_verdicts(case)),
            "render": lambda: sum(
                bool(verdict.render_for) for host in queries.hosts_to_render(case, since) if (verdict := queries.verdict_of(case, host))
            ),
            "families": lambda: 2 - len(queries.families_now(case)),
            "publish": lambda: len(queries.approved_hosts(case)) - len(queries.listed_entries(case)),
        }
        return left[step]()


def rows(state: Path, table: str) -> int:
    with opened(state) as case:
        if table == RENDERINGS:
            return sum(is_rendering(capture) for capture in case.records(Capture))
        return int(case.rows(f'SELECT count(*) AS n FROM "{table}"')[0]["n"])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_night_comes_to_the_same(
    web: Path, unbroken: tuple[str, dict[str, int]], step: str, when: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, commits = unbroken
    table = STEPS[step]
    draw = random.Random(f"{SEED} {step} {when}")
    last = commits[table]
    number = draw.randint(1, last) if when == "before" else draw.randint(1, max(1, last - 1))
    state = f"{step}-{when}"
    killed = run(web, state, table, number, when)
    assert killed.returncode == -9, killed.stderr
    left = work_left(web / state, step)
    with capsys.disabled():
        print(
            f"\n  killed in {step}, {when} commit {number} of {last}: {rows(web / state, table)} rows of {table} committed, {left} left",
            end="",
        )
    if when == "before":
        assert left > 0
    again = run(web, state)
    assert again.returncode == 0, again.stderr
    assert print_of(web / state) == whole
    report = verify(web / state / "releases" / "latest", reference(), keys=load_keys(web / state / "keys"))
    assert not report.faults


def reference() -> Reference:
    return load_reference([ROOT / "data" / "reference"])


def test_the_unbroken_night_did_something(web: Path, unbroken: tuple[str, dict[str, int]]) -> None:
    with opened(web / "unbroken") as case:
        assert len(queries.latest_verdicts(case)) == 20
        assert len(case.records(Entry)) >= 8
        assert datetime.now(UTC) > case.records(Entry)[0].listed_at
