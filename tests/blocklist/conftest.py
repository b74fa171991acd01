"""A case file with judged, approved hosts; a never-list of invented names."""

from datetime import timedelta
from pathlib import Path

import pytest

from blocklist.guard import Guard
from blocklist.keyring import Keyring
from blocklist.policy import Policy
from blocklist.release import publish
from blocklist.review import decide
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.progress import Progress, Silent
from casefile.records import (
    Action,
    ArchiveRef,
    Band,
    Capture,
    Difference,
    Evidence,
    EvidenceKind,
    How,
    Label,
    Override,
    PageKind,
    Reason,
    Release,
    Sighting,
    Strength,
    Vantage,
    Verdict,
)
from casefile.reference import GuardedName, LicensedOperator, Reference, SharedHost
from casefile.store import Case
from tests.conftest import StandingClock

VANTAGE = Vantage(name="kz-desktop", egress="direct", country="KZ", language="ru", user_agent="test")
HOSTILE_QUOTE = '=cmd|"calc"! \x1b]52;c;x\x07 \u202eотсюда\r\n, "пополнить" ₸'


class Desk:
    """Puts hosts into a case file as the other packages would, and publishes."""

    def __init__(self, case: Case, clock: StandingClock, guard: Guard, releases: Path) -> None:
        self.case, self.clock, self.guard, self.releases = case, clock, guard, releases
        self.policy = Policy()
        self.keys = Keyring(folder=releases.parent / "keys", password=lambda: "")

    def found(
        self,
        name: str,
        *,
        label: Label = Label.OPERATOR,
        band: Band = Band.MIRROR,
        probability: float = 0.97,
        name_probability: float = 0.2,
        payment: bool = True,
        evidence: tuple[tuple[EvidenceKind, str, Strength], ...] = (),
        alive: bool = True,
        replayed: bool = False,
        ends: str = "",
        title: str = "",
        reasons: tuple[str, ...] = (),
        differences: tuple[Difference, ...] = (),
    ) -> None:
        """A host that was named, visited and judged now."""
        host, now = self.case.door.parse(name), self.clock()
        ref = ArchiveRef(file="a.warc.gz", offset=0, record_id="<urn:uuid:1>", kind="response", sha256="ab" * 32)
        capture = Capture(
            host=host, url=f"https://{name}/", page=PageKind.LANDING, how=How.STATIC, vantage=VANTAGE,
            outcome=Outcome.OK if alive else Outcome.CONNECT_TIMEOUT, status=200 if alive else 0, records=(ref,), body_sha256="ab" * 32,
            body_size=9, replayed_from=now if replayed else None, final_url=ends, title=title, taken_at=now,
        )  # fmt: skip
        _, number = self.case.add([Sighting(host=host, source="seeds", reason="complaint", seen_at=now), capture])
        facts = (((EvidenceKind.PAYMENT, "kaspi", Strength.STRONG),) if payment else ()) + evidence
        self.case.add(
            Evidence(
                host=host, capture_id=number, url=capture.url, kind=kind, subject="invented", value=value, strength=strength, quote=HOSTILE_QUOTE,
                record=ref, detector="test", found_at=now,
            )
            for kind, value, strength in facts
        )  # fmt: skip
        self.judged(
            name, label=label, band=band, probability=probability, name_probability=name_probability, captures=(number,), reasons=reasons,
            differences=differences,
        )  # fmt: skip

    def judged(
        self,
        name: str,
        *,
        label: Label = Label.OPERATOR,
        band: Band = Band.MIRROR,
        probability: float = 0.97,
        name_probability: float = 0.2,
        captures: tuple[int, ...] = (),
        reasons: tuple[str, ...] = (),
        differences: tuple[Difference, ...] = (),
    ) -> None:
        """A verdict now."""
        self.case.add(
            [
                Verdict(
                    host=self.case.door.parse(name), label=label, probability=probability, name_probability=name_probability, band=band,
                    reasons=tuple(Reason(text=text, weight=0.0) for text in reasons), model="m1", captures=captures, through_capture=0,
                    through_evidence=0, differences=differences, judged_at=self.clock(),
                )
            ]
        )  # fmt: skip

    def decided(self, *names: str, action: Action = Action.APPROVE, act: str = "", analyst: str = "A. Analyst") -> None:
        """An analyst's decision now."""
        decide(
            self.case, [self.case.door.parse(name) for name in names], action, analyst=analyst, note="seen", act=act, guard=self.guard,
            clock=self.clock,
        )  # fmt: skip

    def approved(self, *names: str) -> None:
        """Found, fit and approved."""
        for name in names:
            self.found(name)
        self.decided(*names)

    def publish(self, *, after: int = 0, override: Override | None = None, progress: Progress = Silent()) -> Release | None:
        return publish(
            self.case, self.guard, self.policy, self.releases, keys=self.keys, clock=self.clock, progress=progress, after=after, override=override
        )  # fmt: skip

    def quiet(self, days: int) -> None:
        """Weeks in which nothing new is seen, each with the release of a quiet night; the clock stands `days` later."""
        end = self.clock.now + timedelta(days=days)
        while (left := end - self.clock.now) > timedelta(0):
            self.clock.now += min(left, timedelta(days=6))
            if self.clock.now < end:
                self.publish()

    def names(self) -> list[str]:
        """What the list at `latest` holds, without the canary."""
        return [name for name in (self.releases / "latest" / "domains.txt").read_text().split() if name != self.policy.canary]

    def a_moment_later(self) -> None:
        self.clock.now += timedelta(minutes=1)


@pytest.fixture
def reference() -> Reference:
    dated = {"source": "invented", "date": "2026-11-01"}
    return Reference(
        providers=(),
        licensed=(LicensedOperator(domain="www.honestbet.example", operator="Honest Bet", country="KZ", licence="1", **dated),),
        guarded=(
            GuardedName(name="bank.example", kind="bank", **dated),
            GuardedName(name="login.portal.example", kind="government", **dated),
        ),
        shared_hosts=(
            SharedHost(name="linkpage.example", kind="link-in-bio", **dated),
            SharedHost(name="builder.example", kind="site-builder", **dated),
            SharedHost(name="sites.cloud.example", kind="site-builder", **dated),
        ),
        brands=(),
        link_words=(),
    )


@pytest.fixture
def guard(reference: Reference, door: Door) -> Guard:
    return Guard(reference, door)


@pytest.fixture
def desk(case: Case, clock: StandingClock, guard: Guard, tmp_path: Path) -> Desk:
    return Desk(case, clock, guard, tmp_path / "releases")
