"""Verifying a folder without a database: what is wrong is named. Comparing two."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blocklist.formats import FORMATS
from blocklist.policy import Policy
from blocklist.verify import diff, verify
from casefile.errors import CheckFailed, UsageError
from casefile.records import Action
from casefile.reference import GuardedName, Reference
from tests.blocklist.conftest import Desk


@pytest.fixture
def release(desk: Desk) -> Path:
    """A good second release: one entry kept, one new, one gone."""
    desk.approved("a.example", "gone.example")
    desk.publish()
    desk.a_moment_later()
    desk.decided("gone.example", action=Action.REJECT)
    desk.approved("www.b.example")
    desk.publish()
    return desk.releases / "2026112101"


def items(folder: Path, reference: Reference) -> set[str]:
    return {fault.item for fault in verify(folder, reference).faults}


def forge(folder: Path, name: str, data: bytes, **manifest: Any) -> None:
    """Replace a file and make the manifest agree, as someone would who can compute a digest."""
    (folder / name).write_bytes(data)
    path = folder / "manifest.json"
    said = json.loads(path.read_bytes())
    for one in said["files"]:
        if one["name"] == name:
            one |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    path.write_text(json.dumps(said | manifest, indent=1) + "\n")


def test_a_good_release_has_no_fault(release: Path, reference: Reference) -> None:
    report = verify(release, reference)
    assert report.faults == () and report.checked > 30
    assert verify(release.parent / "latest", reference).faults == ()


@pytest.mark.parametrize("name", [*(one.NAME for one in FORMATS), "manifest.json"])
def test_a_flipped_bit_a_cut_and_a_missing_file_are_named(release: Path, reference: Reference, name: str) -> None:
    whole = (release / name).read_bytes()
    for broken in (whole[:-1], whole + b"\n", bytes([whole[0] ^ 1]) + whole[1:]):
        (release / name).write_bytes(broken)
        assert items(release, reference) == {name}
    (release / name).unlink()
    assert items(release, reference) == {name}


def test_a_file_too_many_is_named(release: Path, reference: Reference) -> None:
    (release / "bad\x1bname").write_bytes(b"x")
    assert items(release, reference) == {"bad\\x1bname"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("domains.txt", b"a.example\n", b""),
        ("domains.txt", b"a.example\n", b"a.example\na.example\n"),
        ("domains.txt", b"a.example\nwww.b.example\n", b"www.b.example\na.example\n"),
        ("domains.txt", b"a.example\n", b"a.example\r\n"),
        ("domains.txt", b"a.example\n", b"\xef\xbb\xbfa.example\n"),
        ("hosts.txt", b":: a.example\n", b""),
        ("hosts.txt", b"0.0.0.0 a.example", b"192.0.2.1 a.example"),
        ("rpz.zone", b"*.a.example CNAME .\n", b""),
        ("rpz.zone", b"a.example CNAME .", b"a.example. CNAME ."),
        ("rpz.zone", b"2026112101", b"2026112100"),
        ("rpz.zone", b"www.b.example CNAME .\n", b"www.b.example CNAME .\n32.1.0.0.127.rpz-client-ip CNAME rpz-drop.\n"),
        ("entries.csv", b",subdomains,", b",exact,"),
        ("entries.csv", b"gambling operator", b"=gambling operator"),
        ("dossier.json", b'"scope":"exact"', b'"scope":"subdomains"'),
        ("added.txt", b"www.b.example", b"a.example"),
        ("removed.txt", b"gone.example\t", b"gone.example "),
        ("entries.json", b'"since":2026112101', b'"since":2026112100'),
    ],
)
def test_a_file_that_says_something_else_is_named_even_when_its_digest_agrees(
    release: Path, reference: Reference, name: str, old: bytes, new: bytes
) -> None:
    data = (release / name).read_bytes()
    assert old in data
    forge(release, name, data.replace(old, new, 1))
    wanted = {"added.txt", "manifest.json"} if name == "entries.json" else {name}
    assert items(release, reference) == wanted


@pytest.mark.parametrize(
    "manifest",
    [
        {"serial": 2026112102},
        {"entries": 3},
        {"added": 0},
        {"removed": 0},
        {"previous": 2026112101},
        {"previous_sha256": ""},
        {"rpz_left_out": ["a.example"]},
        {"valid_until": "2026-11-20T20:00:00Z"},
        {"made_at": "2026-11-20 20:00"},
        {"format": "other"},
        {"serial": True},
        {"entries": "2"},
        {"files": [{"name": "domains.txt"}]},
        {"comment": "more"},
    ],
)
def test_a_manifest_that_does_not_fit_is_named(release: Path, reference: Reference, manifest: dict[str, Any]) -> None:
    forge(release, "domains.txt", (release / "domains.txt").read_bytes(), **manifest)
    assert "manifest.json" in items(release, reference)


def test_a_file_the_manifest_does_not_name_is_named(release: Path, reference: Reference) -> None:
    said = json.loads((release / "manifest.json").read_bytes())
    forge(release, "domains.txt", (release / "domains.txt").read_bytes(), files=[one for one in said["files"] if one["name"] != "rpz.zone"])
    assert items(release, reference) == {"rpz.zone"}


def test_more_new_entries_than_a_day_allows_are_a_fault(desk: Desk, reference: Reference) -> None:
    names = [f"m{number:04}.example" for number in range(1001)]
    for name in names:
        desk.found(name)
    desk.decided(*names)
    object.__setattr__(desk.policy, "daily_limit", 1001)  # a broken policy: its own bounds allow 1000
    with pytest.raises(CheckFailed, match="lists 1001 new entries, 1000 a day are the most"):
        desk.publish()
    desk.policy = Policy()
    desk.publish()
    assert len(desk.names()) == 1000 and verify(desk.releases / "latest", reference).faults == ()


def test_a_release_under_another_name_is_refused(release: Path, reference: Reference, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "2026112105")
    assert items(tmp_path / "2026112105", reference) == {"manifest.json"}


def test_a_name_guarded_since_is_named_with_its_rule(release: Path, reference: Reference) -> None:
    later = replace(reference, guarded=(GuardedName(name="a.example", kind="bank", source="x", date="2026-11-21"),))
    (fault,) = verify(release, later).faults
    assert fault.item == "a.example" and "rule guarded" in fault.text


def test_sample_names_are_refused_where_the_manifest_does_not_open_the_door(release: Path, reference: Reference) -> None:
    forge(release, "domains.txt", (release / "domains.txt").read_bytes(), extra_suffixes=[])
    report = verify(release, reference)
    assert {fault.item for fault in report.faults} == {"a.example", "www.b.example"}
    assert all("reserved-name" in fault.text for fault in report.faults)


def test_a_name_both_listed_and_removed_is_named(release: Path, reference: Reference) -> None:
    forge(release, "removed.txt", b"a.example\texpired\n")
    assert items(release, reference) == {"a.example"}


def test_no_folder_is_a_usage_error(tmp_path: Path, reference: Reference) -> None:
    with pytest.raises(UsageError, match="no release at"):
        verify(tmp_path / "none", reference)


def test_an_empty_folder_has_a_fault(tmp_path: Path, reference: Reference) -> None:
    assert items(tmp_path, reference) == {"manifest.json"}


def test_diff_names_what_came_and_went(release: Path) -> None:
    found = diff(release.parent / "2026112100", release)
    assert (found.added, found.removed, found.kept) == (("www.b.example",), ("gone.example",), 1)
    back = diff(release, release.parent / "2026112100")
    assert (back.added, back.removed) == (found.removed, found.added)


def test_diff_of_something_else_is_a_usage_error(release: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name a release folder"):
        diff(release, tmp_path)
    (tmp_path / "entries.json").write_text("[1]")
    with pytest.raises(UsageError, match="run verify"):
        diff(tmp_path, release)
