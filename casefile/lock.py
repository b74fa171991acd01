"""One night at a time: a lock file that is free again the moment its last holder ends, however it ends.

The lock is flock(2) on an open descriptor: a child process that inherits the descriptor holds it together with its parent.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casefile.errors import BusyError, StoreError


@contextmanager
def night_lock(state: Path) -> Iterator[int]:
    """Hold the lock of a state folder; gives the descriptor to hand to children; raises `BusyError` where another holds it."""
    path = state / "night.lock"
    try:
        state.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"cannot use the state folder {state}: {error.strerror}; check its rights or name another with --state") from None
    try:
        _take(descriptor, state)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int, state: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 40, 0).decode("ascii", "replace").strip()
        raise BusyError(
            f"another night is running on {state} (process {holder if holder.isdecimal() else 'unknown'}): wait for it or end it; "
            "queue, show, approve and reject work meanwhile"
        ) from None
    except OSError as error:
        raise StoreError(f"cannot lock {state}: {error.strerror}; name a folder on a local disk with --state") from None
    with suppress(OSError):  # the number is a courtesy to whoever is refused; a full disk must not stop the night here
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
