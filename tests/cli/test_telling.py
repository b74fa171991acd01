"""How a night is told: lines of text, or JSON lines on demand; hostile text cannot forge a line of either."""

import json
import logging
from pathlib import Path

import pytest

from cli.telling import last_line, teller
from tests.conftest import StandingClock

FORGED = 'x\n{"level":"error"}\x1b[31m'


def tell(logs: Path, clock: StandingClock, *, as_json: bool) -> None:
    lines = teller(logs, 1, clock, as_json=as_json)
    lines.start("fetch", 3)
    clock.forward(seconds=5)
    lines.advance("ok")
    lines.advance("challenge")
    lines.note(FORGED)
    lines.stop()


def test_json_lines_have_their_fields(tmp_path: Path, clock: StandingClock, capsys: pytest.CaptureFixture[str]) -> None:
    tell(tmp_path, clock, as_json=True)
    shown = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logged = [json.loads(line) for line in (tmp_path / "night.log").read_text().splitlines()]
    assert shown == logged
    assert {tuple(one) for one in shown} == {("time", "level", "step", "text", "counts")}
    assert shown[0] == {"time": "2026-11-20T20:00:00Z", "level": "info", "step": "fetch", "text": "fetch: 3 to do", "counts": {}}
    assert shown[-1] == {
        "time": "2026-11-20T20:00:05Z", "level": "warning", "step": "fetch", "text": 'note: x\\x0a{"level":"error"}\\x1b[31m',
        "counts": {"ok": 1, "challenge": 1},
    }  # fmt: skip


def test_text_stays_text_unless_asked(tmp_path: Path, clock: StandingClock, capsys: pytest.CaptureFixture[str]) -> None:
    tell(tmp_path, clock, as_json=False)
    assert capsys.readouterr().err.splitlines()[0] == "fetch: 3 to do"
    assert (tmp_path / "night.log").read_text().splitlines()[0] == "2026-11-20T20:00:00Z INFO fetch: 3 to do"


def test_a_trace_is_one_line_too(tmp_path: Path, clock: StandingClock) -> None:
    teller(tmp_path, 0, clock, as_json=True)
    try:
        int(FORGED)
    except ValueError:
        logging.getLogger("mirrorwatch").exception("step %s broke", "fetch")
    (line,) = (tmp_path / "night.log").read_text().splitlines()
    told = json.loads(line)
    assert (told["level"], told["text"]) == ("error", "step fetch broke")
    assert "ValueError" in told["trace"]


def test_quiet_keeps_the_warnings(tmp_path: Path, clock: StandingClock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = teller(tmp_path, -1, clock, as_json=True)
    lines.start("fetch", 3)
    lines.note("look")
    assert [json.loads(line)["text"] for line in capsys.readouterr().err.splitlines()] == ["note: look"]


def test_the_last_line_of_a_verb_that_failed(clock: StandingClock) -> None:
    assert last_line(f"mirrorwatch: {FORGED}", clock, as_json=False) == 'mirrorwatch: x\\x0a{"level":"error"}\\x1b[31m'
    told = json.loads(last_line("100 % of it", clock, as_json=True))
    assert (told["time"], told["level"], told["text"]) == ("2026-11-20T20:00:00Z", "error", "100 % of it")
