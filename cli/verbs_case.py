"""The installation and the case file itself: check, upgrade, compare."""

from pathlib import Path
from typing import Annotated

import typer

from casefile.fingerprint import canonical_lines
from casefile.fingerprint import fingerprint as fingerprint_of
from casefile.store import backup as backup_to
from casefile.store import backup_and_migrate
from cli.browser import browser_at_hand
from cli.desk import Desk
from cli.doctor import examine_installation
from cli.options import Json
from cli.output import print_json, print_table, print_text

CopyFile = Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.", show_default=False)]


def doctor(context: typer.Context, as_lines: Json = False) -> None:
    """Check the set-up and say how to mend what is wrong. Exit 1 when something is; what is only a warning has its advice too.

    Example: mirrorwatch doctor
    """
    desk: Desk = context.obj
    checks = examine_installation(desk)
    if as_lines:
        for check in checks:
            print_json({"check": check.name, "ok": check.ok, "found": check.found, "mend": check.mend})
    else:
        print_table(
            ("check", "", "found"),
            [
                (
                    check.name,
                    "NO" if not check.ok else "warn" if check.mend else "ok",
                    check.found + (f" -> {check.mend}" if check.mend else ""),
                )
                for check in checks
            ],
        )
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def browser(
    context: typer.Context,
    install: bool = typer.Option(False, "--install", help="Where there is none, fetch one: the system's package or Playwright's own."),
    as_lines: Json = False,
) -> None:
    """Which browser renders pages: MIRRORWATCH_CHROMIUM, else Playwright's own, else chromium or google-chrome.

    Example: mirrorwatch browser --install
    """
    found = browser_at_hand(context.obj, install=install)
    print_json({"path": found.path, "version": found.version}) if as_lines else print_text(f"Chromium {found.version} at {found.path}")


def migrate(context: typer.Context) -> None:
    """Upgrade the case file to this version; a copy of the old one is kept beside it.

    Example: mirrorwatch migrate
    """
    desk: Desk = context.obj
    path = desk.state / "casefile.db"
    copy = backup_and_migrate(path, desk.door)
    print_text("the case file is of this version already" if copy == path else f"upgraded; the old one is {copy}")


def backup(context: typer.Context, target: CopyFile, as_lines: Json = False) -> None:
    """Copy the case file, whole and consistent, while others may work with it. An earlier copy of that name is replaced.

    Example: mirrorwatch backup /mnt/stick/casefile.db
    """
    desk: Desk = context.obj
    backup_to(desk.state / "casefile.db", target)
    size = target.stat().st_size
    print_json({"file": str(target), "size": size}) if as_lines else print_text(f"copied to {target}, {size} octets")


def fingerprint(
    context: typer.Context,
    lines: bool = typer.Option(False, "--lines", help="The canonical dump itself, to compare two case files with diff."),
    as_lines: Json = False,
) -> None:
    """A digest of what the case file says, without ids, offsets and times: equal for two runs that came to the same.

    Example: mirrorwatch fingerprint
    """
    desk: Desk = context.obj
    if lines:
        for line in canonical_lines(desk.case()):
            print_text(line)
        return
    digest = fingerprint_of(desk.case())
    print_json({"fingerprint": digest}) if as_lines else print_text(digest)
