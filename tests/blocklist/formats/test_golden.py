"""Every file byte for byte, and read back to what it must say."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocklist.content import Content
from blocklist.formats import FORMATS, Format, file_name
from blocklist.formats.plain import STAMP
from tests.blocklist.conftest import HOSTILE_QUOTE, Desk
from tests.blocklist.formats.samples import PURE, SMALL, content, contents

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "release"
BARE = {
    "domains.txt", "wildcards.txt", "added.txt", "removed.txt", "suricata.lst", "entries.json", "entries.csv", "register.xml", "stix.json",
    "misp/manifest.json", "misp/{feed}.json", "delta-{previous}-{serial}.json", "dossier.json",
}  # fmt: skip
"""Files that begin with no comment: their form has none, or scripts read them as bare names."""


@pytest.mark.parametrize("form", PURE, ids=lambda form: form.NAME)
def test_golden(form: Format) -> None:
    assert form.write(SMALL) == (GOLDEN / file_name(form, SMALL)).read_bytes()


@pytest.mark.parametrize("form", PURE, ids=lambda form: form.NAME)
def test_golden_reads_back(form: Format) -> None:
    assert form.read((GOLDEN / file_name(form, SMALL)).read_bytes()) == form.view(SMALL)


@pytest.mark.parametrize("form", PURE, ids=lambda form: form.NAME)
def test_an_empty_list_reads_back(form: Format) -> None:
    empty = content()
    assert form.read(form.write(empty)) == form.view(empty) == ()


def test_no_golden_file_is_left_over_and_no_two_formats_share_one() -> None:
    names = [file_name(form, SMALL) for form in FORMATS]
    assert len(set(names)) == len(names)
    assert {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file()} == set(names)


@pytest.mark.parametrize("form", PURE, ids=lambda form: form.NAME)
def test_files_with_comments_say_which_release_they_are_of(form: Format) -> None:
    first = form.write(SMALL).decode().splitlines()[:2]
    assert any(STAMP.search(line) for line in first) == (form.NAME not in BARE)


def test_the_dossier_carries_the_evidence_with_quotes_and_records(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    data = (desk.releases / "latest" / "dossier.json").read_bytes()
    assert data == (GOLDEN / "dossier.json").read_bytes()
    (found,) = json.loads(data)
    assert found["evidence"][0]["quote"] == HOSTILE_QUOTE
    assert found["evidence"][0]["record"]["sha256"] == "ab" * 32
    assert found["decision"]["analyst"] == "A. Analyst"
    assert found["captures"][0]["records"][0]["record_id"] == "<urn:uuid:1>"
    assert all(0x20 <= octet < 0x7F or octet == 0x0A for octet in data)


@settings(max_examples=60, deadline=None)
@given(said=contents())
def test_what_is_written_is_read_back(said: Content) -> None:
    for form in PURE:
        data = form.write(said)
        assert form.read(data) == form.view(said), form.NAME
        assert form.write(said) == data
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        names = [one.name for one in form.read(data)]
        assert names == sorted(set(names))
        assert set(names) | set(form.left_out(said)) <= {one.name for one in said.listed} | {one.name for one in said.gone}


@settings(max_examples=40, deadline=None)
@given(said=contents(), origin=st.sampled_from(["rpz.example", ".".join(["r" * 60] * 3) + ".example"]))
def test_no_listed_name_is_lost_without_a_word(said: Content, origin: str) -> None:
    """A name is in the file, or under one in it that covers it, or among those left out."""
    said = content(*said.lines, left=said.gone, origin=origin)
    for form in PURE:
        if form.NAME in ("added.txt", "removed.txt", "haproxy-suffix.txt", "misp/manifest.json", "delta-{previous}-{serial}.json"):
            continue
        held = {one.name for one in form.view(said)}
        covering = {one.name for one in form.view(said) if one.scope.value == "subdomains"}
        for one in said.listed:
            over = {one.name.split(".", number)[-1] for number in range(1, one.name.count(".") + 1)}
            assert one.name in held or over & covering or one.name in form.left_out(said), (form.NAME, one)
