"""Seconds and memory of writing a release in all formats, manifest and signature too, and of reading every file back, at 1,000 and at 100,000 names.

    python -m tests.bench.export

Each size runs in a process of its own, which tells its peak memory (VmHWM) when all files are written and held at once, as `publish` holds them, and again when all are
read back. Time is the processor's own. The list: one name in five is exact, one in twenty in another script, one in ten lies under another, 1,000 are new, 1,000 renewed.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from blocklist import manifest as manifests
from blocklist.content import CANARY_TIMES, Content, Gone, Grounds, Line, canary_line
from blocklist.formats import FORMATS, file_name
from blocklist.keyring import Keyring
from blocklist.manifest import FORMAT, Manifest
from blocklist.signing import sign
from casefile.hostname import Door, normalise, unicode_of
from casefile.outcomes import Outcome
from casefile.records import (
    Action,
    ArchiveRef,
    Band,
    Canary,
    Capture,
    Decision,
    Evidence,
    EvidenceKind,
    How,
    Label,
    LogHead,
    PageKind,
    Reason,
    Scope,
    Strength,
    Vantage,
    Verdict,
)

ROOT = Path(__file__).resolve().parents[2]
SIZES = (1_000, 100_000)
SERIAL, BEFORE = 2026112101, 2026112100
GOAL_SECONDS = 10.0
GOAL_MEGABYTES = 500

SYLLABLES = "ka to mar lin bet win go ra sol ve der nis port al shop cas ino a i o un tech lab slot bo sa me".split()
LETTERS = "казинобетслотвулкан"
SUFFIXES = ["com", "com", "net", "org", "ru", "online", "site", "xyz", "co.uk", "info"]


def content_of_size(size: int) -> Content:
    """An invented list of so many names and the canary."""
    draw, door = random.Random(5), Door(("example",))
    canary = Canary(listed="listed.canary.mirrorwatch.example", free="free.canary.mirrorwatch.example", since=BEFORE)
    names = sorted(_names(draw, size))
    fresh = set(draw.sample(range(size), 2 * min(1000, size // 4)))
    renewed = {number for number in fresh if number % 2}
    lines = [_line(draw, name, new=number in fresh - renewed, renewed=number in renewed) for number, name in enumerate(names)]
    return Content(
        serial=SERIAL,
        previous=BEFORE,
        made_at="2026-11-21T20:00:00Z",
        origin="rpz.mirrorwatch.example",
        block_page="blocked.mirrorwatch.example",
        block_address="192.0.2.1",
        lines=tuple(sorted([*lines, canary_line(canary)], key=lambda line: line.name)),
        grounds=tuple(_grounds(line, door) for line in lines if line.since == SERIAL),
        gone=tuple(Gone(name=f"gone-{number}.example", cause="expiry", reason="expired on 2026-11-20") for number in range(10)),
    )


def _names(draw: random.Random, size: int) -> set[str]:
    names: set[str] = set()
    parents: list[str] = ["first.example"]
    while len(names) < size:
        if draw.random() < 0.1:
            name = f"{draw.choice(['m', 'www', 'play', 'go'])}.{draw.choice(parents)}"
        else:
            other = draw.random() < 0.055
            label = "".join(draw.choices(LETTERS, k=draw.randint(5, 12)) if other else draw.choices(SYLLABLES, k=draw.randint(2, 5)))
            name = normalise(f"{label}{draw.randint(1, 9999)}.{draw.choice(SUFFIXES)}")
            parents.append(name)
        names.add(name)
    return names


def _line(draw: random.Random, name: str, *, new: bool, renewed: bool) -> Line:
    day, last = draw.randint(1, 20), draw.randint(1, 28)
    return Line(
        name=name,
        unicode_name=unicode_of(name),
        scope=(Scope.EXACT if draw.random() < 0.2 else Scope.SUBDOMAINS).value,
        family=f"family-{draw.randint(1, 3000)}.example",
        reason="gambling operator",
        legal_act=f"{draw.randint(1, 300)}/2026",
        listed_at=f"2026-11-{day:02}T20:00:00Z",
        expires_at=f"2027-02-{last:02}T20:00:00Z",
        since=SERIAL if new else BEFORE,
        changed=SERIAL if new or renewed else BEFORE,
    )


def _grounds(line: Line, door: Door) -> Grounds:
    """Eight pieces of evidence on four captures, as a host of a real night has them."""
    host = door.parse(line.name)
    moment = datetime(2026, 11, 21, 20, tzinfo=UTC)
    vantage = Vantage(name="kz-desktop", egress="direct", country="KZ", language="ru", user_agent="bench")
    ref = ArchiveRef(file="a.warc.gz", offset=0, record_id="<urn:uuid:1>", kind="response", sha256="ab" * 32)
    captures = tuple(
        Capture(
            id=number, host=host, url=f"https://{host}/", page=PageKind.LANDING, how=How.STATIC, vantage=vantage, outcome=Outcome.OK, status=200,
            records=(ref, ref), body_sha256="ab" * 32, body_size=9, replayed_from=None, final_url="", title="", taken_at=moment,
        )
        for number in range(4)
    )  # fmt: skip
    evidence = tuple(
        Evidence(
            host=host, capture_id=number, url=f"https://{host}/", kind=EvidenceKind.PAYMENT, subject="invented", value=f"merchant {number}",
            strength=Strength.STRONG, quote="пополнить счёт " * 8, record=ref, detector="bench", found_at=moment,
        )
        for number in range(8)
    )  # fmt: skip
    verdict = Verdict(
        host=host, label=Label.OPERATOR, probability=0.97, name_probability=0.9, band=Band.MIRROR, reasons=(Reason(text="words of a casino", weight=1.0),) * 8,
        model="m1", captures=(0, 1, 2, 3), through_capture=0, through_evidence=0, differences=(), judged_at=moment,
    )  # fmt: skip
    decision = Decision(host=host, action=Action.APPROVE, analyst="A. Analyst", note="seen", act=line.legal_act, decided_at=moment)
    return Grounds(name=line.name, scope=Scope(line.scope), verdict=verdict, decision=decision, evidence=evidence, captures=captures)


def manifest_for(content: Content, files: dict[str, bytes]) -> bytes:
    """The manifest of these files, sizes and digests in it."""
    entries = len(content.lines) - 1
    return manifests.write(
        Manifest(
            format=FORMAT,
            serial=content.serial,
            previous=content.previous,
            previous_sha256="ab" * 32,
            made_at=content.made_at,
            valid_until=CANARY_TIMES[1],
            replayed=False,
            origin=content.origin,
            block_page=content.block_page,
            block_address=content.block_address,
            extra_suffixes=(),
            canary=Canary(listed="listed.canary.mirrorwatch.example", free="free.canary.mirrorwatch.example", since=BEFORE),
            entries=entries,
            added=len(content.added),
            changed=len(content.altered),
            removed=len(content.gone),
            usual=50,
            override=None,
            log=LogHead(decisions=0, orders=0, appeals=0, sha256="ab" * 32),
            left_out={file_name(one, content): names for one in FORMATS if (names := one.left_out(content))},
            files=tuple(manifests.described(name, data) for name, data in files.items()),
        )
    )


def peak() -> int:
    """The most memory that this process held so far, in megabytes."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def run(size: int) -> dict[str, object]:
    """What one size takes, in this process."""
    content = content_of_size(size)
    begin, made = time.process_time(), peak()
    took: dict[str, tuple[float, float, int]] = {}
    files: dict[str, bytes] = {}
    for form in FORMATS:
        name, started = file_name(form, content), time.process_time()
        files[name] = form.write(content)
        took[name] = (time.process_time() - started, 0.0, len(files[name]))
    with tempfile.TemporaryDirectory() as folder:
        ring = Keyring(folder=Path(folder), password=str)
        ring.make()
        sign(manifest_for(content, files), SERIAL, ring.open_current())
    wrote, peak_of_writing = time.process_time() - begin, peak()
    begin = time.process_time()
    for form in FORMATS:
        name, started = file_name(form, content), time.process_time()
        if form.read(files[name]) != form.view(content):
            raise ValueError(f"{name} does not read back")
        took[name] = (took[name][0], time.process_time() - started, took[name][2])
    return {
        "list": made, "write": wrote, "peak": peak_of_writing, "read": time.process_time() - begin, "peak_of_all": peak(),
        "bytes": sum(map(len, files.values())), "took": took,
    }  # fmt: skip


def met(value: float, goal: float) -> str:
    """Whether a figure is under its goal."""
    return "met" if value < goal else "NOT MET"


def measure() -> list[str]:
    """One line a size, and the slowest formats of the largest."""
    told = []
    for size in SIZES:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.bench.export", str(size)], capture_output=True, text=True, check=True, timeout=600, cwd=ROOT
        )
        said = json.loads(ended.stdout)
        told.append(
            f"{size:>7,} names: {len(FORMATS)} formats, manifest and signature in {said['write']:.2f} s, goal {GOAL_SECONDS:.0f} s: {met(said['write'], GOAL_SECONDS)}; {said['bytes'] / 1e6:.1f} MB of files; "
            f"peak {said['peak']} MB, goal {GOAL_MEGABYTES} MB: {met(said['peak'], GOAL_MEGABYTES)}; read back in {said['read']:.2f} s"
        )
    slowest = sorted(said["took"].items(), key=lambda item: -sum(item[1][:2]))[:8]
    told += [f"{name:>36}: {write:.2f} s to write, {read:.2f} s to read, {octets / 1e6:.1f} MB" for name, (write, read, octets) in slowest]
    return told


def main() -> None:
    """Measure, or be the process that is measured."""
    print(json.dumps(run(int(sys.argv[1]))) if len(sys.argv) > 1 else "\n".join(measure()))


if __name__ == "__main__":
    main()
