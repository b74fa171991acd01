"""One night, and one release, at a time: lock files that are free again the moment their last holder ends, however it ends.

A lock is flock(2) on an open descriptor: a child process that inherits the descriptor holds it together with its parent. The night holds its lock from
begin to end; the lock of releases is held only while one is written, so that an unlisting does not wait for a night.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casefile.errors import BusyError, StoreError

RELEASE_PATIENCE_SECONDS = 60.0
"""How long a release waits for another that is being written; 100,000 entries take about ten seconds."""

CREATION_PATIENCE_SECONDS = 30.0
"""How long a process waits for another to give a new case file its tables; it takes a few hundredths of a second."""

POLL_SECONDS = 0.05


@contextmanager
def night_lock(state: Path) -> Iterator[int]:
    """Hold the night's lock of a state folder; gives the descriptor to hand to children; raises `BusyError` at once where another holds it."""
    with _held(
        state,
        "night.lock",
        0.0,
        "a night is running on {state} (process {holder}): wait for it or end it; deciding and unlisting work meanwhile",
    ) as lock:
        yield lock


@contextmanager
def release_lock(state: Path) -> Iterator[None]:
    """Hold the lock of releases of a state folder, waiting for one that is being written; raises `BusyError` when that takes too long."""
    with _held(
        state,
        "release.lock",
        RELEASE_PATIENCE_SECONDS,
        "a release is being written in {state} (process {holder}) and does not end: look at that process, then run it again",
    ):
        yield


@contextmanager
def creation_lock(state: Path) -> Iterator[None]:
    """Hold the lock under which a case file gets its tables, waiting for another process that is at it; raises `BusyError` when that takes too long."""
    with _held(
        state,
        "creation.lock",
        CREATION_PATIENCE_SECONDS,
        "the case file in {state} is being created (process {holder}) and that does not end: look at that process, then run it again",
    ):
        yield


@contextmanager
def _held(state: Path, name: str, patience: float, busy: str) -> Iterator[int]:
    try:
        state.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(state / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"cannot use the state folder {state}: {error.strerror}; check its rights or name another with --state") from None
    try:
        if not _taken(descriptor, state, patience):
            holder = os.pread(descriptor, 40, 0).decode("ascii", "replace").strip()
            raise BusyError(busy.format(state=state, holder=holder if holder.isdecimal() else "unknown"))
        with suppress(OSError):  # the number is a courtesy to whoever is refused; a full disk must not stop the work here
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int, state: Path, patience: float) -> bool:
    """Try for the lock until `patience` seconds are over."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(POLL_SECONDS)
        except OSError as error:
            raise StoreError(f"cannot lock {state}: {error.strerror}; name a folder on a local disk with --state") from None
        else:
            return True
