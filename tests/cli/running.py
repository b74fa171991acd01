"""Running the program as a user does, in a process of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cli.config import ROOT

SAMPLE = ROOT / "data" / "sample"


@dataclass(frozen=True)
class Ran:
    """What came of it."""

    code: int
    out: str
    err: str


def mirrorwatch(*words: object, stdin: str = "", timeout: float = 600) -> Ran:
    """Run `mirrorwatch WORDS...`."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *map(str, words)], cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def sample_night(state: Path) -> Ran:
    """The night of `make night`, in a state folder of the test's own."""
    return mirrorwatch(
        "--config",
        SAMPLE / "mirrorwatch.toml",
        "--state",
        state,
        "night",
        "--seeds",
        SAMPLE / "seeds.txt",
        "--replay",
        SAMPLE / "web.warc.gz",
    )
