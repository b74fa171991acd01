"""The fences of the house: who may import whom, who may read the clock, who may write which record. Each is shown to fail when it is crossed."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casefile.records import WRITTEN_BY, StepReport

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("blocklist", "casefile", "classifier", "cli", "crawler")
CASEFILE_MAY_USE = {"brotli", "casefile", "idna", "sqlite_utils", "tldextract", "warcio"}
"""Brotli beside the plan's four: bodies are unpacked where they are read."""

READS_STANDARD_INPUT = "crawler/crew.py"
"""The child process of the static crawl: it is handed its work there, and ends when it closes."""

MADE_FOR_ITS_WRITER = {("casefile/archive.py", "ArchiveFile")}
"""Who finishes a WARC file says what it is; the crawler stores that beside what points into it."""

Fault = Iterator[str]


def sources(root: Path) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))


def faults(root: Path, rule: Callable[[str, ast.Module], Fault]) -> list[str]:
    """What `rule` finds in every module, as `file:line what`."""
    found = []
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        found += [f"{name}:{fault}" for fault in rule(name, ast.parse(path.read_text(encoding="utf-8")))]
    return found


def names_in(tree: ast.Module) -> dict[str, str]:
    """What each imported name of a module stands for: `{"dt": "datetime", "now": "datetime.datetime.now"}`."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {
                (alias.asname or alias.name.partition(".")[0]): (alias.name if alias.asname else alias.name.partition(".")[0])
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


def full_name(node: ast.expr, known: dict[str, str]) -> str:
    """The dotted name an expression stands for, empty where it is none."""
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        inner = full_name(node.value, known)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


# the rules


def imports_of_casefile(name: str, tree: ast.Module) -> Fault:
    """casefile stands on the standard library and its allow-list."""
    if not name.startswith("casefile/"):
        return
    for node in ast.walk(tree):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            first = module.partition(".")[0]
            if first not in CASEFILE_MAY_USE and first not in sys.stdlib_module_names:
                yield f"{node.lineno} imports {module}"


OUTSIDE = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime",
    "sys.argv", "os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "input", "sys.stdin",
}  # fmt: skip


def reads_of_the_outside(name: str, tree: ast.Module) -> Fault:
    """Only cli reads the clock, the arguments, the environment and standard input."""
    if name.startswith("cli/"):
        return
    known = names_in(tree)
    for node in ast.walk(tree):
        read = full_name(node, known) if isinstance(node, (ast.Name, ast.Attribute)) else ""
        if read == "sys.stdin" and name == READS_STANDARD_INPUT:
            continue
        if read in OUTSIDE:
            yield f"{node.lineno} reads {read}"  # type: ignore[attr-defined]


def records_made_elsewhere(name: str, tree: ast.Module) -> Fault:
    """A record is made only by the package that writes its table; a StepReport by every step. casefile makes them again from rows, by their type."""
    known = names_in(tree)
    writers = {f"casefile.records.{kind.__name__}": package for kind, package in WRITTEN_BY.items() if kind is not StepReport}
    for node in ast.walk(tree):
        made = full_name(node.func, known) if isinstance(node, ast.Call) else ""
        kind = made.rpartition(".")[2]
        if made in writers and not name.startswith(writers[made] + "/") and (name, kind) not in MADE_FOR_ITS_WRITER:
            yield f"{node.lineno} makes a {kind}, which is {writers[made]}'s"  # type: ignore[attr-defined]


def catches_of_everything(name: str, tree: ast.Module) -> Fault:
    """`except`, `except Exception` and `except BaseException`, unless it ends by raising what it caught."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        broad = any(kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds)
        last = node.body[-1]
        if broad and not (isinstance(last, ast.Raise) and last.exc is None):
            yield f"{node.lineno} catches everything"


# the house keeps them


@pytest.mark.parametrize("rule", [imports_of_casefile, reads_of_the_outside, records_made_elsewhere], ids=lambda rule: rule.__name__)
def test_nobody_crosses(rule: Callable[[str, ast.Module], Fault]) -> None:
    assert len(sources(ROOT)) > 15
    assert faults(ROOT, rule) == []


def test_one_place_at_most_catches_everything_and_it_is_in_cli() -> None:
    found = faults(ROOT, catches_of_everything)
    assert len(found) <= 1
    assert all(fault.startswith("cli/") for fault in found)


@pytest.mark.parametrize("kind", WRITTEN_BY, ids=lambda kind: kind.__name__)
def test_the_docstring_of_a_record_names_its_writer(kind: type) -> None:
    assert f"`{WRITTEN_BY[kind]}" in (kind.__doc__ or "") or (kind is StepReport and "Made by every step" in (kind.__doc__ or ""))


# each rule sees what is planted


@pytest.mark.parametrize(
    ("rule", "file", "line", "said"),
    [
        (imports_of_casefile, "casefile/x.py", "import numpy", "imports numpy"),
        (imports_of_casefile, "casefile/x.py", "def f():\n    from crawler import options", "imports crawler"),
        (imports_of_casefile, "casefile/x.py", "from . import store", "imports ."),
        (reads_of_the_outside, "crawler/x.py", "from datetime import datetime as d\nd.now()", "datetime.datetime.now"),
        (reads_of_the_outside, "crawler/x.py", "import datetime\ndatetime.datetime.utcnow()", "datetime.datetime.utcnow"),
        (reads_of_the_outside, "crawler/x.py", "import datetime as d\nd.date.today()", "datetime.date.today"),
        (reads_of_the_outside, "classifier/x.py", "from time import time\ntime()", "time.time"),
        (reads_of_the_outside, "classifier/x.py", "import time\nclock = time.time", "time.time"),
        (reads_of_the_outside, "blocklist/x.py", "import sys\nsys.argv[1]", "sys.argv"),
        (reads_of_the_outside, "casefile/x.py", "import os\nos.environ['HOME']", "os.environ"),
        (reads_of_the_outside, "casefile/x.py", "from os import getenv\ngetenv('HOME')", "os.getenv"),
        (reads_of_the_outside, "casefile/x.py", "input()", "input"),
        (reads_of_the_outside, "crawler/x.py", "import sys\nsys.stdin.read()", "sys.stdin"),
        (records_made_elsewhere, "crawler/x.py", "from casefile.records import Verdict\nVerdict()", "Verdict, which is classifier's"),
        (records_made_elsewhere, "cli/x.py", "from casefile import records\nrecords.Decision()", "Decision, which is blocklist's"),
        (records_made_elsewhere, "blocklist/x.py", "import casefile.records as r\nr.Sighting()", "Sighting, which is crawler's"),
        (catches_of_everything, "crawler/x.py", "try:\n    pass\nexcept Exception:\n    pass", "catches everything"),
        (catches_of_everything, "crawler/x.py", "try:\n    pass\nexcept:\n    pass", "catches everything"),
        (
            catches_of_everything,
            "crawler/x.py",
            "try:\n    pass\nexcept (ValueError, BaseException) as e:\n    print(e)",
            "catches everything",
        ),
    ],
)
def test_a_crossing_is_seen(tmp_path: Path, rule: Callable[[str, ast.Module], Fault], file: str, line: str, said: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir()
    planted.write_text(line)
    (found,) = faults(tmp_path, rule)
    assert said in found


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        (imports_of_casefile, "casefile/x.py", "import sqlite3, idna\nfrom casefile.store import Case"),
        (imports_of_casefile, "crawler/x.py", "import scrapy"),
        (reads_of_the_outside, "cli/x.py", "import sys\nsys.argv"),
        (reads_of_the_outside, "crawler/x.py", "import time\ntime.monotonic()"),
        (reads_of_the_outside, "crawler/x.py", "clock = object()\nclock.now()"),
        (reads_of_the_outside, READS_STANDARD_INPUT, "import sys\nsys.stdin"),
        (records_made_elsewhere, "classifier/x.py", "from casefile.records import Verdict, StepReport\nVerdict()\nStepReport()"),
        (catches_of_everything, "casefile/x.py", "try:\n    pass\nexcept BaseException:\n    undo()\n    raise"),
    ],
)
def test_what_is_allowed_is_not_blamed(tmp_path: Path, rule: Callable[[str, ast.Module], Fault], file: str, line: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir()
    planted.write_text(line)
    assert faults(tmp_path, rule) == []


# directions, by import-linter


def lint_imports(root: Path) -> tuple[int, str]:
    """The exit code and report of import-linter over the packages in `root`."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as go; sys.path.insert(0, '.'); go()", "--no-cache"],
        cwd=root, capture_output=True, text=True, check=False, env={"PATH": "", "PYTHONPATH": str(root), "NO_COLOR": "1"},
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the packages, where a wall can be broken."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.warc.gz", "*.npz"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_directions_hold(house: Path) -> None:
    code, report = lint_imports(house)
    assert code == 0, report
    assert "Contracts: 9 kept, 0 broken" in report


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("casefile/planted.py", "import crawler.options", "cli stands on the three workers"),
        ("crawler/planted.py", "import classifier", "cli stands on the three workers"),
        ("classifier/planted.py", "import blocklist", "cli stands on the three workers"),
        ("blocklist/planted.py", "import cli", "cli stands on the three workers"),
        ("cli/planted.py", "import scrapy", "scrapy, twisted and playwright only in crawler"),
        ("classifier/planted.py", "import playwright.sync_api", "scrapy, twisted and playwright only in crawler"),
        ("casefile/planted.py", "import twisted.internet", "scrapy, twisted and playwright only in crawler"),
        ("cli/planted.py", "import sklearn.linear_model", "scikit-learn only where models are trained and measured"),
        ("classifier/names.py", "import sklearn", "scikit-learn only where models are trained and measured"),
        ("classifier/model.py", "import classifier.training.folds", "judging knows no training"),
        ("classifier/training/folds.py", "import classifier.measuring.figures", "judging knows no training"),
        ("crawler/planted.py", "import rich.progress", "typer and rich only in cli"),
        ("classifier/planted.py", "import typer", "typer and rich only in cli"),
        ("blocklist/planted.py", "import sqlite3", "sqlite-utils and sqlite3 only in casefile"),
        ("cli/planted.py", "import sqlite_utils", "sqlite-utils and sqlite3 only in casefile"),
        ("crawler/planted.py", "import apprise", "what is drawn and told, only in cli"),
        ("classifier/planted.py", "import matplotlib.pyplot", "what is drawn and told, only in cli"),
        ("classifier/planted.py", "import dns.resolver", "dnspython only in crawler and blocklist"),
        ("cli/planted.py", "import minisign", "signatures only in blocklist"),
    ],
)
def test_a_wall_that_is_broken_is_named(house: Path, file: str, line: str, contract: str) -> None:
    (house / file).write_text(f'"""Planted."""\n\n{line}\n')
    code, report = lint_imports(house)
    assert code == 1, report
    broken = report.partition("Contracts: ")[0]
    assert any(part.strip().startswith(contract) or contract in part for part in broken.split("BROKEN")[:-1]), report
    assert "Contracts: 8 kept, 1 broken" in report


# nothing happens at import

WATCH = """
import importlib, json, sys
seen = []
WATCHED = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.fork", "os.system", "sqlite3.connect", "urllib.Request")
def watch(event, args):
    if event in WATCHED:
        seen.append(event)
    elif event == "open" and isinstance(args[0], (str, bytes)):
        mode = args[1] or ""
        name = args[0] if isinstance(args[0], str) else args[0].decode()
        if ("w" in mode or "a" in mode or "x" in mode or "+" in mode) and "__pycache__" not in name:
            seen.append("writes " + name)
        elif name.startswith(sys.argv[1]) and not name.endswith((".py", ".pyc")) and "__pycache__" not in name and "/.venv/" not in name:
            seen.append("reads " + name)
sys.path.insert(0, sys.argv[1])
for third_party in sys.argv[3].split():
    importlib.import_module(third_party)
sys.addaudithook(watch)
for module in sys.argv[2].split():
    importlib.import_module(module)
print(json.dumps(seen))
"""
THIRD_PARTY = "numpy typer rich.progress selectolax.lexbor sqlite_utils tldextract idna warcio.archiveiterator dns.resolver brotli"
"""Loaded first: what these do while they load is not ours."""


def happened_at_import(root: Path, modules: list[str]) -> list[str]:
    """Files, sockets, processes and databases that importing `modules` in a fresh interpreter opens."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH, str(root), " ".join(modules), THIRD_PARTY],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_nothing_happens_at_import() -> None:
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in sources(ROOT)]
    ours = [module for module in modules if not module.endswith(".__main__")]
    assert happened_at_import(ROOT, ours) == []


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("import sqlite3; sqlite3.connect(':memory:').close()", "sqlite3.connect"),
        ("import socket; socket.socket().bind(('127.0.0.1', 0))", "socket.bind"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("from pathlib import Path; Path('written').write_text('')", "writes "),
        ("from pathlib import Path; Path(__file__).with_name('facts.csv').read_text()", "reads "),
    ],
)
def test_something_at_import_is_seen(tmp_path: Path, line: str, event: str) -> None:
    (tmp_path / "planted.py").write_text(line)
    (tmp_path / "facts.csv").write_text("")
    assert any(happening.startswith(event) for happening in happened_at_import(tmp_path, ["planted"]))
