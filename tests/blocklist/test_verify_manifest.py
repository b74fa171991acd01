"""Verifying manifest and signature: each key that is wrong is a fault of the manifest, though whoever wrote it holds the key; a signature counts only where it is this one's."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blocklist.content import Gone
from blocklist.guard import Guard
from blocklist.verify import Trust, verify, verify_as
from casefile.records import Override
from casefile.reference import Reference
from tests.blocklist.pressing import FIRST, NEWER, OLDER, SECOND, START, Keys, Verifier, content, line, press, signed


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def alone(tmp_path: Path, keys: Keys) -> Path:
    """A good release with nothing beside it."""
    return press(tmp_path / "alone", NEWER, keys.now)


@pytest.fixture
def older(tmp_path: Path, keys: Keys) -> Path:
    """The release before it, elsewhere."""
    return press(tmp_path / "elsewhere", OLDER, keys.now)


@pytest.fixture
def items(reference: Reference, keys: Keys) -> Verifier:
    """The items that are named."""
    return Verifier(reference, keys)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "mirrorwatch-release-3"},
        {"serial": SECOND + 1},
        {"serial": True},
        {"serial": 1 << 32},
        {"serial": 10**400},
        {"serial": -1},
        {"serial": float("nan")},
        {"serial": float("inf")},
        {"previous": SECOND},
        {"previous": SECOND + 1},
        {"previous": -1},
        {"previous": 0},
        {"previous_sha256": ""},
        {"previous_sha256": "AB" * 32},
        {"made_at": "2026-11-20 20:00"},
        {"made_at": "0001-01-01T00:00:00+14:00"},
        {"valid_until": "9999-12-31T23:59:59-14:00"},
        {"block_page": "listed.canary.test"},
        {"block_page": "page.listed.canary.test"},
        {"valid_until": "2026-11-20T19:00:00Z"},
        {"valid_until": "2026-11-23T20:00:00+05:00"},
        {"valid_until": "soon"},
        {"replayed": 1},
        {"origin": "rpz..test"},
        {"origin": "\ud800.test"},
        {"origin": "x\n$INCLUDE /etc/passwd"},
        {"block_page": "https://page.test/"},
        {"block_page": ""},
        {"block_address": "192.0.2.1.1"},
        {"block_address": "::1"},
        {"extra_suffixes": "test"},
        {"extra_suffixes": ["test", 1]},
        {"extra_suffixes": ["te st"]},
        {"extra_suffixes": ["example", "test", ""]},
        {"canary": {"listed": "a b", "free": "free.canary.test", "since": FIRST}},
        {"canary": {"listed": "listed.canary.test", "free": "free", "since": FIRST}},
        {"canary": {"listed": "listed.canary.test", "free": "free.canary.test", "since": SECOND}},
        {"canary": {"listed": "other.canary.test", "free": "free.canary.test", "since": FIRST}},
        {"canary": {"listed": "listed.canary.test", "since": FIRST}},
        {"canary": None},
        {"entries": 3},
        {"entries": "4"},
        {"added": 0},
        {"added": -1},
        {"changed": 0},
        {"removed": 0},
        {"removed": None},
        {"usual": 49},
        {"usual": 1001},
        {"override": {"analyst": "A", "reason": "meant"}},
        {"override": {"analyst": "A", "reason": "meant", "breakers": "shrink"}},
        {"log": {"decisions": -1, "orders": 0, "appeals": 0, "sha256": "ab" * 32}},
        {"log": {"decisions": 1, "orders": 0, "appeals": 0, "sha256": "ab"}},
        {"log": []},
        {"left_out": {"rpz.zone": ["a.example"]}},
        {"left_out": {"rpz.zone": "a.example"}},
        {"files": [{"name": "domains.txt"}]},
        {"files": {}},
        {"comment": "more"},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_named_though_it_is_signed(
    alone: Path, items: Verifier, keys: Keys, changes: dict[str, Any]
) -> None:
    path = alone / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes, indent=1) + "\n")
    signed(alone, keys.now)
    assert "manifest.json" in items(alone)


@pytest.mark.parametrize("data", [b"", b"null", b"[" * 100_000, b"\xff", b'{"format": "mirrorwatch-release-2"}', b"{" + b" " * 70_000_000])
def test_what_is_no_manifest_is_named(alone: Path, items: Verifier, data: bytes) -> None:
    (alone / "manifest.json").write_bytes(data)
    assert items(alone) == {"manifest.json"}


def test_a_manifest_in_another_layout_is_named(alone: Path, items: Verifier, keys: Keys) -> None:
    path = alone / "manifest.json"
    said = json.loads(path.read_bytes())
    for text in (json.dumps(said), json.dumps(dict(reversed(said.items())), indent=1) + "\n", path.read_text() + "\n"):
        path.write_text(text)
        signed(alone, keys.now)
        assert items(alone) == {"manifest.json"}


def test_a_key_given_twice_does_not_hide_the_first(alone: Path, items: Verifier, keys: Keys) -> None:
    path = alone / "manifest.json"
    path.write_text(path.read_text().replace(' "entries": 4,', ' "entries": 4000,\n "entries": 4,'))
    signed(alone, keys.now)
    assert items(alone) == {"manifest.json"}


def test_a_release_under_another_name_is_refused(alone: Path, items: Verifier) -> None:
    assert items(alone.rename(alone.parent / "2026112105")) == {"manifest.json"}


def test_a_release_that_ran_out_is_a_fault_only_where_its_age_matters(alone: Path, reference: Reference, keys: Keys) -> None:
    good, late = START + timedelta(hours=72), START + timedelta(hours=72, seconds=1)
    assert verify(alone, reference, keys=keys.trusted, now=good).faults == ()
    (fault,) = verify(alone, reference, keys=keys.trusted, now=late).faults
    assert fault.item == "manifest.json" and fault.text.startswith("was good until 2026-11-23T20:00:00Z: keep the list that is loaded")
    assert verify(alone, reference, keys=keys.trusted).faults == ()


def test_a_release_of_the_future_is_a_fault_only_where_its_age_matters(alone: Path, reference: Reference, keys: Keys) -> None:
    near, far = START - timedelta(hours=1), START - timedelta(hours=1, seconds=1)
    assert verify(alone, reference, keys=keys.trusted, now=near).faults == ()
    (fault,) = verify(alone, reference, keys=keys.trusted, now=far).faults
    assert fault.item == "manifest.json" and fault.text.startswith("was made at 2026-11-20T20:00:00Z, which is yet to come")
    assert verify(alone, reference, keys=keys.trusted).faults == ()


def test_a_replayed_release_is_good_and_says_what_it_is(tmp_path: Path, reference: Reference, keys: Keys) -> None:
    report = verify(press(tmp_path, NEWER, keys.now, replayed=True), reference, keys=keys.trusted)
    assert report.faults == () and any(note.text.endswith("never load it into a resolver") for note in report.notes)


# the signature


def test_a_signature_of_an_old_key_is_good_while_that_is_trusted(alone: Path, reference: Reference, keys: Keys) -> None:
    signed(alone, keys.old)
    assert verify(alone, reference, keys=keys.trusted).faults == ()
    assert verify(alone, reference, keys=keys.only(keys.old)).faults == ()
    (fault,) = verify(alone, reference, keys=keys.only(keys.now)).faults
    assert fault.item == "manifest.json.minisig" and keys.old.id in fault.text


def test_without_a_trusted_key_nothing_is_good(alone: Path, reference: Reference) -> None:
    (fault,) = verify(alone, reference).faults
    assert fault.item == "manifest.json.minisig" and "not among those trusted here: there are none" in fault.text


def test_a_signature_of_another_release_is_named(alone: Path, older: Path, items: Verifier) -> None:
    (alone / "manifest.json.minisig").write_bytes((older / "manifest.json.minisig").read_bytes())
    assert items(alone) == {"manifest.json.minisig"}


def test_manifest_and_signature_of_another_release_do_not_pass_for_this_one(alone: Path, older: Path, items: Verifier) -> None:
    for name in ("manifest.json", "manifest.json.minisig"):
        (alone / name).write_bytes((older / name).read_bytes())
    assert "manifest.json" in items(alone)


def test_a_manifest_changed_after_it_was_signed_is_what_is_named(alone: Path, items: Verifier) -> None:
    path = alone / "manifest.json"
    path.write_text(path.read_text().replace('"orders": 1', '"orders": 2'))
    assert items(alone) == {"manifest.json"}


@pytest.mark.parametrize("data", [b"", b"\xff" * 300, b"untrusted comment: x\n" * 4, b"x" * 5000])
def test_what_is_no_signature_is_named(alone: Path, items: Verifier, data: bytes) -> None:
    (alone / "manifest.json.minisig").write_bytes(data)
    assert items(alone) == {"manifest.json.minisig"}


def test_a_staged_folder_is_checked_before_it_is_signed(alone: Path, guard: Guard, keys: Keys) -> None:
    (alone / "manifest.json.minisig").unlink()
    assert verify_as(alone, guard.with_suffixes, str(SECOND)).faults == ()
    (fault,) = verify_as(alone, guard.with_suffixes, str(SECOND), Trust(keys=keys.trusted)).faults
    assert fault.item == "manifest.json.minisig"


# circuit breakers


RECHECKED = tuple(Gone(name=f"g{number}.example", cause="recheck", reason="parked") for number in range(3))


def override(*breakers: str, analyst: str = "A. Analyst", reason: str = "the register took them over") -> Override:
    return Override(analyst=analyst, reason=reason, breakers=breakers)


@pytest.mark.parametrize(
    ("said", "good"),
    [
        (None, False),
        (override("shrink"), True),
        (override("unusual-new"), False),
        (override("shrink", "unusual-new"), False),
        (override("shrink", "guard"), False),
        (override(), False),
        (override("shrink", analyst=" "), False),
        (override("shrink", reason=""), False),
        (override("shrink", reason="meant\x1b[2J"), False),
        (override("shrink", analyst="A" * 101), False),
        (override("shrink", "log", "clock"), True),
    ],
)
def test_a_shrink_needs_an_override_of_just_that(tmp_path: Path, items: Verifier, keys: Keys, said: Override | None, good: bool) -> None:
    shrunk = content(SECOND, FIRST, [line("a.example")], RECHECKED)
    assert items(press(tmp_path, shrunk, keys.now, override=said)) == (set() if good else {"manifest.json"})


def test_an_override_where_nothing_tripped_is_a_fault(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    assert items(press(tmp_path, OLDER, keys.now, override=override("shrink"))) == {"manifest.json"}


def test_an_emptied_list_needs_both_overrides(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    emptied_list = content(SECOND, FIRST, [], RECHECKED)
    assert items(press(tmp_path, emptied_list, keys.now, override=override("shrink"))) == {"manifest.json"}
    assert items(press(tmp_path, emptied_list, keys.now, override=override("shrink", "emptied"))) == set()


def test_a_day_may_have_been_unusual_where_the_release_alone_is_not(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    assert items(press(tmp_path, OLDER, keys.now, override=override("unusual-new"))) == set()


def test_what_is_usual_is_what_the_manifest_says(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    many = content(FIRST, 0, [line(f"m{number:04}.example") for number in range(101)])
    assert items(press(tmp_path, many, keys.now)) == {"manifest.json"}
    assert items(press(tmp_path, many, keys.now, usual=51)) == set()


def test_nothing_covers_more_than_a_thousand_new_entries(tmp_path: Path, reference: Reference, keys: Keys) -> None:
    many = content(FIRST, 0, [line(f"m{number:04}.example") for number in range(1001)])
    folder = press(tmp_path, many, keys.now, usual=1000, override=override("most-new"))
    faults = verify(folder, reference, keys=keys.trusted).faults
    assert {fault.item for fault in faults} == {"manifest.json"}
    assert any("circuit breaker most-new, which no override covers: 1001 new entries, 1000 are the most" in fault.text for fault in faults)
