"""The password of an encrypted signing key: from the environment where nobody is there to ask, else from a prompt that shows nothing."""

import os
import sys

import typer

from casefile.errors import UsageError

PASSWORD = "MIRRORWATCH_KEY_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds it."""


def key_password() -> str:
    """The password of a key that there is. Raises `UsageError` where it is not given and there is no terminal to ask on."""
    return _password(confirm=False)


def new_password() -> str:
    """The password of a key that is being made, asked for twice. Raises `UsageError` like `key_password`."""
    return _password(confirm=True)


def _password(*, confirm: bool) -> str:
    given = os.environ.get(PASSWORD)
    if given is not None:
        return given
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"the signing key wants a password and there is no terminal to ask on: set {PASSWORD}")
    return str(typer.prompt("Password of the signing key", hide_input=True, confirmation_prompt=confirm, err=True))
