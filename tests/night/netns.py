"""A network namespace with a default route into nowhere, and a counter of what tries to leave. Needs root and iproute2."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import require

INSIDE, OUTSIDE = "10.213.77.2", "10.213.77.1"


def ip(*words: str) -> str:
    """Run `ip WORDS...`; gives what it printed."""
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True).stdout


class Namespace:
    """A namespace `name` whose veth counts every packet that leaves it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, command: Sequence[object], *, cwd: Path, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """Run a command inside; its resolver is the address beyond the default route."""
        words = ["ip", "netns", "exec", self.name, *map(str, command)]
        return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False)

    def packets(self) -> int:
        """How many packets left so far."""
        shown = subprocess.run(
            ["ip", "netns", "exec", self.name, "cat", "/sys/class/net/inner/statistics/tx_packets"],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(shown.stdout)


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Make a namespace with veth, default route and resolver; removed at the end. Skips with its reason where it cannot be made."""
    require(os.geteuid() == 0, "counting packets needs a network namespace, which needs root")
    require(shutil.which("ip"), "counting packets needs iproute2: apt-get install iproute2")
    name = f"mw{os.getpid()}"
    outer = f"o{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        require(None, "counting packets needs a network namespace, and this machine does not let root make one")
    resolver = Path("/etc/netns") / name
    try:
        ip("link", "add", outer, "type", "veth", "peer", "name", "inner", "netns", name)
        subprocess.run(["ip", "netns", "exec", name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/inner/disable_ipv6"], check=True)
        Path(f"/proc/sys/net/ipv6/conf/{outer}/disable_ipv6").write_text("1")
        ip("addr", "add", f"{OUTSIDE}/24", "dev", outer)
        ip("link", "set", outer, "up")
        for words in (("addr", "add", f"{INSIDE}/24", "dev", "inner"), ("link", "set", "lo", "up"), ("link", "set", "inner", "up")):
            ip("-n", name, *words)
        hardware = Path(f"/sys/class/net/{outer}/address").read_text().strip()
        ip("-n", name, "neigh", "add", OUTSIDE, "lladdr", hardware, "dev", "inner", "nud", "permanent")
        ip("-n", name, "route", "add", "default", "via", OUTSIDE)
        resolver.mkdir(parents=True)
        (resolver / "resolv.conf").write_text(f"nameserver {OUTSIDE}\noptions timeout:1 attempts:1\n")
        yield Namespace(name)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)
        subprocess.run(["ip", "link", "del", outer], capture_output=True, check=False)
        shutil.rmtree(resolver, ignore_errors=True)
