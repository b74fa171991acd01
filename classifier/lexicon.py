"""Words of gambling by meaning, for what rules read: detectors, differences between visitors, hacked sites, words in pictures.

The model itself reads the larger lexicon of `classifier.concepts` (data/reference/lexicon.csv).
Stems in Russian, Kazakh, English, Turkish, Uzbek, Ukrainian, Azerbaijani, Portuguese and Indonesian, gathered by the project from ordinary usage
(no list of others was copied); a stem matches from the beginning of a word.
"""

import re

CONCEPTS: dict[str, str] = {
    "casino": r"казино|кәзино|casinos?|kazino|cassino|kasino|kumarhane",
    "slots": r"слот|игров\w* автомат|автомат|ойын автомат|slots?\b|slot oyun|caça.?níque",
    "betting": r"ставк\w+ на\b|ставки\b(?! (?:по|вознагр|рефин|налог|кредит))|ставок\b|букмекер|бәс тіг|бәс\b|тігу|тотализатор|betting|bets?\b|bookmaker|sportsbook|bahis|apostas?|taruhan|tikish|mərc|judi",
    "odds": r"коэффициент|коэфф|odds\b|oran(?:lar)?\b|коэфиц",
    "jackpot": r"джекпот|jackpot",
    "roulette": r"рулетк|рулетка|roulette|rulet",
    "poker": r"покер|poker|blackjack|блэкджек|baccarat|баккара|бакара",
    "live dealer": r"живы\w+ дилер|лайв.казино|live casino|live dealer|canlı casino|тікелей дилер",
    "crash games": r"авиатор|aviator|lucky ?jet|plinko|crash games?|mines\b",
    "free spins": r"фриспин|бесплатны\w+ вращени|фри.спин|тегін айнал|free ?spins?|freebet|фрибет|bepul aylan",
    "bonus": r"бонус|bonus|bônus|бонуст",
    "deposit": r"депозит|пополн\w+|толтыр|deposit|depósito|yatır|тапсыру",
    "withdrawal": r"вывод\w* (?:средств|денег|выигрыш)|снять выигрыш|ұтыс\w* шығар|ақша шығар|шығарып ал|withdraw|saque|para çek|yechib ol",
    "winnings": r"выигрыш|выигра|ұтыс|ұтып|winnings?\b|big win|kazanç|yutuq|ganhe",
    "mirror": r"зеркал[оа]|рабоч\w+ зеркал|айна\b|айнасы|mirror\b|güncel giriş|giriş adresi|обход\w* блокиров",
    "play for money": r"играть на (?:реальные )?деньги|на деньги|нақты ақша|ақшаға ойна|real money|play now|gerçek para|daftar sekarang",
    "sign up": r"регистрац|тіркел|sign ?up|register\b|kayıt ol|cadastr|ro.yxatdan",
    "promo code": r"промо.?код|promo ?code|bonus code|promosyon kod|promokod",
    "wagering": r"вейджер|отыгрыш|отыгра|wagering|wager\b|rollover|çevrim",
    "studio": r"pragmatic play|netent|evolution gaming|playtech|microgaming|play.n go|igrosoft|novomatic|gates of olympus|sweet bonanza|book of (?:ra|dead)",
    "licence claim": r"кюрасао|curacao|curaçao|лицензи\w+ № ?|antillephone|8048.?jaz",
    "age": r"18\s?\+|21\s?\+",
    "help": r"лудомани|игров\w+ зависимост|құмарлық|ойынқұмар|зависимост\w+ от (?:азартн|игр)|самоограничен|самоисключен|problem gambling|gambling addiction|helpline|телефон доверия|сенім телефон",
    "law and news": r"законопроект|запрет\w*|штраф\w*|полици\w+|прокур\w+|министр\w*|министерств\w*|задержа\w+|суд\b|заңсыз|айыппұл|полиция|министр|тыйым|regulator|police|court\b|lawmakers?|ministry",
}
"""Concept -> stems."""

APART = frozenset({"help", "law and news"})
"""Concepts of pages about gambling."""

COMMON = frozenset({"age", "sign up", "bonus", "deposit", "winnings", "mirror"})
"""Concepts that banks and shops name too."""

PATTERNS = {name: re.compile(rf"(?<!\w)(?:{stems})") for name, stems in CONCEPTS.items()}

MOST_TEXT = 30_000
"""Characters searched."""


def concepts_in(text: str) -> dict[str, tuple[int, str]]:
    """For every concept named in casefolded `text`: how often, and the first words that name it."""
    part = text[:MOST_TEXT]
    found = {}
    for name, pattern in PATTERNS.items():
        hits = [match.group() for match in pattern.finditer(part)]
        if hits:
            found[name] = (len(hits), hits[0])
    return found
