"""Rendering few, well: which share of the sample's hosts a night renders, and what it would have found by rendering them all.

    python -m tests.bench.share

Runs the sample night, then has the browser look at every other host of the same night too, and compares both with the sample's truth.
"""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from casefile import queries, tallies
from casefile.records import Band
from casefile.store import Case
from cli.config import ROOT
from cli.desk import Desk
from cli.night import Steps, at_work, run_night
from crawler.render.step import render

SAMPLE = ROOT / "data" / "sample"
REPLAY = (SAMPLE / "web.warc.gz",)
GOAL = 0.3


ROWS = (
    ("listable, mirror band", True, (Band.MIRROR,)),
    ("listable, mirror or review", True, (Band.MIRROR, Band.UNSURE)),
    ("innocent, mirror band", False, (Band.MIRROR,)),
    ("innocent, mirror or review", False, (Band.MIRROR, Band.UNSURE)),
)
"""What is counted: its name, whether the hosts may be listed, and the bands."""


def measure() -> list[str]:
    """The lines: the share, then how many hosts of the truth came out how in both ways."""
    with TemporaryDirectory() as folder:
        desk = Desk(state=Path(folder) / "state", config_file=SAMPLE / "mirrorwatch.toml", verbosity=-1)
        night = run_night(desk, (SAMPLE / "seeds.txt",), REPLAY)
        case = desk.case()
        tally = tallies.tally_between(case, night.started_at, desk.clock())
        few = bands(case)
        with at_work(desk, desk.web(REPLAY)) as steps:
            rest = render_the_rest(replace(steps, since=night.due_before))
        everything = bands(case)
        desk.close()
    with (SAMPLE / "truth.csv").open(encoding="utf-8", newline="") as stream:
        truth = {row["host"]: row for row in csv.DictReader(stream)}
    lines = [
        f"rendered {tally.rendered} of {tally.visited} hosts: share {tally.rendered / tally.visited:.2f}, goal {GOAL} or less; then the other {rest} too",
        f"{'':28}{'few rendered':>14}{'all rendered':>14}",
    ]
    for name, listable, wanted in ROWS:
        cells = (share(one, truth, wanted, listable=listable) for one in (few, everything))
        lines.append(f"{name:28}" + "".join(f"{cell:>14}" for cell in cells))
    return lines


def bands(case: Case) -> dict[str, Band]:
    """The band of every host as it stands."""
    return {verdict.host.name: verdict.band for verdict in queries.latest_verdicts(case)}


def render_the_rest(steps: Steps) -> int:
    """Render what the night did not, and judge it again; returns how many."""
    desk = steps.desk
    report = render(
        steps.case, desk.config.crawl, steps.web, desk.reference, desk.archive, desk.logs, needs=lambda _: True, browser=desk.browser,
        since=steps.since, lock=steps.lock, clock=desk.clock, progress=desk.progress,
    )  # fmt: skip
    steps.evidence()
    steps.score()
    return report.done + report.failures


def share(found: Mapping[str, Band], truth: Mapping[str, Mapping[str, str]], wanted: tuple[Band, ...], *, listable: bool) -> str:
    """How many of the hosts that may (or may never) be listed and were judged are in the wanted bands."""
    hosts = [host for host, row in truth.items() if (row["listable"] == "yes") is listable and host in found]
    return f"{sum(found[host] in wanted for host in hosts)} of {len(hosts)}"


if __name__ == "__main__":
    print("\n".join(measure()))
