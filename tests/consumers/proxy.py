"""Squid, HAProxy and nginx with their files, as docs/isp.md says; asked by HTTP for what a customer would ask."""

import os
from pathlib import Path
from typing import ClassVar

from blocklist.content import Content, Listed
from tests.consumers.asking import Answer
from tests.consumers.documented import block
from tests.consumers.harness import poll, program, stand_in
from tests.consumers.lists import CANARY
from tests.consumers.resolver import BY_NAME, Resolver
from tests.consumers.web import status


class Proxy(Resolver):
    """A proxy or web server with one of our files; `upstream` is the port of every web site. An answer's code is the HTTP status as text."""

    FORM: ClassVar[str] = "origin"
    """How it is asked, see `tests.consumers.web.request`."""

    BLOCKED: ClassVar[int] = 451
    """What it answers for a listed name."""

    def view(self, content: Content) -> tuple[Listed, ...]:
        return content.listed

    def of_file(self, documented: str) -> str:
        return documented

    def canary_question(self) -> str:
        """The documented lines of the fetch script's settings that ask this proxy for a name."""
        raise NotImplementedError

    def ask(self, name: str, kind: str = "A") -> Answer:
        return Answer(rcode=str(status(self.port, name, form=self.FORM)))

    def blocks(self, answer: Answer, kind: str = "A") -> bool:
        return answer.rcode == str(self.BLOCKED)

    def reloaded(self) -> None:
        """The documented reload; over when no process that has the old list takes connections any more (HAProxy and nginx change theirs one by one)."""
        before = self.workers
        super().reloaded()
        assert poll(lambda: not before & self.workers), f"{self.TITLE} keeps its old workers"

    @property
    def workers(self) -> set[str]:
        """The pids that a reload replaces."""
        pid = self.running.pid if self.running else 0
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())

    def in_force(self) -> bool:
        try:
            return self.blocks(self.ask(CANARY.listed))
        except OSError:
            return False


class Squid(Proxy):
    TITLE, PROGRAM, INSTALL, FILE = "Squid", "squid", "squid", "squid.txt"
    FORM, BLOCKED = "absolute", 403

    BASE = """
http_port 127.0.0.1:{port}
pid_filename {folder}/squid.pid
cache_log {folder}/cache.log
access_log none
cache deny all
coredump_dir {folder}
pinger_enable off
shutdown_lifetime 0 seconds
{block}
cache_peer 127.0.0.1 parent {upstream} 0 no-query no-digest default
never_direct allow all
http_access allow localhost
http_access deny all
"""

    def configure(self) -> None:
        self.folder.chmod(0o777)  # Squid gives up root before it opens its log
        lines = self.here(block("squid"))
        (self.folder / "squid.conf").write_text(self.BASE.format(folder=self.folder, port=self.port, upstream=self.upstream, block=lines))
        other = f'case " $* " in *" -f "*) ;; *) set -- "$@" -f {self.folder}/squid.conf ;; esac'
        stand_in(self.folder, "squid", f'{other}\nexec {program("squid")} -n {self.service} "$@"')

    def checks(self) -> tuple[str, ...]:
        return (block("squid-check"),)

    def reload(self) -> str:
        return block("squid-reload")

    def canary_question(self) -> str:
        return block("squid-canary", {"127.0.0.1:3128": f"127.0.0.1:{self.port}"})

    def reloaded(self) -> None:
        """The documented reload; over when Squid listens again."""
        before = self._openings
        super().reloaded()
        assert poll(lambda: self._openings > before), "Squid does not listen again"

    @property
    def _openings(self) -> int:
        """How often it began to listen."""
        return (self.folder / "cache.log").read_text().count("Accepting HTTP Socket connections")

    @property
    def service(self) -> str:
        """A name of its own: two Squids of one name share their memory files."""
        return f"mw{os.getpid()}p{self.port}"

    def command(self) -> list[str | Path]:
        return [program("squid") or "squid", "-N", "-n", self.service, "-f", self.folder / "squid.conf"]


class Haproxy(Proxy):
    TITLE, PROGRAM, INSTALL, FILE = "HAProxy", "haproxy", "haproxy", "haproxy-exact.txt"
    OTHER = "haproxy-suffix.txt"

    BASE = """
global
  maxconn 200
defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend plain
  bind 127.0.0.1:{port}
{http}
  default_backend site
frontend tls
  mode tcp
  bind 127.0.0.1:{control}
{tls}
  default_backend passed
backend site
  server s1 127.0.0.1:{upstream}
backend passed
  mode tcp
  server s1 127.0.0.1:{upstream}
"""

    def configure(self) -> None:
        http, tls = self.here(block("haproxy-http")), self.here(block("haproxy-tls"))
        places = {"port": self.port, "control": self.control_port, "upstream": self.upstream}
        (self.folder / "haproxy.cfg").write_text(self.BASE.format(**places, http=http, tls=tls))
        # Debian's unit: `systemctl reload haproxy` is SIGUSR2 to the master
        stand_in(self.folder, "systemctl", f'test "$*" = "reload haproxy" && kill -USR2 "$(cat {self.folder}/pid)"')

    def checks(self) -> tuple[str, ...]:
        return (block("haproxy-check"),)

    def canary_question(self) -> str:
        return block("haproxy-canary", {"127.0.0.1:80": f"127.0.0.1:{self.port}"})

    def reload(self) -> str:
        return block("haproxy-reload", {"/etc/haproxy/haproxy.cfg": self.folder / "haproxy.cfg"})

    def command(self) -> list[str | Path]:
        return [program("haproxy") or "haproxy", "-W", "-f", self.folder / "haproxy.cfg"]

    def fetched(self, content: Content, spoilt: bytes | None = None) -> None:
        super().fetched(content, spoilt)
        (self.home / "new" / self.OTHER).write_bytes(BY_NAME[self.OTHER].write(content))


class Nginx(Proxy):
    TITLE, PROGRAM, INSTALL, FILE = "nginx", "nginx", "nginx-light", "nginx.map"

    BASE = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  {map}
  server {{ listen 127.0.0.1:{port}; {server} location / {{ return 200 ok; }} }}
}}
"""

    def configure(self) -> None:
        lines, server = self.here(block("nginx-map")), block("nginx-server")
        (self.folder / "nginx.conf").write_text(self.BASE.format(folder=self.folder, port=self.port, map=lines, server=server))
        other = f'case " $* " in *" -c "*) ;; *) set -- "$@" -c {self.folder}/nginx.conf ;; esac'
        stand_in(self.folder, "nginx", f'{other}\nexec {program("nginx")} -e {self.folder}/error.log "$@"')

    def checks(self) -> tuple[str, ...]:
        return (block("nginx-check"),)

    def reload(self) -> str:
        return block("nginx-reload")

    def canary_question(self) -> str:
        return block("nginx-canary", {"127.0.0.1:80": f"127.0.0.1:{self.port}"})

    def command(self) -> list[str | Path]:
        return [program("nginx") or "nginx", "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"]


PROXIES: tuple[type[Proxy], ...] = (Squid, Haproxy, Nginx)
