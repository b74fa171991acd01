"""Families decided at the command line: what is said, what is kept, what --json holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from blocklist.guard import Guard
from casefile import queries
from casefile.hostname import Door
from casefile.records import Band, EvidenceKind, Family, Strength, Tie
from casefile.reference import load_reference
from casefile.store import Case
from cli.config import ROOT
from tests.blocklist.conftest import Desk
from tests.cli.running import Ran, mirrorwatch
from tests.conftest import StandingClock

SUFFIXES = ("example", "test")
WHO = ("--as", "A. Analyst", "--note", "one operator")
HOSTILE = "G-1\x1b[2J\n,\u202e"


class Office:
    """A state folder with a family of three hosts in review, and the program run on it."""

    def __init__(self, folder: Path, clock: StandingClock) -> None:
        self.state, self.clock = folder / "state", clock
        self.config = folder / "mirrorwatch.toml"
        self.config.write_text(f"suffixes = {json.dumps(SUFFIXES)}\n")
        self.night("one.example", "two.example", "unsure.example")

    def night(self, *names: str, members: tuple[str, ...] = ()) -> None:
        """Find these hosts, and say that they and the members are one family."""
        door = Door(SUFFIXES)
        with Case(self.state / "casefile.db", door) as case:
            desk = Desk(case, self.clock, Guard(load_reference([ROOT / "data" / "reference"]), door), self.state / "releases")
            for name in names:
                unsure = name.startswith("unsure")
                desk.found(
                    name,
                    band=Band.UNSURE if unsure else Band.MIRROR,
                    probability=0.6 if unsure else 0.97,
                    evidence=((EvidenceKind.IDENTIFIER, HOSTILE, Strength.STRONG),),
                )
            hosts = tuple(door.parse(name) for name in (members or names))
            case.add([Family(family=hosts[0].name, members=hosts, found_at=self.clock())])
            case.add(
                Tie(family=hosts[0].name, host=host, kind="counter", fact=HOSTILE, population=len(hosts), weight=0.5, found_at=self.clock())
                for host in hosts
            )

    def run(self, *words: str, stdin: str = "") -> Ran:
        return mirrorwatch("-q", "--config", self.config, "--state", self.state, *words, stdin=stdin)

    def objects(self, *words: str) -> list[dict[str, Any]]:
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran.err
        return [json.loads(line) for line in ran.out.splitlines()]

    def standing(self) -> int:
        with Case(self.state / "casefile.db", Door(SUFFIXES)) as case:
            return len(queries.standing_orders(case))


@pytest.fixture
def office(tmp_path: Path, clock: StandingClock) -> Office:
    return Office(tmp_path, clock)


def test_a_family_is_shown_approved_and_ended(office: Office) -> None:
    ran = office.run("approve", "--family", "two.example", *WHO, "--act", "7/2026")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[:2] == ["approve one.example by A. Analyst: one operator", "approve two.example by A. Analyst: one operator"]
    assert lines[2].startswith("left in review unsure.example, unsure: ")
    assert "standing order begins on the family one.example (3 hosts)" in lines
    assert "reject or defer --family one.example" in lines[-1]
    ran = office.run("defer", "--family", "unsure.example", *WHO)
    assert ran.out.splitlines() == [
        "defer unsure.example by A. Analyst: one operator",
        "stays approved one.example: to take it back, mirrorwatch reject one.example --as NAME --note TEXT",
        "stays approved two.example: to take it back, mirrorwatch reject two.example --as NAME --note TEXT",
        "standing order ends on the family one.example (3 hosts)",
    ]
    assert office.standing() == 0


def test_the_queue_marks_what_an_order_proposes_and_puts_it_first(office: Office) -> None:
    assert [one["proposed"] for one in office.objects("queue")] == [None, None, None]
    assert office.run("approve", "--family", "one.example", *WHO).code == 0
    office.night("alone.example")
    office.night("three.example", members=("one.example", "two.example", "unsure.example", "three.example"))
    found = office.objects("queue")
    assert [(one["host"], (one["proposed"] or {}).get("analyst")) for one in found] == [
        ("three.example", "A. Analyst"),
        ("alone.example", None),
        ("unsure.example", None),
    ]
    first = office.run("queue", "--limit", "1").out.splitlines()[1]
    assert first.startswith("three.example")
    assert "proposed: standing order of A. Analyst, 20" in first
    assert "three.example" not in {one["host"] for one in office.objects("select")}


def test_families_in_review_are_listed_with_what_ties_them(office: Office) -> None:
    [one] = office.objects("queue", "--families")
    assert tuple(one) == ("family", "members", "waiting", "proposed", "listed", "ties", "evidence", "order")
    assert (one["family"], one["waiting"], one["listed"]) == ("one.example", ["one.example", "two.example", "unsure.example"], [])
    assert one["ties"] == [{"kind": "counter", "fact": HOSTILE, "population": 3}]
    assert (one["evidence"], one["order"]) == (["identifier", "payment"], None)
    office.run("approve", "--family", "one.example", *WHO)
    [one] = office.objects("queue", "--families")
    assert (one["waiting"], one["order"]["analyst"], one["order"]["stands"]) == (["unsure.example"], "A. Analyst", True)
    ran = office.run("queue", "--families")
    assert "counter: G-1\\x1b[2J" in ran.out
    assert "shared by 3" in ran.out
    assert "standing order of A. Analyst" in ran.out
    assert "\x1b" not in ran.out


def test_a_decision_on_a_family_in_json(office: Office) -> None:
    [done] = office.objects("approve", "--family", "one.example", *WHO)
    assert tuple(done) == ("family", "action", "members", "decided", "left", "untouched", "orders")
    assert [one["host"] for one in done["decided"]] == ["one.example", "two.example"]
    assert [(one["host"], one["rule"]) for one in done["left"]] == [("unsure.example", "unsure")]
    [ended] = office.objects("reject", "--family", "one.example", *WHO)
    assert [(one["host"], one["state"]) for one in ended["untouched"]] == [("one.example", "approved"), ("two.example", "approved")]
    assert [one["stands"] for one in ended["orders"]] == [False]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("approve", "one.example", "--family", "one.example", *WHO), "not both"),
        (("approve", *WHO), "--family"),
        (("approve", "--family", "nobody.example", *WHO), "no family is named for nobody.example"),
        (("reject", "--family", "one.example", "--as", " ", "--note", "x"), "analyst"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_not_done(office: Office, words: tuple[str, ...], said: str) -> None:
    ran = office.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert len(office.objects("queue")) == 3
    assert office.standing() == 0


def test_hosts_are_still_read_from_standard_input(office: Office) -> None:
    assert office.run("reject", "-", *WHO, stdin="one.example # a comment\ntwo.example\n").code == 0
    assert [one["host"] for one in office.objects("queue")] == ["unsure.example"]
