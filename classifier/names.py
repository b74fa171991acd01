"""Host names as hashed character n-grams, scored a million a second: numpy only.

A name is split at its last dot. The host stands between dots (`.casino-x.`), so that a dot marks where a label begins and ends. Two readings of it are cut
into n-grams: one of all characters with digits folded (one between letters becomes the letter that it looks like, others `#`), one of the stretches that
hold digits as they are. The suffix is one feature of its own; two-letter country suffixes are one and the same, so that a country is no evidence.
An n-gram's bucket is a rolling polynomial over octets in 32 bits; its weight stands in one table. The score is the sum of the host's weights divided by the
fourth root of their number (`share_of`), plus the suffix's weight, plus the intercept.

Names that are not plain ASCII go through `classifier.name_spelling` first; the rest of the way is the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

BITS = 18
BUCKETS = 1 << BITS
FOLDED_SIZES = (3, 4, 5, 6, 7)
DIGIT_SIZES = (3, 4, 5)
CHUNK = 8_192
"""Names worked on at once: what they need fits a processor's cache better than all at a time."""

FACTOR = np.uint32(16_777_619)
MIX = np.uint32(0x9E3779B1)
SHIFT = np.uint32(32 - BITS)
FOLDED, AS_WRITTEN = 0, 0x51ED2705
"""What sets the n-grams of the two readings apart."""

NEWLINE, DOT, HYPHEN, NUMBER = 10, 46, 45, 35
SUFFIX_LENGTH = 8
"""Octets of a suffix that count."""

NOT_COUNTRIES = ("io", "me", "co", "cc", "tv", "ai", "gg", "to", "ws")
"""Country suffixes that anyone takes: each is a feature of its own, as `com` is."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Names ready to be hashed. `folded` and `written` are the hosts end to end, dots around each; `starts` and `lengths` say where each stands;
    `suffixes` are buckets.
    """

    folded: Octets
    written: Octets
    starts: Places
    lengths: Places
    suffixes: Hashes


def name_scores(names: Sequence[str], weights: npt.NDArray[np.floating], intercept: float) -> npt.NDArray[np.float64]:
    """P(gambling) of every name, shape (names,). `weights` (BUCKETS,); an empty name has the probability of no n-grams at all."""
    return 1.0 / (1.0 + np.exp(-np.clip(name_odds(names, weights, intercept), -30.0, 30.0)))


def name_odds(names: Sequence[str], weights: npt.NDArray[np.floating], intercept: float) -> npt.NDArray[np.float64]:
    """The log-odds of every name, shape (names,)."""
    table = np.ascontiguousarray(weights, dtype=np.float32)
    odds = np.empty(len(names), dtype=np.float32)
    for begin in range(0, len(names), CHUNK):
        part = names[begin : begin + CHUNK]
        odds[begin : begin + len(part)] = _odds(cut(part), table)
    return odds.astype(np.float64) + intercept


def grams(names: Sequence[str]) -> tuple[Places, Places, Places]:
    """Rows and buckets of all n-grams of the names, row = position of the name; and the bucket of every name's suffix, shape (names,)."""
    ready = cut(names)
    rows = np.repeat(np.arange(len(names)), ready.lengths)
    left = np.repeat(ready.starts + ready.lengths, ready.lengths) - np.arange(len(rows))
    parts = []
    for size, buckets in _folded(ready):
        inside = left[: len(buckets)] >= size
        parts.append((rows[: len(buckets)][inside], buckets[inside]))
    parts.extend((rows[places], buckets) for places, buckets in _with_digits(ready))
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), ready.suffixes.astype(np.int64)
    return (
        np.concatenate([row for row, _ in parts]),
        np.concatenate([one for _, one in parts]).astype(np.int64),
        ready.suffixes.astype(np.int64),
    )


def share_of(counts: Places) -> npt.NDArray[np.float64]:
    """What one n-gram of a host with so many counts, shape as `counts`: their number's fourth root shares less out than its square root does, so that the
    word `casino` weighs nearly the same in a long name as in a short one.
    """
    return np.asarray(1.0 / np.sqrt(np.sqrt(np.maximum(counts, 1))))


def bucket_of(text: str) -> int | None:
    """The bucket of one n-gram, in the reading it belongs to: text with digits as it is written; None where no size holds it."""
    octets = np.frombuffer(text.encode("latin-1"), dtype=np.uint8)
    digits = DIGIT[octets].any()
    if len(octets) not in (DIGIT_SIZES if digits else FOLDED_SIZES):
        return None
    rolled = np.zeros(1, dtype=np.uint32)
    for octet in octets.astype(np.uint32) + np.uint32(1):
        rolled = rolled * FACTOR + octet
    return int(_mixed(rolled, len(octets), AS_WRITTEN if digits else FOLDED)[0])


def cut(names: Sequence[str]) -> Cut:
    """Split, join and fold names. All octets are below 128 but those that `classifier.name_spelling` made."""
    octets = np.frombuffer(_joined(names), dtype=np.uint8)
    ends = np.flatnonzero(octets == NEWLINE)[1:]
    begins = np.concatenate(([1], ends[:-1] + 1)) if len(ends) else np.zeros(0, dtype=np.int64)
    dots = np.flatnonzero(octets == DOT)
    last = dots[np.searchsorted(dots, ends) - 1]
    kept = np.zeros(len(octets) + 1, dtype=np.int8)
    kept[begins - 1] = 1
    kept[last + 1] -= 1
    written = octets[np.cumsum(kept[:-1], dtype=np.int8).view(np.bool_)]
    written[written == NEWLINE] = DOT
    lengths = last - begins + 2
    return Cut(_digits_folded(written), written, np.cumsum(lengths) - lengths, lengths, _suffixes(octets, last + 1, ends))


def _joined(names: Sequence[str]) -> bytes:
    """The names as octets, a newline before, between and after; each holds a dot. Most are joined as they are; the others are spelled out."""
    text = "\n".join(("", *names, "")).lower()
    strange = [False] * len(names)
    if not text.isascii() or text.count("\n") != len(names) + 1:
        strange = [not name.isascii() or "\n" in name for name in names]
        text = "\n".join(("", *("" if odd else name for name, odd in zip(names, strange, strict=True)), "")).lower()
    octets = text.encode("ascii")
    odd = np.flatnonzero(_odd(np.frombuffer(octets, dtype=np.uint8)))
    return _spelled(names, octets, odd.tolist()) if len(odd) else octets


def _spelled(names: Sequence[str], octets: bytes, odd: Sequence[int]) -> bytes:
    """The joined names with the odd ones spelled out."""
    from classifier.name_spelling import spelled  # not needed for most lists, and costs a start

    lines = octets.split(b"\n")
    for place in odd:
        lines[place + 1] = spelled(names[place])
    return b"\n".join(lines)


def _odd(octets: Octets) -> Flags:
    """Which names between newlines cannot be read as they are: strange characters, A-labels, `www.`, no dot inside, too long, dots at an end."""
    ends = np.flatnonzero(octets == NEWLINE)
    begins, ends = ends[:-1] + 1, ends[1:]
    odd = np.asarray(ends - begins > 253)
    plain = PLAIN[octets]
    if not plain.all():
        odd[np.searchsorted(ends, np.flatnonzero(~plain))] = True
    first = octets[begins]
    odd |= (first == DOT) | (first == NEWLINE) | (octets[ends - 1] == DOT)
    dots = np.flatnonzero(octets == DOT)
    odd |= np.searchsorted(dots, begins) == np.searchsorted(dots, ends)
    where = begins[first == ord("w")]
    www = where[(octets[where + 1] == ord("w")) & (octets[np.minimum(where + 3, len(octets) - 1)] == DOT)]
    odd[np.searchsorted(ends, www)] = True
    hyphens = np.flatnonzero(octets == HYPHEN)
    doubled = hyphens[1:][hyphens[1:] - hyphens[:-1] == 1]
    odd[np.searchsorted(ends, doubled[octets[doubled - 2] == ord("n")])] = True
    return odd


def _digits_folded(written: Octets) -> Octets:
    """Digits between letters as the letters that they look like, other digits as `#`."""
    folded = written.copy()
    places = np.flatnonzero(DIGIT[written])
    digits = written[places]
    between = LETTER[written[places - 1]] & LETTER[written[places + 1]]
    folded[places] = np.where(between, AS_LETTER[digits], NUMBER)
    return folded


def _suffixes(octets: Octets, begins: Places, ends: Places) -> Hashes:
    """The bucket of every suffix; two-letter ones of countries share one."""
    rolled = np.zeros(len(begins), dtype=np.uint32)
    for place in range(SUFFIX_LENGTH):
        where = begins + place
        rolled = np.where(where < ends, rolled * FACTOR + octets[np.minimum(where, ends)] + np.uint32(1), rolled)
    country = (ends - begins == 2) & ~(rolled[:, None] == COUNTRYLESS).any(axis=1)
    return _mixed(np.where(country, np.uint32(2), rolled), 0, FOLDED)


def _folded(ready: Cut) -> Iterator[tuple[int, Hashes]]:
    """Size and buckets of the n-grams of the folded reading, one at every place where that many octets follow, across names too."""
    octets = ready.folded.astype(np.uint32) + np.uint32(1)
    rolled = octets
    for size in range(2, max(FOLDED_SIZES) + 1):
        if len(octets) < size:
            return
        rolled = rolled[:-1] * FACTOR
        rolled += octets[size - 1 :]
        if size in FOLDED_SIZES:
            yield size, _mixed(rolled, size, FOLDED)


def _with_digits(ready: Cut) -> Iterator[tuple[Places, Hashes]]:
    """Places and buckets of the n-grams as written that hold a digit and something else, none across names."""
    digit = DIGIT[ready.written]
    some = every = digit
    written = ready.written
    for size in range(2, max(DIGIT_SIZES) + 1):
        if len(written) < size:
            return
        some, every = some[:-1] | digit[size - 1 :], every[:-1] & digit[size - 1 :]
        if size not in DIGIT_SIZES:
            continue
        places = np.flatnonzero(some & ~every)
        rolled = np.zeros(len(places), dtype=np.uint32)
        crossed = np.zeros(len(places), dtype=np.bool_)
        before = np.zeros(len(places), dtype=np.uint8)
        for step in range(size):
            octets = written[places + step]
            crossed |= (octets == DOT) & (before == DOT)
            before = octets
            rolled = rolled * FACTOR + octets + np.uint32(1)
        yield places[~crossed], _mixed(rolled, size, AS_WRITTEN)[~crossed]


def _odds(ready: Cut, table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Log-odds without the intercept. N-grams across names are struck out afterwards, which costs less than asking each."""
    sums = np.zeros(len(ready.folded), dtype=np.float32)
    ends = ready.starts + ready.lengths
    found = [(size, table.take(buckets, mode="clip")) for size, buckets in _folded(ready)]
    for size, values in reversed(found):
        sums[: len(values)] += values
        sums[np.maximum(ends - (size - 1), ready.starts)] = 0.0
    sums[ends - 1] = 0.0
    counts = np.zeros(len(ready.lengths), dtype=np.int64)
    for size in FOLDED_SIZES:
        counts += np.maximum(ready.lengths - (size - 1), 0)
    total = np.add.reduceat(sums, ready.starts) if len(sums) else np.zeros(0, dtype=np.float32)
    for places, buckets in _with_digits(ready):
        rows = np.searchsorted(ready.starts, places, side="right") - 1
        counts += np.bincount(rows, minlength=len(counts))
        total += np.bincount(rows, weights=table[buckets], minlength=len(counts)).astype(np.float32)
    return np.asarray(total * share_of(counts).astype(np.float32) + table[ready.suffixes])


def _mixed(rolled: Hashes, size: int, reading: int) -> Hashes:
    mixed = rolled + np.uint32((size * 2_654_435_761 + reading) % 2**32)
    mixed *= MIX
    mixed >>= SHIFT
    return mixed


def _members(letters: str) -> Flags:
    found = np.zeros(256, dtype=np.bool_)
    found[[ord(letter) for letter in letters]] = True
    return found


def _digits_as(letters: dict[str, str]) -> Octets:
    table = np.arange(256, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = NUMBER
    for digit, letter in letters.items():
        table[ord(digit)] = ord(letter)
    return table


DIGIT = _members("0123456789")
LETTER = _members("abcdefghijklmnopqrstuvwxyz")
PLAIN = _members("abcdefghijklmnopqrstuvwxyz0123456789-_.\n")
AS_LETTER = _digits_as({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"})
COUNTRYLESS = np.array([(ord(suffix[0]) + 1) * int(FACTOR) + ord(suffix[1]) + 1 for suffix in NOT_COUNTRIES], dtype=np.uint64).astype(
    np.uint32
)
