"""Work on the same large data spread over processes that are forked, so that the data are neither copied nor pickled."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_work: list[Callable[[Any], Any]] = []
"""What a worker does; empty in the parent."""


def spread(work: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterator[Result]:
    """`work` of every item, in order. With one worker in this process; else `work` and what it holds are inherited, and only items and results travel."""
    if workers < 2 or len(items) < 2:
        yield from map(work, items)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("fork"), initializer=_work.append, initargs=(work,)) as pool:
        yield from pool.map(_do, items)


def _do(item: Any) -> Any:
    return _work[0](item)
