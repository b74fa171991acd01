"""The head of the decision log: the same for the same rows, another after any change of one of them."""

import hashlib
from datetime import timedelta

import pytest

from casefile.decision_log import head_at, log_head, still_holds
from casefile.records import Action, Appeal, AppealState, Decision, LogHead, Order
from casefile.store import Case
from tests.conftest import StandingClock


def decision(case: Case, clock: StandingClock, name: str, action: Action = Action.APPROVE, note: str = "seen") -> Decision:
    clock.now += timedelta(seconds=1)
    return Decision(host=case.door.parse(name), action=action, analyst="A. Analyst", note=note, decided_at=clock())


def order(case: Case, clock: StandingClock, name: str) -> Order:
    return Order(host=case.door.parse(name), stands=True, analyst="A. Analyst", note="all of them", decided_at=clock())


def appeal(case: Case, clock: StandingClock, name: str) -> Appeal:
    return Appeal(host=case.door.parse(name), state=AppealState.OPENED, person="Shop", note="we sell toys", due_at=clock(), said_at=clock())


@pytest.fixture
def log(case: Case, clock: StandingClock) -> LogHead:
    """Three decisions, an order and an appeal."""
    case.add([decision(case, clock, name) for name in ("a.example", "b.example", "c.example")])
    case.add([order(case, clock, "a.example"), appeal(case, clock, "b.example")])
    return log_head(case)


def changed(case: Case, sql: str) -> None:
    """Change a row behind the back of the triggers, as whoever can write the file may."""
    for (name,) in case.db.conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        case.db.conn.execute(f"DROP TRIGGER {name}")
    with case.transaction():
        case.db.conn.execute(sql)


def test_an_empty_log_has_a_head_too(case: Case) -> None:
    head = log_head(case)
    assert (head.decisions, head.orders, head.appeals, len(head.sha256)) == (0, 0, 0, 64)


def test_it_counts_each_part_and_is_the_same_twice(case: Case, log: LogHead) -> None:
    assert (log.decisions, log.orders, log.appeals) == (3, 1, 1)
    assert log_head(case) == log


def test_it_holds_while_the_log_only_grows(case: Case, clock: StandingClock, log: LogHead) -> None:
    case.add([decision(case, clock, "a.example", Action.UNLIST), order(case, clock, "b.example"), appeal(case, clock, "a.example")])
    assert log_head(case).sha256 != log.sha256
    assert head_at(case, 3, 1, 1) == log and still_holds(case, log)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE decisions SET note = 'never seen' WHERE id = 2",
        "UPDATE decisions SET action = 'reject' WHERE id = 1",
        "UPDATE decisions SET decided_at = '2026-01-01T00:00:00.000000Z' WHERE id = 3",
        "UPDATE decisions SET act = '1/2026' WHERE id = 3",
        "DELETE FROM decisions WHERE id = 1",
        "DELETE FROM decisions WHERE id = 3",
        "UPDATE decisions SET id = CASE id WHEN 1 THEN 20 WHEN 2 THEN 10 ELSE 30 END",
        "UPDATE orders SET stands = 0",
        "DELETE FROM orders",
        "UPDATE appeals SET state = 'refused'",
        "DELETE FROM appeals",
        "INSERT INTO decisions (id, host, action, analyst, note, act, decided_at) SELECT 0, host, action, analyst, 'put before', act, decided_at FROM decisions WHERE id = 1",
    ],
)
def test_any_change_of_a_row_is_seen(case: Case, log: LogHead, sql: str) -> None:
    changed(case, sql)
    assert not still_holds(case, log)


def test_a_row_moved_from_one_part_to_another_is_seen(case: Case, clock: StandingClock) -> None:
    case.add([decision(case, clock, "a.example")])
    one = log_head(case)
    assert head_at(case, 0, 1, 0).sha256 != one.sha256
    assert head_at(case, 0, 0, 0).sha256 != one.sha256


def test_a_row_is_said_without_its_empty_columns(case: Case, clock: StandingClock) -> None:
    """So that a column that a later version adds, empty in older rows, changes no head that was ever stated; this pins the form too."""
    case.add([decision(case, clock, "a.example")])
    row = '{"id":1,"host":"a.example","action":"approve","analyst":"A. Analyst","note":"seen","decided_at":"2026-11-20T20:00:01.000000Z"}'
    link = hashlib.sha256(row.encode()).hexdigest()
    assert log_head(case).sha256 == hashlib.sha256(f"{link}\n\n\n".encode()).hexdigest()
