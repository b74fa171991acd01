"""The page of a night: what is on it, that nothing on it runs or comes from elsewhere, and that no picture or word can spoil it."""

import base64
import io
import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from casefile import queries
from casefile.hostname import Door
from casefile.store import Case
from cli.figures import nights_until
from cli.metrics import standing_of
from cli.page import render_page, write_page
from cli.page.cases import Waiting
from cli.page.content import PageContent, PageOptions, content_of, duration, kind_of
from cli.page.masking import shown
from cli.page.thumbnails import MOST_OCTETS, shrunk
from cli.plots import plots_of
from tests.cli.building import FIRST, HOST, build, png
from tests.conftest import StandingClock, require


def content(case: Case, tmp_path: Path, clock: StandingClock, **options: int) -> PageContent:
    damaged = bool(options.pop("damaged", 0))
    built = build(case, tmp_path, nights=4, hosts=options.pop("hosts", 3), damaged=damaged)
    nights = nights_until(case, built.nights[-1], 14, clock)
    alerts = ["nothing was listed, usually 3 a night"]
    return content_of(
        case, built.archive, nights, queue(case), standing_of(case, "m-1"), alerts, PageOptions(**options), zone="Asia/Almaty", exit_code=3
    )


def queue(case: Case) -> list[Waiting]:
    """What waits; a standing order proposes the second."""
    (order,) = queries.standing_orders(case)
    return [(verdict, order if verdict.host.name == "altynbet5380.example" else None) for verdict in queries.verdicts_to_review(case)]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a night, made once for all who only read it."""
    folder = tmp_path_factory.mktemp("page")
    with Case(folder / "casefile.db", Door(("example", "test"))) as case:
        return render_page(content(case, folder, StandingClock(FIRST)))


class Seen(HTMLParser):
    """Tags with their attributes, and the text of the page without its style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data


def test_what_was_found_listed_and_waits_is_on_it(page: str) -> None:
    words = " ".join(Seen(page).words.split())
    for said in (
        "Night 4", "done in part", "12.11.2026 01:30", "nothing was listed, usually 3 a night", "mirror3-0.example", "A. Analyst, 2026-11-11, act 7/2026",
        HOST, "proposed by a standing order A. Analyst, 2026-11-11, act 8/2026", "3 hosts, with a standing order", "Deferred: A. Analyst, 2026-11-11: ask for", "names casino («казино»)", "ShapshanPay", "checkout.shapshanpay.example", "ALTYN100",
        "desktop static against phone rendered, 12% alike: the phone is shown a lobby", "A browser has not looked yet, and should: thin text",
        "nxdomain 2", "guarded 1", "seeds", "outlinks", "release 4", "m-1",
    ):  # fmt: skip
        assert said in words, said


def test_nothing_on_it_runs_and_nothing_comes_from_elsewhere(page: str) -> None:
    seen = Seen(page)
    assert not {"script", "iframe", "link", "object", "embed", "form", "base", "a"} & {tag for tag, _ in seen.tags}
    addresses = [
        value
        for _, given in seen.tags
        for name, value in given.items()
        if name in ("src", "href", "srcset", "action", "xlink:href", "data")
    ]
    assert addresses
    assert all(value.startswith(("data:image/webp;base64,", "#")) for value in addresses)
    assert not any(name.startswith("on") for _, given in seen.tags for name in given)
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page
    policy = next(given["content"] for tag, given in seen.tags if given.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_hostile_words_are_only_words(page: str) -> None:
    seen = Seen(page)
    assert "</style><script>alert(1)</script>" in seen.words
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "\\u202e" in page


def test_people_are_masked(page: str) -> None:
    for secret in ("4111 1111 1111 1111", "anna.p@", "701 123 45 67"):
        assert secret not in page
    assert "a…@mail.example" in page


def test_screenshots_are_small_pictures_in_the_page(page: str) -> None:
    pictures = [given["src"] for tag, given in Seen(page).tags if tag == "img"]
    assert len(pictures) == 6, "two vantages of three hosts"
    for source in pictures:
        octets = base64.b64decode(source.partition(",")[2])
        assert len(octets) <= MOST_OCTETS
        with Image.open(io.BytesIO(octets)) as picture:
            assert picture.format == "WEBP"


def test_a_screenshot_that_is_no_picture_is_said(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    page = render_page(content(case, tmp_path, clock, damaged=1))
    assert "<img" not in page
    assert "the screenshot is no picture that can be shown" in page


def test_an_archive_that_is_gone_is_said(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    built = build(case, tmp_path, nights=1)
    (built.archive / "render-1.warc.gz").unlink()
    nights = nights_until(case, built.nights[-1], 14, clock)
    made = content_of(case, built.archive, nights, queue(case), standing_of(case, "m"), [], PageOptions(), zone="Asia/Almaty", exit_code=0)
    assert "the screenshot cannot be read from the archive" in render_page(made)


def test_more_cases_than_fit_are_rows_of_a_table(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    made = content(case, tmp_path, clock, hosts=5, cases=2)
    assert (len(made.waiting), len(made.waiting_rows), made.waiting_left) == (2, 3, 0)
    assert "And after these" in render_page(made)


def test_a_night_without_anything_is_a_page_too(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    nights = nights_until(case, build(case, tmp_path, nights=1, hosts=1).nights[0], 14, clock)
    later = replace(nights[0], tally=replace(nights[0].tally, found=0, listed=0, captures=0, visited=0, rendered=0), steps=())
    empty = replace(
        content_of(case, tmp_path / "archive", [later], queue(case), standing_of(case, ""), [], PageOptions(cases=0), zone="Asia/Almaty", exit_code=0),
        waiting_rows=(), listed=(), found_by=(), found=(), alerts=(), serial=0,
    )  # fmt: skip
    words = Seen(render_page(empty)).words
    assert "Nothing waits." in words
    assert "No source named a host" in words


def test_pages_are_kept_and_the_latest_is_the_last(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    made = content(case, tmp_path, clock)
    path = write_page(tmp_path / "reports", made)
    later = write_page(tmp_path / "reports", replace(made, number=5))
    assert sorted(one.name for one in (tmp_path / "reports").iterdir()) == ["latest.html", "night-4.html", "night-5.html"]
    assert path.read_bytes() != later.read_bytes() == (tmp_path / "reports" / "latest.html").read_bytes()


def test_the_same_night_gives_the_same_page(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    made = content(case, tmp_path, clock)
    assert render_page(made) == render_page(made)


@pytest.mark.parametrize("width", [360, 1200])
def test_in_a_browser_it_asks_for_nothing_and_is_no_wider_than_the_screen(page: str, tmp_path: Path, width: int) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    require(program, "needs a Chromium: apt-get install chromium")
    path = tmp_path / "night.html"
    path.write_text(page)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
        asked: list[str] = []
        said: list[str] = []
        view.on("request", lambda request: asked.append(request.url))
        view.on("console", lambda message: said.append(message.text))
        view.goto(path.as_uri())
        view.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        wide = view.evaluate("document.documentElement.scrollWidth")
        pictures = view.evaluate("[...document.images].map(one => one.naturalWidth)")
        browser.close()
    assert [one for one in asked if not one.startswith("data:")] == [path.as_uri()]
    assert said == []
    assert wide == width
    assert len(pictures) == 6
    assert all(pictures)


# thumbnails


@pytest.mark.parametrize("octets", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, png((9, 9, 9), "cut")[:2000]])
def test_what_is_no_png_has_no_thumbnail(octets: bytes) -> None:
    assert shrunk(octets) == b""


def test_a_picture_of_too_many_pixels_is_not_unpacked() -> None:
    header = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(header, format="PNG")
    assert shrunk(header.getvalue()) == b""


@pytest.mark.parametrize("size", [(1, 1), (1, 9000), (9000, 1), (412, 8000), (1280, 100)])
def test_any_shape_has_one(size: tuple[int, int]) -> None:
    octets = io.BytesIO()
    Image.effect_noise(size, 90).save(octets, format="PNG")
    assert 0 < len(shrunk(octets.getvalue())) <= MOST_OCTETS


# plots


def test_plots_are_drawings_that_take_the_colours_of_the_page(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    nights = nights_until(case, build(case, tmp_path, nights=4).nights[-1], 14, clock)
    plots = plots_of(nights, ZoneInfo("Asia/Almaty"))
    assert list(plots) == ["Found and listed", "Waiting for review", "Failed, by outcome", "Duration in minutes"]
    for svg in plots.values():
        assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(--series-" in svg
        assert "<style" not in svg, "it would be the whole page's"
        assert not re.search("#0001", svg)
    assert "nxdomain" in plots["Failed, by outcome"]
    assert ["13.11" in plots["Waiting for review"], "12.11" in plots["Waiting for review"]] == [False, True], (
        "the last began at 01:30 there"
    )
    used = [re.findall(r'\bid="([^"]+)"', svg) for svg in plots.values()]
    assert len({one for ids in used for one in ids}) == sum(map(len, used)), "no id twice in the page"


def test_no_night_no_plot_and_one_night_is_enough(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    assert plots_of([], UTC) == {}
    assert len(plots_of(nights_until(case, build(case, tmp_path, nights=1).nights[0], 14, clock), UTC)) == 4


# words


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("карта 4111 1111 1111 1111 наша", "карта 411111…1111 наша"),
        ("ИИН 900514300123", "ИИН 9005…23"),
        ("заказ 123456789012", "заказ 123456789012"),
        ("звоните +7 (701) 123-45-67", "звоните +7 701 …67"),
        ("anna.p@mail.example", "a…@mail.example"),
        ("https://casino5379.example/?promo=ALTYN100", "https://casino5379.example/?promo=ALTYN100"),
    ],
)
def test_numbers_of_people_are_masked_and_nothing_else(text: str, safe: str) -> None:
    assert shown(text) == safe


def test_long_words_are_cut() -> None:
    assert len(shown("x" * 10_000)) == 240


def test_masking_a_hostile_text_takes_no_time() -> None:
    for piece in ("a@", "1 ", "+7 7", "a.", "-"):
        assert len(shown(piece * 100_000)) <= 240


@pytest.mark.parametrize(("seconds", "text"), [(14.2, "14 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")])
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("wrong", [{"cases": 201}, {"cases": -1}, {"nights": 0}])
def test_options_out_of_bounds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        PageOptions(**wrong)


def test_waiting_days_are_counted(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    built = build(case, tmp_path, nights=1)
    (tonight,) = nights_until(case, built.nights[0], 14, clock)
    later = replace(tonight, ended_at=tonight.ended_at + timedelta(days=3))
    made = content_of(case, built.archive, [later], queue(case), standing_of(case, "m"), [], PageOptions(), zone="Asia/Almaty", exit_code=0)
    assert {one.days for one in made.waiting} == {3}


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("the score 0.959 is near the listing bar 0.984", "the score … is near the listing bar …"),
        (
            "the page has 0 characters of text and is filled by 1 script (vantage desktop)",
            "the page has … characters of text and is filled by … script",
        ),
        (
            "desktop static and phone static were shown different things: title «a» for 2",
            "desktop static and phone static were shown different things",
        ),
    ],
)
def test_reasons_to_render_are_counted_by_their_kind(why: str, kind: str) -> None:
    assert kind_of(why) == kind


def test_a_difference_is_not_told_twice(page: str) -> None:
    assert page.count("the phone is shown a lobby") == 3, "once a host"
