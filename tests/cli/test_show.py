"""`show HOST`: what is known of a host, as values and as one screen."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from blocklist.guard import Guard
from casefile.errors import UsageError
from casefile.hostname import Door
from casefile.reference import load_reference
from casefile.store import Case
from cli.config import ROOT, Config
from cli.dossier import dossier_of
from cli.show import LINES, Part, Row, fitted, parts_of, print_dossier
from tests.cli.building import HOST, build


@pytest.fixture
def guard(door: Door) -> Guard:
    return Guard(load_reference(Config().reference_folders), door)


@pytest.fixture
def found(case: Case, door: Door, guard: Guard, tmp_path: Path) -> dict[str, Any]:
    build(case, tmp_path, nights=1)
    return dossier_of(case, door.parse(HOST), guard, tmp_path)


def shown(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_dossier(found)
    return capsys.readouterr().out.splitlines()


def test_screenshots_are_brought_out_of_the_archive(found: dict[str, Any], tmp_path: Path) -> None:
    paths = [Path(one["path"]) for one in found["screenshots"]]
    assert paths == [tmp_path / "screenshots" / f"{HOST}-{vantage}.png" for vantage in ("desktop", "phone")]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_a_screenshot_that_cannot_be_read_is_said(
    case: Case, door: Door, guard: Guard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(case, tmp_path, nights=1)
    (built.archive / "render-1.warc.gz").unlink()
    found = dossier_of(case, door.parse(HOST), guard, tmp_path)
    assert [one["path"] for one in found["screenshots"]] == ["", ""]
    assert sum("cannot be shown: cannot read" in line for line in shown(found, capsys)) == 4


def test_what_is_no_picture_is_not_written(case: Case, door: Door, guard: Guard, tmp_path: Path) -> None:
    build(case, tmp_path, nights=1, damaged=True)
    found = dossier_of(case, door.parse(HOST), guard, tmp_path)
    assert "is no PNG" in found["screenshots"][0]["fault"]
    assert not (tmp_path / "screenshots").exists()


def test_everything_is_on_the_screen(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(shown(found, capsys))
    for said in (
        f"{HOST}: alive; not listed; defer by A. Analyst", "operator, probability 0.990, band mirror", "+2.26 ██████████  names casino 3 times: “лучшее казино города: бонус”",
        "12% alike  the phone is shown a lobby: casino, slots (desktop static against phone rendered)", f"{HOST}-phone.png", f"http 301     http://{HOST}/", f"desktop 200  https://{HOST}/kz/",
        "ShapshanPay: checkout.shapshanpay.example (strong) “form:", "POST api.altyn-core.example/v2/wallet", "live.altyn-core.example/socket",
        "games.studio.test/launch", "local:player_token  cookie:_ga", "dialog:", "popup: https://promo.example/", "3 hosts", "altynbet5381.example",
        "standing since 2026-11-08, by A. Analyst: one operator, act 8/2026", "google-analytics G-ALTYNTEST1, shared by 3 hosts, weight 0.63",
        "defer by A. Analyst: ask for a test purchase", "503 challenge", "seeds: seed seeds.txt:3",
    ):  # fmt: skip
        assert said in text, said


def test_the_browser_s_own_page_is_no_frame(found: dict[str, Any]) -> None:
    (browser,) = (part for part in parts_of(found) if part.title == "browser")
    assert next(row.text for row in browser.rows if row.lead == "frames") == "games.studio.test/launch"


def test_it_is_one_screen_and_says_what_it_leaves_out(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    evidence, capture = found["evidence"][0], found["captures"][0]
    found["evidence"] = [{**evidence, "value": str(number)} for number in range(50)]
    found["captures"] = [capture] * 90
    found["sightings"] *= 30
    lines = shown(found, capsys)
    assert len(lines) <= LINES
    assert sum("more (--json shows all)" in line for line in lines) == 3


def test_hostile_text_is_inert(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    for line in shown(found, capsys):
        assert "\x1b" not in line
        assert "\u202e" not in line


def test_all_of_it_is_json(found: dict[str, Any]) -> None:
    again = json.loads(json.dumps(found))
    assert {"screenshots", "browser", "ties", "orders", "verdict", "evidence", "captures"} <= set(again)
    assert again["browser"][0]["requests"][1]["url"].startswith("https://api.altyn-core.example/")
    assert again["verdict"]["differences"][0]["similarity"] == 0.12


def test_a_host_of_which_little_is_known(case: Case, door: Door, guard: Guard, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(case, tmp_path, nights=1)
    case.add([])
    found = dossier_of(case, door.parse("n0-5.example"), guard, tmp_path)
    lines = shown(found, capsys)
    assert lines[0].startswith("n0-5.example: unseen; not listed; no decision")
    assert not any(line.startswith(("hops", "browser", "family", "screenshot")) for line in lines)


def test_a_host_nobody_named_is_refused(case: Case, door: Door, guard: Guard, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing is known of never-seen"):
        dossier_of(case, door.parse("never-seen.example"), guard, tmp_path)


def part(title: str, rows: int, least: int) -> Part:
    return Part(title=title, rows=tuple(Row(text=str(number)) for number in range(rows)), least=least)


def test_lines_that_are_left_go_to_each_in_turn() -> None:
    first, second, third = fitted([part("a", 10, 3), part("b", 4, 3), part("c", 10, 3)], 12)
    assert [row.text for row in first.rows] == ["0", "1", "2", "... and 7 more (--json shows all)"]
    assert [row.text for row in second.rows] == ["0", "1", "2", "3"]
    assert [row.text for row in third.rows] == ["0", "1", "2", "... and 7 more (--json shows all)"]


def test_what_fits_is_whole() -> None:
    parts = [part("a", 4, 3), part("b", 3, 3)]
    assert fitted(parts, 7) == parts


def test_a_difference_is_not_told_twice(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert any("shown differently" in one["text"] for one in found["verdict"]["reasons"])
    assert sum("the phone is shown a lobby" in line for line in shown(found, capsys)) == 1


def test_a_reason_that_repeats_a_difference_cut_short_is_not_told(found: dict[str, Any]) -> None:
    whole = "the phone is shown a lobby: " + "казино, " * 60
    found["verdict"]["differences"] = [{**found["verdict"]["differences"][0], "text": whole}]
    found["verdict"]["reasons"] = [{"text": f"shown differently: {whole}"[:240], "weight": 0.0}, *found["verdict"]["reasons"][2:]]
    why = next(part for part in parts_of(found) if part.title == "why")
    assert not any("shown differently" in row.text for row in why.rows)


def test_what_differs_on_desk_and_telephone_alike_is_told_once(found: dict[str, Any]) -> None:
    found["verdict"]["differences"] = [
        {"first": f"{one} static", "second": f"{one} rendered", "similarity": 0.0, "text": f"only {one} rendered: «казино»"}
        for one in ("desktop", "phone")
    ]
    (row,) = next(part for part in parts_of(found) if part.title == "differs").rows
    assert row.text == "only desktop rendered: «казино» (desktop static against desktop rendered; phone static against phone rendered)"


def on_a_terminal(found: dict[str, Any], tmp_path: Path, columns: int) -> list[str]:
    """The screen as a terminal of that width gets it."""
    (tmp_path / "found.json").write_text(json.dumps(found))
    program = "import json, sys; from cli.show import print_dossier; print_dossier(json.load(open(sys.argv[1])))"
    ours, theirs = pty.openpty()
    environment = {"TERM": "xterm-256color", "COLUMNS": str(columns), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "found.json")], stdout=theirs, stdin=subprocess.DEVNULL, env=environment, cwd=ROOT
    ) as running:
        os.close(theirs)
        octets = b""
        try:
            while part := os.read(ours, 65536):
                octets += part
        except OSError:  # how Linux says that the other side was closed
            pass
        os.close(ours)
    assert running.returncode == 0
    return octets.decode().splitlines()


def bare(lines: list[str]) -> list[str]:
    """Without the colours, which are ours."""
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]


@pytest.mark.parametrize("columns", [80, 140])
def test_on_a_terminal_it_is_drawn_and_fits(found: dict[str, Any], tmp_path: Path, columns: int) -> None:
    found["verdict"]["reasons"][0]["text"] *= 9
    coloured = on_a_terminal(found, tmp_path, columns)
    lines = bare(coloured)
    assert any("\x1b[" in line for line in coloured), "it has colours"
    assert lines[0].startswith("╭")
    paths = [line for line in lines if line.endswith(".png")]
    assert sum(max(1, -(-cell_len(line) // columns)) for line in lines) <= LINES, "what the terminal wraps counts"
    assert all(cell_len(line) <= columns for line in lines if line not in paths)
    assert any(line.rstrip().endswith("…") for line in lines), "what is too long says so"
    assert not any("\x1b" in line or "\u202e" in line for line in lines), "hostile escapes are shown"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_path_is_never_cut_nor_broken(found: dict[str, Any], tmp_path: Path, columns: int) -> None:
    long = f"/{'folder/' * 17}{HOST}-phone.png"
    found["screenshots"] = [{**found["screenshots"][0], "path": long}, {**found["screenshots"][1], "path": "s/p.png"}]
    lines = [line.rstrip() for line in bare(on_a_terminal(found, tmp_path, columns))]
    beside = columns == 200
    assert [line.partition("/folder/")[0] == "" for line in lines if long in line] == [not beside], "from the edge where it has no room"
    assert any(line.endswith("s/p.png") and line != "s/p.png" for line in lines), "beside its lead where it has"


def test_a_path_is_shown_from_where_the_analyst_stands(found: dict[str, Any], tmp_path: Path) -> None:
    found["screenshots"][0]["path"] = str(ROOT / "data" / "state" / "screenshots" / "a.png")
    assert any(line.rstrip().endswith("  data/state/screenshots/a.png") for line in bare(on_a_terminal(found, tmp_path, 80)))


def test_a_quote_is_folded_to_two_lines_and_no_more(found: dict[str, Any], tmp_path: Path) -> None:
    one = found["evidence"][0]
    found["evidence"] = [{**one, "quote": "короткая цитата " * 3 + "конец"}, {**one, "value": "x", "quote": "слово " * 200}]
    lines = bare(on_a_terminal(found, tmp_path, 80))
    begin = next(number for number, line in enumerate(lines) if line.startswith("evidence"))
    assert [line.split()[0] for line in lines[begin : begin + 4]][::2] == ["evidence", "payment"]
    assert "конец” on" in "".join(lines[begin : begin + 2])
    assert lines[begin + 3].endswith("…")
    assert not lines[begin + 4].strip() or lines[begin + 4].startswith("browser")


def test_a_folded_row_counts_as_its_lines() -> None:
    tall = Part(title="a", rows=tuple(Row(text=str(number), lines=("1", "2")) for number in range(4)), least=5)
    low = part("b", 6, 2)
    first, second = fitted([tall, low], 9)
    assert sum(row.height for part in (first, second) for row in part.rows) == 9
    assert first.rows[-1].text == "... and 2 more (--json shows all)"
    assert second.rows[-1].text == "... and 3 more (--json shows all)"
