"""The keys that sign releases: make one, list them."""

from typing import Annotated

import typer

from casefile.errors import UsageError
from casefile.lock import release_lock
from casefile.rows import as_json
from cli.desk import Desk
from cli.options import Json
from cli.output import print_json, print_table, print_text
from cli.passwords import new_password

keys_app = typer.Typer(no_args_is_help=False, help="The keys that sign releases (without a verb below: list them).", rich_markup_mode=None)


@keys_app.callback(invoke_without_command=True)
def keys(context: typer.Context, as_lines: Json = False) -> None:
    """The keys that sign releases; without a verb below, what `keys list` says.

    Example: mirrorwatch keys
    """
    if context.invoked_subcommand is None:
        list_keys(context, as_lines=as_lines)


@keys_app.command("new")
def new(
    context: typer.Context,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="With a password, asked for here or given in MIRRORWATCH_KEY_PASSWORD.")
    ] = False,
    as_lines: Json = False,
) -> None:
    """Make a key that signs from now on. What older keys signed stays verifiable: their .pub stays in the folder.

    Example: mirrorwatch keys new --encrypt
    """
    desk: Desk = context.obj
    password = new_password() if encrypt else ""
    if encrypt and not password:
        raise UsageError("an empty password encrypts nothing: give one, or leave --encrypt out")
    with release_lock(desk.state):
        name = desk.keys.make(password)
    [made] = [one for one in desk.keys.states() if one.id == name]
    if as_lines:
        print_json(as_json(made))
    else:
        print_text(f"key {name} signs from now on: keep a copy of {made.secret} in a safe place, give ISPs {made.public}")


@keys_app.command("list")
def list_keys(context: typer.Context, as_lines: Json = False) -> None:
    """The keys whose signatures are trusted here, and which one signs.

    Example: mirrorwatch keys list
    """
    desk: Desk = context.obj
    found = desk.keys.states()
    if as_lines:
        for one in found:
            print_json(as_json(one))
        return
    print_table(
        ("key", "signs", "secret half", "where"),
        [(one.id, "now" if one.current else "no", _half(one.secret, encrypted=one.encrypted), one.public) for one in found],
    )


def _half(secret: str, *, encrypted: bool) -> str:
    if not secret:
        return "not on this machine"
    return "encrypted" if encrypted else "not encrypted"
