"""Pages that cannot be read are unsure with the reason, lines that cannot be used are told by their number; never a crash, never clear."""

import io
import json
import random
from pathlib import Path

import pytest

from cli.page_lines import LONGEST_LINE, PageLines
from tests.cli.running import Ran, mirrorwatch

WORDS = "Свежий хлеб и торты на заказ каждый день с семи утра. Доставка по городу бесплатна при заказе от пяти тысяч тенге. "
SOUP = random.Random(4).randbytes(6_000)

UNSURE: dict[str, tuple[str, str]] = {
    "nothing": ("", "no visible text"),
    "blanks": (" \n\t" * 500, "no visible text"),
    "cut in a tag": ("<html><body><p>Свежий хлеб и торты <a href='/kor", "characters of visible text"),
    "cut in a script": ("<html><script>var a = 'казино " + "x" * 5_000, "no visible text"),
    "octets as Latin-1": (SOUP.decode("latin-1"), "text"),
    "octets as UTF-8": (SOUP.decode("utf-8", "replace"), "does not read as text"),
    "a PNG": ("\ufffdPNG\r\n\x1a\n\0\0\0\rIHDR" + SOUP.decode("utf-8", "replace"), "does not read as text"),
    "UTF-8 read as Windows-1251": ((WORDS * 4).encode().decode("cp1251", "replace"), "another encoding"),
    "UTF-8 read as Latin-1": ((WORDS * 4).encode().decode("latin-1"), "another encoding"),
    "Windows-1251 read as Latin-1": ((WORDS * 4).encode("cp1251").decode("latin-1"), "another encoding"),
    "300 KB of one tag": ("<div>" * 60_000, ""),
    "300 KB of one open bracket": ("<" * 300_000, ""),
    "a million nodes": ("<b>x</b>" * 250_000, "not all of the page was read"),
    "NUL octets": ("\0" * 100_000, "no visible text"),
    "half of a pair": ("\ud83d" * 3_000, "does not read as text"),
}
"""Name -> html, and words of the first reason."""

BAD: dict[str, tuple[bytes, str]] = {
    "no html": (b'{"id": "a", "url": ""}', "misses the field 'html'"),
    "no id": (b'{"url": "", "html": "x"}', "misses the field 'id'"),
    "a list": (b"[1, 2]", "is not a JSON object"),
    "a number": (b"17", "is not a JSON object"),
    "cut short": (b'{"id": "a", "html": "<p>', "is not a JSON object"),
    "not JSON": (b"<html>", "is not a JSON object"),
    "html is null": (b'{"id": "a", "html": null}', "has no text as 'html' but null"),
    "html is a list": (b'{"id": "a", "html": ["<p>"]}', "has no text as 'html' but a list"),
    "html is a number": (b'{"id": "a", "html": 5}', "has no text as 'html' but a number"),
    "id is an object": (b'{"id": {}, "html": "x"}', "has no text or number as 'id' but an object"),
    "url is a number": (b'{"id": "a", "url": 5, "html": "x"}', "has no text as 'url' but a number"),
    "not UTF-8": (b'{"id": "a", "html": "\xff\xfe"}', "is not UTF-8"),
    "nested deep": (b'{"id": "a", "html": ' + b"[" * 200_000, "is not a JSON object"),
    "a number of 10,000 digits": (b'{"id": ' + b"9" * 10_000 + b', "html": "x"}', "is not a JSON object"),
    "50 MB": (b'{"id": "a", "html": "' + b"x" * 50_000_000 + b'"}', "is longer than 16 MB"),
}
"""Name -> line, and what is said of it."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All pages of `UNSURE` in one run, as escaped JSON, which can hold anything."""
    file = tmp_path_factory.mktemp("bad") / "pages.jsonl"
    file.write_text(
        "".join(json.dumps({"id": name, "url": "https://x.example/", "html": html}) + "\n" for name, (html, _) in UNSURE.items())
    )
    return mirrorwatch("-q", "judge-pages", file, "--json")


def test_every_page_has_its_answer_in_its_place(judged: Ran) -> None:
    assert judged.code == 0 and judged.err == ""
    assert [json.loads(line)["id"] for line in judged.out.splitlines()] == list(UNSURE)


@pytest.mark.parametrize("name", UNSURE)
def test_what_cannot_be_read_is_unsure_and_says_why(judged: Ran, name: str) -> None:
    told = next(one for one in map(json.loads, judged.out.splitlines()) if one["id"] == name)
    assert tuple(told) == ("id", "url", "score", "band", "reasons", "label")
    assert told["band"] == "unsure", told
    assert UNSURE[name][1] in told["reasons"][0], told


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of every line of `BAD`, each between two good ones that are judged."""
    told = []
    for line, _ in BAD.values():
        lines = PageLines(io.BytesIO(b'{"id": "1", "html": "x"}\n' + line + b'\n\n{"id": 2, "url": null, "html": "y"}'))
        assert list(lines) == [("1", "", "x"), ("2", "", "y")], "the others are judged, in order"
        told.append(lines.told)
    return told


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_cannot_be_used_is_named_by_its_number(refused: list[str], name: str) -> None:
    told = refused[list(BAD).index(name)]
    assert told.startswith(f"line 2 {BAD[name][1]}: every line must be"), told


def test_many_bad_lines_are_counted() -> None:
    lines = PageLines(io.BytesIO(b"[]\n" * 1_000))
    assert list(lines) == [] and "line 5 is not" in lines.told and "; and 995 more: every line" in lines.told


def test_a_byte_order_mark_and_a_surrogate_in_an_address_are_no_fault() -> None:
    lines = PageLines(io.BytesIO('\ufeff{"id": "a", "url": "http://x/\\ud800", "html": ""}'.encode()))
    assert list(lines) == [("a", "http://x/?", "")] and not lines.told


def test_lines_are_read_one_by_one_and_a_long_one_is_not_held() -> None:
    class Endless(io.RawIOBase):
        """A line without end for a while; says how much was asked for at once."""

        asked, given = 0, 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.asked = max(self.asked, size or 0)
            self.given += 1
            return b"x" * (LONGEST_LINE + 1) if self.given < 5 else b"\n" if self.given == 5 else b""

    stream = Endless()
    lines = PageLines(stream)  # type: ignore[arg-type]
    assert list(lines) == [] and stream.asked == LONGEST_LINE + 1 and lines.bad == 1


def test_bad_lines_end_in_one_line_and_exit_2(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(b'{"id": "a", "html": ""}\n' + BAD["not UTF-8"][0] + b"\n" + BAD["html is null"][0] + b"\n")
    ran = mirrorwatch("-q", "judge-pages", file)
    assert ran.code == 2 and len(ran.err.splitlines()) == 1 and "line 2 is not UTF-8; line 3 has no text" in ran.err
    assert len(ran.out.splitlines()) == 1
