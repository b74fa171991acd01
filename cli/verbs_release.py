"""From decisions to files: what the list would be, publish it, check it, compare two, take a host off."""

from pathlib import Path
from typing import Annotated

import typer

from blocklist.diff import diff as diff_releases
from blocklist.diff import told
from blocklist.release import publish as publish_release
from blocklist.release import unlist as unlist_host
from blocklist.review import decide, fault_in_words
from blocklist.selection import select as select_entries
from blocklist.signing import TrustedKey, load_keys
from blocklist.verify import verify as verify_release
from casefile import queries
from casefile.errors import UsageError
from casefile.hostname import Hostname
from casefile.lock import night_lock, release_lock
from casefile.records import Action, Override
from casefile.rows import as_json
from casefile.store import replace_by_copy
from cli.desk import Desk
from cli.options import Act, Analyst, Host, Json, Note
from cli.output import print_json, print_text
from cli.selecting import print_selection

ReleaseFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A release directory.", show_default=False)]
TrustedKeys = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="The public key, or a folder of them. Default: those of the state folder.", show_default=False
    ),
]
AnyAge = Annotated[bool, typer.Option("--any-age", help="Also good after its valid_until: proof of what was listed, no list to load.")]
Source = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="FILE", help="First put this copy (mirrorwatch backup) in the place of the case file.", show_default=False
    ),
]
After = Annotated[
    int,
    typer.Option(
        "--after",
        metavar="SERIAL",
        min=0,
        max=(1 << 32) - 2,
        help="Go on after this serial, which ISPs hold and this folder has lost.",
        show_default=False,
    ),
]
Reason = Annotated[
    str,
    typer.Option(
        "--override", metavar="REASON", help="Publish past the breakers that trip, this once; it is recorded.", show_default=False
    ),
]
Overrider = Annotated[str, typer.Option("--as", metavar="NAME", help="Who overrides.", show_default=False)]


def select(context: typer.Context, as_lines: Json = False) -> None:
    """What the list would gain today, best first, and for everything left out the rule that says why.

    Example: mirrorwatch select
    """
    desk: Desk = context.obj
    print_selection(desk, select_entries(desk.case(), desk.guard, desk.config.policy, clock=desk.clock), as_lines=as_lines)


def publish(
    context: typer.Context,
    source: Source = None,
    after: After = 0,
    override: Reason = "",
    analyst: Overrider = "",
    as_lines: Json = False,
) -> None:
    """Write a release, sign it, check it, switch `latest` to it. A failed check or a circuit breaker leaves the last release in place.

    Example: mirrorwatch publish

    On the machine that holds the key: mirrorwatch publish --from /mnt/stick/casefile.db
    """
    desk: Desk = context.obj
    covered = _override_of(override, analyst)
    if source is not None:
        with night_lock(desk.state), release_lock(desk.state):
            replace_by_copy(desk.state / "casefile.db", source)
    with release_lock(desk.state):
        release = publish_release(
            desk.case(),
            desk.guard,
            desk.config.policy,
            desk.releases,
            keys=desk.keys,
            clock=desk.clock,
            progress=desk.progress,
            after=after,
            override=covered,
        )
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


def _override_of(reason: str, analyst: str) -> Override | None:
    if bool(reason.strip()) != bool(analyst.strip()):
        raise UsageError("--override REASON and --as NAME go together: who publishes past a breaker, and why")
    if reason.strip() and (fault := fault_in_words(analyst, reason, "", note_is="reason")):
        raise UsageError(f"{fault}. Nothing was published")
    return Override(analyst=analyst.strip(), reason=reason.strip(), breakers=()) if reason.strip() else None


def verify(
    context: typer.Context, folder: ReleaseFolder, keys: TrustedKeys = None, any_age: AnyAge = False, as_lines: Json = False
) -> None:
    """Check a release without a database: signature, age, digests, counts, every file read back, never-list, breakers. Exit 1 names what is wrong.

    Example: mirrorwatch verify data/state/releases/latest

    Where there is no case file: mirrorwatch verify 2026112100 --key mirrorwatch.pub
    """
    desk: Desk = context.obj
    trusted = load_keys(keys) if keys else desk.keys.trusted() or _keys_beside(desk, folder)
    report = verify_release(folder, desk.reference, keys=trusted, popular=desk.popular, now=None if any_age else desk.clock())
    if as_lines:
        answer = {"release": str(folder), "ok": not report.faults, "checked": report.checked}
        print_json(answer | {"faults": as_json(report.faults), "notes": as_json(report.notes)})
    else:
        for fault in report.faults:
            print_text(f"{fault.item}: {fault.text}")
        for note in report.notes:
            print_text(f"note: {note.item}: {note.text}")
        print_text(f"{folder}: {'good' if not report.faults else 'NOT GOOD'}, {report.checked} checks, {len(report.faults)} faults")
    if report.faults:
        raise typer.Exit(1)


def _keys_beside(desk: Desk, folder: Path) -> tuple[TrustedKey, ...]:
    """The keys of the state folder that a release lies in, where none were named; whoever could change the one could change the other."""
    place = folder.resolve().parent.parent / "keys"
    if found := load_keys(place):
        desk.progress.note(f"the keys trusted are those that lie with the release, in {place}: name the one that you were given with --key")
    return found


def diff(context: typer.Context, old: ReleaseFolder, new: ReleaseFolder, as_lines: Json = False) -> None:  # noqa: ARG001
    """What one release has that another has not.

    Example: mirrorwatch diff data/state/releases/2026112000 data/state/releases/latest
    """
    found = diff_releases(old, new)
    if as_lines:
        print_json(as_json(found))
        return
    for line in told(found):
        print_text(line)


def unlist(context: typer.Context, host: Host, analyst: Analyst, note: Note, act: Act = "", as_lines: Json = False) -> None:
    """Take a host off the list at once: the decision is kept and a release without it is published, with nothing new in it.

    Example: mirrorwatch unlist shop.example --as "A. Analyst" --note "appeal upheld" --act 12-34
    """
    desk: Desk = context.obj
    if not desk.config.night.publish:
        _unlist_elsewhere(desk, desk.host(host), analyst, note, act, as_lines=as_lines)
        return
    with release_lock(desk.state):
        release = unlist_host(
            desk.case(),
            desk.host(host),
            desk.guard,
            desk.config.policy,
            desk.releases,
            keys=desk.keys,
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


def _unlist_elsewhere(desk: Desk, host: Hostname, analyst: str, note: str, act: str, *, as_lines: bool) -> None:
    """Keep the decision where another machine holds the key and publishes. Raises `UsageError` for a host that nobody here can have listed."""
    case = desk.case()
    listed = host.name in queries.listed_names(case)
    if not listed and all(one.action is not Action.APPROVE for one in queries.decisions_of(case, host)):
        raise UsageError(
            f"{host} is not on the list as far as this case file knows, and was never approved here: check the spelling; to keep it off whatever another machine "
            "listed, use reject. Nothing was decided"
        )
    [made] = decide(desk.case(), [host], Action.UNLIST, analyst=analyst, note=note, act=act, guard=desk.guard, clock=desk.clock)
    if as_lines:
        print_json({"host": made.host.name, "serial": None, "decision": made.id, "listed": listed or None})
    else:
        if not listed:
            print_text(
                f"{made.host} was approved; whether it was listed since this case file cannot tell: releases are made on another machine"
            )
        print_text(
            f"{made.host} leaves with the next release: releases are made on another machine ([night] publish = false). Now run mirrorwatch backup FILE here "
            "and mirrorwatch publish --from FILE there"
        )
