"""Bodies are decoded by what they are: content encoding first, then characters; nothing a page says or packs can make that cost much."""

import gzip
import time
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.body import CODECS, BodyTooLarge, BodyUnreadable, text_of, unpacked
from tests.conftest import LINEAR_SECONDS

PAGE = ("<html><body>" + "Онлайн казино с быстрым выводом средств. " * 20 + "</body></html>").encode()
RUSSIAN = "<p>Онлайн казино с быстрым выводом. Пополните счёт и получите бонус! Правила и контакты.</p>"
SHOUTED = "<b>ИГРАТЬ В КАЗИНО ОНЛАЙН БЕСПЛАТНО</b>"
KAZAKH = "<p>Онлайн казино: ұтыс ойындары, тіркелу және бонус алу. Қазақстан ойыншылары үшін төлем әдістері.</p>"
FRENCH = "<p>Un café très élégant à côté de la forêt, déjà vu</p>"


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("payload", "claimed"),
    [
        (PAGE, ""),
        (PAGE, "gzip"),
        (PAGE, "br"),
        (PAGE, "deflate"),
        (PAGE, "identity, nonsense"),
        (gzip.compress(PAGE), "gzip"),
        (gzip.compress(PAGE), ""),
        (gzip.compress(PAGE), "br"),
        (gzip.compress(gzip.compress(PAGE)), "gzip"),
        (gzip.compress(gzip.compress(gzip.compress(PAGE))), "gzip, gzip, gzip"),
        (gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:]), "gzip"),
        (gzip.compress(PAGE) + b"trailing", "gzip"),
        (zlib.compress(PAGE), "deflate"),
        (raw_deflate(PAGE), "deflate"),
        (brotli.compress(PAGE), "br"),
        (brotli.compress(PAGE), "BR "),
        (brotli.compress(gzip.compress(PAGE)), "gzip, br"),
        (gzip.compress(brotli.compress(PAGE)), "br, gzip"),
        (gzip.compress(zlib.compress(PAGE)), "deflate, gzip"),
    ],
)
def test_what_is_really_there_is_unpacked(payload: bytes, claimed: str) -> None:
    assert unpacked(payload, claimed) == PAGE


@pytest.mark.parametrize(
    ("payload", "claimed"),
    [(gzip.compress(PAGE)[:-30], "gzip"), (zlib.compress(PAGE)[:-30], "deflate"), (brotli.compress(PAGE * 9)[:-20], "br")],
)
def test_a_body_that_breaks_off_gives_what_had_come(payload: bytes, claimed: str) -> None:
    assert (PAGE * 9).startswith(unpacked(payload, claimed))


ZEROS = bytes(50_000_000)


@pytest.mark.parametrize(
    ("bomb", "claimed"),
    [
        (gzip.compress(ZEROS), "gzip"),
        (gzip.compress(gzip.compress(ZEROS)), "gzip"),
        (gzip.compress(ZEROS[:3_000_000]) * 9, "gzip"),
        (zlib.compress(ZEROS), "deflate"),
        (raw_deflate(ZEROS), "deflate"),
        (brotli.compress(ZEROS, quality=1), "br"),
        (bytes(6_000_000), ""),
    ],
    ids=["gzip", "double gzip", "gzip members", "deflate", "raw deflate", "brotli", "plain"],
)
def test_a_bomb_stops_at_the_limit(bomb: bytes, claimed: str) -> None:
    with pytest.raises(BodyTooLarge, match="5,000,000"):
        unpacked(bomb, claimed)


@pytest.mark.parametrize(
    "payload", [b"\x1f\x8b" + b"\xff" * 40, gzip.compress(PAGE)[:-8] + b"\xff" * 8, b"\x28\xb5\x2f\xfd" + b"\0" * 40, PAGE]
)
def test_a_broken_or_unknown_encoding_is_named(payload: bytes) -> None:
    if payload == PAGE:
        for _ in range(4):
            payload = gzip.compress(payload)
    with pytest.raises(BodyUnreadable):
        unpacked(payload, "gzip")


@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1251", "koi8-r", "ibm866", "iso-8859-1", "unicode_escape", "punycode", "hex"])
@pytest.mark.parametrize("real", ["cp1251", "koi8-r", "cp866", "utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, SHOUTED])
def test_characters_are_read_right_whatever_is_declared(text: str, real: str, declared: str) -> None:
    assert text_of(text.encode(real), f"text/html; charset={declared}") == text


@pytest.mark.parametrize("real", ["utf-8", "utf-8-sig", "utf-16"])
def test_kazakh_and_marks(real: str) -> None:
    assert text_of(KAZAKH.encode(real), "text/html; charset=windows-1251") == KAZAKH


def test_the_page_itself_may_declare_its_charset() -> None:
    page = '<meta charset="kz-1048">' + KAZAKH
    assert text_of(page.encode("kz1048")) == page


@pytest.mark.parametrize("declared", ["", "iso-8859-1", "windows-1252", "utf-8"])
def test_western_text_is_not_taken_for_cyrillic(declared: str) -> None:
    assert text_of(FRENCH.encode("cp1252"), f"text/html; charset={declared}") == FRENCH


def test_turkish_where_it_is_declared() -> None:
    page = "<p>güvenilir ödeme yöntemleri, şişirilmiş oranlar</p>"
    assert text_of(page.encode("cp1254"), "text/html; charset=iso-8859-9") == page


@pytest.mark.parametrize("cut", range(1, 4))
def test_utf8_cut_in_a_character_loses_that_character_only(cut: int) -> None:
    assert text_of("казино🎰".encode()[:-cut]) == "казино"


def test_utf8_with_a_little_junk_stays_utf8() -> None:
    page = RUSSIAN.encode() * 3
    assert text_of(page[:60] + b"\xff" + page[60:], "text/html; charset=windows-1251").count("казино") >= 2


@pytest.mark.parametrize("start", [b"\x89PNG\r\n", b"%PDF-1.7", b"PK\x03\x04", b"MZ\x90\0", bytes(range(256)), b"\0" * 100])
def test_binary_is_no_page(start: bytes) -> None:
    with pytest.raises(BodyUnreadable, match="binary data"):
        text_of(start + bytes(range(256)) * 4)


@pytest.mark.parametrize("codec", sorted(set(CODECS.values())))
def test_every_charset_in_the_list_is_known_to_python(codec: str) -> None:
    assert "a".encode(codec)


@pytest.mark.parametrize("hostile", ["punycode", "idna", "unicode_escape", "utf-7", "zip", "rot13", "undefined"])
def test_a_codec_that_is_no_charset_of_the_web_is_never_run(hostile: str) -> None:
    begun = time.process_time()
    text_of(b"a-\xff\xfe" * 250_000, f"text/html; charset={hostile}")
    assert time.process_time() - begun < LINEAR_SECONDS


@settings(max_examples=300, deadline=None)
@given(
    payload=st.binary(max_size=200),
    claimed=st.sampled_from(["", "gzip", "br", "deflate", "gzip, br"]),
    declared=st.sampled_from(["", *sorted(CODECS)]),
)
def test_any_octets_give_text_or_a_reason(payload: bytes, claimed: str, declared: str) -> None:
    try:
        text_of(unpacked(payload, claimed), f"text/html; charset={declared}").encode("utf-8", "surrogatepass")
    except BodyUnreadable as error:
        assert str(error)


@pytest.mark.parametrize("blanks", [b" ", b"\t", b"'", b'" '])
def test_a_charset_that_never_comes_is_searched_in_linear_time(blanks: bytes) -> None:
    """Every repetition of the patterns is bounded: a megabyte after `charset` costs no more than a megabyte of anything."""
    text_of(b"<meta charset" + blanks * 1_000_000 + b"\xff", "text/html; charset=" + " " * 1_000_000)


def test_a_quarter_of_a_million_gzip_members_are_too_many() -> None:
    with pytest.raises(BodyTooLarge, match="gzip members"):
        unpacked(gzip.compress(b"") * 250_000, "gzip")
