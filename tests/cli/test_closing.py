"""After the night: page, metrics and notices are made; what cannot be made is a warning, never the night's failure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from casefile.errors import DiskFullError
from casefile.store import Case
from cli.closing import attended, close_night, metrics_file, notice_of
from cli.config import Config
from cli.desk import Desk
from cli.drift import Drift
from cli.figures import figures_of
from cli.metrics import MetricsOptions
from cli.notices import NoticeOptions
from cli.page.content import PageOptions
from tests.cli.building import FIRST, Built, build
from tests.cli.listening import Listener, listening
from tests.conftest import StandingClock

FEW = PageOptions(cases=1, nights=2)


@pytest.fixture
def built(case: Case, tmp_path: Path) -> Built:
    return build(case, tmp_path / "state", nights=6)


@pytest.fixture
def channel() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def desk(built: Built, channel: Listener, clock: StandingClock) -> Iterator[Desk]:
    """A desk with the notices of the test's own listener; its clock stands after the last night."""
    clock.now = FIRST + timedelta(days=5, hours=2)
    made = Desk(state=built.state, verbosity=0, clock=clock)
    configure(
        made, Config(suffixes=("example", "test"), notice=NoticeOptions(urls=(channel.url,), on=("failure", "drift", "done")), page=FEW)
    )
    yield made
    made.close()


def configure(desk: Desk, settings: Config) -> None:
    """Put `settings` where the desk keeps what it has read."""
    desk.__dict__["config"] = settings


def success(desk: Desk) -> float:
    found = {family.name: family.samples for family in text_string_to_metric_families(metrics_file(desk).read_text())}
    return found["mirrorwatch_night_success"][0].value


def test_a_night_that_is_done_has_page_metrics_and_notice(desk: Desk, built: Built, channel: Listener) -> None:
    page = close_night(desk, built.nights[-1], exit_code=0)
    assert page == built.state / "reports" / "latest.html"
    assert page.read_bytes() == (built.state / "reports" / "night-6.html").read_bytes()
    assert success(desk) == 1
    (told,) = channel.got
    assert (told["type"], told["title"]) == ("success", "mirrorwatch: night 6 done")
    assert "found 24, listed 1, waiting 3; 47 of 52 pages read" in told["message"]
    assert str(page) in told["message"]


def test_done_in_part_is_told_as_a_failure(desk: Desk, built: Built, channel: Listener) -> None:
    close_night(desk, built.nights[-1], exit_code=3)
    assert (channel.got[0]["type"], channel.got[0]["title"]) == ("failure", "mirrorwatch: night 6 done in part (exit 3)")


def test_drift_is_told_with_its_numbers(desk: Desk, built: Built, channel: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    unlike = Drift(rule="read-share-falls", text="10% came back, usually 90%")
    notice = notice_of(figures_of(built.case, built.nights[-1], desk.clock), [unlike], 0, page=None)
    assert (notice.occasion, notice.title) == ("drift", "mirrorwatch: night 6 unlike the last nights")
    assert "drift: 10% came back, usually 90%" in notice.text


def test_drift_of_the_last_nights_is_found_and_said(
    case: Case, tmp_path: Path, channel: Listener, clock: StandingClock, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(case, tmp_path / "state", nights=4, listed=1)
    quiet = replace(built.nights[-1], started_at=FIRST + timedelta(days=4))
    [number] = case.add([replace(quiet, id=0)])
    clock.now = FIRST + timedelta(days=4, hours=1)
    desk = Desk(state=built.state, verbosity=-1, clock=clock)
    configure(desk, Config(suffixes=("example", "test"), notice=NoticeOptions(urls=(channel.url,))))
    close_night(desk, replace(quiet, id=number), exit_code=0)
    desk.close()
    assert "nothing was listed, usually 1 a night, and 3 cases wait" in capsys.readouterr().err
    assert channel.got[0]["type"] == "warning"


def test_a_notice_that_cannot_be_sent_is_a_warning(desk: Desk, built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    configure(desk, Config(suffixes=("example", "test"), notice=NoticeOptions(urls=("json://u:s3cret-word@127.0.0.1:9/x",), on=("done",))))
    assert close_night(desk, built.nights[-1], exit_code=0) is not None
    said = capsys.readouterr().err
    assert "note: notice 1 (json) was not sent" in said
    assert "s3cret-word" not in said + (built.state / "logs" / "night.log").read_text()


def test_a_page_that_cannot_be_written_is_a_warning_and_the_rest_is_made(
    desk: Desk, built: Built, channel: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    (built.state / "reports").write_text("a file where the folder should be")
    assert close_night(desk, built.nights[-1], exit_code=0) is None
    assert "note: page: cannot write the report" in capsys.readouterr().err
    assert success(desk) == 1
    assert len(channel.got) == 1


def test_a_fault_nobody_foresaw_is_a_warning_too(desk: Desk, built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    configure(desk, replace(desk.config, policy=None))  # type: ignore[arg-type,type-var]
    assert close_night(desk, built.nights[-1], exit_code=0) is None
    assert "note: page: step page broke: AttributeError" in capsys.readouterr().err


def test_metrics_go_where_the_operator_says(desk: Desk, built: Built, tmp_path: Path) -> None:
    configure(desk, Config(suffixes=("example", "test"), metrics=MetricsOptions(file=tmp_path / "collector" / "mirrorwatch.prom")))
    close_night(desk, built.nights[-1], exit_code=0)
    assert (tmp_path / "collector" / "mirrorwatch.prom").is_file()
    assert not (built.state / "metrics.prom").exists()


def test_a_night_that_breaks_off_is_told_and_goes_on_breaking(desk: Desk, channel: Listener) -> None:
    with pytest.raises(DiskFullError), attended(desk):
        raise DiskFullError("no room left for \x1b[31m/x")
    (told,) = channel.got
    assert told["title"] == "mirrorwatch: the night broke off (exit 3)"
    assert "no room left for \\x1b[31m/x" in told["message"]


def test_what_nobody_foresaw_is_told_too_and_the_metrics_say_failure(desk: Desk, channel: Listener) -> None:
    with pytest.raises(ZeroDivisionError), attended(desk):
        _ = 1 / 0
    assert "ZeroDivisionError" in channel.got[0]["message"]
    assert success(desk) == 0


def test_a_failure_before_there_is_a_case_file_is_told(tmp_path: Path, channel: Listener, clock: StandingClock) -> None:
    desk = Desk(state=tmp_path / "none", verbosity=-1, clock=clock)
    configure(desk, Config(notice=NoticeOptions(urls=(channel.url,))))
    with pytest.raises(DiskFullError), attended(desk):
        raise DiskFullError("no room")
    assert len(channel.got) == 1
    assert not (tmp_path / "none" / "metrics.prom").exists()


def test_a_configuration_that_cannot_be_read_has_nobody_to_tell(tmp_path: Path, clock: StandingClock) -> None:
    (tmp_path / "c.toml").write_text("[")
    desk = Desk(state=tmp_path / "s", config_file=tmp_path / "c.toml", verbosity=-1, clock=clock)
    with pytest.raises(DiskFullError), attended(desk):
        raise DiskFullError("no room")


def test_a_night_that_broke_off_has_a_page_that_says_so(desk: Desk, built: Built, clock: StandingClock) -> None:
    clock.forward(days=1)
    built.case.add([replace(built.nights[-1], id=0, started_at=clock())])
    clock.forward(minutes=10)
    with pytest.raises(DiskFullError), attended(desk):
        raise DiskFullError("no room left for <b>/x")
    page = (built.state / "reports" / "latest.html").read_text()
    assert 'Night 7 <span class="chip bad">broken off' in page
    assert "The night broke off: no room left for &lt;b&gt;/x" in page
    assert page == (built.state / "reports" / "night-7.html").read_text()


def test_a_failure_before_a_night_began_leaves_the_last_page(desk: Desk, built: Built) -> None:
    close_night(desk, built.nights[-1], exit_code=0)
    before = (built.state / "reports" / "latest.html").read_bytes()
    with pytest.raises(DiskFullError), attended(desk):
        raise DiskFullError("no room left")
    assert (built.state / "reports" / "latest.html").read_bytes() == before
