"""The folder of keys: `<id>.key` is secret and readable by its owner alone, `<id>.pub` is trusted, the link `current` says which one signs.

An old key's `.pub` stays, so that what it signed stays verifiable; its `.key` may be moved away. A secret key lies in the file as minisign writes
it (`minisign -S -s current` works), encrypted with a password or not.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from minisign import Error, KeyPair, SecretKey

from blocklist.disk import Disk
from blocklist.signing import PUBLIC, SigningKey, TrustedKey, key_id, load_keys
from casefile.errors import UsageError

SECRET = ".key"  # noqa: S105 - how a file ends
CURRENT = "current"
NEW_CURRENT = ".current-new"
NAME = re.compile(r"[0-9A-F]{16}")
OTHERS = 0o077
"""Rights of anybody but the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """What is known of a key: whether it signs now, and where its secret half is (empty where it is not on this machine)."""

    id: str
    current: bool
    encrypted: bool
    public: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys in `folder`; `password` is asked for only when an encrypted one has to be opened."""

    folder: Path
    password: Callable[[], str]

    def trusted(self) -> tuple[TrustedKey, ...]:
        """The keys whose signatures count, by id. Raises `UsageError`."""
        return load_keys(self.folder)

    def current_id(self) -> str:
        """The id of the key that signs, empty where none was made."""
        link = self.folder / CURRENT
        if not link.is_symlink():
            return ""
        name = link.readlink().name.removesuffix(SECRET)
        if not NAME.fullmatch(name):
            raise UsageError(f"{link} does not name a key: make it a link to one like 0123456789ABCDEF.key")
        return name

    def has_current(self) -> bool:
        """Whether the secret half of the key that signs is on this machine. Raises `UsageError` for a link that names no key."""
        name = self.current_id()
        return bool(name) and (self.folder / f"{name}{SECRET}").exists()

    def states(self) -> tuple[KeyState, ...]:
        """Every key whose public half is here, by id. Raises `UsageError`."""
        current = self.current_id()
        return tuple(self._state(key.id, current) for key in self.trusted())

    def open_current(self) -> SigningKey:
        """The key that signs, its password asked for where it has one. Raises `UsageError` where it is missing, damaged, or readable by others."""
        name = self.current_id()
        path = self.folder / f"{name}{SECRET}"
        secret = _read_secret(path)
        if secret.is_encrypted():
            _decrypt(secret, path, self.password())
        if key_id(secret._keynum_sk.key_id) != name:
            raise UsageError(f"{path} holds another key than its name says: give it its own name, or restore the right one")
        return SigningKey(id=name, secret=secret)

    def make(self, password: str = "") -> str:
        """A new key, encrypted where there is a password, which signs from now on; returns its id. Raises `UsageError` where the folder cannot be written."""
        pair = KeyPair.generate()
        name = key_id(pair.secret_key._keynum_sk.key_id)
        pair.public_key.untrusted_comment = f"minisign public key {name}"
        if password:
            pair.secret_key.encrypt(password)
        pair.secret_key.untrusted_comment = f"minisign {'encrypted ' if password else ''}secret key"
        try:
            self._keep(name, bytes(pair.secret_key) + b"\n", bytes(pair.public_key) + b"\n")
        except OSError as error:
            raise UsageError(f"cannot write a key into {self.folder}: {error.strerror}; check the folder and its rights") from None
        finally:
            pair.secret_key.wipe()
        return name

    def _keep(self, name: str, secret: bytes, public: bytes) -> None:
        disk = Disk()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(self.folder / f"{name}{SECRET}", secret, 0o600)
        _write_new(self.folder / f"{name}{PUBLIC}", public, 0o644)
        disk.link(self.folder / NEW_CURRENT, f"{name}{SECRET}")
        disk.rename(self.folder / NEW_CURRENT, self.folder / CURRENT)
        disk.sync_folder(self.folder)

    def _state(self, name: str, current: str) -> KeyState:
        path = self.folder / f"{name}{SECRET}"
        there = path.exists()
        return KeyState(
            id=name,
            current=name == current,
            encrypted=there and _read_secret(path).is_encrypted(),
            public=str(self.folder / f"{name}{PUBLIC}"),
            secret=str(path) if there else "",
        )


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """A file that was never readable by others for a moment, whole or not there."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
    partial.rename(path)


def _read_secret(path: Path) -> SecretKey:
    try:
        with path.open("rb") as stream:
            rights = os.fstat(stream.fileno()).st_mode & 0o777
            if rights & OTHERS:
                raise UsageError(
                    f"others than its owner can read the secret key {path} (mode {rights:04o}): run chmod 600 on it, and think of making a new one"
                )
            return SecretKey.from_bytes(stream.read())
    except OSError as error:
        raise UsageError(
            f"cannot read the secret key {path}: {error.strerror}; restore it, or make a new one with `mirrorwatch keys new`"
        ) from None
    except Error as error:
        raise UsageError(
            f"{path} is not a minisign secret key: {error}; restore it, or make a new one with `mirrorwatch keys new`"
        ) from None


def _decrypt(secret: SecretKey, path: Path, password: str) -> None:
    try:
        secret.decrypt(password)
    except Error as error:
        raise UsageError(f"cannot open the secret key {path}: {error}") from None
