"""How a night ends where its release is refused, or made on another machine: the rest of the night is kept either way."""

from pathlib import Path

import pytest

from blocklist.keyring import Keyring
from tests.cli.running import SAMPLE, Ran, mirrorwatch

WEB = ("--replay", SAMPLE / "web.warc.gz")


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    path = tmp_path / "seeds.txt"
    path.write_text("klinika-shipager.example\n")
    return path


def night(state: Path, seeds: Path, config: Path = SAMPLE / "mirrorwatch.toml") -> Ran:
    return mirrorwatch("--config", config, "--state", state, "night", "--seeds", seeds, *WEB)


def test_a_release_that_is_refused_does_not_lose_the_night(tmp_path: Path, seeds: Path) -> None:
    state = tmp_path / "state"
    name = Keyring(folder=state / "keys", password=str).make()
    (state / "keys" / f"{name}.key").unlink()
    ran = night(state, seeds)
    assert ran.code == 1, ran.err
    assert "publish: no key to sign with" in ran.err
    assert "refused 1" in ran.out
    assert not (state / "releases" / "latest").exists()
    assert (state / "reports" / "latest.html").exists()
    assert "mirrorwatch_night_exit_code 1" in (state / "metrics.prom").read_text()


def test_where_another_machine_signs_a_night_ends_without_a_release(tmp_path: Path, seeds: Path) -> None:
    config = tmp_path / "mirrorwatch.toml"
    said = (SAMPLE / "mirrorwatch.toml").read_text().replace('"reference"', f'"{SAMPLE / "reference"}"')
    config.write_text(said.replace('decisions = "decisions.csv"', f'decisions = "{SAMPLE / "decisions.csv"}"\npublish = false'))
    ran = night(tmp_path / "state", seeds, config)
    assert ran.code == 0, ran.err
    assert "elsewhere 1" in ran.out
    assert not (tmp_path / "state" / "releases").exists() and not (tmp_path / "state" / "keys").exists()
