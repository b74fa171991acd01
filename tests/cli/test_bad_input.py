"""Bad input ends in one clear line with what to do, the right exit code, and nothing lost."""

import contextlib
import fcntl
import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.config import ROOT
from tests.cli.running import SAMPLE, Ran, mirrorwatch
from tests.conftest import require


@pytest.fixture(scope="module")
def finished(sample_once: tuple[Ran, Path]) -> Path:
    """The state folder of a finished sample night; tests copy it before they break it."""
    return sample_once[1]


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A dozen of the sample's seeds, for nights that are only begun."""
    seeds = tmp_path / "few.txt"
    seeds.write_text("".join((SAMPLE / "seeds.txt").read_text().splitlines(keepends=True)[:14]))
    return seeds


def copy_of(finished: Path, tmp_path: Path) -> Path:
    state = tmp_path / "state"
    shutil.copytree(finished, state, symlinks=True)
    return state


def night(state: Path, *words: object, config: Path = SAMPLE / "mirrorwatch.toml") -> Ran:
    return mirrorwatch("-q", "--config", config, "--state", state, "night", *words)


def one_line(ran: Ran, code: int, *says: str) -> None:
    """Exit code, a single line on stderr that begins with the program's name, and these words in it."""
    lines = ran.err.strip().splitlines()
    assert ran.code == code, ran.err
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("mirrorwatch: ")
    assert all(word in lines[0] for word in says), lines[0]


WEB = ("--replay", SAMPLE / "web.warc.gz")


def test_seeds_that_are_not_there(tmp_path: Path) -> None:
    one_line(night(tmp_path / "s", "--seeds", tmp_path / "none.txt", *WEB), 2, "none.txt")


def test_seeds_with_nothing_in_them(tmp_path: Path) -> None:
    empty = tmp_path / "seeds.txt"
    empty.write_text("# nothing\n\n")
    one_line(night(tmp_path / "s", "--seeds", empty, *WEB), 2, "seeds.txt")


def test_bad_seed_lines_are_named_and_skipped(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("dead.example\nnot a host\nhttp://[::1/\n")
    ran = night(tmp_path / "s", "--seeds", seeds, *WEB)
    assert ran.code == 0, ran.err
    assert "seeds.txt:2" in ran.err
    assert "seeds.txt:3" in ran.err
    assert ran.err.count("seeds.txt:2") == 1, "said once, however many rounds there are"


def test_unknown_configuration_key(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[crawl]\ndelay = 3\n")
    one_line(night(tmp_path / "s", *WEB, config=config), 2, "c.toml", "crawl.delay", "site_delay")


def broken_model(tmp_path: Path) -> tuple[Path, Path]:
    model = tmp_path / "model"
    shutil.copytree(ROOT / "data" / "model", model)
    config = tmp_path / "c.toml"
    config.write_text(f'[judge]\nmodel = "{model}"\n')
    return model, config


def test_missing_model(tmp_path: Path) -> None:
    model, config = broken_model(tmp_path)
    next(model.glob("*.npz")).unlink()
    one_line(night(tmp_path / "s", *WEB, config=config), 2, ".npz", str(model))


def test_altered_model(tmp_path: Path) -> None:
    model, config = broken_model(tmp_path)
    array = next(model.glob("*.npz"))
    octets = bytearray(array.read_bytes())
    octets[len(octets) // 2] ^= 1
    array.write_bytes(octets)
    one_line(night(tmp_path / "s", *WEB, config=config), 2, array.name)


def test_corrupt_case_file(finished: Path, tmp_path: Path) -> None:
    state = copy_of(finished, tmp_path)
    for extra in ("-wal", "-shm"):
        (state / f"casefile.db{extra}").unlink(missing_ok=True)
    database = state / "casefile.db"
    database.write_bytes(b"garbage " * 1000)
    one_line(mirrorwatch("-q", "--state", state, "queue"), 2, "casefile.db")
    assert database.read_bytes() == b"garbage " * 1000


def test_case_file_of_a_newer_version(finished: Path, tmp_path: Path) -> None:
    state = copy_of(finished, tmp_path)
    with contextlib.closing(sqlite3.connect(state / "casefile.db")) as database, database:
        database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mirrorwatch', '0099_from_the_future', '2030-01-01')"
        )
    one_line(mirrorwatch("-q", "--state", state, "queue"), 2, "newer", "0099_from_the_future")


def test_no_case_file_yet(tmp_path: Path) -> None:
    one_line(mirrorwatch("-q", "--state", tmp_path / "none", "queue"), 2, "no case file", "mirrorwatch night")


@pytest.mark.parametrize("damage", ["cut", "flipped", "not a WARC", "missing"])
def test_damaged_replay_file(tmp_path: Path, few: Path, damage: str) -> None:
    good = (SAMPLE / "web.warc.gz").read_bytes()
    bad = tmp_path / "bad.warc.gz"
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 4
    contents = {"cut": good[:-40], "flipped": bytes(flipped), "not a WARC": gzip.compress(b"hello\n")}
    if damage in contents:
        bad.write_bytes(contents[damage])
    one_line(night(tmp_path / "s", "--seeds", few, "--replay", bad), 2, "bad.warc.gz")


def test_damaged_archive_of_the_case_is_named(finished: Path, tmp_path: Path) -> None:
    state = copy_of(finished, tmp_path)
    listed = (state / "archive" / "SHA256SUMS").read_text().splitlines()
    assert {line.split()[1] for line in listed} == {path.name for path in (state / "archive").glob("*.warc.gz")}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=state / "archive", check=True)


def test_disk_budget_reached(tmp_path: Path, few: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'suffixes = ["example"]\n[crawl]\nkeep_free_octets = {1 << 60}\n')
    ran = night(tmp_path / "s", "--seeds", few, *WEB, config=config)
    one_line(ran, 3, "free", "run it again")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    require(os.geteuid() == 0, "a full disk is made with a small tmpfs, which needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True, check=False).returncode:
        require(None, "a full disk is made with a small tmpfs, and this machine does not let root mount one")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_full_disk(small_disk: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('suffixes = ["example", "test", "kz.example"]\n[crawl]\nkeep_free_octets = 0\ncommit_hosts = 4\nsite_delay = 0.0\n')
    ran = night(small_disk / "state", "--seeds", SAMPLE / "seeds.txt", *WEB, config=config)
    assert ran.code == 3, ran.err
    assert "no room left" in ran.err
    assert "Traceback" not in ran.err


def test_no_network(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[crawl]\nnameservers = ["127.0.0.1"]\ndns_seconds = 1.0\n')
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("casino-one.com\ncasino-two.com\n")
    ran = night(tmp_path / "s", "--seeds", seeds, config=config)
    one_line(ran, 3, "network")
    shown = json.loads(mirrorwatch("-q", "--state", tmp_path / "s", "show", "casino-one.com", "--json").out)
    assert shown["state"]["state"] == "unseen", "a night without network marks no host dead"


def test_second_night_while_one_runs(finished: Path, tmp_path: Path) -> None:
    state = copy_of(finished, tmp_path)
    with (state / "night.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        one_line(night(state, *WEB), 2, "a night is running")
        assert mirrorwatch("-q", "--state", state, "queue").code == 0, "an analyst works meanwhile"
        listed = (state / "releases" / "latest" / "domains.txt").read_text().split()
        unlisted = mirrorwatch("-q", "--state", state, "unlist", listed[0], "--as", "A. Analyst", "--note", "appeal")
        assert unlisted.code == 0, "an innocent site does not wait for the night's end"
        assert listed[0] not in (state / "releases" / "latest" / "domains.txt").read_text().split()
    assert night(state, *WEB).code == 0


def test_a_night_without_anything_to_look_at(tmp_path: Path) -> None:
    one_line(night(tmp_path / "s", *WEB), 2, "--seeds")


def test_a_live_night_on_a_case_file_of_archives(finished: Path, tmp_path: Path) -> None:
    one_line(night(copy_of(finished, tmp_path)), 2, "is of archives", "--state")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_hand_or_by_the_system(tmp_path: Path, few: Path, stop: signal.Signals) -> None:
    words = ["--config", SAMPLE / "mirrorwatch.toml", "--state", tmp_path / "s", "night", "--seeds", few, *WEB]
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("fetch"):
            process.send_signal(stop)
            break
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 3, rest
    assert rest.strip().splitlines()[-1].startswith("mirrorwatch: stopped; what was committed is kept")
    assert "Traceback" not in rest
    assert night(tmp_path / "s", "--seeds", few, *WEB).code == 0


def test_an_answer_that_cannot_be_written(finished: Path) -> None:
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "cli", "-q", "--state", str(finished), "verdicts"]
        done = subprocess.run(words, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.strip() == "mirrorwatch: cannot write the answer: No space left on device"


def test_unknown_host_is_said(finished: Path) -> None:
    one_line(mirrorwatch("-q", "--state", finished, "show", "never-seen.example"), 2, "nothing is known of never-seen.example")


def test_bad_host_names_decide_nothing(finished: Path, tmp_path: Path) -> None:
    state = copy_of(finished, tmp_path)
    before = mirrorwatch("-q", "--state", state, "fingerprint").out
    waiting = json.loads(mirrorwatch("-q", "--state", state, "queue", "--json").out.splitlines()[0])["host"]
    ran = mirrorwatch("-q", "--state", state, "approve", "-", "--as", "A. Analyst", "--note", "x", stdin=f"{waiting}\n*.com\n")
    one_line(ran, 2, "standard input:2", "Nothing was decided")
    assert mirrorwatch("-q", "--state", state, "fingerprint").out == before


SHELL_SITE = "oyna-k7d.example"
"""A casino of the sample that is empty until script runs."""


@pytest.mark.parametrize("browser", ["missing", "no browser at all", "too old"])
def test_a_night_without_a_browser_goes_on_and_calls_nothing_clear(tmp_path: Path, browser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chromium"
    if browser != "missing":
        path.write_text("#!/bin/sh\necho " + ("hello" if browser == "no browser at all" else "Chromium 90.0.4430.72") + "\n")
        path.chmod(0o755)
    monkeypatch.setenv("MIRRORWATCH_CHROMIUM", str(path))
    seeds = tmp_path / "seeds.txt"
    seeds.write_text(f"{SHELL_SITE}\nklinika-shipager.example\n")
    ran = night(tmp_path / "s", "--seeds", seeds, *WEB)
    assert ran.code == 3, ran.err
    line, key = ran.err.strip().splitlines()
    assert line.startswith("note: a browser is wanting for 1 host") and key.startswith("note: made the key")
    assert str(path) in line
    assert "no-browser 1" in ran.out
    bands = {
        one["host"]: one["band"] for one in map(json.loads, mirrorwatch("--state", tmp_path / "s", "verdicts", "--json").out.splitlines())
    }
    assert (bands[SHELL_SITE], bands["klinika-shipager.example"]) == ("unsure", "clear")
