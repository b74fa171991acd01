"""docs/isp.md is what the tests run: no block of it stands there unused, and it has a section for every consumer."""

import ast
from pathlib import Path

import pytest

from blocklist.formats import FORMATS
from tests.consumers import documented
from tests.consumers.conftest import RESOLVERS
from tests.consumers.documented import ISP, block, blocks

HERE = Path(__file__).parent
OF_PROXIES = {"squid.txt", "haproxy-exact.txt", "haproxy-suffix.txt", "nginx.map"}


def asked_for() -> set[str]:
    """Every name that code in this folder, but for this file, gives to `block`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in HERE.glob("*.py") if path != Path(__file__)]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return {str(ast.literal_eval(call.args[0])) for call in calls if ast.unparse(call.func) == "block"}


def test_every_block_is_run() -> None:
    assert set(blocks()) == asked_for()


def test_a_block_that_is_not_there_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "isp.md"
    page.write_text("```conf one\nfile /var/lib/mirrorwatch/x\n```\n\ntext\n\n```sh\nrm -r /\n```\n")
    monkeypatch.setattr(documented, "ISP", page)
    assert list(blocks()) == ["one", "sh:2"]
    assert block("one", {"/var/lib/mirrorwatch": "/tmp/x"}) == "file /tmp/x/x\n"
    with pytest.raises(AssertionError, match="nothing of /etc"):
        block("one", {"/etc": "/tmp/x"})
    with pytest.raises(KeyError):
        block("two")


@pytest.mark.parametrize("name", sorted({kind.FILE for kind in RESOLVERS} | OF_PROXIES))
def test_every_file_that_a_consumer_loads_is_named_and_published(name: str) -> None:
    assert name in ISP.read_text(encoding="utf-8")
    assert name in {form.NAME for form in FORMATS}
