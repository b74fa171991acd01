"""PowerDNS Recursor with the response policy zone."""

from pathlib import Path

from tests.consumers.documented import block
from tests.consumers.harness import program, stand_in
from tests.consumers.resolver import Redirected, Resolver, rpz_checks

BASE = """
local-address=127.0.0.1
local-port={port}
socket-dir={folder}
config-dir={folder}
daemon=no
threads=1
dnssec=off
forward-zones-recurse=.=127.0.0.1:{upstream}
dont-query=
setuid=
setgid=
chroot=
disable-syslog=yes
webserver=no
loglevel=4
security-poll-suffix=
{lines}
{more}
"""
LUA = "/etc/powerdns/recursor.lua"


class PowerDns(Resolver):
    TITLE, PROGRAM, INSTALL, FILE = "PowerDNS Recursor", "pdns_recursor", "pdns-recursor", "rpz.zone"
    MORE = ""
    """Lines of a test's own."""

    def configure(self) -> None:
        lines = block("powerdns-conf", {LUA: self.folder / "recursor.lua"})
        said = BASE.format(port=self.port, folder=self.folder, upstream=self.upstream, lines=lines, more=self.MORE)
        (self.folder / "recursor.conf").write_text(said)
        (self.folder / "recursor.lua").write_text(self.here(self.of_file(block("powerdns-lua"))))
        stand_in(self.folder, "rec_control", f'exec {program("rec_control")} --socket-dir={self.folder} --config-dir={self.folder} "$@"')

    def command(self) -> list[str | Path]:
        return ["pdns_recursor", f"--config-dir={self.folder}"]

    def checks(self) -> tuple[str, ...]:
        return rpz_checks()

    def reload(self) -> str:
        return block("powerdns-reload") + block("powerdns-wipe")


class PowerDnsRedirect(Redirected, PowerDns):
    TITLE = "PowerDNS Recursor, block page"
