"""What a night does when it is run again, later, or after it was broken off."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from casefile import queries
from casefile.archive import ArchiveWriter
from casefile.errors import UsageError
from casefile.records import Capture, Night, Resolution, StepReport
from cli.desk import Desk
from cli.night import StepBroken, run_night, run_step
from tests.conftest import StandingClock
from tests.night.web import MADE, write_web

CONFIG = 'suffixes = ["example"]\n[crawl]\nsite_delay = 0.0\nkeep_free_octets = 0\n'


@dataclass
class Site:
    """A small web, a state folder, and nights over them at chosen times."""

    folder: Path
    warc: Path
    clock: StandingClock

    def seeds(self, *lines: str) -> Path:
        path = self.folder / "seeds.txt"
        path.write_text("\n".join(lines) + "\n")
        return path

    def night(self, seeds: Path) -> Desk:
        desk = Desk(state=self.folder / "state", config_file=self.folder / "mirrorwatch.toml", verbosity=-1, clock=self.clock)
        try:
            run_night(desk, (seeds,), (self.warc,))
        finally:
            desk.close()
        return desk

    def records(self, kind: type) -> list:
        with Desk(state=self.folder / "state", clock=self.clock).case() as case:
            return case.records(kind)


@pytest.fixture
def site(tmp_path: Path, clock: StandingClock) -> Site:
    warc, _ = write_web(tmp_path)
    (tmp_path / "mirrorwatch.toml").write_text(CONFIG)
    return Site(tmp_path, warc, clock)


def test_a_second_night_at_once_finds_nothing_due(site: Site) -> None:
    seeds = site.seeds("zar100.example", "plain0.example", "dead0.example")
    site.night(seeds)
    captures = len(site.records(Capture))
    assert captures
    site.clock.forward(hours=1)
    site.night(seeds)
    assert len(site.records(Capture)) == captures
    assert len(site.records(Night)) == 2


def test_after_a_day_every_host_is_looked_at_again(site: Site) -> None:
    seeds = site.seeds("zar100.example", "dead0.example")
    site.night(seeds)
    looked, captures = len(site.records(Resolution)), len(site.records(Capture))
    site.clock.forward(hours=24)
    site.night(seeds)
    assert len(site.records(Resolution)) == 2 * looked
    assert len(site.records(Capture)) == 2 * captures


def test_a_night_broken_off_is_gone_on_with_only_by_the_same_command(site: Site) -> None:
    bad = site.seeds("# no host in here")
    for _ in range(2):
        with pytest.raises(UsageError):
            site.night(bad)
        site.clock.forward(minutes=5)
    assert len(site.records(Night)) == 1, "the same command: the same night"
    site.night(site.seeds("zar100.example"))
    assert len(site.records(Night)) == 2, "another command: a night of its own, so that none of its seeds is dropped"
    assert site.records(Capture)


def test_a_night_broken_off_long_ago_is_not_gone_on_with(site: Site) -> None:
    with pytest.raises(UsageError):
        site.night(site.seeds("# no host in here"))
    site.clock.forward(days=3)
    site.night(site.seeds("zar100.example"))
    assert len(site.records(Night)) == 2


def test_seeds_that_cannot_be_read_stop_a_night_before_it_begins(site: Site) -> None:
    with pytest.raises(UsageError, match=r"none\.txt"):
        site.night(site.folder / "none.txt")
    assert not (site.folder / "state" / "casefile.db").exists()


def test_a_rejected_host_is_left_alone(site: Site) -> None:
    (site.folder / "decisions.csv").write_text(
        "host,action,analyst,note,act,decided_at\nplain0.example,reject,A. Analyst,a library,,2026-10-01T00:00:00Z\n"
    )
    (site.folder / "mirrorwatch.toml").write_text(CONFIG + '[night]\ndecisions = "decisions.csv"\n')
    site.night(site.seeds("zar100.example", "plain0.example"))
    assert {capture.host.name for capture in site.records(Capture)} == {"zar100.example"}


def test_the_case_file_remembers_its_configuration(site: Site) -> None:
    site.night(site.seeds("zar100.example"))
    later = Desk(state=site.folder / "state")
    assert later.config.suffixes == ("example",)
    (site.folder / "mirrorwatch.toml").unlink()
    with pytest.raises(UsageError, match="which is gone: name it with --config"):
        _ = Desk(state=site.folder / "state").config


def test_a_resurrected_host_is_a_state(site: Site, tmp_path: Path) -> None:
    """Dead in a web that lacks it, alive a day later in one that has it."""
    other = tmp_path / "other"
    writer = ArchiveWriter(other, "other")
    writer.response(
        "http://elsewhere.example/", "200 OK", [("Content-Type", "text/html")], b"x", taken_at=MADE, site="elsewhere.example", vantage=""
    )
    whole, site.warc = site.warc, other / writer.finish(MADE).name
    site.night(site.seeds("zar100.example"))
    assert state(site, "zar100.example") == "dead"
    site.clock.forward(hours=24)
    site.warc = whole
    site.night(site.seeds("zar100.example"))
    assert state(site, "zar100.example") == "resurrected"


def state(site: Site, name: str) -> str:
    with Desk(state=site.folder / "state").case() as case:
        return queries.state_of(case, case.door.parse(name)).state


def test_what_nobody_foresaw_becomes_one_line_and_keeps_what_was_done() -> None:
    def breaks() -> StepReport:
        raise ZeroDivisionError("by zero")

    with pytest.raises(StepBroken, match="step score broke: ZeroDivisionError: by zero") as refusal:
        run_step("score", breaks)
    assert refusal.value.exit_code == 3
    assert "run the same command again" in str(refusal.value)
