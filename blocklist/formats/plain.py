"""What the text formats share: strict lines in, strict lines out.

Most of them say each name in a block of one to three lines, which `Written` makes of a name and its scope. The one reader, `read_blocks`, finds the name in a
block's first line, checks it, and compares the block with what the writer would have written: so it takes nothing but what the writer writes.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import islice, pairwise

from blocklist.content import Content, Listed
from casefile.errors import HostnameRefused
from casefile.hostname import normalise
from casefile.records import Scope

Written = Callable[[Listed], tuple[str, ...]]
"""The lines that a format writes for one name."""

BOTH = (Scope.SUBDOMAINS, Scope.EXACT)

BATCH = 5_000
"""Lines that are made bytes at a time: as text, one letter outside Latin in a whole file doubles what it takes."""

REMEMBERED = 131_072
"""Names that the check remembers, about a large list: 40 MB at most."""

STAMP = re.compile(r"mirrorwatch [0-9]{1,10}, made [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def joined(lines: Iterable[str]) -> bytes:
    """Lines as a file: UTF-8, LF after every line, no byte order mark; no lines are an empty file."""
    whole, rest = BytesIO(), iter(lines)
    while batch := list(islice(rest, BATCH)):
        whole.write("\n".join([*batch, ""]).encode("utf-8"))
    return whole.getvalue()


def lines_of(data: bytes) -> list[str]:
    """The lines of such a file; raises `ValueError` as `check_lines` does."""
    check_lines(data)
    return data.decode("utf-8").split("\n")[:-1]


def check_lines(data: bytes) -> None:
    """Raises `ValueError` for what a resolver would stumble over: a byte order mark, CR, a cut end."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise ValueError("begins with a byte order mark")
    if b"\r" in data:
        raise ValueError("holds a carriage return")
    if data and not data.endswith(b"\n"):
        raise ValueError("does not end with a line feed: it is cut short")


def stamp(content: Content, mark: str = "#") -> str:
    """The comment that begins a file whose readers all take comments: which release it is of, and when that was made."""
    return f"{mark} mirrorwatch {content.serial}, made {content.made_at}"


def check_stamp(line: str, mark: str = "#") -> None:
    """Raises `ValueError` where `line` is not what `stamp` writes."""
    if not (line.startswith(f"{mark} ") and STAMP.fullmatch(line, len(mark) + 1)):
        raise ValueError(f"the file must begin with the comment {mark} mirrorwatch SERIAL, made TIME")


def stamped(content: Content, listed: Iterable[Listed], written: Written, head: Sequence[str] = ()) -> bytes:
    """A file of the stamp, the lines of `head`, and a block for each name."""
    return joined([stamp(content), *head, *(line for one in listed for line in written(one))])


def read_stamped(
    data: bytes, written: Written, name_in: Callable[[str], str], head: Sequence[str] = (), scopes: Sequence[Scope] = BOTH
) -> tuple[Listed, ...]:
    """The names in what `stamped` wrote; raises `ValueError` naming the line."""
    lines = lines_of(data)
    check_stamp(lines[0] if lines else "")
    if lines[1 : len(head) + 1] != list(head):
        raise ValueError(f"line 2: wants {head[0]}")
    return read_blocks(lines, len(head) + 1, written, name_in, scopes)


def read_blocks(
    lines: Sequence[str], start: int, written: Written, name_in: Callable[[str], str], scopes: Sequence[Scope] = BOTH
) -> tuple[Listed, ...]:
    """The names in `lines` from index `start` on; `name_in` finds the name in the first line of its block, `scopes`: those that the format has a word for.

    Raises `ValueError` naming the line.
    """
    longest_first = sorted(scopes, key=lambda scope: -len(written(Listed("a.example", scope))))  # one block may begin as the other does
    known = [_covering if scope is Scope.SUBDOMAINS else _alone for scope in longest_first]
    found: list[Listed] = []
    at, end = start, len(lines)
    try:
        while at < end:
            one, size = _block(lines, at, name_in(lines[at]), known, written)
            found.append(one)
            at += size
    except ValueError as error:
        raise ValueError(f"line {at + 1}: {error}") from None
    return in_order(found)


def _block(lines: Sequence[str], at: int, name: str, known: Sequence[Callable[[str], Listed]], written: Written) -> tuple[Listed, int]:
    """The name whose block stands at `at`, and how many lines that has; raises `ValueError` without the number of the line."""
    for check in known:
        one = check(name)
        block = written(one)
        size = len(block)
        if lines[at] == block[0] and (size == 1 or tuple(lines[at : at + size]) == block):
            return one, size
    raise ValueError(f"{lines[at][:80]!a} is not what is written for a name, {', '.join(block)}")


def listed(name: str, scope: Scope, number: int) -> Listed:
    """A name in a file, if it is a lower-case A-label name; raises `ValueError` with the line number."""
    try:
        return _covering(name) if scope is Scope.SUBDOMAINS else _alone(name)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from None


def checked(name: str, number: int) -> str:
    """`name` if it is a lower-case A-label name; raises `ValueError` with the line number."""
    return listed(name, Scope.EXACT, number).name


@lru_cache(maxsize=REMEMBERED)
def _alone(name: str) -> Listed:
    """A checked name, alone; remembered, since it stands in every file of a release."""
    try:
        plain = normalise(name)
    except HostnameRefused as error:
        raise ValueError(f"{name[:80]!a} is not a host name: {error.reason}") from None
    if plain != name:
        raise ValueError(f"{name[:80]!a} is not in its normal form, {plain}")
    return Listed(name, Scope.EXACT)


@lru_cache(maxsize=REMEMBERED)
def _covering(name: str) -> Listed:
    """A checked name with all below it; remembered too."""
    return Listed(_alone(name).name, Scope.SUBDOMAINS)


def in_order(found: Sequence[Listed]) -> tuple[Listed, ...]:
    """`found` as it is; raises `ValueError` where it is not sorted or names one twice."""
    for before, after in pairwise(found):
        if before[0] >= after[0]:
            raise ValueError(f"{after.name} stands after {before.name}: names must be sorted, each once")
    return tuple(found)


def nothing(content: Content) -> tuple[str, ...]:  # noqa: ARG001 - the shape that every format has
    """`left_out` of a format that can hold every name.

    Names of 253 octets, with and without their subdomains, were loaded and blocked by Unbound 1.17.1 (local zones), dnsmasq 2.90 (all four forms), Squid 5.7,
    HAProxy 2.6.12 and nginx 1.22.1 (with `map_hash_bucket_size 512`).
    """
    return ()


def everything(content: Content) -> tuple[Listed, ...]:
    """`view` of a format that says every name and its scope."""
    return content.listed


def pruned(content: Content) -> tuple[Listed, ...]:
    """`view` of a format in which a name under one that covers its subdomains would be a fault, or let some of what it covers through."""
    return content.pruned


def names_alone(content: Content) -> tuple[Listed, ...]:
    """`view` of a format that has no word for subdomains: every name as exact."""
    try:
        return tuple([_alone(line.name) for line in content.lines])
    except ValueError:  # a name that no reader would take: the view says it all the same
        return tuple([Listed(line.name, Scope.EXACT) for line in content.lines])
