"""What styles hide: every declaration with an example, what hides nothing, and that no style makes reading slow."""

import time

import pytest

from classifier.hiding import is_hidden
from classifier.page import read_page
from tests.conftest import LINEAR_SECONDS

URL = "https://h1.example/"

HIDES = ["display:none", "display : none !important", "visibility:hidden", "opacity:0", "opacity:.0;", "font-size:0", "font-size:1px", "font-size:0.5px", "text-indent:-9999px", "width:0;overflow:hidden", "height:1px; width:1px; overflow:hidden", "position:absolute;left:-9999px", "position:fixed;top:-1000em", "clip:rect(0,0,0,0)", "clip: rect(1px, 1px, 1px, 1px)", "color:#fff;background:#FFFFFF", "color:white;background-color:#fff", "color: rgb(0, 0, 0); background: black"]  # fmt: skip
SHOWS = ["display:block", "opacity:0.5", "opacity:", "font-size:0.9em", "font-size:10px", "width:0", "max-height:0;overflow:hidden", "left:-9999px", "position:absolute;left:-99px", "clip:rect(0,100px,100px,0)", "backface-visibility:hidden", "overflow:hidden", "color:#fff;background:#000", "color:inherit;background:inherit", "border-color:#fff;background:#fff", ""]  # fmt: skip


@pytest.mark.parametrize("style", HIDES)
def test_what_hides(style):
    assert is_hidden(style)
    page = read_page(URL, f"<p>цветы</p><p style='{style}'>казино <a href=/go>зал</a></p>")
    assert (page.text, page.shown) == ("цветы казино зал", "цветы") and page.hidden == len(" казино зал")
    assert [link.href for link in page.hidden_links] == ["https://h1.example/go"] and len(page.links) == 1


@pytest.mark.parametrize("style", SHOWS)
def test_what_hides_nothing(style):
    page = read_page(URL, f"<p style='{style}'>казино <a href=/go>зал</a></p>")
    assert page.shown is page.text and not page.hidden and not page.hidden_links


@pytest.mark.parametrize(
    ("css", "shown"),
    [
        (".x{display:none}", "цветы"),
        ("#y, .other {display:none}", "цветы"),
        ("p.x{display:none}", "цветы"),
        ("/* } */ .a{color:red} .x{opacity:0}", "цветы"),
        ("div.x{display:none}", "цветы казино"),
        (".x .z{display:none}", "цветы казино"),
        (".x{display:none} .x{display:block}", "цветы казино"),
        ("@media (max-width:600px){.x{display:none}}", "цветы казино"),
        ("@media print{.a{color:red} .x{display:none}} .q{color:red}", "цветы казино"),
    ],
)
def test_simple_rules_of_the_page_s_own_styles_hide(css, shown):
    page = read_page(URL, f"<style>{css}</style><p>цветы</p><p class='b x' id=y>казино</p>")
    assert (page.text, page.shown) == ("цветы казино", shown)


def test_styles_for_printers_hide_nothing():
    assert read_page(URL, "<style media=print>.x{display:none}</style><p class=x>казино").shown == "казино"


def test_hidden_in_hidden_is_counted_once_and_aria_hidden_is_seen():
    page = read_page(URL, "<p>цветы</p><div hidden><div hidden><a href=/a>казино</a></div></div><p aria-hidden=true>видно</p>")
    assert page.shown == "цветы видно" and len(page.hidden_links) == 1


@pytest.mark.parametrize("css", ["{" * 200_000, "}" * 200_000, ".x{display:none}" * 20_000, "display:" * 40_000, "/*" * 100_000, ".x{color:" + " " * 200_000, ".a," * 60_000 + "{display:none}", ".x{" + "opacity:0 " * 20_000 + "}"])  # fmt: skip
def test_no_style_makes_reading_slow(css):
    begun = time.process_time()
    read_page(URL, f"<style>{css}</style><p class=x>казино" + "<b class='x y' style='opacity:'>a</b>" * 5_000)
    assert time.process_time() - begun < LINEAR_SECONDS
