"""The formats for people and programs: entries.json, entries.csv, added.txt, removed.txt."""

import csv
import io
import json
from dataclasses import asdict, replace

import pytest

from blocklist.content import Content
from blocklist.formats import added, dossier, entries_csv, entries_json, removed, suricata
from blocklist.formats.entries_json import line_text, read_lines, write_lines
from tests.blocklist.formats.samples import SERIAL, SMALL, content, gone, line


def test_an_entry_is_written_as_json_writes_it() -> None:
    for one in (*SMALL.lines, replace(line("a.example"), family='"\\\n\x00\u202e😀\ud800', reason="отсюда")):
        assert line_text(one) == json.dumps(asdict(one), ensure_ascii=True, separators=(",", ":"))
        assert read_lines(write_lines([one])) == (one,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"scope":"exact"', '"scope":"all"'),
        ('"kind":"entry"', '"kind":"test"'),
        ('"since":2026112101', '"since":"2026112101"'),
        ('"since":2026112101', '"since":2026112101.0'),
        ('"since":2026112101', '"since":true'),
        ('"expires_at":"2027', '"expires_at":"2025'),
        ('"expires_at":"2027-02-18T20:00:00Z"', '"expires_at":"2027-02-18T20:00:00"'),
        ('"expires_at":"2027-02-18T20:00:00Z"', '"expires_at":"2027-02-18T20:00:00+00:00"'),
        ('"listed_at":"2026-11-20T20', '"listed_at":"2026-11-31T20'),
        ('"name":"www.casino-2.example",', ""),
        ('"family"', '"families"'),
        ('"family":"f1"', '"family":"f1","family":"f2"'),
        ('"family":"f1"', '"family": "f1"'),
        ('"family":"f1"', '"family":"\\u0066\\u0031"'),
        ('"family":"f1"', '"family":null'),
        ('"family":"f1"', '"family":["f1"]'),
        ("[\n", "{}\n"),
        ("[\n", "[\n\n"),
        ("[\n", "[" * 50),
    ],
)
def test_entries_json_is_read_strictly(old: str, new: str) -> None:
    data = entries_json.write(SMALL).decode()
    assert old in data
    with pytest.raises(ValueError, match=r"\w"):
        entries_json.read(data.replace(old, new).encode())


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\uff1d", "\uff0b", "\uff0d", "\uff20", '"=', " =", "|", "%", "`=", "\u00a0="]
)
def test_no_cell_of_the_csv_computes(start: str) -> None:
    said = content(replace(line("a.example"), family=f"{start}cmd|x", legal_act=f"{start}1", reason=f"{start}1"))
    (_, row) = csv.reader(io.StringIO(entries_csv.write(said).decode()))
    for column in ("family", "legal_act", "reason"):
        assert row[entries_csv.COLUMNS.index(column)][0] in "'\\"
    quoted = start.replace('"', '""')
    raw = entries_csv.write(content(line("a.example"))).replace(b",f1,", f',"{quoted}1",'.encode())
    with pytest.raises(ValueError, match=r"comput|carriage"):
        entries_csv.read(raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",exact,", ",all,"),
        (",entry,", ",test,"),
        (",2026112101\n", ",x\n"),
        (",2026112101\n", ",02026112101\n"),
        (",2026112101\n", ",\u0662\u0660\n"),
        (",2026112101\n", ",2026112101,\n"),
        (",f1,", ',"f1",'),
        (",f1,", ',"f1,'),
        ("2027-02", "2025-02"),
        ("name,unicode", "unicode,name"),
        ("www.casino-2.example,", "WWW.casino-2.example,"),
    ],
)
def test_entries_csv_is_read_strictly(old: str, new: str) -> None:
    data = entries_csv.write(SMALL).decode()
    assert old in data
    with pytest.raises(ValueError, match=r"\w"):
        entries_csv.read(data.replace(old, new).encode())


@pytest.mark.parametrize(
    "bad",
    [
        b"{}\n",
        b'[\n{"name":"a.example"}\n]\n',
        b'[\n{"name":"a.example", "scope":"exact"}\n]\n',
        b"[]",
        b'[\n{"name":1,"scope":"exact"}\n]\n',
        b"[\n1\n]\n",
    ],
)
def test_the_dossier_is_read_strictly(bad: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        dossier.read(bad)
    assert dossier.read(b"[]\n") == ()


def test_added_and_removed_say_what_changed() -> None:
    assert added.write(SMALL) == b"www.casino-2.example\n"
    assert removed.read_gone(removed.write(SMALL)) == SMALL.gone


@pytest.mark.parametrize(
    "bad",
    [b"old.example\n", b"old.example\texpiry\n", b"old.example\texpiry\t\n", b"old.example\twhim\tx\n", b"old.example\texpiry\tx\x1b[2J\n", b"OLD.example\texpiry\tx\n", b"old.example\texpiry\tx\ty\n"],
)  # fmt: skip
def test_removed_is_read_strictly(bad: bytes) -> None:
    with pytest.raises(ValueError, match="line 1"):
        removed.read(bad)


def test_a_canary_that_moved_leaves_like_any_name() -> None:
    said: Content = content(line("b.example", since=SERIAL), left=(gone("a.example", "the canary has another name", "canary"),))
    assert removed.write(said) == b"a.example\tcanary\tthe canary has another name\n"
    assert [one.name for one in removed.read(removed.write(said))] == ["a.example"]


@pytest.mark.parametrize(
    "bad",
    [
        b"YWIuZXhhbXBsZR==\n",
        b"YWIuZXhhbXBsZQ\n",
        b"YWIuZXhhbXBsZQ==\n\n",
        b"YWIu ZXhhbXBsZQ==\n",
        b"ab.example\n",
        b"QUIuZXhhbXBsZQ==\n",
        b"/w==\n",
    ],
)
def test_a_dataset_is_read_strictly(bad: bytes) -> None:
    assert [one.name for one in suricata.read(b"YWIuZXhhbXBsZQ==\n")] == ["ab.example"]
    with pytest.raises(ValueError, match="line"):
        suricata.read(bad)
