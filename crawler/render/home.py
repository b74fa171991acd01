"""A folder for the browser alone, and the few lines that start it there as a user who can do nothing else.

Chromium refuses its sandbox to root, and a browser that reads hostile pages has no business with root's files. Playwright itself stays as it is (its
files may lie where only root can read), and starts a small shell script: that limits memory, changes to the unprivileged user without groups and
capabilities, and becomes Chromium. The pipe through which Playwright speaks is inherited on the way. It ends when Playwright's driver does.
"""

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from casefile.errors import BrowserError
from crawler.messages import Browser
from crawler.options import RenderOptions

PROFILE = "profile"

FEATURES_OFF = (
    # for this one Chromium joins the multicast group of mDNS, which the link sees; the policy for WebRTC leaves no local address that would have to be hidden
    "WebRtcHideLocalIpsWithMdns",
    # Chromium 156 makes two pages of its own for the address bar of every window, which nobody sees here: a fifth of a second for each context
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
)

START = """#!/bin/sh
ulimit -d {kilobytes}
ulimit -c 0
HOME={profile}
TMPDIR={profile}
export HOME TMPDIR
for word; do
  shift
  case "$word" in --disable-features=*) word="$word,{features}" ;; esac
  set -- "$@" "$word"
done
exec {confined}{chromium} "$@" --user-data-dir={profile}/$$
"""
"""Chromium heeds the last list of features only, so that ours are added to Playwright's. Every start has a profile of its own: the last `--user-data-dir` counts. The limit is on data that a process can write (RLIMIT_DATA), in
whole megabytes: under one of an odd size (1562500 kB) every page of Chromium 156 was measured to crash at once."""


@contextmanager
def browser_home(browser: Browser, options: RenderOptions, *, as_root: bool | None = None) -> Iterator[Browser]:
    """The browser as it is to be started, while the context lasts; its folder is removed at the end.

    `as_root`: whether to change the user, by default whether we are root. Raises `BrowserError`.
    """
    root = os.geteuid() == 0 if as_root is None else as_root
    try:
        folder = TemporaryDirectory(prefix="mirrorwatch-browser-", ignore_cleanup_errors=True)
    except OSError as error:
        raise BrowserError(
            f"no folder for the browser's profile: {error.filename or 'the temporary folder'}: {error.strerror}; set TMPDIR to a folder that can be written"
        ) from None
    with folder as name:
        yield replace(browser, path=str(_made(Path(name), browser.path, options, root=root)), home=name)


def _made(folder: Path, chromium: str, options: RenderOptions, *, root: bool) -> Path:
    """The script that starts the browser in `folder`."""
    profile = folder / PROFILE
    start = folder / "start"
    confined = _as_user(options.user) if root else ""
    try:
        folder.chmod(0o711)
        profile.mkdir(mode=0o700)
        if root:
            os.chown(profile, options.user, options.user)
        start.write_text(
            START.format(
                kilobytes=options.memory_octets >> 20 << 10,
                profile=shlex.quote(str(profile)),
                confined=confined,
                features=",".join(FEATURES_OFF),
                chromium=shlex.quote(chromium),
            )
        )
        start.chmod(0o755)
    except OSError as error:
        raise BrowserError(
            f"the browser's folder {folder} cannot be set up: {error.strerror}; set TMPDIR to a folder that can be written"
        ) from None
    return start


def _as_user(user: int) -> str:
    """The words before a command that make it run as a user without rights; raises `BrowserError` where util-linux is missing."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise BrowserError(
            "started by root, the browser must run as another user, and there is no setpriv to change it: install util-linux, or run as a user"
        )
    return f"{shlex.quote(setpriv)} --reuid={user} --regid={user} --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs --pdeathsig KILL "
