"""The configuration file: TOML read into frozen dataclasses. Unknown keys are errors that name the file, the key and the known ones.

Relative paths in the file count from the file's own folder.
"""

import dataclasses
import tomllib
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from blocklist.policy import Policy
from casefile.errors import ConfigError
from cli.metrics import MetricsOptions
from cli.notices import NoticeOptions
from cli.page.content import PageOptions
from crawler.options import CrawlOptions

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: `data/` lies beside the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceOptions:
    """Folders of reference tables laid over the shipped one."""

    folders: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOptions:
    """How a night goes."""

    rounds: int = 3
    recheck_hours: float = 20.0
    """A host that was looked at longer ago than this is looked at again."""
    seeds: tuple[Path, ...] = ()
    """Seed files read every night, beside those given with --seeds."""
    decisions: Path | None = None
    """A CSV of decisions made before this case file began, brought in once."""
    publish: bool = True
    """Whether a night ends with a release; false where another machine holds the key and publishes from a copy (docs/operator.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """Which model judges."""

    model: Path = ROOT / "data" / "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything an operator can set. `suffixes`: suffixes beside the public list, for samples and tests."""

    suffixes: tuple[str, ...] = ()
    crawl: CrawlOptions = field(default_factory=CrawlOptions)
    reference: ReferenceOptions = field(default_factory=ReferenceOptions)
    night: NightOptions = field(default_factory=NightOptions)
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    policy: Policy = field(default_factory=Policy)
    notice: NoticeOptions = field(default_factory=NoticeOptions)
    metrics: MetricsOptions = field(default_factory=MetricsOptions)
    page: PageOptions = field(default_factory=PageOptions)

    @property
    def reference_folders(self) -> tuple[Path, ...]:
        """The shipped tables first, then those laid over them."""
        return (ROOT / "data" / "reference", *self.reference.folders)


def load_config(path: Path | None) -> Config:
    """Read a configuration file, or the defaults where there is none; raises `ConfigError`."""
    if path is None:
        return Config()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the configuration {path}: {error.strerror}; name another with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    return _Reader(path).record(Config, table, "")


class _Reader:
    """Turns TOML values into the types that the dataclasses ask for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, kind: type[T], table: Any, where: str) -> T:
        if not isinstance(table, dict):
            raise ConfigError(f"{self.path}: [{where}] must be a table")
        hints = typing.get_type_hints(kind)
        known = [one.name for one in dataclasses.fields(typing.cast("Any", kind))]
        for key in table:
            if key not in known:
                raise ConfigError(f"{self.path}: unknown key {where + key!r}; known here: {', '.join(known)}")
        values = {key: self.value(hints[key], value, f"{where}{key}") for key, value in table.items()}
        try:
            return kind(**values)
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{self.path}: [{where.rstrip('.')}] {error}") from None

    def value(self, hint: Any, value: Any, where: str) -> Any:
        if isinstance(hint, types.UnionType):
            hint = hint.__args__[0]
        if typing.get_origin(hint) is tuple:
            if not isinstance(value, list):
                raise ConfigError(f"{self.path}: {where} must be a list")
            return tuple(self.value(hint.__args__[0], item, f"{where}[{index}]") for index, item in enumerate(value))
        if dataclasses.is_dataclass(hint):
            return self.record(typing.cast("type", hint), value, f"{where}.")
        if hint is Path and isinstance(value, str):
            return (self.path.parent / value).resolve()
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type(value) is not hint:
            raise ConfigError(f"{self.path}: {where} must be {_in_words(hint)}, not {value!r}")
        return value


def _in_words(hint: Any) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}.get(hint, str(hint))
