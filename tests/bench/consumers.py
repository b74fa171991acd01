"""Every consumer that this machine has, with lists of 1,000 and 100,000 entries: how long from its start to the first blocked answer, how much memory it holds with the
whole list, and whether it blocks what is listed and nothing else.

    python -m tests.bench.consumers

Configured as docs/isp.md says. The times are the clock's; then every listed name is asked for, and as many beside them. BIND takes a zone up bit by
bit while it answers: where not all is right at once it is asked again, and the table says how long after the first blocked answer it was.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from blocklist.content import Content
from tests.consumers.asking import Answer, ask_all
from tests.consumers.conftest import RESOLVERS
from tests.consumers.harness import an_empty_folder, program, upstream
from tests.consumers.lists import beside, content, made_up, split
from tests.consumers.proxy import PROXIES, Proxy
from tests.consumers.resolver import Resolver
from tests.consumers.web import every_site, statuses

SIZES = (1_000, 100_000)
PATIENCE, SETTLING = 300.0, 30.0


@dataclass(frozen=True)
class Taken:
    """What came of one start: seconds to the first blocked answer, MB, how many names were answered otherwise than the list says when it was asked for the last
    time, and how many seconds after the first blocked answer that began (0 where once was enough).
    """

    seconds: float
    memory: float
    wrong: int
    late: float


def measure() -> list[str]:
    """The table as lines for people, each goal with whether it is met."""
    kinds = [kind for kind in (*RESOLVERS, *PROXIES) if program(kind.PROGRAM)]
    lists = [content(made_up(size - 1)) for size in SIZES]
    with upstream() as internet, every_site() as site:
        rows = {kind: [taken(kind, said, site if issubclass(kind, Proxy) else internet) for said in lists] for kind in kinds}
    head = "".join(f"{f'{size:,}: start':>20}{'memory':>10}" for size in SIZES)
    missing = sorted({kind.INSTALL for kind in (*RESOLVERS, *PROXIES)} - {kind.INSTALL for kind in kinds})
    wrong = sum(one.wrong for row in rows.values() for one in row)
    return [
        f"  {'':34}{head}",
        *(
            f"  {kind.TITLE:34}" + "".join(f"{one.seconds:18.2f} s{one.memory:7.0f} MB" for one in row) + later(row)
            for kind, row in rows.items()
        ),
        *([f"  left out: apt-get install {' '.join(missing)}"] if missing else []),
        f"  {len(rows)} consumers asked for every listed name and about as many beside them, {wrong} answered otherwise than listed, goal 0: {'met' if not wrong else 'NOT MET'}",
    ]


def later(row: list[Taken]) -> str:
    """What is said of a consumer that had not the whole list with its first blocked answer."""
    late = max(one.late for one in row)
    return f"  the whole list {late:.2f} s later" if late else ""


def taken(kind: type[Resolver], said: Content, behind: int) -> Taken:
    """Start a consumer with a list, and ask."""
    with an_empty_folder() as folder, ExitStack() as at_end:
        consumer = kind(folder, behind)
        consumer.prepare(said)
        at_end.callback(consumer.end)
        begun = time.perf_counter()
        consumer.start(PATIENCE)
        seconds = time.perf_counter() - begun
        _, late = settled(consumer, said)
        assert consumer.running
        memory = consumer.running.memory  # before it remembers 200,000 answers
        return Taken(seconds, memory, wrong_answers(consumer, said), late)


def settled(consumer: Resolver, said: Content) -> tuple[int, float]:
    """Wrong answers of a part, asked until there are none or `SETTLING` is over, and when the last asking began."""
    begun, late = time.perf_counter(), 0.0
    while (wrong := wrong_answers(consumer, said, one_in=50)) and late < SETTLING:
        late = time.perf_counter() - begun
    return wrong, late


def wrong_answers(consumer: Resolver, said: Content, one_in: int = 1) -> int:
    """How many names are blocked and not listed, or listed and not blocked, of all or one in so many."""
    view = consumer.view(said)
    listed = [one.name for one in view[::one_in]]
    asked = [*listed, *sorted(set(beside(listed[::5])) - set(listed))]
    blocked, free = split(view, asked)
    if isinstance(consumer, Proxy):
        found = {name: Answer(rcode=str(code)) for name, code in statuses(consumer.port, asked, form=consumer.FORM).items()}
        passed = {name for name in asked if not consumer.blocks(found[name])}
    else:
        found = ask_all(consumer.port, asked, patience=PATIENCE)
        passed = {name for name in asked if found[name].clean()}
    return len(blocked ^ {name for name in asked if consumer.blocks(found[name])}) + len(free ^ passed)


if __name__ == "__main__":
    print("\n".join(measure()))
