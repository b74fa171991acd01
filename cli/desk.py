"""The desk: what a verb needs at hand, made from the global options when it asks for it.

Everything is imported where it is first asked for, so that a verb that wants little starts at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from casefile.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blocklist.guard import Guard
    from blocklist.keyring import Keyring
    from blocklist.popular import Popular
    from casefile.hostname import Door, Hostname
    from casefile.records import Clock
    from casefile.reference import Reference
    from casefile.store import Case
    from classifier.model import Judge
    from cli.config import Config
    from cli.telling import Lines
    from crawler.egress.web import Web
    from crawler.messages import Browser

DATA = Path(__file__).resolve().parent.parent / "data"
DEFAULT_STATE = DATA / "state"
DEFAULT_MODEL = DATA / "model"
CONFIG_SETTING = "config"


def now() -> datetime:
    """The machine's clock: aware, UTC."""
    return datetime.now(UTC)


@dataclass
class Desk:
    """The global options and what follows from them. Nothing is opened before it is asked for."""

    state: Path = DEFAULT_STATE
    config_file: Path | None = None
    verbosity: int = 0
    clock: Clock = now
    """What every step is handed as its clock."""
    chromium: Path | None = None
    """The browser that the environment names (MIRRORWATCH_CHROMIUM)."""
    log_json: bool = False
    _case: Case | None = field(default=None, repr=False)

    @cached_property
    def config(self) -> Config:
        """The configuration: --config, else the one this case file was made with, else the defaults."""
        from cli.config import load_config

        return load_config(self.config_file or self._remembered_config())

    @cached_property
    def door(self) -> Door:
        """The door for host names, with the configuration's extra suffixes."""
        from casefile.hostname import Door

        return Door(self.config.suffixes)

    @cached_property
    def reference(self) -> Reference:
        """Facts about the world."""
        from casefile.reference import load_reference

        return load_reference(self.config.reference_folders)

    @cached_property
    def guard(self) -> Guard:
        """What may never be listed."""
        from blocklist.guard import Guard

        return Guard(self.reference, self.door, self.popular, own=self.config.policy.own_names)

    @cached_property
    def popular(self) -> Popular | None:
        """The top list that was imported; None before the first."""
        from blocklist.popular import load

        return load(self.popular_folder)

    @property
    def popular_folder(self) -> Path:
        """Where the top list is kept."""
        return self.state / "guard"

    @cached_property
    def judge(self) -> Judge:
        """The models, checked against their card: those that were learnt and promoted here, else those of the configuration."""
        from classifier.model import load_judge
        from cli.promotions import PROMOTED, model_of, promoted_judge

        promoted = model_of(self._remembered(PROMOTED))
        return promoted_judge(self.models, promoted) if promoted else load_judge(self.config.judge.model)

    @property
    def model_folder(self) -> Path:
        """Where the model lies that judges."""
        if self.config_file is None and not (self.state / "casefile.db").exists():
            return DEFAULT_MODEL
        from classifier.candidates import folder_of
        from cli.promotions import PROMOTED, model_of

        promoted = model_of(self._remembered(PROMOTED))
        return folder_of(self.models, promoted) if promoted else self.config.judge.model

    @cached_property
    def progress(self) -> Lines:
        """Where steps tell what they do."""
        from cli.telling import teller

        return teller(self.logs, self.verbosity, self.clock, as_json=self.log_json)

    @cached_property
    def browser(self) -> Browser:
        """The browser that renders; raises `BrowserError` where there is none, or one too old."""
        from crawler.render.chromium import find_chromium

        return find_chromium(self.chromium)

    @property
    def archive(self) -> Path:
        """The WARC folder."""
        return self.state / "archive"

    @property
    def models(self) -> Path:
        """The folder of candidates that were learnt from decisions."""
        return self.state / "models"

    @property
    def releases(self) -> Path:
        """The releases folder, `latest` in it."""
        return self.state / "releases"

    @cached_property
    def keys(self) -> Keyring:
        """The keys that sign releases."""
        from blocklist.keyring import Keyring
        from cli.passwords import key_password

        return Keyring(folder=self.state / "keys", password=key_password)

    @property
    def logs(self) -> Path:
        """The log folder."""
        return self.state / "logs"

    def case(self, *, create: bool = False) -> Case:
        """The case file, opened once; raises `StoreError` where there is none and `create` is false."""
        from casefile.store import Case

        if self._case is None:
            self._case = Case(self.state / "casefile.db", self.door, create=create)
        return self._case

    def close(self) -> None:
        """Close what was opened."""
        if self._case is not None:
            self._case.close()

    def host(self, text: str) -> Hostname:
        """A host name given on the command line, or that of a web address; raises `HostnameRefused`."""
        from crawler.sources.seeds import host_and_url

        return host_and_url(self.door, text)[0]

    def web(self, replay: Sequence[Path]) -> Web:
        """The real web, or one made of WARC files alone."""
        from crawler.egress.replay import ReplayWeb
        from crawler.egress.web import LiveWeb

        return ReplayWeb(replay, self.clock) if replay else LiveWeb(self.config.crawl)

    def remember_config(self, case: Case) -> None:
        """Keep with the case file which configuration it is worked with, so that later verbs need no --config."""
        from casefile import queries
        from casefile.records import Setting

        if self.config_file is not None:
            path = str(self.config_file.resolve())
            if queries.setting(case, CONFIG_SETTING) != path:
                case.add([Setting(key=CONFIG_SETTING, value=path, set_at=self.clock())])

    def tidy(self) -> list[str]:
        """Discard what a killed night left open; only to be called while holding the night's lock. Returns the names of the files."""
        from casefile.archive import discard_open

        return discard_open(self.archive)

    def _remembered(self, key: str) -> str:
        """A setting of the case file, empty where there is none or no case file."""
        from casefile import queries
        from casefile.hostname import Door
        from casefile.store import Case

        path = self.state / "casefile.db"
        if not path.exists():
            return ""
        with Case(path, Door(), create=False) as case:
            return queries.setting(case, key)

    def _remembered_config(self) -> Path | None:
        remembered = self._remembered(CONFIG_SETTING)
        if remembered and not Path(remembered).exists():
            raise UsageError(
                f"the case file in {self.state} was made with the configuration {remembered}, which is gone: name it with --config"
            )
        return Path(remembered) if remembered else None
