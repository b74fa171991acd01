"""The truth tables beside truth.csv: families with what ties them, payments with how a page takes them, promoters, and the chains from a post to a payment provider."""

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_answers import Answer
from sample_host import Host

FAMILY_COLUMNS = ("family", "host", "tie")
PAYMENT_COLUMNS = ("host", "provider", "how")
PROMOTER_COLUMNS = ("host", "mark", "leads_to")
CHAIN_COLUMNS = ("post", "mark", "redirects", "mirror", "family", "providers")

HOW = {
    "form": r"<form[^>]*\saction=[\"']?https://(?:[\w-]+\.)*{host}[/\"']|[\"']action[\"']: ?\"https://(?:[\w-]+\.)*{host}/",
    "frame": r"<iframe[^>]*\ssrc=[\"']?https://(?:[\w-]+\.)*{host}[/\"']",
    "script": r"(?:fetch\(|\"GET\", ?|\"POST\", ?)\"https://(?:[\w-]+\.)*{host}/",
}
"""How a page hands its visitor to a provider's host."""

Row = tuple[str, ...]


def family_rows(hosts: Sequence[Host]) -> Iterator[Row]:
    """One row for every member and every fact that it shares with another."""
    for host in hosts:
        for tie in host.ties:
            yield host.family, host.host, tie


def payment_rows(hosts: Sequence[Host], answers: Sequence[Answer], reference: Path) -> Iterator[Row]:
    """One row for every host and provider; `how` is form, frame, script or words (several with semicolons), read from what the host answers."""
    provider_hosts: dict[str, str] = {}
    with (reference / "providers.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["how"] == "host":
                provider_hosts[row["name"]] = re.escape(row["pattern"])
    texts: dict[str, list[str]] = {}
    for answer in answers:
        texts.setdefault(answer.url.split("/")[2], []).append(text_of(answer))
    for host in hosts:
        whole = "\n".join(texts.get(host.host, ()))
        for provider in filter(None, host.payments.split(";")):
            ways = [way for way, pattern in HOW.items() if re.search(pattern.replace("{host}", provider_hosts[provider]), whole)]
            yield host.host, provider, ";".join(ways) or "words"


def promoter_rows(hosts: Sequence[Host]) -> Iterator[Row]:
    """One row for every parameter or code of a promoter and the host it names first."""
    for host in hosts:
        for lead in host.leads:
            yield host.host, lead.mark, (*lead.through, lead.to)[0]


def chain_rows(hosts: Sequence[Host]) -> Iterator[Row]:
    """From a post to the providers that take the deposit."""
    known = {host.host: host for host in hosts}
    for host in hosts:
        for lead in host.leads:
            mirror = known[lead.to]
            yield host.host, lead.mark, ";".join(lead.through), mirror.host, mirror.family, mirror.payments


def text_of(answer: Answer) -> str:
    """What an answer says, as text; nothing of a picture."""
    headers = dict(answer.headers)
    if headers["Content-Type"].startswith("image/") and "svg" not in headers["Content-Type"]:
        return ""
    body = gzip.decompress(answer.body) if headers.get("Content-Encoding") == "gzip" else answer.body
    return body.decode("utf-8", "replace")
