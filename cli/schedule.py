"""The unattended night: a systemd service with its timer, and a cron line, for one installation. Pure text; nothing is installed or changed.

What the service leaves out is as deliberate as what it holds. Chromium's sandbox makes user namespaces, or runs a set-user-ID helper; so there is no
`NoNewPrivileges`, no `RestrictNamespaces`, and nothing that implies the former for a service with a `User=` (systemd.exec(5): `PrivateDevices`,
`ProtectKernelTunables`, `ProtectKernelModules`, `ProtectKernelLogs`, `ProtectClock`, `ProtectHostname`, `LockPersonality`, `MemoryDenyWriteExecute`,
`RestrictAddressFamilies`, `RestrictRealtime`, `RestrictSUIDSGID`, `SystemCallFilter`, `SystemCallArchitectures`, `DynamicUser`). What is left works on the file
system alone. `OOMPolicy=continue`: a page that eats the memory ends its own process of the browser, never the night.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from casefile.errors import UsageError
from casefile.plaintext import is_plain_line

FORBIDDEN_FOR_SANDBOX = (
    "NoNewPrivileges", "RestrictNamespaces", "PrivateDevices", "PrivateUsers", "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs",
    "ProtectClock", "ProtectHostname", "LockPersonality", "MemoryDenyWriteExecute", "RestrictAddressFamilies", "RestrictRealtime", "RestrictSUIDSGID",
    "SystemCallFilter", "SystemCallArchitectures", "SystemCallLog", "DynamicUser", "CapabilityBoundingSet",
)  # fmt: skip
"""Directives with which Chromium's sandbox cannot be made; a test holds the service to it."""

AT = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

SERVICE = """\
# /etc/systemd/system/{name}.service
[Unit]
Description=mirrorwatch: the night, from seeds to a verified release
Documentation=file://{readme}
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=oneshot
User={user}
WorkingDirectory={folder}
{environment}ExecStart={command}
# a night that was killed could not tell anybody; one that ended tells by itself
ExecStopPost={afterwards}
# 3: done in part; what failed is in the report and in the notice
SuccessExitStatus=3
TimeoutStartSec={hours}h
# SIGTERM: what was committed is kept, the next start goes on from there
TimeoutStopSec=5min
KillMode=mixed
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
CPUWeight=50
MemoryHigh={memory_high}M
MemoryMax={memory_max}M
OOMPolicy=continue
TasksMax=4096
LimitNOFILE=16384
LimitCORE=0
# the group may read: put the server that hands out releases/ into it
UMask=0027
# Hardening that lets Chromium's sandbox work. Do not add NoNewPrivileges, RestrictNamespaces or what implies them.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
ProtectControlGroups=yes
"""

TIMER = """\
# /etc/systemd/system/{name}.timer
[Unit]
Description=mirrorwatch: every night at {at} ({zone})

[Timer]
OnCalendar=*-*-* {at}:00 {zone}
# a machine that was off at that time makes up for it
Persistent=true
AccuracySec=1min

[Install]
WantedBy=timers.target
"""

CRON = """\
# crontab -u {user} -e (cron knows no time zones: {at} {zone} is {local} on this machine, as of {day})
{minute} {hour} * * * {command}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is to be run: absolute paths only. `program`: the console script and its words; `writable`: folders beside the state that the night writes to."""

    program: tuple[str, ...]
    root: Path
    state: Path
    config: Path | None
    seeds: tuple[Path, ...]
    user: str
    environment: tuple[tuple[str, str], ...] = ()
    writable: tuple[Path, ...] = ()

    @property
    def night(self) -> tuple[str, ...]:
        """The command line of the night."""
        return self.verb("night", *(word for path in self.seeds for word in ("--seeds", str(path))))

    def verb(self, *words: str) -> tuple[str, ...]:
        """The command line of a verb on this installation's state and configuration."""
        config = ("--config", str(self.config)) if self.config else ()
        return (*self.program, *config, "--state", str(self.state), *words)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When: hour and minute in the zone of the authority; `today` is any moment of the day for which the machine's own time is told."""

    hour: int
    minute: int
    zone: str
    today: datetime

    @property
    def text(self) -> str:
        """`01:30`."""
        return f"{self.hour:02}:{self.minute:02}"

    def on(self, machine: tzinfo | None) -> datetime:
        """That time on the machine's clock (None: the machine's own zone)."""
        there = self.today.astimezone(ZoneInfo(self.zone)).replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        return there.astimezone(machine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the night may take: hours until it is ended, memory in MB."""

    hours: int = 10
    memory_mb: int = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The three texts, and what to do with the first two."""

    service: str
    timer: str
    cron: str
    install: str


def time_of_day(text: str) -> tuple[int, int]:
    """Hour and minute of `HH:MM`; raises `UsageError`."""
    found = AT.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--at {text[:20]!a} is no time of day: write it as HH:MM, like 01:30")
    return int(found[1]), int(found[2])


def schedule_of(
    installation: Installation, when: When, limits: Limits, *, machine: tzinfo | None = None, name: str = "mirrorwatch"
) -> Schedule:
    """The schedule of an installation; raises `UsageError` for a path that no unit file can hold."""
    refuse_unwritable(installation)
    local = when.on(machine)
    writable = dict.fromkeys((installation.state, *installation.writable))
    service = SERVICE.format(
        name=name,
        readme=_unit_word(str(installation.root / "README.md").replace(" ", "%20"), quoted=False),
        user=installation.user,
        folder=_unit_word(str(installation.root), quoted=False),
        environment="".join(f"Environment={_unit_word(f'{key}={value}')}\n" for key, value in installation.environment),
        command=" ".join(_unit_word(word, command=True) for word in installation.night),
        afterwards=" ".join(_unit_word(word, command=True) for word in installation.verb("schedule", "--tell-end")),
        hours=limits.hours,
        memory_high=limits.memory_mb * 7 // 8,
        memory_max=limits.memory_mb,
        writable=" ".join(_unit_word(str(path)) for path in writable),
    )
    cron = CRON.format(
        user=installation.user,
        at=when.text,
        zone=when.zone,
        local=f"{local:%H:%M} {local.tzname()}",
        day=f"{when.today.astimezone(machine):%Y-%m-%d}",
        minute=local.minute,
        hour=local.hour,
        command=_cron_command(installation),
    )
    folder = f"install -d -m 750 -o {installation.user} {shlex.quote(str(installation.state))}"  # a path that is missing stops the service
    install = f"{folder} && systemctl daemon-reload && systemctl enable --now {name}.timer && systemctl list-timers {name}.timer"
    return Schedule(service=service, timer=TIMER.format(name=name, at=when.text, zone=when.zone), cron=cron, install=install)


def refuse_unwritable(installation: Installation) -> None:
    """A line break in a path would be a directive of its own."""
    texts = [
        *installation.night,
        installation.user,
        str(installation.root),
        *(value for pair in installation.environment for value in pair),
    ]
    for text in (*texts, *map(str, installation.writable)):
        if not is_plain_line(text):
            raise UsageError(f"{text!a} holds a character that no unit file or crontab can hold: rename it")


def _unit_word(text: str, *, quoted: bool = True, command: bool = False) -> str:
    """`text` as one word of a unit file: specifiers doubled; quoted where it needs it; in a command `$` is doubled too."""
    text = text.replace("%", "%%")
    if command:
        text = text.replace("$", "$$")
    if not quoted:
        return text
    return text if re.fullmatch(r"[A-Za-z0-9_./:=@%$+,-]+", text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cron_command(installation: Installation) -> str:
    """The night for cron: low priority, its environment, quiet but for warnings, which cron mails; cron reads a bare % as the end of the line."""
    words = [*(f"{key}={shlex.quote(value)}" for key, value in installation.environment), "nice", "-n", "10"]
    program = list(installation.night)
    program.insert(len(installation.program), "--quiet")
    return f"{' '.join([*words, *(shlex.quote(word) for word in program)])} > /dev/null".replace("%", "\\%")


def environment_to_keep(environment: Mapping[str, str], state: Path) -> tuple[tuple[str, str], ...]:
    """What of the present environment the night needs too (where its browser is), and where matplotlib may keep its fonts."""
    kept = [(name, environment[name]) for name in ("MIRRORWATCH_CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH") if environment.get(name)]
    return (*kept, ("MPLCONFIGDIR", str(state / "cache" / "matplotlib")))
