"""Families decided at the command line: what is said, what is kept, what --json holds."""

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from blocklist.guard import Guard
from casefile import queries
from casefile.hostname import Door
from casefile.records import Band, Difference, EvidenceKind, Family, Strength, Tie
from casefile.reference import load_reference
from casefile.store import Case
from cli.config import ROOT
from tests.blocklist.conftest import Desk
from tests.cli.running import Ran, mirrorwatch
from tests.conftest import StandingClock

SUFFIXES = ("example", "test")
WHO = ("--as", "A. Analyst", "--note", "one operator")
DIFFERENT = Difference(
    first="desktop static", second="phone static", similarity=0.01,
    text="title «Музей» for desktop static, «Казино» for phone static; 700 characters of text for desktop static, 900 for phone static",
    first_shown=700, second_shown=900,
)  # fmt: skip
HOSTILE = "G-1\x1b[2J\n,\u202e"


class Office:
    """A state folder with a family of three hosts in review, and the program run on it."""

    def __init__(self, folder: Path, clock: StandingClock) -> None:
        self.state, self.clock = folder / "state", clock
        self.config = folder / "mirrorwatch.toml"
        self.config.write_text(f"suffixes = {json.dumps(SUFFIXES)}\n")
        self.night("one.example", "two.example", "unsure.example")

    def night(self, *names: str, members: tuple[str, ...] = (), **found: Any) -> None:
        """Find these hosts, as `found` says, and say that they and the members are one family."""
        door = Door(SUFFIXES)
        with Case(self.state / "casefile.db", door) as case:
            desk = Desk(case, self.clock, Guard(load_reference([ROOT / "data" / "reference"]), door), self.state / "releases")
            for name in names:
                unsure = name.startswith("unsure")
                said: dict[str, Any] = {"band": Band.UNSURE if unsure else Band.MIRROR, "probability": 0.6 if unsure else 0.97}
                desk.found(name, evidence=((EvidenceKind.IDENTIFIER, HOSTILE, Strength.STRONG),), **{**said, **found})
            hosts = tuple(door.parse(name) for name in (members or names))
            case.add([Family(family=hosts[0].name, members=hosts, found_at=self.clock())])
            case.add(
                Tie(family=hosts[0].name, host=host, kind="counter", fact=HOSTILE, population=len(hosts), weight=0.5, found_at=self.clock())
                for host in hosts
            )

    def run(self, *words: str, stdin: str = "") -> Ran:
        return mirrorwatch("-q", "--config", self.config, "--state", self.state, *words, stdin=stdin)

    def on_a_terminal(self, answer: str, *words: str) -> tuple[str, int]:
        """What a terminal shows, and the exit code, where `answer` is typed."""
        ours, its = pty.openpty()
        command = [sys.executable, "-m", "cli", "-q", "--config", str(self.config), "--state", str(self.state), *words]
        ran = subprocess.Popen(command, cwd=ROOT, stdin=its, stdout=its, stderr=its)
        os.close(its)
        os.write(ours, f"{answer}\n".encode())
        said = b""
        try:
            while octets := os.read(ours, 4096):
                said += octets
        except OSError:
            pass  # Linux says so that the other side is closed
        os.close(ours)
        return said.decode(), ran.wait(60)

    def objects(self, *words: str) -> list[dict[str, Any]]:
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran.err
        return [json.loads(line) for line in ran.out.splitlines()]

    def approve_family(self, name: str, *more: str) -> Ran:
        """After a look: with the digest of it."""
        [looked] = self.objects("queue", "--family", name)
        return self.run("approve", "--family", name, "--expect", looked["digest"], *WHO, *more)

    def standing(self) -> int:
        with Case(self.state / "casefile.db", Door(SUFFIXES)) as case:
            return len(queries.standing_orders(case))


@pytest.fixture
def office(tmp_path: Path, clock: StandingClock) -> Office:
    return Office(tmp_path, clock)


def test_a_family_is_shown_approved_and_ended(office: Office) -> None:
    ran = office.approve_family("two.example", "--act", "7/2026")
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
    assert office.approve_family("one.example").code == 0
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
    office.approve_family("one.example")
    [one] = office.objects("queue", "--families")
    assert (one["waiting"], one["order"]["analyst"], one["order"]["stands"]) == (["unsure.example"], "A. Analyst", True)
    ran = office.run("queue", "--families")
    assert "counter: G-1\\x1b[2J" in ran.out
    assert "shared by 3" in ran.out
    assert "standing order of A. Analyst" in ran.out
    assert "\x1b" not in ran.out


def test_a_decision_on_a_family_in_json(office: Office) -> None:
    [done] = map(json.loads, office.approve_family("one.example", "--json").out.splitlines())
    assert tuple(done) == ("family", "action", "members", "decided", "left", "untouched", "orders")
    assert [one["host"] for one in done["decided"]] == ["one.example", "two.example"]
    assert [(one["host"], one["rule"]) for one in done["left"]] == [("unsure.example", "unsure")]
    assert [one["waits"] for one in done["left"]] == [True]
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
        (("approve", "--family", "one.example", *WHO), "queue --family one.example"),
        (("approve", "--family", "one.example", *WHO, "--json"), "queue --family one.example"),
        (("approve", "--family", "one.example", "--expect", "0123456789ab", *WHO), "not what was looked at"),
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


def test_one_family_is_looked_over_a_member_a_line(office: Office) -> None:
    lines = office.run("queue", "--family", "two.example").out.splitlines()
    assert lines[0].split()[:4] == ["host", "band", "p", "outcome"]
    assert [line.split()[:4] for line in lines[1:4]] == [
        ["one.example", "mirror", "0.970", "approve"],
        ["two.example", "mirror", "0.970", "approve"],
        ["unsure.example", "unsure", "0.600", "left:"],
    ]
    [looked] = office.objects("queue", "--family", "two.example")
    assert lines[4].startswith(f"digest {looked['digest']}: mirrorwatch approve --family one.example --expect {looked['digest']}")
    assert tuple(looked) == ("family", "digest", "members")
    assert [(one["host"], one["outcome"], one["rule"]) for one in looked["members"]][2] == ("unsure.example", "left", "unsure")


@pytest.mark.parametrize(("answer", "code", "standing"), [("y", 0, 1), ("n", 1, 0)])
def test_on_a_terminal_the_members_are_shown_and_the_analyst_is_asked(office: Office, answer: str, code: int, standing: int) -> None:
    said, ended = office.on_a_terminal(answer, "approve", "--family", "one.example", *WHO)
    assert "left: unsure" in said
    assert "Approve 2 hosts of the family one.example?" in said
    assert ("approve two.example by A. Analyst" in said, "Nothing was decided" in said) == (not code, bool(code))
    assert (ended, office.standing()) == (code, standing)


def test_reject_leaves_mirrors_unless_all_is_said(office: Office) -> None:
    ran = office.run("reject", "--family", "one.example", *WHO)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[:2] == [
        "reject unsure.example by A. Analyst: one operator",
        "left in review one.example, mirror: one.example is a mirror, probability 0.970: reject it by name, or all with --all",
    ]
    assert len(office.objects("queue")) == 2
    assert office.run("reject", "--family", "one.example", "--all", *WHO).code == 0
    assert office.objects("queue") == []


def test_whoever_approves_a_host_by_name_is_told_what_speaks_for_a_second_look(office: Office) -> None:
    office.night("museum.example", differences=(DIFFERENT,))
    office.night("door.example", ends="https://one.example/")
    ran = office.run("approve", "unsure.example", "museum.example", "door.example", "one.example", *WHO)
    told = [line for line in ran.out.splitlines() if line.startswith("  warning")]
    assert [line.split(":")[0] for line in told] == ["  warning", "  warning, shown-differently", "  warning, redirects"]
    assert "unsure.example is unsure" in told[0]
    assert "museum.example" in told[1]
    assert "door.example leads visitors to one.example" in told[2]


def test_a_rejected_host_that_changed_comes_back_marked(office: Office) -> None:
    office.run("reject", "unsure.example", *WHO)
    office.clock.now = datetime.now(UTC) + timedelta(hours=1)
    office.night("unsure.example", band=Band.MIRROR)
    back = next(one for one in office.objects("queue") if one["host"] == "unsure.example")
    assert (back["changed_since"]["analyst"], back["proposed"], back["not_listed"]) == ("A. Analyst", None, None)
    [line] = [line for line in office.run("queue").out.splitlines() if line.startswith("unsure.example")]
    assert "changed since A. Analyst rejected it on 20" in line


def test_an_approved_host_that_cannot_be_listed_stands_at_the_end_with_the_rule(office: Office) -> None:
    office.night("dead.example", alive=False)
    office.run("approve", "dead.example", *WHO)
    last = office.objects("queue")[-1]
    assert (last["host"], last["not_listed"]["rule"]) == ("dead.example", "not-alive")
    line = office.run("queue").out.splitlines()[-1]
    assert line.startswith("dead.example")
    assert "approved, not listed, not-alive: no page of dead.example was ever read" in line


def test_a_row_of_the_queue_is_short_and_the_whole_is_in_json(office: Office) -> None:
    office.night("wordy.example", reasons=("w" * 5000, "second"))
    line = next(line for line in office.run("queue").out.splitlines() if line.startswith("wordy.example"))
    assert len(line) < 220
    assert line.endswith("w…")
    assert next(one for one in office.objects("queue") if one["host"] == "wordy.example")["reasons"] == ["w" * 5000, "second"]


def test_lines_of_families_fit_a_narrow_terminal(office: Office) -> None:
    lines = office.run("queue", "--families").out.splitlines()
    assert lines == [
        "one.example  members 3, waiting 3, listed 0, no order",
        "  evidence: identifier, payment; ties: counter: G-1\\x1b[2J\\x0a,\\u202e, shared by 3",
    ]
