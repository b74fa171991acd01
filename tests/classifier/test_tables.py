"""The shipped tables that detectors read can be trusted: stored as the door gives names, told once, and not against one another."""

from collections import Counter
from pathlib import Path

import pytest

from casefile.hostname import Door, SuffixKind
from casefile.reference import Reference, load_reference
from classifier.addresses import common_hosts, is_below

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def tables() -> Reference:
    return load_reference([DATA / "reference"])


def test_every_host_is_a_name_as_the_door_gives_it(tables):
    door = Door()
    for name in [row.host for row in (*tables.game_providers, *tables.common_hosts)]:
        parsed = door.parse(name)
        assert parsed.name == name and not parsed.is_suffix and parsed.kind in (SuffixKind.ICANN, SuffixKind.PRIVATE), name


def test_nothing_is_told_twice_and_every_table_has_rows(tables):
    for names in (
        [row.host for row in tables.game_providers],
        [row.host for row in tables.common_hosts],
        [row.path for row in tables.common_paths],
    ):
        assert len(names) > 10 and max(Counter(names).values()) == 1


def test_no_host_that_tells_of_gambling_or_payment_is_called_common(tables):
    common = common_hosts(tables)
    telling = [row.host for row in tables.game_providers] + [row.pattern for row in tables.providers if row.how == "host"]
    assert not [name for name in telling if is_below(name, common)]


def test_clouds_where_an_operator_has_a_host_of_its_own_are_not_common(tables):
    common = common_hosts(tables)
    assert not any(is_below(f"d1a2b3.{cloud}", common) for cloud in ("cloudfront.net", "workers.dev", "azureedge.net", "b-cdn.net"))


def test_every_common_path_begins_at_the_root(tables):
    assert all(row.path.startswith("/") and len(row.path) > 2 for row in tables.common_paths)
