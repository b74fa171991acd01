"""Signatures: minisign's own, deterministic, bound to serial and manifest; keys that nobody else can read, and old ones that stay trusted."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from blocklist.keyring import Keyring
from blocklist.signing import check, load_keys, sign, signer_of
from casefile.errors import UsageError
from tests.conftest import require

SERIAL = 2026112100
MANIFEST = (json.dumps({"format": "mirrorwatch-release-2", "serial": SERIAL}, indent=1) + "\n").encode()
COMMENT = f"serial:{SERIAL} sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


def never() -> str:
    pytest.fail("nobody needs a password here")


def ring(folder: Path, password: Callable[[], str] = never) -> Keyring:
    return Keyring(folder=folder / "keys", password=password)


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    made = ring(tmp_path)
    made.make()
    return made


@pytest.fixture
def minisign() -> str:
    found = shutil.which("minisign")
    require(found, "minisign is missing: apt-get install minisign")
    return str(found)


def run(*words: object, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], input=typed, capture_output=True, text=True, timeout=60, check=False)


def test_what_is_signed_is_good_and_names_its_key_serial_and_digest(keys: Keyring) -> None:
    signature = sign(MANIFEST, SERIAL, keys.open_current())
    assert check(MANIFEST, signature, keys.trusted()) == keys.current_id() == signer_of(signature)
    lines = signature.splitlines()
    assert len(lines) == 4 and signature.endswith("\n")
    assert keys.current_id() in lines[0]
    assert lines[2] == f"trusted comment: {COMMENT}"


def test_the_same_manifest_is_signed_the_same_to_the_byte(keys: Keyring) -> None:
    assert sign(MANIFEST, SERIAL, keys.open_current()) == sign(MANIFEST, SERIAL, keys.open_current())


def test_a_changed_manifest_is_refused(keys: Keyring) -> None:
    signature = sign(MANIFEST, SERIAL, keys.open_current())
    with pytest.raises(ValueError, match="the manifest or the signature was changed"):
        check(MANIFEST.replace(b"2026112100", b"2026112101"), signature, keys.trusted())


@pytest.mark.parametrize("line", [1, 2, 3])
def test_every_line_of_a_signature_counts_but_its_untrusted_comment(keys: Keyring, line: int) -> None:
    lines = sign(MANIFEST, SERIAL, keys.open_current()).splitlines()
    other = sign(MANIFEST.replace(b"format", b"farmat"), SERIAL, keys.open_current()).splitlines()
    forged = [*lines[:line], other[line], *lines[line + 1 :]]
    with pytest.raises(ValueError, match="was changed"):
        check(MANIFEST, "\n".join(forged) + "\n", keys.trusted())
    assert check(MANIFEST, "\n".join(["untrusted comment: anything", *lines[1:]]) + "\n", keys.trusted())


def test_a_stranger_is_named(keys: Keyring, tmp_path: Path) -> None:
    stranger = ring(tmp_path / "elsewhere")
    stranger.make()
    with pytest.raises(ValueError, match=f"signed with the key {stranger.current_id()}.* trusted here: {keys.current_id()}"):
        check(MANIFEST, sign(MANIFEST, SERIAL, stranger.open_current()), keys.trusted())
    with pytest.raises(ValueError, match="there are none"):
        check(MANIFEST, sign(MANIFEST, SERIAL, keys.open_current()), ())


def test_a_stranger_under_a_trusted_id_is_refused(keys: Keyring, tmp_path: Path) -> None:
    """The eight octets of an id are no secret: anybody can make a key that bears them."""
    impostor = ring(tmp_path / "elsewhere")
    impostor.make()
    mine, theirs = keys.open_current(), impostor.open_current()
    theirs.secret._keynum_sk.key_id[:] = mine.secret._keynum_sk.key_id
    with pytest.raises(ValueError, match="was changed"):
        check(MANIFEST, sign(MANIFEST, SERIAL, theirs), keys.trusted())


@pytest.mark.parametrize(
    "comment",
    [
        "serial:2026112101 sha256:" + hashlib.sha256(MANIFEST).hexdigest(),
        f"serial:{SERIAL} sha256:" + "0" * 64,
        f"serial:{SERIAL}",
        "timestamp:1 file:manifest.json",
        COMMENT + " ",
    ],
)
def test_a_comment_of_another_manifest_is_refused_though_it_is_signed(keys: Keyring, comment: str) -> None:
    made = keys.open_current().secret.sign(MANIFEST, trusted_comment=comment)
    with pytest.raises(ValueError, match="does not name this manifest"):
        check(MANIFEST, bytes(made).decode() + "\n", keys.trusted())


def test_the_old_form_of_signature_is_refused(keys: Keyring) -> None:
    made = keys.open_current().secret.sign(MANIFEST, prehash=False, trusted_comment=COMMENT)
    with pytest.raises(ValueError, match="old form"):
        check(MANIFEST, bytes(made).decode() + "\n", keys.trusted())


@pytest.mark.parametrize(
    "mangled",
    [
        lambda text: "",
        lambda text: "\n",
        lambda text: text[:-1],
        lambda text: text + "more\n",
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("trusted comment: serial", "trusted comment: \x1b[2Jserial"),
        lambda text: text.replace("untrusted comment", "comment"),
        lambda text: "untrusted comment: \ud800\n" + text.partition("\n")[2],
        lambda text: text[: len(text) // 2],
    ],
)
def test_what_is_no_signature_is_refused(keys: Keyring, mangled: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match=r"not a minisign signature|was changed|does not name"):
        check(MANIFEST, mangled(sign(MANIFEST, SERIAL, keys.open_current())), keys.trusted())


@pytest.mark.parametrize("password", ["", "a long one, ключ"])
def test_minisign_accepts_what_we_sign(tmp_path: Path, minisign: str, password: str) -> None:
    keys = ring(tmp_path, lambda: password)
    keys.make(password)
    path = tmp_path / "manifest.json"
    path.write_bytes(MANIFEST)
    (tmp_path / "manifest.json.minisig").write_text(sign(MANIFEST, SERIAL, keys.open_current()))
    ran = run(minisign, "-V", "-p", keys.folder / f"{keys.current_id()}.pub", "-m", path)
    assert ran.returncode == 0, ran.stderr
    assert f"Trusted comment: {COMMENT}" in ran.stdout
    path.write_bytes(MANIFEST + b" ")
    assert run(minisign, "-V", "-p", keys.folder / f"{keys.current_id()}.pub", "-m", path).returncode != 0


@pytest.mark.parametrize("password", ["", "a long one"])
def test_we_accept_what_minisign_signs_with_our_key(tmp_path: Path, minisign: str, password: str) -> None:
    keys = ring(tmp_path, lambda: password)
    keys.make(password)
    path = tmp_path / "manifest.json"
    path.write_bytes(MANIFEST)
    ran = run(minisign, "-S", "-s", keys.folder / "current", "-m", path, "-t", COMMENT, typed=f"{password}\n")
    assert ran.returncode == 0, ran.stderr
    signature = (tmp_path / "manifest.json.minisig").read_text()
    assert check(MANIFEST, signature, keys.trusted()) == keys.current_id()
    lines, own = signature.splitlines(), sign(MANIFEST, SERIAL, keys.open_current()).splitlines()
    assert lines[1:] == own[1:], "the same signature, whoever makes it"


def test_we_trust_a_key_that_minisign_made_and_call_it_the_same(tmp_path: Path, minisign: str) -> None:
    ran = run(minisign, "-G", "-W", "-p", tmp_path / "isp.pub", "-s", tmp_path / "isp.key")
    assert ran.returncode == 0, ran.stderr
    [key] = load_keys(tmp_path / "isp.pub")
    said = (tmp_path / "isp.pub").read_text().splitlines()[0].split()[-1]
    assert key.id == said.zfill(16), "minisign leaves out zeros in front"
    path = tmp_path / "manifest.json"
    path.write_bytes(MANIFEST)
    assert run(minisign, "-S", "-s", tmp_path / "isp.key", "-m", path, "-t", COMMENT).returncode == 0
    assert check(MANIFEST, (tmp_path / "manifest.json.minisig").read_text(), load_keys(tmp_path)) == key.id


def test_a_secret_key_was_never_readable_by_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys = ring(tmp_path)
        name = keys.make()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys.folder.iterdir()}
    assert modes[f"{name}.key"] == 0o600
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert set(modes) == {f"{name}.key", f"{name}.pub", "current"}, "nothing half-written is left"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_secret_key_that_others_can_read_is_refused(keys: Keyring, mode: int) -> None:
    (keys.folder / f"{keys.current_id()}.key").chmod(mode)
    with pytest.raises(UsageError, match="chmod 600"):
        keys.open_current()


def test_an_encrypted_key_wants_its_password(tmp_path: Path) -> None:
    name = ring(tmp_path).make("right")
    assert ring(tmp_path, lambda: "right").open_current().id == name
    with pytest.raises(UsageError, match="wrong password"):
        ring(tmp_path, lambda: "wrong").open_current()
    text = (tmp_path / "keys" / f"{name}.key").read_text()
    assert "encrypted" in text.splitlines()[0]


def test_an_old_key_stays_trusted_and_no_longer_signs(keys: Keyring) -> None:
    old = keys.current_id()
    signature = sign(MANIFEST, SERIAL, keys.open_current())
    new = keys.make()
    assert new != old and keys.current_id() == new
    assert {(state.id, state.current, bool(state.secret)) for state in keys.states()} == {(old, False, True), (new, True, True)}
    assert check(MANIFEST, signature, keys.trusted()) == old
    assert signer_of(sign(MANIFEST, SERIAL, keys.open_current())) == new
    (keys.folder / f"{old}.key").unlink()
    assert check(MANIFEST, signature, keys.trusted()) == old, "its secret half may be gone"
    assert {state.id: state.secret for state in keys.states()}[old] == ""


def test_a_key_under_the_name_of_another_is_refused(keys: Keyring) -> None:
    old = keys.current_id()
    new = keys.make()
    (keys.folder / f"{old}.key").replace(keys.folder / f"{new}.key")
    with pytest.raises(UsageError, match="another key than its name says"):
        keys.open_current()


def test_damaged_keys_are_named(keys: Keyring) -> None:
    name = keys.current_id()
    (keys.folder / f"{name}.key").write_text("nothing\n")
    (keys.folder / f"{name}.key").chmod(0o600)
    with pytest.raises(UsageError, match="is not a minisign secret key"):
        keys.open_current()
    (keys.folder / f"{name}.pub").write_text("nothing\n")
    with pytest.raises(UsageError, match="is not a minisign public key"):
        keys.trusted()
    (keys.folder / "current").unlink()
    (keys.folder / "current").symlink_to("elsewhere")
    with pytest.raises(UsageError, match="does not name a key"):
        keys.current_id()


def test_without_a_folder_there_are_no_keys(tmp_path: Path) -> None:
    keys = ring(tmp_path)
    assert (keys.trusted(), keys.states(), keys.current_id(), keys.has_current()) == ((), (), "", False)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(UsageError, match="cannot write a key into"):
        ring(tmp_path).make()


def test_secrets_are_in_no_repr(keys: Keyring) -> None:
    opened = keys.open_current()
    assert repr(opened) == f"SigningKey(id='{opened.id}')"


def test_two_files_of_one_id_with_different_keys_are_named_and_none_is_believed(keys: Keyring, tmp_path: Path) -> None:
    name = keys.current_id()
    other = ring(tmp_path / "other")
    other.make()
    mine, theirs = (
        (folder / f"{one}.pub").read_text().split("\n") for folder, one in ((keys.folder, name), (other.folder, other.current_id()))
    )
    octets = b64decode(theirs[1])
    forged = keys.folder / "z-second.pub"
    forged.write_text(f"{mine[0]}\n{b64encode(octets[:2] + b64decode(mine[1])[2:10] + octets[10:]).decode()}\n")
    with pytest.raises(UsageError, match=rf"{name}\.pub and .*z-second\.pub hold different keys of one id, {name}"):
        keys.trusted()
    forged.write_text((keys.folder / f"{name}.pub").read_text().replace("untrusted comment: ", "untrusted comment: again "))
    assert [key.id for key in keys.trusted()] == [name], "the same key twice is one"
