"""Response bodies decoded by what they are, not by what they claim: content encoding, then characters. Pure, with a ceiling on what is unpacked."""

import re
import zlib
from itertools import islice, pairwise

import brotli

from casefile.errors import CasefileError

PAGE_LIMIT = 5_000_000
"""Octets of an unpacked page at most."""

LAYERS = 3
"""Content encodings over one another at most; two are seen in the wild, where a server packs what its application had packed."""

MOST_MEMBERS = 100
"""Members of one gzip body at most: a quarter of a million empty ones fit in 12 kB, and each costs a call."""

META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=[\s"']{0,9}([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"""charset\s{0,9}=[\s"']{0,9}([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
"""Every repetition is bounded, so that no page can make a search quadratic."""
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

CHARSETS = {
    "cp1252": ("windows-1252", "cp1252", "iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"),
    "cp1251": ("windows-1251", "cp1251", "cp-1251", "win-1251", "x-cp1251"),
    "koi8-r": ("koi8-r", "koi8", "koi"),
    "koi8-u": ("koi8-u", "koi8-ru"),
    "cp866": ("cp866", "ibm866", "866"),
    "iso8859-5": ("iso-8859-5", "iso8859-5", "cyrillic"),
    "kz1048": ("kz-1048", "kz1048", "strk1048.2002"),
    "mac-cyrillic": ("x-mac-cyrillic",),
    "cp1250": ("windows-1250", "cp1250"),
    "cp1253": ("windows-1253", "cp1253"),
    "cp1254": ("windows-1254", "cp1254", "iso-8859-9", "latin5"),
    "cp1255": ("windows-1255", "cp1255"),
    "cp1256": ("windows-1256", "cp1256"),
    "cp1257": ("windows-1257", "cp1257"),
    "cp1258": ("windows-1258", "cp1258"),
    "iso8859-2": ("iso-8859-2", "latin2"),
    "iso8859-15": ("iso-8859-15", "latin9"),
    "gb18030": ("gb18030", "gbk", "gb2312"),
    "big5": ("big5", "big5-hkscs"),
    "cp932": ("shift_jis", "shift-jis", "x-sjis", "windows-31j"),
    "euc-jp": ("euc-jp",),
    "cp949": ("euc-kr", "ks_c_5601-1987", "windows-949"),
    "utf-16-le": ("utf-16", "utf-16le"),
    "utf-16-be": ("utf-16be",),
}
"""Python's codec and the labels it is read for (WHATWG Encoding). A list, because a page may name any of Python's codecs, and some of them never end."""

CODECS = {label: codec for codec, labels in CHARSETS.items() for label in labels}

BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"\x7fELF", b"MZ", b"RIFF", b"\x00\x00\x00\x18ftyp", b"Rar!")
ZSTD = b"\x28\xb5\x2f\xfd"

CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso8859-5")
LETTERS = {
    letter: share
    for share, letters in ((0.09, "оеа"), (0.06, "интс"), (0.04, "рвл"), (0.03, "кмдпы"), (0.02, "уяьгзқі"), (0.01, "бчйхжшғңөұүә"))
    for letter in letters
}
"""About how often the letters of Russian and Kazakh come (letter counts of both languages, rounded)."""

LIKE_WORDS = 0.03
"""Mean of LETTERS above which text is Russian or Kazakh: read right it has about 0.05, in the wrong Cyrillic charset up to 0.035, else under 0.02."""

HIGH_RUNS = re.compile(rb"[\x80-\xff]{2,}")
LONGEST_RUN = 200
SAMPLE = 400
"""Runs of octets beyond ASCII that are looked at to tell one Cyrillic charset from another."""

ASCII = bytes(range(128))
CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


class BodyUnreadable(CasefileError):
    """The body cannot be turned into text; the text says why. Callers record it as an outcome."""


class BodyTooLarge(BodyUnreadable):
    """The body unpacks to more than the limit (a bomb, or a page no person reads)."""


def unpacked(payload: bytes, content_encoding: str, *, limit: int = PAGE_LIMIT) -> bytes:
    """`payload` without its content encoding; what is really there is trusted over `content_encoding`. Raises `BodyUnreadable`.

    A body that breaks off gives what had come of it, as a browser shows it.
    """
    claims = {claim.strip() for claim in content_encoding.lower().split(",")}
    for _ in range(LAYERS):
        layer = _without_one_layer(payload, claims, limit)
        if layer is None:
            break
        payload = layer
    if payload.startswith((b"\x1f\x8b", ZSTD)):
        raise BodyUnreadable(f"packed more than {LAYERS} times, or with zstd, which was not asked for")
    if len(payload) > limit:
        raise BodyTooLarge(f"over {limit:,} octets")
    return payload


def text_of(body: bytes, content_type: str = "") -> str:
    """The characters of an unpacked body. Raises `BodyUnreadable` for binary data.

    Order: byte order mark, UTF-16 by its zeros, valid UTF-8, the declared charset where it fits, nearly UTF-8, Cyrillic single-byte, Windows-1252.
    """
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if wide := _utf16(body):
        return body.decode(wide, "replace")
    if body.startswith(BINARY) or _controls(body[:4096]) > len(body[:4096]) // 20:
        raise BodyUnreadable("binary data, not a page")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # cut in the middle of a character
            return body[: error.start].decode("utf-8")
    return _single_byte(body, _declared(body, content_type))


def _single_byte(body: bytes, declared: str) -> str:
    """Text that is not valid UTF-8: a declared Cyrillic or Western charset is believed only where its letters make words."""
    runs = b" ".join(found.group()[:LONGEST_RUN] for found in islice(HIGH_RUNS.finditer(body), SAMPLE))
    scores = {name: _likeness(runs.decode(name, "replace")) for name in CYRILLIC}
    best = max(scores, key=lambda name: (scores[name], name == declared))
    cyrillic = scores[best] > LIKE_WORDS and _stands_in_runs(body)
    believed = declared in scores and scores[declared] > 0.8 * scores[best]
    western_or_wide = declared not in scores and not (declared == "cp1252" and cyrillic)
    if declared and (believed or western_or_wide) and (text := _strict(body, declared)) is not None:
        return text
    if _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(best if cyrillic else declared or "cp1252", "replace")


def _without_one_layer(payload: bytes, claims: set[str], limit: int) -> bytes | None:
    """`payload` with one encoding taken off, None where it has none. A claim of an encoding without a signature is tried once, and then spent."""
    if payload.startswith(b"\x1f\x8b"):
        return _gunzip(payload, limit)
    if "br" in claims:
        claims.discard("br")
        return _try_brotli(payload, limit)
    if "deflate" in claims:
        claims.discard("deflate")
        return _try_deflate(payload, limit)
    return None


def _gunzip(payload: bytes, limit: int) -> bytes:
    """All members of a gzip body; what follows the last one is ignored, as browsers do."""
    body = b""
    members = 0
    while payload.startswith(b"\x1f\x8b"):
        members += 1
        if members > MOST_MEMBERS:
            raise BodyTooLarge(f"more than {MOST_MEMBERS} gzip members")
        part, payload, _ = _inflate(payload, 31, limit)
        body += part
        if len(body) > limit:
            raise BodyTooLarge(f"unpacks to more than {limit:,} octets")
    return body


def _inflate(payload: bytes, bits: int, limit: int) -> tuple[bytes, bytes, bool]:
    """What `payload` unpacks to, what follows it, and whether it came to its end."""
    unpacker = zlib.decompressobj(bits)
    try:
        body = unpacker.decompress(payload, limit + 1)
    except zlib.error as error:
        raise BodyUnreadable(f"broken compression: {error}") from None
    if len(body) > limit:
        raise BodyTooLarge(f"unpacks to more than {limit:,} octets")
    return body, unpacker.unused_data, unpacker.eof


def _try_deflate(payload: bytes, limit: int) -> bytes:
    for bits in (15, -15):  # with the zlib wrapper, as the standard says, and without, as some servers do
        try:
            body, _, ended = _inflate(payload, bits, limit)
        except BodyTooLarge:
            raise
        except BodyUnreadable:
            continue
        if ended or bits == 15:
            return body
    return payload


def _try_brotli(payload: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    try:
        body: bytes = unpacker.process(payload, output_buffer_limit=limit + 1)
    except brotli.error:
        return payload
    if len(body) > limit or not unpacker.can_accept_more_data():
        raise BodyTooLarge(f"unpacks to more than {limit:,} octets")
    return body if unpacker.is_finished() or body else payload


def _declared(body: bytes, content_type: str) -> str:
    """The codec of the charset that header or page declare, empty where none or UTF-8."""
    inside = META_CHARSET.search(body[:4096])
    beside = HEADER_CHARSET.search(content_type)
    labels = (beside.group(1) if beside else "", inside.group(1).decode("ascii") if inside else "")
    return next((CODECS[label.lower()] for label in labels if label.lower() in CODECS), "")


def _utf16(body: bytes) -> str:
    """Which UTF-16 a body without a mark is, empty where none: blanks and markup have a zero in one half of the octet, never in the other."""
    start = body[:4096]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if min(even, odd) > 0 or max(even, odd) <= len(start) // 40:
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def _controls(octets: bytes) -> int:
    """How many octets are controls that no text has."""
    return len(octets) - len(octets.translate(None, CONTROLS))


def _strict(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _stands_in_runs(body: bytes) -> bool:
    """Whether the octets beyond ASCII come in words: a Western text has one here and there."""
    high = len(body.translate(None, ASCII))
    alone = len(HIGH_RUNS.sub(b"", body).translate(None, ASCII))
    return alone < 0.3 * high


def _mostly_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") < 0.02 * len(text.encode().translate(None, ASCII)) / 2


def _likeness(text: str) -> float:
    """How much `text` is like Russian or Kazakh: the mean share of its letters, less what has a capital after a small letter."""
    letters = text.replace(" ", "")
    if not letters:
        return 0.0
    shares = sum(LETTERS.get(letter, 0.0) for letter in letters.lower())
    odd = sum(small.islower() and capital.isupper() for small, capital in pairwise(text))
    return (shares - 0.1 * odd) / len(letters)
