"""What the log answers, and what it leaves in its file."""

import json
import threading
from dataclasses import replace
from pathlib import Path

from casefile.outcomes import Outcome
from crawler.egress.log import EVENTS_A_SITE, EgressEvent, EgressLog
from tests.crawler.egress.loopback import NOW

EVENT = EgressEvent(site="a.example", vantage="desktop", host="a.example", port=80, url="http://a.example/x?y", outcome=Outcome.OK, at=NOW)


def test_the_newest_event_of_a_host_and_port_is_the_last() -> None:
    log = EgressLog(None, lambda: NOW)
    log.add(EVENT)
    log.add(replace(EVENT, outcome=Outcome.CONNECTION_RESET))
    log.add(replace(EVENT, port=443))
    log.add(replace(EVENT, site="b.example", outcome=Outcome.NXDOMAIN))
    assert log.last("a.example", "a.example", 80) == replace(EVENT, outcome=Outcome.CONNECTION_RESET)
    assert log.last("a.example", "b.example", 80) is None


def test_a_served_address_is_found_whatever_its_fragment_and_default_port() -> None:
    log = EgressLog(None, lambda: NOW)
    log.add(EVENT)
    assert log.served("a.example", "desktop", "http://a.example:80/x?y#top") == EVENT
    assert log.served("a.example", "phone", "http://a.example/x?y") is None
    assert log.served("a.example", "desktop", "https://a.example/x?y") is None


def test_a_finished_site_is_forgotten_and_memory_is_bounded() -> None:
    log = EgressLog(None, lambda: NOW)
    for _ in range(EVENTS_A_SITE + 5):
        log.add(EVENT)
    assert len(log.events()) == EVENTS_A_SITE
    log.forget("a.example")
    assert log.events() == []


def test_every_event_is_one_line_whatever_a_site_put_into_it_and_whichever_thread(tmp_path: Path) -> None:
    log = EgressLog(tmp_path / "logs" / "egress.jsonl", lambda: NOW)
    hostile = replace(EVENT, detail="\x1b[2J\r\n\u2028{}", replayed_from=NOW)
    threads = [threading.Thread(target=lambda: [log.add(hostile) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    octets = (tmp_path / "logs" / "egress.jsonl").read_bytes()
    lines = octets.splitlines()
    assert len(lines) == 200
    assert all(32 <= octet < 127 for octet in octets.replace(b"\n", b""))
    assert json.loads(lines[0])["detail"] == hostile.detail
