"""What a page with ample text may hide from a fetch: every rule with examples, what must not ask, and what the rules cost on ordinary pages."""

import gzip
import json
import re
import time
from pathlib import Path

import pytest

from classifier.addresses import common_hosts
from classifier.hides import hidden_by
from classifier.page import read_page
from tests.classifier.making import REFERENCE
from tests.conftest import LINEAR_SECONDS

CORPUS = Path("/work/shared/corpus/pages/pages.jsonl.gz")
FLOWERS = "<p>" + "Доставка цветов по всему городу каждый день, букеты, корзины и комнатные растения от садовников. " * 15 + "</p>"
LITTLE = "<p>" + "Доставка цветов по всему городу каждый день, букеты, корзины и комнатные растения от садовников. " * 6 + "</p>"
LONG = "var shop = 'flowers and pots'; " * 80
"""A script with more to do than to lead away."""


def rules(html: str) -> list[str]:
    return [rule for rule, _ in hidden_by(read_page("https://h1.example/", html), common_hosts(REFERENCE))]


@pytest.mark.parametrize(
    "script",
    [
        "document.body.innerHTML = '<h1>…</h1>'",
        "document . body . innerHTML += x",
        "document.documentElement.outerHTML=x",
        "document.body.replaceChildren(hall)",
        "document.documentElement.replaceWith(hall)",
        "document.write(hall)",
        "document.writeln(hall)",
        LONG + "document.write('" + "<p>\\'" * 100 + "')",
        "one.attachShadow({mode: 'closed'}).innerHTML = hall",
    ],
)
def test_a_script_that_writes_the_whole_page_asks(script):
    assert rules(f"{FLOWERS}<script>{script}</script>") == ["replaced"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>location.replace('http://hall.test/')</script>",
        "<script>if (navigator.languages.length) { top.location = hall }</script>",
        f"<script>{LONG}location = 'http://hall.test/'</script>",
        f"<script>{LONG}(function () {{ var a = 1; location.href = 'http://hall.test/' }})()</script>",
        f"<script>{LONG}setTimeout(function() {{ location.replace('//hall.test/') }}, 1)</script>",
        f"<script>{LONG}window.onload = () => {{ if (a) {{ location.assign('https://hall.test/') }} }}</script>",
        f"<script>{LONG}addEventListener('load', () => {{ location = 'https://hall.test/' }})</script>",
        "<img src=x onerror=\"location='http://hall.test/'\">",
        "<img src=x onerror=\"locatio&#110;='http://hall.test/'\">",
        "<div onmousemove='document.body.innerHTML=hall'>a</div>",
    ],
)
def test_a_script_that_leads_away_by_itself_asks(html):
    assert "led" in rules(FLOWERS + html)


@pytest.mark.parametrize(
    "html",
    [
        f"<script>{LONG}function go() {{ location.href = 'http://hall.test/' }}</script>",
        f"<script>{LONG}button.onclick = function () {{ location.href = '/cart' }}</script>",
        f"<script>{LONG}$('.card').click(function () {{ location.href = 'http://hall.test/' }})</script>",
        f"<script>{LONG}var here = location.href; if (location.href == '/a') stop()</script>",
        "<button onclick=\"location.href='/cart'\">Корзина</button>",
        "<script>document.getElementById('cart').innerHTML = '3'</script>",
        "<script>var s = 'a' + 'b'; eval(s)</script>",
        "<script>document.write('<a href=//counter.test><img src=//counter.test/7></a>')</script>",
        f"<script>{LONG}document.write(new Date().getFullYear())</script>",
        "<script src='https://code.test/app.js'></script>",
    ],
)
def test_what_waits_for_a_click_or_fills_a_part_does_not_ask(html):
    assert rules(FLOWERS + html) == []


@pytest.mark.parametrize(
    "script", ['var a=self,b="loca"+"tion";a[b]=hall', "document['bo' + 'dy']['inner' + 'HTML'] = hall", "eval(atob('aGFsbA=='))", "Function(unescape('%61'))()"]
)  # fmt: skip
def test_a_script_that_hides_what_it_does_asks(script):
    assert rules(f"{FLOWERS}<script>{script}</script>") == ["packed"]


@pytest.mark.parametrize(
    ("frame", "asks"),
    [
        ("<iframe src='http://hall.test/' style='position:fixed;inset:0;width:100%;height:100%;border:0'></iframe>", True),
        ("<iframe src='http://hall.test/' width='100%' height='100%'></iframe>", True),
        ("<iframe src='http://hall.test/' style='width:100vw; height: 100vh'></iframe>", True),
        ("<iframe src='http://hall.test/' width=1200 height=2000></iframe>", True),
        ("<iframe srcdoc='&lt;h1&gt;Зал' style='position:fixed;inset:0'></iframe>", True),
        ("<object data='http://hall.test/' type='text/html' width=1200 height=2000></object>", True),
        ("<embed src='http://hall.test/' width=1200 height=2000>", True),
        ("<iframe src='http://hall.test/' width=300 height=250></iframe>", False),
        ("<iframe src='http://hall.test/' width='100%' height='166'></iframe>", False),
        ("<iframe src='http://hall.test/' style='width:100%;height:60px'></iframe>", False),
        ("<iframe src='http://hall.test/' style='display:none;height:100%'></iframe>", False),
        ("<iframe src='http://hall.test/'></iframe>", False),
        ("<iframe src='/own' width='100%' height='100%'></iframe>", False),
        ("<iframe src='https://mc.yandex.ru/x' width='100%' height='100%'></iframe>", False),
    ],
)
def test_a_frame_that_could_cover_the_page_asks(frame, asks):
    assert rules(FLOWERS + frame) == (["covered"] if asks else [])


def test_a_frame_that_states_no_size_asks_beside_little_text():
    assert rules(LITTLE + "<iframe src='http://hall.test/'></iframe>") == ["covered"]


@pytest.mark.parametrize(
    ("html", "asks"),
    [
        (f"<div style='display:none'>{FLOWERS}</div><img src=/hall.png>", True),
        (f"<div style='Visibility : hidden'>{FLOWERS}</div>{LITTLE}", True),
        (f"<div hidden><div hidden>{FLOWERS}</div></div>", True),
        (f"<div hidden>{LITTLE}</div>{FLOWERS}", False),
        (f"<div hidden>{FLOWERS}</div>{FLOWERS}", False),
        (f"<body style='visibility:hidden'>{FLOWERS}", False),
    ],
)
def test_a_page_that_hides_most_of_its_text_asks(html, asks):
    assert rules(html) == (["hidden"] if asks else [])


def test_a_declared_shadow_root_is_read_as_content():
    page = read_page(
        "https://h1.example/", "<div><template shadowrootmode='open'><b>Казино</b><template>строка</template></template>цветы</div>"
    )
    assert page.text == "Казино цветы"


@pytest.mark.parametrize("text", ["location=" * 20_000, "{location = " * 15_000, "if (a) {" * 25_000 + "location=1", "'+'" * 60_000, "document . " * 20_000, "<template " * 20_000])  # fmt: skip
def test_no_page_makes_the_rules_slow(text):
    begun = time.process_time()
    rules(f"{FLOWERS}<script>{text}</script><p>{text}</p>")
    assert time.process_time() - begun < LINEAR_SECONDS


@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled pages are not on this machine")
def test_few_ordinary_pages_ask():
    asked = total = 0
    with gzip.open(CORPUS, "rt") as lines:
        for row in map(json.loads, lines):
            if row["label"] != "benign":
                continue
            total += 1
            found = re.search(r"<link[^>]{1,200}canonical[^>]{1,200}href=[\"'](https?://[^\"']{1,300})", row["html"])
            page = read_page(row["url"] or (found[1] if found else "https://page.example/"), row["html"])
            asked += len(page.text) >= 400 and any(hidden_by(page, common_hosts(REFERENCE)))
    # 110 of 2,144 on 21 November (85 before rules of the page's own styles counted as hiding: some pages hide all until a style sheet has come); most of these pages have no known address, so that a frame of their own site counts as one of others here
    assert 0 < asked <= 0.055 * total
