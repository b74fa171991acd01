"""Notices of a night to people, over whatever channel they have: apprise knows a hundred, each an address like `tgram://TOKEN/CHAT`.

Addresses hold secrets: they are never logged, a channel is called by its number and scheme. A notice that cannot be sent is a warning and nothing more.
"""

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from casefile.plaintext import inert
from cli.drift import DriftOptions

FAILURE, DRIFT, DONE = "failure", "drift", "done"
OCCASIONS = (FAILURE, DRIFT, DONE)

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=://.)", re.IGNORECASE)

LONGEST = 3_000
"""Characters of a notice; the shortest limits of the common channels are about four thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOptions:
    """Whom to tell, of what. `urls`: addresses as apprise writes them; `on`: failure (a night that broke off or was done in part), drift, done (every night)."""

    urls: tuple[str, ...] = field(default=(), repr=False)
    on: tuple[str, ...] = (FAILURE, DRIFT)
    drift: DriftOptions = field(default_factory=DriftOptions)

    def __post_init__(self) -> None:
        for occasion in self.on:
            if occasion not in OCCASIONS:
                raise ValueError(f"on may hold {', '.join(OCCASIONS)}, not {occasion!r}")
        for number, url in enumerate(self.urls, 1):
            if not SCHEME.match(url):
                raise ValueError(
                    f"urls: address {number} must begin with a scheme, like tgram:// or mailtos:// (it is not shown: it may hold a secret)"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is to be told: `occasion` is one of `OCCASIONS`."""

    occasion: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How it went with one channel: `channel` is its number and scheme, never its address; `fault` is empty where it was taken."""

    channel: str
    fault: str = ""


def tell(notice: Notice, options: NoticeOptions) -> list[Sending]:
    """Send a notice to every channel where its occasion is asked for; never raises for a channel that fails."""
    return send(notice, options.urls) if notice.occasion in options.on else []


def send(notice: Notice, urls: Sequence[str]) -> list[Sending]:
    """Send a notice to these channels, one after the other."""
    if not urls:
        return []
    _hush()
    return [Sending(channel=f"{number} ({_scheme(url)})", fault=_fault(notice, url)) for number, url in enumerate(urls, 1)]


def _fault(notice: Notice, url: str) -> str:
    from apprise import Apprise, NotifyFormat, NotifyType

    kinds = {FAILURE: NotifyType.FAILURE, DRIFT: NotifyType.WARNING, DONE: NotifyType.SUCCESS}
    channel = Apprise()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its plugins load now, and some use what later Pythons drop
        known = channel.add(url)
    if not known:
        return "apprise does not know this address: compare it with its list of services"
    text = "\n".join(inert(line) for line in notice.text.split("\n"))[:LONGEST]
    try:
        taken = channel.notify(body=text, title=inert(notice.title), notify_type=kinds[notice.occasion], body_format=NotifyFormat.TEXT)
    except (OSError, ValueError, TypeError, LookupError) as error:  # a plugin's own fault; its text may hold the address
        return f"its plugin broke ({type(error).__name__})"
    return "" if taken else "it was not taken: check the address, its rights and the network"


def _scheme(url: str) -> str:
    found = SCHEME.match(url)
    return found.group().lower() if found else "no scheme"


def _hush() -> None:
    """Its log names hosts and answers that may hold tokens: nothing of its log is kept."""
    log = logging.getLogger("apprise")
    log.propagate = False
    log.handlers[:] = [logging.NullHandler()]
    for name in ("urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
