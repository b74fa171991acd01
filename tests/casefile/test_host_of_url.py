"""The host of an address: the quick way gives what the standard library gives."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.hostname import host_of_url

PIECES = [
    "http://",
    "https://",
    "HTTP://",
    "//",
    "a.test",
    "B.test",
    ".",
    ":80",
    ":",
    "@",
    "/",
    "?",
    "#",
    "u:p@",
    "[::1]",
    "[",
    "]",
    "-",
    " ",
    "\t",
    "é",
    "x",
]


def slowly(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_every_address_has_the_host_that_urlsplit_reads(url):
    assert host_of_url(url) == slowly(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.test/x", "a.test"),
        ("http://u:p@A.test.:80/", "a.test"),
        ("http://a.test:80@b.test/", "b.test"),
        ("/x", ""),
        ("http://[", ""),
    ],
)
def test_the_host_is_lower_case_and_without_user_port_and_last_dot(url, host):
    assert host_of_url(url) == host
