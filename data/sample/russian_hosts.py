"""Plain sites in Russian as they are seen in Kazakhstan, and plain ones whose words are near gambling. Every name is invented; the page sources are in sites/ru-*."""

from sample_host import Host, Served, near, plain

HOSTS = (
    plain("medcentr-aigerim.example", "ru-medcentr", "Russian medical centre: prices, doctors, an appointment form, JSON-LD"),
    plain("zub-i-tochka.example", "ru-zuby", "Russian dentist, page builder markup"),
    plain("notarius-primerova.kz.example", "ru-notarius", "Russian notary in table layout; quotes her own licence number"),
    plain("shina-na-sadovoy.example", "ru-shiny", "Russian tyre shop with a size finder"),
    plain("buket-k-uzhinu.example", "ru-buket", "Russian flower delivery, server-rendered framework markup", served=Served.GZIP),
    plain("kargo-zhol.example", "ru-kargo", "Russian cargo carrier: tracking form, tariffs in dollars"),
    plain(
        "avtoshkola-povorot.example",
        "ru-avtoshkola",
        "Russian driving school, blog engine markup; an automatic gearbox is named by the word for a slot machine",
    ),
    plain("sad-balapan-5.kz.example", "ru-sadik", "Russian kindergarten, home-made markup"),
    plain("kafedra-gidrologii.kz.example", "ru-kafedra", "Russian university department, XHTML; a probability course is named"),
    near(
        "dush-2-testovsk.kz.example",
        "ru-sportshkola",
        "Russian sports school: a trainer's rate of pay, coefficients, a prize fund and winnings in their innocent senses",
        kind="other",
    ),
    plain("shahmaty-ladya.example", "ru-shahmaty", "Russian chess club in Windows-1251, declared as UTF-8", served=Served.WINDOWS_1251),
    near("otel-u-ozera.example", "ru-otel", "Russian hotel with a deposit for dogs and billiards in the hall", kind="other"),
    plain("tury-karavan.example", "ru-tury", "Russian tour agency with last-minute offers"),
    plain(
        "kvadrat-metry.example", "ru-kvadrat", "Russian real-estate board; one of its pages is a form and little else", served=Served.GZIP
    ),
    plain("rabota-ryadom.example", "ru-rabota", "Russian job board; warns of money mules"),
    plain("apteka-zhusan.example", "ru-apteka", "Russian pharmacy, availability by branch"),
    near("hvost-i-usy.example", "ru-hvost", "Russian pet shop: welcome bonus on a loyalty card, a free draw of a cat bed", kind="other"),
    plain("gvozdi-i-bolty.example", "ru-gvozdi", "Russian hardware shop: one long price table"),
    near(
        "stoly-pod-suknom.example",
        "ru-stoly",
        "Russian maker of poker and billiard tables: chips, cards and cloth for sale, no play",
        kind="other",
    ),
    plain("kinoklub-plenka.example", "ru-kinoklub", "Russian film club"),
    near(
        "forum-nashgorod.example", "ru-forum", "Russian city forum; its rules forbid advertising casinos", kind="other", served=Served.GZIP
    ),
    plain("pechem-doma.example", "ru-pechem", "Russian recipe blog with comments"),
    plain("zapiski-programmista.test", "ru-zapiski", "Russian programmer's blog with code; one page is very short"),
    plain("buh-poryadok.example", "ru-buh", "Russian accountancy: tariffs and tax calendar"),
    near("sravni-zaim.example", "ru-zaim", "Russian comparison of microcredits: bonuses, promo codes, money to a card", kind="other"),
    near(
        "kalkulyator-vkladov.example",
        "ru-vklad",
        "Russian bank-deposit calculator: deposit, rate and bonus in the bank's sense",
        kind="other",
    ),
    near(
        "kripto-slovami.example", "ru-kripto", "Russian textbook about cryptocurrency; warns of bonuses and spinning wheels", kind="other"
    ),
    plain("pogoda-v-stepi.example", "ru-pogoda", "Russian weather pages; a script fetches the reading of the moment"),
    plain("afisha-ekran.example", "ru-afisha", "Russian cinema listing"),
    near(
        "nastolki-fishka.example",
        "ru-nastolki",
        "Russian board-game shop: chips, dice, poker sets, a toy roulette, stakes of plastic buns",
        kind="other",
    ),
    near(
        "birzha-utrom.example",
        "ru-birzha",
        "Russian stock-market news: base rate, dealers, a bet on red as a figure of speech",
        kind="other",
    ),
    near("berkut-esports.example", "ru-berkut", "Russian e-sports team: matches, prize fund, a refusal to advertise betting", kind="other"),
    near("sektor-12.example", "ru-sektor", "Russian football fan page: a forecast contest without money", kind="other"),
    near("teleprogramma-nedelya.example", "ru-tv", "Russian television guide: quiz prizes, a film about poker in one line", kind="other"),
    near("mozgolomnya.example", "ru-kviz", "Russian pub quiz: prizes, a jackpot of mandarins, an all-in round", kind="other"),
    near("zhyly-qol-fond.example", "ru-fond", "Russian charity: a raffle of donated prizes at a fair", kind="other"),
    plain("vet-lapa.example", "ru-vet", "Russian veterinary clinic, page builder markup"),
    plain("ksk-sadovaya.kz.example", "ru-ksk", "Russian housing co-operative: notices, debts, meter readings"),
    Host(
        host="symsyz-telecom.example",
        site="ru-provaider",
        seed="symsyz-telecom.example",
        expected_band="review",
        promo_codes="SOSED",
        note="Russian internet provider: a bonus, a promo code for neighbours, topping up",
    ),
    plain("atelye-naperstok.example", "ru-atelye", "Russian tailor"),
    plain("filarmoniya-obl.kz.example", "ru-filarmoniya", "Russian concert hall: programme and season tickets"),
    plain("gazeli-gruzchiki.example", "ru-perevozki", "Russian movers; an arcade machine is in the price list"),
    near(
        "ohotobshchestvo-testovsk.example", "ru-ohota", "Russian hunters' society: rates of payment, lots drawn for a licence", kind="other"
    ),
    near("loto-v-dome-veteranov.example", "ru-loto", "Russian pensioners' lotto club: sweets are the only stakes", kind="other"),
)
"""Hosts of this module, in the order of their seeds."""
