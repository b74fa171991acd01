"""Names and texts as code: refused at the door, or harmless in every file and read back as they are."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocklist.content import Content, Line
from blocklist.formats import Format, delta, entries_csv, entries_json, misp_event, misp_manifest, register_xml, removed, stix
from casefile.errors import HostnameRefused
from casefile.plaintext import inert, inert_cell
from casefile.records import Scope
from tests.blocklist.formats import hostile
from tests.blocklist.formats.samples import DOOR, PURE, SERIAL, content, gone, line

NAMING = tuple(one for one in PURE if one is not misp_manifest)
"""The formats that hold names."""

EVERY = [*hostile.NAMES, *hostile.INJECTIONS]


def is_clean(name: str) -> bool:
    try:
        return DOOR.parse(name).name == name
    except HostnameRefused:
        return False


def with_name(name: str, scope: Scope) -> Content:
    """A list that holds `name` as its second of three, though no door let it in, and an older one that it left."""
    lines = (line("0.example", since=SERIAL), replace(line("a.example", scope, since=SERIAL), name=name), line("zz.example", since=SERIAL))
    return replace(content(), lines=lines, gone=(gone(name),))


@pytest.mark.parametrize("name", EVERY, ids=ascii)
def test_a_hostile_name_is_refused_at_the_door_or_read_back_as_it_is(name: str) -> None:
    try:
        host = DOOR.parse(name)
    except HostnameRefused as refused:
        assert refused.reason
        assert refused.reason.isascii()
        assert refused.reason.isprintable()
        return
    said = content(line("0.example", since=SERIAL), line(host.name, Scope.SUBDOMAINS, since=SERIAL), left=(gone("b." + host.name),))
    for form in NAMING:
        found = form.read(form.write(said))
        assert found == form.view(said), form.NAME
        assert {one.name for one in found} & {host.name, "b." + host.name}, form.NAME


@pytest.mark.parametrize("form", NAMING, ids=lambda form: form.NAME)
@pytest.mark.parametrize("name", [name for name in EVERY if not is_clean(name)], ids=ascii)
def test_a_reader_does_not_take_a_hostile_name_that_came_past_the_door(form: Format, name: str) -> None:
    for scope in Scope:
        said = with_name(name, scope)
        if not any(one.name == name for one in form.view(said)):
            continue  # an exact name in a file of names that cover others
        try:
            found = form.read(form.write(said))
        except ValueError as refused:
            assert all(character.isprintable() for character in str(refused))
            continue
        assert found != form.view(said), "read back as if it were the name of a host"


ODD = st.one_of(st.characters(), st.sampled_from("\n\r\t\0 \"'\\/;#(){}$*.,:^|<>&%=\u3002\u2028"))


@st.composite
def odd_names(draw: st.DrawFn) -> str:
    """A name with odd characters put into it."""
    name = draw(st.sampled_from(["a.example", "casino.b.test", "xn--80aswg.example"]))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(name)))
        name = name[:place] + draw(ODD) + name[place:]
    return name


@settings(max_examples=400, deadline=None)
@given(name=odd_names(), scope=st.sampled_from(Scope))
def test_no_odd_name_is_written_and_read_as_another_set(name: str, scope: Scope) -> None:
    try:
        host = DOOR.parse(name)
    except HostnameRefused:
        said = with_name(name, scope)
        for form in NAMING:
            try:
                found = form.read(form.write(said))
            except (ValueError, UnicodeEncodeError):
                continue
            assert found != form.view(said) or name not in {one.name for one in found}, form.NAME
        return
    said = content(line(host.name, scope, since=SERIAL))
    for form in NAMING:
        assert form.read(form.write(said)) == form.view(said), form.NAME


def with_text(text: str) -> Content:
    """A list with a text of the far end's in every field that is text."""
    lines: list[Line] = [
        replace(line("a.example", since=SERIAL), family=text, reason=text, legal_act=text),
        replace(line("b.example", Scope.SUBDOMAINS), reason=text),
    ]
    return content(*lines, left=(gone("c.example", text),))


@pytest.mark.parametrize("text", hostile.TEXTS, ids=lambda text: ascii(text[:30]))
def test_a_hostile_text_is_inert_in_every_file(text: str) -> None:
    said = with_text(text)
    for form in PURE:
        data = form.write(said)
        assert form.read(data) == form.view(said), form.NAME
        for character in data.decode().replace("\n", "").replace("\t", "" if form is removed else "\t"):
            assert character.isprintable(), (form.NAME, character)


@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1, max_size=60))
def test_any_text_is_inert_in_every_file(text: str) -> None:
    test_a_hostile_text_is_inert_in_every_file(text)


@pytest.mark.parametrize("text", hostile.TEXTS, ids=lambda text: ascii(text[:30]))
def test_a_text_stays_inert_where_a_program_parses_the_file(text: str) -> None:
    said, shown = with_text(text), inert(text)
    bundle = json.loads(stix.write(said))
    assert bundle["objects"][2]["description"] == f"{shown}, act 7/2026"
    assert bundle["objects"][2]["pattern"] == "[domain-name:value = 'b.example' OR domain-name:value LIKE '%.b.example']"
    event = json.loads(misp_event.write(said))["Event"]
    assert [one["comment"].isprintable() for one in event["Attribute"]] == [True] * 3
    root = ET.fromstring(register_xml.write(said))
    spaced = {"r": register_xml.NAMESPACE}
    assert [one.text or "" for one in root.iterfind(".//r:reason", spaced)] == [shown, shown, shown]
    for row in list(csv.reader(io.StringIO(entries_csv.write(said).decode())))[1:]:
        assert all(inert_cell(cell) == cell for cell in row)
    assert removed.write(said).decode() == f"c.example\texpiry\t{shown}\n"


def test_what_is_canonical_keeps_every_text_as_it_was() -> None:
    for text in hostile.TEXTS:
        said = with_text(text)
        assert entries_json.read_lines(entries_json.write(said)) == said.lines
        assert delta.read_delta(delta.write(said)).added == said.added
