"""The archive: what goes in comes out, by our reader and by warcio's; a full disk leaves whole records; damage is named."""

import gzip
import hashlib
import io
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from casefile.archive import SUMS, Archive, ArchiveWriter, StoredRecord, check_whole, discard_open, read_all, read_at, sha256_of
from casefile.errors import ArchiveError, CasefileError, DiskFullError
from casefile.records import ArchiveFile, ArchiveRef
from tests.casefile.examples import NOW

HTML = "<html><body>Ойын казино</body></html>".encode()
PACKED = gzip.compress(HTML, mtime=0)
URL = "https://casino-1.example/kz?a=1"


def page(writer: ArchiveWriter, number: int = 1, body: bytes = PACKED, url: str = URL, **headers: str) -> ArchiveRef:
    lines = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), *headers.items()]
    return writer.response(url, "200 OK", lines, body, taken_at=NOW, site=f"casino-{number}.example", vantage="phone", ip="192.0.2.1")


def filled(folder: Path, pages: int = 5, name: str = "night-1") -> tuple[ArchiveFile, list[ArchiveRef]]:
    writer = ArchiveWriter(folder, name)
    refs = [page(writer, number, gzip.compress(HTML * number, mtime=0)) for number in range(1, pages + 1)]
    return writer.finish(NOW), refs


def test_every_kind_of_record_comes_back(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "night-1")
    dns = writer.resource(
        "dns:casino-1.example", "text/dns", b"casino-1.example. 300 IN A 192.0.2.1\n", taken_at=NOW, site="casino-1.example"
    )
    asked = writer.request(
        URL, "GET /kz?a=1 HTTP/1.1", [("Host", "casino-1.example")], b"", taken_at=NOW, site="casino-1.example", vantage="phone"
    )
    came = page(writer)
    failed = writer.outcome(URL, "read-timeout", "no answer\nin 20 s", taken_at=NOW, site="casino-1.example", vantage="phone")
    writer.finish(NOW)
    archive = Archive(tmp_path)
    response = archive.read(came)
    assert (response.status, response.status_line, response.payload) == (200, "200 OK", PACKED)
    assert response.header("content-encoding") == "gzip" and response.header("none") == ""
    assert response.warc_header("X-Mirrorwatch-Site") == "casino-1.example" and response.warc_header("warc-ip-address") == "192.0.2.1"
    assert response.date == "2026-11-20T20:00:00.000000Z"
    assert archive.read(dns).payload.startswith(b"casino-1.example. 300")
    assert archive.read(asked).status_line == "/kz?a=1 HTTP/1.1"
    assert archive.read(failed).payload == b"outcome: read-timeout\r\nreason: no answer in 20 s\r\n"
    kinds = [record.kind for record in read_all(tmp_path / "night-1.warc.gz")]
    assert kinds == ["warcinfo", "resource", "request", "response", "metadata"]


def test_offset_and_length_are_the_octets_of_the_record(tmp_path: Path) -> None:
    file, refs = filled(tmp_path)
    octets = (tmp_path / file.name).read_bytes()
    records = list(read_all(tmp_path / file.name, payloads=True))
    assert [record.offset for record in records[1:]] == [ref.offset for ref in refs]
    assert sum(record.length for record in records) == file.size == len(octets)
    for record in records[1:]:
        assert read_at(tmp_path / file.name, record.offset) == record
        assert gzip.decompress(octets[record.offset : record.offset + record.length]).startswith(b"WARC/1.1")


def test_another_reader_gets_the_pages_back_and_finds_its_digests_right(tmp_path: Path) -> None:
    filled(tmp_path)
    with (tmp_path / "night-1.warc.gz").open("rb") as stream:
        bodies = [
            (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read(), record.digest_checker.passed)
            for record in ArchiveIterator(stream, check_digests=True)
            if record.rec_type == "response"
        ]
    assert bodies == [(URL, HTML * number, True) for number in range(1, 6)]


def test_a_finished_file_is_listed_with_its_digest(tmp_path: Path) -> None:
    one, _ = filled(tmp_path, name="night-1")
    two, _ = filled(tmp_path, name="night-2")
    assert one.sha256 == hashlib.sha256((tmp_path / one.name).read_bytes()).hexdigest() == sha256_of(tmp_path / one.name)
    assert (tmp_path / SUMS).read_text() == f"{one.sha256}  {one.name}\n{two.sha256}  {two.name}\n"
    assert subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=tmp_path, check=False).returncode == 0


def test_until_it_is_finished_a_file_is_open_and_a_killed_night_leaves_nothing(tmp_path: Path) -> None:
    filled(tmp_path, name="night-1")
    writer = ArchiveWriter(tmp_path, "night-2")
    page(writer)
    assert not (tmp_path / "night-2.warc.gz").exists()
    assert discard_open(tmp_path) == ["night-2.warc.gz.open"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [SUMS, "night-1.warc.gz"]
    writer.discard()


def test_a_file_finished_in_a_nights_last_moment_is_listed_by_the_next(tmp_path: Path) -> None:
    one, _ = filled(tmp_path, name="night-1")
    two, _ = filled(tmp_path, name="night-2")
    (tmp_path / SUMS).write_text(f"{one.sha256}  {one.name}\n")
    assert discard_open(tmp_path) == []
    assert (tmp_path / SUMS).read_text() == f"{one.sha256}  {one.name}\n{two.sha256}  {two.name}\n"


def test_evidence_is_never_written_over(tmp_path: Path) -> None:
    file, _ = filled(tmp_path)
    before = (tmp_path / file.name).read_bytes()
    with pytest.raises(ArchiveError, match="is there already and is evidence"):
        ArchiveWriter(tmp_path, "night-1")
    first = ArchiveWriter(tmp_path, "night-2")
    with pytest.raises(ArchiveError, match="another program writes it, or a killed night left it"):
        ArchiveWriter(tmp_path, "night-2")
    first.discard()
    assert (tmp_path / file.name).read_bytes() == before


def test_a_file_without_records_is_still_a_warc(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path, "night-1").finish(NOW)
    assert [record.kind for record in read_all(tmp_path / "night-1.warc.gz")] == ["warcinfo"]


# hostile text in what is written

HOSTILE = st.text(max_size=30) | st.sampled_from(["a\r\nX-Injected: 1", "\x00", "\ud800", "Ойын", "é", "a\x85b\u2028c", "", " "])


@settings(max_examples=150, deadline=None)
@given(url=HOSTILE, value=HOSTILE, line=HOSTILE, reason=HOSTILE, body=st.binary(max_size=60))
def test_no_text_of_the_far_end_breaks_the_archive(
    tmp_path_factory: pytest.TempPathFactory, url: str, value: str, line: str, reason: str, body: bytes
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    writer = ArchiveWriter(folder, "night-1")
    headers = [("Server", value), ("X-Next", "kept")]
    came = writer.response("http://casino.example/" + url, f"200 {line}", headers, body, taken_at=NOW, site="casino.example", vantage=value)
    failed = writer.outcome("http://casino.example/" + url, "tls", reason, taken_at=NOW, site="casino.example", vantage="v")
    writer.finish(NOW)
    record = Archive(folder).read(came)
    assert (record.status, record.payload, record.header("X-Next")) == (200, body, "kept")
    assert [name for name, _ in record.headers] == ["Server", "X-Next"]
    assert record.warc_header("X-Injected") == ""
    assert Archive(folder).read(failed).payload.count(b"\r\n") == 2
    assert len(list(read_all(folder / "night-1.warc.gz"))) == 3


def test_octets_beyond_ascii_in_a_header_keep_their_value(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "night-1")
    ref = page(writer, Location="/" + "ойын".encode().decode("latin-1"))
    writer.finish(NOW)
    assert Archive(tmp_path).read(ref).header("Location") == "/%D0%BE%D0%B9%D1%8B%D0%BD"


# a full disk

FILL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from casefile.archive import ArchiveWriter
from casefile.errors import DiskFullError
folder, limit = Path(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
now = datetime(2026, 11, 20, tzinfo=UTC)
writer = ArchiveWriter(folder, "night-1")
kept = 0
try:
    while True:
        writer.response("http://casino.example/", "200 OK", [], bytes(range(256)) * 40 + str(kept).encode(), taken_at=now, site="s", vantage="v")
        kept += 1
except DiskFullError as error:
    print(error)
writer.finish(now)
print(kept)
"""


def test_where_no_room_is_left_the_records_before_it_stay_whole(tmp_path: Path) -> None:
    limit = 50_000
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] in (resource.RLIM_INFINITY, *range(limit, limit + 1))
    done = subprocess.run([sys.executable, "-c", FILL, str(tmp_path), str(limit)], capture_output=True, text=True, check=True)
    said, kept = done.stdout.splitlines()
    assert said.startswith("no room left for ") and "free some disk and run the same command again" in said
    assert int(kept) > 10
    records = list(read_all(tmp_path / "night-1.warc.gz", payloads=True))
    assert len(records) == int(kept) + 1
    assert records[-1].payload.endswith(str(int(kept) - 1).encode())


def test_the_floor_stops_a_night_before_the_disk_is_full(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "night-1", floor_bytes=1 << 60)
    with pytest.raises(DiskFullError, match="lower keep_free_octets"):
        page(writer)
    writer.discard()
    assert list(tmp_path.iterdir()) == []


# damage


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    file, _ = filled(tmp_path)
    octets = (tmp_path / file.name).read_bytes()
    ends = {record.offset for record in read_all(tmp_path / file.name)}
    cut = tmp_path / "cut.warc.gz"
    for size in range(0, len(octets), 7):
        cut.write_bytes(octets[:size])
        if size in ends and size:
            continue  # a cut between two records leaves a whole, shorter file: only its digest tells
        with pytest.raises(ArchiveError, match="restore it from a copy"):
            list(read_all(cut))


def test_a_record_read_from_a_cut_file_is_refused(tmp_path: Path) -> None:
    file, refs = filled(tmp_path)
    path = tmp_path / file.name
    octets = path.read_bytes()
    path.write_bytes(octets[:-40])
    with pytest.raises(ArchiveError):
        Archive(tmp_path).read(refs[-1])
    assert Archive(tmp_path).read(refs[0]).payload
    path.write_bytes(octets[: refs[-1].offset])
    with pytest.raises(ArchiveError, match=f"no record at {refs[-1].offset}; the file is cut short"):
        Archive(tmp_path).read(refs[-1])
    path.unlink()
    with pytest.raises(ArchiveError, match="cannot read"):
        Archive(tmp_path).read(refs[0])


def test_a_flipped_bit_is_caught_or_changes_nothing(tmp_path: Path) -> None:
    file, _ = filled(tmp_path, pages=2)
    path = tmp_path / file.name
    octets = path.read_bytes()
    whole = list(read_all(path, payloads=True))
    caught = 0
    for place in range(len(octets)):
        path.write_bytes(octets[:place] + bytes([octets[place] ^ (1 << place % 8)]) + octets[place + 1 :])
        assert sha256_of(path) != file.sha256
        try:
            assert list(read_all(path, payloads=True)) == whole, f"silent change at octet {place}"
        except ArchiveError:
            caught += 1
    assert caught > 0.95 * len(octets)


def test_a_record_that_was_exchanged_is_not_what_was_archived(tmp_path: Path) -> None:
    _, refs = filled(tmp_path)
    with pytest.raises(ArchiveError, match="SHA-256 differs"):
        Archive(tmp_path).read(ArchiveRef(file=refs[0].file, offset=refs[0].offset, record_id="", kind="response", sha256=refs[1].sha256))


@pytest.mark.parametrize(
    "octets",
    [b"", b"garbage", b"\x1f\x8b", b"\x1f\x8bgarbage", gzip.compress(b"not a WARC"), b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 99\r\n\r\nshort",
     b"WARC/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\xff" * 5000, b"\0" * 5000],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_warc_is_refused_in_one_line(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "seeds.warc.gz"
    path.write_bytes(octets)
    with pytest.raises(ArchiveError) as refusal:
        assert list(read_all(path)) != []
        raise ArchiveError(f"{path}: read without an error")
    assert "read without an error" not in str(refusal.value)
    assert "\n" not in str(refusal.value) and str(path) in str(refusal.value)


def test_a_folder_is_no_warc(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be read as WARC"):
        list(read_all(tmp_path))


def test_a_warc_that_is_not_packed_is_read_and_its_cut_is_seen(tmp_path: Path) -> None:
    filled(tmp_path)
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress((tmp_path / "night-1.warc.gz").read_bytes()))
    packed = list(read_all(tmp_path / "night-1.warc.gz", payloads=True))
    found = list(read_all(plain, payloads=True))
    assert [record.payload for record in found] == [record.payload for record in packed]
    assert [read_at(plain, record.offset).payload for record in found] == [record.payload for record in packed]
    plain.write_bytes(plain.read_bytes()[:-30])
    with pytest.raises(ArchiveError, match="cut short"):
        list(read_all(plain))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_to_an_unpacked_warc_is_more_than_an_archive_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("archive")
    filled(folder, pages=1)
    octets = bytearray(gzip.decompress((folder / "night-1.warc.gz").read_bytes()))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    plain = folder / "plain.warc"
    plain.write_bytes(octets)
    try:
        assert all(isinstance(record, StoredRecord) for record in read_all(plain, payloads=True))
    except CasefileError as error:
        assert "\n" not in str(error)


def test_a_member_that_unpacks_to_very_much_is_checked_in_little_memory(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as stream:
        for _ in range(256):
            stream.write(bytes(1 << 20))
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(bomb.getvalue())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check_whole(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10
