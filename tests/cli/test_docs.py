"""Help and README cannot drift: every verb has help with an example that parses, and README's blocks are what the program prints."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from cli.config import ROOT
from cli.main import app
from tests.cli.running import Ran, mirrorwatch

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOT_COMMAND = typer.main.get_command(app)


def verbs() -> dict[str, Any]:
    """Every verb by its name, `evidence list` among them."""
    assert isinstance(ROOT_COMMAND, TyperGroup)
    found = dict(ROOT_COMMAND.commands)
    for name, command in list(found.items()):
        if isinstance(command, TyperGroup):
            found.update({f"{name} {inner}": one for inner, one in command.commands.items()})
    return found


def example_of(command: Any) -> str:
    help_text = (command.callback.__doc__ or "") if command.callback else ""
    found = re.search(r"Example: mirrorwatch (.+)", help_text)
    assert found, f"{command.name}: help without an example"
    return found.group(1)


@pytest.mark.parametrize("name", verbs())
def test_every_verb_has_help_with_an_example_that_parses(name: str) -> None:
    command = verbs()[name]
    words = shlex.split(example_of(command))
    assert words[: len(name.split())] == name.split()
    command.make_context(name, words[len(name.split()) :])


@pytest.mark.parametrize("name", verbs())
def test_every_verb_is_in_readme(name: str) -> None:
    assert f"`{name}" in README


def test_every_verb_that_answers_has_json() -> None:
    silent = {"train", "migrate", "backup", "notice"}  # notice has --format json
    for name, command in verbs().items():
        assert name in silent or any("--json" in parameter.opts for parameter in command.params), name


def test_readme_order() -> None:
    """What it is, the two commands, what the night printed, real use, the verbs."""
    marks = ["make night", "make test", "## What the night printed", "## Real use", "## The verbs"]
    places = [README.index(mark) for mark in marks]
    assert places == sorted(places)


def blank(text: str) -> str:
    """Times, dates, serials and durations differ from night to night."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "DATE", text)
    text = re.sub(r"\b20\d{8}\b", "SERIAL", text)
    text = re.sub(r"\d+\.\d\b", "S", text)
    text = re.sub(r"\S*(casefile\.db|archive|logs|latest\.html|latest)\b", r"\1", text)
    return re.sub(r"[ \t]+", " ", text).strip()


def test_what_the_night_printed_is_what_it_prints(sample_once: tuple[Ran, Path]) -> None:
    ran, _ = sample_once
    block = README.split("## What the night printed")[1].split("```")[1].removeprefix("text")
    assert blank(block) == blank(ran.out)


def test_version() -> None:
    assert re.fullmatch(r"mirrorwatch \d+\.\d+\.\d+\n", mirrorwatch("--version").out)
