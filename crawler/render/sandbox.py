"""Whether the browser's sandbox is on, read from what the kernel says of its processes; not from what the browser says of itself."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """`works` is None where the system does not tell; `says`: in words for a person."""

    works: bool | None
    says: str


def look_at(home: Path, proc: Path = PROC) -> Sandbox:
    """The sandbox of the browser that runs in `home`, by its pages' processes: none is root's, all have a seccomp filter and a process namespace of their own."""
    if not (proc / "self" / "status").exists():
        return Sandbox(works=None, says="this system has no /proc to read it from")
    pages = [status for pid in processes_of(home, proc) if (status := _page_status(proc / str(pid)))]
    if not pages:
        return Sandbox(works=False, says="no process of a page was found")
    for status in pages:
        if status.get("Uid", "0").split()[0] == "0":
            return Sandbox(works=False, says="its pages run as root")
        if status.get("Seccomp") != "2":
            return Sandbox(works=False, says="its pages may make any system call")
        if len(status.get("NSpid", "").split()) < 2:
            return Sandbox(works=False, says="its pages see the processes of the machine")
    users = sorted({status["Uid"].split()[0] for status in pages})
    return Sandbox(works=True, says=f"pages run as user {' '.join(users)} with a seccomp filter, in a process namespace of their own")


def processes_of(home: Path, proc: Path = PROC) -> list[int]:
    """The ids of the processes of the browser that runs in `home`: those that name it, and what they started."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for entry in proc.iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if f"--user-data-dir={home}/".encode() in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
    more = found
    while more:
        more = {pid for pid, parent in parents.items() if parent in more} - found
        found |= more
    return sorted(found)


def _page_status(entry: Path) -> dict[str, str]:
    """What the kernel says of a process, empty where it is not a page's."""
    try:
        if b"--type=renderer" not in (entry / "cmdline").read_bytes():
            return {}
        lines = (entry / "status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
