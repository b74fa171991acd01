"""What only HAProxy does: https that is passed on, by the name in the TLS greeting; and a pair of files."""

from collections.abc import Iterator

import pytest

from tests.consumers.conftest import made
from tests.consumers.harness import an_empty_folder
from tests.consumers.lists import CANARY, DOOR, EXACT, SUBDOMAINS, below, beside, content, made_up, split
from tests.consumers.proxy import Haproxy
from tests.consumers.web import CLOSED, SERVED, every_site, greeted, status

TODAY = content(made_up(999))


@pytest.fixture(scope="module")
def haproxy() -> Iterator[Haproxy]:
    with an_empty_folder() as folder, every_site() as site, made(Haproxy, folder, site).serving(TODAY) as serving:
        assert isinstance(serving, Haproxy)
        yield serving


def test_the_set_blocked_by_tls_is_the_set_listed(haproxy: Haproxy) -> None:
    names = [one.name for one in TODAY.lines]
    asked = [*names, *below(names[::4]), *beside(names[::6])]
    blocked, free = split(TODAY.listed, asked)
    assert len(free) > 500
    found = {name: greeted(haproxy.control_port, name) for name in asked}
    assert {name for name, met in found.items() if met == CLOSED} == blocked
    assert {name for name, met in found.items() if met == SERVED} == free


@pytest.mark.parametrize(
    "name", ["CaSiNo-1.ExAmPlE", "SuB.casino-1.EXAMPLE", "casino-1.example.", DOOR.parse("рулетка-3.example").name, CANARY.listed]
)
def test_however_the_name_is_written(haproxy: Haproxy, name: str) -> None:
    assert greeted(haproxy.control_port, name) == CLOSED


def test_a_greeting_in_pieces_is_read_whole(haproxy: Haproxy) -> None:
    assert greeted(haproxy.control_port, "casino-1.example", in_pieces=True) == CLOSED
    assert greeted(haproxy.control_port, CANARY.free, in_pieces=True) == SERVED


def test_a_listed_name_inside_another_is_not_blocked(haproxy: Haproxy) -> None:
    """What `-m dom` would do."""
    for name in ("casino-1.example.innocent.test", "sub.casino-1.example.innocent.test", "xcasino-1.example"):
        assert status(haproxy.port, name) == 200
        assert greeted(haproxy.control_port, name) == SERVED


def test_the_second_file_holds_only_names_that_cover_what_lies_below(haproxy: Haproxy) -> None:
    lines = (haproxy.home / "latest" / haproxy.OTHER).read_text().splitlines()[1:]
    assert lines == [f".{one.name}" for one in TODAY.listed if one.scope is SUBDOMAINS]
    assert any(one.scope is EXACT for one in TODAY.listed)


def test_a_bad_second_file_is_refused_by_the_documented_check(haproxy: Haproxy) -> None:
    haproxy.fetched(TODAY)
    path = haproxy.home / "new" / haproxy.OTHER
    whole = path.read_bytes()
    for spoilt in (whole[:-4], whole + b"no-dot.example\n", whole + b".a b.example\n", b"", whole + whole.splitlines(keepends=True)[-1]):
        path.write_bytes(spoilt)
        assert not haproxy.accepts()[0]
    path.write_bytes(whole)
    assert haproxy.accepts() == (True, "")
