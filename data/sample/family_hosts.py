"""The mirror families of the sample web beside the first two, and the hosts that only their pages ask (APIs, games, sockets, payment gateways). Every name is invented.

jeztas: numbered names. aqquman: rotated words. berkutwin: one name under many suffixes. sunqarplay and dombyra: rivals on one white-label template. tumarbet: doors that
redirect by script. oyna: an empty shell until its script runs. nomadspin: a florist to desktops, a casino to phones. sansyurdu: numbered, in Turkish.
"""

from base64 import b64encode

from sample_host import Host


def gtag(identifier: str) -> str:
    """A Google counter as a page loads it."""
    return f'<script async src="https://www.googletagmanager.com/gtag/js?id={identifier}"></script>'


def jivo(identifier: str) -> str:
    """A chat widget as a page loads it."""
    return f'<script src="//code.jivosite.com/widget/{identifier}" async></script>'


def jeztas(number: int) -> Host:
    """One of the numbered names. Not every mirror carries both the counter and the chat; each carries one."""
    name = f"jeztas{number}.example"
    counter = "" if number % 5 == 2 else gtag("G-JEZTASTST1")
    chat = "" if number % 5 == 4 else jivo("jezTEST22")
    percent = ("150", "200", "250")[number % 3]
    found_late = {237: "the channel zhez-zanos.example", 240: "the redirector of baraban-top.test"}.get(number, "")
    return Host(
        host=name,
        site="jeztas",
        seed="" if found_late else name,
        also=LANDINGS.get(name, ()),
        family="jeztas",
        payments="Sandyq Pay;TezQosym",
        promo_codes=f"JEZ{percent}",
        note=f"numbered mirror; not in the seeds: found through {found_late}" if found_late else "numbered mirror",
        fill=(("counter", counter), ("chat", chat), ("percent", percent)),
        icon="jeztas",
        ties=(
            *(("counter G-JEZTASTST1",) if counter else ()),
            *(("chat jezTEST22",) if chat else ()),
            "API api.jt-core.example/v3/ru/feed.json",
            "socket push.jt-core.example/live",
            "favicon jeztas",
            "merchant CSH-2204",
            "licence JT-2204/IG",
        ),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def aqquman(name: str) -> Host:
    """One of the names made of rotated words."""
    return Host(
        host=name,
        site="aqquman",
        seed=name,
        also=LANDINGS.get(name, ()),
        family="aqquman",
        payments="Marjan Kassa;Qapshyq24",
        promo_codes="QUM2026",
        note="mirror with words rotated around the brand",
        icon="aqquman",
        ties=(
            "counter 999004410",
            "chat a91e4c02-77d1-4b1f-9c33-0d5e2f8b6a10",
            "API cdn.qum-gateway.example/api/lobby/kk/top.json",
            "favicon aqquman",
            "merchant WDP77",
            "licence WD/8841",
        ),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def berkutwin(suffix: str, place: int) -> Host:
    """The bookmaker's one name under another suffix."""
    name = f"berkutwin.{suffix}"
    return Host(
        host=name,
        site="berkutwin",
        seed=name,
        also=LANDINGS.get(name, ()),
        family="berkutwin",
        payments="Qapshyq24;SaqinaCoin",
        promo_codes="BERKUT19",
        note="bookmaker's mirror: the same name under another suffix",
        fill=(("margin", str(2 + place % 4)), ("feed", ("prematch", "live", "top")[place % 3])),
        icon="berkutwin",
        ties=(
            "chat bkwTEST7",
            "counter UA-0099107-4",
            "API feed.talon-odds.test/line/v1/",
            "favicon berkutwin",
            "merchant ETT19",
            "licence ETT-19",
        ),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


SUNQAR = (
    ("brand", "SunqarPlay"),
    ("skin", "sunqar"),
    ("slogan", "Лети выше ставок"),
    ("code", "SUNQAR7"),
    ("counter", gtag("G-SUNQARTST5")),
    ("chat", jivo("sunqTEST1")),
    (
        "own",
        "<h2>Клуб «Крыло»</h2><p>Собирайте перья за ставки в слотах и меняйте их на деньги: десять тысяч перьев — это пятнадцать тысяч тенге на игровой счёт.</p>",
    ),
    ("owner", "SunqarPlay управляет Highfeather Leisure N.V., Порто-Кобре, разрешение HL-612."),
    ("cash_action", "https://m.sandyqpay.test/hosted/HL612"),
    ("cash_name", "Sandyq Pay"),
    ("merchant", "HL612"),
)

DOMBYRA = (
    ("brand", "Домбыра Слотс"),
    ("skin", "dombyra"),
    ("slogan", "Две струны, тысяча джекпотов"),
    ("code", "KUI500"),
    ("counter", "<script>ym(999008854, 'init', {webvisor:false});</script>"),
    ("chat", "<script>var s1=document.createElement('script');s1.src='https://embed.tawk.to/c4418e02bb97a65d3f1900ad/2dombyra';</script>"),
    (
        "own",
        "<h2>Музыка выигрыша</h2><p>Каждый час играет кюй, и пока он звучит, казино удваивает бонусные раунды. Следите за расписанием в чате игроков.</p>",
    ),
    ("owner", "Домбыра Слотс, владелец Two Strings Gaming Ltd, лицензия палаты Эль-Куэрво TSG-0093."),
    ("cash_action", "https://eu.qonaqpay.example/pay/TSG-0093"),
    ("cash_name", "QonaqPay"),
    ("merchant", "TSG-0093"),
)


def white_label(name: str, family: str, place: int) -> Host:
    """A mirror of one of two rivals that rent the same platform: markup, API shape and games are the same, accounts and owners are not."""
    fill = dict(SUNQAR if family == "sunqarplay" else DOMBYRA)
    counter, chat = {"sunqarplay": ("G-SUNQARTST5", "sunqTEST1"), "dombyra": ("999008854", "c4418e02bb97a65d3f1900ad/2dombyra")}[family]
    return Host(
        host=name,
        site="whitelabel",
        seed=name,
        also=LANDINGS.get(name, ()),
        family=family,
        payments=fill["cash_name"],
        promo_codes=fill["code"],
        note="rivals on one white-label template: similarity is not ownership",
        fill=(*fill.items(), ("games", str(1700 + place)), ("grand", str(9_120_300 + 8_117 * place)), ("minor", str(40_100 + 977 * place))),
        icon=family,
        ties=(f"counter {counter}", f"chat {chat}", f"favicon {family}", f"merchant {fill['merchant']}", f"owner {fill['owner']}"),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def tumarbet(name: str) -> Host:
    """Where the doors of the family lead."""
    return Host(
        host=name,
        site="tumarbet",
        seed="",
        also=LANDINGS.get(name, ()),
        family="tumarbet",
        payments="SaqinaCoin;TezQosym",
        promo_codes="TUMAR1",
        needs_browser="no" if name in LANDINGS else "yes",
        note="not in the seeds: "
        + ("found through strim-arkhiv.test" if name in LANDINGS else "only the family's doors lead here, by script"),
        icon="tumarbet",
        ties=("counter 999007102", "pixel 990044120017733", "favicon tumarbet", "merchant THE5520", "licence THE-5520"),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def door(name: str, to: str, place: int) -> Host:
    """A page that says nothing and sends its visitor on by script, each in another way."""
    ways = (
        f'<script>setTimeout(function(){{location.replace("https://{to}/");}},300);</script>',
        f'<script>window.location.assign(atob("{b64encode(f"https://{to}/".encode()).decode()}"));</script>',
        f'<script>var h={to.split(".")!r};window.location.href="https://"+h.join(".")+"/";</script>',
        f"<script>document.cookie='v=1';if(document.cookie){{top.location='https://{to}/';}}</script>",
        f"<script>window.onload=function(){{setTimeout(\"location='https://{to}/'\",150)}};</script>",
    )
    way = place % (len(ways) + 1)
    return Host(
        host=name,
        site="tumarbet-door-js" if way == len(ways) else "tumarbet-door",
        seed=name,
        leads_to=to,
        kind="redirect",
        family="tumarbet",
        listable="yes",
        expected_band="mirror",
        needs_browser="yes",
        note=f"sends its visitors to {to} by script",
        fill=(("door", "" if way == len(ways) else ways[way]),),
        icon="tumarbet",
        ties=(f"script redirect to {to}", "favicon tumarbet"),
    )


def oyna(tag: str, place: int) -> Host:
    """An empty page until its script has asked the API."""
    name = f"oyna-{tag}.example"
    return Host(
        host=name,
        site="oyna",
        seed=name,
        also=LANDINGS.get(name, ()),
        family="oyna",
        payments="Marjan Kassa;Qapshyq24",
        promo_codes="OYNA33",
        needs_browser="yes",
        note="a shell until script runs",
        fill=(("code", "OYNA33"), ("games", str(1100 + 7 * place))),
        icon="oyna",
        ties=(
            "counter G-OYNATEST42",
            "chat 7b20d9e4a1c35f8806e4b97d/1oynatest",
            "API /api/v1/lobby.json and edge.oynahub.example/api/v1/jackpots.json",
            "socket ws.oynahub.example/lobby",
            "favicon oyna",
            "gateway gate.marjan-kassa.example/v3/deposit",
            "licence OI-771",
        ),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def nomadspin(name: str, shop: str) -> Host:
    """A florist's page to desktops."""
    return Host(
        host=name,
        site="phone-only",
        seed=name,
        family="nomadspin",
        payments="QonaqPay",
        promo_codes="KOSH9",
        note="shows a florist to the desktop vantage and a casino to the phone",
        fill=(("shop", shop),),
        icon="nomadspin",
        ties=("counter G-NOMADTST88", "chat nomadTEST5", "favicon nomadspin", "gateway mob.qonaqpay.example/kz/deposit", "licence WR-1180"),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def sansyurdu(number: int) -> Host:
    """A numbered mirror in Turkish."""
    name = f"sansyurdu{number}.test"
    return Host(
        host=name,
        site="sansyurdu",
        seed=name,
        family="sansyurdu",
        payments="QonaqPay;SaqinaCoin",
        promo_codes="YURT500",
        note="numbered mirror in Turkish",
        icon="sansyurdu",
        ties=(
            "container GTM-SYTEST9",
            "verification sansyurduTEST-0f3c9a7b21de",
            "API stat.yurt-api.test/v1/odds/today.json",
            "favicon sansyurdu",
            "licence HLB-3305",
        ),
        kind="operator",
        listable="yes",
        expected_band="mirror",
    )


def service(name: str, site: str, note: str, *, also: tuple[str, ...] = (), status: str = "200 OK") -> Host:
    """A host that only the pages of others ask; any page may read its answers."""
    return Host(
        host=name,
        site=site,
        also=also,
        kind="service",
        expected_band="none",
        note=note,
        status=status,
        headers=(("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*")),
    )


LANDINGS: dict[str, tuple[str, ...]] = {
    "jeztas204.example": ("/?stag=vlog88&promo=VLOG88",),
    "jeztas237.example": ("/?stag=zanos_kz",),
    "jeztas240.example": ("/?stag=top5_3&sub=baraban",),
    "vip-aqquman-casino.example": ("/?ref=aiqanat",),
    "aqquman-ruletka.club.test": ("/?ref=qumtobe",),
    "berkutwin.win.example": ("/?btag=ekspress7",),
    "berkutwin.live.example": ("/?btag=top5_1&sub=baraban",),
    "sunqar-play3.example": ("/?aff=4471",),
    "dombyra-slots5.test": ("/?aff=2090",),
    "tumar-oberegi.example": ("/?stag=prohod",),
    "oyna-k7d.example": ("/?invite=MADI",),
}
"""Further addresses of landing pages: where promoters' links end."""

AQQUMAN = (
    "vip-aqquman-casino.example", "go-aqquman.example", "new-aqquman-play.example", "aqquman-club.example", "my-aqquman-spin.example", "aqqumanvip.example",
    "goaqquman.test", "aqquman-vip-slots.example", "top-aqquman.example", "aqqumanplay.test", "new-aqquman.test", "casino-aqquman.example",
    "aqquman-oyna.example", "go-aqquman-club.test", "aqquman-kz.example", "vipaqquman.test", "play-aqquman-vip.example", "aqquman-ruletka.club.test",
    "club-aqquman-go.example", "aqquman-spin.test", "bet-aqquman.example", "the-aqquman.example", "aqquman-new-slots.test", "go-vip-aqquman.example",
)  # fmt: skip
SUFFIXES = (
    "win.example", "bet.example", "top.test", "club.test", "online.example", "site.test", "fun.example", "vip.test", "xyz.test", "live.example",
    "pro.test", "casino.example", "example", "test", "app.example", "sport.test", "kz.example", "best.test", "games.example", "world.test",
)  # fmt: skip
SUNQAR_NAMES = (
    "sunqar-play.example", "sunqar-play2.example", "sunqar-play3.example", "sunqarplay.test", "sunqarplay-kz.example", "sunqar-play.win.example",
    "sunqar-play7.example", "sunqarplay-vip.test", "sunqar-play9.example", "go-sunqarplay.example", "sunqar-play11.example",
)  # fmt: skip
DOMBYRA_NAMES = (
    "dombyra-slots.test", "dombyra-slots2.test", "dombyra-slots3.test", "dombyra-slots5.test", "dombyraslots.example", "dombyra-slots-kz.example",
    "dombyra-slots.top.test", "new-dombyra-slots.example", "dombyra-slots8.test", "dombyraslots-play.example", "dombyra-slots10.test",
)  # fmt: skip
TUMAR = ("tumar-oberegi.example", "tumarbet-vhod.example", "tumarbet77.example", "moi-tumar.top.test")
DOORS = (
    "tumarbet.example", "tumar-bet.test", "tumarbet1.example", "tumarbet2.example", "tumarbet3.example", "tumar-zerkalo.example", "tumarbet-go.test",
    "tumar-link.example", "tumar-vip.club.test", "tumarbet5.example", "tumar-casino.example", "tumarbet-kz.example",
)  # fmt: skip
OYNA_TAGS = ("k7d", "p2x", "m9a", "q4r", "zz1", "w8t", "h3n", "b6v", "x5c", "d0e", "r2l", "t7y", "n1s", "f4g")
FLORISTS = (
    ("buket-lavanda.example", "Лаванда и вереск"), ("gul-shanyraq.example", "Гүл-Шаңырақ"), ("cvety-na-rechnoi.example", "Цветы на Речной"),
    ("pion-i-mak.example", "Пион и мак"), ("florist-zere.example", "Флорист Зере"), ("buket-utra.test", "Букет утра"),
    ("romashka-dostavka.example", "Ромашка"), ("raushan-gul.test", "Раушан-гүл"),
)  # fmt: skip
GAMES = ("/launch/roulette", "/launch/kazakh-roulette", "/launch/baccarat", "/launch/steppe-gold", "/launch/star-slot")

SERVICES = (
    service("api.jt-core.example", "service-jt", "API of the family jeztas"),
    service("push.jt-core.example", "service-socket", "WebSocket of the family jeztas", also=("/live",), status="426 Upgrade Required"),
    service("cdn.qum-gateway.example", "service-qum", "API of the family aqquman"),
    service("feed.talon-odds.test", "service-odds", "odds of the family berkutwin"),
    service("edge.oynahub.example", "service-oyna", "API of the family oyna"),
    service("ws.oynahub.example", "service-socket", "WebSocket of the family oyna", also=("/lobby",), status="426 Upgrade Required"),
    service("stat.yurt-api.test", "service-yurt", "API of the family sansyurdu"),
    service("cdn.steppe-engine.example", "service-engine", "scripts of the white-label platform"),
    service("games.aspan-studio.example", "service-games", "game provider of several families", also=GAMES),
    service("launch.reelforge.test", "service-games", "game provider of several families", also=GAMES),
    service("live.crimson-table.example", "service-games", "live tables of several families", also=GAMES),
    service("gate.tezqosym.example", "service-gateway", "payment gateway"),
    service("gate.marjan-kassa.example", "service-gateway", "payment gateway"),
    service("checkout.qapshyq24.test", "service-gateway", "payment gateway"),
)

HOSTS = (
    *(jeztas(number) for number in range(201, 241) if number not in (213, 222, 229, 236)),
    *(aqquman(name) for name in AQQUMAN),
    *(berkutwin(suffix, place) for place, suffix in enumerate(SUFFIXES)),
    *(white_label(name, "sunqarplay", place) for place, name in enumerate(SUNQAR_NAMES)),
    *(white_label(name, "dombyra", place) for place, name in enumerate(DOMBYRA_NAMES)),
    *(tumarbet(name) for name in TUMAR),
    *(door(name, TUMAR[place % len(TUMAR)], place) for place, name in enumerate(DOORS)),
    *(oyna(tag, place) for place, tag in enumerate(OYNA_TAGS)),
    *(nomadspin(name, shop) for name, shop in FLORISTS),
    *(sansyurdu(number) for number in range(41, 53)),
    *SERVICES,
)
"""Hosts of this module, in the order of their seeds."""
