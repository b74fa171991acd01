"""The look-ups of a night: each host once, every answer archived before it is committed, and no host judged by a machine without network."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casefile.archive import Archive, ArchiveWriter, read_all
from casefile.errors import DiskFullError, NetworkDown
from casefile.outcomes import Outcome
from casefile.progress import Silent
from casefile.queries import resolutions_of, state_of
from casefile.records import ArchiveFile, Count, Sighting, StepReport
from casefile.store import Case
from crawler.egress.replay import ReplayWeb
from crawler.egress.resolver import CONTROL_NAME, Answer, answer_from_text
from crawler.egress.web import Web
from crawler.options import CrawlOptions
from crawler.resolve import resolve
from tests.conftest import StandingClock
from tests.crawler.egress.loopback import NOW, PUBLIC, ListedResolver, RoutedWeb, failed, found

OPTIONS = CrawlOptions(keep_free_octets=0, commit_hosts=2)
UP = {CONTROL_NAME: found("198.41.0.4")}


def name_hosts(case: Case, *names: str) -> None:
    case.add(Sighting(host=case.door.parse(name), source="seeds", reason="seed", seen_at=NOW) for name in names)


def run(case: Case, web: Web, clock: StandingClock, tmp_path: Path, options: CrawlOptions = OPTIONS) -> StepReport:
    return resolve(case, options, web, tmp_path / "archive", since=clock() - timedelta(hours=1), clock=clock, progress=Silent())


def listed(names: dict[str, Answer | list[Answer]]) -> RoutedWeb:
    return RoutedWeb(ListedResolver(UP | names))


def outcome_of(case: Case, name: str) -> list[Outcome]:
    return [one.outcome for one in resolutions_of(case, case.door.parse(name))]


def test_every_host_is_looked_up_once_and_its_answer_archived(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    text = f";; outcome: ok\na.example. 30 IN CNAME e.test.\ne.test. 20 IN A {PUBLIC}\n"
    web = listed({"a.example": answer_from_text("a.example", text), "b.example": failed(Outcome.SERVFAIL), "c.example": found("10.0.0.1")})
    name_hosts(case, "a.example", "b.example", "c.example", "d.example", "e.example")
    report = run(case, web, clock, tmp_path)
    assert (report.step, report.done) == ("resolve", 1)
    assert report.failed == (
        Count(outcome="nxdomain", number=2),
        Count(outcome="refused-egress", number=1),
        Count(outcome="servfail", number=1),
    )
    first = resolutions_of(case, case.door.parse("a.example"))[0]
    assert (first.addresses, first.cnames, first.ttl) == ((PUBLIC,), ("e.test",), 20)
    assert first.record is not None
    record = Archive(tmp_path / "archive").read(first.record)
    assert (record.url, record.payload.decode()) == ("dns:a.example", text)
    assert outcome_of(case, "c.example") == [Outcome.REFUSED_EGRESS]
    files = case.records(ArchiveFile)
    assert len(files) == 3, "five hosts, two a file"
    assert all((tmp_path / "archive" / file.name).exists() for file in files)
    assert run(case, web, clock, tmp_path).done == 0


def test_a_name_that_comes_back_is_resurrected(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    web = listed({"a.example": [failed(Outcome.NXDOMAIN), found(PUBLIC)], "b.example": found(PUBLIC)})
    name_hosts(case, "a.example", "b.example")
    run(case, web, clock, tmp_path)
    assert state_of(case, case.door.parse("a.example")).state == "dead"
    clock.forward(days=1)
    run(case, web, clock, tmp_path)
    assert state_of(case, case.door.parse("a.example")).state == "resurrected"


@pytest.mark.parametrize(
    "outcome", [Outcome.DNS_TIMEOUT, Outcome.SERVFAIL, Outcome.DNS_REFUSED, Outcome.NXDOMAIN], ids=lambda one: one.value
)
def test_without_network_no_host_is_judged(case: Case, clock: StandingClock, tmp_path: Path, outcome: Outcome) -> None:
    name_hosts(case, "a.example", "b.example", "c.example")
    web = RoutedWeb(ListedResolver(dict.fromkeys(("a.example", "b.example", CONTROL_NAME), failed(outcome))))
    with pytest.raises(NetworkDown, match=r"^no network: none of the resolvers 192.0.2.53 answered.*run the same command again$") as raised:
        run(case, web, clock, tmp_path, replace(OPTIONS, nameservers=("192.0.2.53",)))
    assert raised.value.exit_code == 3
    assert outcome_of(case, "a.example") == []
    assert list((tmp_path / "archive").glob("*")) == []


def test_a_network_that_goes_away_leaves_what_was_answered(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    name_hosts(case, "a.example", "b.example", "c.example")
    names: dict[str, Answer | list[Answer]] = {"a.example": found(PUBLIC)} | dict.fromkeys(
        ("b.example", CONTROL_NAME), failed(Outcome.DNS_TIMEOUT)
    )
    with pytest.raises(NetworkDown):
        run(case, RoutedWeb(ListedResolver(names)), clock, tmp_path)
    assert outcome_of(case, "a.example") == [Outcome.OK]
    assert outcome_of(case, "b.example") == []
    assert run(case, listed({}), clock, tmp_path).failures == 2


def test_one_silent_host_on_a_working_network_is_a_fact(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    name_hosts(case, "a.example")
    run(case, listed({"a.example": failed(Outcome.DNS_TIMEOUT)}), clock, tmp_path)
    assert outcome_of(case, "a.example") == [Outcome.DNS_TIMEOUT]


def test_a_full_disk_commits_nothing_and_leaves_no_open_file(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    name_hosts(case, "a.example")
    with pytest.raises(DiskFullError):
        run(case, listed({"a.example": found(PUBLIC)}), clock, tmp_path, replace(OPTIONS, keep_free_octets=1 << 60))
    assert outcome_of(case, "a.example") == []
    assert list((tmp_path / "archive").glob("*.open")) == []


def test_a_replay_of_what_was_archived_comes_to_the_same(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    text = f";; outcome: ok\na.example. 20 IN A {PUBLIC}\na.example. 20 IN NS ns.test.\n"
    web = listed({
        "a.example": answer_from_text("a.example", text),
        "b.example": answer_from_text("b.example", ";; outcome: servfail\n"),
        "c.example": answer_from_text("c.example", ";; outcome: ok\nc.example. 20 IN A 10.0.0.1\n"),
    })  # fmt: skip
    hosts = ("a.example", "b.example", "c.example")
    name_hosts(case, *hosts)
    run(case, web, clock, tmp_path)
    files = [tmp_path / "archive" / file.name for file in case.records(ArchiveFile)]
    assert [record.kind for file in files for record in read_all(file)].count("resource") == 3
    with Case(tmp_path / "again.db", case.door) as again:
        name_hosts(again, *hosts, "never.example")
        resolve(again, OPTIONS, ReplayWeb(files, clock), tmp_path / "again", since=clock(), clock=clock, progress=Silent())
        for name in hosts:
            one, two = (resolutions_of(book, case.door.parse(name)) for book in (case, again))
            assert [replace(row, id=0, record=None) for row in one] == [replace(row, id=0, record=None) for row in two]
        assert outcome_of(again, "never.example") == [Outcome.NXDOMAIN]


def test_a_page_archived_without_its_look_up_counts_as_resolved(case: Case, clock: StandingClock, tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "web")
    writer.response("http://a.example/", "200 OK", [], b"page", taken_at=clock(), site="a.example", vantage="desktop")
    name_hosts(case, "a.example")
    assert run(case, ReplayWeb([tmp_path / writer.finish(clock()).name], clock), clock, tmp_path).done == 1
