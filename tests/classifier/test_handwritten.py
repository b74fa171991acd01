"""The shipped model on pages written by hand to mislead it: the two errors that cost most do not happen."""

import pytest

from casefile.records import Band
from classifier.judging import JudgedPage
from tests.bench.handwritten import judged


@pytest.fixture(scope="module")
def pages() -> list[tuple[str, JudgedPage]]:
    return judged()


def test_no_innocent_look_alike_is_sure_enough_for_a_mirror(pages: list[tuple[str, JudgedPage]]) -> None:
    innocent = [page for expected, page in pages if expected in ("about", "other")]
    assert len(innocent) == 64
    assert [page.id for page in innocent if page.band is Band.MIRROR] == []


def test_no_operator_and_no_promoter_is_clear_and_most_are_mirrors(pages: list[tuple[str, JudgedPage]]) -> None:
    guilty = [page for expected, page in pages if expected in ("operator", "promotion")]
    assert [page.id for page in guilty if page.band is Band.CLEAR] == []
    assert sum(page.band is Band.MIRROR for page in guilty) > len(guilty) / 2
