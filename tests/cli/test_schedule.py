"""`schedule`: what starts the night, read by systemd's own checker and by parsing."""

import configparser
import json
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from casefile.errors import CheckFailed, UsageError
from casefile.outcomes import Outcome
from casefile.records import Capture, How, PageKind, Vantage
from cli.config import ROOT, Config
from cli.desk import Desk
from cli.notices import NoticeOptions
from cli.schedule import (
    FORBIDDEN_FOR_SANDBOX,
    Installation,
    Limits,
    Schedule,
    When,
    environment_to_keep,
    schedule_of,
    time_of_day,
)
from cli.verbs_schedule import schedule
from tests.cli.listening import listening
from tests.conftest import StandingClock, require

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WHEN = When(hour=1, minute=30, zone="Asia/Almaty", today=NOON)


def installation(tmp_path: Path, **other: Any) -> Installation:
    program = tmp_path / "bin" / "mirrorwatch"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    given: dict[str, Any] = {
        "program": (str(program),),
        "root": tmp_path,
        "state": tmp_path / "state",
        "config": tmp_path / "mirrorwatch.toml",
        "seeds": (tmp_path / "seeds.txt",),
        "user": "root",
    }
    return Installation(**(given | other))


def made(tmp_path: Path, **other: Any) -> Schedule:
    return schedule_of(installation(tmp_path, **other), WHEN, Limits(), machine=UTC)


def directives(unit: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(unit)
    return parsed


def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    require(shutil.which("systemd-analyze"), "needs systemd-analyze: apt-get install systemd")
    units = made(tmp_path, environment=(("MPLCONFIGDIR", str(tmp_path / "a b")),))
    (tmp_path / "mirrorwatch.service").write_text(units.service)
    (tmp_path / "mirrorwatch.timer").write_text(units.timer)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "mirrorwatch.service", tmp_path / "mirrorwatch.timer"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "mirrorwatch" in line]
    assert ours == []


def test_systemd_would_say_what_is_wrong(tmp_path: Path) -> None:
    require(shutil.which("systemd-analyze"), "needs systemd-analyze: apt-get install systemd")
    unit = tmp_path / "mirrorwatch.service"
    unit.write_text(made(tmp_path).service.replace("Type=oneshot", "Type=onceshot"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False, timeout=60)
    assert "onceshot" in done.stderr


def test_the_service_runs_the_night_of_this_installation(tmp_path: Path) -> None:
    service = directives(made(tmp_path).service)["Service"]
    assert shlex.split(service["ExecStart"]) == [
        str(tmp_path / "bin" / "mirrorwatch"), "--config", str(tmp_path / "mirrorwatch.toml"), "--state", str(tmp_path / "state"),
        "night", "--seeds", str(tmp_path / "seeds.txt"),
    ]  # fmt: skip
    assert service["SuccessExitStatus"] == "3"
    assert service["TimeoutStartSec"] == "10h"
    assert service["MemoryMax"] == "4096M"
    assert service["ReadWritePaths"] == str(tmp_path / "state")


def test_nothing_in_the_service_breaks_the_sandbox_of_the_browser(tmp_path: Path) -> None:
    service = directives(made(tmp_path).service)["Service"]
    assert [name for name in FORBIDDEN_FOR_SANDBOX if name in service] == []
    assert service["OOMPolicy"] == "continue", "a page that eats the memory must not end the night"
    assert service["ProtectSystem"] == "strict"


def test_the_timer_is_in_the_zone_of_the_authority(tmp_path: Path) -> None:
    timer = directives(made(tmp_path).timer)["Timer"]
    assert timer["OnCalendar"] == "*-*-* 01:30:00 Asia/Almaty"
    assert timer["Persistent"] == "yes" or timer["Persistent"] == "true"


@pytest.mark.parametrize(
    ("zone", "begins"), [(UTC, "30 20 "), (timezone(timedelta(hours=3)), "30 23 "), (timezone(timedelta(hours=9)), "30 5 ")]
)
def test_cron_is_told_the_machines_own_time(tmp_path: Path, zone: timezone, begins: str) -> None:
    line = schedule_of(installation(tmp_path), WHEN, Limits(), machine=zone).cron.splitlines()[1]
    assert line.startswith(begins + "* * * ")


def test_cron_runs_the_same_night_and_mails_only_warnings(tmp_path: Path) -> None:
    line = made(tmp_path, state=tmp_path / "a b%c").cron.splitlines()[1]
    command = line.split(" * * * ", 1)[1]
    assert "\\%" in command, "a bare percent sign is the end of a cron line"
    words = shlex.split(command.replace("\\%", "%"))
    assert words[words.index("--state") + 1] == str(tmp_path / "a b%c")
    assert words[-2:] == [">", "/dev/null"]
    assert words.index("--quiet") < words.index("night")


def test_paths_that_systemd_would_read_otherwise_are_quoted(tmp_path: Path) -> None:
    service = directives(made(tmp_path, state=tmp_path / 'o "$HOME" %h').service)["Service"]
    assert '"' + str(tmp_path) + '/o \\"$$HOME\\" %%h"' in service["ExecStart"]
    assert service["ReadWritePaths"] == '"' + str(tmp_path) + '/o \\"$HOME\\" %%h"'


def test_a_line_break_in_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no unit file"):
        made(tmp_path, state=tmp_path / "a\nExecStart=/bin/rm")


def test_the_browser_of_this_environment_is_the_browser_of_the_night(tmp_path: Path) -> None:
    kept = dict(environment_to_keep({"MIRRORWATCH_CHROMIUM": "/opt/chromium", "SECRET": "x"}, tmp_path))
    assert kept == {"MIRRORWATCH_CHROMIUM": "/opt/chromium", "MPLCONFIGDIR": str(tmp_path / "cache" / "matplotlib")}
    assert "Environment=MIRRORWATCH_CHROMIUM=/opt/chromium" in made(tmp_path, environment=tuple(kept.items())).service


@pytest.mark.parametrize(("text", "time"), [("01:30", (1, 30)), ("7:05", (7, 5)), ("23:59", (23, 59))])
def test_a_time_of_day(text: str, time: tuple[int, int]) -> None:
    assert time_of_day(text) == time


@pytest.mark.parametrize("text", ["24:00", "1", "01:60", "", "01:30:00", "１:30"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(UsageError, match="--at"):
        time_of_day(text)


# the verb


def run(desk: Desk, *words: str) -> Any:
    """The verb as the program runs it, on a desk of the test's own."""
    app = typer.Typer()
    app.command()(schedule)
    return CliRunner().invoke(app, list(words), obj=desk)


@pytest.fixture
def desk(tmp_path: Path, clock: StandingClock) -> Desk:
    return Desk(state=tmp_path / "state", verbosity=-1, clock=clock)


def test_it_prints_service_timer_and_cron_line(desk: Desk) -> None:
    said = run(desk, "--at", "02:15")
    assert said.exit_code == 0
    for part in (
        "[Service]",
        "[Timer]",
        "OnCalendar=*-*-* 02:15:00 Asia/Almaty",
        f"WorkingDirectory={ROOT}",
        "crontab -u",
        "systemctl daemon-reload",
    ):
        assert part in said.output


def test_a_case_file_of_archives_is_said_to_be_none_for_live_nights(desk: Desk) -> None:
    moment = desk.clock()
    case = desk.case(create=True)
    assert "of archives" not in run(desk).stderr
    case.add([
        Capture(
            host=desk.door.parse("a.com"), url="https://a.com/", page=PageKind.LANDING, how=How.STATIC, status=200, outcome=Outcome.OK,
            vantage=Vantage(name="desktop", egress="direct", country="", language="ru", user_agent="test"), final_url="https://a.com/",
            taken_at=moment, replayed_from=moment,
        )
    ])  # fmt: skip
    said = run(desk)
    assert said.exit_code == 0
    assert "is of archives (--replay): a night of the live web refuses it" in said.stderr


def test_its_json_is_one_object_a_line(desk: Desk) -> None:
    found = json.loads(run(desk, "--json").output)
    assert tuple(found) == ("service", "timer", "cron", "install")
    assert str(desk.state) in found["service"]


def test_it_names_what_is_not_there(desk: Desk, tmp_path: Path) -> None:
    for words in (("--user", "nobody-of-that-name"), ("--seeds", str(tmp_path / "none.txt")), ("--at", "noon"), ("--test-notice",)):
        assert isinstance(run(desk, *words).exception, UsageError), words


@pytest.mark.parametrize(("ended", "told"), [("killed", 1), ("dumped", 1), ("exited", 0), ("", 0)])
def test_a_night_that_was_killed_is_told_by_the_service(desk: Desk, monkeypatch: pytest.MonkeyPatch, ended: str, told: int) -> None:
    monkeypatch.setenv("EXIT_CODE", ended)
    monkeypatch.setenv("EXIT_STATUS", "KILL")
    monkeypatch.setenv("SERVICE_RESULT", "oom-kill")
    with listening() as channel:
        desk.__dict__["config"] = Config(notice=NoticeOptions(urls=(channel.url,)))
        assert run(desk, "--tell-end").exit_code == 0
    assert len(channel.got) == told
    assert all("result oom-kill, signal KILL" in one["message"] and "--memory" in one["message"] for one in channel.got)


def test_the_service_runs_that_when_the_night_is_over(tmp_path: Path) -> None:
    words = shlex.split(directives(made(tmp_path).service)["Service"]["ExecStopPost"])
    assert words[-2:] == ["schedule", "--tell-end"]
    assert words[:-2] == shlex.split(directives(made(tmp_path).service)["Service"]["ExecStart"])[: len(words) - 2]


def test_a_trial_notice_is_sent_to_every_channel(desk: Desk) -> None:
    with listening() as good, listening(500) as broken:
        desk.__dict__["config"] = Config(notice=NoticeOptions(urls=(good.url, broken.url)))
        said = run(desk, "--test-notice")
        assert isinstance(said.exception, CheckFailed)
        assert "channel 1 (json): sent" in said.output
        assert "s3cret-word" not in said.output + str(said.exception)
        desk.__dict__["config"] = Config(notice=NoticeOptions(urls=(good.url,)))
        assert [json.loads(line) for line in run(desk, "--test-notice", "--json").output.splitlines()] == [
            {"channel": "1 (json)", "sent": True, "fault": ""}
        ]
    assert [one["title"] for one in good.got] == ["mirrorwatch: a trial notice"] * 2
