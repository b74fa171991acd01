"""Hostile text made inert: the payload classes of group G4 of the fault table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.plaintext import inert, inert_cell, is_plain_line

PAYLOADS = {
    "colour": "\x1b[31mred", "clear": "\x1b[2J\x1b[H", "title": "\x1b]0;owned\x07", "link": "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;aGk=\x07", "C1 CSI": "\x9b2J", "C1 OSC": "\x9d0;x\x9c", "device": "\x1bP1$r\x1b\\", "reset": "\x1bc", "bell": "\x07",
    "backspace": "ok\x08\x08no", "CR": "safe\rhidden", "LF": "one\ntwo", "tab": "a\tb", "NUL": "a\0b", "DEL": "a\x7fb", "bidi": "\u202eelpmaxe",
    "isolate": "\u2066a\u2069", "mark": "a\u200fb", "zero width": "a\u200bb", "joiner": "a\u200db", "BOM": "\ufeffa", "line": "a\u2028b",
    "tag": "a\U000e0041", "surrogate": "a\udc9bb",
}  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_nothing_of_a_payload_reaches_a_terminal(payload: str) -> None:
    shown = inert(payload)
    assert shown.isprintable() and "\\" in shown
    assert inert(shown) == shown
    assert not is_plain_line(payload)


@pytest.mark.parametrize("text", ["", "казино 1xбет, ₸ 5 000", "құмар ойын", "a b", "naïve 🎰"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == inert_cell(text) == text
    assert is_plain_line(text)


def test_wide_blanks_become_blanks() -> None:
    assert inert("5\u00a0000\u2003₸") == "5 000 ₸"
    assert is_plain_line("5\u00a0000")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    shown = inert(text)
    assert not any(ord(one) < 0x20 or 0x7F <= ord(one) <= 0x9F for one in shown)
    shown.encode("utf-8")
    assert inert_cell(inert_cell(text)) == inert_cell(text)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", '"=', "'=", "\u00a0="])
def test_a_cell_never_computes(start: str) -> None:
    assert inert_cell(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("start", ["\t=", "\r=", "\n="])
def test_a_control_before_a_formula_is_shown(start: str) -> None:
    assert inert_cell(f"{start}1").startswith("\\x")
