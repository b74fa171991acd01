"""Challenges are told from ordinary pages: a folder a page, and no page can make the reading of it slow."""

import gzip
import json
import time
from pathlib import Path

import pytest

from casefile.outcomes import OUTCOMES, Outcome
from crawler.challenge import LONGEST, challenge_of
from crawler.challenge_signs import CHALLENGES, Place
from crawler.content import Reply, content_of, onward_of
from tests.conftest import LINEAR_SECONDS

CASES = sorted((Path(__file__).resolve().parents[1] / "cases" / "challenges").iterdir())
LIMIT = 5_000_000


def answer(folder: Path) -> tuple[int, tuple[tuple[str, str], ...], str]:
    """Status, headers and page of a case."""
    status, *lines = (folder / "head.txt").read_text().splitlines()
    headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return int(status), headers, (folder / "page.html").read_text()


def reply_of(folder: Path) -> Reply:
    status, headers, page = answer(folder)
    return Reply(url="http://lobby.example/", status=status, headers=headers, payload=page.encode())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_page_is_called_what_it_is(folder: Path) -> None:
    assert challenge_of(*answer(folder)) == (folder / "kind.txt").read_text().strip()


def test_a_browser_ran_the_scripts_so_that_asking_for_them_is_no_challenge_where_the_page_came() -> None:
    folders = [one for one in CASES if (one / "kind.txt").read_text().strip() == "javascript-required"]
    assert len(folders) == 2
    for _, headers, page in map(answer, folders):
        assert [challenge_of(status, headers, page, scripted=True) for status in (200, 403)] == ["", "javascript-required"]
    other = next(one for one in CASES if one.name == "imunify360")
    assert challenge_of(*answer(other), scripted=True) == "imunify360"


def test_links_to_other_pages_of_the_same_host_make_a_page_and_others_do_not() -> None:
    status, headers, page = answer(next(one for one in CASES if one.name == "cloudflare-header-alone"))
    away = "<a href='https://help.test/1'>a</a><a href='https://help.test/2'>b</a><a href='#top'>c</a><a href='/'>d</a><a href='javascript:go()'>e</a>"
    own = "<a href='/news'>a</a><a href='http://www.lobby.example/cash'>b</a>"
    told = [challenge_of(status, headers, page.replace("<body>", f"<body>{links}"), url="http://lobby.example/") for links in (away, own)]
    assert told == ["cloudflare", ""]


def test_every_kind_has_a_case() -> None:
    shown = {(folder / "kind.txt").read_text().strip() for folder in CASES}
    assert shown - {""} == {one.kind for one in CHALLENGES}


@pytest.mark.parametrize("folder", [one for one in CASES if not one.name.startswith("not-")], ids=lambda folder: folder.name)
def test_a_challenge_is_recorded_and_not_read_or_followed(folder: Path) -> None:
    reply = reply_of(folder)
    content = content_of(reply, LIMIT)
    kind = (folder / "kind.txt").read_text().strip()
    assert (content.outcome, content.text) == (Outcome.CHALLENGE, "")
    assert content.reason.startswith(f"{kind}")
    assert not OUTCOMES[content.outcome].read
    assert OUTCOMES[content.outcome].alive
    assert onward_of(reply, content) is None


def test_a_redirect_leads_on_whatever_page_it_brings() -> None:
    folder = next(one for one in CASES if one.name == "sucuri")
    _, headers, page = answer(folder)
    reply = Reply(url="http://lobby.example/", status=302, headers=(*headers, ("Location", "/in")), payload=page.encode())
    onward = onward_of(reply, content_of(reply, LIMIT))
    assert onward is not None
    assert onward.url == "http://lobby.example/in"


def test_signs_are_written_as_they_are_looked_for() -> None:
    for one in CHALLENGES:
        for sign in (sign for group in one.groups for sign in group.signs):
            assert sign == " ".join(sign.lower().split()), f"{one.kind}: {sign!r}"


def test_only_a_header_that_services_document_for_it_is_enough_alone() -> None:
    alone = {sign for one in CHALLENGES if len(one.groups) == 1 for sign in one.groups[0].signs if one.groups[0].places == (Place.HEADER,)}
    assert len(alone) == len([sign for one in CHALLENGES if len(one.groups) == 1 for sign in one.groups[0].signs]) == 5
    for folder in (one for one in CASES if one.name.startswith("not-")):
        assert not alone & {f"{name}: {value}".lower() for name, value in answer(folder)[1]} or folder.name in (
            "not-a-casino-behind-a-header",
            "not-a-lobby-with-the-header-of-a-challenge",
            "not-a-wall-of-slots",
        )


@pytest.mark.parametrize("blank", ["\n   ", "&nbsp;", "&#160;", "\xa0"], ids=ascii)
def test_a_message_is_found_however_its_blanks_are_written(blank: str) -> None:
    page = f"<script src=/s.js></script><body>Please{blank}ENABLE{blank}JavaScript{blank}to continue</body>"
    assert challenge_of(200, (), page) == "javascript-required"


def test_what_is_commented_out_is_no_sign() -> None:
    page = "<title>Just a moment...</title><!-- <script>window._cf_chl_opt={}</script> /orchestrate/ --><p>Just a moment in the garden</p>"
    assert challenge_of(200, (), page) == ""


def test_a_page_longer_than_any_challenge_is_a_page() -> None:
    folder = next(one for one in CASES if one.name == "cloudflare-five-seconds")
    status, headers, page = answer(folder)
    assert challenge_of(status, headers, page.replace("<head>", f"<head><!--{'x' * LONGEST}-->")) == ""


SIGNED = "_cf_chl_opt orchestrate javascript enable javascript g-recaptcha captcha not a robot "


@pytest.mark.parametrize(
    "text",
    [
        "<",
        "<script>",
        "<!--",
        "<a " + "b " * 50,
        "<input type=" + " " * 50,
        "<input ",
        "<p>not a robot ",
        "<noscript>",
        "<textarea>",
        SIGNED,
        " ",
        "&nbsp;",
    ],
    ids=["open", "scripts", "comments", "attributes", "blanks", "inputs", "words", "noscripts", "textareas", "signs", "empty", "entities"],
)
def test_no_page_takes_long(text: str) -> None:
    page = SIGNED + text * ((LONGEST - len(SIGNED)) // len(text))
    began = time.process_time()
    challenge_of(200, (("a" * 100_000, "b" * 100_000),) * 1000, page)
    assert time.process_time() - began < LINEAR_SECONDS / 10


def test_no_page_of_the_corpus_is_a_challenge(shared: Path) -> None:
    """Of 2769 ordinary pages of all sorts none is one, not even under a refusal; looked at on 2026-11-21."""
    called = []
    with gzip.open(shared / "corpus" / "pages" / "pages.jsonl.gz", "rt", encoding="utf-8") as stream:
        for page in map(json.loads, stream):
            called += [page["id"]] if challenge_of(403, (("server", "ddos-guard"),), page["html"]) else []
    assert called == []
