"""Addresses made absolute: whatever is joined by putting strings together is what urljoin gives."""

from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.joining import LONGEST, LONGEST_INLINE, Joiner

BASES = ["https://a.example/x/y.html?q=/z#w", "http://a.example", "http://A.example:80/x/./y/", "https://a.example/x;p/y", "ftp://a/", "", "http://[bad/a", "https://a.example/x//y"]  # fmt: skip
PIECES = [
    "/",
    "//",
    ".",
    "..",
    "a",
    "b.html",
    "x:y",
    "?",
    "#",
    "?q=1",
    "#f",
    "http:",
    "https://b.test",
    ";p",
    "\\",
    " ",
    "é",
    "[",
    "%20",
    "\t",
    "\x01",
]


def plain(base: str, address: str) -> str:
    try:
        return urljoin(base, address)[:LONGEST]
    except ValueError:
        return address


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(BASES), st.lists(st.sampled_from(PIECES), max_size=5).map("".join))
def test_every_address_is_joined_as_urljoin_joins_it(base, address):
    assert Joiner(base).absolute(address) == plain(base, address)


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("go?ref=1", "https://a.example/kz/go?ref=1"),
        ("/pay", "https://a.example/pay"),
        ("//b.test/x", "https://b.test/x"),
        ("../up", "https://a.example/up"),
        ("#top", "https://a.example/kz/#top"),
    ],
)
def test_an_address_is_where_a_visitor_is_led(address, whole):
    joiner = Joiner("https://a.example/kz/")
    assert joiner.absolute(address) == whole == joiner.absolute(address)


def test_an_address_that_holds_what_it_leads_to_is_cut():
    assert Joiner("https://a.example/").absolute("data:text/html," + "a" * 900) == ("data:text/html," + "a" * 900)[:LONGEST_INLINE]
