"""Work over processes gives what it gives in one, in order, and hands on what failed."""

import os

import pytest

from classifier.measuring.spreading import spread


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_what_the_work_holds_is_not_pickled(workers: int) -> None:
    held = [lambda value=value: value * value for value in range(20)]  # a lambda cannot be pickled
    assert list(spread(lambda place: held[place](), range(20), workers)) == [value * value for value in range(20)]


def test_one_worker_stays_in_this_process_and_two_do_not() -> None:
    assert set(spread(lambda _: os.getpid(), range(4), 1)) == {os.getpid()}
    assert os.getpid() not in set(spread(lambda _: os.getpid(), range(4), 2))


def test_a_failure_is_handed_on() -> None:
    with pytest.raises(ZeroDivisionError):
        list(spread(lambda value: 1 // value, [1, 0], 2))
