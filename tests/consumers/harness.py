"""Start a consumer on free loopback ports in a folder of its own, wait until it answers, end it by its pid whatever the test does; an upstream of one's own."""

import os
import shutil
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import dns.rdata
import dns.rdataclass
import dns.rdatatype

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds that anything here may take before a test gives up; on a quiet machine it is a tenth of a second."""

CLEAN = {"A": "192.0.2.80", "AAAA": "2001:db8::80", "HTTPS": '1 . alpn="h2"', "MX": "10 mail.example."}
"""What the upstream answers for every name: a name that is not blocked resolves to this."""

CLEAN_TTL = 3600
"""Long, so that a resolver which served a name from its cache although it is listed now would be seen."""


def free_ports(count: int) -> tuple[int, ...]:
    """Ports of 127.0.0.1 that are free for UDP and TCP, as the system gives them."""
    with ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            tcp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            udp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            found.append(tcp.getsockname()[1])
        return tuple(found)


def poll(question: Callable[[], T], patience: float = PATIENCE, every: float = 0.02) -> T:
    """Ask until the answer is true, and give it; the last answer where patience ends. `OSError` counts as no."""
    end = time.monotonic() + patience
    while True:
        try:
            answer = question()
        except OSError:
            if time.monotonic() > end:
                raise
        else:
            if answer or time.monotonic() > end:
                return answer
        time.sleep(every)


@dataclass
class Started:
    """A consumer that runs: its process and the file that takes what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def said(self) -> str:
        """The end of what it wrote to standard output and error."""
        return self.log.read_text(errors="replace")[-3000:]

    @property
    def memory(self) -> float:
        """Resident memory in MB, of the process and its children."""
        return sum(map(_resident, [self.pid, *_children(self.pid)]))

    def end(self) -> None:
        """SIGTERM, and SIGKILL where that does not help; waits until it is gone."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


@contextmanager
def started(
    command: Sequence[str | Path], folder: Path, answers: Callable[[], bool], *, patience: float = PATIENCE, log: str = "consumer.log"
) -> Iterator[Started]:
    """`command`, run in `folder` until the block ends; begins when `answers()` is true. Fails with what the program said where it ends or stays silent."""
    running = begin(command, folder, log=log)
    try:
        await_answers(running, answers, patience)
        yield running
    finally:
        running.end()


def begin(command: Sequence[str | Path], folder: Path, *, log: str = "consumer.log") -> Started:
    """Start `command` in `folder`; who calls this ends it (`Started.end`) in a `finally`."""
    with open(folder / log, "ab") as out:
        process = subprocess.Popen([*map(str, command)], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    return Started(process, folder / log)


def await_answers(running: Started, answers: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Return when `answers()` is true; an `AssertionError` with the program's words where it ended or patience did."""
    done = poll(lambda: not running.alive or answers(), patience)
    assert running.alive, f"{running.process.args!r} ended with {running.process.returncode}: {running.said}"
    assert done, f"{running.process.args!r} did not answer within {patience:.0f} s: {running.said}"


def program(name: str) -> str | None:
    """Where a program is, the folders of daemons included; nothing where it is not installed."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


@contextmanager
def an_empty_folder() -> Iterator[Path]:
    """A short path that every user may read: daemons that give up root must reach their files, and a socket's path has room for 107 octets."""
    with tempfile.TemporaryDirectory(prefix="mw-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def stand_in(folder: Path, name: str, script: str) -> None:
    """A program called `name` that is found first by `documented` commands run in `folder`: it gives the real one the test's ports and files."""
    place = folder / "bin" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)


def run_script(script: str, folder: Path, extra: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the text of a shell block as an operator's cron job would: `sh -e`, the stand-ins of `folder` first on PATH."""
    path = f"{folder / 'bin'}:{os.environ['PATH']}:/usr/sbin:/sbin"
    return subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=folder,
        env={**os.environ, **(extra or {}), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def _children(pid: int) -> list[int]:
    try:
        own = [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]
    except OSError:
        return []
    return own + [inner for child in own for inner in _children(child)]


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


# the upstream: the internet that a resolver forwards to


class _Answers(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, sock = self.request
        sock.sendto(reply(data), self.client_address)


class _Upstream(socketserver.UDPServer):
    max_packet_size = 4096

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        super().server_bind()


def reply(query: bytes) -> bytes:
    """The upstream's answer to one query on the wire: `CLEAN` for every name, NODATA for other types. By hand, since the tests ask many thousand times."""
    end = 12
    while query[end]:
        end += query[end] + 1
    end += 5
    record = ANSWERS.get(query[end - 4 : end - 2], b"")
    options = b"\0\0\x29\x04\xd0\0\0\0\0\0\0" if query[11] else b""  # who speaks EDNS is answered so
    return query[:2] + b"\x81\x80\0\1\0" + bytes([bool(record)]) + b"\0\0\0" + bytes([bool(options)]) + query[12:end] + record + options


def _record(kind: str, text: str) -> tuple[bytes, bytes]:
    """The type on the wire, and the record for the name of the question, to which the pointer leads."""
    number = dns.rdatatype.from_text(kind)
    rdata = dns.rdata.from_text(dns.rdataclass.IN, number, text).to_digestable()
    return struct.pack("!H", number), struct.pack("!HHHIH", 0xC00C, number, 1, CLEAN_TTL, len(rdata)) + rdata


ANSWERS = dict(_record(kind, text) for kind, text in CLEAN.items())


@contextmanager
def upstream() -> Iterator[int]:
    """The port of a resolver on 127.0.0.1 (UDP) that knows every name: what is not blocked resolves, and nothing leaves the machine."""
    server = _Upstream(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
