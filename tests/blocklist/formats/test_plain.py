"""The quick look at a name is as strict as the door."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blocklist.content import Listed
from blocklist.formats.plain import checked, in_order, joined, lines_of
from casefile.errors import HostnameRefused
from casefile.hostname import PLAIN_NAME, RPZ_TRIGGERS, SPECIAL_USE, taken_apart
from casefile.records import Scope
from tests.blocklist.formats.hostile import NAMES as HOSTILE

PIECES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        ["a", "b1", "-", ".", "..", "xn--", "xn--80aswg", "0x1f", "127", "*", "_", "a" * 63, "b" * 64, "\n", "\0", "ß", "\uff0e", "A"]
    ),
    st.sampled_from([".example", ".com", *(f".{last}" for last in (*SPECIAL_USE, *RPZ_TRIGGERS))]),
)


def strictly(name: str) -> bool:
    """What `checked` promises: taken apart label by label, the name is a host name in its normal form."""
    try:
        return taken_apart(name) == name
    except HostnameRefused:
        return False


def passes(name: str) -> bool:
    try:
        return checked(name, 1) == name
    except ValueError:
        return False


@settings(max_examples=1500, deadline=None)
@given(name=st.lists(PIECES, max_size=6).map("".join))
@example(name="a.localhost")
@example(name="a.example\n")
@example(name="localhost.example")
@example(name="xn--a.example")
@example(name="a.xn--p1ai")
@example(name="a.xn--zzzzzz")
@example(name=".".join(["a" * 63] * 4))
@example(name=".".join(["a" * 63, "a" * 63, "a" * 63, "a" * 53, "example"]))
@example(name=".".join(["a" * 63, "a" * 63, "a" * 63, "a" * 54, "example"]))
def test_checked_agrees_with_the_door(name: str) -> None:
    assert passes(name) == strictly(name)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_checked_agrees_with_the_door_on_hostile_names(name: str) -> None:
    assert passes(name) == strictly(name)


def test_ordinary_names_take_the_quick_way() -> None:
    for name in ("casino-1.example", "1xbet.com", "a--b.kz", "x.y.z.co.uk"):
        assert PLAIN_NAME.fullmatch(name)


def test_lines_are_read_as_they_are_joined() -> None:
    assert joined([]) == b""
    assert lines_of(joined(["a", "", "b"])) == ["a", "", "b"]


def test_order_is_strict() -> None:
    a, b = Listed("a.example", Scope.EXACT), Listed("b.example", Scope.EXACT)
    assert in_order([a, b]) == (a, b)
    for wrong in ([b, a], [a, a], [a, Listed("a.example", Scope.SUBDOMAINS)]):
        with pytest.raises(ValueError, match="sorted"):
            in_order(wrong)
