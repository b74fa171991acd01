"""The sample web is what its table says, can be made again, and names nothing real."""

import csv
import gzip
import io
import re
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from casefile.archive import StoredRecord, read_all
from casefile.body import text_of, unpacked
from casefile.hostname import Door, SuffixKind
from casefile.reference import Reference, load_reference

DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLE = DATA / "sample"
WARC = SAMPLE / "web.warc.gz"
MADE = ("seeds.txt", "truth.csv", "decisions.csv")

KINDS = {"operator", "promotion", "licensed", "about", "other", "dead", "redirect"}
BANDS = {"mirror", "review", "clear", "none"}


def table(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def seeds() -> list[str]:
    lines = (SAMPLE / "seeds.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def host_of(seed: str) -> str:
    return urlsplit(seed).hostname or seed


def page_text(record: StoredRecord) -> str:
    return text_of(unpacked(record.payload, record.header("Content-Encoding")), record.header("Content-Type"))


def visible(html: str) -> str:
    return " ".join(re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, str]]:
    return {row["host"]: row for row in table("truth.csv")}


@pytest.fixture(scope="module")
def records() -> list[StoredRecord]:
    return list(read_all(WARC, payloads=True))


@pytest.fixture(scope="module")
def pages(records: list[StoredRecord]) -> dict[str, list[str]]:
    """The pages of every host that answers, as text."""
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(host_of(record.url), []).append(page_text(record))
    return found


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference([DATA / "reference", SAMPLE / "reference"])


@pytest.fixture(scope="module")
def sample_door() -> Door:
    return Door(tomllib.loads((SAMPLE / "mirrorwatch.toml").read_text(encoding="utf-8"))["suffixes"])


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
    assert WARC.stat().st_size <= 1_000_000
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
    assert len(truth) >= 40
    assert {host for host, row in truth.items() if row["kind"] == "dead"} == set(seeded) - set(pages)
    assert set(pages) - set(seeded) == {"altynbet5391.example"}


def test_the_truth_speaks_the_agreed_words(truth: dict[str, dict[str, str]]) -> None:
    for row in truth.values():
        assert row["kind"] in KINDS
        assert row["expected_band"] in BANDS
        assert row["listable"] == ("yes" if row["kind"] in ("operator", "promotion", "redirect") else "no"), row


def test_every_name_is_invented_and_known_to_the_samples_door(truth: dict[str, dict[str, str]], sample_door: Door) -> None:
    for name in truth:
        host = sample_door.parse(name)
        assert host.name == name
        assert host.kind is SuffixKind.EXTRA
        assert host.registrable == name, f"{name} is not the whole site"


def test_the_two_families_are_numbered(truth: dict[str, dict[str, str]]) -> None:
    sizes = {family: sum(row["family"] == family for row in truth.values()) for family in ("altynbet", "tulparslots")}
    assert sizes == {"altynbet": 7, "tulparslots": 4}


def test_members_share_an_identifier_and_families_do_not(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    marks = {"altynbet": ("G-ALTYNTEST1", "altynTEST1"), "tulparslots": ("999000123", "5e7a91c3d2b8f604a17b0c2e")}
    for host, texts in pages.items():
        for family, identifiers in marks.items():
            member = truth[host]["family"] == family and truth[host]["kind"] == "operator"
            assert all(any(one in text for text in texts) for one in identifiers) == member, (host, family)


def test_what_must_be_found_stands_on_the_pages(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    providers = {row.name for row in load_reference([SAMPLE / "reference"]).providers}
    for host, texts in pages.items():
        whole = "\n".join(texts)
        expected = set(filter(None, truth[host]["payments"].split(";")))
        assert expected <= providers
        assert {name for name in providers if name in whole} == expected, host
        for code in filter(None, truth[host]["promo_codes"].split(";")):
            assert code in whole, host


def test_both_promoters_lead_to_the_mirror_that_is_not_seeded(pages: dict[str, list[str]], records: list[StoredRecord]) -> None:
    answered = {record.url for record in records}
    for host in ("sulu-bonus.example", "kanal-stavki.test"):
        links = re.findall(r'href="(https://altynbet5391\.example/[^"]*)"', pages[host][0])
        assert [link.replace("&amp;", "&") in answered for link in links] == [True]
    naming = {host for host, texts in pages.items() if any("altynbet5391" in text for text in texts)}
    assert naming == {"altynbet5391.example", "sulu-bonus.example", "kanal-stavki.test"}


def test_links_to_pages_of_the_same_site_are_answered(pages: dict[str, list[str]], records: list[StoredRecord]) -> None:
    answered = {record.url for record in records}
    for host, texts in pages.items():
        for text in texts:
            for path in re.findall(r'<a [^>]*href="(/[^"#]*)[^"]*"', text):
                assert f"https://{host}{path}" in answered


def test_links_to_other_sites_stay_in_the_sample(pages: dict[str, list[str]], truth: dict[str, dict[str, str]]) -> None:
    for texts in pages.values():
        for link in re.findall(r'<a [^>]*href="(https?://[^"]+)"', "\n".join(texts)):
            assert host_of(link) in truth, link


def test_plain_sites_say_enough_to_be_judged(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    for host, texts in pages.items():
        if truth[host]["expected_band"] == "clear":
            assert len(visible("\n".join(texts))) >= 800, host


def test_no_two_sites_share_a_sentence(truth: dict[str, dict[str, str]], pages: dict[str, list[str]]) -> None:
    owner: dict[str, str] = {}
    for host, texts in pages.items():
        site = truth[host]["family"] or host
        for sentence in re.split(r"[.!?]\s", visible("\n".join(texts))):
            if len(sentence) >= 40:
                assert owner.setdefault(sentence, site) == site, sentence


def test_one_site_lies_about_its_characters_and_is_read_all_the_same(records: list[StoredRecord], pages: dict[str, list[str]]) -> None:
    record = next(record for record in records if host_of(record.url) == "sto-na-saduakas.example")
    with pytest.raises(UnicodeDecodeError):
        record.payload.decode("utf-8")
    assert "utf-8" in record.header("Content-Type")
    assert "Ремонтируем подвеску" in pages["sto-na-saduakas.example"][0]


def test_some_answers_are_packed(records: list[StoredRecord]) -> None:
    packed = {host_of(record.url) for record in records if record.header("Content-Encoding") == "gzip"}
    assert len(packed) >= 3
    assert all(gzip.GzipFile(fileobj=io.BytesIO(record.payload)).read() for record in records if host_of(record.url) in packed)


def test_one_site_shows_its_casino_to_phones_only(records: list[StoredRecord]) -> None:
    seen = {
        record.warc_header("X-Mirrorwatch-Vantage"): page_text(record) for record in records if record.url == "https://dala-fitnes.example/"
    }
    assert "казино" not in seen["desktop"].lower()
    assert "казино" in seen["phone"].lower()


def test_redirects_lead_from_one_mirror_to_the_next(truth: dict[str, dict[str, str]], records: list[StoredRecord]) -> None:
    landing = {host_of(record.url): record for record in records if urlsplit(record.url).path == "/"}
    assert (landing["altynbet5381.example"].status, landing["altynbet5381.example"].header("Location")) == (
        302,
        "https://altynbet5382.example/",
    )
    assert 'http-equiv="refresh" content="0; url=https://altynbet5384.example/"' in page_text(landing["altynbet5383.example"])
    assert {host for host, row in truth.items() if row["kind"] == "redirect"} == {"altynbet5381.example", "altynbet5383.example"}


def test_the_look_alike_quotes_the_licence_of_the_licensed(reference: Reference, pages: dict[str, list[str]]) -> None:
    licensed = next(row for row in reference.licensed if row.domain.endswith(".example"))
    assert licensed.domain == "saryarqa-sport.kz.example"
    assert licensed.licence in pages[licensed.domain][0]
    assert licensed.licence in "".join(pages["saryarqa-sport-bonus.example"])


def test_decisions_leave_members_of_both_families_to_review(truth: dict[str, dict[str, str]]) -> None:
    decided = {row["host"]: row["action"] for row in table("decisions.csv")}
    approved = {host for host, action in decided.items() if action == "approve"}
    assert len(approved) == 4
    assert all(truth[host]["listable"] == "yes" for host in approved)
    assert [truth[host]["listable"] for host, action in decided.items() if action == "reject"] == ["no"]
    for family in ("altynbet", "tulparslots"):
        members = {host for host, row in truth.items() if row["family"] == family}
        assert members & approved
        assert members - approved


def test_nothing_real_is_named(reference: Reference, pages: dict[str, list[str]], truth: dict[str, dict[str, str]]) -> None:
    shipped = load_reference([DATA / "reference"])
    whole = "\n".join(["\n".join(texts) for texts in pages.values()] + list(truth)).lower()
    whole += "\n".join(path.read_text(encoding="utf-8") for path in SAMPLE.rglob("*.csv")).lower()
    words = "\n".join(visible("\n".join(texts)).lower() for texts in pages.values())
    assert [row.brand for row in shipped.brands if re.search(row.pattern, whole)] == []
    assert [row.pattern for row in shipped.providers if row.how == "host" and row.pattern in whole] == []
    assert [
        row.pattern for row in shipped.providers if row.how == "words" and re.search(rf"\b{re.escape(row.pattern.lower())}\b", words)
    ] == []
    assert [row.licence for row in shipped.licensed if row.licence and row.licence in whole] == []
    assert set(re.findall(r"\+7[ (]+(\d{3})", whole)) == {"000"}
    assert {number[:2] for number in re.findall(r"(?<![\w-])\d{8}(?![\w-])", words)} == {"00"}
