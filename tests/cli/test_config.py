"""The configuration file: typed, paths relative to it, unknown keys refused with the known ones."""

from pathlib import Path

import pytest

from casefile.errors import ConfigError
from cli.config import Config, load_config


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mirrorwatch.toml"
    path.write_text(text)
    return path


def test_without_a_file_the_defaults_stand() -> None:
    assert load_config(None) == Config()


def test_every_part_is_read(tmp_path: Path) -> None:
    config = load_config(
        written(
            tmp_path,
            """
suffixes = ["example"]
[crawl]
site_delay = 2
limits = { seconds = 5.0, ports = [80] }
[[crawl.vantages]]
name = "phone"
egress = "almaty"
country = "KZ"
language = "kk"
user_agent = "x"
[[crawl.egresses]]
name = "almaty"
country = "KZ"
upstream = "http://proxy.example:3128"
[reference]
folders = ["tables"]
[night]
decisions = "decisions.csv"
""",
        )
    )
    assert config.suffixes == ("example",)
    assert config.crawl.site_delay == 2.0
    assert config.crawl.limits.ports == (80,)
    assert config.crawl.vantages[0].egress == "almaty"
    assert config.reference_folders[1] == tmp_path / "tables"
    assert config.night.decisions == tmp_path / "decisions.csv"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("suffix = []", "unknown key 'suffix'; known here: suffixes, crawl"),
        ("[crawl]\ndelay = 1", "unknown key 'crawl.delay'"),
        ("[crawl.limits]\nsecond = 1", "unknown key 'crawl.limits.second'"),
        ("[crawl]\nsites_at_once = 'many'", "crawl.sites_at_once must be a whole number, not 'many'"),
        ("[crawl]\nsites_at_once = true", "crawl.sites_at_once must be a whole number, not True"),
        ("suffixes = 'example'", "suffixes must be a list"),
        ("[[crawl.vantages]]\nname = 'x'", "crawl.vantages"),
        ("crawl = 1", "[crawl.] must be a table"),
        ("suffixes = [", "is not TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_config(written(tmp_path, text))
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value).replace("is not TOML", "")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration"):
        load_config(tmp_path / "none.toml")
