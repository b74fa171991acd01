"""One night at a time, whoever holds the lock and however they end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.errors import BusyError, StoreError
from casefile.lock import night_lock

HOLD = """
import sys, time
from pathlib import Path
from casefile.lock import night_lock
with night_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(state: Path) -> "subprocess.Popen[bytes]":
    """Another process that holds the lock until its standard input closes."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.wait(20)
    process.stdout.close()


def test_a_second_night_is_refused_and_told_who_runs_the_first(tmp_path: Path) -> None:
    process = holder(tmp_path)
    with (
        pytest.raises(BusyError, match=rf"a night is running on .* \(process {process.pid}\): wait for it or end it"),
        night_lock(tmp_path),
    ):
        pass
    end(process)
    with night_lock(tmp_path):
        pass


def test_the_lock_is_free_after_kill_9(tmp_path: Path) -> None:
    process = holder(tmp_path)
    process.send_signal(signal.SIGKILL)
    end(process)
    with night_lock(tmp_path):
        assert (tmp_path / "night.lock").read_text() == f"{os.getpid()}\n"


def test_a_child_that_inherits_it_holds_it_after_its_parent(tmp_path: Path) -> None:
    with night_lock(tmp_path) as descriptor:
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(descriptor,),
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
    with pytest.raises(BusyError), night_lock(tmp_path):
        pass
    end(child)
    with night_lock(tmp_path):
        pass


def test_a_child_that_was_not_handed_it_does_not_hold_it(tmp_path: Path) -> None:
    with night_lock(tmp_path):
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
    with night_lock(tmp_path):
        pass
    end(child)


def test_what_an_older_holder_wrote_never_reaches_the_terminal(tmp_path: Path) -> None:
    with night_lock(tmp_path):
        (tmp_path / "night.lock").write_bytes(b"\x1b[31mred")
        with pytest.raises(BusyError, match="process unknown"), night_lock(tmp_path):
            pass


def test_a_state_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="check its rights or name another with --state"), night_lock(tmp_path / "file"):
        pass
