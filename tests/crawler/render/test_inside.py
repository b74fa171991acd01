"""What a visitor sees and the page's own HTML does not hold: large frames and shadow roots are in the DOM that is archived, small and hidden frames are not."""

import re
from collections.abc import Iterator

import pytest

from casefile.records import Capture
from crawler.render.inside import with_sections
from tests.crawler.render.rendering import Rendering, new_rendering
from tests.site.answers import page, whole
from tests.site.server import LoopbackWeb, Sites, serving

FLOWERS = "<p>Доставка цветов по городу каждый день, букеты и корзины.</p>" * 4
COVERING = "style='position:fixed;inset:0;width:100%;height:100%;border:0'"
HALL = "<h1>Казино Буран</h1><a href='/cash?x=1'>Касса</a>"


def shadow(mode: str, inner: str) -> str:
    return f"<div id=h></div><script>h.attachShadow({{mode: '{mode}'}}).innerHTML = `{inner}`</script>"


SITES: Sites = {
    "framed.test": {"/": page(FLOWERS + f"<iframe src='http://hall.test/in' {COVERING}></iframe>")},
    "hall.test": {
        "/in": page(HALL),
        "/deep": page("<p>Прихожая</p>" + f"<iframe src='http://hall.test/in' {COVERING}></iframe>"),
        "/shut": page(shadow("closed", HALL)),
    },
    "nested.test": {"/": page(FLOWERS + f"<iframe src='http://hall.test/deep' {COVERING}></iframe>")},
    "framed-shut.test": {"/": page(FLOWERS + f"<iframe src='http://hall.test/shut' {COVERING}></iframe>")},
    "srcdoc.test": {"/": page(FLOWERS + f"<iframe srcdoc='<h1>Казино Буран</h1>' {COVERING}></iframe>")},
    "object.test": {"/": page(FLOWERS + "<object data='http://hall.test/in' type='text/html' width=1200 height=700></object>")},
    "below.test": {"/": page("<div style='height:3000px'>" + FLOWERS + "</div><iframe src='http://hall.test/in' width=1200 height=700></iframe>")},
    "advert.test": {"/": page(FLOWERS + "<iframe src='http://hall.test/in' width=300 height=250></iframe>")},
    "hidden.test": {"/": page(FLOWERS + "<iframe src='http://hall.test/in' width=1300 height=700 style='opacity:0'></iframe>")},
    "aside.test": {"/": page(FLOWERS + f"<iframe src='http://hall.test/in' {COVERING.replace('inset:0', 'left:-9999px')}></iframe>")},
    "open.test": {"/": page(FLOWERS + shadow("open", HALL))},
    "open-nested.test": {"/": page(FLOWERS + shadow("open", "<div id=i></div>") + f"<script>h.shadowRoot.getElementById('i').attachShadow({{mode: 'open'}}).innerHTML = `{HALL}`</script>")},
    "closed.test": {"/": page(FLOWERS + shadow("closed", HALL))},
    "declared.test": {"/": whole(f"<body>{FLOWERS}<div><template shadowrootmode='closed'>{HALL}</template></div>".encode())},
    "plain.test": {"/": page(FLOWERS)},
}  # fmt: skip
TOLD = ["framed", "nested", "framed-shut", "srcdoc", "object", "below", "open", "open-nested", "closed", "declared"]
LEFT = ["advert", "hidden", "aside", "plain"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rendering]:
    with serving(SITES) as server, new_rendering(tmp_path_factory.mktemp("inside"), [f"{name}.test" for name in TOLD + LEFT]) as run:
        run.render(LoopbackWeb(server))
        yield run


def front(run: Rendering, name: str) -> Capture:
    [capture] = run.rendered(f"{name}.test")
    return capture


@pytest.mark.parametrize("name", TOLD)
def test_what_covers_the_page_is_part_of_it(run: Rendering, name: str) -> None:
    dom = run.dom(front(run, name))
    seen = re.sub(r"<script.*?</script>|<iframe.*?</iframe>|<template.*?</template>", "", dom, flags=re.DOTALL)
    assert seen.count("Казино Буран") == 1, dom
    assert "Доставка цветов" in seen


@pytest.mark.parametrize("name", LEFT)
def test_small_and_hidden_frames_are_left(run: Rendering, name: str) -> None:
    assert "Казино Буран" not in run.dom(front(run, name))


def test_a_frame_says_whose_it_is_and_its_addresses_hold_on_the_page_that_shows_it(run: Rendering) -> None:
    dom = run.dom(front(run, "framed"))
    assert '<section data-mirrorwatch-frame="http://hall.test/in">' in dom
    assert 'href="http://hall.test/cash?x=1"' in dom


def test_a_page_without_such_parts_is_as_the_browser_writes_it(run: Rendering) -> None:
    assert "mirrorwatch" not in run.dom(front(run, "plain"))


def test_sections_stand_at_the_end_of_the_body() -> None:
    assert with_sections("<html><body>a</body></html>", "<section>b</section>") == "<html><body>a<section>b</section></body></html>"
    assert with_sections("<svg></svg>", "<p>b</p>") == "<svg></svg><p>b</p>"
    assert with_sections("<html></html>", "") == "<html></html>"
