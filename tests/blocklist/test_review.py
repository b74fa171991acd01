"""Decisions: all or nothing, and those of before brought in once."""

from pathlib import Path

import pytest

from blocklist.guard import Guard
from blocklist.review import decide, import_decisions
from casefile import queries
from casefile.errors import UsageError
from casefile.records import Action, Decision
from casefile.store import Case
from tests.blocklist.conftest import Desk
from tests.conftest import StandingClock

HEAD = "host,action,analyst,note,act,decided_at\n"


def say(desk: Desk, *names: str, action: Action = Action.APPROVE, analyst: str = "A. Analyst", note: str = "seen") -> list[Decision]:
    hosts = [desk.case.door.parse(name) for name in names]
    return decide(desk.case, hosts, action, analyst=analyst, note=note, act="7/2026", guard=desk.guard, clock=desk.clock)


def test_a_decision_is_kept_with_who_why_and_when(desk: Desk) -> None:
    desk.found("a.example")
    (made,) = say(desk, "a.example", "a.example")
    assert queries.decisions_of(desk.case, made.host) == [made]
    assert (made.analyst, made.note, made.act, made.decided_at) == ("A. Analyst", "seen", "7/2026", desk.clock())


@pytest.mark.parametrize(
    ("analyst", "note", "said"),
    [
        ("", "seen", "analyst"),
        ("  ", "seen", "analyst"),
        ("A", "", "note"),
        ("A" * 101, "seen", "longer"),
        ("A", "n" * 1001, "longer"),
        ("A\x1b[2J", "seen", "control"),
        ("A", "one\ntwo", "control"),
        ("A", "\u202eback", "control"),
    ],
)
def test_who_and_why_must_be_said_in_plain_text(desk: Desk, analyst: str, note: str, said: str) -> None:
    desk.found("a.example")
    with pytest.raises(UsageError, match=said):
        say(desk, "a.example", analyst=analyst, note=note)
    assert queries.latest_decisions(desk.case) == []


def test_a_stranger_among_the_hosts_stops_all(desk: Desk) -> None:
    desk.found("a.example")
    with pytest.raises(UsageError, match=r"never met b\.example, c\.example"):
        say(desk, "a.example", "b.example", "c.example", action=Action.REJECT)
    assert queries.latest_decisions(desk.case) == []


def test_a_guarded_name_cannot_be_approved_but_rejected(desk: Desk) -> None:
    desk.found("pay.bank.example")
    desk.found("a.example")
    with pytest.raises(UsageError, match=r"rule bank"):
        say(desk, "a.example", "pay.bank.example")
    assert queries.latest_decisions(desk.case) == []
    say(desk, "pay.bank.example", action=Action.REJECT)
    assert len(queries.latest_decisions(desk.case)) == 1


def test_decisions_of_before_come_in_once_for_unknown_hosts_too(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(
        f'{HEAD}a.example,approve,A,"seen, twice",7,2026-11-01T10:00:00+05:00\nb.example,reject,A,a shop,,2026-11-02T10:00:00Z\n'
    )
    assert import_decisions(case, path, clock) == 2
    assert import_decisions(case, path, clock) == 0
    a, b = queries.latest_decisions(case)
    assert (a.action, a.note, a.act, a.decided_at.hour) == (Action.APPROVE, "seen, twice", "7", 5)
    assert b.action is Action.REJECT


def test_an_older_decision_never_overrules_a_later_one(desk: Desk, tmp_path: Path) -> None:
    desk.found("a.example")
    desk.decided("a.example", action=Action.REJECT)
    path = tmp_path / "decisions.csv"
    path.write_text(f"{HEAD}a.example,approve,A,seen,,2026-11-01T10:00:00Z\n")
    assert import_decisions(desk.case, path, desk.clock) == 0
    assert queries.latest_decisions(desk.case)[0].action is Action.REJECT


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a b,approve,A,seen,,2026-11-01T10:00:00Z", "not a host name"),
        ("c.example,agree,A,seen,,2026-11-01T10:00:00Z", "agree"),
        ("c.example,approve,,seen,,2026-11-01T10:00:00Z", "analyst"),
        ("c.example,approve,A,seen,,2026-11-01T10:00:00", "time zone"),
        ("c.example,approve,A,seen,,2036-11-01T10:00:00Z", "future"),
        ("c.example,approve,A,seen,,yesterday", "yesterday"),
        ("c.example,approve,A,seen,,0001-01-01T00:00:00+14:00", "out of range"),
        ("c.example,approve,A,seen", "6 fields"),
        ("c.example,approve,A,seen,,2026-11-01T10:00:00Z,more", "6 fields"),
    ],
)
def test_a_bad_line_is_named_and_nothing_comes_in(case: Case, clock: StandingClock, tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(f"{HEAD}b.example,reject,A,a shop,,2026-11-02T10:00:00Z\n{line}\n")
    with pytest.raises(UsageError, match=rf"decisions\.csv:3: .*{said}"):
        import_decisions(case, path, clock)
    assert queries.latest_decisions(case) == []


@pytest.mark.parametrize("data", [b"", b"host,action\n", b"\xff\xfe", f'{HEAD}a.example,"approve\n'.encode()])
def test_a_file_of_another_kind_is_refused(case: Case, clock: StandingClock, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"decisions\.csv"):
        import_decisions(case, path, clock)


def test_a_missing_file_is_said(case: Case, clock: StandingClock, tmp_path: Path, guard: Guard) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        import_decisions(case, tmp_path / "none.csv", clock)
