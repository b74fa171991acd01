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
from casefile.archive import Archive
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import Capture, Difference, Family, Night, Order, Reason, Verdict
from casefile.store import Case
from cli.figures import nights_until
from cli.metrics import standing_of
from cli.page import render_page, write_page
from cli.page.cases import Cases, Waiting, told_once
from cli.page.content import PageContent, PageOptions, content_of, duration, kind_of
from cli.page.families import FIRST_MEMBERS, MOST_MEMBERS
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
    order = queries.standing_orders(case)[0]
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
        HOST, "proposed by a standing order A. Analyst, 2026-11-11, act 8/2026", "altynbet5379.example family of 3 hosts", "3 waiting, 1 proposed · 0 listed", "standing order A. Analyst, 2026-11-11, act 8/2026", "Tied by google-analytics G-ALTYNTEST1, shared by 3", "Evidence, by hosts that wait: gambling 3, identifier 3, payment 3, promoter 3", "ALTYN100 on 3 hosts", "Deferred: A. Analyst, 2026-11-11: ask for", "names casino 3 times: “лучшее казино города: бонус”", "ShapshanPay", "checkout.shapshanpay.example", "ALTYN100",
        "the phone is shown a lobby: casino, slots (desktop static against phone rendered, 12% alike)", "A browser has not looked yet, and should: thin text",
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
    assert len(pictures) == 3, "one of each of three members"
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


def with_alone(case: Case, many: int) -> None:
    """Hosts in no family that wait."""
    like = queries.verdicts_to_review(case)[0]
    case.add([replace(like, id=0, host=case.door.parse(f"alone{number}.example")) for number in range(many)])


def made_of(case: Case, tmp_path: Path, clock: StandingClock, **options: int) -> PageContent:
    """The page of a case file as it is now."""
    nights = nights_until(case, case.records(Night)[-1], 14, clock)
    return content_of(
        case, tmp_path / "archive", nights, queue(case), standing_of(case, "m"), [], PageOptions(**options), zone="Asia/Almaty", exit_code=0
    )


def test_a_family_is_one_card_and_hosts_by_themselves_come_after(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=FIRST_MEMBERS + 3)
    with_alone(case, 2)
    made = made_of(case, tmp_path, clock)
    (family,) = made.families
    assert (family.waiting, len(family.first), len(family.others), family.left) == (FIRST_MEMBERS + 3, FIRST_MEMBERS, 3, 0)
    told = [one.vantage.partition(", ")[::2] for one in family.thumbnails]
    assert [host for host, _ in told] == [one.host for one in family.first[:3]]
    assert [vantage for _, vantage in told] == ["desktop", "phone", "desktop"], "what one vantage is shown another may never see"
    assert family.first[0].title.startswith("AltynBet")
    assert [one.host for one in made.waiting] == ["alone0.example", "alone1.example"]
    page = render_page(made)
    assert page.count('<article class="case') == 3
    assert page.index("alone0.example</h3>") > page.index("family of")
    assert "3 more members" in page


def test_a_family_of_many_is_counted_where_it_is_not_shown(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=1)
    with_alone(case, MOST_MEMBERS + 5)
    names = tuple(case.door.parse(f"alone{number}.example") for number in range(MOST_MEMBERS + 5))
    case.add([Family(family=names[0].name, members=names, found_at=FIRST)])
    made = made_of(case, tmp_path, clock)
    assert [(one.waiting, one.left) for one in made.families if one.name == "alone0.example"] == [(MOST_MEMBERS + 5, 5)]
    assert "and 5 more: mirrorwatch queue" in render_page(made)


def test_more_cases_than_fit_are_rows_of_a_table(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=2)
    with_alone(case, 5)
    made = made_of(case, tmp_path, clock, cases=3)
    assert (len(made.families), len(made.waiting), len(made.waiting_rows), made.waiting_left) == (1, 2, 3, 0)
    assert "And after these 3 more" in render_page(made)
    none = made_of(case, tmp_path, clock, cases=0)
    assert (len(none.families), len(none.waiting), len(none.waiting_rows)) == (0, 0, 7)


def test_an_order_outlives_mergers_and_the_end_of_its_family(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=2)
    with_alone(case, 3)
    names = [case.door.parse(name) for name in (HOST, "altynbet5380.example", "alone0.example")]
    like = queries.standing_orders(case)[0]
    case.add(
        [
            Family(family=HOST, members=(), found_at=FIRST),
            Family(family="alone0.example", members=(names[2], names[1], names[0]), found_at=FIRST),
            replace(like, id=0, host=case.door.parse("alone1.example"), act="9/2026"),
        ]
    )
    made = content_of(
        case, tmp_path / "archive", nights_until(case, case.records(Night)[-1], 14, clock),
        [(verdict, None) for verdict in queries.verdicts_to_review(case)], standing_of(case, "m"), [], PageOptions(), zone="Asia/Almaty", exit_code=0,
    )  # fmt: skip
    (merged,) = made.families
    assert merged.order == "A. Analyst, 2026-11-08, act 8/2026"
    assert all(one.ordered for one in merged.first)
    assert {one.host: one.ordered for one in made.waiting} == {"alone1.example": True, "alone2.example": False}
    assert render_page(made).count('class="chip order">standing order') == 2, "of the family and of the host by itself"


def test_of_two_orders_on_a_merged_family_the_latest_is_named(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=2)
    like = queries.standing_orders(case)[0]
    case.add([replace(like, id=0, host=case.door.parse("altynbet5380.example"), act="9/2026")])
    cases = Cases(case, Archive(tmp_path / "archive"), clock())
    found: Order | None = cases.order_on(case.door.parse(HOST))
    assert found is not None
    assert found.act == "9/2026"


def test_pages_are_counted_by_how_they_came_out(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=2)
    taken = case.records(Capture, "how = 'rendered'")[0]
    crashed = replace(taken, id=0, outcome=Outcome.CRASHED, dom=None, screenshot=None, observed=None, body_sha256="")
    case.add([replace(crashed, url=f"{taken.url}{number}") for number in range(6)])
    words = " ".join(Seen(render_page(made_of(case, tmp_path, clock))).words.split())
    assert "Rendered pages: crashed 6 of 1 host, ok 4" in words


def test_what_differs_alike_between_several_pairs_is_told_once() -> None:
    def differing(first: str, second: str, words: str) -> Difference:
        return Difference(first=first, second=second, similarity=0.03, text=f"only {second}: {words}")

    (lobby, other) = told_once(
        [
            differing("desktop static", "desktop rendered", "«казино»"),
            differing("phone static", "phone rendered", "«казино»"),
            differing("desktop static", "phone static", "«слот»"),
        ]
    )
    assert lobby.who == "desktop static against desktop rendered; phone static against phone rendered, 3% alike"
    assert lobby.text == "only desktop rendered: «казино»"
    assert other.text == "only phone static: «слот»"


def test_a_reason_that_repeats_a_difference_cut_short_is_not_shown(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    build(case, tmp_path, nights=1, hosts=1)
    like = queries.verdicts_to_review(case)[0]
    whole = "the lobby: " + "казино, " * 60
    told = replace(
        like, id=0, host=case.door.parse("alone.example"), differences=(replace(like.differences[0], text=whole),),
        reasons=(Reason(text=f"shown differently: {whole}"[:240], weight=0.0), Reason(text="names casino", weight=1.0)),
    )  # fmt: skip
    alone: Verdict = replace(told, host=case.door.parse("rule.example"), differences=())
    case.add([told, alone])
    reasons = {one.host: [bar.text for bar in one.reasons] for one in made_of(case, tmp_path, clock).waiting}
    assert reasons["alone.example"] == ["names casino"]
    assert reasons["rule.example"][0].startswith("shown differently: "), "where no difference is kept, the reason is all there is"


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
    assert len(pictures) == 3
    assert all(pictures)


@pytest.mark.parametrize(("width", "most", "row"), [(390, 9_400, 170), (1200, 5_000, 100)])
def test_fifty_that_wait_do_not_make_a_page_nobody_scrolls(
    case: Case, tmp_path: Path, clock: StandingClock, width: int, most: int, row: int
) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    require(program, "needs a Chromium: apt-get install chromium")
    build(case, tmp_path, nights=4, hosts=30)
    with_alone(case, 20)
    path = tmp_path / "night.html"
    path.write_text(render_page(made_of(case, tmp_path, clock)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": width, "height": 800})
        view.goto(path.as_uri())
        high = view.evaluate("document.documentElement.scrollHeight")
        rows = "[...document.querySelectorAll('.rows tbody tr')].map(one => one.getBoundingClientRect().height)"
        cut = "[...document.querySelectorAll('.rows td')].map(one => one.getBoundingClientRect()).filter(one => one.right > innerWidth).length"
        tallest, outside = max(view.evaluate(rows)), view.evaluate(cut)
        browser.close()
    assert high <= most
    assert tallest <= row, "no tall blank rows"
    assert outside == 0, "every cell of a table is in sight without scrolling sideways"


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
    assert {one.days for one in made.families[0].first} == {3}
    assert "waits 3 d" in render_page(made)


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
