"""What only nginx does: the name in an absolute address, and a hash that has to be told how long and how many names are."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from blocklist.formats import nginx as form
from tests.conftest import require
from tests.consumers.conftest import made
from tests.consumers.documented import block
from tests.consumers.harness import an_empty_folder, program
from tests.consumers.lists import content, made_up
from tests.consumers.proxy import Nginx
from tests.consumers.web import every_site, status

TODAY = content(made_up(999))


@pytest.fixture(scope="module")
def nginx() -> Iterator[Nginx]:
    with an_empty_folder() as folder, every_site() as site, made(Nginx, folder, site).serving(TODAY) as serving:
        assert isinstance(serving, Nginx)
        yield serving


def test_the_name_in_an_absolute_address_counts(nginx: Nginx) -> None:
    assert status(nginx.port, "casino-1.example", form="absolute") == 451
    assert status(nginx.port, "innocent.example", form="absolute") == 200


@pytest.mark.parametrize("line", ["", "map_hash_bucket_size 512;"])
def test_the_documented_size_is_needed_for_long_names(tmp_path: Path, line: str) -> None:
    require(program("nginx"), "no nginx: apt-get install nginx-light")
    (tmp_path / "nginx.map").write_bytes(form.write(TODAY))
    lines = block("nginx-map", {"/var/lib/mirrorwatch/latest": tmp_path})
    assert "map_hash_bucket_size 512;" in lines
    lines = lines.replace("map_hash_bucket_size 512;", line)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nerror_log {tmp_path}/log;\nevents {{ }}\nhttp {{ {lines} }}\n")
    command = [program("nginx") or "nginx", "-t", "-q", "-e", f"{tmp_path}/log", "-c", f"{tmp_path}/nginx.conf"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode == 0) is bool(line), said.stderr
