"""Ways in which a site shows its casino to some visitors and an innocent page to others: what each of our views of it is then sent. Pure.

Two vantages look, a desk's and a telephone's, each at the page as it is fetched and, where a browser looks, as it is rendered. What no view is sent
cannot be judged from pages: such classes are kept here too, so that the figures say so.
"""

from dataclasses import dataclass

from casefile.records import How

DESK, PHONE = "desktop-ru", "android-search"
SEARCHERS = frozenset((PHONE,))
"""The vantages, and which of them says that it comes from a search."""

SHELL_PAGE = (
    "<html><head><title>Checking your browser</title></head><body><p>One moment, please.</p>"
    '<script src="/challenge.js"></script><script>document.cookie="c=1";setTimeout(function(){location.reload()},800)</script></body></html>'
)
"""What stands in for the page before a script has run or a cookie is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one view is sent: `what` is `innocent`, `casino` or `shell`; `landing`: as the site's first page."""

    vantage: str
    how: How
    what: str
    landing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloak:
    """A class of cloaking: its name, what the site does, and what our views are sent."""

    name: str
    says: str
    sent: tuple[Sent, ...]


def _views(desk: str, phone: str, desk_rendered: str = "", phone_rendered: str = "") -> tuple[Sent, ...]:
    """The four views of a landing page; a rendered one is sent what was fetched unless told else."""
    return (
        Sent(vantage=DESK, how=How.STATIC, what=desk),
        Sent(vantage=PHONE, how=How.STATIC, what=phone),
        Sent(vantage=DESK, how=How.RENDERED, what=desk_rendered or desk),
        Sent(vantage=PHONE, how=How.RENDERED, what=phone_rendered or phone),
    )


CLOAKS: tuple[Cloak, ...] = (
    Cloak(name="user agent", says="the casino only to telephones by their user agent", sent=_views("innocent", "casino")),
    Cloak(name="country", says="the casino only to the country whose egress the desk has", sent=_views("casino", "innocent")),
    Cloak(name="referrer", says="the casino only to who comes from a search", sent=_views("innocent", "casino")),
    Cloak(name="cookie", says="a shell that sets a cookie, the casino to who brings it back", sent=_views("shell", "shell", "casino", "casino")),
    Cloak(name="language", says="the casino only to who reads Kazakh, as the telephone does", sent=_views("innocent", "casino")),
    Cloak(name="time", says="the casino at another hour: here when the browser looked", sent=_views("innocent", "innocent", "casino", "casino")),
    Cloak(name="headless check", says="a shell, and the innocent page to a browser that a script finds to be driven", sent=_views("shell", "shell", "innocent", "innocent")),
    Cloak(name="script challenge", says="a challenge to what runs no script, the casino after it", sent=_views("shell", "shell", "casino", "casino")),
    Cloak(name="first visit", says="the casino on the first visit alone: the browser comes second", sent=_views("casino", "casino", "innocent", "innocent")),
    Cloak(name="mobile only", says="the casino only to a telephone that runs its script", sent=_views("innocent", "shell", "innocent", "casino")),
)  # fmt: skip
"""The ten classes of the fault table's group G9."""
