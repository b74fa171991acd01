"""Notices, sent by apprise to a real listener: what is told, when, and that no secret is ever shown."""

import logging

import pytest

from cli.notices import DONE, FAILURE, Notice, NoticeOptions, send, tell
from tests.cli.listening import listening

NOTICE = Notice(occasion=FAILURE, title="mirrorwatch: night 7 done in part (exit 3)", text="found 3, listed 1\nhostile \x1b[31m\u202e<b>$")


def test_a_notice_arrives() -> None:
    with listening() as channel:
        sent = tell(NOTICE, NoticeOptions(urls=(channel.url,)))
    assert [one.fault for one in sent] == [""]
    (got,) = channel.got
    assert got["title"] == NOTICE.title
    assert got["type"] == "failure"
    assert got["message"] == "found 3, listed 1\nhostile \\x1b[31m\\u202e<b>$", "hostile text is inert, and still readable"


def test_only_what_was_asked_for_is_told() -> None:
    done = Notice(occasion=DONE, title="t", text="t")
    with listening() as channel:
        assert tell(done, NoticeOptions(urls=(channel.url,))) == []
        assert len(tell(done, NoticeOptions(urls=(channel.url,), on=("done",)))) == 1
    assert len(channel.got) == 1


def test_a_channel_that_fails_is_a_fault_and_the_next_one_is_told() -> None:
    with listening(500) as broken, listening() as good:
        first, second, third = send(NOTICE, ("json://127.0.0.1:9/x", broken.url, good.url))
    assert first.fault
    assert second.fault
    assert not third.fault
    assert len(good.got) == 1


def test_an_address_that_apprise_does_not_know_is_a_fault() -> None:
    (one,) = send(NOTICE, ("nosuchservice://t0ken-part@x",))
    assert "does not know" in one.fault
    assert one.channel == "1 (nosuchservice)"


def test_secrets_are_never_shown(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("apprise").propagate = True
    with listening(403) as broken:
        options = NoticeOptions(urls=(broken.url, "nosuchservice://t0ken-part@x", "json://u:s3cret-word@127.0.0.1:9/t0ken-part"))
        said = repr(tell(NOTICE, options)) + repr(options)
    captured = capfd.readouterr()
    for text in (said, captured.out, captured.err, caplog.text):
        assert "s3cret-word" not in text
        assert "t0ken-part" not in text


def test_a_long_notice_is_cut() -> None:
    with listening() as channel:
        send(Notice(occasion=FAILURE, title="t", text="x" * 100_000), (channel.url,))
    assert len(channel.got[0]["message"]) == 3_000


def test_no_channel_is_no_notice() -> None:
    assert send(NOTICE, ()) == []


def test_an_occasion_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="failure, drift, done"):
        NoticeOptions(on=("always",))


def test_an_address_without_a_scheme_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="address 2") as refused:
        NoticeOptions(urls=("json://x", "s3cret-word"))
    assert "s3cret-word" not in str(refused.value)
