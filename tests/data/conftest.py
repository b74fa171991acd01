"""The sample web, read once."""

import tomllib

import pytest

from casefile.archive import StoredRecord, read_all
from casefile.hostname import Door
from casefile.reference import Reference, load_reference
from tests.data.sample_web import DATA, SAMPLE, WARC, host_of, page_text, table


@pytest.fixture(scope="session")
def truth() -> dict[str, dict[str, str]]:
    return {row["host"]: row for row in table("truth.csv")}


@pytest.fixture(scope="session")
def records() -> list[StoredRecord]:
    return list(read_all(WARC, payloads=True))


@pytest.fixture(scope="session")
def pages(records: list[StoredRecord]) -> dict[str, list[str]]:
    """What every host that answers says, as text: its pages first, then its scripts and data; nothing of pictures."""
    found: dict[str, list[str]] = {}
    for record in records:
        texts = found.setdefault(host_of(record.url), [])
        if not record.header("Content-Type").startswith(("image/png", "image/x-icon")):
            texts.append(page_text(record))
    return found


@pytest.fixture(scope="session")
def html(records: list[StoredRecord]) -> dict[str, list[str]]:
    """The pages of every host that has any, as markup."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record.header("Content-Type").startswith("text/html"):
            found.setdefault(host_of(record.url), []).append(page_text(record))
    return found


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference([DATA / "reference", SAMPLE / "reference"])


@pytest.fixture(scope="session")
def sample_door() -> Door:
    return Door(tomllib.loads((SAMPLE / "mirrorwatch.toml").read_text(encoding="utf-8"))["suffixes"])
