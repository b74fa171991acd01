"""A night by replay over 300 hosts of the founders' corpus, judged by models that never saw the owner of the page, beside a keyword list.

`python -m tests.bench.corpus_night [HOSTS]` prints, for hosts: how many gambling and promotion hosts each judge finds at its bar, and how many innocent
ones it accuses. The night runs with the committed model; then every host is judged again, from the night's own archive, by the fold that left its owner out.
"""

import csv
import gzip
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from casefile import queries
from casefile.archive import Archive
from casefile.body import text_of, unpacked
from casefile.hostname import Door
from casefile.progress import Silent
from casefile.records import Band
from casefile.reference import load_reference
from casefile.store import Case
from classifier.page import read_page
from classifier.score import score
from classifier.training.folds import fold_judges
from cli.config import ROOT
from cli.desk import now
from tests.conftest import SHARED

KEYWORDS = re.compile(
    r"казино|слот|рулетк|ставк|букмекер|джекпот|casino|slots?\b|roulette|betting|bookmaker|jackpot|bahis|kazino|judi|тігу|бәс",
    re.IGNORECASE,
)
"""The keyword list it is compared with: a page with three hits or more is accused."""

HITS = 3


def owners_of_hosts(pages: Path) -> dict[str, str]:
    """The repository owner of every host of the archive that pages_to_warc.py writes."""
    spec = importlib.util.spec_from_file_location("pages_to_warc", SHARED / "tools" / "pages_to_warc.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    owners = {}
    with gzip.open(pages, "rt", encoding="utf-8") as lines:
        for line in lines:
            page = json.loads(line)
            owners.setdefault(tool.address(page)[0], page["source"].partition("/")[0])
    return owners


def make_archive(folder: Path, hosts: int) -> None:
    """The archive with seeds and labels, by the founders' own tool."""
    tool = SHARED / "tools" / "pages_to_warc.py"
    pages = SHARED / "corpus" / "pages" / "pages.jsonl.gz"
    subprocess.run([sys.executable, tool, pages, folder / "web", "--hosts", str(hosts)], check=True)


def run_night(folder: Path) -> float:
    """The night, as an operator runs it; returns its seconds."""
    begun = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "cli",
        "--quiet",
        "--state",
        folder / "state",
        "night",
        "--seeds",
        folder / "web.hosts.txt",
        "--replay",
        folder / "web.warc.gz",
    ]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def accused_by_keywords(case: Case, archive: Archive, host: str) -> bool:
    """Whether any page of the host has three keywords or more in its visible text."""
    for capture in queries.latest_captures_of(case, case.door.parse(host)):
        if capture.body_record is None:
            continue
        record = archive.read(capture.body_record)
        text = text_of(unpacked(record.payload, record.header("Content-Encoding")), capture.content_type)
        if len(KEYWORDS.findall(read_page(capture.final_url, text).text)) >= HITS:
            return True
    return False


def compare(folder: Path) -> list[str]:
    """Judge again out of fold and count; returns the lines of the table."""
    owners = owners_of_hosts(SHARED / "corpus" / "pages" / "pages.jsonl.gz")
    judges = fold_judges(SHARED / "corpus")
    with (folder / "web.labels.csv").open(newline="") as stream:
        labels = {row["host"]: row for row in csv.DictReader(stream)}
    with Case(folder / "state" / "casefile.db", Door(), create=False) as case:
        reference = load_reference([ROOT / "data" / "reference"])
        score(
            case,
            folder / "state" / "archive",
            judges.whole,
            reference,
            clock=now,
            progress=Silent(),
            judge_of=lambda host: judges.judge_for(owners[host.name]),
        )
        verdicts = {verdict.host.name: verdict for verdict in queries.latest_verdicts(case)}
        archive = Archive(folder / "state" / "archive")
        accused = {host: accused_by_keywords(case, archive, host) for host in labels if host in verdicts}
    return table(labels, verdicts, accused)


def table(labels: dict, verdicts: dict, accused: dict) -> list[str]:
    """Rows of counts: what is found of the guilty, what is accused of the innocent."""
    guilty = [host for host, row in labels.items() if row["label"] in ("gambling", "promo")]
    innocent = [host for host, row in labels.items() if row["label"] == "benign"]
    hard = [host for host in innocent if labels[host]["hard_negative"] == "True"]
    rows = [
        ("model, mirror band", lambda host: host in verdicts and verdicts[host].band is Band.MIRROR),
        ("model, mirror or unsure", lambda host: host in verdicts and verdicts[host].band is not Band.CLEAR),
        ("model, P >= 0.5", lambda host: host in verdicts and verdicts[host].probability >= 0.5),
        (f"keyword list, {HITS} hits", lambda host: accused.get(host, False)),
    ]
    lines = [
        f"{'judge':<26}{'of ' + str(len(guilty)) + ' guilty':>16}{'of ' + str(len(innocent)) + ' innocent':>18}{'of ' + str(len(hard)) + ' hard':>12}"
    ]
    for name, accuses in rows:
        found, wrong, wrong_hard = (sum(map(accuses, group)) for group in (guilty, innocent, hard))
        lines.append(f"{name:<26}{found:>9} {found / len(guilty):6.1%}{wrong:>11} {wrong / len(innocent):6.1%}{wrong_hard:>12}")
    lines.append(f"verdicts: {len(verdicts)} of {len(labels)} hosts; labels {dict(Counter(row['label'] for row in labels.values()))}")
    return lines


def measure(hosts: int) -> list[str]:
    """Make the archive of so many hosts, run a night over it and compare; lines for people."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_archive(folder, hosts)
        return [f"night by replay: {run_night(folder):.1f} s", *compare(folder)]


def main() -> None:
    """Print the table."""
    if not SHARED.is_dir():
        sys.exit("needs the founders' corpus in ../shared, which is not part of the project")
    print("\n".join(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 300)))


if __name__ == "__main__":
    main()
