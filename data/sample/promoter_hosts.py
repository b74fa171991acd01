"""Promoters and the redirectors they use, licensed operators and their look-alikes, and the odd ends of the trade: dead, parked, re-registered, hacked and guarded by a challenge. Every name is invented."""

from sample_host import Host, Lead, dead


def promoter(name: str, site: str, codes: str, note: str, *leads: Lead) -> Host:
    """A page that sends players to mirrors."""
    return Host(
        host=name, site=site, seed=name, kind="promotion", listable="yes", expected_band="mirror", promo_codes=codes, note=note, leads=leads
    )


def look_alike(name: str, site: str, payments: str, codes: str, note: str) -> Host:
    """A casino that gives itself out as a licensed operator."""
    return Host(
        host=name,
        site=site,
        seed=name,
        kind="operator",
        listable="yes",
        expected_band="mirror",
        payments=payments,
        promo_codes=codes,
        note=note,
        icon=site,
    )


def licensed(name: str, site: str, payments: str, note: str) -> Host:
    """A bookmaker with a licence."""
    return Host(host=name, site=site, seed=name, kind="licensed", expected_band="none", payments=payments, note=note, icon=site)


def parked(name: str, site: str, note: str) -> Host:
    """A name for sale."""
    return Host(host=name, site=site, seed=name, kind="parked", expected_band="review", note=note)


def challenge(name: str, site: str, headers: tuple[tuple[str, str], ...], note: str, *, status: str = "403 Forbidden") -> Host:
    """A mirror behind a challenge: what it is cannot be seen, so it is neither clear nor a mirror."""
    return Host(host=name, site=site, seed=name, kind="unknown", expected_band="review", status=status, headers=headers, note=note)


def registered_again(name: str, site: str, note: str) -> Host:
    """A former mirror's name on which an innocent site lives today."""
    return Host(host=name, site=site, seed=name, expected_band="review", note=note, icon=site)


def redirector(name: str, note: str, *sends: tuple[str, str]) -> Host:
    """A host that does nothing but send visitors on, for gambling alone; it is in no seeds, and its own page is a bare 404."""
    return Host(
        host=name, site="nothing", kind="redirect", listable="yes", expected_band="mirror", note=note, status="404 Not Found", sends=sends
    )


PROMOTERS = (
    promoter(
        "zhez-zanos.example",
        "promo-zhez-zanos",
        "ZANOS500",
        "preview of a channel in Russian",
        Lead(mark="stag=zanos_kz", to="jeztas237.example"),
        Lead(mark="promo code ZANOS500", to="jeztas237.example"),
    ),
    promoter(
        "ekspress-bek.test",
        "promo-ekspress-bek",
        "BEK2026",
        "preview of a channel in Kazakh",
        Lead(mark="btag=ekspress7", to="berkutwin.win.example"),
        Lead(mark="promo code BEK2026", to="berkutwin.win.example"),
    ),
    promoter(
        "slot-apke.example",
        "promo-slot-apke",
        "APKE77",
        "preview of a channel; its link leads through a redirector and a door that redirects by script",
        Lead(mark="promo code APKE77", through=("perehod-apke.test", "tumarbet-go.test"), to="tumarbet77.example"),
    ),
    promoter(
        "aiqanat-links.example",
        "promo-aiqanat",
        "AIQANAT",
        "link-in-bio page in Kazakh; its link leads through a public shortener",
        Lead(mark="ref=aiqanat", through=("qysqa.example",), to="vip-aqquman-casino.example"),
    ),
    promoter("madi-oyna.test", "promo-madi", "MADI33", "link-in-bio page in Russian", Lead(mark="invite=MADI", to="oyna-k7d.example")),
    promoter(
        "dana-style-links.example",
        "promo-dana",
        "DANA7",
        "link-in-bio page of a beauty blogger: one link of seven leads to a casino",
        Lead(mark="aff=4471", to="sunqar-play3.example"),
    ),
    promoter(
        "video-zanosy.example",
        "promo-video-zanosy",
        "VLOG88",
        "video with its description in Russian",
        Lead(mark="stag=vlog88", to="jeztas204.example"),
        Lead(mark="promo code VLOG88", to="jeztas204.example"),
    ),
    promoter(
        "qaitalau-kino.example",
        "promo-qaitalau-kino",
        "KINO20",
        "page of a pirated series with a casino's advertisement around it",
        Lead(mark="aff=2090", to="dombyra-slots5.test"),
    ),
    promoter(
        "strim-arkhiv.test",
        "promo-strim-arkhiv",
        "PROHOD",
        "video with its description and comments",
        Lead(mark="stag=prohod", to="tumar-oberegi.example"),
    ),
    promoter(
        "baraban-top.test",
        "promo-baraban-top",
        "TOP5KZ",
        "affiliate's list of casinos; every button leads through two redirectors",
        Lead(mark="stag=top5_3", through=("otkat-trafik.example", "smart-sled.test"), to="jeztas240.example"),
        Lead(mark="btag=top5_1", through=("otkat-trafik.example", "smart-sled.test"), to="berkutwin.live.example"),
    ),
    promoter(
        "steppe-casino-guide.example",
        "promo-steppe-guide",
        "GUIDE100",
        "affiliate's reviews in English",
        Lead(mark="aff=4471", to="sunqar-play3.example"),
        Lead(mark="aff=2090", to="dombyra-slots5.test"),
    ),
    promoter(
        "zerkala-segodnya.example",
        "promo-zerkala",
        "",
        "doorway: a list of working mirrors",
        Lead(mark="ref=qumtobe", to="aqquman-ruletka.club.test"),
    ),
    promoter(
        "sansyurdu-guncel.example",
        "promo-sansyurdu-guncel",
        "YENI50",
        "doorway in Turkish",
        Lead(mark="promo code YENI50", to="sansyurdu45.test"),
    ),
    promoter(
        "kod-bukmeker-kz.example",
        "promo-kod-bukmeker",
        "BEKFREE;SARYQ15",
        "a page of promo codes",
        Lead(mark="promo code BEKFREE", to="berkutwin.win.example"),
        Lead(mark="btag=ekspress7", to="berkutwin.win.example"),
    ),
)

REDIRECTORS = (
    redirector(
        "otkat-trafik.example",
        "first redirector of a chain",
        ("/c/8f21", "https://smart-sled.test/r?o=3&a=top5"),
        ("/c/8f22", "https://smart-sled.test/r?o=1&a=top5"),
    ),
    redirector("perehod-apke.test", "redirector of one promoter", ("/k/77aa", "https://tumarbet-go.test/")),
    redirector(
        "smart-sled.test",
        "second redirector of a chain; without a query it sends to its usual offer",
        ("/r", "https://jeztas240.example/"),
        ("/r?o=3&a=top5", "https://jeztas240.example/?stag=top5_3&sub=baraban"),
        ("/r?o=1&a=top5", "https://berkutwin.live.example/?btag=top5_1&sub=baraban"),
    ),
    Host(
        host="qysqa.example",
        site="shortener",
        seed="qysqa.example",
        expected_band="review",
        note="a public link shortener that one promoter uses: in shared_hosts.csv, never listed",
        sends=(("/k/aq7", "https://vip-aqquman-casino.example/?ref=aiqanat"), ("/k/docs", "https://qysqa.example/")),
    ),
)

LICENSED = (
    licensed("orda-sport.kz.example", "licensed-orda", "BurkitQR", "licensed bookmaker (licence 00318842)"),
    licensed("zhenis-liga.kz.example", "licensed-zhenis", "", "licensed bookmaker (licence 00440157)"),
    look_alike(
        "orda-sport-kz.example",
        "alike-orda-kz",
        "TezQosym",
        "ORDA300",
        "look-alike: quotes licence 00318842, which belongs to orda-sport.kz.example",
    ),
    look_alike(
        "ordasport-bonus.test", "alike-orda-bonus", "Sandyq Pay", "ORDAVIP", "look-alike of orda-sport.kz.example without a licence number"
    ),
    look_alike(
        "zhenis-liga24.example",
        "alike-zhenis",
        "Qapshyq24",
        "ZHENIS24",
        "look-alike: quotes licence 00440157, which belongs to zhenis-liga.kz.example",
    ),
)

CLOUDFLARE = (("Server", "cloudflare"), ("cf-mitigated", "challenge"), ("CF-RAY", "8e5f00aa11bb22cc-ALA"))

ODD_ENDS = (
    challenge("jeztas213.example", "challenge-cloud", CLOUDFLARE, "a mirror by its name behind a challenge as Cloudflare shows it"),
    challenge(
        "berkutwin.shop.test",
        "challenge-guard",
        (("Server", "ddos-guard"),),
        "a mirror by its name behind a challenge as DDoS-Guard shows it",
    ),
    challenge("aqquman-live.example", "challenge-captcha", (), "a mirror by its name behind a captcha", status="200 OK"),
    parked("jeztas222.example", "parked-jeztas", "for sale; a mirror once, by its name"),
    parked("almaly-market.example", "parked-almaly", "for sale"),
    parked("steppe-poker.test", "parked-poker", "for sale; its name and its advertised searches are of gambling, its content is not"),
    parked("qonaq-ui-24.example", "parked-qonaq", "for sale, in Kazakh"),
    parked("zhibek-trade.test", "parked-zhibek", "for sale, in English"),
    registered_again("jeztas229.example", "again-jeztas", "a mirror once; today a coppersmith's workshop"),
    registered_again("tulparslots3.casino.example", "again-tulpar", "a mirror once; today a riding school"),
    registered_again("aqquman-play.example", "again-aqquman", "a mirror once; today a traveller's diary in Kazakh"),
    Host(
        host="gimnaziya-11.kz.example",
        site="hacked-school",
        seed="gimnaziya-11.kz.example",
        kind="hacked",
        expected_band="review",
        note="a school whose site was broken into: one news page promotes a casino, and links to mirrors are hidden on the others",
    ),
)

GONE_MIRRORS = (
    "altynbet5371.example", "altynbet5374.example", "tulparslots2.casino.example", "jeztas188.example", "jeztas190.example", "jeztas195.example",
    "jeztas199.example", "aqquman1.example", "vip-aqquman-old.example", "berkutwin.website.test", "berkutwin.date.example", "sunqar-play5.example",
    "dombyra-slots4.test", "tumarbet4.example", "oyna-a0a.example", "sansyurdu38.test", "sansyurdu39.test", "buket-nochi.example",
)  # fmt: skip
GONE_OTHERS = (
    ("mebel-kerege.example", "a furniture shop that is gone"),
    ("avtozapchast-depo.example", "a shop of car parts that is gone"),
    ("kitap-almasu.test", "a book exchange that is gone"),
    ("toi-bezendiru.example", "a wedding decorator that is gone"),
    ("remont-noutbukov-9.example", "a repair shop that is gone"),
    ("shuga-blog.test", "a blog that is gone"),
    ("tez-nesie.example", "a lender that is gone"),
    ("omarta-bal.example", "a honey shop that is gone"),
    ("qala-taxi-7.test", "a taxi that is gone"),
    ("stroy-bereke.example", "a builder that is gone"),
    ("sulu-kirpik.example", "a beauty salon that is gone"),
    ("steppe-vpn.test", "a VPN shop that is gone"),
)

HOSTS = (
    *PROMOTERS,
    *REDIRECTORS,
    *LICENSED,
    *ODD_ENDS,
    *(dead(name, "an old mirror that is gone") for name in GONE_MIRRORS),
    *(dead(name, note) for name, note in GONE_OTHERS),
)
"""Hosts of this module, in the order of their seeds."""
