"""The rendering child: looks at the hosts that its parent hands it, tells it every page, writes the WARC files. `python -m crawler.render.child`.

One Chromium serves all hosts; one that dies is started again. Both end when this process does, however it ends: Chromium's start names Playwright's driver
as the process whose death is its own, and the driver ends with the pipe to here.
"""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import Playwright, async_playwright

from casefile.errors import BrowserError
from casefile.hostname import Door
from casefile.records import How
from crawler.crew import Crew, Parent, begin, end_with_parent
from crawler.messages import HostJob, Job, PageTaken
from crawler.render.launch import start_chromium
from crawler.render.memory import watch_memory
from crawler.render.visit import HostVisit

STARTS = 50
"""How often a browser that died is started again for one child."""


class RenderingCrew(Crew):
    """`at_once` workers over one browser."""

    def __init__(self, job: Job, door: Door, parent: Parent) -> None:
        super().__init__(job, door, parent, How.RENDERED)
        self._starts = 0
        self._shared: Chromium | None = None
        self._starting = asyncio.Lock()

    async def render(self) -> None:
        """Do all the work."""
        listening = asyncio.create_task(self.parent.listen())
        listening.add_done_callback(end_with_parent)
        assert self.job.browser is not None
        watching = asyncio.create_task(watch_memory(Path(self.job.browser.home), self.job.options.render.memory_octets))
        async with async_playwright() as playwright:
            self._playwright: Playwright = playwright
            await self.work(self._render_host, self.job.options.render.at_once)
            if self._shared is not None:
                await self._shared.close()
        watching.cancel()
        listening.cancel()

    async def _render_host(self, host: HostJob) -> None:
        assert self.warcs is not None
        await HostVisit(
            job=self.job,
            host=host,
            door=self.door,
            browsers=self._browser,
            warcs=self.warcs,
            ask=self.parent.ask,
            now=self.now,
            tell=lambda capture: self.parent.tell(PageTaken(capture=capture)),
        ).run()

    async def _browser(self, alone: bool) -> Chromium:  # noqa: FBT001 (`Browsers` says so)
        """See `crawler.render.visit.Browsers`. Raises `BrowserError` where none starts, or too many died."""
        async with self._starting:
            if not alone and self._shared is not None and self._shared.is_connected():
                return self._shared
            self._starts += 1
            if self._starts > STARTS:
                raise BrowserError(
                    f"the browser died {STARTS} times: look at render.log; lower at_once under [crawl.render], or add memory"
                )
            assert self.job.browser is not None
            started = await start_chromium(self._playwright, self.job.browser, self.job.options.render, self.job.proxy)
            if not alone:
                self._shared = started
            return started


async def _work(job: Job, door: Door, parent: Parent) -> int:
    crew = RenderingCrew(job, door, parent)
    await crew.render()
    return 0 if crew.finished else 1


def main() -> int:
    """Read the job, do it; returns the exit status: 0 when all was told."""
    return asyncio.run(_work(*begin()))


if __name__ == "__main__":
    sys.exit(main())
