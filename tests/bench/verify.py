"""Verifying a release of 100,000 entries in every format, the release before it beside: seconds of the processor, and the most memory it takes.

    python -m tests.bench.verify

Names are invented, every twentieth of another script, a tenth exact; a thousand are new, two hundred are renewed, two hundred left. `verify` runs in a process of its own,
as an ISP's would, on one core.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from blocklist.content import Content, Gone, Line
from casefile.hostname import unicode_of
from casefile.records import Scope
from tests.bench.names import told
from tests.blocklist.pressing import FIRST, SECOND, Keys, content, line, press

ENTRIES = 100_000
NEW, RENEWED, LEFT = 1_000, 200, 200
GOAL_SECONDS = 10.0
WORDS = ("казино", "слот", "ставка", "бонус", "удача", "джекпот")
ROOT = Path(__file__).resolve().parents[2]


def names(count: int) -> Iterator[str]:
    """Invented names of the lengths that lists have, sorted by nothing."""
    for number in range(count):
        if number % 20:
            yield f"casino-{number * 7919 % 1_000_003}.{'kz.example' if number % 3 else 'test'}"
        else:
            word = f"{WORDS[number % len(WORDS)]}{number}"
            yield f"{word.encode('idna').decode()}.example"


def entry(name: str, number: int) -> Line:
    """An entry as the case file gives it."""
    made = line(name, Scope.SUBDOMAINS if number % 10 else Scope.EXACT)
    return replace(made, unicode_name=unicode_of(name), family=f"family-{number % 500}", legal_act=f"{number % 300}/2026")


def releases() -> tuple[Content, Content]:
    """The release of yesterday and that of today."""
    entries = [entry(name, number) for number, name in enumerate(names(ENTRIES + LEFT))]
    left, renewed, new = entries[:LEFT], entries[LEFT : LEFT + RENEWED], entries[-NEW:]
    kept = entries[LEFT + RENEWED : -NEW]
    changed = [replace(one, changed=SECOND, expires_at="2027-05-19T20:00:00Z") for one in renewed]
    listed = [replace(one, since=SECOND, changed=SECOND) for one in new]
    gone = [Gone(name=one.name, cause="expiry", reason="expired on 2026-11-20") for one in left]
    return content(FIRST, 0, [*left, *renewed, *kept]), content(SECOND, FIRST, [*kept, *changed, *listed], gone)


VERIFY = """
import resource, sys
from pathlib import Path
from blocklist.signing import load_keys
from blocklist.verify import verify
from casefile.reference import load_reference

report = verify(Path(sys.argv[1]), load_reference([Path(sys.argv[2])]), keys=load_keys(Path(sys.argv[3])))
own = resource.getrusage(resource.RUSAGE_SELF)
print(own.ru_utime + own.ru_stime, own.ru_maxrss // 1024, report.checked, len(report.faults))
"""


def verified(folder: Path, keys: Path) -> tuple[float, int, int, int]:
    """Processor seconds of the whole process, MB, checks and faults."""
    words = [sys.executable, "-c", VERIFY, str(folder), str(ROOT / "data" / "reference"), str(keys)]
    ran = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    seconds, memory, checks, faults = ran.stdout.split()
    return float(seconds), int(memory), int(checks), int(faults)


def measure() -> list[str]:
    """The figures as lines for people."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        keys = Keys(place / "keys")
        before, now = releases()
        press(place, before, keys.now, usual=1000)
        made = press(place, now, keys.now, usual=1000)
        size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
        seconds, memory, checks, faults = min(verified(made, place / "keys") for _ in range(2))
    return [
        f"verify: {ENTRIES} entries in every format ({size / 1e6:.0f} MB), signed, beside the release before it",
        f"  {checks} checks, {faults} faults, {seconds:.1f} s of one core, {memory} MB at most; goal {GOAL_SECONDS:.0f} s: {told(seconds <= GOAL_SECONDS and not faults)}",
    ]


if __name__ == "__main__":
    print("\n".join(measure()))
