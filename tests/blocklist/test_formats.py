"""The files: byte for byte, read back to what they must say, and harmless whatever a name or a page holds."""

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocklist.content import Content, Gone, Line, Listed
from blocklist.formats import FORMATS, Format, added, domains, dossier, entries_csv, entries_json, hosts, removed, rpz
from casefile.errors import HostnameRefused
from casefile.hostname import Door
from casefile.records import Scope
from tests.blocklist.conftest import HOSTILE_QUOTE, Desk
from tests.conftest import require

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "release"
DOOR = Door(("example", "test"))
NOT_DOSSIER = tuple(one for one in FORMATS if one is not dossier)


def line(name: str, scope: Scope = Scope.EXACT, since: int = 2026112100, family: str = "f1") -> Line:
    return Line(
        name=name, unicode_name=DOOR.parse(name).unicode_name, scope=scope.value, family=family, reason="operator", legal_act="7/2026",
        listed_at="2026-11-20T20:00:00Z", expires_at="2027-02-18T20:00:00Z", since=since,
    )  # fmt: skip


def content(*lines: Line, gone: tuple[Gone, ...] = (), origin: str = "rpz.mirrorwatch.example") -> Content:
    return Content(
        serial=2026112101, made_at="2026-11-20T20:00:00Z", origin=origin, lines=tuple(sorted(lines, key=lambda one: one.name)), gone=gone
    )


SMALL = content(
    line("casino-1.example", Scope.SUBDOMAINS),
    line("www.casino-2.example", since=2026112101),
    line("xn--80aswg.example", Scope.SUBDOMAINS, family="=1+1"),
    gone=(Gone(name="old.example", reason="expired on 2026-11-20"),),
)


@pytest.mark.parametrize("form", NOT_DOSSIER, ids=lambda form: form.NAME)
def test_golden(form: Format) -> None:
    assert form.write(SMALL) == (GOLDEN / form.NAME).read_bytes()


@pytest.mark.parametrize("form", NOT_DOSSIER, ids=lambda form: form.NAME)
def test_golden_of_an_empty_list(form: Format) -> None:
    empty = content()
    assert form.read(form.write(empty)) == form.view(empty) == ()


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


# hostile names (group G3 of the fault table)

HOSTILE = [
    "a" * 64 + ".example", ".".join(["a" * 60] * 5) + ".example", "a..example", "", ".a.example", "a.example.", "a b.example", "a\0.example",
    "a.example\nb.example", "a.example\r", "a\t.example", "a;b.example", "a(b.example", 'a".example', "a\\b.example", "a/b.example", "a#.example",
    "a@b.example", "$ORIGIN.example", "$INCLUDE", "*", "*.com", "*.a.example", "localhost", "com", "a_b.example", "-a.example", "a-.example",
    "xn--a.example", "xn--zzzzzz.example", "раураl.example", "\u202ea.example", "a\u200d.example", "\uff41\uff0eexample", "😀.example", "straße.example",
    "A.EXAMPLE", "192.0.2.1", "3221225985", "0xc0000201", "[2001:db8::1]", "a.example:80", "u:p@a.example", "32.1.0.0.127.rpz-client-ip",
    "24.0.2.0.192.rpz-ip", "a.rpz-nsdname", "a.local", "a.onion", "a.example CNAME .", "a.example\n* CNAME rpz-passthru.", '=cmd|"x"!.example',
]  # fmt: skip


@pytest.mark.parametrize("form", NOT_DOSSIER, ids=lambda form: form.NAME)
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_refused_at_the_door_or_read_back_as_it_is(form: Format, name: str) -> None:
    try:
        host = DOOR.parse(name)
    except HostnameRefused as refused:
        assert refused.reason
        return
    said = content(
        line("aa.example", since=2026112101), line(host.name, Scope.SUBDOMAINS, since=2026112101), line("zz.example", since=2026112101),
        gone=(Gone(name=host.name, reason="expired"),),
    )  # fmt: skip
    assert form.read(form.write(said)) == form.view(said)
    assert host.name in {one.name for one in form.view(said)}


@pytest.mark.parametrize("form", NOT_DOSSIER, ids=lambda form: form.NAME)
@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("a.example.",)], ids=ascii)
def test_a_reader_refuses_a_hostile_name_that_came_past_the_door(form: Format, name: str) -> None:
    try:
        clean = DOOR.parse(name).name == name
    except HostnameRefused:
        clean = False
    bad = replace(line("a.example", since=2026112101), name=name)
    data = form.write(Content(serial=2026112101, made_at="", origin="rpz.example", lines=(bad,), gone=(Gone(name=name, reason="x"),)))
    if clean:
        assert form.read(data)
        return
    try:
        found = form.read(data)
    except ValueError:
        return
    assert {one.name for one in found} != {name}, "read back as if it were a host name"


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--") and label[2:4] != "--"
)
NAMES = st.lists(LABELS, min_size=1, max_size=10).map(lambda labels: ".".join([*labels, "example"])).filter(lambda name: len(name) <= 253)
TEXT = st.text(max_size=30)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    names = draw(st.sets(NAMES, max_size=12))
    left = draw(st.sets(NAMES, max_size=5)) - names
    lines = (
        replace(line(name, draw(st.sampled_from(Scope)), draw(st.sampled_from([2026112100, 2026112101])), draw(TEXT)), legal_act=draw(TEXT))
        for name in sorted(names)
    )
    return content(*lines, gone=tuple(Gone(name=name, reason=draw(TEXT.filter(bool))) for name in sorted(left)))


@settings(max_examples=150, deadline=None)
@given(said=contents(), index=st.integers(0, len(NOT_DOSSIER) - 1))
def test_what_is_written_is_read_back(said: Content, index: int) -> None:
    form = NOT_DOSSIER[index]
    data = form.write(said)
    assert form.read(data) == form.view(said)
    assert form.write(said) == data
    assert not data.startswith(b"\xef\xbb\xbf") and b"\r" not in data
    names = [one.name for one in form.read(data)]
    assert names == sorted(set(names))


@pytest.mark.parametrize("form", NOT_DOSSIER, ids=lambda form: form.NAME)
def test_a_reader_refuses_what_would_break_a_resolver(form: Format) -> None:
    said = content(line("a.example", since=2026112101), line("b.example", since=2026112101), gone=(Gone(name="c.example", reason="x"),))
    data = form.write(said)
    for broken in (b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), data[:-1], data + data):
        with pytest.raises(ValueError, match=r"\w"):
            form.read(broken)


# one format at a time


def test_rpz_leaves_out_what_is_too_long_for_a_zone_and_says_so() -> None:
    origin = "rpz.mirrorwatch.example"
    room = 253 - len(origin) - 1
    longest = ".".join(["a" * 63, "b" * 63, "c" * 63])
    longest += "." + "d" * (room - len(longest) - 9) + ".example"
    assert len(longest) == room
    over = longest.replace(".dd", ".ddd")
    said = content(line(longest), line(over), line("x" + longest[2:], Scope.SUBDOMAINS), line("ok.example", Scope.SUBDOMAINS))
    assert rpz.view(said) == (Listed(longest, Scope.EXACT), Listed("ok.example", Scope.SUBDOMAINS))
    assert set(rpz.too_long(said)) == {over, "x" + longest[2:]}
    assert rpz.read(rpz.write(said)) == rpz.view(said)
    assert {one.name for one in domains.read(domains.write(said))} == {one.name for one in said.lines}


def test_rpz_has_no_exact_name_inside_a_wildcard() -> None:
    said = content(line("p.example", Scope.SUBDOMAINS), line("ok.p.example"), line("ap.example"))
    assert [one.name for one in rpz.view(said)] == ["ap.example", "p.example"]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_rpz_wants_its_head(missing: int) -> None:
    lines = rpz.write(SMALL).split(b"\n")
    del lines[missing]
    with pytest.raises(ValueError, match="begin"):
        rpz.read(b"\n".join(lines))


@pytest.mark.parametrize(
    "bad",
    ["a.example. CNAME .", "a.example A 192.0.2.1", "a.example CNAME rpz-passthru.", "$INCLUDE x", "* CNAME .", "*.b.example CNAME ."],
)
def test_rpz_reads_nothing_but_blocks_of_names(bad: str) -> None:
    with pytest.raises(ValueError, match="line"):
        rpz.read(rpz.write(SMALL) + f"{bad}\n".encode())


def test_bind_accepts_the_zone(tmp_path: Path) -> None:
    require(shutil.which("named-checkzone"), "no named-checkzone: apt-get install bind9-utils")
    (tmp_path / "rpz.zone").write_bytes(rpz.write(SMALL))
    checked = subprocess.run(
        ["named-checkzone", "-D", SMALL.origin, tmp_path / "rpz.zone"], capture_output=True, text=True, check=False, timeout=30
    )
    assert checked.returncode == 0, checked.stderr
    blocked = {row.split()[0] for row in checked.stdout.splitlines() if row.split()[3] == "CNAME"}
    wanted = {"casino-1.example", "*.casino-1.example", "www.casino-2.example", "xn--80aswg.example", "*.xn--80aswg.example"}
    assert blocked == {f"{name}.{SMALL.origin}." for name in wanted}


def test_hosts_has_both_lines_of_every_name() -> None:
    whole = hosts.write(SMALL)
    for bad in (whole.replace(b":: casino-1.example\n", b""), whole.replace(b"0.0.0.0 casino-1", b"127.0.0.1 casino-1")):
        with pytest.raises(ValueError, match="line"):
            hosts.read(bad)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\uff1d", "\uff0b", "\uff0d", "\uff20", '"=', " ="])
def test_no_cell_of_the_csv_computes(start: str) -> None:
    said = content(replace(line("a.example"), family=f"{start}cmd|x", legal_act=f"{start}1"))
    (_, row) = csv.reader(io.StringIO(entries_csv.write(said).decode()))
    for cell in (row[entries_csv.COLUMNS.index("family")], row[entries_csv.COLUMNS.index("legal_act")]):
        assert cell[0] in "'\\"
    raw = entries_csv.write(content(line("a.example"))).replace(b",f1,", f',"{start.replace(chr(34), chr(34) * 2)}1",'.encode())
    with pytest.raises(ValueError, match=r"comput|carriage"):
        entries_csv.read(raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"scope":"exact"', '"scope":"all"'),
        ('"since":2026112101', '"since":"2026112101"'),
        ('"expires_at":"2027', '"expires_at":"2025'),
        ('"name":"www.casino-2.example",', ""),
        ('"family"', '"families"'),
        ("[\n", "{}\n"),
    ],
)
def test_entries_json_is_read_strictly(old: str, new: str) -> None:
    data = entries_json.write(SMALL).decode()
    assert old in data
    with pytest.raises(ValueError, match=r"\w"):
        entries_json.read(data.replace(old, new).encode())


def test_added_and_removed_say_what_changed() -> None:
    assert added.write(SMALL) == b"www.casino-2.example\n"
    assert removed.read_gone(removed.write(SMALL)) == SMALL.gone
    for bad in (b"old.example\n", b"old.example\t\n", b"old.example\tx\x1b[2J\n"):
        with pytest.raises(ValueError, match="line 1"):
            removed.read(bad)
