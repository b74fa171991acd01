"""Signatures of a release: minisign's, over manifest.json, so that the `minisign` program of any ISP can check them too.

Pre-hashed (what minisign writes since 0.10). The trusted comment is `serial:<serial> sha256:<digest of the manifest>`, so that a signature tells which list it is
of. Nothing in it comes from a clock: the same manifest under the same key is signed the same to the byte. Where keys are kept is `blocklist.keyring`'s.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from minisign import Error, PublicKey, SecretKey, Signature

from casefile.errors import UsageError
from casefile.plaintext import inert

PUBLIC = ".pub"
"""How the file of a public key ends."""

TRUSTED_COMMENT = re.compile(r"serial:([1-9][0-9]{0,9}) sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key whose signatures count. `id`: 16 hex digits, as minisign prints it, with the zeros in front that it leaves out."""

    id: str
    public: PublicKey = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A secret key, opened. `id`: 16 hex digits, as minisign prints it, with the zeros in front that it leaves out."""

    id: str
    secret: SecretKey = field(repr=False)


def load_keys(place: Path) -> tuple[TrustedKey, ...]:
    """The keys that are trusted, by id: every `*.pub` in a folder, or the one file. Empty where the folder has none or is not there.

    Raises `UsageError` for a file that cannot be read or holds no public key, and for two that hold different keys of one id.
    """
    files = sorted(place.glob(f"*{PUBLIC}")) if place.is_dir() else [place] if place.exists() else []
    found: dict[str, tuple[TrustedKey, Path]] = {}
    for path in files:
        key = _trusted(path)
        known, other = found.setdefault(key.id, (key, path))
        # an id is eight octets that anybody may write into a file: which of the two is meant, no program can tell
        if known.public != key.public:
            raise UsageError(
                f"{other} and {path} hold different keys of one id, {key.id}: compare them with the one that was given on paper or in person, "
                "and move the other out of the folder of trusted keys"
            )
    return tuple(key for _, (key, _) in sorted(found.items()))


def _trusted(path: Path) -> TrustedKey:
    try:
        public = PublicKey.from_bytes(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read the public key {path}: {error.strerror}; check its rights") from None
    except Error as error:
        raise UsageError(
            f"{path} is not a minisign public key: {error}; restore it, or move it out of the folder of trusted keys"
        ) from None
    return TrustedKey(id=key_id(public._keynum_pk.key_id), public=public)


def key_id(octets: bytes | bytearray) -> str:
    """A key's id: its eight octets as a little-endian number, in 16 hex digits (minisign prints the same without zeros in front)."""
    return octets[::-1].hex().upper()


def sign(manifest: bytes, serial: int, key: SigningKey) -> str:
    """The text of manifest.json.minisig; the same for the same manifest and key."""
    made = key.secret.sign(
        manifest,
        prehash=True,
        untrusted_comment=f"signature of mirrorwatch with key {key.id}",
        trusted_comment=f"serial:{serial} sha256:{hashlib.sha256(manifest).hexdigest()}",
    )
    return bytes(made).decode("ascii") + "\n"


def signer_of(signature: str) -> str:
    """The id of the key that a signature says it was made with, checked by nobody. Raises `ValueError` for what is no signature."""
    return key_id(_parsed(signature)._key_id)


def check(manifest: bytes, signature: str, keys: Iterable[TrustedKey]) -> str:
    """The id of the trusted key that signed `manifest`. Raises `ValueError` with the reason where none of them did.

    Also refused: a comment that does not go with the manifest, though it is signed, and text that a signature has not.
    """
    found = _parsed(signature)
    signer = key_id(found._key_id)
    trusted = {key.id: key for key in keys}
    if signer not in trusted:
        raise ValueError(
            f"signed with the key {signer}, which is not among those trusted here: {', '.join(sorted(trusted)) or 'there are none'}"
        )
    if not found.is_prehashed():
        raise ValueError("a signature in minisign's old form (not pre-hashed)")
    try:
        trusted[signer].public.verify(manifest, found)
    except Error:
        raise ValueError(f"not what the key {signer} signed: the manifest or the signature was changed") from None
    comment = TRUSTED_COMMENT.fullmatch(found.trusted_comment)
    if comment is None or comment[2] != hashlib.sha256(manifest).hexdigest() or int(comment[1]) != _serial(manifest):
        raise ValueError(f"its trusted comment does not name this manifest: {inert(found.trusted_comment[:120])}")
    return signer


def _parsed(signature: str) -> Signature:
    try:
        found = Signature.from_bytes(signature.encode())
    except (Error, UnicodeEncodeError) as error:
        raise ValueError(f"not a minisign signature: {error}") from None
    if bytes(found) + b"\n" != signature.encode():
        raise ValueError("not a minisign signature: it must be four lines with a line feed after each")
    return found


def _serial(manifest: bytes) -> int | None:
    """The serial that a signed manifest says."""
    found = json.loads(manifest)
    return found.get("serial") if isinstance(found, dict) else None
