"""What only Squid does: tunnels by `CONNECT`, and lists that it does not start with."""

import subprocess
from collections.abc import Iterator

import pytest

from blocklist.content import Listed
from tests.consumers.conftest import made
from tests.consumers.harness import an_empty_folder, run_script
from tests.consumers.lists import EXACT, SERIAL, SUBDOMAINS, below, beside, content, made_up, split
from tests.consumers.proxy import Squid
from tests.consumers.web import every_site, status

TODAY = content(made_up(999))


@pytest.fixture(scope="module")
def squid() -> Iterator[Squid]:
    with an_empty_folder() as folder, every_site() as site, made(Squid, folder, site).serving(TODAY) as serving:
        assert isinstance(serving, Squid)
        yield serving


def test_tunnels_are_blocked_as_requests_are(squid: Squid) -> None:
    names = [one.name for one in TODAY.lines][::4]
    asked = [*names, *below(names), *beside(names[::3])]
    blocked, free = split(TODAY.listed, asked)
    found = {name: status(squid.port, name, form="connect") for name in asked}
    assert {name for name, code in found.items() if code == 403} == blocked
    assert {name for name, code in found.items() if code == 200} == free


def test_the_name_in_the_address_counts_not_the_one_beside_it(squid: Squid) -> None:
    said = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-x", f"http://127.0.0.1:{squid.port}", "-H", "Host: innocent.example", "http://casino-1.example/"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said == "403"


@pytest.mark.parametrize("pair", [(".a.example", "a.example"), ("a.example", ".a.example")])
def test_the_check_knows_the_pair_that_keeps_squid_from_starting(squid: Squid, pair: tuple[str, str]) -> None:
    whole = squid.form.write(content([Listed("casino-1.example", SUBDOMAINS)], SERIAL + 1))
    squid.fetched(content([], SERIAL + 1), whole + "".join(f"{line}\n" for line in pair).encode())
    accepted, said = squid.accepts()
    assert not accepted
    assert "FATAL" in said


def test_a_name_under_one_that_covers_it_is_left_to_that_one(squid: Squid) -> None:
    """The list may hold both; the file does not, and Squid's parser says nothing of it."""
    said = content([Listed("a.example", SUBDOMAINS), Listed("b.a.example", EXACT), Listed("c.b.a.example", SUBDOMAINS)], SERIAL + 2)
    squid.fetched(said)
    assert squid.accepts() == (True, "")
    file = squid.home / "new" / "squid.txt"
    parsed = run_script(f'printf "acl x dstdomain -n \\"{file}\\"\\n" > trial; squid -k parse -f trial 2>&1', squid.folder)
    assert parsed.returncode == 0
    assert "subdomain" not in parsed.stdout
