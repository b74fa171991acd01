"""Which browser is used, what it is refused for, and what an operator is told."""

import os
from pathlib import Path

import pytest

from casefile.errors import BrowserError
from crawler.options import RenderOptions
from crawler.render.chromium import OLDEST, find_chromium, open_to_all
from crawler.render.home import browser_home
from crawler.render.proof import prove_sandbox
from crawler.render.sandbox import look_at
from tests.conftest import require
from tests.crawler.render.rendering import SHORT, chromium, new_rendering
from tests.site.answers import page
from tests.site.server import LoopbackWeb, serving


def program(folder: Path, says: str, status: int = 0) -> Path:
    """A browser that only tells its version."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_the_browser_that_is_named_is_used(tmp_path: Path) -> None:
    path = program(tmp_path, "Google Chrome 150.0.7000.12 unknown")
    browser = find_chromium(path)
    assert (browser.path, browser.version) == (str(path), "150.0.7000.12")


@pytest.mark.parametrize(
    ("says", "status", "told"),
    [
        ("Chromium 90.0.4430.212 built on Debian", 0, f"too old to render with: {OLDEST} is the oldest"),
        ("Mozilla Firefox 140.0", 0, "is no Chromium, or a broken one"),
        ("", 1, "exit status 1 at --version"),
    ],
)
def test_a_browser_that_is_none_or_too_old_is_refused_with_what_to_do(tmp_path: Path, says: str, status: int, told: str) -> None:
    with pytest.raises(BrowserError, match=told) as refused:
        find_chromium(program(tmp_path, says, status))
    assert "\n" not in str(refused.value)
    assert "apt-get install chromium" in str(refused.value)


def test_a_browser_that_is_named_and_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(BrowserError, match="MIRRORWATCH_CHROMIUM"):
        find_chromium(tmp_path / "none")


def test_without_any_browser_one_line_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("crawler.render.chromium._own_of_playwright", lambda: "")
    with pytest.raises(BrowserError, match="no Chromium found: install one"):
        find_chromium()


def test_a_browser_in_a_folder_of_roots_own_is_not_chosen_for_another_user(tmp_path: Path) -> None:
    inner = tmp_path / "own"
    inner.mkdir(mode=0o700)
    assert not open_to_all(program(inner, "Chromium 150.0.0.1"))
    assert open_to_all(Path("/bin/sh"))


def test_a_profile_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    browser = find_chromium(program(tmp_path, "Chromium 150.0.0.1"))
    with pytest.raises(BrowserError, match=r"no folder for the browser's profile.*set TMPDIR"), browser_home(browser, RenderOptions()):
        pass


def test_the_browsers_folder_is_its_users_alone_and_is_removed(tmp_path: Path) -> None:
    browser = find_chromium(program(tmp_path, "Chromium 150.0.0.1"))
    with browser_home(browser, RenderOptions(), as_root=False) as housed:
        home = Path(housed.home)
        assert (home / "profile").stat().st_mode & 0o777 == 0o700
        assert "setpriv" not in Path(housed.path).read_text()
    assert not home.exists()


def test_root_starts_the_browser_as_a_user_without_rights(tmp_path: Path) -> None:
    require(os.geteuid() == 0, "changing to another user needs root")
    browser = find_chromium(program(tmp_path, "Chromium 150.0.0.1"))
    with browser_home(browser, RenderOptions(user=61_000)) as housed:
        start = Path(housed.path).read_text()
        assert "--reuid=61000 --regid=61000 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs" in start
        assert (Path(housed.home) / "profile").stat().st_uid == 61_000


def test_the_sandbox_is_proved_on_this_machine() -> None:
    proof = prove_sandbox(chromium(), RenderOptions())
    assert proof.works
    assert "seccomp" in proof.says
    assert os.geteuid() != 0 or str(RenderOptions().user) in proof.says


def test_a_sandbox_that_is_off_is_said_to_be_off() -> None:
    proof = prove_sandbox(chromium(), RenderOptions(sandbox="off"))
    assert (proof.works, "sandbox" in proof.says) == (False, True)


def test_a_browser_started_without_its_sandbox_behind_our_back_is_refused(tmp_path: Path) -> None:
    real = chromium()
    path = tmp_path / "chromium"
    path.write_text(f'#!/bin/sh\nexec {real.path} "$@" --no-sandbox\n')
    path.chmod(0o755)
    tmp_path.chmod(0o755)
    for folder in list(tmp_path.parents)[:2]:
        folder.chmod(0o755)
    sites = {"a.test": {"/": page()}}
    with serving(sites) as server, new_rendering(tmp_path / "state", sites) as run:
        with pytest.raises(BrowserError, match="sandbox does not work"):
            run.render(LoopbackWeb(server), SHORT, browser=find_chromium(path))
        assert run.rendered("a.test") == []


def proc_of(folder: Path, home: Path, status: str) -> Path:
    """A process table with one browser and one page, as the kernel shows it."""
    for pid, parent, arguments in ((10, 1, f"chromium\0--user-data-dir={home}/10\0"), (11, 10, "chromium\0--type=renderer\0")):
        entry = folder / str(pid)
        entry.mkdir(parents=True)
        (entry / "stat").write_text(f"{pid} (chromium) S {parent} 0 0")
        (entry / "cmdline").write_bytes(arguments.encode())
        (entry / "status").write_text(status)
    (folder / "self").mkdir()
    (folder / "self" / "status").write_text("")
    return folder


@pytest.mark.parametrize(
    ("status", "works", "says"),
    [
        ("Uid:\t60570\t60570\nSeccomp:\t2\nNSpid:\t11\t3\t1\n", True, "pages run as user 60570"),
        ("Uid:\t0\t0\nSeccomp:\t2\nNSpid:\t11\t3\n", False, "as root"),
        ("Uid:\t60570\t60570\nSeccomp:\t0\nNSpid:\t11\t3\n", False, "any system call"),
        ("Uid:\t60570\t60570\nSeccomp:\t2\nNSpid:\t11\n", False, "processes of the machine"),
    ],
)
def test_the_proof_is_what_the_kernel_says_of_the_pages_processes(tmp_path: Path, status: str, works: bool, says: str) -> None:
    home = tmp_path / "home"
    found = look_at(home, proc_of(tmp_path / "proc", home, status))
    assert (found.works, says in found.says) == (works, True)
    assert look_at(tmp_path / "another", tmp_path / "proc").works is False


@pytest.mark.parametrize(
    "change", [{"at_once": 0}, {"sandbox": "maybe"}, {"user": 0}, {"settle": 0.1}, {"memory_octets": 1}, {"pages": -1}]
)
def test_options_with_which_nothing_good_would_come_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        RenderOptions(**change)  # type: ignore[arg-type]
