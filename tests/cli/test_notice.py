"""The notice and the recheck at the command line: three forms of one notice, hostile text inert in each."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.test_appeal import Counter

NUMBER = ("--number", "17/2026")


class Tags(HTMLParser):
    """The elements of a page and what they would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    return Counter(tmp_path_factory.mktemp("notice"))


def test_as_text_it_is_inert_and_masked(counter: Counter) -> None:
    ran = counter.run("notice", *NUMBER, "--act", "5-1")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "NOTICE No. 17/2026, act 5-1"
    assert [line for line in lines if re.match(r"\d+\. ", line)] == ["1. casino.example", "2. shop.test"]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ran.out)
    assert "4111 1111 1111 1111" not in ran.out and "411111…1111" in ran.out
    assert "anna@mail.example" not in ran.out
    assert "«мерчент ID»" not in ran.out, "no merchant id was found on these"
    assert any(line.startswith("[1] Internet Casinos, Foreign Bookmakers") for line in lines)
    assert "(the words of the order)" in ran.out and "(not a sign that the order was seen to name: our own words)" in ran.out


def test_as_json_it_is_one_object_with_times_in_the_zone(counter: Counter) -> None:
    ran = counter.run("notice", "shop.test", *NUMBER, "--format", "json")
    assert ran.code == 0, ran.err
    [line] = ran.out.splitlines()
    found = json.loads(line)
    assert (found["number"], found["serial"], found["zone"]) == ("17/2026", 0, "Asia/Almaty")
    [one] = found["resources"]
    assert one["name"] == "shop.test" and one["listed_at"].endswith("+05:00")
    assert one["proofs"][0]["sha256"] == "ab" * 32
    assert one["pages"][0]["records"][0]["record_id"] == "<urn:uuid:1>"


def test_as_a_page_it_holds_all_itself_and_nothing_of_the_far_end_runs(counter: Counter, tmp_path: Path) -> None:
    out = tmp_path / "notice.html"
    ran = counter.run("notice", *NUMBER, "--format", "html", "--out", str(out))
    assert ran.code == 0, ran.err
    assert ran.out == f"notice 17/2026: 2 resources, 3 signs, in {out}\n"
    page = out.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert not tags.tags & {"script", "img", "iframe", "link", "object", "form", "a"}
    assert [value for name, value in tags.attributes if name in ("src", "href", "onerror", "srcset")] == []
    assert "default-src 'none'" in page and "@media print" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "4111 1111 1111 1111" not in page and "\x1b" not in page and "\u202e" not in page


def test_a_file_holds_what_stdout_would(counter: Counter, tmp_path: Path) -> None:
    out = tmp_path / "notice.txt"
    said = counter.run("notice", *NUMBER).out
    assert counter.run("notice", *NUMBER, "--out", str(out)).code == 0
    kept = out.read_text(encoding="utf-8")
    assert without_the_moment(kept) == without_the_moment(said) != []


def without_the_moment(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("Made ")]


def test_errors_are_one_line(counter: Counter) -> None:
    for words, said in (
        (("nobody.example", *NUMBER), "not on the list: nobody.example; a notice is sent for what is listed"),
        (("--release", "7", *NUMBER), "there is no release 7"),
        ((*NUMBER, "--out", "/"), "/ is a folder: name a file with --out"),
    ):
        ran = counter.run("notice", *words)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
        assert said in ran.err


def test_recheck_tells_of_each_what_becomes_of_it_and_why(tmp_path: Path) -> None:
    counter = Counter(tmp_path, days_ago=80, seen_again="casino.example")
    found = {one["host"]: one for one in counter.objects("recheck")}
    assert {host: (one["fate"], one["state"]) for host, one in found.items()} == {
        "casino.example": ("renew", "gambling"),
        "shop.test": ("keep", "not-seen"),
    }
    assert found["casino.example"]["renewed_until"] > found["casino.example"]["expires_at"]
    lines = counter.run("recheck").out.splitlines()
    assert lines[0] == "2 due within 14 days: 1 renewed, 1 kept, 0 dropped"
    assert lines[3].split()[0] == "shop.test" and "not looked at since" in lines[3]


def test_recheck_says_that_nothing_is_due(counter: Counter) -> None:
    assert counter.run("recheck").out == "nothing is due\n"
