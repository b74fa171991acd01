"""Memory that a limit on data does not see: pictures and canvases lie in shared memory, and a page of large canvases fills the machine by them.

The browser's processes are looked at twice a second; one that holds too much is killed. Where it is a page's, the tab crashes, and the page's outcome says so.
"""

import asyncio
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

from crawler.render.sandbox import PROC, processes_of

LOOK_SECONDS = 0.5


async def watch_memory(home: Path, most: int) -> None:
    """Kill every process of the browser in `home` that holds more than `most` octets, until cancelled; does nothing where there is no /proc."""
    while PROC.exists():
        for pid in processes_of(home):
            if held_by(pid) > most:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(LOOK_SECONDS)


def held_by(pid: int, proc: Path = PROC) -> int:
    """Octets of memory that a process holds, shared ones too; 0 where it is gone."""
    try:
        return int((proc / str(pid) / "statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0
