"""Keys at the command line: made with the right rights, asked for a password only where somebody can answer, listed."""

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from blocklist.keyring import Keyring
from casefile.errors import UsageError
from cli.config import ROOT
from cli.passwords import PASSWORD
from tests.cli.running import Ran, mirrorwatch


def keys(state: Path, *words: str, code: int = 0) -> Ran:
    ran = mirrorwatch("--state", state, "keys", *words)
    assert ran.code == code, ran.err
    return ran


def ring(state: Path, password: str = "") -> Keyring:
    return Keyring(folder=state / "keys", password=lambda: password)


def on_a_terminal(state: Path, *answers: str) -> tuple[str, int]:
    """What `keys new --encrypt` says on a terminal where these lines are typed, and its exit code."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cli", "--state", str(state), "keys", "new", "--encrypt"]
    # a session of its own, or it would ask on the terminal that the tests are run from
    child = subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said, waiting = b"", list(answers)
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if waiting and said.endswith(b": "):  # the blank comes when nothing that is typed is shown any more
            os.write(ours, f"{waiting.pop(0)}\n".encode())
            said += b"\n"
    os.close(ours)
    return said.decode(), child.wait(timeout=60)


def test_a_new_key_signs_and_the_old_one_is_kept(tmp_path: Path) -> None:
    ran = keys(tmp_path, "new")
    first = ring(tmp_path).current_id()
    assert ran.out.startswith(f"key {first} signs from now on: keep a copy of {tmp_path}/keys/{first}.key in a safe place, give ISPs ")
    made = json.loads(keys(tmp_path, "new", "--json").out)
    assert made["id"] == ring(tmp_path).current_id() != first
    assert made == {
        "id": made["id"], "current": True, "encrypted": False, "public": f"{tmp_path}/keys/{made['id']}.pub", "secret": f"{tmp_path}/keys/{made['id']}.key",
    }  # fmt: skip
    for path in (tmp_path / "keys").glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_list(tmp_path: Path) -> None:
    assert keys(tmp_path, "list", "--json").out == ""
    old, new = ring(tmp_path).make(), ring(tmp_path).make("secret")
    found = [json.loads(line) for line in keys(tmp_path, "list", "--json").out.splitlines()]
    assert {one["id"]: (one["current"], one["encrypted"]) for one in found} == {old: (False, False), new: (True, True)}
    (tmp_path / "keys" / f"{old}.key").unlink()
    rows = {line.split()[0]: line for line in keys(tmp_path, "list").out.splitlines()}
    assert "no     not on this machine" in rows[old]
    assert "now    encrypted" in rows[new]


def test_the_password_of_an_encrypted_key_comes_from_the_environment_or_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = keys(tmp_path, "new", "--encrypt", code=2)
    assert "there is no terminal to ask on: set MIRRORWATCH_KEY_PASSWORD" in ran.err
    assert not (tmp_path / "keys").exists()
    monkeypatch.setenv(PASSWORD, "from the environment")
    keys(tmp_path, "new", "--encrypt")
    assert ring(tmp_path, "from the environment").open_current()
    with pytest.raises(UsageError, match="wrong password"):
        ring(tmp_path, "other").open_current()


def test_an_empty_password_encrypts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "")
    assert "an empty password encrypts nothing" in keys(tmp_path, "new", "--encrypt", code=2).err


def test_on_a_terminal_it_is_asked_twice_and_not_shown(tmp_path: Path) -> None:
    said, code = on_a_terminal(tmp_path, "abc-typed", "abc-typed")
    assert code == 0, said
    assert "Password of the signing key" in said and "abc-typed" not in said
    assert ring(tmp_path, "abc-typed").open_current()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    name = ring(tmp_path).make()
    (tmp_path / "keys" / f"{name}.key").chmod(0o644)
    assert "run chmod 600 on it" in keys(tmp_path, "list", code=2).err
