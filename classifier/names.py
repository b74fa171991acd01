"""Host names as hashed character n-grams, scored many at once: numpy only.

A name is read in its Unicode form (A-labels decoded), without `www.`, between the marks `^` and `$`; n-grams of 2 to 5 characters become buckets by a
rolling polynomial over code points, so that a million names need no loop over characters in Python.
"""

from collections.abc import Sequence

import idna
import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 17
SIZES = (2, 3, 4, 5)
CHUNK = 20_000
"""Names worked on at once: what they need fits a processor's cache better than all at a time."""

PRIME = np.uint64(1_000_003)
MIX = np.uint64(0x9E3779B97F4A7C15)


def readable(name: str) -> str:
    """A host name as the model reads it: lower case, without `www.`, A-labels decoded where they can be. At most 253 characters."""
    plain = name.strip().lower()[:253].removeprefix("www.").strip(".")
    if "xn--" not in plain:
        return plain
    return ".".join(_u_label(label) for label in plain.split("."))


def grams(names: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and buckets of all n-grams of the names: two int64 arrays of one length, row = position of the name."""
    marked = [f"^{readable(name)}$" for name in names]
    lengths = np.fromiter(map(len, marked), dtype=np.int64, count=len(marked))
    points = np.frombuffer("".join(marked).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    rows = np.repeat(np.arange(len(marked), dtype=np.int64), lengths)
    all_rows, all_buckets = [], []
    rolled = np.zeros(len(points), dtype=np.uint64)
    for size in range(1, max(SIZES) + 1):
        kept = len(points) - size + 1
        if kept <= 0:
            break
        rolled = rolled[:kept] * PRIME + points[size - 1 :] + np.uint64(1)
        if size in SIZES:
            inside = rows[:kept] == rows[size - 1 :]
            all_rows.append(rows[:kept][inside])
            all_buckets.append((((rolled[inside] + np.uint64(size)) * MIX) >> np.uint64(47)).astype(np.int64))
    if not all_rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(all_rows), np.concatenate(all_buckets)


def name_scores(names: Sequence[str], weights: npt.NDArray[np.floating], intercept: float) -> npt.NDArray[np.float64]:
    """P(gambling) of every name, shape (names,). An empty name has the probability of no n-grams at all."""
    scores = np.zeros(len(names))
    exact = weights.astype(np.float64)
    for begin in range(0, len(names), CHUNK):
        part = names[begin : begin + CHUNK]
        rows, buckets = grams(part)
        sums = np.bincount(rows, weights=exact[buckets], minlength=len(part))
        counts = np.bincount(rows, minlength=len(part))
        scores[begin : begin + len(part)] = sums / np.sqrt(np.maximum(counts, 1)) + intercept
    return 1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))


def _u_label(label: str) -> str:
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except (idna.IDNAError, UnicodeError):
        return label
