"""One record of every kind, with every field filled: what the round trips and the fingerprint are shown on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import (
    Action,
    Appeal,
    AppealState,
    ArchiveFile,
    ArchiveRef,
    Band,
    Canary,
    Capture,
    Cause,
    Count,
    Decision,
    Difference,
    Entry,
    Evidence,
    EvidenceKind,
    Examination,
    Family,
    Hop,
    How,
    Label,
    LogHead,
    Night,
    Order,
    Override,
    PageKind,
    Reason,
    Record,
    RegisterImport,
    Release,
    ReleaseFile,
    Removal,
    Resolution,
    Scope,
    Setting,
    Sighting,
    StepReport,
    Strength,
    Tie,
    Vantage,
    Verdict,
)

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1, microseconds=7)
QUOTE = 'Казино "Ойын"; \x1b[31m= +7,\n\ttab | \u202e\U0001f3b0'
REF = ArchiveRef(file="night-1.warc.gz", offset=4096, record_id="<urn:uuid:1>", kind="response", sha256="ab" * 32)
DNS = replace(REF, offset=12, kind="resource")
PHONE = Vantage(
    name="phone", egress="direct", country="KZ", language="kk,ru;q=0.8", user_agent="Phone/1", referrer="https://search.example/"
)


def crawled(door: Door) -> list[Record]:
    host = door.parse("casino-1.example")
    return [
        Sighting(host=host, source="seeds", reason="named", where="seeds.txt:3", url="https://casino-1.example/?a=1", seen_at=NOW),
        Resolution(
            host=host, outcome=Outcome.OK, addresses=("192.0.2.1", "2001:db8::1"), cnames=("edge.example",), nameservers=("ns.example",),
            ttl=300, record=DNS, resolved_at=NOW,
        ),
        Capture(
            host=host, url="https://casino-1.example/", page=PageKind.LANDING, how=How.RENDERED, vantage=PHONE, outcome=Outcome.OK, reason=QUOTE,
            status=200, final_url="https://casino-1.example/kz", hops=(Hop(url="https://casino-1.example/", status=302, how="http"),),
            content_type="text/html", records=(DNS, REF), body_sha256="cd" * 32, body_size=1234, replayed_from=LATER, title=QUOTE,
            dom=replace(DNS, offset=1), screenshot=replace(DNS, offset=2), observed=replace(DNS, offset=3), taken_at=NOW,
        ),
        ArchiveFile(name="night-1.warc.gz", size=99, sha256="ef" * 32, finished_at=LATER),
    ]  # fmt: skip


def judged(door: Door) -> list[Record]:
    host = door.parse("casino-1.example")
    return [
        Evidence(
            host=host, capture_id=1, url="https://casino-1.example/", kind=EvidenceKind.PROMOTER, subject="promo code", value="БОНУС",
            strength=Strength.STRONG, quote=QUOTE, record=REF, detector="promo", found_at=NOW,
        ),
        Examination(capture_id=1, detectors="payment,promo", examined_at=NOW),
        Verdict(
            host=host, label=Label.OPERATOR, probability=0.9876543210123, name_probability=0.5, band=Band.MIRROR,
            reasons=(Reason(text=QUOTE, weight=1.25), Reason(text="rule", weight=0.0)), model="m1", captures=(1, 2), through_capture=2,
            through_evidence=1, differences=(Difference(first="desktop static", second="phone rendered", similarity=0.25, text=QUOTE),),
            render_for=("script shell",), judged_at=NOW,
        ),
        Tie(family="f1", host=host, kind="tracker", fact="UA-1", population=2, weight=1.0, found_at=NOW),
        Family(family="f1", members=(host, door.parse("casino-2.example")), found_at=NOW),
    ]  # fmt: skip


def decided(door: Door) -> list[Record]:
    host = door.parse("casino-1.example")
    return [
        Decision(host=host, action=Action.APPROVE, analyst="A. Analyst", note=QUOTE, act="7/2026", decided_at=NOW),
        Order(host=host, stands=True, analyst="A. Analyst", note=QUOTE, act="8/2026", decided_at=NOW),
        Entry(
            host=host, scope=Scope.SUBDOMAINS, family="f1", evidence=(1,), decision=1, verdict=1, reason="gambling operator", act="7/2026",
            serial=7, renews=6, listed_at=NOW, expires_at=LATER,
        ),
        Removal(host=host, cause=Cause.EXPIRY, reason="expired", serial=8, removed_at=LATER),
        Appeal(host=host, state=AppealState.OPENED, person="An Owner", note=QUOTE, act="9/2026", due_at=LATER, said_at=NOW),
        RegisterImport(source="kz", file="register.xml", sha256="23" * 32, names=("*.casino-3.example", "casino-4.example"), imported_at=NOW),
        Release(
            serial=7, previous=6, made_at=NOW, entries=1, added=1, removed=0, files=(ReleaseFile(name="domains.txt", size=17, sha256="01" * 32),),
            origin="rpz.example", valid_hours=72, replayed=False, suffixes=("example",), changed=1, usual=50, block_page="blocked.example", block_address="192.0.2.1",
            canary=Canary(listed="listed.example", free="free.example", since=6), log=LogHead(decisions=1, orders=1, appeals=1, sha256="45" * 32),
            override=Override(analyst="A. Analyst", reason=QUOTE, breakers=("shrink",)), signature="untrusted comment: x\n",
        ),
    ]  # fmt: skip


def kept(door: Door) -> list[Record]:
    return [
        Night(replay=True, asked="0" * 64, started_at=NOW, due_before=LATER),
        StepReport(
            night=1, round=2, step="fetch", done=3, failed=(Count(outcome="nxdomain", number=2),), skipped=(Count(outcome="guarded", number=1),),
            seconds=1.5, finished_at=LATER,
        ),
        Setting(key="suffixes", value="example", set_at=NOW),
    ]  # fmt: skip


def examples(door: Door) -> list[Record]:
    """One of every kind."""
    return crawled(door) + judged(door) + decided(door) + kept(door)
