"""docs/mirrorwatch-fetch.sh as an ISP runs it: against releases on a web server of this machine, with a real BIND that has to take them, and what must be refused."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blocklist import manifest as manifests
from blocklist.content import Listed
from blocklist.formats import rpz
from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.manifest import Manifest
from casefile.hostname import Door
from casefile.records import Action
from casefile.reference import load_reference
from casefile.store import Case
from tests.blocklist.conftest import Desk
from tests.conftest import StandingClock, require
from tests.consumers.authority import Authority, served
from tests.consumers.bind import Bind
from tests.consumers.documented import ISP, ORIGIN, block
from tests.consumers.harness import an_empty_folder, poll, program, stand_in, upstream
from tests.consumers.lists import CANARY, EXACT, SUBDOMAINS, content, made_up

SCRIPT = ISP.with_name("mirrorwatch-fetch.sh")
NAMES = made_up(300)
FIRST = 2026112100
NEW = Listed("brand-new.example", SUBDOMAINS)


@dataclass
class Isp:
    """A folder with the script's settings, and the BIND that has to take what it fetches."""

    authority: Authority
    bind: Bind
    settings: Path

    def fetches(self, extra: str = "") -> tuple[int, str]:
        """Run the script: its exit code, and what it has to say to somebody."""
        text = self.settings.read_text()
        with_extra = self.settings.with_suffix(".once")
        with_extra.write_text(text + extra)
        ran = subprocess.run(
            ["bash", str(SCRIPT), str(with_extra)],
            env={"PATH": f"{self.bind.folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return ran.returncode, ran.stderr

    def uses(self, serial: int) -> bool:
        """Whether `latest` and the resolver itself have this list, and nothing is left lying about."""
        latest = self.bind.home / "latest"
        assert not (self.bind.home / "new").exists()
        return latest.readlink().name == str(serial) and self.bind.ask(ORIGIN, "SOA").records[0].split()[2] == str(serial)


@pytest.fixture(scope="module")
def running() -> Iterator[Isp]:
    for name in ("named", "minisign", "curl", "dig", "flock"):
        require(program(name), f"needs {name}: apt-get install bind9 bind9-dnsutils minisign curl util-linux")
    with an_empty_folder() as folder, upstream() as port, served(_made(folder / "www")) as address:
        keys = Keyring(folder=folder / "keys", password=str)
        keys.make()
        bind = Bind(_made(folder / "bind"), port)
        with bind.serving(content((), 1)):
            stand_in(bind.folder, "dig", f'exec {program("dig")} -p {bind.port} "$@"')
            (folder / "check").write_text("".join(map(bind.here, bind.checks())))
            (folder / "reload").write_text(bind.here(bind.reload()))
            settings = block("fetch-settings", {"https://lists.mirrorwatch.example/releases": address})
            settings += f"KEYS={folder}/keys\nSTORE={bind.home}\nCHECK={folder}/check\nRELOAD={folder}/reload\nPATIENCE=3\n"
            (folder / "fetch.conf").write_text(settings)
            isp = Isp(Authority(folder / "www", keys), bind, folder / "fetch.conf")
            _emptied(bind.home)
            isp.authority.publishes(FIRST, NAMES)
            assert isp.fetches() == (0, "")
            for place in (folder / "www", bind.home):
                shutil.copytree(place, place.with_name(f"{place.name}-then"), symlinks=True)
            yield isp


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _emptied(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)


@pytest.fixture
def isp(running: Isp) -> Isp:
    """An ISP that has fetched `FIRST`, its first list, and uses it; everything is as it was right after that."""
    for place in (running.authority.folder, running.bind.home):
        _emptied(place)
        shutil.copytree(place.with_name(f"{place.name}-then"), place, symlinks=True, dirs_exist_ok=True)
    running.bind.reloaded()
    assert poll(lambda: running.uses(FIRST))
    return running


def test_the_script_is_short_and_bash_reads_it() -> None:
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) < 100
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert subprocess.run(["bash", "-n", str(SCRIPT)], check=False).returncode == 0


def test_the_next_list_is_taken_and_proved(isp: Isp) -> None:
    isp.authority.publishes(FIRST + 1, (*NAMES[1:], NEW), previous=FIRST, added=1, removed=1)
    assert isp.fetches() == (0, "")
    assert isp.uses(FIRST + 1)
    assert isp.bind.becomes(f"www.{NEW.name}", blocked=True)
    assert isp.bind.becomes(NAMES[0].name, blocked=False)
    assert isp.fetches() == (0, "")


def test_a_changed_file_a_changed_manifest_a_strange_key_and_no_signature_are_refused(isp: Isp) -> None:
    place = isp.authority.publishes(FIRST + 1, (*NAMES, NEW), previous=FIRST, added=1)
    zone, manifest, signature = (place / name for name in (rpz.NAME, manifests.NAME, manifests.SIGNATURE))
    whole, signed = zone.read_bytes(), signature.read_bytes()
    zone.write_bytes(whole.replace(b"brand-new", b"brand-old"))
    _refused(isp, "is not what its manifest says")
    zone.write_bytes(whole[:-20])
    _refused(isp, "is not what its manifest says")
    zone.write_bytes(whole)
    text = manifest.read_bytes()
    manifest.write_bytes(text.replace(b'"added": 1,', b'"added": 0,'))
    _refused(isp, "no key in")
    manifest.write_bytes(text)
    signature.unlink()
    _refused(isp, "cannot fetch")
    stranger = Keyring(folder=place.parent.parent / "stranger", password=str)
    stranger.make()
    Authority(place.parent, stranger).signs(place, text, FIRST + 1)
    _refused(isp, "no key in")
    signature.write_bytes(signed)
    zone.unlink()
    _refused(isp, "cannot fetch")
    zone.write_bytes(whole)
    assert isp.fetches()[0] == 0


def test_a_serial_that_goes_back_is_refused(isp: Isp) -> None:
    isp.authority.publishes(FIRST - 1, NAMES[:200])
    _refused(isp, f"serial {FIRST - 1} goes back, {FIRST} is in use")


@pytest.mark.parametrize(
    "text", ["", "<html>out of order</html>", '{\n "serial": "$(touch x)",\n', '{\n "serial": -1,\n', '{\n "serial": 99999999999,\n']
)
def test_what_is_no_release_is_refused(isp: Isp, text: str) -> None:
    (isp.authority.folder / str(FIRST) / manifests.NAME).write_text(text)
    _refused(isp, "is no release")


def test_an_old_release_under_a_new_name_is_refused(isp: Isp) -> None:
    shutil.copytree(isp.authority.folder / str(FIRST), isp.authority.folder / str(FIRST + 1))
    link = isp.authority.folder / "latest"
    link.unlink()
    shutil.copytree(isp.authority.folder / str(FIRST + 1), link)
    text = (link / manifests.NAME).read_text()
    (link / manifests.NAME).write_text(text.replace(str(FIRST), str(FIRST + 1)))
    _refused(isp, "has another serial in its manifest")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: replace(one, replayed=True), "was made from an archive"),
        (lambda one: replace(one, format="mirrorwatch-release-9"), "is of a format that is not known here"),
        (lambda one: replace(one, added=1001, entries=1301), "adds more than 1,000 entries"),
        (lambda one: replace(one, entries=one.entries + 7), "counts that do not follow"),
        (lambda one: replace(one, previous=FIRST - 7, entries=100), "lost over a fifth"),
        (lambda one: replace(one, files=one.files[1:]), "lacks one of"),
    ],
)
def test_what_is_signed_and_cannot_be_right_is_refused(isp: Isp, change: Callable[[Manifest], Manifest], said: str) -> None:
    isp.authority.publishes(FIRST + 1, (*NAMES, NEW), previous=FIRST, added=1, change=change)
    _refused(isp, said)


def test_a_list_that_is_much_shorter_is_taken_where_somebody_said_so(isp: Isp) -> None:
    isp.authority.publishes(FIRST + 2, NAMES[:100], previous=FIRST + 1)
    _refused(isp, f"lost over a fifth of its entries: ask the authority, then set ACCEPT={FIRST + 2}")
    assert isp.fetches(f"ACCEPT={FIRST + 2}\n")[0] == 0
    assert isp.uses(FIRST + 2)


def test_a_zone_that_the_check_refuses_is_never_switched_to(isp: Isp) -> None:
    def absolute(manifest: Manifest) -> Manifest:
        zone = isp.authority.folder / str(FIRST + 1) / rpz.NAME
        zone.write_bytes(zone.read_bytes().replace(b"brand-new.example CNAME", b"brand-new.example. CNAME"))
        return replace(manifest, files=(manifests.described(rpz.NAME, zone.read_bytes()),))

    isp.authority.publishes(FIRST + 1, (*NAMES, NEW), previous=FIRST, added=1, change=absolute)
    _refused(isp, f"the check of {FIRST + 1} says no")


def test_a_list_that_the_resolver_does_not_take_is_given_back(isp: Isp) -> None:
    """The check is left out here, so that only the question to the resolver itself can see that it kept the old zone. It is not tried every ten minutes."""

    def broken(manifest: Manifest) -> Manifest:
        zone = isp.authority.folder / str(FIRST + 1) / rpz.NAME
        zone.write_bytes(zone.read_bytes() + b"a..b CNAME .\n")
        return replace(manifest, files=(manifests.described(rpz.NAME, zone.read_bytes()),))

    isp.authority.publishes(FIRST + 1, (*NAMES, NEW), previous=FIRST, added=1, change=broken)
    _refused(isp, f"list {FIRST + 1} was not taken", "CHECK=/dev/null\nPATIENCE=1\n")
    assert not (isp.bind.home / str(FIRST + 1)).exists()
    _refused(isp, f"list {FIRST + 1} was not taken before", "CHECK=/dev/null\nRELOAD=/nowhere\n")
    _refused(isp, f"list {FIRST + 1} was not taken;", f"CHECK=/dev/null\nPATIENCE=1\nACCEPT={FIRST + 1}\n")


def test_a_list_that_blocks_everything_or_nothing_is_given_back(isp: Isp) -> None:
    isp.authority.publishes(FIRST + 1, (*NAMES, Listed(CANARY.free, EXACT)), previous=FIRST, added=1)
    _refused(isp, f"list {FIRST + 1} was not taken", "PATIENCE=1\n")
    isp.authority.publishes(FIRST + 2, (*NAMES, Listed("a.example", EXACT)), previous=FIRST, added=1)
    _refused(isp, f"list {FIRST + 2} was not taken", "PATIENCE=1\nis_blocked() { false; }\n")


def test_a_list_of_yesterday_is_kept_and_an_alarm_given(isp: Isp) -> None:
    isp.authority.publishes(FIRST + 1, NAMES, previous=FIRST, age=timedelta(hours=27))
    code, said = isp.fetches()
    assert code == 1
    assert re.search(r"over 26 hours old\n.*ALARM: the list in use is old", said)
    assert isp.uses(FIRST + 1)


def test_a_list_past_its_time_is_not_taken_and_one_in_use_is_kept(isp: Isp) -> None:
    isp.authority.publishes(FIRST + 1, (*NAMES, NEW), previous=FIRST, added=1, age=timedelta(hours=73))
    _refused(isp, "was valid until")
    manifest = isp.bind.home / str(FIRST) / manifests.NAME
    said = json.loads(manifest.read_bytes()) | {"made_at": "2026-01-01T00:00:00Z", "valid_until": "2026-01-04T00:00:00Z"}
    manifest.write_text(json.dumps(said, indent=1))
    shutil.rmtree(isp.authority.folder / str(FIRST + 1))
    code, text = isp.fetches()
    assert code == 1
    assert "cannot fetch" in text
    assert "ALARM" in text
    assert isp.uses(FIRST)


def test_what_a_kill_left_behind_is_set_right_by_the_next_run(isp: Isp) -> None:
    place = isp.authority.publishes(FIRST + 1, (*NAMES, NEW), previous=FIRST, added=1)
    home = isp.bind.home
    (home / "new").mkdir()
    (home / "new" / "rpz.zone").write_text("half a fi")
    (home / ".latest").symlink_to("nowhere")
    shutil.copytree(place, home / str(FIRST + 1))
    (home / "latest").unlink()
    (home / "latest").symlink_to(str(FIRST + 1))  # killed between the switch and the reload
    assert isp.fetches() == (0, "")
    assert isp.uses(FIRST + 1)


def test_a_kill_before_a_bad_list_was_known_to_be_bad_leaves_it_in_use_until_the_next_run(isp: Isp) -> None:
    place = isp.authority.publishes(FIRST + 1, (*NAMES, Listed(CANARY.free, EXACT)), previous=FIRST, added=1)
    shutil.copytree(place, isp.bind.home / str(FIRST + 1))
    (isp.bind.home / "latest").unlink()
    (isp.bind.home / "latest").symlink_to(str(FIRST + 1))
    isp.bind.reloaded()
    assert isp.bind.becomes(CANARY.free, blocked=True)
    _refused(isp, f"list {FIRST + 1} was not taken", "PATIENCE=1\n")
    assert isp.bind.becomes(CANARY.free, blocked=False)


def test_a_consumer_that_lost_the_list_gets_it_again(isp: Isp) -> None:
    latest = isp.bind.home / "latest"
    zone = latest / rpz.NAME
    whole = zone.read_bytes()
    zone.write_bytes(rpz.write(content((), 7)))
    isp.bind.reloaded()
    assert isp.bind.becomes(NAMES[0].name, blocked=False)
    zone.write_bytes(whole)
    assert isp.fetches() == (0, "")
    assert isp.uses(FIRST)
    assert isp.bind.becomes(NAMES[0].name, blocked=True)


def test_a_list_that_was_damaged_on_the_isps_disk_is_told_and_fetched_again(isp: Isp) -> None:
    zone = isp.bind.home / "latest" / "rpz.zone"
    whole = zone.read_bytes()
    zone.write_bytes(whole[: len(whole) // 2])
    code, said = isp.fetches()
    assert code == 1 and f"ALARM: list {FIRST} is damaged on this disk" in said
    (isp.bind.home / "latest").unlink()
    assert isp.fetches() == (0, "")
    assert zone.read_bytes() == whole


def test_only_the_last_releases_are_kept(isp: Isp) -> None:
    for number in range(1, 8):
        shutil.copytree(isp.bind.home / str(FIRST), isp.bind.home / str(FIRST - number))
    isp.authority.publishes(FIRST + 1, NAMES, previous=FIRST)
    assert isp.fetches()[0] == 0
    assert sorted(path.name for path in isp.bind.home.iterdir() if path.is_dir() and not path.is_symlink()) == [
        str(FIRST + number) for number in range(-3, 2)
    ]


def test_releases_as_publish_makes_them_are_taken_with_every_file(case: Case, door: Door, tmp_path: Path) -> None:
    """The real thing from a case file: a first list, and one on which one name is new and one is gone; the question about the canaries is answered from the list itself."""
    for name in ("minisign", "curl", "flock"):
        require(program(name), f"needs {name}: apt-get install minisign curl util-linux")
    desk = Desk(
        case,
        StandingClock(datetime.now(UTC) - timedelta(hours=1)),
        Guard(load_reference([ISP.parents[1] / "data" / "reference"]), door),
        tmp_path / "releases",
    )
    settings, store = tmp_path / "fetch.conf", tmp_path / "store"
    desk.approved("lucky-casino.example")
    with served(_made(desk.releases)) as address:
        for day in range(2):
            if day == 1:
                desk.approved("другое-казино.example")
                desk.decided("lucky-casino.example", action=Action.UNLIST)
            assert desk.publish()
            files = [one["name"] for one in json.loads((desk.releases / "latest" / manifests.NAME).read_bytes())["files"]]
            assert len(files) > 15
            settings.write_text(
                f"SOURCE={address}\nKEYS={desk.keys.folder}\nSTORE={store}\nFILES='{' '.join(files)}'\nCHECK=/dev/null\nRELOAD=/dev/null\n"
                'is_blocked() { grep -x "$1" "$STORE/latest/domains.txt" >/dev/null; }\n'
            )
            ran = subprocess.run(["bash", str(SCRIPT), str(settings)], capture_output=True, text=True, timeout=60, check=False)
            serial = (desk.releases / "latest").readlink().name
            assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", f"list {serial} is in use\n")
            assert (store / "latest").readlink().name == serial
            for name in files:
                assert (store / "latest" / name).read_bytes() == (desk.releases / serial / name).read_bytes()
            desk.a_moment_later()
    assert (store / "latest" / "removed.txt").read_text().startswith("lucky-casino.example\t")


def test_the_copy_in_the_docs_if_any_is_the_script() -> None:
    text = ISP.read_text(encoding="utf-8")
    assert f"({SCRIPT.name})" in text
    assert "#!/usr/bin/env bash" not in text or SCRIPT.read_text() in text


def test_a_second_run_at_the_same_time_does_nothing(isp: Isp) -> None:
    lock = isp.bind.home / ".lock"
    held = subprocess.Popen(["flock", str(lock), "sh", "-c", "echo held; read wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert held.stdout is not None
    assert held.stdin is not None
    try:
        assert held.stdout.readline() == b"held\n"
        assert isp.fetches() == (0, "mirrorwatch-fetch: another run is under way\n")
    finally:
        held.communicate(b"\n", timeout=10)


def _refused(isp: Isp, reason: str, extra: str = "") -> None:
    """Exit code 1, the reason on stderr, and `FIRST` still in use."""
    code, said = isp.fetches(extra)
    assert code == 1
    assert reason in said, said
    assert "stays in use" in said or "ALARM" in said
    assert poll(lambda: isp.uses(FIRST))
    assert isp.bind.in_force()
