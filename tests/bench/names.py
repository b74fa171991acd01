"""Names a second: the scoring function beside the stock pipeline of scikit-learn on the same names in the same run, and `judge-names` from file to printed score.

    python -m tests.bench.names

Both are fitted on the same made-up names, and time is the processor's own, so that other load on the machine weighs on neither. Rounds alternate; the ratio is
the median of the rounds' ratios.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.name_model import NameJudge, load_names

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "data" / "model"
NAMES = 200_000
STOCK_NAMES = 20_000
LISTED = 1_000_000
ROUNDS = 5
GOAL = 20.0
GOAL_LISTED = 300_000.0
GOAL_START = 0.5

SYLLABLES = "ka to mar lin bet win go ra sol ve der nis port al shop news a i o un tech lab med ar is bo sa me".split()
SUFFIXES = ["com", "com", "com", "net", "org", "ru", "kz", "de", "co.uk", "info", "online", "io", "com.br", "fr"]


def make_names(count: int) -> list[str]:
    """Invented host names of the lengths that lists have (about 15 characters)."""
    draw = random.Random(5)
    names = []
    for _ in range(count):
        label = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 5)))
        number = str(draw.randint(1, 999)) if draw.random() < 0.2 else ""
        names.append(f"{'m.' if draw.random() < 0.05 else ''}{label}{'-' if draw.random() < 0.1 else ''}{number}.{draw.choice(SUFFIXES)}")
    return names


def stock_pipeline(names: Sequence[str]) -> Callable[[Sequence[str]], np.ndarray]:
    """HashingVectorizer char_wb 2 to 5 and LogisticRegression, fitted."""
    reader = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5))
    model = LogisticRegression().fit(reader.transform(names), ["win" in name for name in names])
    return lambda texts: np.asarray(model.predict_proba(reader.transform(texts))[:, 1])


def rate(score: Callable[[Sequence[str]], object], names: Sequence[str]) -> float:
    """Names a second of processor time."""
    begun = time.process_time()
    score(names)
    return len(names) / (time.process_time() - begun)


def start_and_list(names: Sequence[str]) -> tuple[float, float, float]:
    """Seconds until `judge-names` has judged one name and ended, processor's and clock's; names a second of the processor for the whole list."""
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.txt", Path(folder) / "many.txt"
        one.write_text("casino.example\n")
        many.write_text("\n".join(names) + "\n")
        starts = [judged(one, folder) for _ in range(ROUNDS)]
        whole = min(judged(many, folder)[0] for _ in range(2))
    return min(seconds for seconds, _ in starts), min(clock for _, clock in starts), len(names) / whole


def judged(file: Path, state: str) -> tuple[float, float]:
    """Processor's and clock's seconds of one run of `judge-names`."""
    before, begun = os.times(), time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        subprocess.run([sys.executable, "-m", "cli", "--state", state, "judge-names", str(file)], check=True, stdout=nowhere, cwd=ROOT)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, time.perf_counter() - begun


def measure() -> list[str]:
    """The figures as lines for people, each goal with whether it is met."""
    names = make_names(NAMES)
    judge: NameJudge = load_names(MODEL)
    stock = stock_pipeline(names[:STOCK_NAMES])
    ours_rates, stock_rates = [], []
    for _ in range(ROUNDS):
        ours_rates.append(rate(judge.judge_names, names))
        stock_rates.append(rate(stock, names[:STOCK_NAMES]))
    ratio = statistics.median(one / other for one, other in zip(ours_rates, stock_rates, strict=True))
    start, clock, listed = start_and_list(make_names(LISTED))
    return [
        f"names: {NAMES} invented names, {ROUNDS} alternating rounds, one core, processor time",
        f"  stock scikit-learn pipeline         {statistics.median(stock_rates):9.0f} names/s",
        f"  scoring function                    {statistics.median(ours_rates):9.0f} names/s",
        f"  median ratio of a round {ratio:.1f}, goal {GOAL:.0f} or better: {told(ratio >= GOAL)}",
        f"  judge-names, {LISTED} names from file to printed score {listed:.0f} names/s, goal {GOAL_LISTED:.0f}: {told(listed >= GOAL_LISTED)}",
        f"  judge-names, one name: {start:.2f} s of processor, {clock:.2f} s by the clock, goal {GOAL_START}: {told(clock <= GOAL_START)}",
    ]


def told(met: bool) -> str:
    """Whether a goal is met."""
    return "met" if met else "NOT MET"


if __name__ == "__main__":
    print("\n".join(measure()))
