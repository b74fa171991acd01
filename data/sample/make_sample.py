"""Make the sample web: a WARC of invented sites, its seeds, its truth tables and the decisions made before its first night.

    .venv/bin/python data/sample/make_sample.py [FOLDER]

Writes web.warc.gz, seeds.txt, truth.csv, truth_families.csv, truth_payments.csv, truth_promoters.csv, truth_chains.csv and decisions.csv to FOLDER (this one by
default); the same sources give the same bytes. What a host is, is said in sample_host.py, what it answers in sample_answers.py, how templates are filled in
sample_filling.py; the hosts themselves are in the *_hosts.py modules, their page sources in sites/.
"""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from english_hosts import HOSTS as ENGLISH_HOSTS
from family_hosts import HOSTS as FAMILY_HOSTS
from kazakh_hosts import HOSTS as KAZAKH_HOSTS
from odd_hosts import HOSTS as ODD_HOSTS
from promoter_hosts import HOSTS as PROMOTER_HOSTS
from russian_hosts import HOSTS as RUSSIAN_HOSTS
from sample_answers import Answer, answers_of
from sample_host import TRUTH_COLUMNS, Host
from sample_hosts import DECISION_COLUMNS, DECISIONS, FIRST_HOSTS
from sample_truth import (
    CHAIN_COLUMNS,
    FAMILY_COLUMNS,
    PAYMENT_COLUMNS,
    PROMOTER_COLUMNS,
    chain_rows,
    family_rows,
    payment_rows,
    promoter_rows,
)
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HERE = Path(__file__).resolve().parent
BEGAN = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
"""The date of the first record; each further one is a second later."""

ALL_HOSTS: tuple[Host, ...] = (*FIRST_HOSTS, *FAMILY_HOSTS, *PROMOTER_HOSTS, *RUSSIAN_HOSTS, *ODD_HOSTS, *KAZAKH_HOSTS, *ENGLISH_HOSTS)
"""In the order of their seeds; the first forty answer as they did before the rest was written."""

SEEDS_HEAD = """\
# The seeds of the sample web: one host or address a line. Every site here is invented.
# Some of these hosts are dead; some mirrors are missing on purpose, and are found through promoters, redirectors and doors in later rounds.
"""


def main(folder: Path = HERE) -> None:
    """Write the files to `folder`."""
    hosts = ALL_HOSTS
    answers = [answer for host in hosts for answer in answers_of(host)]
    write_warc(folder / "web.warc.gz", answers)
    (folder / "seeds.txt").write_text(SEEDS_HEAD + "".join(f"{host.seed}\n" for host in hosts if host.seed), encoding="utf-8")
    write_table(folder / "truth.csv", TRUTH_COLUMNS, ([getattr(host, column) for column in TRUTH_COLUMNS] for host in hosts))
    write_table(folder / "truth_families.csv", FAMILY_COLUMNS, family_rows(hosts))
    write_table(folder / "truth_payments.csv", PAYMENT_COLUMNS, payment_rows(hosts, answers, HERE / "reference"))
    write_table(folder / "truth_promoters.csv", PROMOTER_COLUMNS, promoter_rows(hosts))
    write_table(folder / "truth_chains.csv", CHAIN_COLUMNS, chain_rows(hosts))
    write_table(folder / "decisions.csv", DECISION_COLUMNS, DECISIONS)
    print(f"{len(hosts)} hosts, {len(answers)} answers, {(folder / 'web.warc.gz').stat().st_size:,} octets of WARC")


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


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV table with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
