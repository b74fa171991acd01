"""Addresses as they tie pages: shapes without what changes, whose host is whose, and what a frame of another brings along."""

import pytest

from casefile.observation import SeenRequest
from classifier.addresses import LONGEST_SEGMENT, MOST_SEGMENTS, depth_of, is_below, own_requests, same_site, shared_services, template_of
from classifier.page import Page
from tests.classifier.making import REFERENCE


@pytest.mark.parametrize(
    ("address", "template"),
    [
        ("https://api.test/v1/9017/lobby?lang=ru#x", "/v1/{n}/lobby"),
        ("https://api.test/v3/ru/feed.json", "/v3/ru/feed.json"),
        ("https://api.test/rounds/2026-11-20/7.json", "/rounds/{date}/{n}.json"),
        ("https://api.test/u/6f9619ff-8b86-d011-b42d-00cf4fc964ff/", "/u/{id}"),
        ("https://api.test/b/0f8c2ad41b90/app", "/b/{id}/app"),
        ("https://api.test/t/eyJhbGciOiJIUzI1NiJ9.e30", "/t/{id}"),
        ("https://api.test/facade/decade/deadbeef", "/facade/decade/deadbeef"),
        ("https://altyn7.test/line/altyn7.test.json", "/line/{host}.json"),
        ("wss://push.test/live/7", "/live/{n}"),
        ("https://api.test", "/"),
        ("https://[api.test/x", ""),
    ],
)
def test_a_template_keeps_the_shape_and_not_the_ids(address, template):
    assert template_of(address) == template


def test_a_template_is_bounded():
    template = template_of("https://api.test/" + "/".join(["слот-" * 50] * 50))
    assert len(template) <= MOST_SEGMENTS * (LONGEST_SEGMENT + 1) and depth_of(template) == MOST_SEGMENTS


@pytest.mark.parametrize(
    ("host", "own", "same"),
    [
        ("www.altyn.test", "altyn.test", True),
        ("api.altyn.test", "www.altyn.test", True),
        ("altyn.test", "m.altyn.test", True),
        ("notaltyn.test", "altyn.test", False),
        ("altyn2.test", "altyn.test", False),
    ],
)
def test_what_a_page_may_call_its_own(host, own, same):
    assert same_site(host, own) is same


def test_services_of_many_owners_are_known_with_what_lies_below_them():
    shared = shared_services(REFERENCE)
    assert all(is_below(host, shared) for host in ("mc.yandex.ru", "yandex.ru", "pay.tengepay.example", "demo.altynreels.example"))
    assert not any(is_below(host, shared) for host in ("notyandex.ru", "example", "core.test", ""))


def test_what_a_frame_of_another_asks_for_is_not_the_pages():
    def asked(url, initiator, kind="script"):
        return SeenRequest(url=url, kind=kind, initiator=initiator)

    own = [asked("https://site.example/app.js", "https://site.example/"), asked("https://tag.test/t.js", "https://site.example/app.js")]
    frame = asked("https://games.test/launch", "https://site.example/app.js", "document")
    inside = [
        asked("https://cdn.test/g.js", "https://games.test/launch"),
        asked("https://tag.test/studio", "https://cdn.test/g.js", "fetch"),
    ]
    page = Page(url="https://site.example/", title="", text="", requests=(own[0], frame, inside[0], own[1], inside[1]))
    assert own_requests(page) == tuple(own)


def test_a_page_that_a_door_led_to_keeps_what_it_asks_for_itself():
    def asked(url, initiator, kind="script"):
        return SeenRequest(url=url, kind=kind, initiator=initiator)

    door = asked("https://door.test/", "", "document")
    tag = asked("https://tag.test/of-door", "https://door.test/")
    page = asked("https://site.example/", "https://door.test/go.js", "document")
    own = asked("https://tag.test/own", "https://site.example/")
    assert own_requests(Page(url="https://site.example/", title="", text="", requests=(door, tag, page, own))) == (page, own)
