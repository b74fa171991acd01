"""Plain sites in Kazakh, and sites in Kazakh whose words are near gambling. Every name is invented; the page sources are in sites/kk-*."""

from sample_host import Served, near, plain

HOSTS = (
    near(
        "muzbel-mektebi.kz.example", "kk-mektep", "Kazakh school in the mountains: seven chess games are played and six won", kind="other"
    ),
    plain("tasotkel-okrugi.kz.example", "kk-akimdik", "Kazakh village council in table layout"),
    near("nurly-tan-meshiti.example", "kk-meshit", "Kazakh mosque: a sermon names gambling once", kind="other"),
    plain("shipaly-emhana.kz.example", "kk-emhana", "Kazakh clinic with an appointment form"),
    plain("qarasor-muzeii.example", "kk-muzei", "Kazakh local museum with an exhibition of old games"),
    near("shanyraq-teatry.kz.example", "kk-teatr", "Kazakh theatre that plays a novel about a gambler at roulette", kind="other"),
    plain("qonyr-kuz.example", "kk-poeziya", "Kazakh poetry page"),
    plain("qazan-oshaq.example", "kk-taghamdar", "Kazakh page of national cuisine with questions and answers"),
    plain("aqtyly-qoy.example", "kk-qoy", "Kazakh sheep breeder in old-fashioned markup", served=Served.GZIP),
    near("eginzhai-tuqym.example", "kk-tuqym", "Kazakh seed shop with a bonus card and the word win in its headline", kind="other"),
    near(
        "ine-zhip-taraz.example", "kk-tigin", "Kazakh tailor: to sew and to stake are one word; markup without html and body", kind="other"
    ),
    near("aq-otau-toihana.example", "kk-toyhana", "Kazakh wedding hall: advance payment, party games, gifts", kind="other"),
    near(
        "tulpar-zholy.kz.example",
        "kk-kokpar",
        "Kazakh horse-race news: says that bets are forbidden and that it prints no odds",
        kind="other",
    ),
    near("kures-mektebi-2.kz.example", "kk-kures", "Kazakh wrestling school: wins, and a coach's stavka, which is a post", kind="other"),
    near("ertegi-uii.kz.example", "kk-kitap", "Kazakh children's library: board games, a quiz with a drawn winner, no fee", kind="other"),
    near("dala-fm.example", "kk-radio", "Kazakh radio: a guessing game on air; refuses gambling adverts", kind="other"),
    near("ozen-boiy-gazeti.kz.example", "kk-gazet", "Kazakh weekly that explains why it prints no lottery draws", kind="other"),
    near("serpin-zhastar.kz.example", "kk-zhastar", "Kazakh youth centre: grants to win, a lesson against stavki", kind="other"),
    near("ata-anagha-kenes.example", "kk-ata-ana", "Kazakh advice for parents on loot boxes and bets of teenagers"),
    near("oiynsyz-omir.example", "kk-tauelsiz", "Kazakh help for gamblers with a self-test"),
    near("tergeu-portaly.kz.example", "kk-tergeu", "Kazakh news of a call centre behind an illegal casino with 140 mirrors"),
    near("dala-entsiklopediya.example", "kk-asyq", "Kazakh encyclopedia article on asyk games", kind="other"),
    plain("kogildir-kol.example", "kk-kol", "Kazakh tourism at a mountain lake"),
    near("serzhan-aghash.example", "kk-aghash", "Kazakh carpenter whose pictures show a card table", kind="other"),
    plain("zhol-bolsyn-taksi.example", "kk-taksi", "Kazakh taxi with fares and a free ride as a bonus"),
    plain("altai-baly.example", "kk-bal", "Kazakh beekeepers"),
    near(
        "qadam-mektebi.example",
        "kk-it-mektep",
        "Kazakh school of programming: dice and lottery as examples of probability, a registration form",
        kind="other",
    ),
    plain("qan-ortalyghy.kz.example", "kk-donor", "Kazakh blood-donor centre"),
    near("aina-alemi.example", "kk-aina", "Kazakh workshop of mirrors that are made of glass", kind="other"),
    near("kenesshi-buhgalter.example", "kk-salyq", "Kazakh accountant: tax stavki, bonuses and deposits", kind="other"),
)
"""Hosts of this module, in the order of their seeds."""
