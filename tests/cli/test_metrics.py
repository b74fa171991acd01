"""Metrics: what Prometheus reads of a night, parsed by its own parser; and the figures they are made of."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from casefile import queries, tallies
from casefile.errors import StoreError
from casefile.outcomes import Outcome
from casefile.records import Capture
from casefile.store import Case
from casefile.tallies import CameOut
from cli.figures import figures_of, nights_until, share
from cli.metrics import MetricsOptions, standing_of, write_metrics
from tests.cli.building import FIRST, build
from tests.conftest import StandingClock


def values(path: Path) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        " ".join([sample.name, *(f"{key}={value}" for key, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(path.read_text(encoding="utf-8"))
        for sample in family.samples
    }


def written(case: Case, tmp_path: Path, clock: StandingClock, *, exit_code: int = 0) -> dict[str, float]:
    built = build(case, tmp_path, nights=3)
    figures = figures_of(case, built.nights[-1], clock)
    return values(write_metrics(tmp_path / "metrics.prom", figures, standing_of(case, "m-1"), exit_code=exit_code))


def test_what_a_night_came_to(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    found = written(case, tmp_path, clock)
    began = FIRST + timedelta(days=2)
    assert {name: found[f"mirrorwatch_{name}"] for name in ("night", "found_hosts", "visited_hosts", "listed_new_hosts", "listed_hosts", "waiting_hosts")} == {
        "night": 3, "found_hosts": 20 + 1 + 3, "visited_hosts": 23, "listed_new_hosts": 1, "listed_hosts": 3, "waiting_hosts": 3,
    }  # fmt: skip
    assert found["mirrorwatch_night_start_timestamp_seconds"] == began.timestamp()
    assert found["mirrorwatch_night_end_timestamp_seconds"] == (began + timedelta(minutes=42)).timestamp()
    assert found["mirrorwatch_night_success"] == 1
    assert found["mirrorwatch_rendered_hosts_ratio"] == pytest.approx(3 / 23)
    assert found["mirrorwatch_captures_read_ratio"] == pytest.approx((40 + 12 - 2 - 3) / 52)
    assert found["mirrorwatch_waiting_oldest_seconds"] == 37 * 60
    assert found["mirrorwatch_model_info id=m-1"] == 1


def test_what_each_step_did(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    found = written(case, tmp_path, clock)
    assert found["mirrorwatch_step_items outcome=done result=done step=fetch"] == 20
    assert found["mirrorwatch_step_items outcome=http-error result=failed step=fetch"] == 2
    assert found["mirrorwatch_step_items outcome=guarded result=skipped step=fetch"] == 1
    assert found["mirrorwatch_step_seconds step=fetch"] == 60


def test_captures_are_counted_by_how_they_came_out_and_not_only_hosts(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    built = build(case, tmp_path, nights=1, hosts=2)
    taken = case.records(Capture, "how = 'rendered'")[0]
    crashed = replace(taken, id=0, outcome=Outcome.CRASHED, dom=None, screenshot=None, observed=None, body_sha256="")
    case.add([replace(crashed, url=f"{taken.url}{number}") for number in range(6)])
    figures = figures_of(case, built.nights[0], clock)
    assert CameOut(how="rendered", outcome="crashed", captures=6, hosts=1) in figures.tally.came_out
    assert sum(one.captures for one in figures.tally.came_out) == figures.tally.captures
    found = values(write_metrics(tmp_path / "m.prom", figures, standing_of(case, "m"), exit_code=0))
    assert found["mirrorwatch_captures_by_outcome how=rendered outcome=crashed"] == 6
    assert found["mirrorwatch_capture_hosts_by_outcome how=rendered outcome=crashed"] == 1
    assert found["mirrorwatch_captures_by_outcome how=rendered outcome=ok"] == 4
    assert found["mirrorwatch_captures_by_outcome how=static outcome=challenge"] == 2 + 2


@pytest.mark.parametrize(("code", "success"), [(0, 1), (3, 1), (1, 0), (2, 0)])
def test_success_is_done_or_done_in_part(case: Case, tmp_path: Path, clock: StandingClock, code: int, success: int) -> None:
    found = written(case, tmp_path, clock, exit_code=code)
    assert (found["mirrorwatch_night_success"], found["mirrorwatch_night_exit_code"]) == (success, code)


def test_an_empty_case_has_figures_too(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    night = build(case, tmp_path, nights=1, hosts=1).nights[0]
    later = night.__class__(id=99, replay=False, asked="", started_at=clock() + timedelta(days=9), due_before=clock())
    found = values(write_metrics(tmp_path / "m.prom", figures_of(case, later, clock), standing_of(case, "m"), exit_code=2))
    assert found["mirrorwatch_captures_read_ratio"] == 0
    assert found["mirrorwatch_night_seconds"] == 0


def test_the_file_is_replaced_whole_and_others_may_read_it(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    path = tmp_path / "metrics.prom"
    path.write_text("old")
    with path.open() as still_open:
        written(case, tmp_path, clock)
        assert still_open.read() == "old", "who reads the old file is not cut short"
    assert [one.name for one in tmp_path.glob("metrics.prom*")] == ["metrics.prom"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_place_that_cannot_be_written_is_named(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    built = build(case, tmp_path, nights=1)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="metrics"):
        write_metrics(tmp_path / "file" / "m.prom", figures_of(case, built.nights[0], clock), standing_of(case, "m"), exit_code=0)


def test_a_name_that_no_collector_reads_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\.prom"):
        MetricsOptions(file=Path("/var/lib/metrics.txt"))


def test_waiting_then_is_what_the_queue_is_now(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=3, hosts=4)
    last = nights_until(case, tallies.last_nights(case, 3, 1)[0], 5, clock)
    assert [one.tally.waiting for one in last] == [0, 0, 4]
    assert last[-1].tally.waiting == len(queries.verdicts_to_review(case))


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(0, 0) == 0
    assert share(1, 4) == 0.25
