"""A case file of several nights made by hand, rendered pages and their screenshots in a real archive: what page, metrics, notices and `show` are shown on."""

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from casefile.archive import ArchiveWriter
from casefile.hostname import Door, Hostname
from casefile.observation import DOM, PAGE_INFO, SCREENSHOT, Observation, PageEvent, SeenRequest, to_json
from casefile.outcomes import Outcome
from casefile.records import (
    Action,
    ArchiveFile,
    Band,
    Capture,
    Count,
    Decision,
    Difference,
    Entry,
    Evidence,
    EvidenceKind,
    Family,
    Hop,
    How,
    Label,
    Night,
    Order,
    PageKind,
    Reason,
    Record,
    Release,
    Resolution,
    Scope,
    Sighting,
    StepReport,
    Strength,
    Tie,
    Vantage,
    Verdict,
)
from casefile.store import Case

FIRST = datetime(2026, 11, 8, 20, 30, tzinfo=UTC)
DESKTOP = Vantage(name="desktop", egress="direct", country="KZ", language="ru", user_agent="Desktop/1")
PHONE = Vantage(name="phone", egress="direct", country="KZ", language="ru", user_agent="Phone/1")
HOSTILE = '</style><script>alert(1)</script><img src="http://evil.example/x.png"> \x1b[31m\u202e Игра "$x^2$" 4111 1111 1111 1111'
HOST = "altynbet5379.example"


def png(colour: tuple[int, int, int], words: str, size: tuple[int, int] = (960, 1000)) -> bytes:
    """A page that could be a casino."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], 90), fill=(15, 17, 24))
    draw.text((40, 20), words, fill=(250, 210, 90), font_size=44)
    for number in range(12):
        left, top = 40 + number % 3 * 305, 460 + number // 3 * 180
        draw.rounded_rectangle((left, top, left + 270, top + 150), 18, fill=tuple((value + 40 * number) % 256 for value in colour))
    draw.rounded_rectangle((40, 130, size[0] - 40, 420), 24, fill=tuple(min(255, value + 60) for value in colour))
    draw.text((90, 220), "BONUS 500 000", fill=(255, 255, 255), font_size=90)
    octets = io.BytesIO()
    picture.save(octets, format="PNG", compress_level=1)
    return octets.getvalue()


def observed(host: str) -> Observation:
    """What a browser sees of a casino."""
    return Observation(
        requests=(
            SeenRequest(url=f"https://{host}/", kind="document", status=200, mime="text/html"),
            SeenRequest(
                url="https://api.altyn-core.example/v2/lobby/games?page=1", kind="xhr", initiator=f"https://{host}/app.js", status=200
            ),
            SeenRequest(
                url="https://api.altyn-core.example/v2/wallet", kind="fetch", method="POST", initiator=f"https://{host}/app.js", status=401
            ),
            SeenRequest(url="wss://live.altyn-core.example/socket", kind="websocket", initiator=f"https://{host}/app.js", status=101),
            SeenRequest(url="https://games.studio.test/launch?id=7", kind="document", initiator=f"https://{host}/", status=200),
            SeenRequest(url="https://cdn.altyn-core.example/x.js", kind="script", failure="refused-egress"),
        ),
        events=(PageEvent(kind="dialog", text=HOSTILE), PageEvent(kind="popup", text="https://promo.example/")),
        storage=("local:player_token", "cookie:_ga"),
        console=("TypeError: x is undefined",),
    )


@dataclass(frozen=True)
class Built:
    """The case file, its state folder, the nights in it."""

    case: Case
    state: Path
    nights: tuple[Night, ...]

    @property
    def archive(self) -> Path:
        return self.state / "archive"


def build(case: Case, state: Path, *, nights: int = 6, hosts: int = 3, listed: int = 1, damaged: bool = False) -> Built:
    """`hosts` casinos that wait, found on the last night, and `listed` listed each night."""
    made = tuple(_night(case, number, listed=listed) for number in range(nights))
    begun = made[-1].started_at + timedelta(minutes=5)
    names = [case.door.parse(HOST), *(case.door.parse(f"altynbet{5380 + number}.example") for number in range(hosts - 1))]
    writer = ArchiveWriter(state / "archive", "render-1")
    records: list[Record] = []
    for number, host in enumerate(names):
        records += _visited(host, begun) + _rendered(writer, host, begun, number=number, damaged=damaged) + _judged(host, begun, number)
    file: ArchiveFile = writer.finish(begun)
    case.add([*records, file, *_family(names, begun)])
    return Built(case, state, made)


def _night(case: Case, number: int, *, listed: int) -> Night:
    """A night of 40 captures of 20 hosts, with its reports, over after 40 minutes."""
    started = FIRST + timedelta(days=number)
    night = Night(replay=False, asked="0" * 64, started_at=started, due_before=started - timedelta(hours=20))
    [identity] = case.add([night])
    later = started + timedelta(minutes=3)
    records: list[Record] = []
    for place in range(20):
        host = case.door.parse(f"n{number}-{place}.example")
        records.append(
            Sighting(host=host, source="seeds" if place % 3 else "outlinks", reason="seed", where=f"seeds.txt:{place}", seen_at=later)
        )
        for vantage in (DESKTOP, PHONE):
            outcome = Outcome.HTTP_ERROR if place == 0 else Outcome.CHALLENGE if place == 1 else Outcome.OK
            records.append(_capture(host, later, vantage=vantage, outcome=outcome))
        records.append(_verdict(host, later, band=Band.CLEAR, probability=0.02))
    for place in range(listed):
        records += _listed(case.door, f"mirror{number}-{place}.example", later, serial=number + 1)
    records += [
        StepReport(night=identity, round=1, step="resolve", done=20, failed=(Count(outcome="nxdomain", number=2 + number % 3),), seconds=2.5, finished_at=later),
        StepReport(
            night=identity, round=1, step="fetch", done=20, failed=(Count(outcome="http-error", number=2), Count(outcome="challenge", number=2)),
            skipped=(Count(outcome="guarded", number=1),), seconds=60.0, finished_at=later,
        ),
        StepReport(night=identity, step="publish", done=listed, seconds=0.2, finished_at=later),
        StepReport(night=identity, step="night", done=1, seconds=2400.0 + 60 * number, finished_at=started + timedelta(minutes=40 + number)),
    ]  # fmt: skip
    case.add(records)
    return replace(night, id=identity)


def _listed(door: Door, name: str, moment: datetime, *, serial: int) -> list[Record]:
    host = door.parse(name)
    return [
        Sighting(host=host, source="seeds", reason="seed", where="seeds.txt:99", seen_at=moment),
        _verdict(host, moment, band=Band.MIRROR, probability=0.99),
        Decision(host=host, action=Action.APPROVE, analyst="A. Analyst", note="casino", act="7/2026", decided_at=moment),
        Entry(
            host=host, scope=Scope.SUBDOMAINS, family="", evidence=(), decision=serial, verdict=1, serial=serial, listed_at=moment,
            expires_at=moment + timedelta(days=90),
        ),
        *([Release(serial=serial, previous=serial - 1, made_at=moment, entries=serial, added=1, removed=0, files=(), origin="rpz.example", valid_hours=72, replayed=False)] if name.endswith("-0.example") else []),
    ]  # fmt: skip


def _capture(host: Hostname, moment: datetime, *, vantage: Vantage, outcome: Outcome) -> Capture:
    read = outcome is Outcome.OK
    return Capture(
        host=host, url=f"https://{host}/", page=PageKind.LANDING, how=How.STATIC, vantage=vantage, outcome=outcome, status=200 if read else 503,
        final_url=f"https://{host}/", content_type="text/html", taken_at=moment,
    )  # fmt: skip


def _visited(host: Hostname, moment: datetime) -> list[Record]:
    return [
        Sighting(host=host, source="seeds", reason="seed", where="seeds.txt:3", url=f"https://{host}/?promo=1", seen_at=moment),
        Resolution(host=host, outcome=Outcome.OK, addresses=("192.0.2.7",), cnames=("edge.example",), nameservers=("ns.example",), resolved_at=moment),
        replace(
            _capture(host, moment, vantage=DESKTOP, outcome=Outcome.OK),
            hops=(
                Hop(url=f"http://{host}/", status=301, how="http"), Hop(url=f"https://{host}/go", status=200, how="meta"),
                Hop(url=f"https://{host}/kz/", status=0, how="script"),
            ),
            final_url=f"https://{host}/kz/",
        ),
        _capture(host, moment, vantage=PHONE, outcome=Outcome.CHALLENGE),
    ]  # fmt: skip


def _rendered(writer: ArchiveWriter, host: Hostname, moment: datetime, *, number: int, damaged: bool) -> list[Record]:
    url = f"https://{host}/"
    found: list[Record] = []
    for vantage, size in ((DESKTOP, (960, 1000)), (PHONE, (412, 900))):
        kept = {"taken_at": moment, "site": host.name, "vantage": vantage.name}
        picture = b"no picture" if damaged else png((40 + 50 * number % 150, 30, 90 + 20 * number % 100), f"AltynBet {host}", size)
        dom = writer.resource(DOM + url, "text/html", b"<html><body>casino</body></html>", **kept)  # type: ignore[arg-type]
        shot = writer.resource(SCREENSHOT + url, "image/png", picture, **kept)  # type: ignore[arg-type]
        info = writer.resource(PAGE_INFO + url, "application/json", to_json(observed(host.name)), **kept)  # type: ignore[arg-type]
        found.append(
            Capture(
                host=host, url=url, page=PageKind.LANDING, how=How.RENDERED, vantage=vantage, outcome=Outcome.OK, status=200, final_url=url + "kz/",
                content_type="text/html", records=(dom, shot, info), body_sha256=dom.sha256, body_size=32, title=f"AltynBet {HOSTILE}", dom=dom,
                screenshot=shot, observed=info, taken_at=moment + timedelta(minutes=1),
            )
        )  # fmt: skip
    return found


def _judged(host: Hostname, moment: datetime, number: int) -> list[Record]:
    def fact(kind: EvidenceKind, subject: str, value: str, quote: str, strength: Strength = Strength.STRONG) -> Evidence:
        return Evidence(
            host=host, capture_id=1, url=f"https://{host}/kassa", kind=kind, subject=subject, value=value, strength=strength, quote=quote, record=None,
            detector="d", found_at=moment,
        )  # fmt: skip

    return [
        fact(EvidenceKind.PAYMENT, "ShapshanPay", "checkout.shapshanpay.example", "form: https://checkout.shapshanpay.example/v2/invoice"),
        fact(EvidenceKind.PROMOTER, "promo code", "ALTYN100", "Введите промокод ALTYN100 при регистрации, пишите anna.p@mail.example или +7 701 123 45 67"),
        fact(EvidenceKind.GAMBLING, "odds table", "П1 Х П2", "П1 1.85 Х 3.40 П2 4.10"),
        fact(EvidenceKind.IDENTIFIER, "google-analytics", "G-ALTYNTEST1", "https://www.googletagmanager.com/gtag/js?id=G-ALTYNTEST1", Strength.WEAK),
        replace(
            _verdict(host, moment, band=Band.MIRROR if number < 2 else Band.UNSURE, probability=0.99 - number * 0.2),
            reasons=(
                Reason(text="payment, strong: ShapshanPay: «form: https://checkout.shapshanpay.example/v2/invoice» on /kassa", weight=0.0),
                Reason(text="shown differently: the phone is shown a lobby: casino, slots", weight=0.0),
                Reason(text="names casino 3 times", weight=2.26, quote="лучшее казино города: бонус"), Reason(text=HOSTILE, weight=1.1), Reason(text="names roulette («рулетк»)", weight=-0.4),
            ),
            differences=(Difference(first="desktop static", second="phone rendered", similarity=0.12, text="the phone is shown a lobby: casino, slots"),),
            render_for=("thin text",) if number == 2 else (),
        ),
    ]  # fmt: skip


def _verdict(host: Hostname, moment: datetime, *, band: Band, probability: float) -> Verdict:
    return Verdict(
        host=host, label=Label.OTHER if band is Band.CLEAR else Label.OPERATOR, probability=probability, name_probability=0.5, band=band,
        reasons=(Reason(text="names casino", weight=1.0),), model="m-1234567890ab", captures=(1,), through_capture=1, through_evidence=0, judged_at=moment,
    )  # fmt: skip


def _family(names: list[Hostname], moment: datetime) -> list[Record]:
    return [
        Family(family=names[0].name, members=tuple(names), found_at=moment),
        *(
            Tie(family=names[0].name, host=host, kind="google-analytics", fact="G-ALTYNTEST1", population=len(names), weight=0.63, found_at=moment)
            for host in names
        ),
        Order(host=names[0], stands=True, analyst="A. Analyst", note="one operator", act="8/2026", decided_at=moment),
        Decision(host=names[0], action=Action.DEFER, analyst="A. Analyst", note=f"ask for a test purchase {HOSTILE}", decided_at=moment),
    ]  # fmt: skip
