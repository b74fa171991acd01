"""docs/operator.md: every command in it is one that the program takes, and the server that it describes serves a release as it says."""

import gzip
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.core import TyperGroup

from blocklist import breakers
from blocklist.formats import rpz
from tests.cli.test_docs import verbs
from tests.conftest import require
from tests.consumers.harness import an_empty_folder, free_ports, program, started
from tests.consumers.lists import SERIAL, content, made_up
from tests.consumers.test_zone_transfer import OPERATOR, in_operator

TEXT = OPERATOR.read_text(encoding="utf-8")
COMMANDS = sorted(
    {line.strip("`\n") for line in re.findall(r"^mirrorwatch .*\n|`mirrorwatch [^`\n]*`", TEXT, re.MULTILINE)} - {"mirrorwatch VERB --help"}
)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_program_takes_every_command(line: str) -> None:
    """The verb, its arguments and its options; words in capitals stand for what an operator fills in."""
    words = shlex.split(line)[1:]
    if words[0] == "--state":
        words = words[2:]
    deeper = isinstance(verbs()[words[0]], TyperGroup) and len(words) > 1 and not words[1].startswith("-")
    name = " ".join(words[:2]) if deeper else words[0]
    verbs()[name].make_context(name, words[len(name.split()) :])


def test_every_breaker_is_explained_and_no_other() -> None:
    named = set(re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE))
    assert named == {
        breakers.SHRINK,
        breakers.UNUSUAL_NEW,
        breakers.EMPTIED,
        breakers.LOG,
        breakers.CLOCK,
        breakers.UNKNOWN,
        breakers.MOST_NEW,
    }


@dataclass
class Server:
    """nginx as docs/operator.md has it, with one release."""

    folder: Path
    port: int

    def get(self, path: str, *options: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, body."""
        ran = subprocess.run(
            ["curl", "-s", "-k", "-i", *options, f"https://127.0.0.1:{self.port}{path}"], capture_output=True, check=True, timeout=20
        )
        head, _, body = ran.stdout.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        return int(first.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    for name in ("nginx", "curl", "openssl"):
        require(program(name), f"no {name}: apt-get install nginx-light curl openssl")
    with an_empty_folder() as folder, ExitStack() as running:
        place = folder / "releases" / str(SERIAL)
        place.mkdir(parents=True)
        (place / rpz.NAME).write_bytes(rpz.write(content(made_up(300))))
        (folder / "releases" / "latest").symlink_to(place.name)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=lists.mirrorwatch.example",
             "-keyout", f"{folder}/lists.key", "-out", f"{folder}/lists.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        [port] = free_ports(1)
        block = in_operator(
            "serve",
            {
                "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
                "/etc/ssl/certs": folder,
                "/etc/ssl/private": folder,
                "/srv/mirrorwatch": folder,
            },
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{ }}\n"
            f"http {{ types {{ }} default_type application/octet-stream; access_log off;\n{block}}}\n"
        )
        made = Server(folder, port)
        running.enter_context(
            started([program("nginx") or "", "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"], folder, lambda: _answers(made))
        )
        yield made


def _answers(server: Server) -> bool:
    try:
        return server.get("/")[0] > 0
    except subprocess.CalledProcessError:
        return False


def test_files_are_served_as_they_are_and_asked_for_again_cost_nothing(server: Server) -> None:
    status, headers, body = server.get("/releases/latest/rpz.zone")
    assert status == 200
    assert body == (server.folder / "releases" / "latest" / "rpz.zone").read_bytes()
    assert headers["cache-control"] == "no-cache"
    assert "last-modified" in headers
    assert server.get("/releases/latest/rpz.zone", "-H", f"If-None-Match: {headers['etag']}")[0] == 304


def test_gzip_is_for_those_who_ask_for_it(server: Server) -> None:
    whole = (server.folder / "releases" / "latest" / "rpz.zone").read_bytes()
    status, headers, body = server.get("/releases/latest/rpz.zone", "-H", "Accept-Encoding: gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert len(body) < len(whole) / 3
    assert gzip.decompress(body) == whole
    assert server.get("/releases/latest/rpz.zone", "-H", "Accept-Encoding: gzip", "-H", f"If-None-Match: {headers['etag']}")[0] == 304


def test_nothing_is_listed_and_nothing_is_taken(server: Server) -> None:
    assert server.get("/releases/")[0] == 403
    assert server.get("/releases/latest/rpz.zone", "-X", "PUT", "-d", "x")[0] in (403, 405)
    assert server.get("/nginx.conf")[0] == 404
