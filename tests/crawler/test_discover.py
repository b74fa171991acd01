"""Who names hosts: seed files as people write them, and where captured pages lead."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casefile.archive import ArchiveWriter
from casefile.errors import UsageError
from casefile.outcomes import Outcome
from casefile.progress import Progress
from casefile.records import (
    Band,
    Capture,
    Clock,
    Count,
    Hop,
    How,
    Label,
    PageKind,
    Sighting,
    StepReport,
    Verdict,
)
from casefile.store import Case
from crawler.discover import discover
from crawler.options import DESKTOP, CrawlOptions
from crawler.sources import SOURCES, SourceInputs
from crawler.sources.outlinks import links_of
from tests.conftest import StandingClock


class Notes:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.outcomes: list[str] = []
        self.pending: list[int] = []

    def start(self, step: str, pending: int) -> None:
        self.pending.append(pending)

    def advance(self, outcome: str) -> None:
        self.outcomes.append(outcome)

    def note(self, text: str) -> None:
        self.notes.append(text)


class Desk:
    """A case file, its archive folder and the step."""

    def __init__(self, case: Case, clock: StandingClock, folder: Path) -> None:
        self.case = case
        self.clock = clock
        self.folder = folder
        self.progress = Notes()
        self.files = 0

    def discover(self, *seeds: Path, outlinks: int = 50) -> StepReport:
        options = CrawlOptions(outlinks_per_page=outlinks)
        return discover(self.case, options, SourceInputs(seeds=seeds), self.folder, clock=self.clock, progress=self.progress)

    def seeds(self, octets: bytes) -> Path:
        path = self.folder / "seeds.txt"
        path.write_bytes(octets)
        return path

    def named(self, reason: str) -> list[tuple[str, str]]:
        return [(row.host.name, row.url) for row in self.case.records(Sighting) if row.reason == reason]

    def capture(self, url: str, page: bytes, *, hops: tuple[Hop, ...] = (), final_url: str = "", encoding: str = "") -> None:
        self.files += 1
        writer = ArchiveWriter(self.folder, f"web-{self.files}")
        host = self.case.door.parse(url.split("/")[2])
        headers = [("Content-Type", "text/html"), ("Content-Encoding", encoding)]
        ref = writer.response(url, "200 OK", headers, page, taken_at=self.clock(), site=host.name, vantage="desktop")
        self.case.add((
            writer.finish(self.clock()),
            Capture(
                host=host,
                url=url,
                page=PageKind.LANDING,
                how=How.STATIC,
                vantage=DESKTOP,
                outcome=Outcome.OK,
                status=200,
                hops=hops,
                final_url=final_url or url,
                records=(ref,),
                body_sha256=ref.sha256,
                body_size=len(page),
                taken_at=self.clock(),
            ),
        ))  # fmt: skip

    def judge(self, name: str, label: Label) -> None:
        self.case.add([
            Verdict(
                host=self.case.door.parse(name),
                label=label,
                probability=0.5,
                name_probability=0.5,
                band=Band.UNSURE,
                reasons=(),
                model="m",
                captures=(),
                through_capture=0,
                through_evidence=0,
                judged_at=self.clock(),
            )
        ])  # fmt: skip


@pytest.fixture
def desk(case: Case, clock: StandingClock, tmp_path: Path) -> Desk:
    return Desk(case, clock, tmp_path)


# --- seeds


def test_hosts_and_addresses_as_people_write_them(desk: Desk) -> None:
    report = desk.discover(
        desk.seeds(
            b"\xef\xbb\xbf# mirrors of the week\r\n\r\nA.Example.\r\n  b.example  # a comment\r\n"
            b"https://c.example/promo?code=KZ#top\r\nd.example/bonus\r\nhttp://e.example:8080\r\n\xd1\x81\xd0\xb0\xd0\xb9\xd1\x82.example"
        )
    )
    assert desk.named("seed") == [
        ("a.example", ""),
        ("b.example", ""),
        ("c.example", "https://c.example/promo?code=KZ"),
        ("d.example", "http://d.example/bonus"),
        ("e.example", "http://e.example:8080"),
        ("xn--80aswg.example", ""),
    ]
    assert (report.step, report.done, report.skipped) == ("discover", 6, ())
    assert desk.case.records(Sighting)[0].where == "seeds.txt:3"


def test_a_bad_line_is_reported_with_its_number_and_skipped(desk: Desk) -> None:
    lines = [b"good.example", b"127.0.0.1", b"ftp://a.example/", b"http://me:pw@a.example/", b"a b.example", b"localhost", b"http://[::1/"]
    lines += [b"\x1b[31mred.example", b"\xff\xfe.example", b"http://a.example/\x1b]0;x\x07", b"x" * 20_000]
    report = desk.discover(desk.seeds(b"\n".join(lines)))
    assert desk.named("seed") == [("good.example", "")]
    assert report.done == 1
    assert report.skipped == (Count(outcome="bad-line", number=10),)
    assert [note.split(": ")[0] for note in desk.progress.notes] == [f"seeds.txt:{number}" for number in range(2, 12)]
    assert "an IP address" in desk.progress.notes[0]
    assert all(note.isprintable() for note in desk.progress.notes)


def test_the_same_seeds_again_name_nothing_new(desk: Desk) -> None:
    path = desk.seeds(b"a.example\nb.example\n")
    desk.discover(path)
    again = desk.discover(path)
    assert (again.done, again.skipped) == (0, (Count(outcome="known", number=2),))


def test_a_bar_never_shows_more_than_it_began_with_its_items_are_the_sources(desk: Desk) -> None:
    desk.discover(desk.seeds(b"".join(b"h%d.example\n" % number for number in range(39)) + b"localhost\n"))
    assert desk.progress.pending == [len(SOURCES)]
    assert desk.progress.outcomes == [source.name for source in SOURCES]


def test_a_round_without_seed_files_repeats_no_note_of_theirs(desk: Desk) -> None:
    desk.discover(desk.seeds(b"a.example\nlocalhost\n"))
    later = desk.discover()
    assert (later.done, later.skipped) == (0, ())
    assert len(desk.progress.notes) == 1


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "names no host"),
        (b"# only comments\n\n", "names no host"),
        (b"localhost\n", "names no host"),
        (b"a.example\n\x00\x01\x02", "not a text file"),
        (b"\xff\xfea\x00", "UTF-16"),
    ],
)
def test_a_file_that_is_no_list_of_hosts_is_refused(desk: Desk, octets: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        desk.discover(desk.seeds(octets))
    assert "seeds.txt" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_refused(desk: Desk) -> None:
    for path in (desk.folder / "missing.txt", desk.folder):
        with pytest.raises(UsageError, match="cannot read the seeds"):
            desk.discover(path)


# --- outlinks

PAGE = b"""<base href="https://promo.example/dir/"><a href="https://casino.example/reg?code=KZ1#x">1</a><a href="../own">2</a>
<a href="//two.example">3</a><a href="mailto:x@three.example">4</a><a href="javascript:alert(1)">5</a><a href="http://10.0.0.1/">6</a>
<a href="https://www.promo.example/">7</a><area href="http://four.example/"><a href="https://casino.example/reg?code=KZ1">8</a><a>9</a>"""


def test_links_of_a_page_are_absolute_and_come_once() -> None:
    assert links_of('<a href="/x#y">1</a><a href=" /x ">2</a><a href="http://[bad">3</a><a href="tel:1">4</a>', "http://a.example/z") == [
        "http://a.example/x"
    ]


@pytest.mark.parametrize("label", [Label.PROMOTION, Label.HACKED])
def test_a_promoters_page_and_a_hacked_one_lead_to_other_sites(desk: Desk, label: Label) -> None:
    desk.capture("https://promo.example/", PAGE)
    desk.capture("https://plain.example/", PAGE.replace(b"casino", b"never"))
    desk.judge("promo.example", label)
    desk.judge("plain.example", Label.OTHER)
    report = desk.discover()
    assert desk.named("outlink") == [
        ("casino.example", "https://casino.example/reg?code=KZ1"),
        ("two.example", "https://two.example"),
        ("four.example", "http://four.example/"),
    ]
    assert report.done == 3
    assert {row.where for row in desk.case.records(Sighting)} == {"https://promo.example/"}


def test_only_so_many_links_are_taken_from_one_page(desk: Desk) -> None:
    desk.capture("https://promo.example/", "".join(f'<a href="http://s{number}.example/">x</a>' for number in range(20)).encode())
    desk.judge("promo.example", Label.PROMOTION)
    assert desk.discover(outlinks=5).done == 5


def test_redirects_to_other_sites_are_followed_from_any_page_without_their_query(desk: Desk) -> None:
    hops = (
        Hop(url="http://a.example/", status=301, how="http"),
        Hop(url="https://www.a.example/", status=302, how="http"),
        Hop(url="https://track.test/go?click=99", status=0, how="meta"),
    )
    desk.capture("http://a.example/", b"", hops=hops, final_url="https://m7.example/ru/?click=99")
    desk.discover()
    assert desk.named("redirect") == [("track.test", "https://track.test/go"), ("m7.example", "https://m7.example/ru/")]


def test_an_unreadable_body_is_noted_and_the_rest_goes_on(desk: Desk) -> None:
    desk.capture("https://promo.example/a", b"\x1f\x8b\x08broken", encoding="gzip")
    desk.capture("https://promo.example/b", b'<a href="http://next.example/">x</a>')
    desk.judge("promo.example", Label.PROMOTION)
    assert desk.discover().done == 1
    assert desk.progress.notes == ["links of promo.example not read: " + desk.progress.notes[0].split(": ", 1)[1]]


def test_what_a_finished_discovery_has_read_is_not_read_again_but_what_was_judged_since_is(desk: Desk) -> None:
    desk.capture("https://promo.example/", PAGE)
    desk.capture("https://later.example/", b'<a href="http://next.example/">x</a>')
    desk.judge("promo.example", Label.PROMOTION)
    desk.clock.forward(minutes=1)
    report = desk.discover()
    assert desk.discover().skipped == (Count(outcome="known", number=3),), "not reported as finished: read again, as after a kill"
    desk.case.add([dataclasses.replace(report, night=1, round=1)])
    desk.clock.forward(minutes=1)
    assert desk.discover().skipped == ()
    desk.judge("later.example", Label.PROMOTION)
    assert desk.discover().done == 1


def test_a_source_is_one_line_in_a_tuple(desk: Desk) -> None:
    class Fixed:
        name = "fixed"

        def sightings(self, case: Case, inputs: SourceInputs, clock: Clock, progress: Progress) -> Iterator[Sighting]:
            yield Sighting(host=case.door.parse("f.example"), source=self.name, reason="test", seen_at=clock() - timedelta(1))

    report = discover(
        desk.case, CrawlOptions(), SourceInputs(), desk.folder, clock=desk.clock, progress=desk.progress, sources=(*SOURCES, Fixed())
    )
    assert report.done == 1
