"""`judge-names`: order and form of the answer, hostile lists, and that it starts without what it does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.verbs_names import BLOCK, LONGEST
from tests.cli.running import mirrorwatch

ROOT = Path(__file__).resolve().parents[2]


def lines_of(tmp_path: Path, octets: bytes, *more: str) -> list[str]:
    """The answer to a file of these octets."""
    (tmp_path / "names.txt").write_bytes(octets)
    ran = mirrorwatch("-q", "--state", tmp_path / "state", "judge-names", tmp_path / "names.txt", *more)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.split("\n")[:-1]


def test_every_name_has_its_line_in_order_however_the_lines_end(tmp_path):
    names = [f"name{number}.example" for number in range(5)]
    plain = lines_of(tmp_path, "\n".join(names).encode())
    assert [line.partition("\t")[2] for line in plain] == names
    assert all(len(line.partition("\t")[0]) == 6 for line in plain)
    assert lines_of(tmp_path, "\r\n\r\n \t\n".join(names).encode() + b"\r\n") == plain


def test_names_across_blocks_are_judged_whole(tmp_path):
    count = BLOCK // 20 + 10
    names = [f"casino-x{number:07}.example" for number in range(count)]
    assert [line[7:] for line in lines_of(tmp_path, "\n".join(names).encode())] == names


def test_nothing_hostile_reaches_the_terminal(tmp_path):
    hostile = (
        b"\x1b[2Jred.example\n\x00nul.example\n\xff\xfe.example\nx\xe2\x80\xaetxt.example\n" + b"a" * (3 * BLOCK) + b"\nlast.example\n"
    )
    lines = lines_of(tmp_path, hostile)
    assert len(lines) == 6 and lines[-1].endswith("\tlast.example")
    assert all(line.replace("\t", "").isprintable() for line in lines)
    assert "\\x1b[2Jred.example" in lines[0] and max(map(len, lines)) <= LONGEST + 7
    asked = [json.loads(line) for line in lines_of(tmp_path, hostile, "--json")]
    assert asked[0]["name"] == "\x1b[2Jred.example" and 0 <= asked[0]["probability"] <= 1


def test_an_empty_list_is_an_empty_answer(tmp_path):
    assert lines_of(tmp_path, b"") == lines_of(tmp_path, b"\n\n") == []


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path):
    ran = mirrorwatch("-q", "judge-names", tmp_path / "none.txt")
    assert ran.code == 2 and "none.txt" in ran.err and "\n" not in ran.err.strip().removeprefix("mirrorwatch: ").strip()


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    (tmp_path / "names.txt").write_text("casino.example\n" * 200_000)
    command = f"{sys.executable} -m cli --state {tmp_path} judge-names {tmp_path}/names.txt | head -n 1"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.endswith("casino.example\n") and ran.stderr == ""


@pytest.mark.parametrize(
    "package",
    ["scrapy", "twisted", "playwright", "jinja2", "matplotlib", "apprise", "dns", "selectolax", "sklearn", "sqlite3", "rich.progress"],
)
def test_it_starts_without_what_it_does_not_need(tmp_path, package):
    program = (
        "import sys; from cli.main import app\n"
        f"sys.argv = ['mirrorwatch', '--state', {str(tmp_path)!r}, 'judge-names', '-']\n"
        f"try: app()\nexcept SystemExit: pass\nprint({package!r} in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], input="casino.example\n", capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.splitlines()[-1] == "False"
