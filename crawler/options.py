"""What an operator can set of the crawl; `cli` makes it from the configuration file, defaults are here."""

from dataclasses import dataclass

from casefile.records import Vantage

DESKTOP = Vantage(
    name="desktop",
    egress="direct",
    country="",
    language="ru-KZ,ru;q=0.9,kk;q=0.8,en;q=0.5",
    user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
)
PHONE = Vantage(
    name="phone",
    egress="direct",
    country="",
    language="ru-KZ,ru;q=0.9,kk;q=0.8",
    user_agent="Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    referrer="https://www.google.com/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """A way out of the machine. `upstream` is empty for a direct connection, else an HTTP proxy's address (`http://user:password@host:port`)."""

    name: str = "direct"
    country: str = ""
    upstream: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimits:
    """What one site may cost us in one run; over it, the site ends with an outcome and the run goes on."""

    seconds: float = 60.0
    """From the first connection for the site."""
    octets: int = 50_000_000
    """Received for the site, all hosts it led to included."""
    page_octets: int = 5_000_000
    """A body as received, and unpacked."""
    connect_seconds: float = 10.0
    answer_seconds: float = 15.0
    """From the request to the last octet of one answer."""
    redirects: int = 10
    ports: tuple[int, ...] = (80, 443, 8080, 8443, 2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096, 8880)
    """Web ports: the registered ones and those that the large CDNs answer on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """How the browser looks at pages (`[crawl.render]`)."""

    enabled: bool = True
    at_once: int = 4
    """Hosts in work, each in a context of its own; one browser serves all."""
    pages: int = 1
    """Pages of the site beside its front page, per vantage; a deposit page before all others."""
    seconds: float = 15.0
    """A page, from asking for it to its screenshot."""
    quiet: float = 0.3
    """A page is done when for so long nothing was asked for and nothing was added to it ..."""
    settle: float = 3.0
    """... and this long after its load event at the latest; a page that shows next to nothing is given all of it."""
    screenshot_height: int = 6000
    """Pixels; what is below is not in the picture."""
    screenshot_octets: int = 4_000_000
    """A larger picture is taken again at half its size, or left out."""
    memory_octets: int = 1_000_000_000
    """What a process of the browser may hold; a page that wants more crashes its tab."""
    timezone: str = "Asia/Almaty"
    """What the browser's clock tells a page."""
    user: int = 60_570
    """User and group that the browser runs as when the night is started by root: a number that no account has."""
    sandbox: str = "on"
    """`on`, or `off` where a machine cannot give Chromium its sandbox and the operator takes that upon himself."""

    def __post_init__(self) -> None:
        """Raises `ValueError` for what cannot be."""
        for name in ("at_once", "screenshot_height", "screenshot_octets"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if self.pages < 0 or self.seconds < 1 or self.quiet <= 0 or self.settle < self.quiet:
            raise ValueError("pages must be 0 or more, seconds 1 or more, quiet over 0 and settle no less than quiet")
        if self.memory_octets < 1 << 28:
            raise ValueError("memory_octets must be 268435456 or more")
        if not 0 < self.user < 1 << 31 or self.sandbox not in ("on", "off"):
            raise ValueError("user must be the number of a user that is not root, sandbox must be on or off")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """How the crawl behaves towards the web and the disk."""

    vantages: tuple[Vantage, ...] = (DESKTOP, PHONE)
    egresses: tuple[Egress, ...] = (Egress(),)
    limits: SiteLimits = SiteLimits()
    nameservers: tuple[str, ...] = ()
    """Addresses of resolvers; empty means the system's."""
    lookups_at_once: int = 100
    dns_seconds: float = 5.0
    sites_at_once: int = 16
    requests_per_site: int = 1
    """At once, to one host; the delay between two is `site_delay`."""
    site_delay: float = 0.5
    """Seconds between two requests to one host; 0 in replay."""
    pages_per_site: int = 4
    """Pages beside the landing page, per vantage."""
    contact: str = ""
    """Mail address sent as the `From` header; empty sends none."""
    rotate_octets: int = 200_000_000
    """A WARC file is finished when it is over this ..."""
    commit_hosts: int = 100
    """... or when it holds this many finished hosts, so that a kill loses little."""
    keep_free_octets: int = 2_000_000_000
    """Disk space that a night leaves free."""
    outlinks_per_page: int = 50
    render: RenderOptions = RenderOptions()

    def __post_init__(self) -> None:
        """Raises `ValueError` for numbers with which nothing, or something endless, would be done."""
        for name in ("lookups_at_once", "sites_at_once", "requests_per_site", "rotate_octets", "commit_hosts"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        for name in ("site_delay", "pages_per_site", "keep_free_octets", "outlinks_per_page"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more")
        if self.dns_seconds <= 0 or not self.vantages or not self.egresses:
            raise ValueError("dns_seconds must be over 0, and at least one vantage and one egress are needed")
