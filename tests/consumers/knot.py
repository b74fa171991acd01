"""Knot Resolver with the response policy zone."""

from pathlib import Path

from tests.consumers.documented import block
from tests.consumers.resolver import Resolver, rpz_checks

BASE = """
net.ipv6 = false
net.listen('127.0.0.1', {port}, {{ kind = 'dns' }})
cache.open(10 * MB, 'lmdb://{folder}/cache')
trust_anchors.remove('.')
{lines}
policy.add(policy.all(policy.STUB('127.0.0.1@{upstream}')))
"""


class Knot(Resolver):
    TITLE, PROGRAM, INSTALL, FILE = "Knot Resolver", "kresd", "knot-resolver", "rpz.zone"

    def configure(self) -> None:
        lines = self.here(self.of_file(block("knot")))
        (self.folder / "kresd.conf").write_text(BASE.format(port=self.port, folder=self.folder, upstream=self.upstream, lines=lines))

    def command(self) -> list[str | Path]:
        return ["kresd", "-n", "-q", "-c", self.folder / "kresd.conf", self.folder]

    def checks(self) -> tuple[str, ...]:
        return rpz_checks()

    def reload(self) -> str:
        return block("knot-reload")


class KnotRedirect(Knot):
    """With the file that it cannot use."""

    TITLE, FILE = "Knot Resolver, block page", "rpz-redirect.zone"
