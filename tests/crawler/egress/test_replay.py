"""A web made of WARC files: what is in them is served, nothing else exists, and no socket is opened."""

import asyncio
import http.client
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casefile.archive import ArchiveWriter
from casefile.errors import ArchiveError
from casefile.outcomes import Outcome
from crawler.egress.replay import ReplayWeb
from tests.crawler.egress.loopback import NOW, Desk, desk

HTML = [
    ("Content-Type", "text/html"),
    ("Content-Length", "999"),
    ("Transfer-Encoding", "chunked"),
    ("Connection", "close"),
    ("Set-Cookie", "a=b"),
]


class Book:
    """Writes one WARC file by short calls."""

    def __init__(self, folder: Path, name: str = "web") -> None:
        self.writer = ArchiveWriter(folder, name)
        self.folder = folder

    def page(self, url: str, body: str, *, vantage: str = "desktop", days: int = 0, status: str = "200 OK") -> "Book":
        self.writer.response(url, status, HTML, body.encode(), taken_at=NOW + timedelta(days=days), site="s.example", vantage=vantage)
        return self

    def outcome(self, url: str, outcome: str, *, vantage: str = "desktop", days: int = 0) -> "Book":
        self.writer.outcome(url, outcome, "as it was", taken_at=NOW + timedelta(days=days), site="s.example", vantage=vantage)
        return self

    def dns(self, name: str, text: str, *, days: int = 0) -> "Book":
        self.writer.resource(f"dns:{name}", "text/dns", text.encode(), taken_at=NOW + timedelta(days=days), site=name)
        return self

    def finish(self) -> Path:
        return self.folder / self.writer.finish(NOW).name


def replay(*files: Path, now: datetime = NOW) -> ReplayWeb:
    return ReplayWeb(files, lambda: now)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Desk]:
    book = Book(tmp_path).page("http://a.example/", "front").page("http://a.example/x?y=%c3%a9", "query")
    book.page("http://b.example", "no path").outcome("http://b.example/reset", "connection-reset").outcome(
        "https://c.example/", "certificate"
    )
    book.dns("d.example", ";; outcome: servfail\n").dns("e.example", ";; outcome: ok\ne.example. 30 IN A 10.0.0.1\n").page(
        "http://e.example/", "inside"
    )
    with desk(replay(book.finish())) as proxy:
        yield proxy


def status_of(answer: bytes) -> bytes:
    return answer.split(b" ")[1]


def secure(proxy: Desk, host: str, path: str, *, port: int = 443, vantage: str = "desktop") -> http.client.HTTPResponse:
    """A GET over TLS by a client that verifies the certificate."""
    client = http.client.HTTPSConnection(*proxy.address, timeout=10, context=ssl.create_default_context(cafile=str(proxy.handle.ca_file)))
    name, _, value = proxy.authorization(vantage=vantage).decode().strip().partition(": ")
    client.set_tunnel(host, port, headers={name: value})
    try:
        client.request("GET", path)
        answer = client.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        return answer
    finally:
        client.close()


def test_a_page_is_served_as_archived_with_its_length_made_right(pages: Desk) -> None:
    answer = pages.get("http://a.example/")
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=b\r\nContent-Length: 5\r\n\r\nfront"
    served = pages.log.served("site.example", "desktop", "http://a.example/")
    assert served is not None
    assert (served.outcome, served.replayed_from, served.address) == (Outcome.OK, NOW, "")


def test_scheme_and_port_do_not_matter_and_a_client_that_verifies_is_content(pages: Desk) -> None:
    for port in (443, 8443):
        answer = secure(pages, "a.example", "/", port=port)
        assert (answer.status, answer.text) == (200, "front")  # type: ignore[attr-defined]
    served = pages.log.served("site.example", "desktop", "https://a.example:8443/")
    assert served is not None
    assert served.replayed_from == NOW


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("http://a.example", b"front"),
        ("http://A.EXAMPLE./#top", b"front"),
        ("http://a.example:8080/x?y=%C3%A9", b"query"),
        ("http://b.example/", b"no path"),
    ],
)
def test_ways_to_write_one_address(pages: Desk, url: str, body: bytes) -> None:
    assert pages.get(url).endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("path", ["/x", "/x?y=1", "/missing", "/x?"])
def test_another_page_of_an_archived_host_is_not_archived(pages: Desk, path: str) -> None:
    assert status_of(pages.get(f"http://a.example{path}")) == b"404"
    assert pages.event("a.example").outcome is Outcome.NOT_ARCHIVED
    with pytest.raises(http.client.RemoteDisconnected):  # inside the tunnel an answer of ours would pass for the site's own
        secure(pages, "a.example", path)


@pytest.mark.parametrize(
    ("host", "outcome"),
    [
        ("nowhere.example", Outcome.NXDOMAIN),
        ("www.a.example", Outcome.NXDOMAIN),
        ("d.example", Outcome.SERVFAIL),
        ("e.example", Outcome.REFUSED_EGRESS),
        ("127.0.0.1", Outcome.REFUSED_EGRESS),
        ("localhost", Outcome.REFUSED_EGRESS),
    ],
)
def test_a_host_that_cannot_be_reached(pages: Desk, host: str, outcome: Outcome) -> None:
    pages.get(f"http://{host}/")
    connection, _ = pages.connect(f"{host}:443")
    connection.close()
    assert pages.event(host).outcome is pages.event(host, 443).outcome is outcome


def test_a_failure_is_played_as_it_was(pages: Desk) -> None:
    assert status_of(pages.get("http://b.example/reset")) == b"502"
    event = pages.event("b.example")
    assert (event.outcome, event.detail, event.replayed_from) == (Outcome.CONNECTION_RESET, "as it was", NOW)
    with pytest.raises((http.client.HTTPException, OSError)):
        secure(pages, "c.example", "/")
    assert pages.event("c.example", 443).outcome is Outcome.CERTIFICATE


def test_many_requests_on_one_secure_connection_and_head(pages: Desk) -> None:
    client = http.client.HTTPSConnection(*pages.address, timeout=10, context=ssl.create_default_context(cafile=str(pages.handle.ca_file)))
    name, _, value = pages.authorization().decode().strip().partition(": ")
    client.set_tunnel("a.example", 443, headers={name: value})
    bodies = []
    for method in ("GET", "HEAD", "GET"):
        client.request(method, "/", body=b"x" * 10)
        bodies.append(client.getresponse().read())
    client.close()
    assert bodies == [b"front", b"", b"front"]


def body_of(web: ReplayWeb, path: str = "/", *, scheme: str = "http", vantage: str = "desktop") -> str:
    record = web.page("s.example", path, scheme=scheme, vantage=vantage).record
    assert record is not None
    return record.payload.decode()


def test_the_record_of_the_same_vantage_comes_before_a_nearer_one(tmp_path: Path) -> None:
    book = Book(tmp_path).page("http://s.example/", "phone", vantage="phone").page("http://s.example/", "desktop", days=-9)
    web = replay(book.finish())
    assert body_of(web, vantage="desktop") == "desktop"
    assert body_of(web, vantage="phone") == "phone"


def test_the_record_nearest_in_time_is_served_from_whichever_file(tmp_path: Path) -> None:
    old = Book(tmp_path, "old").page("http://s.example/", "old").finish()
    new = Book(tmp_path, "new").page("http://s.example/", "new", days=10).finish()
    assert body_of(replay(old, new, now=NOW + timedelta(days=4))) == "old"
    assert body_of(replay(old, new, now=NOW + timedelta(days=6))) == "new"


def test_a_redirect_to_https_on_one_path_is_not_served_to_itself(tmp_path: Path) -> None:
    book = (
        Book(tmp_path).page("http://s.example/", "moved", status="301 Moved").page("https://s.example/", "page", vantage="phone", days=-3)
    )
    web = replay(book.finish())
    assert body_of(web, scheme="http") == "moved"
    assert body_of(web, scheme="https") == "page"


def test_look_ups_come_from_the_archive(tmp_path: Path) -> None:
    text = ";; outcome: ok\ns.example. 30 IN CNAME e.test.\ne.test. 20 IN A 93.184.216.34\n"
    book = Book(tmp_path).dns("s.example", text).dns("s.example", ";; outcome: nxdomain\n", days=30).page("http://p.example/", "page")
    files = [book.finish()]
    now = asyncio.run(replay(*files).resolver.look_up("s.example"))
    assert (now.outcome, now.addresses, now.cnames, now.ttl) == (Outcome.OK, ("93.184.216.34",), ("e.test",), 20)
    assert asyncio.run(replay(*files, now=NOW + timedelta(days=29)).resolver.look_up("s.example")).outcome is Outcome.NXDOMAIN
    archived = asyncio.run(replay(*files).resolver.look_up("p.example"))
    assert (archived.outcome, archived.addresses) == (Outcome.OK, ())
    assert asyncio.run(replay(*files).resolver.look_up("q.example")).outcome is Outcome.NXDOMAIN


def test_a_look_up_that_another_program_archived_is_left_aside_and_a_broken_one_of_ours_refused(tmp_path: Path) -> None:
    foreign = (
        Book(tmp_path, "foreign")
        .dns("s.example", "20261120\ns.example. 30 IN A 93.184.216.34\n")
        .page("http://s.example/", "page")
        .finish()
    )
    assert asyncio.run(replay(foreign).resolver.look_up("s.example")).addresses == ()
    with pytest.raises(ArchiveError, match=r"broken.warc.gz at \d+: not a DNS answer"):
        replay(Book(tmp_path, "broken").dns("s.example", ";; outcome: ok\nnot a record\n").finish())


@pytest.mark.parametrize("address", ["http://[bad/", "http://a／b.example/", "mailto:x", "http://", "http://s.example:99999/"])
def test_a_record_whose_address_is_none_is_passed_over(tmp_path: Path, address: str) -> None:
    path = Book(tmp_path, "foreign").page(address, "odd").page("http://s.example/page", "page").finish()
    assert body_of(replay(path), "/page") == "page"


def test_nothing_is_dialled(tmp_path: Path) -> None:
    web = replay(Book(tmp_path).page("http://s.example/", "page").finish())
    with pytest.raises(OSError, match="not dialled"):
        asyncio.run(web.dial("93.184.216.34", 80, 1.0))


def test_a_file_that_cannot_be_served_is_refused_before_anything_runs(tmp_path: Path) -> None:
    whole = Book(tmp_path).page("http://s.example/", "page" * 500).finish()
    octets = whole.read_bytes()
    cut, flipped, nothing, text = (tmp_path / f"{name}.warc.gz" for name in ("cut", "flipped", "nothing", "text"))
    cut.write_bytes(octets[:-40])
    flipped.write_bytes(octets[:-60] + bytes([octets[-60] ^ 1]) + octets[-59:])
    nothing.write_bytes(b"")
    text.write_text("just some words\n")
    for path in (cut, flipped, nothing, text, tmp_path / "missing.warc.gz", tmp_path):
        with pytest.raises(ArchiveError, match=path.name):
            replay(whole, path)
