"""`mirrorwatch`: global options, the list of verbs, and the one place where an error becomes a line and an exit code."""

import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from casefile.errors import CasefileError
from cli import verbs_case, verbs_judge, verbs_night, verbs_release, verbs_review, verbs_schedule
from cli.desk import DEFAULT_STATE, Desk, now
from cli.telling import last_line

app = typer.Typer(name="mirrorwatch", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

VERBS: dict[str, tuple[Callable[..., None], ...]] = {
    "The night": (
        verbs_night.night, verbs_night.discover, verbs_night.resolve, verbs_night.fetch, verbs_night.render, verbs_night.score,
        verbs_night.families, verbs_schedule.schedule,
    ),
    "Review": (verbs_review.verdicts, verbs_review.queue, verbs_review.show, verbs_review.approve, verbs_review.reject, verbs_review.defer),
    "The blocklist": (verbs_release.select, verbs_release.publish, verbs_release.verify, verbs_release.diff, verbs_release.unlist),
    "Models": (verbs_judge.judge_names, verbs_judge.judge_pages, verbs_judge.train),
    "The installation": (verbs_case.doctor, verbs_case.browser, verbs_case.migrate, verbs_case.fingerprint),
}  # fmt: skip

LOG_JSON = "--log-json"
CHROMIUM = "MIRRORWATCH_CHROMIUM"
"""Names the browser to render with, before any other that is there."""


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


for panel, verbs in VERBS.items():
    for verb in verbs:
        app.command(name=verb.__name__.replace("_", "-"), rich_help_panel=panel)(verb)
app.add_typer(verbs_night.evidence_app, name="evidence")


def main() -> None:
    """The console script."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except CasefileError as error:
        print(last_line(f"mirrorwatch: {error}", now, as_json=LOG_JSON in sys.argv), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"mirrorwatch: cannot write the answer: {error.strerror}", file=sys.stderr)
        sys.exit(2)
