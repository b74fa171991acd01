"""For whom the proxy works: a site with its budget of time and octets, an egress, a vantage; and how an exchange is cut short."""

from dataclasses import dataclass

from casefile.outcomes import Outcome
from casefile.records import How
from crawler.options import Egress, SiteLimits


class Cut(Exception):
    """An exchange ends here with this outcome. Never leaves the proxy: it becomes an event in the log and an answer to the client."""

    def __init__(self, outcome: Outcome, detail: str, address: str = "") -> None:
        self.outcome = outcome
        self.detail = " ".join(detail.split())[:200]
        self.address = address
        super().__init__(self.detail)


class SiteBudget:
    """What a site may still cost. `began` and `deadline` are seconds of the event loop's clock; all connections of the site share one."""

    def __init__(self, limits: SiteLimits, began: float) -> None:
        self.limits = limits
        self.deadline = began + limits.seconds
        self.octets = 0

    def take(self, octets: int) -> None:
        """Count octets received; raises `Cut` when they are too many."""
        self.octets += octets
        if self.octets > self.limits.octets:
            raise Cut(Outcome.BUDGET_BYTES, f"over {self.limits.octets:,} octets for this site")

    def check(self, now: float) -> None:
        """Raises `Cut` when the site's budget of time or octets is spent already."""
        if now >= self.deadline:
            raise self.late()
        self.take(0)

    def late(self) -> Cut:
        """The end of a site that ran out of time."""
        return Cut(Outcome.BUDGET_TIME, f"over {self.limits.seconds:g} s for this site")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A client's right to ask: the site it asks for, by which way out, as whom, and with what."""

    site: str
    egress: Egress
    vantage: str
    budget: SiteBudget
    how: How = How.STATIC
