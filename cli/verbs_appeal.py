"""Appeals against a listing: open one, decide it, list those that wait."""

from typing import Annotated, Any

import typer

from blocklist.appeal import decide_appeal, last_word, open_appeal, open_appeals
from blocklist.appeal import overdue_appeals as overdue
from blocklist.uphold import uphold as uphold_appeal
from casefile import queries
from casefile.errors import UsageError
from casefile.lock import release_lock
from casefile.records import Action, Appeal, AppealState
from cli.desk import Desk
from cli.options import Act, Analyst, Host, Json, Note
from cli.output import print_json, print_table, print_text

By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who appeals.", show_default=False)]
Uphold = Annotated[bool, typer.Option("--uphold", help="The owner is right: the host leaves the list now, for good.")]
Refuse = Annotated[bool, typer.Option("--refuse", help="The listing stands.")]
All = Annotated[bool, typer.Option("--all", help="The decided ones too.")]

appeal_app = typer.Typer(
    no_args_is_help=False,
    help="Appeals against a listing: those that wait (without a verb below), open, decide, list.",
    rich_markup_mode=None,
)


@appeal_app.callback(invoke_without_command=True)
def appeal(context: typer.Context, as_lines: Json = False) -> None:
    """Appeals that wait for a decision, the first due first, overdue ones marked.

    Example: mirrorwatch appeal
    """
    if context.invoked_subcommand is None:
        _print_appeals(context.obj, every=False, as_lines=as_lines)


@appeal_app.command("open")
def appeal_open(context: typer.Context, host: Host, by: By, note: Note, as_lines: Json = False) -> None:
    """Open an appeal against an entry of the list; from now its clock runs.

    Example: mirrorwatch appeal open shop.example --by "Shop LLP" --note "we sell dice, letter 17 of 2026-11-20"
    """
    desk: Desk = context.obj
    made = open_appeal(desk.case(), desk.host(host), by=by, note=note, policy=desk.config.policy, clock=desk.clock)
    if as_lines:
        print_json(_fields(desk, made))
    else:
        print_text(f"appeal for {made.host} by {made.person} is open, due {made.due_at:%Y-%m-%d %H:%M} UTC")


@appeal_app.command("decide")
def appeal_decide(
    context: typer.Context,
    host: Host,
    analyst: Analyst,
    note: Note,
    uphold: Uphold = False,
    refuse: Refuse = False,
    act: Act = "",
    as_lines: Json = False,
) -> None:
    """Decide the open appeal on a host. Upheld, the host leaves the list at once in a release of its own and is never listed again while that stands.

    Example: mirrorwatch appeal decide shop.example --uphold --as "A. Analyst" --note "a toy shop" --act 12-34

    Refused, the entry stays. An upheld appeal is taken back by --refuse with the legal act that says so; listed again the host is only with a new approval.
    """
    if uphold == refuse:
        raise UsageError("say --uphold or --refuse, one of them. Nothing was decided")
    desk: Desk = context.obj
    with release_lock(desk.state):
        serial = 0
        if uphold and desk.config.night.publish:
            made, release = uphold_appeal(
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
            serial = release.serial if release else 0
        else:
            outcome = AppealState.UPHELD if uphold else AppealState.REFUSED
            made = decide_appeal(desk.case(), desk.host(host), outcome, analyst=analyst, note=note, act=act, clock=desk.clock)
    if as_lines:
        print_json(_fields(desk, made) | {"serial": serial or None})
    else:
        print_text(f"appeal for {made.host} {made.state.value} by {made.person}: {made.note}")
        _say_what_follows(desk, made, serial)


@appeal_app.command("list")
def appeal_list(context: typer.Context, every: All = False, as_lines: Json = False) -> None:
    """Appeals that wait for a decision, the first due first, overdue ones marked; with --all every step of all.

    Example: mirrorwatch appeal list
    """
    _print_appeals(context.obj, every=every, as_lines=as_lines)


def _print_appeals(desk: Desk, *, every: bool, as_lines: bool) -> None:
    shown = queries.all_appeals(desk.case()) if every else open_appeals(desk.case())
    if as_lines:
        for one in shown:
            print_json(_fields(desk, one))
        return
    if not shown:
        print_text("no appeal" if every else "no appeal is open")
        return
    late = {one.id for one in overdue(desk.case(), desk.clock())}
    rows = [
        (
            one.host,
            one.state.value,
            f"{one.due_at:%Y-%m-%d}",
            "OVERDUE" if one.id in late else "",
            f"{one.said_at:%Y-%m-%d}",
            one.person,
            one.note,
        )
        for one in shown
    ]
    print_table(("host", "state", "due", "", "said", "by", "note"), rows)


def _say_what_follows(desk: Desk, made: Appeal, serial: int) -> None:
    if serial:
        print_text(f"  {made.host} is off the list since release {serial}, in {desk.releases / 'latest'}")
        return
    listed = any(entry.host == made.host for entry in queries.entries_around(desk.case(), made.host))
    if made.state is AppealState.UPHELD and listed:
        print_text(
            f"  {made.host} leaves with the next release, made on another machine: run mirrorwatch backup FILE here, mirrorwatch publish --from FILE there"
        )
    elif made.state is AppealState.UPHELD:
        print_text(f"  {made.host} was off the list already; it is not listed again")
    elif any(one.action is Action.UNLIST for one in queries.decisions_of(desk.case(), made.host)[-1:]):
        print_text(f"  {made.host} was unlisted, and is listed again only with a new approval: mirrorwatch approve {made.host}")
    elif listed:
        print_text(f"  {made.host} stays on the list")


def _fields(desk: Desk, one: Appeal) -> dict[str, Any]:
    last = last_word(desk.case(), one.host)
    waits = one.state is AppealState.OPENED and last is not None and last.id == one.id
    return {
        "host": one.host.name,
        "state": one.state.value,
        "person": one.person,
        "note": one.note,
        "act": one.act,
        "said_at": one.said_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        "open": waits,
        "overdue": waits and one.due_at < desk.clock(),
    }
