"""A release beside the one before it: what does not follow is named, and in which of the two."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from blocklist import manifest as manifests
from blocklist.content import Content, Gone, Line
from blocklist.guard import Guard
from blocklist.verify import verify_as
from casefile.records import LogHead
from casefile.reference import Reference
from tests.blocklist.pressing import FIRST, LOG, NEWER, OLDER, SECOND, Keys, Verifier, content, forge, line, press, signed

DELTA = "delta-2026112100-2026112101.json"
ENTRIES = tuple(one for one in NEWER.lines if one.kind == "entry")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def older(tmp_path: Path, keys: Keys) -> Path:
    return press(tmp_path, OLDER, keys.now)


def after(older: Path, lines: Iterable[Line], gone: Iterable[Gone], keys: Keys) -> Path:
    """The second release says this."""
    return press(older.parent, content(SECOND, FIRST, lines, gone), keys.now)


@pytest.fixture
def items(reference: Reference, keys: Keys) -> Verifier:
    """The items that are named."""
    return Verifier(reference, keys)


def test_a_release_that_follows_is_good_and_one_without_the_other_too(older: Path, items: Verifier, keys: Keys) -> None:
    newer = press(older.parent, NEWER, keys.now)
    beside = items.report(newer)
    older.rename(older.parent / "elsewhere")
    alone = items.report(newer)
    assert beside.faults == alone.faults == () and beside.checked > alone.checked + 5


def test_the_staged_folder_is_checked_against_the_one_before(older: Path, guard: Guard) -> None:
    staged = press(older.parent, NEWER, None).rename(older.parent / f".staging-{SECOND}")
    (older / "manifest.json").write_bytes(b"{}\n")
    assert [fault.item for fault in verify_as(staged, guard.with_suffixes, str(SECOND)).faults] == ["manifest.json"]


def test_a_line_that_vanished_is_named_though_the_counts_agree(older: Path, items: Verifier, keys: Keys) -> None:
    newer = after(older, [one for one in ENTRIES if one.name != "www.shop.test"], NEWER.gone, keys)
    assert items(newer) == {"removed.txt", DELTA}


def test_a_removal_of_what_was_not_listed_is_named(older: Path, items: Verifier, keys: Keys) -> None:
    newer = after(older, ENTRIES, (*NEWER.gone, Gone(name="never.example", cause="expiry", reason="expired")), keys)
    assert items(newer) == {"removed.txt", DELTA}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("www.new.example", {"since": FIRST, "changed": FIRST}),
        ("a.example", {"scope": "exact"}),
        ("a.example", {"expires_at": "2030-01-01T00:00:00Z"}),
        ("a.example", {"since": FIRST - 1, "changed": SECOND}),
    ],
)
def test_a_line_that_does_not_say_what_became_of_it_is_named(
    older: Path, items: Verifier, keys: Keys, name: str, says: dict[str, object]
) -> None:
    lines = [replace(one, **says) if one.name == name else one for one in ENTRIES]  # type: ignore[arg-type]
    found = items(after(older, lines, NEWER.gone, keys))
    assert name in found and found <= {name, DELTA}


def test_a_name_that_left_and_is_listed_again_at_once_follows(older: Path, items: Verifier, keys: Keys) -> None:
    lines = [line(one.name, since=SECOND) if one.name == "a.example" else one for one in ENTRIES]
    assert items(after(older, lines, NEWER.gone, keys)) == set()


def test_the_delta_of_another_release_is_named(older: Path, items: Verifier, keys: Keys) -> None:
    newer = press(older.parent, NEWER, keys.now)
    said = json.loads((newer / DELTA).read_bytes())
    assert said["removed"]
    data = (newer / DELTA).read_bytes().replace(b"gone.example", b"left.example")
    forge(newer, keys.now, {DELTA: data})
    assert items(newer) == {DELTA}


def test_a_damaged_older_folder_is_named_as_such(older: Path, items: Verifier, keys: Keys) -> None:
    newer = press(older.parent, NEWER, keys.now)
    whole = (older / "entries.json").read_bytes()
    (older / "entries.json").write_bytes(whole + b" ")
    assert items(newer) == {f"{FIRST}/entries.json"}
    (older / "entries.json").unlink()
    assert items(newer) == {f"{FIRST}/entries.json"}
    (older / "entries.json").write_bytes(whole)
    (older / "manifest.json").unlink()
    assert items(newer) == {f"{FIRST}/manifest.json"}
    (older / "manifest.json").write_bytes(b"{}\n")
    (fault,) = items.report(newer).faults
    assert fault.item == f"{FIRST}/manifest.json" and fault.text.endswith("if that folder is damaged and cannot be restored, move it away")


def test_without_a_good_signature_it_is_this_manifest_that_is_doubted(older: Path, guard: Guard) -> None:
    newer = press(older.parent, NEWER, None, previous_sha256="ab" * 32)
    assert {fault.item for fault in verify_as(newer, guard.with_suffixes, newer.name).faults} == {"manifest.json"}


def test_another_release_in_the_place_of_the_older_one_is_named(older: Path, items: Verifier, keys: Keys) -> None:
    newer = press(older.parent, NEWER, keys.now)
    other = content(FIRST, 0, [line("other.example")])
    press(older.parent, other, keys.now)
    assert items(newer) == {f"{FIRST}/manifest.json"}


def test_an_older_folder_under_another_serial_than_its_own_is_named(older: Path, items: Verifier, keys: Keys) -> None:
    older.rename(older.parent / str(FIRST - 1))
    newer = press(older.parent, content(SECOND, FIRST - 1, ENTRIES, NEWER.gone), keys.now)
    assert items(newer) == {f"{FIRST - 1}/manifest.json"}


def test_a_release_before_the_present_format_is_chained_by_its_digest_alone(older: Path, items: Verifier, keys: Keys) -> None:
    text = (older / "manifest.json").read_text().replace(manifests.FORMAT, "mirrorwatch-release-1")
    (older / "manifest.json").write_text(text)
    (older / "entries.json").write_bytes(b"[]\n")
    assert items(press(older.parent, NEWER, keys.now)) == set()


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        (replace(LOG, decisions=4, sha256="cd" * 32), ""),
        (replace(LOG, decisions=2, sha256="cd" * 32), "the decision log lost decisions since release 2026112100: was a backup restored?"),
        (
            replace(LOG, sha256="cd" * 32),
            "the decision log has as many rows as in release 2026112100 and another head: some are not the same",
        ),
    ],
)
def test_a_decision_log_that_lost_rows_is_told_and_is_no_fault(older: Path, items: Verifier, keys: Keys, log: LogHead, wanted: str) -> None:
    report = items.report(press(older.parent, NEWER, keys.now, log=log))
    said = [note.text for note in report.notes if "top list" not in note.text]
    assert report.faults == () and said == ([wanted] if wanted else [])


def test_a_chain_of_releases_is_good_link_by_link(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    lines: dict[str, Line] = {}
    for number in range(12):
        serial, previous = FIRST + number, FIRST + number - 1 if number else 0
        lines[f"n{number}.example"] = line(f"n{number}.example", since=serial)
        gone = [Gone(name=lines.pop(name).name, cause="expiry", reason="expired") for name in list(lines)[:1] if number % 3 == 2]
        said: Content = content(serial, previous, lines.values(), gone)
        assert items(press(tmp_path, said, keys.now)) == set()


def test_a_manifest_signed_for_a_serial_out_of_turn_is_named(older: Path, items: Verifier, keys: Keys) -> None:
    newer = press(older.parent, NEWER, keys.now)
    (older.parent / str(FIRST + 5)).mkdir()
    path = newer / "manifest.json"
    said = json.loads(path.read_bytes())
    path.write_text(json.dumps(said | {"previous": FIRST + 5}, indent=1) + "\n")
    signed(newer, keys.now)
    assert "manifest.json" in items(newer)
