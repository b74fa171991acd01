"""A browser for the renderer, where the machine has none: Playwright's own, else the system's package."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from casefile.errors import BrowserError
from cli.desk import Desk
from crawler.messages import Browser
from crawler.render.chromium import GET_ONE, find_chromium

PLAYWRIGHT = (sys.executable, "-m", "playwright", "install", "chromium")
APT = (
    ("apt-get", "update", "--quiet", "--quiet"),
    ("apt-get", "install", "--yes", "--quiet", "--quiet", "--no-install-recommends", "chromium", "fonts-dejavu-core"),
)
LAST_WORDS = 200


def browser_at_hand(desk: Desk, *, install: bool) -> Browser:
    """The browser that renders; with `install`, where none is found, one is fetched first. Raises `BrowserError` where none can be had.

    A browser that the environment names is used or nothing. Root gets the system's package where there is apt: Playwright's own would lie in root's
    home, where the unprivileged user that the browser runs as cannot read it.
    """
    if not install or desk.chromium is not None:
        return desk.browser
    try:
        return desk.browser
    except BrowserError:
        desk.progress.say("no browser yet: fetching one")
    said = ""
    for commands in ways(as_root=os.geteuid() == 0):
        said = run_all(commands)
        if not said:
            return find_chromium()
    raise BrowserError(f"no browser could be fetched ({said}): {GET_ONE}")


def ways(*, as_root: bool) -> list[Sequence[Sequence[str]]]:
    """How a browser can be had here, the better way first."""
    package: list[Sequence[Sequence[str]]] = [APT] if as_root and shutil.which("apt-get") else []
    return [*package, (PLAYWRIGHT,)]


def run_all(commands: Sequence[Sequence[str]]) -> str:
    """Run commands one after another; empty, or the last words of the one that failed."""
    for command in commands:
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            )
        except OSError as error:
            return f"{command[0]}: {error.strerror}"
        if ran.returncode:
            words = " ".join((ran.stderr or ran.stdout).split())[-LAST_WORDS:]
            return f"{' '.join(command[:3])} ended with {ran.returncode}: {words}"
    return ""
