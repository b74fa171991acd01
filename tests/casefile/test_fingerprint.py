"""The case fingerprint: the same facts give the same digest whatever their order, batches, ids and times; one changed word gives another."""

import random
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from casefile.fingerprint import LEFT_OUT, NOT_COMPARED, canonical_lines, fingerprint
from casefile.hostname import Door
from casefile.records import Evidence, Record, Sighting, Verdict
from casefile.store import Case
from tests.casefile.examples import examples

DOOR = Door(("example",))


def some(changed: Callable[[Record], Record] = lambda record: record) -> list[Record]:
    """Records of ten hosts."""
    host = DOOR.parse("casino-1.example")
    moved = [
        replace(record, host=DOOR.parse(f"casino-{number}.example")) if getattr(record, "host", None) == host else record
        for number in range(1, 11)
        for record in examples(DOOR)
        if hasattr(record, "host")
    ]
    return [changed(record) for record in moved]


def digest_of(path: Path, batches: Sequence[Sequence[Record]]) -> str:
    with Case(path, DOOR) as case:
        for batch in batches:
            case.add(batch)
        return fingerprint(case)


def test_order_and_batches_do_not_count(tmp_path: Path) -> None:
    records = some()
    shuffled = random.Random(7).sample(records, len(records))
    once = digest_of(tmp_path / "once.db", [records])
    assert digest_of(tmp_path / "again.db", [[record] for record in shuffled]) == once


def test_ids_and_times_do_not_count(tmp_path: Path) -> None:
    def later(record: Record) -> Record:
        moments = {field.name: getattr(record, field.name) + timedelta(days=1) for field in fields(record) if field.name.endswith("_at")}
        numbers = {field.name: 77 for field in fields(record) if field.name in ("capture_id", "through_capture", "verdict", "decision")}
        return replace(record, **moments, **numbers)

    assert digest_of(tmp_path / "a.db", [some()]) == digest_of(tmp_path / "b.db", [some(later)])


def test_how_the_work_was_cut_does_not_count(tmp_path: Path) -> None:
    cut = [record for record in examples(DOOR) if isinstance(record, NOT_COMPARED)]
    assert len(cut) == len(NOT_COMPARED)
    assert digest_of(tmp_path / "a.db", [some()]) == digest_of(tmp_path / "b.db", [some(), cut])


@pytest.mark.parametrize("kind", sorted({type(record).__name__ for record in some()}))
def test_one_changed_word_counts(tmp_path: Path, kind: str) -> None:
    word = {
        "Resolution": "nameservers",
        "Evidence": "quote",
        "Capture": "body_sha256",
        "Verdict": "model",
        "Tie": "fact",
        "Decision": "note",
        "Order": "note",
        "Appeal": "note",
    }

    def changed(record: Record) -> Record:
        if type(record).__name__ != kind or record.host.name != "casino-3.example":  # type: ignore[union-attr]
            return record
        column = word.get(kind) or ("family" if kind == "Entry" else "reason")
        value = getattr(record, column)
        return replace(record, **{column: (*value, "x") if isinstance(value, tuple) else value + "x"})

    assert digest_of(tmp_path / "a.db", [some()]) != digest_of(tmp_path / "b.db", [some(changed)])


def test_a_fact_more_counts_even_where_its_like_is_there(tmp_path: Path) -> None:
    evidence = next(record for record in some() if isinstance(record, Evidence))
    assert digest_of(tmp_path / "a.db", [[evidence]]) != digest_of(tmp_path / "b.db", [[evidence, evidence]])


def test_the_last_digits_of_a_probability_do_not_count(case: Case, tmp_path: Path) -> None:
    verdict = next(record for record in some() if isinstance(record, Verdict))
    near, far = replace(verdict, probability=verdict.probability + 1e-12), replace(verdict, probability=verdict.probability + 1e-3)
    first, second, third = (digest_of(tmp_path / f"{number}.db", [[one]]) for number, one in enumerate((verdict, near, far)))
    assert first == second != third


def test_two_case_files_can_be_compared_line_by_line(case: Case) -> None:
    records = [record for record in some() if isinstance(record, Sighting)]
    case.add(records)
    lines = canonical_lines(case)
    assert len(lines) == len(records)
    assert lines[0] == '["sightings", "casino-1.example", "seeds", "named", "seeds.txt:3", "https://casino-1.example/?a=1"]'


def test_every_column_left_out_exists() -> None:
    known = {field.name for record in examples(DOOR) for field in fields(record)}
    assert known >= LEFT_OUT
