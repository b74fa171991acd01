"""The never-list and the registers of others: import a top list, import what is blocked already, ask which rule names a host."""

from pathlib import Path
from typing import Annotated, Any

import typer

from blocklist import popular as top_lists
from blocklist.popular import MOST_NAMES, Popular, import_popular
from blocklist.register import import_register, withdraw_register
from casefile import queries
from casefile.lock import release_lock
from casefile.rows import time_text
from cli.desk import Desk
from cli.night import closing_progress
from cli.options import Json
from cli.output import print_json, print_table, print_text

ListFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file as it was fetched; .gz and .zip too.", show_default=False)]
Hosts = Annotated[list[str], typer.Argument(metavar="HOST...", help="Host names.", show_default=False)]
Source = Annotated[
    str, typer.Option("--source", metavar="NAME", help="Which register it is; an import replaces the last one of that name.")
]
Top = Annotated[
    int | None,
    typer.Option(
        "--top",
        min=1,
        max=MOST_NAMES,
        metavar="N",
        help="Only the first N names: far down a list stand gambling sites too.",
        show_default=False,
    ),
]

guard_app = typer.Typer(
    no_args_is_help=False, help="The never-list: its top list (without a verb below), and what it says.", rich_markup_mode=None
)
register_app = typer.Typer(
    no_args_is_help=False, help="National registers: what was imported (without a verb below).", rich_markup_mode=None
)


@guard_app.callback(invoke_without_command=True)
def guard(context: typer.Context, as_lines: Json = False) -> None:
    """Which top list the never-list has. Exit 1 where it has none of the last 30 days.

    Example: mirrorwatch guard
    """
    if context.invoked_subcommand is not None:
        return
    desk: Desk = context.obj
    found = desk.popular
    warning = top_lists.warning(found, desk.clock())
    if as_lines:
        print_json({**_top_list(found), "fresh": not warning, "warning": warning})
    else:
        if found is not None:
            print_text(f"{found.count:,} popular names of {found.source}, imported on {found.imported_at:%Y-%m-%d}")
        if warning:
            print_text(warning)
    if warning:
        raise typer.Exit(1)


def _top_list(found: Popular | None) -> dict[str, Any]:
    if found is None:
        return {"count": 0, "source": "", "sha256": "", "imported_at": None}
    return {"count": found.count, "source": found.source, "sha256": found.sha256, "imported_at": time_text(found.imported_at)}


@guard_app.command("update")
def guard_update(context: typer.Context, file: ListFile, top: Top = None, as_lines: Json = False) -> None:
    """Import a top list in Tranco's form (`rank,name` a line, or bare names in order): none of its names can be listed from then on.

    Example: mirrorwatch guard update top-1m.csv.zip
    """
    desk: Desk = context.obj
    with release_lock(desk.state), closing_progress(desk):
        done = import_popular(desk.popular_folder, file, clock=desk.clock, progress=desk.progress, top=top)
    if as_lines:
        print_json(
            {
                "count": done.count, "bad": done.bad, "first_bad": list(done.first_bad), "repeated": done.repeated, "source": done.source,
                "sha256": done.sha256, "imported_at": time_text(done.imported_at),
            }
        )  # fmt: skip
        return
    print_text(f"{done.count:,} popular names of {done.source} are guarded now")
    _print_bad(done.bad, done.first_bad, "lines")


@guard_app.command("check")
def guard_check(context: typer.Context, hosts: Hosts, as_lines: Json = False) -> None:
    """Which rule of the never-list names a host, and why. Exit 1 where any may not be listed.

    Example: mirrorwatch guard check kaspi.kz casino.example
    """
    desk: Desk = context.obj
    found = [(text, desk.guard.refusal_of(text)) for text in hosts]
    if as_lines:
        for text, refusal in found:
            print_json({"host": text, "rule": refusal.rule if refusal else "", "why": refusal.text if refusal else ""})
    else:
        print_table(
            ("host", "rule", "why"),
            [(text, refusal.rule if refusal else "", refusal.text if refusal else "may be listed") for text, refusal in found],
        )
    if any(refusal for _, refusal in found):
        raise typer.Exit(1)


@register_app.callback(invoke_without_command=True)
def register(context: typer.Context, as_lines: Json = False) -> None:
    """The latest import of every register.

    Example: mirrorwatch register
    """
    if context.invoked_subcommand is not None:
        return
    desk: Desk = context.obj
    found = queries.latest_register_imports(desk.case())
    if as_lines:
        for one in found:
            print_json(
                {
                    "source": one.source,
                    "file": one.file,
                    "sha256": one.sha256,
                    "names": len(one.names),
                    "imported_at": time_text(one.imported_at),
                }
            )
        return
    print_table(
        ("register", "names", "imported", "file"),
        [(one.source, f"{len(one.names):,}", f"{one.imported_at:%Y-%m-%d %H:%M}", one.file) for one in found],
        right=("names",),
    )


@register_app.command("import")
def register_import(context: typer.Context, file: ListFile, source: Source = "national", as_lines: Json = False) -> None:
    """Import what is blocked already (a list, the Polish XML, dump.xml, our own files), so that it is not listed as new.

    Example: mirrorwatch register import dump.xml --source national
    """
    desk: Desk = context.obj
    with closing_progress(desk):
        case = desk.case(create=True)
        desk.remember_config(case)
        done = import_register(case, file, source, clock=desk.clock, progress=desk.progress)
    names = len(done.record.names)
    if as_lines:
        print_json(
            {
                "source": done.record.source, "file": done.record.file, "sha256": done.record.sha256, "form": done.form, "names": names,
                "bad": done.bad, "first_bad": list(done.first_bad), "addresses": done.addresses, "ended": done.ended,
                "unchanged": done.unchanged, "imported_at": time_text(done.record.imported_at),
            }
        )  # fmt: skip
        return
    same = ", the same as before" if done.unchanged else ""
    print_text(
        f"register {source} ({done.form}): {names:,} names{same}; {done.addresses:,} entries block only an address, {done.ended:,} have ended"
    )
    _print_bad(done.bad, done.first_bad, "entries")


@register_app.command("withdraw")
def register_withdraw(context: typer.Context, source: Source = "national", as_lines: Json = False) -> None:
    """Let a register count no more, until it is imported again.

    Example: mirrorwatch register withdraw --source poland
    """
    desk: Desk = context.obj
    done = withdraw_register(desk.case(), source, clock=desk.clock)
    print_json({"source": done.source, "names": 0}) if as_lines else print_text(f"register {done.source} counts no more")


def _print_bad(bad: int, first: tuple[str, ...], what: str) -> None:
    if bad:
        print_text(f"{bad:,} {what} held no name; the first:")
        for one in first:
            print_text(f"  {one}")
