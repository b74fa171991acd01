"""The rules of listing that an operator may set, within the bounds of the law they serve."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from ipaddress import IPv4Address
from zoneinfo import ZoneInfo

from casefile.errors import HostnameRefused
from casefile.hostname import normalise

MOST_A_DAY = 1000
"""New entries a calendar day at most: a ceiling set by the authority, never a target."""

LONGEST_LIFE_DAYS = 90
"""An entry that nobody looked at again for so long may have a new owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be listed and for how long. Raises `ValueError` for values outside the bounds.

    `timezone` says where a calendar day begins; `fresh_hours`: how long ago a site may last have been seen; `min_kinds`: kinds of evidence;
    `origin`: the name of the response policy zone at the ISP, which limits how long a name in it may be; `valid_hours`: how long a release is good for;
    `require_two`: two analysts must approve; `canary` is always listed and `canary_free` never, so that an ISP's monitor can prove that the list is in use: names of
    the authority's own; `block_page` (a host name) and `block_address` (its IPv4 address): where the redirecting files send visitors, by default nowhere;
    `recheck_days`: how long before its end an entry is looked at again; `dead_checks`: after how many look-ups in a row without an answer it leaves;
    `appeal_days`: within how many days an appeal must be decided.
    """

    daily_limit: int = MOST_A_DAY
    timezone: str = "Asia/Almaty"
    fresh_hours: int = 48
    expire_days: int = LONGEST_LIFE_DAYS
    min_kinds: int = 2
    origin: str = "rpz.mirrorwatch.example"
    valid_hours: int = 72
    require_two: bool = False
    canary: str = "listed.canary.mirrorwatch.example"
    canary_free: str = "free.canary.mirrorwatch.example"
    block_page: str = "blocked.mirrorwatch.example"
    block_address: str = "192.0.2.1"
    recheck_days: int = 14
    dead_checks: int = 5
    appeal_days: int = 15

    def __post_init__(self) -> None:
        bounds = {
            "daily_limit": (0, MOST_A_DAY),
            "fresh_hours": (1, 48),
            "expire_days": (1, LONGEST_LIFE_DAYS),
            "min_kinds": (2, 5),
            "valid_hours": (24, 168),
            "recheck_days": (1, 60),
            "dead_checks": (2, 100),
            "appeal_days": (1, 90),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be from {least} to {most}, not {getattr(self, name)}")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"timezone {self.timezone!r} is not known here: use a name like Asia/Almaty, and install tzdata") from None
        for name in ("origin", "canary", "canary_free", "block_page"):
            _check_name(name, getattr(self, name))
        if f".{self.canary_free}".endswith(f".{self.canary}"):
            raise ValueError(f"canary_free {self.canary_free!r} lies under canary: both would be blocked")
        if f".{self.block_page}".endswith(f".{self.canary}"):
            raise ValueError(f"block_page {self.block_page!r} is or lies under canary: it would be blocked, and send visitors to itself")
        try:
            IPv4Address(self.block_address)
        except ValueError as error:
            raise ValueError(f"block_address: {error}") from None

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names of the list itself, which may never be entries of it."""
        return self.origin, self.block_page, self.canary, self.canary_free

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment where the authority sits."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def begin_of(self, day: date) -> datetime:
        """The first moment of a calendar day where the authority sits, in UTC."""
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)


def _check_name(key: str, name: str) -> None:
    try:
        if normalise(name) != name:
            raise ValueError(f"{key} must be in lower case without a trailing dot, not {name!r}")
    except HostnameRefused as error:
        raise ValueError(f"{key}: {error}") from None
