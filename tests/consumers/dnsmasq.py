"""dnsmasq, with each of the four files that it can load."""

from pathlib import Path
from typing import ClassVar

from tests.consumers.asking import Answer
from tests.consumers.documented import block
from tests.consumers.harness import stand_in
from tests.consumers.resolver import Resolver

BASE = """
port={port}
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
user=root
pid-file=
server=127.0.0.1#{upstream}
{lines}
"""


class Dnsmasq(Resolver):
    TITLE, PROGRAM, INSTALL, FILE = "dnsmasq (conf-file)", "dnsmasq", "dnsmasq-base", "dnsmasq.conf"

    def lines(self) -> str:
        """The documented lines of its configuration."""
        return block("dnsmasq-conf")

    def configure(self) -> None:
        lines = self.here(self.of_file(self.lines()))
        (self.folder / "dnsmasq.conf").write_text(BASE.format(port=self.port, upstream=self.upstream, lines=lines))

    def command(self) -> list[str | Path]:
        return ["dnsmasq", "--keep-in-foreground", "--log-facility=-", "-C", self.folder / "dnsmasq.conf"]

    def checks(self) -> tuple[str, ...]:
        return (block("dnsmasq-conf-check"),)

    def reload(self) -> str:
        return block("dnsmasq-conf-reload")


class DnsmasqRedirect(Dnsmasq):
    """A listed name has the block page's address, and no other record."""

    TITLE, FILE = "dnsmasq (conf-file), block page", "dnsmasq-redirect.conf"

    def blocks(self, answer: Answer, kind: str = "A") -> bool:
        return answer.rcode in ("NOERROR", "NXDOMAIN") and answer.records == (("192.0.2.1",) if kind == "A" else ())


class DnsmasqServers(Dnsmasq):
    TITLE, FILE = "dnsmasq (servers-file)", "dnsmasq-servers.conf"

    def lines(self) -> str:
        return block("dnsmasq-servers")

    def configure(self) -> None:
        super().configure()
        stand_in(self.folder, "sleep", "exec /bin/sleep 0.3")  # an upstream on the same machine answers at once

    def checks(self) -> tuple[str, ...]:
        return (block("dnsmasq-servers-check"),)

    def reload(self) -> str:
        return block("dnsmasq-servers-reload")


class DnsmasqHosts(Dnsmasq):
    """The names of the file only, and only their addresses."""

    TITLE, FILE = "dnsmasq (hosts file)", "hosts.txt"
    DENIED: ClassVar[tuple[str, ...]] = ("A", "AAAA")

    def lines(self) -> str:
        return block("hosts")

    def checks(self) -> tuple[str, ...]:
        return (block("hosts-check"),)

    def reload(self) -> str:
        return block("hosts-reload")

    def blocks(self, answer: Answer, kind: str = "A") -> bool:
        return answer.records == ({"A": "0.0.0.0", "AAAA": "::"}[kind],)
