"""Comparing two releases, for people and for programs."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from blocklist.content import Gone, Line
from blocklist.diff import Change, Changed, diff, told
from casefile.errors import UsageError
from casefile.records import Canary, Scope
from casefile.rows import as_json
from tests.blocklist.pressing import FIRST, NAMES, NEWER, OLDER, SECOND, content, line, press


def folder(tmp_path: Path, serial: int, lines: Iterable[Line], gone: Iterable[Gone] = (), canary: Canary = NAMES) -> Path:
    return press(tmp_path, content(serial, serial - 1, lines, gone, canary), None)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    return press(tmp_path, OLDER, None), press(tmp_path, NEWER, None)


def test_what_came_went_and_changed(both: tuple[Path, Path]) -> None:
    found = diff(*both)
    assert [(one.name, one.scope) for one in found.added] == [("www.new.example", "exact")]
    assert found.removed == (Gone(name="gone.example", cause="decision", reason="taken off by an analyst: appeal"),)
    renewed = Change(field="expires_at", old="2027-02-18T20:00:00Z", new="2027-05-19T20:00:00Z")
    assert found.changed == (Changed(name="renewed.example", changes=(renewed,)),)
    assert (found.kept, found.before, found.after, found.canary) == (2, 4, 4, None)


def test_people_read_it_line_by_line(both: tuple[Path, Path]) -> None:
    assert list(told(diff(*both))) == [
        "+ www.new.example (exact): gambling operator, act 12/2026",
        "- gone.example: decision, taken off by an analyst: appeal",
        "~ renewed.example: expires_at was 2027-02-18T20:00:00Z, is 2027-05-19T20:00:00Z",
        "1 added, 1 removed, 1 changed, 2 kept: 4 entries before, 4 now",
    ]


def test_programs_read_the_same(both: tuple[Path, Path]) -> None:
    said = as_json(diff(*both))
    assert list(said) == ["added", "removed", "changed", "kept", "before", "after", "canary"]
    assert said["added"][0]["name"] == "www.new.example" and said["removed"][0]["cause"] == "decision"
    assert said["changed"][0]["changes"][0]["field"] == "expires_at"


def test_backwards_is_the_other_way_round_without_reasons(both: tuple[Path, Path]) -> None:
    found = diff(both[1], both[0])
    assert [one.name for one in found.added] == ["gone.example"]
    assert found.removed == (Gone(name="www.new.example", cause="", reason=""),)
    assert "- www.new.example: the second release does not say why" in list(told(found))


def test_a_release_and_itself_differ_in_nothing(both: tuple[Path, Path]) -> None:
    found = diff(both[0], both[0])
    assert (found.added, found.removed, found.changed, found.kept) == ((), (), (), 4)
    assert list(told(found)) == ["0 added, 0 removed, 0 changed, 4 kept: 4 entries before, 4 now"]


def test_releases_that_are_no_neighbours(tmp_path: Path) -> None:
    old = folder(tmp_path / "here", FIRST, [line("a.example"), line("b.example"), line("c.example")])
    left = Gone(name="c.example", cause="expiry", reason="expired on 2026-12-01")
    new = folder(tmp_path / "there", FIRST + 900, [line("a.example")], [left])
    assert diff(old, new).removed == (Gone(name="b.example", cause="", reason=""), left)


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("scope", "exact"),
        ("family", "f2"),
        ("reason", "gambling promotion"),
        ("legal_act", ""),
        ("listed_at", "2026-11-21T00:00:00Z"),
        ("expires_at", "2027-03-01T00:00:00Z"),
    ],
)
def test_each_thing_that_may_change_is_said(tmp_path: Path, field: str, new: str) -> None:
    before = line("a.example")
    after = replace(before, changed=SECOND, **{field: new})  # type: ignore[arg-type]
    found = diff(folder(tmp_path, FIRST, [before]), folder(tmp_path, SECOND, [after]))
    assert found.changed == (Changed(name="a.example", changes=(Change(field=field, old=getattr(before, field), new=new),)),)
    assert found.kept == 0


def test_a_name_with_another_scope_is_changed_neither_new_nor_gone(tmp_path: Path) -> None:
    found = diff(folder(tmp_path, FIRST, [line("a.example")]), folder(tmp_path, SECOND, [line("a.example", Scope.EXACT, changed=SECOND)]))
    assert (found.added, found.removed, len(found.changed)) == ((), (), 1)


def test_the_canary_is_told_apart_and_counted_nowhere(tmp_path: Path) -> None:
    moved = Gone(name=NAMES.listed, cause="canary", reason="the canary has another name")
    new = folder(tmp_path, SECOND, [line("a.example")], [moved], Canary(listed="other.canary.test", free=NAMES.free, since=SECOND))
    found = diff(folder(tmp_path, FIRST, [line("a.example")]), new)
    assert (found.added, found.removed, found.kept, found.before, found.after) == ((), (), 1, 1, 1)
    assert found.canary == Change(field="canary", old=NAMES.listed, new="other.canary.test")
    assert "  canary was listed.canary.test, is other.canary.test" in list(told(found))


def test_hostile_text_is_shown_as_what_it_is(tmp_path: Path) -> None:
    new = folder(tmp_path, SECOND, [replace(line("a.example", since=SECOND), reason="\x1b]52;c;eA==\x07", legal_act="\u202e1\n+ b")])
    for text in told(diff(folder(tmp_path, FIRST, []), new)):
        assert text.isprintable()


@pytest.mark.parametrize("data", [None, b"[1]\n", b"[" * 100_000 + b"\n", b"\xff\n", b"{}\n"])
@pytest.mark.parametrize("name", ["entries.json", "removed.txt"])
def test_what_is_no_release_is_a_usage_error(both: tuple[Path, Path], name: str, data: bytes | None) -> None:
    path = both[1] / name
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    with pytest.raises(UsageError, match="run verify on the folder" if data else "name a release folder like releases/latest"):
        diff(*both)


def test_no_folder_is_a_usage_error(both: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nowhere/entries.json: No such file"):
        diff(tmp_path / "nowhere", both[0])
