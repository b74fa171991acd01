"""The rows of large JSON files."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocklist.formats.jsonrows import check_inert, inert_text, rows_file, rows_of, text_in, uuid5_in
from casefile.plaintext import inert

SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "rpz.example")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(name=TEXT)
def test_ids_are_uuids_of_version_5(name: str) -> None:
    assert uuid5_in(SPACE, name) == str(uuid.uuid5(SPACE, name))


@given(rows=st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5)).map(json.dumps), max_size=5))
def test_rows_are_read_as_they_are_written(rows: list[str]) -> None:
    data = rows_file('{"rows":[', rows, "]}")
    assert list(rows_of(data, "]}")) == ['{"rows":[', *rows]
    assert json.loads(data) == {"rows": [json.loads(row) for row in rows]}


@pytest.mark.parametrize(
    "bad",
    [b"", b"\n", b"]\n", b"[\n", b"[\n]", b"[\n{}\n\n]\n", b"[\n{},\n]\n", b"[\n{}\n{}\n]\n", b"[\n,\n]\n", b"[\r\n]\n", "[\n{\u00e9}\n]\n".encode(), b"[\n{}\n]\n\n", b"[\n{}\n] \n"],
)  # fmt: skip
def test_rows_in_another_form_are_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        list(rows_of(bad, "]"))


@given(said=st.text())
def test_free_text_is_inert_and_read_as_it_is_written(said: str) -> None:
    inside = inert_text(said)[1:-1]
    assert text_in(inside, 1) == inert(said)
    check_inert(inside, 1)


@pytest.mark.parametrize("inside", ["\\u0041", "\\/", "\\u00E9", "\\x41", "\\", "\\ud83d\\u0041"])
def test_a_text_escaped_in_another_way_is_refused(inside: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        text_in(inside, 1)
