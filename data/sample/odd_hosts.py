"""Innocent sites about gambling or next to it: news, help, law, statistics, history, mathematics. Every name is invented; the page sources are in sites/odd-*."""

from sample_host import Served, near

HOSTS = (
    near("gazeta-testovsk.example", "odd-sud", "Russian town paper: a sentence for the owners of an online casino"),
    near(
        "portal-segodnya.test",
        "odd-portal",
        "Russian news portal: names promo codes and mirrors in its text, with no link",
        served=Served.GZIP,
    ),
    near("delovoy-meridian.example", "odd-delovoi", "Russian business paper: how payments to illegal casinos are hidden"),
    near("stop-igra.kz.example", "odd-telefon", "Russian help line for gamblers and their families"),
    near("advokaty-testov.example", "odd-advokaty", "Russian law firm: its page on gambling law"),
    near("byuro-cifra.kz.example", "odd-statistika", "Russian statistics of gambling; the chart is drawn by a script"),
    near("reestr-komitet.kz.example", "odd-reestr", "a regulator's own list page in Russian: names blocked mirrors in plain text"),
    near("steppe-enciklopediya.example", "odd-ruletka", "Russian wiki article on the history of roulette"),
    near("kosti-i-dokazatelstva.example", "odd-kosti", "Russian mathematician's page: dice, expectation, a gambler's ruin", kind="other"),
    near("temny-zal.example", "odd-film", "Russian film review: a film set in a casino", kind="other"),
    near("durak-vo-dvore.example", "odd-durak", "Russian card game without money: points that cannot be bought", kind="other"),
)
"""Hosts of this module, in the order of their seeds."""
