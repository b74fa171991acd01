"""What the text formats share: strict lines in, strict lines out."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from blocklist.content import Listed
from casefile.errors import HostnameRefused
from casefile.hostname import normalise


def joined(lines: Iterable[str]) -> bytes:
    """Lines as a file: UTF-8, LF after every line, no byte order mark; no lines are an empty file."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def lines_of(data: bytes) -> list[str]:
    """The lines of such a file; raises `ValueError` for what a resolver would stumble over (byte order mark, CR, a cut end)."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise ValueError("begins with a byte order mark")
    if b"\r" in data:
        raise ValueError("holds a carriage return")
    if data and not data.endswith(b"\n"):
        raise ValueError("does not end with a line feed: it is cut short")
    return data.decode("utf-8").split("\n")[:-1]


def checked(name: str, number: int) -> str:
    """`name` if it is a lower-case A-label name; raises `ValueError` with the line number."""
    try:
        plain = normalise(name)
    except HostnameRefused as error:
        raise ValueError(f"line {number}: {name[:80]!a} is not a host name: {error.reason}") from None
    if plain != name:
        raise ValueError(f"line {number}: {name[:80]!a} is not in its normal form, {plain}")
    return name


def in_order(found: Sequence[Listed]) -> tuple[Listed, ...]:
    """`found` as it is; raises `ValueError` where it is not sorted or names one twice."""
    names = [one.name for one in found]
    for before, after in pairwise(names):
        if before >= after:
            raise ValueError(f"{after} stands after {before}: names must be sorted, each once")
    return tuple(found)
