"""What every resolver here has: a folder with releases as an ISP keeps them, the documented blocks around which a test puts the least configuration, and one way to
start, to ask and to take the next release.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from blocklist.content import Content, Listed
from blocklist.formats import FORMATS, Format
from tests.consumers.asking import Answer, ask
from tests.consumers.documented import HOME, block
from tests.consumers.harness import PATIENCE, Started, await_answers, begin, free_ports, poll, run_script, stand_in
from tests.consumers.lists import CANARY

BY_NAME: dict[str, Format] = {form.NAME: form for form in FORMATS}

OTHERS_TELL = ("added.txt", "removed.txt")
"""Files of a release beside the list itself that a documented command reads."""


class Resolver:
    """A resolver with one of our files. A subclass says its names, `configure`, `command` and where it differs, `blocks`.

    `FILE`: the file of a release that it loads. `checks` and `reload` are documented scripts, run as they stand; programs that they call with no more than an
    operator's words find the test's resolver through stand-ins on PATH.
    """

    TITLE: ClassVar[str]
    PROGRAM: ClassVar[str]
    INSTALL: ClassVar[str]
    FILE: ClassVar[str]
    DENIED: ClassVar[tuple[str, ...]] = ("A", "AAAA", "HTTPS")
    """Types for which a blocked name is blocked."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self.folder, self.upstream = folder, upstream
        self.home = folder / "home"
        self.port, self.control_port = free_ports(2)
        self.running: Started | None = None
        self.asked_to_restart = folder / "restart"

    # what a subclass says

    def configure(self) -> None:
        """Write the configuration and the stand-ins."""
        raise NotImplementedError

    def command(self) -> list[str | Path]:
        """How it is started in the foreground."""
        raise NotImplementedError

    def checks(self) -> tuple[str, ...]:
        """The documented scripts that must say yes of the release in `new`."""
        raise NotImplementedError

    def reload(self) -> str:
        """The documented script that makes it read `latest`."""
        raise NotImplementedError

    def blocks(self, answer: Answer, kind: str = "A") -> bool:
        """Whether `answer` is what a blocked name gets."""
        return answer.rcode == "NXDOMAIN"

    # what all do

    @property
    def form(self) -> Format:
        """The format of its file."""
        return BY_NAME[self.FILE]

    def view(self, content: Content) -> tuple[Listed, ...]:
        """What of a release this resolver is to block."""
        return self.form.view(content)

    def here(self, documented: str) -> str:
        """A documented text with this resolver's folder of releases for the documented one."""
        return documented.replace(HOME, str(self.home))

    def of_file(self, documented: str) -> str:
        """A documented text with the file of this resolver for the one that the text names, as docs/isp.md says of the files for a block page."""
        return re.sub(r"(/(?:latest|new)/)(?:rpz\.zone|dnsmasq\.conf)", rf"\g<1>{self.FILE}", documented)

    @contextmanager
    def serving(self, content: Content) -> Iterator["Resolver"]:
        """Started with a release and blocking the canary; ended by its pid."""
        self.prepare(content)
        try:
            self.start()
            yield self
        finally:
            self.end()

    def prepare(self, content: Content) -> None:
        """All that it needs to start with a release, unchecked."""
        self.fetched(content)
        self.switch()
        self.systemctl()
        self.configure()

    def start(self, patience: float = PATIENCE) -> None:
        """Fails with the program's words where it ends, or the canary is not blocked in time."""
        self.running = begin(self.command(), self.folder)
        (self.folder / "pid").write_text(str(self.running.pid))
        await_answers(self.running, self.in_force, patience)

    def end(self) -> None:
        if self.running:
            self.running.end()

    def in_force(self) -> bool:
        """Whether the canary is blocked now; a resolver that is starting answers nothing, or unfiltered."""
        try:
            return self.blocks(ask(self.port, CANARY.listed, patience=0.2))
        except OSError:
            return False

    def ask(self, name: str, kind: str = "A") -> Answer:
        return ask(self.port, name, kind)

    def fetched(self, content: Content, spoilt: bytes | None = None) -> None:
        """A release in `new`, as if fetched: its files in a folder named by the serial; `spoilt` in place of the resolver's own file."""
        place = self.home / "releases" / f"{content.serial}"
        place.mkdir(parents=True, exist_ok=True)
        for name in (self.FILE, *OTHERS_TELL):
            (place / name).write_bytes(BY_NAME[name].write(content))
        if spoilt is not None:
            (place / self.FILE).write_bytes(spoilt)
        self.point_new_at(place)

    def point_new_at(self, place: Path) -> None:
        """The release in `place` is the one that may come into use."""
        _point(self.home / "new", place)

    def accepts(self) -> tuple[bool, str]:
        """Whether the documented checks say yes of `new`, and their words."""
        for script in self.checks():
            done = run_script(self.here(self.of_file(script)), self.folder)
            if done.returncode:
                return False, done.stdout + done.stderr
        return True, ""

    def switch(self) -> None:
        """`latest` is what `new` is, in one rename."""
        _point(self.home / "latest", (self.home / "new").resolve())

    def reloaded(self) -> None:
        """The documented reload, run as it stands."""
        done = run_script(self.here(self.of_file(self.reload())), self.folder)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        if self.asked_to_restart.exists():
            self.asked_to_restart.unlink()
            self.end()
            self.start()

    def take(self, content: Content) -> None:
        """The next release by the documented way: check, switch, reload."""
        self.fetched(content)
        accepted, words = self.accepts()
        assert accepted, words
        self.switch()
        self.reloaded()

    def becomes(self, name: str, *, blocked: bool, kind: str = "A") -> bool:
        """Whether a name is blocked, or resolves, before patience ends."""
        return poll(lambda: self.blocks(self.ask(name, kind), kind) is blocked)

    def systemctl(self) -> None:
        """`systemctl reload` is a SIGHUP to the process, as the units of Debian have it; `systemctl restart` is done when the script is over."""
        pid_file = self.folder / "pid"
        stand_in(
            self.folder, "systemctl", f'case $1 in reload) kill -HUP "$(cat {pid_file})" ;; restart) : > {self.asked_to_restart} ;; esac'
        )


class Redirected(Resolver):
    """Mixed in before a resolver: the zone whose names lead to the block page."""

    FILE = "rpz-redirect.zone"

    def blocks(self, answer: Answer, kind: str = "A") -> bool:
        return answer.rcode == "NOERROR" and answer.cname == "blocked.mirrorwatch.example."


def _point(link: Path, place: Path) -> None:
    """A symbolic link that changes in one rename."""
    spare = link.with_name(f".{link.name}")
    spare.unlink(missing_ok=True)
    spare.symlink_to(place)
    os.replace(spare, link)


def rpz_checks() -> tuple[str, ...]:
    """What is checked of a policy zone before any resolver reads it."""
    return (block("rpz-check"),)
