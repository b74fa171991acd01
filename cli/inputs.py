"""What verbs read: a named file, or standard input."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from casefile.errors import UsageError


@contextmanager
def octets(file: Path | None) -> Iterator[BinaryIO]:
    """A file, or standard input where it is None or `-`, as octets; raises `UsageError` where it cannot be read."""
    if file is None or str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    with stream:
        yield stream
