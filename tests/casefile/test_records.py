"""Records: each has a table, a writer and an example, and comes back from the case file exactly as it went in."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.hostname import Door
from casefile.migrations import TABLES
from casefile.outcomes import OUTCOMES, Outcome
from casefile.records import WRITTEN_BY, Record, Sighting
from casefile.rows import as_json, from_row, time_of, time_text, to_row
from casefile.store import Case
from tests.casefile.examples import examples

DOOR = Door(("example",))
EXAMPLES = examples(DOOR)


def test_every_kind_has_a_table_a_writer_and_an_example() -> None:
    assert set(get_args(Record)) == set(WRITTEN_BY) == set(TABLES) == {type(record) for record in EXAMPLES}
    assert len(set(TABLES.values())) == len(TABLES)
    assert set(WRITTEN_BY.values()) == {"crawler", "classifier", "blocklist", "cli"}


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_went_in(case: Case, record: Record) -> None:
    (number,) = case.add([record])
    (found,) = case.records(type(record))
    assert found == (dataclasses.replace(record, id=number) if hasattr(record, "id") else record)


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: type(record).__name__)
def test_an_example_fills_every_field(record: Record) -> None:
    for field in dataclasses.fields(record):
        assert field.name == "id" or getattr(record, field.name) not in (None, "", ()), field.name


@pytest.mark.parametrize("kind", WRITTEN_BY, ids=lambda kind: kind.__name__)
def test_a_record_is_frozen_and_names_its_fields(kind: type) -> None:
    options = kind.__dataclass_params__  # type: ignore[attr-defined]
    assert options.frozen and hasattr(kind, "__slots__")
    assert all(field.kw_only for field in dataclasses.fields(kind))


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: type(record).__name__)
def test_a_record_is_plain_json_for_those_who_ask_for_it(record: Record) -> None:
    said = json.loads(json.dumps(as_json(record)))
    assert list(said) == [field.name for field in dataclasses.fields(record)]


MOMENTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - hypothesis wants naive bounds
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=300, deadline=None)
@given(where=st.text(), url=st.text(), moment=MOMENTS, zone=ZONES)
def test_any_text_and_time_survive(where: str, url: str, moment: datetime, zone: timezone) -> None:
    record = Sighting(host=DOOR.parse("casino.example"), source="s", reason="r", where=where, url=url, seen_at=moment.replace(tzinfo=zone))
    again = from_row(Sighting, {"id": 0, **to_row(record)}, DOOR.parse)
    assert (again.where, again.url, again.seen_at) == (where, url, record.seen_at)
    assert again.seen_at.tzinfo is UTC


@settings(max_examples=300, deadline=None)
@given(first=MOMENTS, second=MOMENTS)
def test_text_order_is_time_order(first: datetime, second: datetime) -> None:
    early, late = sorted((first.replace(tzinfo=UTC), second.replace(tzinfo=UTC)))
    assert time_text(early) <= time_text(late)
    assert time_of(time_text(early)) == early


def test_a_number_that_is_none_is_refused() -> None:
    verdict = next(record for record in EXAMPLES if type(record).__name__ == "Verdict")
    broken = dataclasses.replace(verdict, reasons=(dataclasses.replace(verdict.reasons[0], weight=float("nan")),))  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="JSON compliant"):
        to_row(broken)


def test_every_outcome_has_one_row_of_facts() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert len({facts.meaning for facts in OUTCOMES.values()}) == len(OUTCOMES)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_follows_from_an_outcome_agrees_with_itself(outcome: Outcome) -> None:
    facts = OUTCOMES[outcome]
    assert not (facts.dead and facts.alive), "a dead name answers nothing"
    assert facts.alive or not facts.read, "what was read was alive"
    assert not (facts.dead and facts.passing), "a dead name is looked up again when it is due, not soon"
