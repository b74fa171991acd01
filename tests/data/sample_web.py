"""How the tests read the sample web: its tables, its archive, what its pages say."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from casefile.archive import StoredRecord
from casefile.body import text_of, unpacked

DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLE = DATA / "sample"
WARC = SAMPLE / "web.warc.gz"


def table(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def seeds() -> list[str]:
    lines = (SAMPLE / "seeds.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def host_of(seed: str) -> str:
    return urlsplit(seed).hostname or seed


def page_text(record: StoredRecord) -> str:
    return text_of(unpacked(record.payload, record.header("Content-Encoding")), record.header("Content-Type"))


def visible(html: str) -> str:
    return " ".join(re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def sentences(html: str) -> Iterator[str]:
    """The sentences of six words and more, without case, signs and numbers; a block's end ends a sentence too."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = re.sub(r"</?(?:a|b|i|em|strong|span|small|u)\b[^>]*>", " ", text)
    for part in re.split(r"<[^>]+>|[.!?…]+(?:\s|$)", text):
        words = re.findall(r"[^\W\d_]+", part.lower())
        if len(words) >= 6:
            yield " ".join(words)
