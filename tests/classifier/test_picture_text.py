"""A picture's words: read where Tesseract is, bounded whatever the picture is, never more than weak evidence and a doubt."""

import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from casefile import queries
from casefile.archive import Archive
from casefile.hostname import Door
from casefile.progress import Silent
from casefile.records import Band, Clock, Evidence, EvidenceKind, Label, PageKind, Strength
from casefile.store import Case
from classifier.detectors import picture_text
from classifier.detectors.picture_text import (
    INSTALL,
    MOST_ROWS,
    PictureText,
    gambling_in,
    languages,
    picture_doubts,
    tesseract,
    text_in,
    top_of,
)
from classifier.examine import examine
from classifier.judging import HostJudgement
from classifier.model import Judge
from classifier.page import Page
from classifier.reading import PageReader
from classifier.score import pictured, score
from tests.classifier.making import BAKERY, PHONE, REFERENCE, Captured
from tests.conftest import require

CASES = Path(__file__).parents[1] / "cases" / "detectors" / "picture_text"
FONT = "DejaVuSans.ttf"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def drawn(*lines: str, size: tuple[int, int] = (1280, 800), colour: str = "#ffffff") -> bytes:
    """A PNG with these lines on a dark ground."""
    picture = Image.new("RGB", size, "#102030")
    if lines:
        pen = ImageDraw.Draw(picture)
        for number, line in enumerate(lines):
            pen.text((40, 40 + 70 * number), line, font=ImageFont.truetype(FONT, 36), fill=colour)
    return encoded(picture)


def encoded(picture: Image.Image) -> bytes:
    octets = io.BytesIO()
    picture.save(octets, "PNG")
    return octets.getvalue()


def page_with(picture: bytes | None) -> Page:
    return Page(url="https://a.example/", title="", text="", screenshot=picture)


@pytest.fixture
def reader() -> None:
    """Tesseract with Russian, Kazakh and English, and a font to draw with."""
    require(tesseract() is not None and len(languages()) == 3, f"needs Tesseract with Russian and Kazakh: {INSTALL}")
    try:
        ImageFont.truetype(FONT, 36)
    except OSError:
        require(None, "needs a font with Kazakh letters: apt-get install fonts-dejavu-core")


@pytest.mark.parametrize(
    ("line", "concepts"),
    [
        ("Онлайн казино: слоты и рулетка", {"casino", "slots", "roulette"}),
        ("Тегін ойын автоматтары және казино", {"casino", "slots"}),
        ("Online casino with free spins", {"casino", "free spins"}),
    ],
)
@pytest.mark.usefixtures("reader")
def test_russian_kazakh_and_english_words_in_a_picture_are_read(line: str, concepts: set[str]) -> None:
    found = list(PictureText().find(page_with(drawn(line)), REFERENCE))
    assert {one.value for one in found} == concepts
    assert {(one.kind, one.strength) for one in found} == {(EvidenceKind.GAMBLING, Strength.WEAK)}
    assert all("казино" in one.quote or "casino" in one.quote for one in found)


@pytest.mark.usefixtures("reader")
def test_a_bakery_in_a_picture_is_no_casino() -> None:
    picture = drawn("Пекарня: свежий хлеб каждый день", "Бонус и депозит не нужны")
    assert "хлеб" in text_in(picture)
    assert list(PictureText().find(page_with(picture), REFERENCE)) == []


@pytest.mark.usefixtures("reader")
def test_only_the_top_of_a_long_picture_is_read() -> None:
    picture = drawn("Онлайн казино", size=(600, 3 * MOST_ROWS))
    assert Image.open(io.BytesIO(top_of(picture))).size == (600, MOST_ROWS)
    assert "казино" in text_in(picture)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "P", "LA"])
def test_the_top_of_a_picture_keeps_its_pixels(mode: str) -> None:
    picture = encoded(Image.linear_gradient("L").resize((60, 40)).convert(mode))
    top = Image.open(io.BytesIO(top_of(picture)))
    assert top.convert("RGBA").tobytes() == Image.open(io.BytesIO(picture)).convert("RGBA").tobytes()


def test_what_the_text_says_too_is_no_finding() -> None:
    page = Page(url="https://a.example/", title="Казино", text="", screenshot=b"any")
    assert [one.value for one in PictureText(read=lambda _: "Онлайн казино слоты").find(page, REFERENCE)] == ["slots"]


def test_a_page_without_a_picture_is_not_read() -> None:
    def never(picture: bytes) -> str:
        raise AssertionError("read")

    assert list(PictureText(read=never).find(page_with(None), REFERENCE)) == []


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(head: tuple[int, ...], pixels: bytes) -> bytes:
    return picture_text.PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", *head)) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


BOMB = png((2_000, 2_000_000_000, 8, 6, 0, 0, 0), zlib.compress(bytes(40_000_000), 9))
HOSTILE = {
    "nothing": b"",
    "a page": b"<html>casino</html>",
    "only a signature": picture_text.PNG,
    "a jpeg": b"\xff\xd8\xff\xe0" + bytes(100),
    "a head cut short": picture_text.PNG + chunk(b"IHDR", b"\x00\x00"),
    "a length that is not there": picture_text.PNG + struct.pack(">I", 0xFFFFFFFF) + b"IHDR" + bytes(20),
    "no pixels": png((800, 600, 8, 2, 0, 0, 0), b""),
    "too few pixels": png((800, 600, 8, 2, 0, 0, 0), zlib.compress(bytes(1000))),
    "pixels that do not unpack": png((800, 600, 8, 2, 0, 0, 0), b"casino" * 100),
    "a width of four thousand million": png((0xFFFFFFFF, 600, 8, 2, 0, 0, 0), zlib.compress(bytes(1000))),
    "no width": png((0, 0, 8, 2, 0, 0, 0), zlib.compress(bytes(1000))),
    "a colour that is none": png((800, 600, 8, 7, 0, 0, 0), zlib.compress(bytes(1_000_000))),
    "interlaced": png((800, 600, 8, 2, 0, 0, 1), zlib.compress(bytes(2_000_000))),
    "cut in the middle": drawn()[:-200],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_says_nothing(name: str) -> None:
    assert top_of(HOSTILE[name]) == b""
    assert list(PictureText().find(page_with(HOSTILE[name]), REFERENCE)) == []


def test_a_bomb_is_unpacked_no_further_than_its_top() -> None:
    assert len(BOMB) < 100_000
    top = Image.open(io.BytesIO(top_of(BOMB)))
    assert top.size == (2_000, MOST_ROWS)


@pytest.mark.usefixtures("reader")
def test_noise_is_read_in_bounded_time() -> None:
    noise = Image.effect_noise((1_280, 1_800), 100)
    assert gambling_in(text_in(encoded(noise))) == []


def test_the_picture_of_a_rendered_page_with_little_text_is_read_once_and_becomes_evidence(
    case: Case, captured: Captured, clock: Clock
) -> None:
    require(tesseract() is not None, f"needs Tesseract: {INSTALL}")
    picture = (CASES / "casino_in_russian" / "screenshot.png").read_bytes()
    thin = captured.rendered("tumar.example", "<a href=/go><img src=/b.png></a>", screenshot=picture)
    captured.rendered("bakery.example", f"<p>{'Свежий хлеб каждый день. ' * 40}</p>", screenshot=picture)
    captured.rendered("bakery.example", "<p>Хлеб</p>", path="/rules", kind=PageKind.RULES, screenshot=picture)
    examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())
    [one, *more] = [one for one in queries.evidence_of(case, thin.host) if one.detector == "picture_text"]
    assert (one.subject, one.value, one.record) == ("words in a picture", "casino", thin.screenshot)
    assert picture_doubts([one, *more]) == ("its picture reads: «Онлайн казино Тумар Слоты рулетка бонус 100»",)
    assert not [one for one in queries.evidence_of(case, captured.door.parse("bakery.example")) if one.detector == "picture_text"]
    assert examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent()).done == 0


def test_a_site_whose_picture_names_gambling_is_not_clear_and_the_verdict_quotes_the_picture(
    case: Case, captured: Captured, clock: Clock, judge: Judge
) -> None:
    require(tesseract() is not None, f"needs Tesseract: {INSTALL}")
    picture = (CASES / "casino_in_russian" / "screenshot.png").read_bytes()
    host = captured.page("dastarkhan.example", BAKERY).host
    captured.rendered("dastarkhan.example", "<a href=/go><img src=/b.png></a>", vantage=PHONE, screenshot=picture)
    examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())
    score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent())
    verdict = queries.verdict_of(case, host)
    assert verdict is not None
    assert verdict.band is Band.UNSURE
    assert any(reason.text.startswith("its picture reads: «Онлайн казино") for reason in verdict.reasons)


def test_a_picture_takes_clear_away_and_nothing_else() -> None:
    def found(band: Band) -> HostJudgement:
        return HostJudgement(label=Label.OTHER, probability=0.1, band=band)

    assert pictured(found(Band.CLEAR), ("its picture reads: «казино»",)).band is Band.UNSURE
    assert pictured(found(Band.MIRROR), ("its picture reads: «казино»",)).band is Band.MIRROR
    assert pictured(found(Band.CLEAR), ()) == found(Band.CLEAR)


def test_only_the_step_that_reads_pictures_is_handed_them(captured: Captured) -> None:
    thin = captured.rendered("tumar.example", "<img src=/b.png>", screenshot=drawn())
    with_pictures, without = (PageReader(Archive(captured.archive), pictures=wanted).read(thin).page for wanted in (True, False))
    assert with_pictures is not None
    assert without is not None
    assert (with_pictures.screenshot, without.screenshot) == (drawn(), None)


def fact(capture: int, concept: str, quote: str, detector: str = "picture_text") -> Evidence:
    return Evidence(
        host=Door(("example",)).parse("a.example"), capture_id=capture, url="https://a.example/", kind=EvidenceKind.GAMBLING, subject="words in a picture",
        value=concept, strength=Strength.WEAK, quote=quote, record=None, detector=detector, found_at=NOW,
    )  # fmt: skip


def test_two_subjects_in_one_picture_are_a_doubt_in_its_words_and_one_is_not() -> None:
    two = [fact(1, "casino", "Онлайн казино слоты"), fact(1, "slots", "казино слоты"), fact(2, "casino", "казино")]
    assert picture_doubts(two) == ("its picture reads: «Онлайн казино слоты»",)
    assert picture_doubts([fact(1, "casino", "казино"), fact(2, "slots", "слоты")]) == ()
    assert picture_doubts([fact(1, "casino", "a", "odds_table"), fact(1, "slots", "b", "odds_table")]) == ()
