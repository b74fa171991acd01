"""The formats that other programs take in: the XML register, STIX and MISP, each proved with the usual library for it."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any
from uuid import UUID

import pymisp
import pytest
import stix2

from blocklist.content import CANARY, CANARY_TIMES, Content
from blocklist.formats import file_name, misp_event, misp_manifest, register_xml, stix
from casefile.records import Scope
from tests.blocklist.formats.samples import SERIAL, SMALL, content, gone, line

XML = {"r": register_xml.NAMESPACE}
WITH_CANARY = replace(
    SMALL,
    lines=(
        *SMALL.lines,
        replace(
            line("zz.canary.example", Scope.SUBDOMAINS), kind=CANARY, listed_at=CANARY_TIMES[0], expires_at=CANARY_TIMES[1], legal_act=""
        ),
    ),
)


def test_the_register_says_what_the_polish_one_says_and_what_it_lacks() -> None:
    root = ET.fromstring(register_xml.write(SMALL))
    assert root.tag == f"{{{register_xml.NAMESPACE}}}register"
    assert root.attrib == {"serial": str(SMALL.serial), "previous": str(SMALL.previous), "made": SMALL.made_at}
    rows = root.findall("r:entries/r:entry", XML)
    assert [row.findtext("r:name", "", XML) for row in rows] == [one.name for one in SMALL.lines]
    assert [row.findtext("r:scope", "", XML) for row in rows] == [one.scope for one in SMALL.lines]
    assert rows[3].findtext("r:unicode", "", XML) == "сайт.example"
    assert rows[0].findtext("r:listed", "", XML) == "2026-11-20T20:00:00Z"
    assert rows[0].findtext("r:act", "", XML) == "7/2026"
    (left,) = root.findall("r:removals/r:removal", XML)
    assert [child.text for child in left] == ["old.example", "expiry", "expired on 2026-11-20"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<register ", '<!DOCTYPE register [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<register '),
        ("<register ", "<!DOCTYPE register>\n<register "),
        ("<register ", "<!DOCTYPE register><register "),
        ("\n<register ", "<!DOCTYPE register>\n<register "),
        (' encoding="UTF-8"', ' encoding="UTF-7"'),
        ("register:1", "register:2"),
        ("gambling operator", "&x;"),
        ("gambling operator", "&#27;"),
        ("gambling operator", "<![CDATA[x]]>"),
        ("gambling operator", "<!-- x -->"),
        ("gambling operator", "\u202e"),
        ("gambling operator", '"'),
        ("<scope>exact</scope>", "<scope>all</scope>"),
        ("<scope>exact</scope>", ""),
        ("<cause>expiry</cause>", "<cause>whim</cause>"),
        ("old.example", "OLD.example"),
        ("2027-02-18", "2025-02-18"),
        ("</entries>\n", ""),
        ("<removals>\n", ""),
        ("<removals>\n", "<others>\n"),
        ("<entries>\n", "<others>\n"),
        ("</entries>\n", "</entries>\n</entries>\n"),
    ],
)
def test_the_register_is_read_strictly(old: str, new: str) -> None:
    text = register_xml.write(SMALL).decode()
    assert old in text
    with pytest.raises(ValueError, match=r"\w"):
        register_xml.read(text.replace(old, new).encode())


def bundle_of(said: Content) -> Any:
    return stix2.parse(stix.write(said).decode(), allow_custom=False, version="2.1")


def test_stix2_parses_the_bundle_strictly_and_would_write_it_so() -> None:
    bundle = bundle_of(WITH_CANARY)
    assert json.loads(bundle.serialize()) == json.loads(stix.write(WITH_CANARY))
    owner, *indicators = bundle.objects
    assert owner.type == "identity"
    assert {one.created_by_ref for one in indicators} == {owner.id}
    assert [one.name for one in indicators] == [one.name for one in WITH_CANARY.lines]
    assert [one.labels for one in indicators] == [["illegal-gambling"]] * 4 + [["canary"]]
    assert indicators[0].valid_from.isoformat() == "2026-11-20T20:00:00+00:00"


def test_stix_patterns_match_the_name_and_what_it_covers() -> None:
    patterns = [one.pattern for one in bundle_of(SMALL).objects[1:3]]
    assert patterns[0] == "[domain-name:value = 'casino-1.example' OR domain-name:value LIKE '%.casino-1.example']"
    assert patterns[1] == "[domain-name:value = 'm.casino-1.example']"
    for pattern in patterns:
        assert str(stix2.pattern_visitor.create_pattern_object(pattern, version="2.1")) == pattern
    escaped = json.loads(f'"{stix.quoted(chr(39) + chr(92))}"')
    assert escaped == "\\'\\\\"
    pattern = f"[domain-name:value = '{escaped}']"
    assert str(stix2.pattern_visitor.create_pattern_object(pattern, version="2.1")) == pattern


def test_stix_ids_stay_over_releases_and_change_with_a_new_listing() -> None:
    later = replace(SMALL, serial=SERIAL + 1, made_at="2026-11-21T20:00:00Z")
    first, second = bundle_of(SMALL).objects, bundle_of(later).objects
    assert [one.id for one in first] == [one.id for one in second]
    assert all(old.modified < new.modified for old, new in zip(first[1:], second[1:], strict=True))
    relisted = content(replace(SMALL.lines[0], listed_at="2026-11-20T21:00:00Z"))
    assert bundle_of(relisted).objects[1].id != first[1].id
    assert {UUID(one.id.partition("--")[2]).version for one in first} == {5}


def test_a_clock_set_back_makes_no_stix_object_that_changed_before_it_was_made() -> None:
    bundle = bundle_of(replace(SMALL, made_at="2026-01-01T00:00:00Z"))
    assert all(one.modified >= one.created for one in bundle.objects)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= 'm.casino-1.example'", "= 'other.example'"),
        ("LIKE '%.casino-1.example'", "LIKE '%casino-1.example'"),
        ("LIKE '%.casino-1.example'", "LIKE '%'"),
        ("[domain-name:value = 'm.casino-1.example']", "[ipv4-addr:value = '192.0.2.1']"),
        ('"spec_version":"2.1"', '"spec_version":"2.0"'),
        ("gambling operator", "\\u001b[2J"),
        ("gambling operator", "\\u0067ambling operator"),
        ('"type":"indicator"', '"type":"malware"'),
        ('"labels":["illegal-gambling"]', '"labels":[]'),
        ('"valid_until":"2027', '"valid_until":"2025'),
        ('"modified":"2026', '"modified":"2025'),
        ("bundle--", "bundle-"),
    ],
)
def test_stix_is_read_strictly(old: str, new: str) -> None:
    text = stix.write(SMALL).decode()
    assert old in text
    with pytest.raises(ValueError, match=r"\w"):
        stix.read(text.replace(old, new).encode())


def misp_of(said: Content) -> Any:
    event = pymisp.MISPEvent()
    event.load(misp_event.write(said))
    return event


def test_pymisp_loads_the_event_and_would_write_it_so() -> None:
    event, ours = misp_of(WITH_CANARY), json.loads(misp_event.write(WITH_CANARY))["Event"]
    theirs = event.to_feed()["Event"]
    assert {**theirs, "Attribute": []} == {**ours, "Attribute": []}
    assert len(theirs["Attribute"]) == len(ours["Attribute"]) == 6
    for found, written in zip(theirs["Attribute"], ours["Attribute"], strict=True):
        assert found == written


def test_the_manifest_of_the_feed_is_what_pymisp_makes_of_the_event() -> None:
    assert json.loads(misp_manifest.write(SMALL)) == misp_of(SMALL).manifest
    (event,) = json.loads(misp_manifest.write(SMALL))
    assert file_name(misp_event, SMALL) == f"misp/{event}.json"


def test_misp_types_say_the_scope_and_what_left_is_deleted() -> None:
    attributes = misp_of(SMALL).attributes
    assert [(one.value, one.type, one.deleted) for one in attributes] == [
        ("casino-1.example", "domain", False),
        ("m.casino-1.example", "hostname", False),
        ("www.casino-2.example", "hostname", False),
        ("xn--80aswg.example", "domain", False),
        ("old.example", "hostname", True),
    ]


def test_misp_ids_stay_over_releases_and_removal() -> None:
    later = content(line("casino-1.example", Scope.SUBDOMAINS), left=(gone("m.casino-1.example"),))
    before = {one.value: one.uuid for one in misp_of(SMALL).attributes}
    after = {one.value: one.uuid for one in misp_of(later).attributes}
    assert after == {name: before[name] for name in after}
    assert len(after) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"type":"hostname"', '"type":"ip-dst"'),
        ('"to_ids":true', '"to_ids":false'),
        ('"deleted":false', '"deleted":true'),
        ('"value":"old.example"', '"value":"OLD.example"'),
        ("gambling operator", "\\u001b[2J"),
        ('"Tag":[]', '"Tag":[{}]'),
        ('"published":true', '"published":false'),
        ('"timestamp":"1', '"timestamp":"-1'),
        ('{"Event":{', '{"Event":{"id":"1",'),
        ("]}}", '],"Object":[]}}'),
    ],
)
def test_misp_is_read_strictly(old: str, new: str) -> None:
    text = misp_event.write(SMALL).decode()
    assert old in text
    for count in (1, -1):
        try:
            found = misp_event.read(text.replace(old, new, count).encode())
        except ValueError:
            continue
        assert found != misp_event.view(SMALL)


@pytest.mark.parametrize(
    ("old", "new"), [("}}", '},"x":{}}'), ('"analysis":2', '"analysis":"2"'), ('"Tag":[]', '"Tag":[1]'), ("\n", "\n\n"), ("{", "{ ")]
)
def test_the_manifest_of_the_feed_is_read_strictly(old: str, new: str) -> None:
    text = misp_manifest.write(SMALL).decode()
    assert old in text
    with pytest.raises(ValueError, match="manifest"):
        misp_manifest.read(text.replace(old, new).encode())
