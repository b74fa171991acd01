"""Words in pictures: what Tesseract reads on the screenshot of a page that a browser showed with little text. Optional: without Tesseract nothing is found.

A casino drawn as one picture says nothing to a reader of HTML. Reading a picture takes a second or more, so it is done only for front pages with little
text (`classifier.reading` hands no others' picture on), once a capture. A picture is misread easily: what is found is WEAK, and never more than a reason
not to call a page clear.

The picture is hostile input. Its top rows are unpacked within bounds and written anew as a plain PNG, so that the reader is given pixels and nothing else;
the reader is a child process with bounds on time and memory that may write no file. `pytesseract` (0.3.13) would do the same by temporary files and Pillow.
"""

import re
import resource
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casefile.records import Evidence, EvidenceKind, Strength
from casefile.reference import Reference
from classifier.detectors.finding import Finding, quote_around
from classifier.lexicon import APART, COMMON, concepts_in
from classifier.page import Page

NAME = "picture_text"
SUBJECT = "words in a picture"
PROGRAM = "tesseract"
INSTALL = "apt-get install tesseract-ocr tesseract-ocr-rus tesseract-ocr-kaz"
LANGUAGES = ("rus", "kaz", "eng")

SECONDS = 20.0
MEMORY = 1 << 30
"""Elapsed and processor time, and octets of memory, of the reader at most."""

LARGEST = 16_000_000
"""Octets of a picture at most; the renderer keeps four million."""

MOST_WIDTH, MOST_ROWS = 2_600, 1_800
"""Pixels: a wider picture is not read, of a longer one the top."""

LEAST_SIDE = 20

LEAST_SUBJECTS = 2
"""Subjects of gambling that a picture names from which the host is not clear: one may be misread."""

LONGEST_TEXT = 20_000
"""Characters of what was read that are searched."""

PNG = b"\x89PNG\r\n\x1a\n"
HEAD = struct.Struct(">IIBBBBB")
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values of a pixel by the colour type of PNG."""

WORDS = re.compile(r"[^\W_]{2,}")
"""What is kept of what was read: single letters and signs are mostly misread drawings."""


@dataclass(frozen=True, slots=True)
class PictureText:
    """Finds words of gambling that the screenshot of a page shows and its text lacks. `read`: gives the words in a PNG, Tesseract where None is given."""

    read: Callable[[bytes], str] | None = None
    name: str = NAME
    version: int = 1

    def find(self, page: Page, reference: Reference) -> Iterator[Finding]:  # noqa: ARG002  (every detector has this shape)
        """One finding a subject of gambling that the picture names and the text does not, in the order of the lexicon."""
        if page.screenshot is None:
            return
        text = (self.read or text_in)(page.screenshot)
        known = {concept for concept, _ in gambling_in(f"{page.title} {page.text}")}
        for concept, place in gambling_in(text):
            if concept in known:
                continue
            yield Finding(
                kind=EvidenceKind.GAMBLING,
                subject=SUBJECT,
                value=concept,
                strength=Strength.WEAK,
                quote=quote_around(text, place, place + 1),
                in_picture=True,
            )


def picture_doubts(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """In words what a picture of the host's reads, where it names `LEAST_SUBJECTS` subjects of gambling: such a host is not clear. `evidence`: of its last visit."""
    read: dict[int, list[Evidence]] = {}
    for one in evidence:
        if one.detector == NAME:
            read.setdefault(one.capture_id, []).append(one)
    told = (
        max(found, key=lambda one: len(one.quote)).quote for found in read.values() if len({one.value for one in found}) >= LEAST_SUBJECTS
    )
    return tuple(f"its picture reads: «{quote}»" for quote in dict.fromkeys(told))


def gambling_in(text: str) -> list[tuple[str, int]]:
    """The subjects of gambling that a text names, and where; not such as banks and shops name too."""
    folded = text.casefold()
    found = ((name, told) for name, told in concepts_in(folded).items() if name not in COMMON and name not in APART)
    return [(name, max(0, folded.find(word))) for name, (_, word) in found]


@cache
def tesseract() -> Path | None:
    """Where Tesseract is installed, None where it is not."""
    found = shutil.which(PROGRAM)
    return Path(found) if found else None


@cache
def languages() -> tuple[str, ...]:
    """Which of `LANGUAGES` Tesseract has; empty where it is not installed, or does not say."""
    program = tesseract()
    if program is None:
        return ()
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    has = set(told.stdout.decode("utf-8", "replace").split())
    return tuple(language for language in LANGUAGES if language in has)


def text_in(picture: bytes) -> str:
    """The words that Tesseract reads in a PNG, one line; empty where it reads none in time, is not installed, or the picture is none."""
    program, known = tesseract(), languages()
    plain = top_of(picture)
    if program is None or not known or not plain:
        return ""
    command = ["env", "OMP_THREAD_LIMIT=1", str(program), "stdin", "stdout", "-l", "+".join(known), "--psm", "11"]
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            told = _answer(child, plain)
    except OSError:
        return ""
    return "" if child.returncode else " ".join(WORDS.findall(told))[:LONGEST_TEXT]


def _answer(child: subprocess.Popen[bytes], picture: bytes) -> str:
    """What the child says of the picture, empty where it takes too long. It is bound before it is handed a byte, and writes no file."""
    try:
        for bound, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, int(SECONDS)), (resource.RLIMIT_FSIZE, 0)):
            resource.prlimit(child.pid, bound, (most, most))
        return child.communicate(picture, timeout=SECONDS)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return ""
    finally:
        child.kill()


def top_of(picture: bytes) -> bytes:
    """The top rows of a PNG as a new one of nothing but pixels; empty where it is damaged, interlaced, another format, too wide or too small to hold words."""
    if len(picture) > LARGEST or not picture.startswith(PNG):
        return b""
    chunks = list(_chunks(picture))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != HEAD.size:
        return b""
    width, height, depth, colour, _, _, interlaced = HEAD.unpack(chunks[0][1])
    rows = min(height, MOST_ROWS)
    if interlaced or depth not in (1, 2, 4, 8) or colour not in CHANNELS or not LEAST_SIDE <= width <= MOST_WIDTH or rows < LEAST_SIDE:
        return b""
    wanted = rows * (1 + (width * depth * CHANNELS[colour] + 7) // 8)
    try:
        pixels = zlib.decompressobj().decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"), wanted)
    except zlib.error:
        return b""
    if len(pixels) < wanted:
        return b""
    head = HEAD.pack(width, rows, depth, colour, 0, 0, 0)
    kept = [(kind, data) for kind, data in chunks if kind == b"PLTE"][:1]
    return PNG + b"".join(
        _chunk(kind, data) for kind, data in [(b"IHDR", head), *kept, (b"IDAT", zlib.compress(pixels, 1)), (b"IEND", b"")]
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of the chunks up to the end or the first that is cut."""
    place = len(PNG)
    while place + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        kind, data = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        if len(data) < length or kind == b"IEND":
            return
        yield kind, data
        place += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
