"""Leaving the night alone: what starts it every night, and whether its notices arrive."""

import os
import pwd
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from casefile import queries
from casefile.errors import CheckFailed, UsageError
from casefile.rows import as_json
from cli.closing import tell_failure
from cli.config import ROOT
from cli.desk import CONFIG_SETTING, Desk
from cli.notices import FAILURE, Notice, NoticeOptions, send
from cli.options import Json, Seeds
from cli.output import print_json, print_text
from cli.schedule import Installation, Limits, When, environment_to_keep, schedule_of, time_of_day

KILLED = ("killed", "dumped")
"""What systemd says of a program that did not end by itself."""

At = Annotated[str, typer.Option("--at", metavar="HH:MM", help="When, in the time zone of [policy] timezone.")]
User = Annotated[str, typer.Option("--user", metavar="NAME", help="Whose night it is. Default: yours.", show_default=False)]
Hours = Annotated[int, typer.Option("--hours", min=1, max=23, metavar="N", help="The night is ended after so long.")]
Memory = Annotated[int, typer.Option("--memory", min=1024, metavar="MB", help="Memory of the night, its browser included.")]
TestNotice = Annotated[
    bool, typer.Option("--test-notice", help="Send a notice to every channel of [notice] urls instead. Exit 1 when one fails.")
]

TellEnd = Annotated[
    bool, typer.Option("--tell-end", hidden=True, help="What the service runs when the night is over: tells of one that was killed.")
]


def schedule(
    context: typer.Context,
    at: At = "01:30",
    user: User = "",
    seeds: Seeds = None,
    hours: Hours = 10,
    memory: Memory = 4096,
    test_notice: TestNotice = False,
    tell_end: TellEnd = False,
    as_lines: Json = False,
) -> None:
    """Print a systemd service, its timer and a cron line for this installation. Nothing is installed.

    Example: mirrorwatch schedule --at 01:30 --user mirrorwatch

    Whether notices arrive: mirrorwatch schedule --test-notice
    """
    desk: Desk = context.obj
    if test_notice:
        try_notices(desk, desk.config.notice, as_lines=as_lines)
        return
    if tell_end:
        if os.environ.get("EXIT_CODE") in KILLED:
            tell_failure(desk, killed_text(os.environ), 3)
        return
    hour, minute = time_of_day(at)
    when = When(hour=hour, minute=minute, zone=desk.config.policy.timezone, today=desk.clock())
    made = schedule_of(installation_of(desk, user, tuple(seeds or ())), when, Limits(hours=hours, memory_mb=memory))
    if as_lines:
        print_json(as_json(made))
        return
    if (desk.state / "casefile.db").exists() and queries.has_replayed_captures(desk.case()):
        desk.progress.note(
            f"the case file in {desk.state} is of archives (--replay): a night of the live web refuses it; give the schedule a folder of its own with --state"
        )
    print_text(f"{made.service}\n{made.timer}\n# then: {made.install}\n\n# or, without systemd:\n{made.cron.rstrip()}")


def installation_of(desk: Desk, user: str, seeds: tuple[Path, ...]) -> Installation:
    """This installation as seen from outside: absolute paths, files that exist, a user that exists."""
    for path in seeds:
        if not path.is_file():
            raise UsageError(f"cannot read the seeds {path}: name a file that exists and may be read")
    metrics = desk.config.metrics.file
    state = desk.state.absolute()
    return Installation(
        program=_program(),
        root=ROOT,
        state=state,
        config=_config(desk),
        seeds=tuple(path.absolute() for path in seeds),
        user=_user(user),
        environment=environment_to_keep(os.environ, state),
        writable=(metrics.absolute().parent,) if metrics else (),
    )


def try_notices(desk: Desk, options: NoticeOptions, *, as_lines: bool) -> None:
    """Send a notice that says it is a trial; raises `UsageError` where there is no channel, `CheckFailed` where one did not take it."""
    if not options.urls:
        raise UsageError('no channel to try: add urls = ["..."] under [notice] in the configuration (addresses as apprise writes them)')
    text = (
        f"A trial of mirrorwatch on the state folder {desk.state}. Notices of the night come here on: {', '.join(options.on) or 'nothing'}."
    )
    sendings = send(Notice(occasion=FAILURE, title="mirrorwatch: a trial notice", text=text), options.urls)
    for one in sendings:
        if as_lines:
            print_json({"channel": one.channel, "sent": not one.fault, "fault": one.fault})
        else:
            print_text(f"channel {one.channel}: {one.fault or 'sent'}")
    if failed := [one.channel for one in sendings if one.fault]:
        raise CheckFailed(f"{len(failed)} of {len(sendings)} channels did not take the notice: {', '.join(failed)}")


def killed_text(environment: Mapping[str, str]) -> str:
    """How systemd says that the night was killed (systemd.exec(5): $SERVICE_RESULT, $EXIT_STATUS)."""
    result, status = environment.get("SERVICE_RESULT", "unknown"), environment.get("EXIT_STATUS", "unknown")
    advice = "; it wanted more memory than MemoryMax=: raise it with schedule --memory" if result == "oom-kill" else ""
    return f"the night was killed (result {result}, signal {status}){advice}. What was committed is kept, the next one goes on from there"


def _program() -> tuple[str, ...]:
    """The console script of this environment, or the interpreter and the package where there is no script."""
    script = Path(sysconfig.get_path("scripts")) / "mirrorwatch"
    return (str(script),) if script.is_file() else (sys.executable, "-m", "cli")


def _config(desk: Desk) -> Path | None:
    """--config, or the one this case file was made with."""
    if desk.config_file is not None:
        return desk.config_file.absolute()
    remembered = queries.setting(desk.case(), CONFIG_SETTING) if (desk.state / "casefile.db").exists() else ""
    return Path(remembered) if remembered else None


def _user(name: str) -> str:
    try:
        return pwd.getpwnam(name).pw_name if name else pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise UsageError(
            f"no user {(name or os.getuid())!a} on this machine: name another with --user, or make it: useradd --system --create-home --home-dir /var/lib/mirrorwatch NAME"
        ) from None
