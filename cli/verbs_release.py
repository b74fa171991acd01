"""From decisions to files: what the list would be, publish it, check it, compare two, take a host off."""

from pathlib import Path
from typing import Annotated

import typer

from blocklist.release import publish as publish_release
from blocklist.release import unlist as unlist_host
from blocklist.selection import select as select_entries
from blocklist.verify import diff as diff_releases
from blocklist.verify import verify as verify_release
from casefile.lock import release_lock
from casefile.rows import as_json
from cli.desk import Desk
from cli.options import Act, Analyst, Host, Json, Note
from cli.output import print_json, print_table, print_text

ReleaseFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A release directory.", show_default=False)]


def select(context: typer.Context, as_lines: Json = False) -> None:
    """What the list would gain today, best first, and for everything left out the rule that says why.

    Example: mirrorwatch select
    """
    desk: Desk = context.obj
    chosen = select_entries(desk.case(), desk.guard, desk.config.policy, clock=desk.clock)
    if as_lines:
        for entry in chosen.entries:
            print_json(
                {
                    "host": entry.host.name,
                    "selected": True,
                    "scope": entry.scope.value,
                    "evidence": list(entry.evidence),
                    "decision": entry.decision,
                }
            )
        for left in chosen.left_out:
            print_json({"host": left.host.name, "selected": False, "rule": left.rule, "why": left.text})
        return
    print_text(
        f"{chosen.day}: {len(chosen.entries)} new, room for {chosen.room} today, {len(chosen.kept)} listed already, {len(chosen.left_out)} left out"
    )
    print_table(
        ("host", "selected", "why"),
        [(e.host, e.scope.value, "") for e in chosen.entries]
        + [(left.host, "no", f"{left.rule}: {left.text}") for left in chosen.left_out],
    )


def publish(context: typer.Context, as_lines: Json = False) -> None:
    """Write a release, check it, switch `latest` to it. A failed check leaves the last release in place.

    Example: mirrorwatch publish
    """
    desk: Desk = context.obj
    with release_lock(desk.state):
        release = publish_release(desk.case(), desk.guard, desk.config.policy, desk.releases, clock=desk.clock, progress=desk.progress)
    if as_lines:
        print_json(as_json(release) if release else {"serial": None})
        return
    if release is None:
        print_text("nothing new to list and nothing to remove: the last release stands")
    else:
        counts = f"{release.entries} entries, {release.added} added, {release.removed} removed"
        print_text(f"release {release.serial}: {counts}, in {desk.releases / 'latest'}")
    if left := len(select_entries(desk.case(), desk.guard, desk.config.policy, clock=desk.clock).left_out):
        print_text(f"{left} approved and not listed: mirrorwatch select says why")


def verify(context: typer.Context, folder: ReleaseFolder, as_lines: Json = False) -> None:
    """Check a release without a database: digests, counts, every file read back, guarded names. Exit 1 names what is wrong.

    Example: mirrorwatch verify data/state/releases/latest
    """
    desk: Desk = context.obj
    report = verify_release(folder, desk.reference)
    if as_lines:
        print_json({"release": str(folder), "ok": not report.faults, "checked": report.checked, "faults": as_json(report.faults)})
    else:
        for fault in report.faults:
            print_text(f"{fault.item}: {fault.text}")
        print_text(f"{folder}: {'good' if not report.faults else 'NOT GOOD'}, {report.checked} checks, {len(report.faults)} faults")
    if report.faults:
        raise typer.Exit(1)


def diff(context: typer.Context, old: ReleaseFolder, new: ReleaseFolder, as_lines: Json = False) -> None:  # noqa: ARG001
    """What one release has that another has not.

    Example: mirrorwatch diff data/state/releases/2026112000 data/state/releases/latest
    """
    found = diff_releases(old, new)
    if as_lines:
        print_json(as_json(found))
        return
    for sign, names in (("+", found.added), ("-", found.removed)):
        for name in names:
            print_text(f"{sign} {name}")
    print_text(f"{len(found.added)} added, {len(found.removed)} removed, {found.kept} kept")


def unlist(context: typer.Context, host: Host, analyst: Analyst, note: Note, act: Act = "", as_lines: Json = False) -> None:
    """Take a host off the list at once: the decision is kept and a release without it is published, with nothing new in it.

    Example: mirrorwatch unlist shop.example --as "A. Analyst" --note "appeal upheld" --act 12-34
    """
    desk: Desk = context.obj
    with release_lock(desk.state):
        release = unlist_host(
            desk.case(),
            desk.host(host),
            desk.guard,
            desk.config.policy,
            desk.releases,
            analyst=analyst,
            note=note,
            act=act,
            clock=desk.clock,
            progress=desk.progress,
        )
    if as_lines:
        print_json(as_json(release))
    else:
        print_text(f"{host} is off the list since release {release.serial}, in {desk.releases / 'latest'}")
