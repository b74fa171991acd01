"""The first forty hosts of the sample web, which README and tests name, and the decisions made before its first night. Every name is invented."""

from sample_host import Host, Lead, Served, bare, dead, near, plain

DECISION_COLUMNS = ("host", "action", "analyst", "note", "act", "decided_at")


def altynbet(number: int, note: str, *, served: Served = Served.PLAIN, seeded: bool = True, also: tuple[str, ...] = ()) -> Host:
    """A full mirror of the first family."""
    name = f"altynbet{number}.example"
    return Host(
        host=name,
        site="altynbet",
        served=served,
        seed=name if seeded else "",
        also=also,
        kind="operator",
        family="altynbet",
        listable="yes",
        expected_band="mirror",
        payments="BurkitQR;NurCoin;ShapshanPay",
        promo_codes="ALTYN100",
        note=note,
        ties=("counter G-ALTYNTEST1", "chat altynTEST1", "gateway gate.nurcoin.test/widget?shop=altyn"),
    )


def tulparslots(number: int, note: str, *, served: Served = Served.PLAIN) -> Host:
    """A full mirror of the second family."""
    name = f"tulparslots{number}.casino.example"
    return Host(
        host=name,
        site="tulparslots",
        served=served,
        seed=name,
        kind="operator",
        family="tulparslots",
        listable="yes",
        expected_band="mirror",
        payments="Kumis Wallet;Zhyldam Kassa",
        promo_codes="TULPAR50",
        note=note,
        ties=("counter 999000123", "chat 5e7a91c3d2b8f604a17b0c2e/default", "merchant TS-2026"),
    )


def forwarder(number: int, to: int, served: Served, note: str) -> Host:
    """A member of the first family that only sends its visitors to the next."""
    name = f"altynbet{number}.example"
    return Host(
        host=name,
        site="altynbet-forward",
        served=served,
        seed=name,
        leads_to=f"altynbet{to}.example",
        kind="redirect",
        family="altynbet",
        listable="yes",
        expected_band="mirror",
        note=note,
        ties=(f"redirect to altynbet{to}.example",),
    )


FIRST_HOSTS = (
    altynbet(5379, "numbered mirror; approved before the first night"),
    altynbet(5380, "numbered mirror; approved before the first night", served=Served.GZIP),
    forwarder(5381, 5382, Served.REDIRECT, "302 to the next mirror"),
    altynbet(5382, "numbered mirror; approved before the first night"),
    forwarder(5383, 5384, Served.PLAIN, "meta refresh to the next mirror"),
    altynbet(5384, "numbered mirror; waits for review"),
    altynbet(
        5391,
        "not in the seeds: found in round 2 through the promoters' pages",
        seeded=False,
        also=("/?ref=sulu77&promo=SULU500", "/?btag=stavki01&promo=DALA300"),
    ),
    tulparslots(7, "numbered mirror; approved before the first night"),
    tulparslots(8, "numbered mirror; waits for review", served=Served.GZIP),
    tulparslots(12, "numbered mirror; waits for review"),
    tulparslots(21, "numbered mirror; waits for review"),
    Host(
        host="qazyna-spin.test",
        site="qazyna",
        seed="https://qazyna-spin.test/promo",
        kind="operator",
        listable="yes",
        expected_band="mirror",
        payments="BurkitQR;NurCoin",
        promo_codes="QAZYNA25",
        note="a casino on its own; waits for review; the seed is an address, not a host",
    ),
    Host(
        host="saryarqa-sport-bonus.example",
        site="saryarqa-bonus",
        seed="saryarqa-sport-bonus.example",
        kind="operator",
        listable="yes",
        expected_band="mirror",
        payments="ShapshanPay",
        promo_codes="SARY200",
        note="look-alike: quotes licence 00219991, which belongs to saryarqa-sport.kz.example",
    ),
    Host(
        host="dala-fitnes.example",
        site="dala-fitnes",
        seed="dala-fitnes.example",
        kind="operator",
        listable="yes",
        expected_band="mirror",
        payments="Kumis Wallet;Zhyldam Kassa",
        promo_codes="DALA77",
        note="shows a gym to the desktop vantage and a casino to the phone",
    ),
    Host(
        host="sulu-bonus.example",
        site="sulu-bonus",
        seed="sulu-bonus.example",
        kind="promotion",
        listable="yes",
        expected_band="mirror",
        promo_codes="SULU500;SULUVIP",
        note="promoter's link page: leads to altynbet5391.example (ref=sulu77) and tulparslots8.casino.example",
        leads=(
            Lead(mark="ref=sulu77", to="altynbet5391.example"),
            Lead(mark="promo code SULU500", to="altynbet5391.example"),
            Lead(mark="ref=sulu77", to="tulparslots8.casino.example"),
        ),
    ),
    Host(
        host="kanal-stavki.test",
        site="kanal-stavki",
        seed="kanal-stavki.test",
        kind="promotion",
        listable="yes",
        expected_band="mirror",
        promo_codes="DALA300",
        note="preview of a promoter's channel: leads to altynbet5391.example (btag=stavki01)",
        leads=(Lead(mark="btag=stavki01", to="altynbet5391.example"), Lead(mark="promo code DALA300", to="altynbet5391.example")),
    ),
    Host(
        host="saryarqa-sport.kz.example",
        site="saryarqa-sport",
        seed="saryarqa-sport.kz.example",
        kind="licensed",
        expected_band="none",
        payments="BurkitQR",
        note="licensed bookmaker (licence 00219991): looks like betting because it is; can never be listed",
    ),
    near("stepnoy-vestnik.example", "stepnoy-vestnik", "Russian news about illegal gambling; names a mirror in its text"),
    near("dala-habary.kz.example", "dala-habary", "Kazakh news about fines for casino advertising"),
    near("komek-zheli.example", "komek-zheli", "help line for gamblers, Russian and Kazakh", served=Served.GZIP),
    plain("bala-mektep-27.kz.example", "bala-mektep", "Kazakh school"),
    plain("klinika-shipager.example", "klinika", "Russian clinic"),
    plain(
        "tokym-shop.example",
        "tokym-shop",
        "Russian shop with an ordinary promo code and card payment",
        payments="BurkitQR",
        codes="KOKTEM10",
    ),
    Host(
        host="kuhnya-aigul.example",
        site="kuhnya",
        seed="https://kuhnya-aigul.example/recepty",
        note="Russian recipe blog; the seed is an address, not a host",
    ),
    plain("auyl-kitaphana.kz.example", "kitaphana", "Kazakh village library"),
    plain("avtobus-raspisanie.example", "avtobus", "Russian bus timetable", served=Served.GZIP),
    plain("steppe-weather.example", "weather", "English weather service"),
    plain("felt-museum.example", "museum", "English museum"),
    plain("sto-na-saduakas.example", "sto", "Russian car service in Windows-1251, declared as UTF-8", served=Served.WINDOWS_1251),
    plain("nan-dukeni.example", "nan", "Kazakh bakery"),
    near(
        "zhetiqala-bank.kz.example",
        "bank",
        "bank with deposits, cards and payments: payment words, no gambling",
        payments="BurkitQR",
        kind="other",
    ),
    near("fk-zhaylau.example", "fk-zhaylau", "Russian football club news: matches, odds never", kind="other"),
    near("pixel-arena.example", "pixel-arena", "English video games magazine: bonus levels, spins and chips as game words", kind="other"),
    plain("kommunal-tolem.kz.example", "kommunal", "Kazakh page for paying utility bills", payments="BurkitQR"),
    bare("eski-portal.example", "eski-portal", Served.NOT_FOUND, "answers 404 only"),
    bare("bos-bet.test", "bos-bet", Served.PLAIN, "a very thin page: one sentence (the name is Kazakh for an empty page)"),
    dead("altynbet5377.example", "an old mirror that is gone"),
    dead("tulparslots5.casino.example", "an old mirror that is gone"),
    dead("joghalgan-sait.example", "a name that was never registered"),
    dead("burynghy-dukien.test", "a shop that is gone"),
)

DECISIONS = (
    (
        "altynbet5379.example",
        "approve",
        "A. Sample",
        "Casino with a cashier in tenge; test visit of 18 November",
        "ACT-0001/26",
        "2026-11-19T05:10:00Z",
    ),
    ("altynbet5380.example", "approve", "A. Sample", "Same cashier and chat widget as altynbet5379", "ACT-0001/26", "2026-11-19T05:12:00Z"),
    ("altynbet5382.example", "approve", "A. Sample", "Same cashier and chat widget as altynbet5379", "ACT-0001/26", "2026-11-19T05:13:00Z"),
    ("tulparslots7.casino.example", "approve", "B. Sample", "Slots and deposit page in tenge", "ACT-0002/26", "2026-11-19T06:40:00Z"),
    (
        "jeztas201.example",
        "approve",
        "B. Sample",
        "Casino; test deposit of 18 November reached merchant CSH-2204",
        "ACT-0003/26",
        "2026-11-19T06:41:00Z",
    ),
    (
        "berkutwin.win.example",
        "approve",
        "A. Sample",
        "Bookmaker without a licence, cashier in tenge",
        "ACT-0003/26",
        "2026-11-19T06:43:00Z",
    ),
    ("stepnoy-vestnik.example", "reject", "B. Sample", "A newspaper that reports on a mirror; not gambling", "", "2026-11-19T06:45:00Z"),
)
"""Decisions made before the first night, in the columns of decisions.csv."""
