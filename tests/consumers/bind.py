"""BIND 9 with the zone as a response policy zone."""

from pathlib import Path

from tests.consumers.documented import block
from tests.consumers.harness import program, stand_in
from tests.consumers.resolver import Redirected, Resolver, rpz_checks

BASE = """
key "control" {{ algorithm hmac-sha256; secret "bWlycm9yd2F0Y2ggdGVzdCBrZXk="; }};
controls {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} keys {{ "control"; }}; }};
options {{
  directory "{folder}"; pid-file none; session-keyfile "{folder}/session.key"; lock-file none; managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes; allow-query {{ 127.0.0.1; }};
  forwarders {{ 127.0.0.1 port {upstream}; }}; forward only; dnssec-validation no; empty-zones-enable no;
  {options}
}};
logging {{ channel said {{ stderr; severity debug 1; }}; category default {{ null; }}; category zoneload {{ said; }}; }};
{zone}
"""
RNDC = """
key "control" {{ algorithm hmac-sha256; secret "bWlycm9yd2F0Y2ggdGVzdCBrZXk="; }};
options {{ default-key "control"; default-server 127.0.0.1; default-port {control}; }};
"""


class Bind(Resolver):
    TITLE, PROGRAM, INSTALL, FILE = "BIND 9", "named", "bind9", "rpz.zone"

    def configure(self) -> None:
        options = block("bind9-options", {"min-update-interval 5": "min-update-interval 0"})  # a test has no five seconds to wait
        places = {"folder": self.folder, "port": self.port, "upstream": self.upstream, "control": self.control_port}
        zone = self.of_file(block("bind9-zone"))
        (self.folder / "named.conf").write_text(BASE.format(**places, options=options, zone=self.here(zone)))
        (self.folder / "rndc.conf").write_text(RNDC.format(**places))
        stand_in(self.folder, "rndc", f'exec {program("rndc")} -c {self.folder / "rndc.conf"} "$@"')

    def command(self) -> list[str | Path]:
        return ["named", "-f", "-n", "1", "-c", self.folder / "named.conf"]

    def checks(self) -> tuple[str, ...]:
        return (*rpz_checks(), block("bind9-check"))

    def reload(self) -> str:
        return block("bind9-reload")


class BindRedirect(Redirected, Bind):
    TITLE = "BIND 9, block page"
