"""Does a release follow from the one before it, where that lies beside it in the same folder?

The previous manifest must be the one whose digest this release carries, and the entries then and now must differ by exactly what this release says of itself.
What is wrong in the older folder is named with its serial before it. A decision log that lost rows since is told, and is no fault of the list.
"""

from typing import NamedTuple

from blocklist import manifest as manifests
from blocklist.breakers import LOG
from blocklist.content import Content, Line
from blocklist.folder import LARGEST_MANIFEST, ReleaseFolder, look_into
from blocklist.formats import delta, entries_json, file_name, removed
from blocklist.manifest import Manifest
from blocklist.tally import Tally
from casefile.records import ReleaseFile


class Difference(NamedTuple):
    """The entries of two releases that are not the same in both, each side sorted by name."""

    old: tuple[Line, ...]
    new: tuple[Line, ...]


ADVICE = "; if that folder is damaged and cannot be restored, move it away"


def check_chain(there: ReleaseFolder, manifest: Manifest, content: Content | None, tally: Tally, *, signed: bool) -> None:
    """Count whether the release that lies `there` follows from its previous one; nothing where that is not beside it, or is of an older format.

    `signed`: this manifest is what its signer made, so that where the digests differ the older folder is what is wrong.
    """
    beside = there.path.resolve().parent / str(manifest.previous)
    if not manifest.previous or not beside.is_dir():
        return
    older = Tally(folder=f"{beside.name}/")
    before = look_into(beside)
    known = _manifest_before(before, manifest, older, tally, signed=signed)
    if known is not None:
        older.expect(known.serial == manifest.previous, manifests.NAME, f"says serial {known.serial}, the folder is {beside.name}")
        _note_log(known, manifest, tally)
        difference = _difference(before, known, there, manifest, older) if content is not None else None
        if difference is not None and content is not None:
            _check_lines(difference, content, tally)
            _check_delta(difference, there, manifest, content, tally)
    tally.take(older)


def _manifest_before(before: ReleaseFolder, manifest: Manifest, older: Tally, tally: Tally, *, signed: bool) -> Manifest | None:
    data = before.read_small(manifests.NAME, LARGEST_MANIFEST, older)
    if data is None:
        return None
    same = manifests.described(manifests.NAME, data).sha256 == manifest.previous_sha256
    if signed:
        good = older.expect(same, manifests.NAME, f"is not the one that release {manifest.serial} was made after{ADVICE}")
    else:
        good = tally.expect(same, manifests.NAME, f"previous_sha256 is not the digest of the manifest in {manifest.previous}{ADVICE}")
    try:
        return manifests.read(data) if good else None
    except (ValueError, RecursionError):
        # its digest is right, so an earlier mirrorwatch wrote it, in a format that says less
        return None


def _note_log(before: Manifest, manifest: Manifest, tally: Tally) -> None:
    if manifest.override and LOG in manifest.override.breakers:
        return
    parts = ("decisions", "orders", "appeals")
    then, now = (tuple(getattr(one.log, part) for part in parts) for one in (before, manifest))
    if shorter := [part for part, was, is_now in zip(parts, then, now, strict=True) if is_now < was]:
        tally.note(manifests.NAME, f"the decision log lost {', '.join(shorter)} since release {before.serial}: was a backup restored?")
    elif then == now and before.log.sha256 != manifest.log.sha256:
        tally.note(
            manifests.NAME, f"the decision log has as many rows as in release {before.serial} and another head: some are not the same"
        )


def _difference(before: ReleaseFolder, known: Manifest, there: ReleaseFolder, manifest: Manifest, older: Tally) -> Difference | None:
    """What differs between the two entries.json; None where either cannot be had. A line that is the same to the octet in both is not read at all."""
    was = _described(entries_json.NAME, known)
    older.expect(was is not None and was.name in before.plain, entries_json.NAME, f"is missing{ADVICE}")
    then = before.read(was, older) if was else None
    # this release's own file was counted before
    is_now = _described(entries_json.NAME, manifest)
    now = there.read(is_now, Tally()) if is_now else None
    if then is None or now is None:
        return None
    old_rows, new_rows = _rows(then), _rows(now)
    try:
        return Difference(_lines(old_rows, set(new_rows)), _lines(new_rows, set(old_rows)))
    except (ValueError, RecursionError) as error:
        older.fail(entries_json.NAME, f"does not read back: {error}")
        return None


def _described(name: str, manifest: Manifest) -> ReleaseFile | None:
    return next((one for one in manifest.files if one.name == name), None)


def _rows(data: bytes) -> list[bytes]:
    """The entries of an entries.json as they are written, one a line."""
    return [row.removesuffix(b",") for row in data.split(b"\n") if row not in (b"[", b"]", b"[]", b"")]


def _lines(rows: list[bytes], others: set[bytes]) -> tuple[Line, ...]:
    """The entries whose rows are not among the others."""
    differing = [row for row in rows if row not in others]
    return entries_json.read_lines(b"[\n" + b",\n".join(differing) + b"\n]\n") if differing else ()


def _check_lines(found: Difference, content: Content, tally: Tally) -> None:
    was = {line.name: line for line in found.old}
    left = was.keys() - {line.name for line in found.new}
    strays = sorted(left ^ {one.name for one in content.gone})
    tally.expect(not strays, removed.NAME, f"is not what left since release {content.previous}: {', '.join(strays[:5])}")
    for line in found.new:
        tally.expect(
            _follows(was.get(line.name), line, content.serial), line.name, f"does not go with what release {content.previous} says of it"
        )


def _check_delta(found: Difference, there: ReleaseFolder, manifest: Manifest, content: Content, tally: Tally) -> None:
    name = file_name(delta, content)
    described = _described(name, manifest)
    # a file that is missing or does not read back has its fault already
    data = there.read(described, Tally()) if described else None
    try:
        said = delta.read_delta(data) if data is not None else None
    except (ValueError, RecursionError):
        return
    if said is None:
        return
    try:
        # what is the same in both must not be touched: the delta of the whole lists is that of what differs
        good = delta.apply_to(found.old, said) == found.new
    except ValueError:
        good = False
    tally.expect(good, name, f"applied to the entries of release {content.previous} does not give those of this one")


def _follows(before: Line | None, line: Line, serial: int) -> bool:
    """Whether a line that is not as it was says what became of it: new in this release, listed anew or changed by it."""
    return line.since == serial or (before is not None and line.changed == serial and line.since == before.since)
