"""A challenge through the real proxy and the real child: recorded with its page, not followed, not solved; in replay the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.archive import Archive
from casefile.outcomes import Outcome
from casefile.queries import captures_to_examine
from casefile.records import Count, How
from crawler.egress.replay import ReplayWeb
from tests.crawler.crawling import NOW, Run, new_run
from tests.site.answers import Answer, page, whole
from tests.site.server import LoopbackServer, LoopbackWeb, Sites, serving

CASES = Path(__file__).resolve().parents[1] / "cases" / "challenges"


def case(name: str) -> Answer:
    """The answer of a case folder."""
    status, *headers = (CASES / name / "head.txt").read_text().splitlines()
    return whole((CASES / name / "page.html").read_bytes(), status=f"{status} As It Is", headers=tuple(headers))


WALLS = {
    "wall.test": "cloudflare-managed",
    "token.test": "akamai-interstitial",
    "refresh.test": "siteground",
    "form.test": "not-a-form-with-recaptcha",
}
SITES: Sites = {host: {"/": case(name), "/*": page("за стеной")} for host, name in WALLS.items()}


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with serving(SITES) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, server: LoopbackServer) -> Iterator[Run]:
    with new_run(tmp_path_factory.mktemp("challenge"), SITES) as run:
        run.crawl(LoopbackWeb(server))
        yield run


@pytest.mark.parametrize(("host", "kind"), [("wall.test", "cloudflare"), ("token.test", "akamai"), ("refresh.test", "siteground")])
def test_a_challenge_is_kept_with_its_page_and_names_its_kind(crawled: Run, host: str, kind: str) -> None:
    captures = [capture for capture in crawled.captures(host) if capture.status]
    assert {(one.outcome, one.reason.split()[0], one.hops, one.how) for one in captures} == {(Outcome.CHALLENGE, kind, (), How.STATIC)}
    for one in captures:
        assert one.body_record is not None
        kept = Archive(crawled.archive).read(one.body_record)
        assert kept.payload == (CASES / WALLS[host] / "page.html").read_bytes()


def test_nothing_behind_a_challenge_is_asked_for(crawled: Run, server: LoopbackServer) -> None:
    assert {asked.path for asked in server.requests if asked.host != "form.test"} == {"/"}


def test_a_challenge_is_reported_and_never_given_to_the_detectors(crawled: Run) -> None:
    assert crawled.report is not None
    assert crawled.report.failed == (Count(outcome="challenge", number=3),)
    assert crawled.report.done == 1
    assert {capture.host.name for capture in captures_to_examine(crawled.case, "any")} == {"form.test"}


def test_a_replay_comes_to_the_same(tmp_path: Path, crawled: Run) -> None:
    with new_run(tmp_path, SITES) as run:
        run.crawl(ReplayWeb(sorted(crawled.archive.glob("*.warc.gz")), lambda: NOW))
        for host in SITES:
            live = {(one.vantage.name, one.outcome, one.reason, one.hops, one.body_sha256) for one in crawled.captures(host) if one.status}
            assert {(one.vantage.name, one.outcome, one.reason, one.hops, one.body_sha256) for one in run.captures(host)} == live
