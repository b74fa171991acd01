"""Public addresses pass; every other one is refused with its reason, in every spelling."""

import pytest

from crawler.egress.addresses import refusal


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:2800:220:1::1", "64:ff9b::5db8:d822"]
)
def test_a_public_address_passes(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("169.254.169.254", "metadata"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("0.0.0.0", "this network"),
        ("0.1.2.3", "this network"),
        ("192.0.0.170", "protocol assignments"),
        ("192.0.2.1", "documentation"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.7", "documentation"),
        ("198.19.255.255", "benchmarking"),
        ("192.88.99.1", "6to4"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("0:0:0:0:0:0:0:1", "loopback"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "zone"),
        ("fec0::1", "site-local"),
        ("fc00::1", "unique local"),
        ("fd12:3456::1", "unique local"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("2001:0:1::1", "Teredo"),
        ("2002:7f00:1::", "6to4"),
        ("100::1", "discard"),
        ("64:ff9b:1::1", "local NAT64"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:7f00:1", "loopback"),
        ("::ffff:169.254.169.254", "metadata"),
        ("::ffff:93.184.216.34", "never on the public wire"),
        ("::ffff:0:127.0.0.1", "loopback"),
        ("::127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "NAT64 of 127.0.0.1: loopback"),
        ("64:ff9b::a9fe:a9fe", "metadata"),
        ("64:ff9b::a00:1", "private"),
        ("4000::1", "not given out"),
    ],
)
def test_anything_else_is_refused_with_its_reason(address: str, reason: str) -> None:
    assert reason in refusal(address)


@pytest.mark.parametrize("text", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "127.0.0.1.", " 93.184.216.34", "localhost", ""])
def test_a_spelling_that_is_not_plain_is_refused(text: str) -> None:
    assert refusal(text) == "not an address in its plain form"
