"""The sample web is what its table says, can be made again, and names nothing real."""

import gzip
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from casefile.archive import StoredRecord, read_all
from casefile.body import unpacked
from casefile.hostname import Door, SuffixKind
from casefile.reference import Reference, load_reference
from tests.data.sample_web import DATA, SAMPLE, WARC, host_of, seeds, sentences, visible

MADE = ("seeds.txt", "truth.csv", "truth_families.csv", "truth_payments.csv", "truth_promoters.csv", "truth_chains.csv", "decisions.csv")

KINDS = {"operator", "promotion", "licensed", "about", "other", "dead", "redirect", "hacked", "parked", "service", "unknown"}
BANDS = {"mirror", "review", "clear", "none"}

WHITE_LABEL = {"sunqarplay": "the white-label template", "dombyra": "the white-label template"}
"""Rivals that rent one platform: their pages share sentences, their accounts nothing."""


def contents(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """What an archive says, whatever the compression made of it."""
    for record in read_all(path, payloads=True):
        yield record.url, record.date, record.warc_header("WARC-Record-ID"), unpacked(record.payload, record.header("Content-Encoding"))


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLE / "make_sample.py", tmp_path], check=True, capture_output=True)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), f"{name}: run data/sample/make_sample.py"
    assert list(contents(tmp_path / WARC.name)) == list(contents(WARC)), "run data/sample/make_sample.py"
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION:  # zlib-ng packs the same octets into others
        assert (tmp_path / WARC.name).read_bytes() == WARC.read_bytes()


def test_the_archive_is_small_and_read_by_others(records: list[StoredRecord]) -> None:
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts) <= 5_000_000
    with WARC.open("rb") as stream:
        theirs = [record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(stream, check_digests="raise")]
    assert theirs == [record.url for record in records]
    assert {record.kind for record in records} == {"response"}


def test_no_address_is_answered_twice_for_one_vantage(records: list[StoredRecord]) -> None:
    asked = [(record.url, record.warc_header("X-Mirrorwatch-Vantage")) for record in records]
    assert len(set(asked)) == len(asked)


def test_the_truth_covers_seeds_and_archive(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    seeded = [host_of(seed) for seed in seeds()]
    assert len(set(seeded)) == len(seeded)
    assert set(truth) == set(seeded) | set(pages)
    assert len(truth) >= 300
    assert {host for host, row in truth.items() if row["kind"] == "dead"} == set(seeded) - set(pages)
    unseeded = {host: row for host, row in truth.items() if host in set(pages) - set(seeded)}
    assert {row["kind"] for row in unseeded.values()} == {"operator", "redirect", "service"}
    assert {host for host, row in unseeded.items() if row["kind"] != "service"} == {
        *("altynbet5391.example", "jeztas237.example", "jeztas240.example"),
        *("tumar-oberegi.example", "tumarbet-vhod.example", "tumarbet77.example", "moi-tumar.top.test"),
        *("otkat-trafik.example", "smart-sled.test", "perehod-apke.test"),
    }


def test_the_truth_speaks_the_agreed_words(truth: dict[str, dict[str, str]]) -> None:
    for row in truth.values():
        assert row["kind"] in KINDS
        assert row["expected_band"] in BANDS
        assert row["listable"] == ("yes" if row["kind"] in ("operator", "promotion", "redirect") else "no"), row
        assert (row["expected_band"] == "mirror") == (row["listable"] == "yes"), row
        assert row["needs_browser"] in ("yes", "no")


def test_every_name_is_invented_and_known_to_the_samples_door(truth: dict[str, dict[str, str]], sample_door: Door) -> None:
    for name, row in truth.items():
        host = sample_door.parse(name)
        assert host.name == name
        assert name.endswith((".example", ".test"))
        assert host.kind is SuffixKind.EXTRA
        assert host.registrable == name or row["kind"] == "service", f"{name} is not the whole site"


def test_what_must_be_found_stands_on_the_pages(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    providers = {row.name for row in load_reference([SAMPLE / "reference"]).providers}
    for host, texts in pages.items():
        whole = "\n".join(texts)
        expected = set(filter(None, truth[host]["payments"].split(";")))
        assert expected <= providers
        assert {name for name in providers if name in whole} == expected, host
        for code in filter(None, truth[host]["promo_codes"].split(";")):
            assert code in whole, host


def test_links_to_pages_of_the_same_site_are_answered(html: dict[str, list[str]], records: list[StoredRecord]) -> None:
    answered = {record.url for record in records}
    for host, texts in html.items():
        for text in texts:
            for path in re.findall(r'<a [^>]*href="(/(?!/)[^"#]*)[^"]*"', text):
                assert f"https://{host}{path.partition('?')[0]}" in answered, (host, path)


def test_links_to_other_sites_stay_in_the_sample(pages: dict[str, list[str]], truth: dict[str, dict[str, str]]) -> None:
    for texts in pages.values():
        for link in re.findall(r'<a [^>]*href="(https?://[^"]+)"', "\n".join(texts)):
            assert host_of(link) in truth, link


def test_plain_sites_say_enough_to_be_judged(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    for host, texts in pages.items():
        if truth[host]["expected_band"] == "clear":
            assert len(visible("\n".join(texts))) >= 800, host


def test_no_two_sites_share_a_sentence(truth: dict[str, dict[str, str]], html: dict[str, list[str]]) -> None:
    """Mirrors of one family aside, and the two rivals on one white-label template, and the bare pages of services and redirectors."""
    owner: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for host, texts in html.items():
        if truth[host]["kind"] in ("service", "redirect"):
            continue
        family = truth[host]["family"]
        site = WHITE_LABEL.get(family, family) or host
        for sentence in sentences("\n".join(texts)):
            if owner.setdefault(sentence, site) != site:
                shared.setdefault(sentence, {owner[sentence]}).add(site)
    assert not shared


def test_one_site_lies_about_its_characters_and_is_read_all_the_same(records: list[StoredRecord], pages: dict[str, list[str]]) -> None:
    record = next(record for record in records if host_of(record.url) == "sto-na-saduakas.example")
    with pytest.raises(UnicodeDecodeError):
        record.payload.decode("utf-8")
    assert "utf-8" in record.header("Content-Type")
    assert "Ремонтируем подвеску" in pages["sto-na-saduakas.example"][0]


def test_some_answers_are_packed(records: list[StoredRecord]) -> None:
    packed = {host_of(record.url) for record in records if record.header("Content-Encoding") == "gzip"}
    assert len(packed) >= 3
    assert all(gzip.decompress(record.payload) for record in records if record.header("Content-Encoding") == "gzip")


def test_nothing_real_is_named(
    reference: Reference, pages: dict[str, list[str]], html: dict[str, list[str]], truth: dict[str, dict[str, str]]
) -> None:
    shipped = load_reference([DATA / "reference"])
    whole = "\n".join(["\n".join(texts) for texts in pages.values()] + list(truth)).lower()
    whole += "\n".join(path.read_text(encoding="utf-8") for path in SAMPLE.rglob("*.csv")).lower()
    words = "\n".join(visible("\n".join(texts)).lower() for texts in html.values())
    assert [row.brand for row in shipped.brands if re.search(row.pattern, whole)] == []
    assert [row.pattern for row in shipped.providers if row.how == "host" and row.pattern in whole] == []
    assert [
        row.pattern for row in shipped.providers if row.how == "words" and re.search(rf"\b{re.escape(row.pattern.lower())}\b", words)
    ] == []
    assert [row.licence for row in shipped.licensed if row.licence and row.licence in whole] == []
    assert {number for number in re.findall(r"\+7[ (]+(\d{3}[) ]+\d{3})", whole) if not number.startswith("000")} == {"700 000"}
    assert {number[:2] for number in re.findall(r"(?<![\w-])\d{8}(?![\w-])", words)} == {"00"}
