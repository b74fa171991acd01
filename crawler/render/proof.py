"""The sandbox proved on this machine, for whoever sets it up: the browser is started as a night starts it, and the kernel is asked."""

import asyncio
from pathlib import Path

from playwright.async_api import async_playwright

from casefile.errors import BrowserError
from crawler.messages import Browser
from crawler.options import RenderOptions
from crawler.render.home import browser_home
from crawler.render.launch import start_chromium
from crawler.render.sandbox import Sandbox, look_at

NOWHERE = "http://127.0.0.1:9"
"""A proxy that does not answer: nothing is asked for."""


def prove_sandbox(browser: Browser, options: RenderOptions) -> Sandbox:
    """Start the browser, open an empty page, look at its processes; why it does not work is said, never raised."""
    if options.sandbox == "off":
        return Sandbox(works=False, says='sandbox = "off" is set under [crawl.render]')
    try:
        with browser_home(browser, options) as housed:
            return asyncio.run(_proved(housed, options))
    except BrowserError as error:
        return Sandbox(works=False, says=str(error))


async def _proved(browser: Browser, options: RenderOptions) -> Sandbox:
    async with async_playwright() as playwright:
        running = await start_chromium(playwright, browser, options, NOWHERE)
        try:
            await running.new_page()
            return look_at(Path(browser.home))
        finally:
            await running.close()
