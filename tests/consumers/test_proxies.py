"""Squid, HAProxy and nginx block what is listed and nothing else: the probes in their HTTP form, then the whole list and as many innocent names beside it.

Each starts with yesterday's list and takes today's as docs/isp.md says, so what is asked here is asked after an update.
"""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from blocklist.content import Listed
from tests.consumers.conftest import made
from tests.consumers.harness import an_empty_folder
from tests.consumers.lists import CANARY, DOOR, SERIAL, SUBDOMAINS, below, beside, blocked_by, content, made_up, split
from tests.consumers.proxy import PROXIES, Proxy
from tests.consumers.web import every_site, status, statuses

NAMES = made_up(999)
GONE = Listed("gone.example", SUBDOMAINS)
YESTERDAY = content([*NAMES[: len(NAMES) // 2], GONE], SERIAL)
TODAY = content(NAMES, SERIAL + 1, before=YESTERDAY)
IDN = DOOR.parse("рулетка-3.example").name
FIRST, LAST = NAMES[0].name, NAMES[-1].name

LISTED = "casino-1.example"
PROBES = {
    "1 a listed name": LISTED,
    "4 a name below it": f"sub.{LISTED}",
    "4 a name below one that is listed alone": "sub.tenant-1.pages.test",
    "5 two levels below": f"a.b.{LISTED}",
    "6 mixed case": "CaSiNo-1.ExAmPlE",
    "6 mixed case below": "SuB.CaSiNo-1.ExAmPlE",
    "7 a letter before it": f"x{LISTED}",
    "7 a listed name inside another": f"{LISTED}.innocent.test",
    "7 a listed name in the middle": f"sub.{LISTED}.innocent.test",
    "8 the parent of a listed name": "bet-1.kz.example",
    "8 the parent of a tenant": "pages.test",
    "9 a sibling under the same suffix": "another.pages.test",
    "9 a sibling of a listed host": "other.apart-1.example",
    "10 a name in Cyrillic": IDN,
    "10 a name below it": f"www.{IDN}",
    "11 the first entry": FIRST,
    "11 the last entry": LAST,
    "12 a name that was unlisted today": GONE.name,
    "12 a name below it": f"sub.{GONE.name}",
    "the canary that is listed": CANARY.listed,
    "the canary that is not": CANARY.free,
    "an address": "192.0.2.1",
}
WRITTEN = {"as it is": "{}", "with a dot at the end": "{}.", "with a port": "{}:80", "with both": "{}.:8080"}
"""How a client may write a host."""


@pytest.fixture(scope="module", params=PROXIES, ids=lambda kind: kind.TITLE)
def proxy(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """A proxy that has taken today's list after yesterday's."""
    with an_empty_folder() as folder, every_site() as site, made(request.param, folder, site).serving(YESTERDAY) as serving:
        assert isinstance(serving, Proxy)
        assert serving.becomes(GONE.name, blocked=True)
        serving.take(TODAY)
        assert serving.becomes(LAST, blocked=True)
        yield serving


@pytest.mark.parametrize("written", WRITTEN)
def test_probes(proxy: Proxy, written: str) -> None:
    for about, name in PROBES.items():
        expected = proxy.BLOCKED if blocked_by(TODAY.listed, name.lower()) else 200
        assert status(proxy.port, WRITTEN[written].format(name), form=proxy.FORM) == expected, about


def test_the_probes_ask_for_both() -> None:
    blocked = {name for name in PROBES.values() if blocked_by(TODAY.listed, name.lower())}
    assert 6 < len(blocked) < len(PROBES) - 6
    assert {LISTED, f"a.b.{LISTED}", IDN, CANARY.listed} <= blocked


def test_the_set_blocked_is_the_set_listed(proxy: Proxy) -> None:
    """Over all entries, a name below every other, and over a thousand names beside them."""
    names = [one.name for one in TODAY.lines]
    assert len(names) == 1000
    asked = [*names, *below(names[::2]), *beside(names[::3])]
    blocked, free = split(TODAY.listed, asked)
    assert len(free) > 1000
    found = statuses(proxy.port, asked, form=proxy.FORM)
    assert {name for name, code in found.items() if code == proxy.BLOCKED} == blocked
    assert {name for name, code in found.items() if code == 200} == free


def test_the_fetch_scripts_question_tells_the_canaries_apart(proxy: Proxy) -> None:
    settings = proxy.canary_question()
    for name, expected in ((CANARY.listed, 0), (CANARY.free, 1)):
        assert subprocess.run(["bash", "-c", f'{settings}\nis_blocked "$1"', "bash", name], check=False).returncode == expected
    files = subprocess.run(["bash", "-c", f'{settings}\necho "$FILES"'], capture_output=True, text=True, check=True).stdout.split()
    assert all((proxy.home / "latest" / file).exists() for file in files)


BAD = {
    "cut in the middle": lambda data: data[:-7],
    "cut after a line": lambda data: data[: data.index(b"\n", 200) + 1],
    "empty": lambda data: b"",
    "a line twice": lambda data: data + data.splitlines(keepends=True)[-1],
    "a line that says more": lambda data: data + b"zz.example 1; } # more\n",
    "two names in a line": lambda data: data.replace(b"casino-1.example", b"casino-1.example casino-2.example"),
    "in Cyrillic letters": lambda data: data + "казино.example\n".encode(),
    "carriage returns": lambda data: data.replace(b"\n", b"\r\n"),
    "a path": lambda data: data.replace(b"casino-1.example", b"casino-1.example/x"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_file_is_refused_by_the_documented_check(proxy: Proxy, how: str) -> None:
    whole = proxy.form.write(TODAY)
    spoilt = BAD[how](whole)
    assert spoilt != whole
    proxy.fetched(content(NAMES, SERIAL + 5), spoilt)
    accepted, _ = proxy.accepts()
    assert not accepted
    assert status(proxy.port, LISTED, form=proxy.FORM) == proxy.BLOCKED


def test_a_bad_file_that_was_switched_to_is_not_taken(proxy: Proxy) -> None:
    """Who leaves out the check: the old list stays in use where the program itself refuses the file (HAProxy takes any line for a name)."""
    if proxy.FILE == "haproxy-exact.txt":
        return
    name = b".casino-1.example"
    bad = proxy.form.write(TODAY).replace(name, b"casino-1.example\n" + name if proxy.FILE == "squid.txt" else name + b" 1;\n" + name)
    proxy.fetched(content(NAMES, SERIAL + 6), bad)
    proxy.switch()
    with pytest.raises(AssertionError):
        proxy.reloaded()
    assert status(proxy.port, LISTED, form=proxy.FORM) == proxy.BLOCKED
    proxy.take(TODAY)


def test_no_moment_without_the_list_while_it_changes(proxy: Proxy) -> None:
    """A name that stays is asked for all the time; a connection may be refused for a moment (Squid), an answer is never the site's."""
    codes: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            with suppress(OSError):
                codes.append(status(proxy.port, LISTED, form=proxy.FORM))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        proxy.take(content([*NAMES[10:], Listed("zz-tomorrow.example", SUBDOMAINS)], SERIAL + 7, before=TODAY))
        assert proxy.becomes("www.zz-tomorrow.example", blocked=True)
        assert proxy.becomes(FIRST, blocked=False)
    finally:
        over.set()
        asking.join()
    assert len(codes) > 10
    assert set(codes) == {proxy.BLOCKED}
    proxy.take(TODAY)
    assert proxy.becomes(FIRST, blocked=True)
