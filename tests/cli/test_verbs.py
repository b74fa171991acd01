"""The verbs as other programs see them: the fields of --json, exit codes, what damage is named."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.config import ROOT
from tests.cli.running import mirrorwatch


def objects(*words: object, stdin: str = "", code: int = 0) -> list[dict[str, Any]]:
    ran = mirrorwatch("-q", *words, stdin=stdin)
    assert ran.code == code, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_verdicts(state: Path) -> None:
    found = objects("--state", state, "verdicts", "--json")
    assert {tuple(one) for one in found} == {("host", "label", "probability", "band", "family", "reasons")}
    assert all(0 <= one["probability"] <= 1 and one["reasons"] for one in found)


def test_queue_is_in_order_of_probability(state: Path) -> None:
    mirrors = [one["probability"] for one in objects("--state", state, "queue", "--json") if one["band"] == "mirror"]
    assert mirrors == sorted(mirrors, reverse=True)
    assert len(objects("--state", state, "queue", "--limit", 2, "--json")) == 2


def test_evidence_list(state: Path) -> None:
    found = objects("--state", state, "evidence", "list", "--json")
    assert {tuple(one) for one in found} == {("host", "url", "kind", "subject", "value", "strength")}
    assert {one["kind"] for one in found} == {"payment", "promoter", "licence", "identifier", "gambling"}
    assert {one["host"] for one in objects("--state", state, "evidence", "list", "altynbet5379.example", "--json")} == {
        "altynbet5379.example"
    }


def test_every_evidence_points_into_the_archive(state: Path) -> None:
    shown = objects("--state", state, "show", "altynbet5379.example", "--json")[0]
    assert shown["evidence"]
    for one in shown["evidence"]:
        assert (state / "archive" / one["record"]["file"]).is_file()


def test_verify_names_what_is_wrong(state: Path, tmp_path: Path) -> None:
    serial = (state / "releases" / "latest").resolve().name
    copy = tmp_path / serial
    shutil.copytree(state / "releases" / serial, copy)
    assert mirrorwatch("-q", "--state", state, "verify", copy).code == 0
    (copy / "domains.txt").write_text((copy / "domains.txt").read_text() + "kaspi.kz\n")
    [report] = objects("--state", state, "verify", copy, "--json", code=1)
    assert report["ok"] is False
    assert any(fault["item"] == "domains.txt" for fault in report["faults"])


def test_a_release_of_a_sample_says_so(state: Path) -> None:
    assert json.loads((state / "releases" / "latest" / "manifest.json").read_text())["replayed"] is True


def test_diff_of_a_release_with_itself(state: Path) -> None:
    latest = state / "releases" / "latest"
    assert objects("diff", latest, latest, "--json") == [
        {"added": [], "removed": [], "changed": [], "kept": 6, "before": 6, "after": 6, "canary": None}
    ]


def test_approving_a_guarded_name_is_refused(state: Path) -> None:
    ran = mirrorwatch("-q", "--state", state, "approve", "saryarqa-sport.kz.example", "--as", "A. Analyst", "--note", "looks like betting")
    assert ran.code == 2
    assert "licensed-operator" in ran.err


def test_judge_names_keeps_the_order_and_the_tab() -> None:
    ran = mirrorwatch("-q", "judge-names", stdin="gamacasino5379.xyz\nkaspi.kz\n")
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert [name for _, name in lines] == ["gamacasino5379.xyz", "kaspi.kz"]
    assert float(lines[0][0]) > 0.9 > 0.5 > float(lines[1][0])


def test_judge_pages_gives_one_answer_a_line() -> None:
    casino = (
        "<title>Онлайн казино</title><body>"
        + "Казино: игровые автоматы, рулетка, ставки, бонус за депозит, фриспины, джекпот. " * 8
        + "</body>"
    )
    pages = [{"id": "a", "url": "http://x.example/", "html": casino}, {"id": "b", "url": None, "html": ""}]
    first, second = objects("judge-pages", "--json", stdin="\n".join(map(json.dumps, pages)))
    assert tuple(first) == ("id", "url", "score", "band", "reasons", "label")
    assert first["score"] > 0.9
    assert "“Казино: игровые автоматы, рулетка, ставки" in " ".join(first["reasons"]), "the page is quoted"
    assert (second["id"], second["band"]) == ("b", "unsure"), "what could not be read is never clear"


@pytest.mark.parametrize(
    ("line", "says"), [('{"id": "a", "url": ""}', "misses the field 'html'"), ("[]", "is not a JSON object"), ("{", "is not a JSON object")]
)
def test_judge_pages_names_a_bad_line(line: str, says: str) -> None:
    good = json.dumps({"id": "a", "url": "", "html": "x"})
    ran = mirrorwatch("-q", "judge-pages", "--json", stdin=f"{good}\n{line}\n{good}\n")
    assert ran.code == 2
    assert "line 2" in ran.err
    assert says in ran.err
    assert len(ran.out.splitlines()) == 2, "the others are answered"


def test_doctor_finds_this_checkout(tmp_path: Path) -> None:
    ran = mirrorwatch("-q", "--state", tmp_path / "s", "doctor", "--json")
    checks = {one["check"]: one for one in map(json.loads, ran.out.splitlines())}
    assert all(one["ok"] for name, one in checks.items() if name != "resolver"), checks
    assert ran.code == (0 if checks["resolver"]["ok"] else 1)
    assert checks["packages"]["found"] == f"of {ROOT}"
    assert checks["top list"]["mend"].startswith("no top list was imported")


def test_doctor_says_how_to_mend(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[judge]\nmodel = "{tmp_path / "none"}"\n')
    ran = mirrorwatch("-q", "--config", config, "--state", tmp_path / "s", "doctor", "--json")
    model = next(one for one in map(json.loads, ran.out.splitlines()) if one["check"] == "model")
    assert ran.code == 1
    assert not model["ok"]
    assert str(tmp_path / "none") in model["mend"]


def test_usage_errors_exit_2() -> None:
    assert mirrorwatch("approve", "x.example").code == 2
    assert mirrorwatch("no-such-verb").code == 2
    assert mirrorwatch("verify", "/nonexistent").code == 2


def test_a_reader_that_has_seen_enough_is_no_error(state: Path) -> None:
    words = f"{sys.executable} -m cli -q --state {state} fingerprint --lines"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", f"{words} | head -1"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("key", ["sites_at_once", "commit_hosts", "lookups_at_once"])
def test_numbers_with_which_nothing_would_be_done_are_refused(tmp_path: Path, key: str) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f"[crawl]\n{key} = 0\n")
    ran = mirrorwatch("-q", "--config", config, "--state", tmp_path / "s", "queue")
    assert ran.code == 2
    assert f"{key} must be 1 or more" in ran.err
