"""A small made-up corpus, pages as people write them, and captures in a real archive."""

import csv
import gzip
import io
import json
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from casefile.archive import ArchiveWriter
from casefile.hostname import Door
from casefile.observation import DOM, PAGE_INFO, SCREENSHOT, Observation, SeenRequest, to_json
from casefile.outcomes import Outcome
from casefile.records import Capture, Hop, How, PageKind, Sighting, Vantage
from casefile.reference import CommonHost, CommonPath, GameProvider, LicensedOperator, Provider, Reference
from casefile.store import Case
from classifier.concepts import Lexicon
from classifier.features import Extractor, Features
from classifier.page import Page
from classifier.training.corpus import load_tables

DESK = Vantage(name="desktop-ru", egress="direct", country="", language="ru", user_agent="test")
PHONE = Vantage(name="android-search", egress="direct", country="", language="kk", user_agent="test")

REFERENCE = Reference(
    providers=(
        Provider(name="Tenge Pay", how="host", pattern="tengepay.example", country="KZ", source="made up", date="2026-11-21"),
        Provider(name="Kaspi", how="words", pattern="Kaspi Gold", country="KZ", source="made up", date="2026-11-21"),
    ),
    licensed=(
        LicensedOperator(
            domain="adal-bet.example", operator="Adal Bet", country="KZ", licence="21000001", source="made up", date="2026-11-21"
        ),
    ),
    guarded=(),
    shared_hosts=(),
    brands=(),
    link_words=(),
    game_providers=(GameProvider(provider="Altyn Reels", host="altynreels.example", source="made up", date="2026-11-21"),),
    common_hosts=tuple(
        CommonHost(host=host, kind=kind, source="made up", date="2026-11-21")
        for host, kind in (
            ("yandex.ru", "analytics"),
            ("google-analytics.com", "analytics"),
            ("googletagmanager.com", "analytics"),
            ("jivosite.com", "chat"),
        )
    ),
    common_paths=(CommonPath(path="/wp-json", software="WordPress", source="made up", date="2026-11-21"),),
)


@cache
def extractor() -> Extractor:
    """Reads pages with the lexicon that ships."""
    return Extractor(Lexicon(load_tables().terms))


def page_features(page: Page) -> Features:
    """The features of a page by the lexicon that ships."""
    return extractor().read(page)


CASINO = (
    "<title>Казино Тумар — играть онлайн</title><h1>Онлайн казино Тумар</h1><p>Играйте в игровые автоматы и рулетку на реальные деньги. Бонус 100% на первый "
    "депозит и 50 фриспинов. Регистрация за минуту, вывод выигрыша на карту Kaspi Gold. Рабочее зеркало всегда доступно: слоты, покер, ставки на спорт, джекпот.</p>"
    "<script>ym(76543219, 'init')</script><form action='https://pay.tengepay.example/in'><input name=amount></form>"
)
BAKERY = (
    "<title>Пекарня Дастархан</title><h1>Пекарня Дастархан</h1><p>Свежий хлеб, баурсаки и торты на заказ каждый день с семи утра. Доставка по городу бесплатна "
    "при заказе от пяти тысяч тенге. Мы печём по семейным рецептам уже двадцать лет. Звоните нам или приходите: улица Садовая, дом двенадцать, рядом с парком.</p>"
)

GUILTY_WORDS = (
    "casino slots roulette jackpot free spins bonus deposit real money",
    "казино слоты рулетка джекпот бонус депозит ставки",
    "bahis casino bonus giriş slot para yatır",
)
PLAIN_WORDS = (
    "bread cake recipe flour oven butter family kitchen",
    "школа урок учитель расписание родители класс",
    "football match report team league season fans stadium",
)


def html_of(words: str, number: int) -> str:
    """A page that says these words and a few of its own."""
    return f"<title>{words.split()[0]} {number}</title><p>{(words + ' ') * 4} page{number} <a href='/p{number}'>{words.split()[1]}</a></p>"


def make_corpus(folder: Path) -> Path:
    """A corpus of 48 pages of 16 owners and some names, in the founders' form."""
    rows = []
    for owner in range(16):
        guilty = owner % 2 == 0
        words = (GUILTY_WORDS if guilty else PLAIN_WORDS)[owner % 3]
        label, subtype = (
            ("promo" if owner % 4 else "gambling", "operator_clone")
            if guilty
            else ("benign", "gambling_help_ru" if owner % 5 == 0 else "school_ru")
        )
        for number in range(3):
            rows.append(
                {
                    "id": f"{owner}-{number}",
                    "source": f"{chr(97 + owner) * 3}/site:page{number}.html",
                    "label": label,
                    "subtype": subtype,
                    "hard_negative": subtype == "gambling_help_ru",
                    "lang": "ru",
                    "url": None,
                    "html": html_of(words, owner * 10 + number),
                }
            )
    (folder / "pages").mkdir(parents=True)
    (folder / "domains").mkdir()
    write_lines(folder / "pages" / "pages.jsonl.gz", (json.dumps(row, ensure_ascii=False) for row in rows))
    write_lines(
        folder / "domains" / "gambling_until_2025-01.txt.gz",
        (f"casino-{word}{number}.com" for word in ("vega", "luna", "azar") for number in range(6)),
    )
    write_lines(folder / "domains" / "gambling_families_2025.txt.gz", (f"winslot{number}.net" for number in range(12)))
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["domain", "category", "source", "hard_negative"])
    writer.writerows(
        [f"{word}{kind}.org", "press", "made up", int(word == "better")]
        for word in ("better", "news", "school", "bakery")
        for kind in ("help", "daily", "shop", "city")
    )
    write_lines(folder / "domains" / "benign_until_2025-01.csv.gz", table.getvalue().splitlines())
    write_lines(folder / "domains" / "popular.txt.gz", (f"portal{number}.org" for number in range(30)))
    return folder


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A gzip'ed text file."""
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line in lines)


class Captured:
    """Puts captures into a case file, their bodies into one finished WARC file each."""

    def __init__(self, case: Case, door: Door, archive: Path, moment: datetime) -> None:
        self.case, self.door, self.archive, self.moment = case, door, archive, moment
        self.files = 0

    def page(
        self,
        host: str,
        html: str,
        *,
        path: str = "/",
        kind: PageKind = PageKind.LANDING,
        vantage: Vantage = DESK,
        status: int = 200,
        final_url: str = "",
    ) -> Capture:
        """A page that was read; with `final_url`, by way of a redirect to there."""
        self.files += 1
        self.moment += timedelta(seconds=1)
        url = f"https://{host}{path}"
        writer = ArchiveWriter(self.archive, f"test-{self.files:03}")
        ref = writer.response(
            url,
            f"{status} X",
            [("Content-Type", "text/html; charset=utf-8")],
            html.encode(),
            taken_at=self.moment,
            site=host,
            vantage=vantage.name,
        )
        finished = writer.finish(self.moment)
        outcome = Outcome.OK if status < 400 else Outcome.HTTP_ERROR
        hops = (Hop(url=url, status=302, how="http"),) if final_url else ()
        capture = Capture(
            host=self.door.parse(host), url=url, final_url=final_url or url, hops=hops, page=kind, how=How.STATIC, vantage=vantage, outcome=outcome, status=status,
            content_type="text/html", records=(ref,), body_sha256=ref.sha256, body_size=len(html), taken_at=self.moment,
        )  # fmt: skip
        self._sighted(host)
        self.case.add([finished, capture])
        return capture

    def rendered(
        self,
        host: str,
        dom: str,
        *,
        path: str = "/",
        kind: PageKind = PageKind.LANDING,
        vantage: Vantage = DESK,
        requests: Iterable[SeenRequest] = (),
        favicon: bytes = b"",
        screenshot: bytes = b"",
        final_url: str = "",
    ) -> Capture:
        """A page as a browser showed it, by hand as the renderer archives it; with `final_url`, by way of a script to there."""
        self.files += 1
        self.moment += timedelta(seconds=1)
        url = f"https://{host}{path}"
        end = final_url or url
        writer = ArchiveWriter(self.archive, f"test-{self.files:03}")
        place = {"taken_at": self.moment, "site": host, "vantage": vantage.name}
        seen = [SeenRequest(url=end, kind="document", status=200, mime="text/html"), *requests]
        if favicon:
            ref = writer.response(f"{end}favicon.ico", "200 OK", [("Content-Type", "image/x-icon")], favicon, **place)
            seen.append(SeenRequest(url=f"{end}favicon.ico", kind="favicon", status=200, mime="image/x-icon", record=ref))
        body = writer.resource(f"{DOM}{end}", "text/html; charset=utf-8", dom.encode(), **place)
        picture = writer.resource(f"{SCREENSHOT}{end}", "image/png", screenshot, **place) if screenshot else None
        info = writer.resource(f"{PAGE_INFO}{end}", "application/json", to_json(Observation(requests=tuple(seen))), **place)
        hops = (Hop(url=url, status=0, how="script"),) if final_url else ()
        capture = Capture(
            host=self.door.parse(host), url=url, final_url=end, hops=hops, page=kind, how=How.RENDERED, vantage=vantage, outcome=Outcome.OK, status=200,
            content_type="text/html", records=(body, info), body_sha256=body.sha256, body_size=len(dom), dom=body, screenshot=picture, observed=info, taken_at=self.moment,
        )  # fmt: skip
        self._sighted(host)
        finished = writer.finish(self.moment)
        [_, number] = self.case.add([finished, capture])
        return replace(capture, id=number)

    def failure(self, host: str, outcome: Outcome, *, vantage: Vantage = DESK, how: How = How.STATIC) -> None:
        """A landing page that could not be had."""
        self.moment += timedelta(seconds=1)
        self._sighted(host)
        self.case.add(
            [
                Capture(
                    host=self.door.parse(host),
                    url=f"https://{host}/",
                    page=PageKind.LANDING,
                    how=how,
                    vantage=vantage,
                    outcome=outcome,
                    taken_at=self.moment,
                )
            ]
        )

    def _sighted(self, host: str) -> None:
        self.case.add([Sighting(host=self.door.parse(host), source="seeds", reason="test", seen_at=self.moment)])


def odds_of(probability: float) -> float:
    """The log-odds of a probability."""
    return math.log(probability / (1 - probability))


def probability_at(odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-odds))
