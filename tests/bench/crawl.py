"""Pages a second of the static crawl with guard, archive and store on, beside the same spider without them, on the same pages in the same run.

    python -m tests.bench.crawl

Bare: the child alone; its requests go straight to the loopback server (which answers absolute addresses), nothing is archived, nothing stored, the log is not asked.
Whole: the step as the night runs it, every request through the egress proxy (look-up, address check, pinned dial, budget, log), WARC files written, synced and
renamed, rows committed. Rounds alternate; the ratio is the median of the rounds' ratios, so that other load on the machine weighs on both alike. Time runs from the first visit to the last host told (bare) or committed (whole).
"""

import asyncio
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.reference import load_reference
from crawler.child import Child
from crawler.egress.resolver import Answer as DnsAnswer
from crawler.messages import Begun, Finish, HostDone, HostJob, Job, PageTaken
from tests.crawler.crawling import NOW, QUICK, REFERENCE, Notes, new_run, with_limits

HOSTS = 200
PAGES = 5
SMALLEST, LARGEST = 18_000, 80_000
ROUNDS = 5
GOAL = 0.5

OPTIONS = with_limits(QUICK, seconds=60.0, answer_seconds=15.0)
NAMES = [f"site{number:03d}.test" for number in range(HOSTS)]
LINKS = (("/deposit", "Пополнить счёт"), ("/rules", "Правила"), ("/contacts", "Контакты"), ("/promo", "Бонусы"))


def make_pages() -> dict[bytes, bytes]:
    """Path to the whole answer; every host serves the same five paths, each with a body of its own size."""
    draw = random.Random(7)
    letters = "оеаинтсрвлкмдпуяызбгчйхжшюцщэфъ"
    words = ["".join(draw.choices(letters, weights=range(62, 0, -2), k=draw.randint(2, 10))) for _ in range(1500)]
    weights = [1 / (rank + 2) for rank in range(len(words))]
    menu = "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in LINKS)
    answers = {}
    for path in ("/", *(path for path, _ in LINKS)):
        body = f"<!doctype html><html><head><title>{path}</title></head><body><ul>{menu}</ul>"
        size = draw.randint(SMALLEST, LARGEST)
        while len(body.encode()) < size:
            text = " ".join(draw.choices(words, weights, k=24))
            body += (
                f'<div class="card card-news col-md-{draw.randint(1, 12)}"><h3 class="card-title">{draw.choices(words, weights)[0]}</h3>'
                f'<p class="card-text">{text}</p><a class="btn btn-primary" href="/news/{draw.randint(0, 9999)}">Подробнее</a></div>\n'
            )
        octets = body.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(octets)}\r\n\r\n"
        answers[path.encode()] = head.encode() + octets
    return answers


class Server(asyncio.Protocol):
    """Answers every request by its path alone, as fast as Python can."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            path = b"/" + target.split(b"/", 3)[3] if target.startswith(b"http://") else target
            self._transport.write(self._answers[path])  # type: ignore[attr-defined]


def serve(answers: dict[bytes, bytes], pipe: Connection) -> None:
    """Run the server in a process of its own until the pipe's other end closes."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Server(answers), "127.0.0.1", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().run_in_executor(None, pipe.poll, None)

    asyncio.run(run())


class BenchWeb:
    """Every name has a public address; every address leads to the loopback server."""

    replays = False

    def __init__(self, port: int) -> None:
        self.port = port
        self.resolver = self
        self.first = 0.0

    async def look_up(self, name: str, *, nameservers: bool = False) -> DnsAnswer:
        self.first = self.first or time.monotonic()
        return DnsAnswer(outcome=Outcome.OK, addresses=("93.184.215.14",), ttl=60)

    async def dial(self, address: str, port: int, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if port == 443:  # the sites answer http only; the bare spider does not ask for more
            raise ConnectionRefusedError(111, "Connection refused")
        return await asyncio.open_connection("127.0.0.1", self.port, limit=65_536)


class LastCommit(Notes):
    """A progress that knows when the last host was committed."""

    at = 0.0

    def advance(self, outcome: str) -> None:
        super().advance(outcome)
        self.at = time.monotonic()


def bare(port: int) -> float:
    """Seconds of one bare round."""
    door = Door(("test",))
    job = Job(
        proxy=f"http://127.0.0.1:{port}",
        ca_file="",
        archive="",
        prefix="",
        replays=True,
        now=NOW,
        monotonic=time.monotonic(),
        extra_suffixes=door.extra_suffixes,
        link_words=load_reference([REFERENCE]).link_words,
        options=OPTIONS,
    )
    first = last = 0.0
    pages = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        open(os.devnull) as lock,
        Child(job, door, Path(folder) / "crawl.log", lock.fileno()) as child,
    ):
        child.tell(*(HostJob(host=door.parse(name), urls=(f"http://{name}/",), credentials=()) for name in NAMES), Finish())
        for message in child.messages():
            if isinstance(message, Begun):
                first = first or time.monotonic()
            elif isinstance(message, HostDone):
                last = time.monotonic()
            elif isinstance(message, PageTaken):
                pages += message.capture.outcome is Outcome.OK
    assert pages == HOSTS * PAGES * 2, pages
    return last - first


def whole(port: int) -> float:
    """Seconds of one whole round."""
    web = BenchWeb(port)
    with tempfile.TemporaryDirectory() as folder, new_run(Path(folder), NAMES, {name: f"http://{name}/" for name in NAMES}) as run:
        run.progress = LastCommit()
        run.crawl(web, OPTIONS)
        pages = run.case.rows("SELECT count(*) AS n FROM captures WHERE outcome = 'ok'")[0]["n"]
        assert pages == HOSTS * PAGES * 2, pages
        return run.progress.at - web.first


def measure() -> list[str]:
    """The figures as lines for people; the last says whether the goal is met."""
    answers = make_pages()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=serve, args=(answers, there), daemon=True)
    process.start()
    port = here.recv()
    times: dict[str, list[float]] = {"bare": [], "whole": []}
    for _ in range(ROUNDS):
        times["bare"].append(bare(port))
        times["whole"].append(whole(port))
    here.close()
    process.terminate()
    process.join()
    pages = HOSTS * PAGES * 2
    rates = {name: pages / statistics.median(found) for name, found in times.items()}
    sizes = [len(answer) // 1000 for answer in answers.values()]
    ratio = statistics.median(one / other for one, other in zip(times["bare"], times["whole"], strict=True))
    return [
        f"crawl: {HOSTS} hosts x {PAGES} pages x 2 vantages, pages of {min(sizes)} to {max(sizes)} kB, {ROUNDS} alternating rounds, {os.cpu_count()} cores",
        f"  bare spider                         {rates['bare']:6.0f} pages/s   ({', '.join(f'{pages / one:.0f}' for one in times['bare'])})",
        f"  with guard, archive and store       {rates['whole']:6.0f} pages/s   ({', '.join(f'{pages / one:.0f}' for one in times['whole'])})",
        f"  median ratio of a round {ratio:.2f}, goal {GOAL} or better: {'met' if ratio >= GOAL else 'NOT MET'}",
    ]


if __name__ == "__main__":
    print("\n".join(measure()))
