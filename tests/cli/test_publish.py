"""Publishing at the command line: exit codes, what is said, copies from another machine, two at once."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from blocklist.guard import Guard
from blocklist.keyring import Keyring
from casefile import queries
from casefile.fingerprint import fingerprint
from casefile.hostname import Door
from casefile.records import Action
from casefile.reference import load_reference
from casefile.store import Case, backup
from cli.config import ROOT
from tests.blocklist.conftest import Desk
from tests.cli.running import Ran, mirrorwatch
from tests.conftest import StandingClock

SUFFIXES = ("example", "test")


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard(load_reference([ROOT / "data" / "reference"]), Door(SUFFIXES))


class Office:
    """A state folder of its own, and the verbs on it."""

    def __init__(self, folder: Path, guard: Guard, name: str = "state") -> None:
        self.folder, self.guard, self.state = folder, guard, folder / name
        self.config = folder / "mirrorwatch.toml"
        self.config.write_text(f"suffixes = {json.dumps(SUFFIXES)}\n")

    def decided(self, *approve: str, reject: tuple[str, ...] = ()) -> None:
        with Case(self.state / "casefile.db", self.guard.door) as case:
            desk = Desk(case, StandingClock(datetime.now(UTC) - timedelta(minutes=1)), self.guard, self.state / "releases")
            desk.approved(*approve)
            if reject:
                desk.decided(*reject, action=Action.REJECT)

    def command(self, *words: object) -> list[str]:
        return ["--config", str(self.config), "--state", str(self.state), *map(str, words)]

    def run(self, *words: object, code: int = 0) -> Ran:
        ran = mirrorwatch(*self.command(*words))
        assert ran.code == code, (ran.out, ran.err)
        return ran

    def answer(self, *words: object) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*words, "--json").out)
        return found

    @property
    def latest(self) -> Path:
        return self.state / "releases" / "latest"

    def names(self) -> list[str]:
        return [name for name in (self.latest / "domains.txt").read_text().split() if "canary" not in name]


@pytest.fixture
def office(tmp_path: Path, guard: Guard) -> Iterator[Office]:
    made = Office(tmp_path, guard)
    made.decided("a.example", "b.example")
    yield made


def test_the_first_release_makes_a_key_in_one_line_on_stderr(office: Office) -> None:
    ran = office.run("publish")
    assert ran.out.startswith("release 20") and "2 entries, 2 added, 0 removed" in ran.out
    [line] = [line for line in ran.err.splitlines() if "made the key" in line]
    assert "move it to a machine that does not crawl" in line and "docs/operator.md" in line
    assert office.run("verify", office.latest).out.endswith("0 faults\n")
    assert "nothing new to list" in office.run("publish").out


def test_verify_wants_a_key_that_is_trusted(office: Office, tmp_path: Path) -> None:
    office.run("publish")
    stranger = Keyring(folder=tmp_path / "other", password=lambda: "")
    stranger.make()
    ran = office.run("verify", office.latest.resolve(), "--key", stranger.folder, code=1)
    assert "manifest.json.minisig: no good signature: signed with the key" in ran.out
    [public] = (office.state / "keys").glob("*.pub")
    assert "good" in office.run("verify", office.latest.resolve(), "--key", public).out


def test_a_missing_key_is_exit_2_and_names_the_key(office: Office) -> None:
    office.run("publish")
    [secret] = (office.state / "keys").glob("*.key")
    secret.unlink()
    office.decided("c.example")
    ran = office.run("publish", code=2)
    assert f"no key to sign with in {office.state}/keys; the last release was signed with the key {secret.stem}" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert office.names() == ["a.example", "b.example"]


def test_a_breaker_is_exit_1_and_an_override_is_recorded(office: Office) -> None:
    office.run("publish")
    tables = office.folder / "tables"
    tables.mkdir()
    (tables / "guarded.csv").write_text("name,kind,source,date\na.example,bank,invented,2026-11-21\n")
    office.config.write_text(f'suffixes = {json.dumps(SUFFIXES)}\n[reference]\nfolders = ["tables"]\n')
    ran = office.run("publish", code=1)
    assert "not published, the last release stands: shrink: 1 of 2 entries leave without a decision or an expiry" in ran.err
    assert office.names() == ["a.example", "b.example"]
    for words in (("--override", "a bank bought it"), ("--as", "A. Analyst"), ("--override", " ", "--as", "A. Analyst")):
        assert "--override REASON and --as NAME go together" in office.run("publish", *words, code=2).err
    for words in (
        ("meant\x1b[2J", "A. Analyst", "reason holds control"),
        ("x" * 1_001, "A", "reason is longer"),
        ("meant", "A" * 101, "analyst is"),
    ):
        reason, who, said = words
        assert said in office.run("publish", "--override", reason, "--as", who, code=2).err
    made = office.answer("publish", "--override", "a bank bought it", "--as", "A. Analyst")
    assert made["override"] == {"analyst": "A. Analyst", "reason": "a bank bought it", "breakers": ["shrink"]}
    assert office.names() == ["b.example"]
    ran = office.run("publish", "--override", "a bank bought it", "--as", "A. Analyst", code=2)
    assert "no breaker tripped, so there is nothing to override" in ran.err


def test_after_a_serial(office: Office) -> None:
    held = int(f"{datetime.now(UTC) + timedelta(days=2):%Y%m%d}50")
    refused = office.run("publish", "--after", held, code=1)
    assert "unknown-releases" in refused.err and not office.latest.exists()
    made = office.answer("publish", "--after", held, "--override", "the folders were lost", "--as", "A. Analyst")
    assert (made["serial"], made["previous"], made["override"]["breakers"]) == (held + 1, 0, ["unknown-releases"])
    assert "name the serial that ISPs hold" in office.run("publish", "--after", 2099010100, code=2).err
    assert "4294967294" in office.run("publish", "--after", 4294967295, code=2).err


def test_publishing_from_copies_on_another_machine(office: Office, guard: Guard, tmp_path: Path) -> None:
    """Twice: the second copy knows nothing of the first release, and brings one more name and one less."""
    holder, stick = Office(tmp_path, guard, "holder"), tmp_path / "stick.db"
    assert office.run("backup", stick).out.startswith(f"copied to {stick}, ")
    holder.run("publish", "--from", stick)
    assert holder.names() == ["a.example", "b.example"]
    office.decided("c.example", reject=("a.example",))
    office.run("backup", stick)
    ran = holder.run("publish", "--from", stick)
    assert "caught up with what was published and this case file did not know: release 20" in ran.err
    assert "2 entries, 1 added, 1 removed" in ran.out
    assert holder.names() == ["b.example", "c.example"]
    assert (holder.latest / "removed.txt").read_text() == "a.example\tdecision\trejected by an analyst\n"
    holder.run("verify", holder.latest)
    assert not (office.state / "keys").exists() and not (office.state / "releases").exists()


def test_unlisting_where_another_machine_publishes(office: Office) -> None:
    """Nothing is listed as far as this case file knows: what was approved may be, what never was cannot."""
    with Case(office.state / "casefile.db", office.guard.door) as case:
        desk = Desk(case, StandingClock(datetime.now(UTC) - timedelta(minutes=1)), office.guard, office.state / "releases")
        desk.found("met.example")
    office.config.write_text(f"suffixes = {json.dumps(SUFFIXES)}\n[night]\npublish = false\n")
    who = ("--as", "A. Analyst", "--note", "a toy shop")
    ran = office.run("unlist", "met.example", *who, code=2)
    assert "met.example is not on the list as far as this case file knows, and was never approved here" in ran.err
    ran = office.run("unlist", "a.example", *who)
    assert "whether it was listed since this case file cannot tell" in ran.out and "mirrorwatch backup FILE" in ran.out
    assert "a.example leaves" in office.run("unlist", "a.example", *who).out, "said again it is no fault"
    with Case(office.state / "casefile.db", office.guard.door) as case:
        assert [one.action for one in queries.decisions_of(case, case.door.parse("a.example"))][-1] is Action.UNLIST
        assert queries.decisions_of(case, case.door.parse("met.example")) == []


def digest(office: Office) -> str:
    with Case(office.state / "casefile.db", office.guard.door, create=False) as case:
        return fingerprint(case)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("none", "no case file at"),
        ("text", "is not a readable case file"),
        ("cut", "is not a readable case file"),
        ("other", "is a database of another program"),
        ("own", "is the case file of this state folder itself"),
    ],
)
def test_a_copy_that_is_none_is_exit_2_and_the_case_file_stands(office: Office, tmp_path: Path, what: str, said: str) -> None:
    copy = tmp_path / "copy.db"
    if what == "text":
        copy.write_text("no database at all\n" * 100)
    elif what == "cut":
        backup(office.state / "casefile.db", copy)
        copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    elif what == "other":
        with closing(sqlite3.connect(copy)) as other:
            other.execute("CREATE TABLE accounts (name TEXT)")
    elif what == "own":
        copy = office.state / "casefile.db"
    before = digest(office)
    ran = office.run("publish", "--from", copy, code=2)
    assert said in ran.err and len(ran.err.splitlines()) == 1
    assert digest(office) == before


def test_two_at_once_make_one_release(office: Office) -> None:
    office.run("keys", "new")
    words = [sys.executable, "-m", "cli", *office.command("publish", "--json")]
    both = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [json.loads(one.communicate(timeout=120)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(one["serial"] is None for one in said) == [False, True]
    assert [path.name for path in (office.state / "releases").iterdir() if path.name.startswith(".")] == []
    office.run("verify", office.latest)


def test_backup_replaces_an_earlier_copy_and_nothing_else(office: Office, tmp_path: Path) -> None:
    copy, letter = tmp_path / "copy.db", tmp_path / "letter.txt"
    office.run("backup", copy)
    office.decided("c.example")
    office.run("backup", copy)
    with Case(copy, office.guard.door, create=False) as case:
        assert case.rows("SELECT count(*) AS n FROM decisions")[0]["n"] == 3
    letter.write_text("dear colleague\n")
    assert "is not an earlier copy of a case file" in office.run("backup", letter, code=2).err
    assert letter.read_text() == "dear colleague\n"
    assert "is not an earlier copy" in office.run("backup", office.state / "casefile.db", code=2).err
    shutil.rmtree(office.state)
    assert "no case file at" in office.run("backup", copy, code=2).err
