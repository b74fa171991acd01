"""Starting Chromium by Playwright as the renderer wants it: sandbox on, one way out, nothing of its own business."""

from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error, Playwright

from casefile.errors import BrowserError
from crawler.messages import Browser
from crawler.options import RenderOptions
from crawler.render.sandbox import look_at

START_MILLISECONDS = 30_000
LAST_WORDS = 300

ARGUMENTS = (
    # WebRTC ignores the proxy: without this STUN goes straight out (the spelling with `force-` does nothing)
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    # frames of other sites stay in their page's process, so that one session sees all of a page; a fresh context has no secrets that a frame could steal
    "--disable-site-isolation-trials",
    # a visitor's browser does not say that it is driven by a program
    "--disable-blink-features=AutomationControlled",
    "--disable-breakpad",
    "--no-pings",
)

NOT_OF_PLAYWRIGHT = ["--disable-popup-blocking"]
"""A visitor's browser blocks windows that open by themselves, and so does this one: it records them."""

ENVIRONMENT: dict[str, str | float | bool] = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
"""What the browser is told of its surroundings: nothing."""


async def start_chromium(playwright: Playwright, browser: Browser, options: RenderOptions, proxy: str) -> Chromium:
    """A running Chromium in its home, all of whose traffic goes to `proxy`. Raises `BrowserError` where it, or its sandbox, does not work."""
    sandbox = options.sandbox == "on"
    try:
        running = await playwright.chromium.launch(
            executable_path=browser.path,
            chromium_sandbox=sandbox,
            args=list(ARGUMENTS),
            ignore_default_args=NOT_OF_PLAYWRIGHT,
            proxy={"server": proxy},
            env=ENVIRONMENT,
            timeout=START_MILLISECONDS,
        )
    except Error as error:
        raise BrowserError(_why(browser, str(error))) from None
    try:
        page = await running.new_page()
        proof = look_at(Path(browser.home))
        await page.close()
    except Error as error:
        await running.close()
        raise BrowserError(f"the browser ({browser.version}) opens no page: {' '.join(str(error).split())[:LAST_WORDS]}") from None
    if sandbox and proof.works is False:
        await running.close()
        raise BrowserError(f"the browser's sandbox does not work ({proof.says}): {_MEND}")
    return running


_MEND = 'mend that, or set sandbox = "off" under [crawl.render] if hostile pages may run without it'


def _why(browser: Browser, said: str) -> str:
    """What to tell of a browser that does not start, from what Playwright quotes of its last words."""
    lines = [line.strip() for line in said.splitlines() if "[err]" in line or "FATAL" in line]
    words = " ".join(next((line for line in lines if "FATAL" in line or "andbox" in line), lines[-1] if lines else said).split())[
        -LAST_WORDS:
    ]
    if "sandbox" in said.lower() and "No usable sandbox" in said:
        return f"Chromium has no sandbox here (user namespaces are off, or forbidden to its user): allow them (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0); {_MEND}"
    return f"the browser does not start ({browser.version}): {words.encode('ascii', 'backslashreplace').decode()}"
