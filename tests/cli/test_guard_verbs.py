"""`guard` and `register` as an operator and other programs see them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import mirrorwatch


def objects(state: Path, *words: object, code: int = 0) -> list[dict[str, Any]]:
    ran = mirrorwatch("-q", "--state", state, *words, "--json")
    assert ran.code == code, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.fixture
def top_list(tmp_path: Path) -> Path:
    path = tmp_path / "top-1m.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{rank},site{rank}.com\r\n" for rank in range(1, 1_501)).encode() + b"9,a b\n"))
    return path


def test_a_top_list_is_missed_imported_and_shown(tmp_path: Path, top_list: Path) -> None:
    state = tmp_path / "state"
    [before] = objects(state, "guard", code=1)
    assert (before["count"], before["fresh"], before["imported_at"]) == (0, False, None) and "guard update FILE" in before["warning"]
    [done] = objects(state, "guard", "update", top_list)
    assert (done["count"], done["bad"], done["repeated"], done["source"]) == (1_500, 1, 0, "top-1m.csv.gz")
    assert done["first_bad"] == ["line 1501: 9,a b: character ' ' cannot stand in a host name"]
    [after] = objects(state, "guard")
    assert (after["count"], after["fresh"], after["warning"], after["sha256"]) == (1_500, True, "", done["sha256"])


def test_the_answer_for_people_names_the_bad_lines(tmp_path: Path, top_list: Path) -> None:
    ran = mirrorwatch("--state", tmp_path / "state", "guard", "update", top_list)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "1,500 popular names of top-1m.csv.gz are guarded now",
        "1 lines held no name; the first:",
        "  line 1501: 9,a b: character ' ' cannot stand in a host name",
    ]
    assert "top list: 100 to do" in ran.err


def test_a_file_that_is_no_top_list_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>not found</html>\n")
    ran = mirrorwatch("-q", "--state", tmp_path / "state", "guard", "update", tmp_path / "page.html")
    assert ran.code == 2 and ran.out == ""
    assert ran.err.count("\n") == 1 and "the last list stands" in ran.err
    assert not (tmp_path / "state" / "guard").exists()


def test_which_rule_names_a_host(tmp_path: Path) -> None:
    found = objects(tmp_path / "state", "guard", "check", "kaspi.kz", "*.com", "10.0.0.1", "casino-x.github.io", code=1)
    assert [(one["host"], one["rule"]) for one in found] == [
        ("kaspi.kz", "bank"),
        ("*.com", "wildcard"),
        ("10.0.0.1", "ip-literal"),
        ("casino-x.github.io", ""),
    ]
    assert [one["rule"] for one in objects(tmp_path / "state", "guard", "check", "casino-x.com")] == [""]


def test_a_register_is_imported_listed_and_withdrawn(tmp_path: Path) -> None:
    state, blocked = tmp_path / "state", tmp_path / "blocked.txt"
    blocked.write_text("*.casino.com\nplain.com\nnot a name\n" + "".join(f"site{number}.com\n" for number in range(20)))
    [done] = objects(state, "register", "import", blocked)
    assert (done["source"], done["form"], done["names"], done["bad"], done["unchanged"]) == ("national", "list", 22, 1, False)
    assert done["first_bad"] == ["line 3: not a name: not one name"]
    assert objects(state, "register", "import", blocked)[0]["unchanged"] is True
    assert [(one["source"], one["names"], one["file"]) for one in objects(state, "register")] == [("national", 22, "blocked.txt")]
    assert objects(state, "register", "withdraw") == [{"source": "national", "names": 0}]
    assert [one["names"] for one in objects(state, "register")] == [0]


def test_the_answer_of_an_import_for_people(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked.txt"
    blocked.write_text("".join(f"site{number}.com\n" for number in range(20)))
    ran = mirrorwatch("-q", "--state", tmp_path / "state", "register", "import", blocked, "--source", "pl")
    assert (ran.code, ran.out) == (0, "register pl (list): 20 names; 0 entries block only an address, 0 have ended\n")
    shown = mirrorwatch("-q", "--state", tmp_path / "state", "register").out.splitlines()
    assert shown[0].split() == ["register", "names", "imported", "file"] and shown[1].split()[:2] == ["pl", "20"]


def test_a_register_that_is_cut_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    cut = tmp_path / "dump.xml"
    cut.write_text('<reg:register xmlns:reg="http://rsoc.ru"><content blockType="domain">')
    ran = mirrorwatch("-q", "--state", tmp_path / "state", "register", "import", cut)
    assert ran.code == 2 and ran.out == ""
    assert ran.err.count("\n") == 1 and "not whole XML" in ran.err and "nothing was imported" in ran.err
