"""Each resolver blocks what is listed and nothing else: the probes one by one, then the whole list and as many innocent names beside it.

The resolver starts with yesterday's list and takes today's as docs/isp.md says, so what is asked here is asked after an update.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from blocklist.content import Content, Listed
from tests.consumers.asking import ask_all
from tests.consumers.conftest import RESOLVERS, made
from tests.consumers.harness import an_empty_folder, poll
from tests.consumers.lists import CANARY, DOOR, EXACT, SERIAL, SUBDOMAINS, below, beside, blocked_by, content, made_up, split
from tests.consumers.resolver import Resolver

NAMES = made_up(999)
GONE = (Listed("gone.example", SUBDOMAINS), Listed("gone-alone.example", EXACT))
YESTERDAY = content([*NAMES[: len(NAMES) // 2], *GONE], SERIAL)
TODAY = content(NAMES, SERIAL + 1, before=YESTERDAY)
IDN = DOOR.parse("рулетка-3.example").name


@pytest.fixture(scope="module", params=RESOLVERS, ids=lambda kind: kind.TITLE)
def resolver(request: pytest.FixtureRequest, internet: int) -> Iterator[Resolver]:
    """A resolver that has taken today's list after yesterday's, and was asked of both days' names before."""
    with an_empty_folder() as folder, made(request.param, folder, internet).serving(YESTERDAY) as serving:
        assert serving.becomes("gone.example", blocked=True)
        ask_all(serving.port, [one.name for one in NAMES[::10]])
        serving.take(TODAY)
        assert serving.becomes(last_of(serving, TODAY), blocked=True)
        yield serving


def first_of(serving: Resolver, said: Content) -> str:
    return serving.view(said)[0].name


def last_of(serving: Resolver, said: Content) -> str:
    return serving.view(said)[-1].name


@dataclass(frozen=True)
class Probe:
    """One question: what it is about, the name, the type."""

    about: str
    name: str | Callable[[Resolver, Content], str]
    kind: str = "A"


LISTED = "casino-1.example"
PROBES = (
    Probe("1 a listed name", LISTED),
    Probe("2 its IPv6 address", LISTED, "AAAA"),
    Probe("3 its HTTPS record", LISTED, "HTTPS"),
    Probe("4 a name below it", f"sub.{LISTED}"),
    Probe("4 a name below one that is listed alone", "sub.tenant-1.pages.test"),
    Probe("5 two levels below", f"a.b.{LISTED}"),
    Probe("6 mixed case", "CaSiNo-1.ExAmPlE"),
    Probe("7 a letter before it", f"x{LISTED}"),
    Probe("8 the parent of a listed name", "bet-1.kz.example"),
    Probe("8 the parent of a tenant", "pages.test"),
    Probe("9 a sibling under the same suffix", "another.pages.test"),
    Probe("9 a sibling of a listed host", "other.apart-1.example"),
    Probe("10 a name in Cyrillic", IDN),
    Probe("11 the first entry", first_of),
    Probe("11 the last entry", last_of),
    Probe("12 a name that was unlisted today", "gone.example"),
    Probe("12 a name below it", "sub.gone.example"),
    Probe("12 a name that was listed alone until today", "gone-alone.example"),
    Probe("the canary that is listed", CANARY.listed),
    Probe("the canary that is not", CANARY.free),
)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.about)
def test_probe(resolver: Resolver, probe: Probe) -> None:
    name = probe.name if isinstance(probe.name, str) else probe.name(resolver, TODAY)
    answer = resolver.ask(name, probe.kind)
    if blocked_by(resolver.view(TODAY), name.lower()) and probe.kind in resolver.DENIED:
        assert resolver.blocks(answer, probe.kind), f"{name} {probe.kind} is listed, and the answer is {answer}"
    else:
        assert answer.clean(probe.kind), f"{name} {probe.kind} is not listed, and the answer is {answer}"


def test_the_probes_ask_for_both() -> None:
    """Of a list that covers subdomains twelve probes are of blocked names; the rest must resolve."""
    assert blocked_by(TODAY.listed, f"a.b.{LISTED}")
    for free in (
        f"x{LISTED}",
        "bet-1.kz.example",
        "pages.test",
        "sub.tenant-1.pages.test",
        "other.apart-1.example",
        "gone.example",
        CANARY.free,
    ):
        assert not blocked_by(TODAY.listed, free)


def test_the_set_blocked_is_the_set_listed(resolver: Resolver) -> None:
    """Over all entries, names below them, and over a thousand names beside them."""
    names = [one.name for one in TODAY.lines]
    assert len(names) == 1000
    asked = [*names, *below(names[::3]), *beside(names[::3])]
    blocked, free = split(resolver.view(TODAY), asked)
    assert len(free) > 1000
    found = what_is_said(resolver, asked)
    if found != (blocked, free):  # BIND takes a zone up bit by bit
        poll(lambda: what_is_said(resolver, asked) == (blocked, free), patience=5)
        found = what_is_said(resolver, asked)
    assert found[0] == blocked
    assert found[1] == free


def what_is_said(resolver: Resolver, asked: list[str]) -> tuple[set[str], set[str]]:
    """Which names are blocked, and which resolve."""
    answers = ask_all(resolver.port, asked)
    return {name for name in asked if resolver.blocks(answers[name])}, {name for name in asked if answers[name].clean()}


@pytest.mark.parametrize("kind", ["AAAA", "HTTPS"])
def test_no_other_type_gets_through(resolver: Resolver, kind: str) -> None:
    names = [one.name for one in resolver.view(TODAY)][::7]
    answers = ask_all(resolver.port, names, kind)
    leaking = [name for name in names if not resolver.blocks(answers[name], kind)] if kind in resolver.DENIED else []
    assert not leaking


def test_what_a_file_leaves_out_is_not_blocked(resolver: Resolver) -> None:
    """The names that are too long for a policy zone, which the manifest names; every other file holds them."""
    left_out = resolver.form.left_out(TODAY)
    assert bool(left_out) is ("rpz" in resolver.FILE)
    answers = ask_all(resolver.port, left_out)
    assert all(answer.clean() for answer in answers.values())


def test_a_blocked_answer_is_good_for_five_minutes_at_most(resolver: Resolver) -> None:
    """The TTL, the SOA's for NXDOMAIN too (RFC 2308): so long may a customer's cache keep it after the name was unlisted."""
    for kind in resolver.DENIED:
        answer = resolver.ask(LISTED, kind)
        assert resolver.blocks(answer, kind)
        assert answer.ttl <= 300, kind


def test_what_a_list_blocks() -> None:
    """`split` itself: a name is blocked where it is listed, or lies under one that covers its subdomains."""
    view = (Listed("a.example", SUBDOMAINS), Listed("b.example", EXACT))
    blocked, free = split(view, ["a.example", "x.a.example", "xa.example", "b.example", "x.b.example", "example"])
    assert blocked == {"a.example", "x.a.example", "b.example"}
    assert free == {"xa.example", "x.b.example", "example"}
