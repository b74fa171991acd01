"""Why a page was judged so, in words that a person can check on the page.

A reason is one feature, or several that say the same, with exactly what they added to the log-odds. What means nothing to a reader (function words,
names of styles, things that are not there) is not told one by one: it is summed in the last reason, so that the weights add up to the log-odds.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from casefile.records import Reason
from classifier.features import description_of
from classifier.lexicon import APART, COMMON, concepts_in
from classifier.page import Page

MOST_FOR, MOST_AGAINST = 8, 3
"""Reasons given for and against."""

LEAST_REASON = 0.05
"""Log-odds below which nothing is a reason."""

MOST_STRONG = 400
"""Features looked at, the strongest first."""

REST = "everything else on the page, and the model's starting point"

QUOTED = re.compile(r"(?P<where>[a-z ]+) «(?P<words>[^»]*)»")
COUNTED = re.compile(r"(?P<what>[a-z ]+): (?P<count>\d+(?: to \d+)?)")

STRUCTURE = {
    "forms": "forms",
    "password fields": "password fields",
    "frames": "pages of others shown inside this one",
    "images in links": "pictures that are links",
    "outward links": "links to other sites",
    "links marked nofollow or sponsored": "links marked nofollow or sponsored",
}
"""What is counted of a page, in words."""

ALL_FUNCTION_WORDS = """
    без был была были было быть вам вас ваш ваша ваше ваши весь все всего всем всех где для до его ее если есть еще же за здесь из или именно их
    как какие когда которые который кто ли либо между мне можно мы на над нам нас наш наша наши не него нее нет них но ну об один он она они от
    очень по под после потом при про сами свой себя сейчас со сначала так также там тем то того тоже только уже чем через что чтобы эта эти это
    этого этой этот арқылы бар барлық басқа бен бойынша болады болып бұл бір біз бізде дейін да де егер емес енді және жоқ кейін көп қалай қандай
    мен немесе ол оның олар осы пен сондай сіз сіздің туралы тек үшін ғана әр about after all also and any are but can do each for from get has
    have here how if in into is it its may more most no not now of on one or other our out over per so such than that the their them then there
    these they this to too up us was we were what when which who will with you your ile için bir bu da de ve veya olan olarak uchun bilan va bu
"""
FUNCTION_WORDS = frozenset(ALL_FUNCTION_WORDS.split())
"""Words that say nothing by themselves in Russian, Kazakh, English, Turkish and Uzbek."""


def reasons_of(page: Page, names: Sequence[str], parts: npt.NDArray[np.float64], log_odds: float) -> tuple[Reason, ...]:
    """The strongest reasons for and against, in order of weight, and last what all others and the intercept add: together `log_odds`.

    `names` and `parts` (features,): every feature of the page and what it added.
    """
    concepts = concepts_in(f"{page.title} {description_of(page)} {page.text}".casefold())
    order = sorted(range(len(parts)), key=lambda index: (-abs(parts[index]), names[index]))
    looked_at = [index for index in order[:MOST_STRONG] if abs(parts[index]) >= LEAST_REASON]
    told: dict[str, float] = defaultdict(float)
    for index in dict.fromkeys([*looked_at, *(index for index in order if names[index].startswith("names "))]):
        if text := in_words(names[index], float(parts[index]), concepts):
            told[text] += float(parts[index])
    ranked = sorted(((text, round(weight, 3)) for text, weight in told.items()), key=lambda one: (-abs(one[1]), one[0]))
    strong = [one for one in ranked if abs(one[1]) >= LEAST_REASON]
    chosen = [one for one in strong if one[1] > 0][:MOST_FOR] + [one for one in strong if one[1] < 0][:MOST_AGAINST]
    rest = round(log_odds - sum(weight for _, weight in chosen), 3)
    return (*(Reason(text=text, weight=weight) for text, weight in chosen), Reason(text=REST, weight=rest))


def in_words(name: str, part: float, concepts: Mapping[str, tuple[int, str]]) -> str:
    """A feature in words, empty where it tells a reader nothing. `concepts`: what the page names (`lexicon.concepts_in`)."""
    if name.startswith("names "):
        concept = name.removeprefix("names ").partition(",")[0]
        return f"names {concept} («{concepts[concept][1]}»)" if concept in concepts else f"names {concept}"
    if found := COUNTED.fullmatch(name):
        return _counted(found["what"], found["count"], part, concepts)
    found = QUOTED.fullmatch(name)
    return _quoted(found["where"], found["words"]) if found else ""


def _counted(what: str, count: str, part: float, concepts: Mapping[str, tuple[int, str]]) -> str:
    """What is counted of a page: only what is there and speaks for gambling, but for a page that names nothing of gambling alone.

    Winnings, bonuses and the like are weighed one by one, and are not counted as subjects of gambling: beside them such a page names something.
    """
    if what == "gambling concepts":
        if count == "0":
            told = "names nothing that gambling sites alone name" if concepts.keys() & (COMMON | APART) else "names nothing of gambling"
            return told if part < 0 else ""
        return f"subjects of gambling named: {'9 or more' if count == '9' else count}" if part > 0 else ""
    return f"{STRUCTURE[what]}: {count}" if what in STRUCTURE and count != "0" and part > 0 else ""


def _quoted(where: str, words: str) -> str:
    """Words of the text or the title where they mean something; words of the page's making only where they name gambling."""
    if where == "stem":
        stem = words.removesuffix("…")
        return "" if stem in FUNCTION_WORDS else f"words beginning «{stem}»"
    if where in ("words", "title"):
        meant = [word for word in words.split() if len(word) > 2 and word not in FUNCTION_WORDS]
        return f"{where} «{words}»" if meant else ""
    return f"{where} «{words}»" if concepts_in(words) else ""
