"""The rules of listing: what an operator may not set."""

import pytest

from blocklist.policy import Policy


@pytest.mark.parametrize("block_page", ["listed.canary.test", "page.listed.canary.test"])
def test_a_block_page_at_or_under_the_canary_is_refused(block_page: str) -> None:
    with pytest.raises(ValueError, match=r"block_page .* is or lies under canary"):
        Policy(canary="listed.canary.test", canary_free="free.canary.test", block_page=block_page)
    assert Policy(canary="listed.canary.test", block_page="page.canary.test").block_page == "page.canary.test"


def test_the_names_of_the_list_itself() -> None:
    policy = Policy(origin="rpz.test", canary="listed.test", canary_free="free.test", block_page="page.test")
    assert policy.own_names == ("rpz.test", "page.test", "listed.test", "free.test")
