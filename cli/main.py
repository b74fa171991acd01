"""`mirrorwatch`: global options, the list of verbs, and the one place where an error becomes a line and an exit code."""

import os
import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group_from_info
from typer.models import CommandInfo, TyperInfo

from casefile.errors import CasefileError
from cli.desk import DEFAULT_STATE, Desk, now

VERBS: dict[str, dict[str, str]] = {
    "The night": {
        "verbs_night": "night discover resolve fetch render score families",
        "verbs_schedule": "schedule",
    },
    "Review": {"verbs_review": "verdicts queue show approve reject defer"},
    "The blocklist": {"verbs_release": "select publish verify diff unlist", "verbs_lifecycle": "recheck notice"},
    "Models": {"verbs_names": "judge_names", "verbs_judge": "judge_pages", "verbs_model": "train evaluate", "verbs_learn": "learn"},
    "The installation": {"verbs_case": "doctor browser migrate backup fingerprint"},
}
"""Panel of the help -> module -> its verbs."""

GROUPS: dict[str, tuple[str, str]] = {
    "evidence": ("The night", "verbs_night"),
    "appeal": ("The blocklist", "verbs_appeal"),
    "guard": ("The blocklist", "verbs_guard"),
    "register": ("The blocklist", "verbs_guard"),
    "keys": ("The blocklist", "verbs_keys"),
}
"""Verb with verbs of its own -> panel of the help and module, where it is called `<verb>_app`."""

LOG_JSON = "--log-json"
CHROMIUM = "MIRRORWATCH_CHROMIUM"
"""Names the browser to render with, before any other that is there."""


class Verbs(MutableMapping[str, Any]):
    """The verbs by name, each imported when it is asked for, so that one does not wait for what the others need."""

    def __init__(self) -> None:
        self._places = {
            verb.replace("_", "-"): (panel, module, verb)
            for panel, modules in VERBS.items()
            for module, verbs in modules.items()
            for verb in verbs.split()
        }
        self._made: dict[str, Any] = dict.fromkeys((*self._places, *GROUPS))

    def __getitem__(self, name: str) -> Any:
        """The command of a verb; raises `KeyError` where there is none."""
        if self._made[name] is None:
            self._made[name] = self._group(name) if name in GROUPS else self._command(name)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def _command(self, name: str) -> Any:
        panel, module, verb = self._places[name]
        verb_of = getattr(import_module(f"cli.{module}"), verb)
        info = CommandInfo(name=name, callback=verb_of, rich_help_panel=panel)
        return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)

    def _group(self, name: str) -> Any:
        panel, module = GROUPS[name]
        info = TyperInfo(getattr(import_module(f"cli.{module}"), f"{name}_app"), name=name, rich_help_panel=panel)
        return get_group_from_info(info, pretty_exceptions_short=True, suggest_commands=True, rich_markup_mode=None)


class VerbGroup(TyperGroup):
    """`mirrorwatch` itself."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Verbs()


app = typer.Typer(
    name="mirrorwatch", cls=VerbGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)


def _version(asked: bool) -> None:
    if asked:
        print(f"mirrorwatch {version('mirrorwatch')}")
        raise typer.Exit


@app.callback()
def global_options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Configuration (TOML). Default: the one the case file was made with.")
    ] = None,
    state: Annotated[
        Path, typer.Option("--state", metavar="DIR", help="Where case file, archive and releases are.", show_default="data/state")
    ] = DEFAULT_STATE,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="A line on stderr for every item.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only warnings on stderr.")] = False,
    log_json: Annotated[bool, typer.Option(LOG_JSON, help="What goes to stderr and the log as JSON, one object a line.")] = False,
    shown: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,  # noqa: ARG001
) -> None:
    """Find mirrors of illegal-gambling sites, keep the evidence, publish blocklists that cannot overblock.

    stdout is the answer, stderr the story. Exit codes: 0 done, 1 a check said no, 2 usage or configuration, 3 done in part.
    """
    named = os.environ.get(CHROMIUM)
    desk = Desk(
        state=state.absolute(),
        config_file=config,
        verbosity=-1 if quiet else verbose,
        chromium=Path(named) if named else None,
        log_json=log_json,
    )
    context.obj = desk
    context.call_on_close(desk.close)


def main() -> None:
    """The console script."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except CasefileError as error:
        from cli.telling import last_line

        print(last_line(f"mirrorwatch: {error}", now, as_json=LOG_JSON in sys.argv), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"mirrorwatch: cannot write the answer: {error.strerror}", file=sys.stderr)
        sys.exit(2)
