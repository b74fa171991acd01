"""Day after day by the documented way: check, switch, reload. And a file that is broken never comes into use."""

from collections.abc import Callable, Iterator

import pytest

from blocklist.content import Content, Listed
from tests.consumers.conftest import RESOLVERS, made
from tests.consumers.harness import an_empty_folder
from tests.consumers.lists import CANARY, EXACT, SERIAL, SUBDOMAINS, content
from tests.consumers.resolver import Resolver

STAYS, LEAVES, COMES = Listed("stays.example", SUBDOMAINS), Listed("leaves.example", SUBDOMAINS), Listed("comes.example", EXACT)
MANY = tuple(Listed(f"casino-{number}.example", SUBDOMAINS) for number in range(40))


@pytest.fixture(scope="module", params=RESOLVERS, ids=lambda kind: kind.TITLE)
def resolver(request: pytest.FixtureRequest, internet: int) -> Iterator[Resolver]:
    with an_empty_folder() as folder, made(request.param, folder, internet).serving(content([STAYS, LEAVES])) as serving:
        yield serving


def blocked(resolver: Resolver, *names: str) -> bool:
    return all(resolver.becomes(name, blocked=True) for name in names)


def resolves(resolver: Resolver, *names: str) -> bool:
    return all(resolver.becomes(name, blocked=False) and resolver.ask(name).clean() for name in names)


def test_names_come_and_go_and_the_list_may_be_empty(resolver: Resolver) -> None:
    """One story, since each day stands on the one before: two names, one goes and one comes, nothing changes, nothing is left but the canary, all comes back."""
    first = content([STAYS, LEAVES])
    assert blocked(resolver, STAYS.name, LEAVES.name, CANARY.listed)
    assert resolves(resolver, COMES.name, CANARY.free)

    second = content([STAYS, COMES], SERIAL + 1, before=first)
    resolver.take(second)
    assert blocked(resolver, COMES.name, STAYS.name, CANARY.listed)
    assert resolves(resolver, LEAVES.name, f"below.{COMES.name}", CANARY.free)

    third = content([STAYS, COMES], SERIAL + 2, before=second)
    resolver.take(third)
    assert blocked(resolver, COMES.name, STAYS.name, CANARY.listed)
    assert resolves(resolver, LEAVES.name)

    empty = content([], SERIAL + 3, before=third)
    resolver.take(empty)
    assert resolves(resolver, STAYS.name, COMES.name, LEAVES.name)
    assert blocked(resolver, CANARY.listed)

    resolver.take(content([STAYS, LEAVES, *MANY], SERIAL + 4, before=empty))
    assert blocked(resolver, MANY[-1].name, LEAVES.name, STAYS.name, CANARY.listed)


def test_the_release_before_can_be_put_back(resolver: Resolver) -> None:
    """A serial that goes back, and a file that is older than the one in use: what an operator does when the canaries are wrong."""
    newer = content([COMES, *MANY], SERIAL + 6)
    resolver.take(content([STAYS, *MANY], SERIAL + 5))
    assert blocked(resolver, STAYS.name)
    resolver.take(newer)
    assert blocked(resolver, COMES.name)
    older = resolver.home / "releases" / f"{SERIAL + 5}"
    resolver.point_new_at(older)
    for name in ("added.txt", "removed.txt"):
        (older / name).write_text(f"{STAYS.name}\n{COMES.name}\n")  # as after a gap: whatever may have changed
    resolver.switch()
    resolver.reloaded()
    assert blocked(resolver, STAYS.name)
    assert resolves(resolver, COMES.name)


Spoil = Callable[[bytes], bytes]

WITH_CHECKS = [kind for kind in RESOLVERS if "redirect" not in kind.FILE]
"""The block pages' files go through the same checks."""


def cut(good: bytes) -> bytes:
    """Within a line, in the middle of the file."""
    middle = good.index(b"\n", len(good) // 2)
    return good[: middle - 3]


def absolute(good: bytes) -> bytes:
    """A line for a name with the dot of the root behind it."""
    line = next(line for line in good.splitlines() if b"comes.example" in line)
    return good + line.replace(b"comes.example", b"victim.example.", 1) + b"\n"


def twice(good: bytes) -> bytes:
    return good + good.splitlines()[-1] + b"\n"


def long_label(good: bytes) -> bytes:
    line = next(line for line in good.splitlines() if b"comes.example" in line)
    return good + line.replace(b"comes", b"c" * 64) + b"\n"


def injected(good: bytes) -> bytes:
    """A line that no list of names has."""
    return good + b"$INCLUDE /etc/hostname\n"


def included(good: bytes) -> bytes:
    """The same in its first lines."""
    return b"$INCLUDE /etc/hostname\n" + good.split(b"\n", 1)[1]


def crlf(good: bytes) -> bytes:
    return good.replace(b"\n", b"\r\n")


def headless(good: bytes) -> bytes:
    """A sound file without a single name: what a publisher's empty disk gives."""
    return b"".join(line for line in good.splitlines(keepends=True) if b".example" not in line)


@pytest.mark.parametrize("resolver", WITH_CHECKS, indirect=True, ids=lambda kind: kind.TITLE)
@pytest.mark.parametrize("spoil", [cut, absolute, twice, long_label, injected, included, crlf, headless], ids=lambda spoil: spoil.__name__)
def test_a_broken_file_is_not_switched_to_and_the_old_list_stays(resolver: Resolver, spoil: Spoil) -> None:
    said: Content = content([COMES, *MANY], SERIAL + 8)
    resolver.fetched(said)
    assert resolver.accepts() == (True, ""), "the file that is spoilt next is sound"
    resolver.fetched(said, spoil(resolver.form.write(said)))
    accepted, words = resolver.accepts()
    assert not accepted
    assert words, "an operator is told why"
    assert "victim" not in words, "what a file says does not reach the terminal"
    assert blocked(resolver, STAYS.name, CANARY.listed)
    assert resolves(resolver, COMES.name)
