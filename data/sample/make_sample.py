"""Make the sample web: a WARC of invented sites, its seeds, its truth table and the decisions made before its first night.

    .venv/bin/python data/sample/make_sample.py [FOLDER]

Writes web.warc.gz, seeds.txt, truth.csv and decisions.csv to FOLDER (this one by default); the same sources give the same bytes. Page sources lie in
sites/<site>/: `index.html` answers at `/`, `NAME.html` at `/NAME`, and `NAME.phone.html` only to the phone vantage; `{{host}}` and `{{number}}` are filled in.
What the hosts are, and what a right night must come to, is told in sample_hosts.py.
"""

import csv
import gzip
import io
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sample_hosts import DECISION_COLUMNS, DECISIONS, HOSTS, TRUTH_COLUMNS, Host, Served
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HERE = Path(__file__).resolve().parent
SITES = HERE / "sites"
BEGAN = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
"""The date of the first record; each further one is a second later."""

HTML = "text/html; charset=utf-8"
SERVED_BY = ("Server", "nginx")

SEEDS_HEAD = """\
# The seeds of the sample web: one host or address a line. Every site here is invented.
# Four of these hosts are dead; one mirror is missing on purpose, and is found through a promoter's page in the second round.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host answers at one address; `vantage` is empty where every visitor gets the same."""

    url: str
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    vantage: str = ""


def main(folder: Path = HERE) -> None:
    """Write the four files to `folder`."""
    answers = [answer for host in HOSTS for answer in answers_of(host)]
    write_warc(folder / "web.warc.gz", answers)
    (folder / "seeds.txt").write_text(SEEDS_HEAD + "".join(f"{host.seed}\n" for host in HOSTS if host.seed), encoding="utf-8")
    write_table(folder / "truth.csv", TRUTH_COLUMNS, ([getattr(host, column) for column in TRUTH_COLUMNS] for host in HOSTS))
    write_table(folder / "decisions.csv", DECISION_COLUMNS, DECISIONS)
    print(f"{len(HOSTS)} hosts, {len(answers)} answers, {(folder / 'web.warc.gz').stat().st_size:,} octets of WARC")


def answers_of(host: Host) -> Iterator[Answer]:
    """Everything that `host` answers, in the order of its page sources; nothing for a dead one."""
    if host.served is Served.DEAD:
        return
    if host.served is Served.REDIRECT:
        yield _answer(host, "/", b"", status="302 Found", extra=(("Location", f"https://{host.leads_to}/"),))
        return
    for path in sorted((SITES / host.site).glob("*.html")):
        name, _, vantage = path.stem.partition(".")
        twin = path.with_name(f"{name}.phone.html").exists()
        text = _filled(path.read_text(encoding="utf-8"), host)
        for address in ("/", *host.also) if name == "index" else (f"/{name}",):
            yield _page(host, address, text, vantage or ("desktop" if twin else ""))


def _page(host: Host, address: str, text: str, vantage: str) -> Answer:
    if host.served is Served.WINDOWS_1251:
        return _answer(host, address, text.encode("cp1251"), vantage=vantage)
    if host.served is Served.GZIP:
        return _answer(host, address, packed(text.encode()), extra=(("Content-Encoding", "gzip"),), vantage=vantage)
    status = "404 Not Found" if host.served is Served.NOT_FOUND else "200 OK"
    return _answer(host, address, text.encode(), status=status, vantage=vantage)


def _answer(
    host: Host, address: str, body: bytes, *, status: str = "200 OK", extra: tuple[tuple[str, str], ...] = (), vantage: str = ""
) -> Answer:
    headers = (SERVED_BY, ("Content-Type", HTML), *extra, ("Content-Length", str(len(body))))
    return Answer(url=f"https://{host.host}{address}", status=status, headers=headers, body=body, vantage=vantage)


def _filled(text: str, host: Host) -> str:
    number = "".join(re.findall(r"\d+", host.host.partition(".")[0]))
    values = {"host": host.host, "number": number, "leads_to": host.leads_to}
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found.group(1)], text)


def packed(body: bytes) -> bytes:
    """`body` in gzip without name or time."""
    stream = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as file:
        file.write(body)
    return stream.getvalue()


def write_warc(path: Path, answers: Sequence[Answer]) -> None:
    """One response record an answer, with dates and record ids that depend on nothing but the answers and their order."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True, warc_version="1.1")
        for number, answer in enumerate(answers):
            marks = {
                "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{answer.url} {answer.vantage}')}>",
                "WARC-Date": f"{BEGAN + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}",
            }
            if answer.vantage:
                marks["X-Mirrorwatch-Vantage"] = answer.vantage
            head = StatusAndHeaders(answer.status, list(answer.headers), protocol="HTTP/1.1")
            body = io.BytesIO(answer.body)
            writer.write_record(writer.create_warc_record(answer.url, "response", payload=body, http_headers=head, warc_headers_dict=marks))


def write_table(path: Path, columns: Sequence[str], rows: Iterator[list[str]] | Sequence[Sequence[str]]) -> None:
    """A CSV table with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
