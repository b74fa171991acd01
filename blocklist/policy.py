"""The rules of listing that an operator may set, within the bounds of the law they serve."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
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
    `origin`: the name of the response policy zone at the ISP, which limits how long a name in it may be; `valid_hours`: how long a release is good for.
    """

    daily_limit: int = MOST_A_DAY
    timezone: str = "Asia/Almaty"
    fresh_hours: int = 48
    expire_days: int = LONGEST_LIFE_DAYS
    min_kinds: int = 2
    origin: str = "rpz.mirrorwatch.example"
    valid_hours: int = 72

    def __post_init__(self) -> None:
        bounds = {
            "daily_limit": (0, MOST_A_DAY),
            "fresh_hours": (1, 48),
            "expire_days": (1, LONGEST_LIFE_DAYS),
            "min_kinds": (2, 5),
            "valid_hours": (24, 168),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be from {least} to {most}, not {getattr(self, name)}")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"timezone {self.timezone!r} is not known here: use a name like Asia/Almaty, and install tzdata") from None
        try:
            if normalise(self.origin) != self.origin:
                raise ValueError(f"origin must be in lower case without a trailing dot, not {self.origin!r}")
        except HostnameRefused as error:
            raise ValueError(f"origin: {error}") from None

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment where the authority sits."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def begin_of(self, day: date) -> datetime:
        """The first moment of a calendar day where the authority sits, in UTC."""
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)
