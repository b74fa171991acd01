"""Which Chromium to render with: what is named, Playwright's own, or the system's; asked for its version before anything relies on it."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

from playwright.sync_api import sync_playwright

from casefile.errors import BrowserError
from crawler.messages import Browser

OLDEST = 125
"""The first Chromium whose pages can be written out with their shadow trees (`Element.getHTML`); what Playwright 1.65 needs is older."""

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ANSWER_SECONDS = 20.0
VERSION = re.compile(r"\b(\d{2,4})\.\d+\.\d+\.\d+\b")

GET_ONE = "install one (Debian, Ubuntu: apt-get install chromium; or .venv/bin/playwright install --with-deps chromium), or name one in MIRRORWATCH_CHROMIUM"


def find_chromium(named: Path | None = None) -> Browser:
    """The browser to use. `named`: the one that an operator names, which is then used or nothing. Raises `BrowserError`."""
    if named is not None:
        found = shutil.which(str(named))
        if found is None:
            raise BrowserError(f"the browser {named} is not there, or cannot be run: name another in MIRRORWATCH_CHROMIUM, or unset it")
        return _asked(found)
    own = _own_of_playwright()
    found = own or next((path for path in map(shutil.which, ON_PATH) if path), None)
    if not found:
        raise BrowserError(f"no Chromium found: {GET_ONE}")
    return _asked(found)


def _own_of_playwright() -> str:
    """The path of Playwright's own Chromium, empty where it was not installed, or cannot be run by the user that we change to."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and (os.geteuid() != 0 or open_to_all(Path(path))) else ""


def open_to_all(path: Path) -> bool:
    """Whether the user that root starts the browser as can get at it: what lies in root's own folder he cannot."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def _asked(path: str) -> Browser:
    """The browser at `path` with its version; it is asked without a display and without a profile."""
    try:
        ran = subprocess.run((path, "--version"), capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrowserError(f"the browser {path} does not tell its version ({_reason(error)}): {GET_ONE}") from None
    found = VERSION.search(ran.stdout)
    if found is None:
        raise BrowserError(f"{path} is no Chromium, or a broken one (exit status {ran.returncode} at --version): {GET_ONE}")
    if int(found[1]) < OLDEST:
        raise BrowserError(
            f"the browser {path} is Chromium {found[0]}, too old to render with: {OLDEST} is the oldest that does; {GET_ONE}"
        )
    return Browser(path=path, version=found[0])


def _reason(error: OSError | subprocess.TimeoutExpired) -> str:
    return error.strerror or "it cannot be run" if isinstance(error, OSError) else f"no answer in {ANSWER_SECONDS:g} s"
