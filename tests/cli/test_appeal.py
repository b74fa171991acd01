"""Appeals at the command line: opened, listed with their clock, decided, and an upheld host gone at once."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from blocklist.appeal import open_appeal
from blocklist.guard import Guard
from blocklist.policy import Policy
from casefile import queries
from casefile.hostname import Door
from casefile.records import EvidenceKind, Strength
from casefile.reference import load_reference
from casefile.store import Case
from cli.config import ROOT
from tests.blocklist.conftest import Desk
from tests.cli.running import Ran, mirrorwatch
from tests.conftest import StandingClock

SUFFIXES = ("example", "test")
BY = ("--by", "Shop LLP", "--note", "we sell dice")
WHO = ("--as", "A. Analyst", "--note", "a toy shop")
HOSTILE = "</td><script>alert(1)</script> 4111 1111 1111 1111 anna@mail.example \x1b[2J\u202e"


class Counter:
    """A state folder with two hosts that were listed so many days ago, one of them seen again now, and the program run on it."""

    def __init__(self, folder: Path, *, days_ago: int = 0, seen_again: str = "") -> None:
        self.state, self.config = folder / "state", folder / "mirrorwatch.toml"
        self.config.write_text(f"suffixes = {json.dumps(SUFFIXES)}\n")
        door = Door(SUFFIXES)
        clock = StandingClock(datetime.now(UTC) - timedelta(days=days_ago, minutes=5))
        with Case(self.state / "casefile.db", door) as case:
            desk = Desk(case, clock, Guard(load_reference([ROOT / "data" / "reference"]), door), self.state / "releases")
            for name in ("casino.example", "shop.test"):
                desk.found(name, evidence=((EvidenceKind.PROMOTER, HOSTILE, Strength.STRONG),), reasons=(HOSTILE,))
            desk.decided("casino.example", "shop.test", act="ACT-1")
            assert desk.publish() is not None
            clock.forward(days=days_ago)
            if seen_again:
                desk.found(seen_again)

    def run(self, *words: str) -> Ran:
        return mirrorwatch("-q", "--config", self.config, "--state", self.state, *words)

    def objects(self, *words: str) -> list[dict[str, Any]]:
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran.err
        return [json.loads(line) for line in ran.out.splitlines()]

    def names(self) -> set[str]:
        return set((self.state / "releases" / "latest" / "domains.txt").read_text().split())


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def test_an_appeal_is_opened_listed_upheld_and_the_host_is_gone(counter: Counter) -> None:
    ran = counter.run("appeal", "open", "shop.test", *BY)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("appeal for shop.test by Shop LLP is open, due ")
    [line] = counter.run("appeal", "list").out.splitlines()[1:]
    assert line.split()[:2] == ["shop.test", "opened"]
    ran = counter.run("appeal", "decide", "shop.test", "--uphold", *WHO, "--act", "12-34")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "appeal for shop.test upheld by A. Analyst: a toy shop"
    assert "is off the list since release" in ran.out
    assert "shop.test" not in counter.names() and "casino.example" in counter.names()
    assert counter.run("appeal", "list").out == "no appeal is open\n"
    assert [one["state"] for one in counter.objects("appeal", "list", "--all")] == ["opened", "upheld"]


def test_a_refused_appeal_says_that_the_host_stays(counter: Counter) -> None:
    counter.run("appeal", "open", "shop.test", *BY)
    [done] = counter.objects("appeal", "decide", "shop.test", "--refuse", *WHO)
    assert (done["state"], done["person"], done["serial"], done["open"]) == ("refused", "A. Analyst", None, False)
    assert "shop.test" in counter.names()


def test_an_overdue_appeal_is_marked(counter: Counter) -> None:
    door = Door(SUFFIXES)
    with Case(counter.state / "casefile.db", door) as case:
        long_ago = StandingClock(datetime.now(UTC) - timedelta(days=2))
        open_appeal(case, door.parse("shop.test"), by="Shop LLP", note="x", policy=Policy(appeal_days=1), clock=long_ago)
    counter.run("appeal", "open", "casino.example", *BY)
    assert ["OVERDUE" in line for line in counter.run("appeal", "list").out.splitlines()] == [False, True, False]
    assert [one["overdue"] for one in counter.objects("appeal", "list")] == [True, False]


def test_errors_are_one_line_and_change_nothing(counter: Counter) -> None:
    for words, said in (
        (("decide", "shop.test", *WHO), "say --uphold or --refuse, one of them. Nothing was decided"),
        (("decide", "shop.test", "--uphold", *WHO), "no appeal for shop.test is open, there never was one"),
        (("open", "www.shop.test", *BY), "www.shop.test is blocked by the entry shop.test: appeal for that name"),
    ):
        ran = counter.run("appeal", *words)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
        assert said in ran.err
    assert counter.objects("appeal", "list", "--all") == []


def test_upheld_where_another_machine_publishes_and_taken_back_it_says_what_is_needed(counter: Counter) -> None:
    counter.config.write_text(counter.config.read_text() + "[night]\npublish = false\n")
    counter.run("appeal", "open", "shop.test", *BY)
    ran = counter.run("appeal", "decide", "shop.test", "--uphold", *WHO)
    assert "shop.test leaves with the next release, made on another machine" in ran.out
    with Case(counter.state / "casefile.db", Door(SUFFIXES)) as case:
        assert queries.decisions_of(case, case.door.parse("shop.test"))[-1].note == "appeal upheld: a toy shop"
    ran = counter.run("appeal", "decide", "shop.test", "--refuse", *WHO, "--act", "9")
    assert ran.code == 0, ran.err
    assert "shop.test was unlisted, and is listed again only with a new approval: mirrorwatch approve shop.test" in ran.out
