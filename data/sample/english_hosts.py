"""Plain sites in English of companies and people in Kazakhstan, and such whose words are near gambling.

Every name is invented; the page sources are in sites/en-*.
"""

from sample_host import Served, near, plain

HOSTS = (
    plain("arid-lands-institute.example", "en-institute", "English research institute"),
    near("tasqala-drill-supply.example", "en-mining", "English supplier of drills: mines that are mines", kind="other"),
    plain("dragoman-daughters.example", "en-translation", "English translation bureau"),
    near("lapwing-birding.example", "en-birding", "English birding tours: a deposit holds the place", kind="other"),
    plain("second-winter.example", "en-expat", "English blog of a teacher in Petropavl"),
    near("kerege-docs.test", "en-docs", "English software documentation: worker slots and random draws", kind="other"),
    plain("dry-maps-2027.example", "en-conference", "English call for papers of a conference"),
    plain(
        "poplar-house.example",
        "en-hotel",
        "English page of a small hotel with a promo code field; phones get a shorter page with the same words",
    ),
    plain("railways-and-waiting.example", "en-museum", "English museum of railways", served=Served.GZIP),
    plain("berkut-charter.example", "en-charter", "English airline charter"),
    plain("til-uiren.example", "en-language", "English page of a school of Kazakh with a quiz"),
    near("minibus-for-aiya.example", "en-fundraiser", "English fundraiser that explains why it holds no raffle", kind="other"),
    near("white-rook-academy.example", "en-chess", "English chess academy: wins, a prize fund, gambits", kind="other"),
    near("slow-controller.example", "en-review", "English review of a video game with cards, dice, bluffs and no loot box", kind="other"),
    near("stat210.kz.example", "en-probability", "English university course on probability: roulette, ruin, martingales", kind="other"),
    near("astana-bridge-club.example", "en-bridge", "English rules of bridge in a club that does not play for money", kind="other"),
    near("tenge-and-sense.example", "en-finance", "English newsletter on money: betting on a rate cut as a figure of speech", kind="other"),
    near("quiet-hands.example", "en-support", "English charity that helps people to stop gambling"),
    near("aktobe-courier.example", "en-news", "English news of an influencer fined for casino adverts"),
    near("aubakir-lindqvist.example", "en-law", "English law note on gambling licences"),
    near("winnies-cellar.example", "en-wine", "English wine shop: win in its name, a welcome bonus, a jackpot of cider", kind="other"),
    near("ridder-hospital.kz.example", "en-hospital", "English hospital: free slots that are appointments", kind="other"),
    near("kostanay-slot-racers.example", "en-slotcar", "English slot-car racing club", kind="other"),
    near("velodala-spin.example", "en-spin", "English indoor cycling studio: the first spin is free", kind="other"),
    near("oral-road-school.example", "en-driving", "English crash course in winter driving", kind="other"),
    near("talgar-riding.example", "en-riding", "English riding school with a horse named Jackpot", kind="other"),
)
"""Hosts of this module, in the order of their seeds."""
