"""Fixtures of the classifier's tests."""

from datetime import date
from pathlib import Path

import pytest

from casefile.hostname import Door
from casefile.progress import Silent
from casefile.store import Case
from classifier.model import Judge, load_judge
from tests.classifier.making import Captured, make_corpus

MODEL = Path(__file__).resolve().parents[2] / "data" / "model"
"""The committed model."""


@pytest.fixture(scope="session")
def judge() -> Judge:
    return load_judge(MODEL)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a made-up corpus."""
    return make_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def small_model(made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model trained on the made-up corpus."""
    from classifier.training.train import train

    folder = tmp_path_factory.mktemp("model")
    train(made_up, folder, made_on=date(2026, 11, 21), progress=Silent())
    return folder


@pytest.fixture
def captured(case: Case, door: Door, tmp_path: Path, clock) -> Captured:
    return Captured(case, door, tmp_path / "archive", clock())
