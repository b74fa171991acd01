"""Unbound, with the response policy zone and with its own local zones."""

from pathlib import Path

from tests.consumers.asking import Answer
from tests.consumers.documented import block
from tests.consumers.harness import program, stand_in
from tests.consumers.resolver import Redirected, Resolver, rpz_checks

BASE = """
server:
  interface: 127.0.0.1@{port}
  do-ip6: no
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  use-syslog: no
  logfile: ""
  do-not-query-localhost: no
  num-threads: 1
  local-zone: "test." nodefault
{lines}
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
remote-control:
  control-enable: yes
  control-interface: "{folder}/control.sock"
  control-use-cert: no
"""


class Unbound(Resolver):
    PROGRAM, INSTALL = "unbound", "unbound"

    def lines(self) -> str:
        """The documented lines of its configuration."""
        raise NotImplementedError

    def configure(self) -> None:
        conf = self.folder / "unbound.conf"
        conf.write_text(
            BASE.format(port=self.port, folder=self.folder, upstream=self.upstream, lines=self.here(self.of_file(self.lines())))
        )
        stand_in(self.folder, "unbound-control", f'exec {program("unbound-control")} -c {conf} "$@"')
        stand_in(self.folder, "unbound-checkconf", f'exec {program("unbound-checkconf")} "${{1:-{conf}}}"')

    def command(self) -> list[str | Path]:
        return ["unbound", "-d", "-c", self.folder / "unbound.conf"]


class UnboundRpz(Unbound):
    TITLE, FILE = "Unbound (RPZ)", "rpz.zone"

    def lines(self) -> str:
        return block("unbound-rpz")

    def checks(self) -> tuple[str, ...]:
        return rpz_checks()

    def reload(self) -> str:
        return block("unbound-rpz-reload")


class UnboundRedirect(Redirected, UnboundRpz):
    TITLE = "Unbound (RPZ), block page"


class UnboundLocalZone(Unbound):
    TITLE, FILE = "Unbound (local-zone)", "unbound.conf"

    def lines(self) -> str:
        return block("unbound-local")

    def checks(self) -> tuple[str, ...]:
        return (block("unbound-local-check"),)

    def reload(self) -> str:
        return block("unbound-local-reload")

    def blocks(self, answer: Answer, kind: str = "A") -> bool:
        return answer.rcode == "NXDOMAIN" or (answer.rcode == "NOERROR" and not answer.records)
