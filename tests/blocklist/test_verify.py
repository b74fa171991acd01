"""Verifying a folder without a database: of a good release one thing is broken at a time, and exactly that is named."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from blocklist.content import Gone
from blocklist.formats import FORMATS, file_name
from blocklist.popular import Popular, import_popular, load
from blocklist.verify import verify
from casefile.errors import UsageError
from casefile.progress import Silent
from casefile.records import Canary, Override, Scope
from casefile.reference import GuardedName, Reference
from tests.blocklist.pressing import FIRST, NAMES, NEWER, OLDER, SECOND, START, Keys, Verifier, content, forge, line, press, signed

DELTA = "delta-2026112100-2026112101.json"
FILES = [file_name(one, NEWER) for one in FORMATS]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def older(tmp_path: Path, keys: Keys) -> Path:
    return press(tmp_path / "releases", OLDER, keys.now)


@pytest.fixture
def release(older: Path, keys: Keys) -> Path:
    """A good second release: two entries kept, one renewed, one new, one gone."""
    return press(older.parent, NEWER, keys.now)


@pytest.fixture
def alone(tmp_path: Path, keys: Keys) -> Path:
    """The same, with nothing beside it."""
    return press(tmp_path / "alone", NEWER, keys.now)


@pytest.fixture
def items(reference: Reference, keys: Keys) -> Verifier:
    """The items that are named."""
    return Verifier(reference, keys)


@pytest.fixture(scope="module")
def top_list(tmp_path_factory: pytest.TempPathFactory) -> Popular:
    """An imported top list: `authority.test` and many others."""
    folder = tmp_path_factory.mktemp("top")
    names = ["authority.test", "name.visited.test", "name.busy.authority.test", *(f"site{number}.com" for number in range(1_000))]
    (folder / "top.csv").write_text("".join(f"{rank},{name}\n" for rank, name in enumerate(names, 1)))
    import_popular(folder, folder / "top.csv", clock=lambda: START, progress=Silent())
    found = load(folder)
    assert found is not None
    return found


def test_a_good_release_has_no_fault_nor_note(release: Path, reference: Reference, keys: Keys, top_list: Popular) -> None:
    for folder in (release, release.parent / str(FIRST)):
        report = verify(folder, reference, keys=keys.trusted, popular=top_list)
        assert report.faults == () and report.notes == () and report.checked > 100
    (release.parent / "latest").symlink_to(release.name)
    assert verify(release.parent / "latest", reference, keys=keys.trusted).faults == ()


def test_what_could_not_be_checked_is_said(alone: Path, reference: Reference, keys: Keys, top_list: Popular) -> None:
    report = verify(alone, reference, keys=keys.trusted)
    assert report.faults == ()
    assert [note.text.split(":")[0] for note in report.notes] == [
        "no top list is here (mirrorwatch guard update FILE)",
        f"release {FIRST}, which it follows, does not lie beside it",
    ]
    (hole,) = verify(alone, reference, keys=keys.trusted, popular=top_list).notes
    assert "does not lie beside it" in hole.text


def test_a_release_with_nothing_but_the_canary_is_good(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    assert items(press(tmp_path, content(FIRST, 0, []), keys.now)) == set()


# files


def cut(data: bytes, other: bytes) -> bytes:
    return data[:-1]


def flipped(data: bytes, other: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def longer(data: bytes, other: bytes) -> bytes:
    return data + b"\n"


def swapped(data: bytes, other: bytes) -> bytes:
    return other


@pytest.mark.parametrize("damage", [cut, flipped, longer, swapped])
@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.json.minisig"])
def test_a_damaged_file_is_named(release: Path, older: Path, items: Verifier, name: str, damage: Callable[[bytes, bytes], bytes]) -> None:
    other = next((path for path in (older / name, older / name.replace(str(SECOND), str(FIRST))) if path.exists()), None)
    whole = (release / name).read_bytes()
    broken = damage(whole, other.read_bytes() if other else b"other")
    assert broken != whole
    (release / name).write_bytes(broken)
    assert items(release) == {name}


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.json.minisig"])
def test_a_missing_file_is_named(release: Path, items: Verifier, name: str) -> None:
    (release / name).unlink()
    assert items(release) == {name}


@pytest.mark.parametrize("name", ["domains.txt", "entries.json", "removed.txt", "manifest.json", "manifest.json.minisig"])
@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_plain_file_is_named_and_never_opened(release: Path, tmp_path: Path, items: Verifier, name: str, kind: str) -> None:
    (release / name).rename(tmp_path / "aside")
    {"link": lambda path: path.symlink_to(tmp_path / "aside"), "folder": Path.mkdir, "pipe": os.mkfifo}[kind](release / name)
    assert items(release) == {name}


@pytest.mark.parametrize(
    "name", ["notes.txt", ".hidden", "bad\x1bname", "..", "x" * 255, "misp/stray.json", "domains.txt.part", "Domains.txt"]
)
def test_a_file_too_many_is_named(release: Path, items: Verifier, name: str) -> None:
    name = "..extra" if name == ".." else name
    (release / name).parent.mkdir(exist_ok=True)
    (release / name).write_bytes(b"x")
    assert items(release) == {name.replace("\x1b", "\\x1b")}


def test_a_folder_too_many_is_named_once_however_deep(release: Path, items: Verifier) -> None:
    (release / "more" / "and" / "more").mkdir(parents=True)
    assert items(release) == {"more", "more/and"}


def test_a_file_the_manifest_does_not_name_is_named(alone: Path, items: Verifier, keys: Keys) -> None:
    said = json.loads((alone / "manifest.json").read_bytes())
    forge(alone, keys.now, files=[one for one in said["files"] if one["name"] != "rpz.zone"])
    assert items(alone) == {"rpz.zone"}


def test_a_file_that_no_release_has_is_named_though_the_manifest_names_it(alone: Path, items: Verifier, keys: Keys) -> None:
    (alone / "bonus.txt").write_bytes(b"x")
    said = json.loads((alone / "manifest.json").read_bytes())
    forge(alone, keys.now, files=[*said["files"], {"name": "bonus.txt", "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}])
    assert items(alone) == {"bonus.txt"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "x" * 70_000])
def test_a_name_that_only_the_manifest_says_is_never_made_a_path(alone: Path, items: Verifier, keys: Keys, name: str) -> None:
    said = json.loads((alone / "manifest.json").read_bytes())
    path = alone / "manifest.json"
    path.write_text(json.dumps(said | {"files": [*said["files"], {"name": name, "size": 1, "sha256": "ab" * 32}]}, indent=1) + "\n")
    signed(alone, keys.now)
    (item,) = items(alone)
    assert item.isprintable() and len(item) <= 255


def test_a_file_named_twice_is_a_fault_of_the_manifest(alone: Path, items: Verifier, keys: Keys) -> None:
    said = json.loads((alone / "manifest.json").read_bytes())
    forge(alone, keys.now, files=[*said["files"], said["files"][0]])
    assert items(alone) == {"manifest.json"}


# what files say, where digests and signature agree


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("domains.txt", b"a.example\n", b""),
        ("domains.txt", b"a.example\n", b"a.example\na.example\n"),
        ("domains.txt", b"www.new.example\nwww.shop.test\n", b"www.shop.test\nwww.new.example\n"),
        ("domains.txt", b"a.example\n", b"a.example\r\n"),
        ("domains.txt", b"a.example\n", b"bank.example\n"),
        ("domains.txt", b"a.example\n", b"A.example\n"),
        ("domains.txt", b"a.example\n", "á.example\n".encode()),
        ("hosts.txt", b":: a.example\n", b""),
        ("hosts.txt", b"0.0.0.0 a.example", b"192.0.2.1 a.example"),
        ("rpz.zone", b"*.a.example CNAME .\n", b""),
        ("rpz.zone", b"a.example CNAME .", b"a.example. CNAME ."),
        ("rpz.zone", b" 2026112101 ", b" 2026112100 "),
        ("rpz.zone", b"www.new.example CNAME .\n", b"www.new.example CNAME .\n32.1.0.0.127.rpz-client-ip CNAME rpz-drop.\n"),
        ("rpz-redirect.zone", b" 2026112101 ", b" 2026112100 "),
        ("unbound.conf", b"mirrorwatch 2026112101", b"mirrorwatch 2026112100"),
        ("unbound.conf", b"made 2026-11-20", b"made 2026-11-19"),
        ("unbound.conf", b"always_nxdomain", b"transparent"),
        ("dnsmasq.conf", b"a.example", b"a.example/b.example"),
        ("squid.txt", b".a.example", b"a.example"),
        ("nginx.map", b"a.example 1;", b"a.example 0;"),
        ("entries.csv", b",subdomains,", b",exact,"),
        ("entries.csv", b"gambling operator", b"=gambling operator"),
        ("dossier.json", b'"scope":"exact"', b'"scope":"subdomains"'),
        ("added.txt", b"www.new.example", b"a.example"),
        ("removed.txt", b"gone.example\t", b"gone.example "),
        ("removed.txt", b"\tdecision\t", b"\twhim\t"),
    ],
)  # fmt: skip
def test_a_file_that_says_something_else_is_named(alone: Path, items: Verifier, keys: Keys, name: str, old: bytes, new: bytes) -> None:
    data = (alone / name).read_bytes()
    assert old in data
    forge(alone, keys.now, {name: data.replace(old, new, 1)})
    assert items(alone) == {name}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}\n",
        b"null\n",
        b"[1]\n",
        b"[" * 100_000 + b"\n",
        b'[{"name":' + b"9" * 5000 + b"}]\n",
        b"[NaN]\n",
        b"\xff\xfe\n",
        b'["\\ud800"]\n',
    ],
)
@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".json")])
def test_json_that_is_not_what_it_must_be_is_named(alone: Path, items: Verifier, keys: Keys, name: str, data: bytes) -> None:
    forge(alone, keys.now, {name: data})
    assert items(alone) == {name}


@pytest.mark.parametrize("name", FILES)
def test_damage_that_digests_do_not_show_is_a_fault_of_that_file_or_none(alone: Path, items: Verifier, keys: Keys, name: str) -> None:
    """No reader breaks on anything: each says what is wrong, or the damage is in words that no resolver reads."""
    whole = (alone / name).read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 12)):
        forge(alone, keys.now, {name: whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]})
        found = items(alone)
        assert found <= {name} or name in ("entries.json", "removed.txt"), at


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (b'"since":2026112101', b'"since":2026112100', {"added.txt", "dossier.json", "manifest.json"}),
        (b'"since":2026112101', b'"since":2026112102', {"added.txt", "dossier.json", "manifest.json", "www.new.example"}),
        (b'"since":2026112101', b'"since":0', {"added.txt", "dossier.json", "manifest.json", "www.new.example"}),
        (b'"kind":"canary"', b'"kind":"entry"', {"manifest.json", "listed.canary.test"}),
        (b'"changed":2026112101', b'"changed":2026112100', {"manifest.json", DELTA}),
    ],
)  # fmt: skip
def test_entries_that_do_not_go_with_the_rest_are_named(
    alone: Path, items: Verifier, keys: Keys, old: bytes, new: bytes, wanted: set[str]
) -> None:
    data = (alone / "entries.json").read_bytes()
    assert old in data
    forge(alone, keys.now, {"entries.json": data.replace(old, new, 1)})
    assert items(alone) == wanted


def test_a_name_both_listed_and_removed_is_named(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    said = content(SECOND, FIRST, [line("a.example")], [Gone(name="a.example", cause="expiry", reason="expired")])
    assert items(press(tmp_path, said, keys.now)) == {"a.example"}


# the never-list


def test_a_name_guarded_since_is_named_with_its_rule(alone: Path, reference: Reference, keys: Keys) -> None:
    later = replace(reference, guarded=(GuardedName(name="a.example", kind="bank", source="x", date="2026-11-21"),))
    (fault,) = verify(alone, later, keys=keys.trusted).faults
    assert fault.item == "a.example" and "rule bank" in fault.text


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("bank.example", Scope.EXACT),
        ("portal.example", Scope.SUBDOMAINS),
        ("honestbet.example", Scope.EXACT),
        ("linkpage.example", Scope.EXACT),
        ("tenant.builder.example", Scope.SUBDOMAINS),
        ("kz.example", Scope.EXACT),
        ("shop.github.io", Scope.SUBDOMAINS),
        ("github.io", Scope.EXACT),
        ("adilet.gov.kz", Scope.EXACT),
        ("nobody.invented", Scope.EXACT),
    ],
)
def test_a_guarded_name_in_a_signed_release_is_named(tmp_path: Path, items: Verifier, keys: Keys, name: str, scope: Scope) -> None:
    said = content(FIRST, 0, [line(name, scope), line("a.example")])
    assert items(press(tmp_path, said, keys.now)) == {name}


def test_no_override_covers_a_guarded_name(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    gone = [Gone(name="gone.example", cause="recheck", reason="parked")]
    said = content(SECOND, FIRST, [line("bank.example")], gone)
    override = Override(analyst="A. Analyst", reason="meant", breakers=("shrink",))
    assert items(press(tmp_path, said, keys.now, override=override)) == {"bank.example"}


def test_names_are_refused_where_the_manifest_does_not_open_the_door(alone: Path, reference: Reference, keys: Keys) -> None:
    forge(alone, keys.now, extra_suffixes=[])
    report = verify(alone, reference, keys=keys.trusted)
    assert {fault.item for fault in report.faults} == {"a.example", "renewed.example", "www.new.example", "www.shop.test"}
    assert all("reserved-name" in fault.text for fault in report.faults)


def test_a_manifest_cannot_open_a_shared_host(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    said = content(FIRST, 0, [line("shop.github.io", Scope.SUBDOMAINS)])
    assert items(press(tmp_path, said, keys.now, extra_suffixes=("github.io", "test"))) == {"shop.github.io"}


# the canary


def test_the_name_that_is_never_listed_may_not_be_blocked(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    for name, scope in (("free.canary.test", Scope.EXACT), ("canary.test", Scope.SUBDOMAINS)):
        assert "free.canary.test" in items(press(tmp_path, content(FIRST, 0, [line(name, scope)]), keys.now))
    assert items(press(tmp_path, content(FIRST, 0, [line("canary.test", Scope.EXACT)]), keys.now)) == set()


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("listed.canary.invented", True),
        ("listed.canary.mirrorwatch.gov.kz", True),
        ("www.minfin.gov.kz", False),
        ("mirrorwatch.gov.kz", False),
        ("gov.kz", False),
        ("www.bank.example", False),
        ("portal.example", False),
        ("shop.github.io", False),
        ("github.io", False),
    ],
)
def test_a_canary_may_harm_nobody(tmp_path: Path, items: Verifier, keys: Keys, name: str, good: bool) -> None:
    said = replace(content(FIRST, 0, [line("a.example")], canary=replace(NAMES, listed=name)), origin="rpz.mirrorwatch.gov.kz")
    assert items(press(tmp_path, said, keys.now)) == (set() if good else {name})


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("listed.canary.authority.test", True),
        ("authority.test", False),
        ("name.visited.test", False),
        ("busy.authority.test", False),
        ("visited.test", False),
    ],
)
def test_a_canary_below_a_popular_site_is_good_and_told(
    tmp_path: Path, reference: Reference, keys: Keys, top_list: Popular, name: str, good: bool
) -> None:
    said = content(FIRST, 0, [line("a.example")], canary=replace(NAMES, listed=name))
    report = verify(press(tmp_path, said, keys.now), reference, keys=keys.trusted, popular=top_list)
    assert {fault.item for fault in report.faults} == (set() if good else {name})
    assert any("the canary lies under a popular name" in note.text for note in report.notes) is good


def test_names_of_the_list_itself_are_no_entries(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    for number, name in enumerate(("rpz.test", "page.test", "x.page.test", "x.listed.canary.test", "x.free.canary.test")):
        assert items(press(tmp_path / str(number), content(FIRST, 0, [line(name, Scope.EXACT)]), keys.now)) == {name}


def test_a_second_canary_is_a_fault(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    second = replace(line("b.example"), kind="canary", reason="proves that the list is in use")
    assert "manifest.json" in items(press(tmp_path, content(FIRST, 0, [line("a.example"), second]), keys.now, entries=1, added=1))


def test_another_canary_than_before_is_said_in_removed(tmp_path: Path, items: Verifier, keys: Keys) -> None:
    press(tmp_path, OLDER, keys.now)
    other = Canary(listed="other.canary.test", free=NAMES.free, since=SECOND)
    moved = Gone(name=NAMES.listed, cause="canary", reason="the canary has another name")
    older = [one for one in OLDER.lines if one.kind == "entry"]
    assert items(press(tmp_path, content(SECOND, FIRST, older, [moved], canary=other), keys.now)) == set()
    assert items(press(tmp_path, content(SECOND, FIRST, older, canary=other), keys.now)) == {"removed.txt", DELTA}


# no folder


def test_no_folder_is_a_usage_error(tmp_path: Path, reference: Reference) -> None:
    with pytest.raises(UsageError, match="no release at"):
        verify(tmp_path / "none", reference)


def test_an_empty_folder_has_a_fault(tmp_path: Path, items: Verifier) -> None:
    assert items(tmp_path) == {"manifest.json"}


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "\x1b[2J\x9b.test"},
        {"override": {"analyst": "A", "reason": "B", "breakers": ["\x1b[2J\u202e"]}},
        {"comment\x07": 1},
    ],
    ids=str,
)
def test_what_is_said_of_a_hostile_folder_is_plain_text(alone: Path, items: Verifier, keys: Keys, changes: dict[str, object]) -> None:
    (alone / "\x1b]52;c;eA==\x07\u202e\r\n").write_bytes(b"x")
    forge(alone, keys.now, **changes)
    found = items.report(alone).faults
    assert found and all(fault.item.isprintable() and fault.text.isprintable() for fault in found)
