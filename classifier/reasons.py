"""Why a page was judged so, in words that a person can check on the page, each with the page's words around it.

A reason is all numbers and words that say the same, with exactly what they added to the log-odds: what counts a concept anywhere on the page is one
reason, and so are the words of the text channel that name it. What tells a reader nothing is summed in the last reason, so that the weights add up to
the log-odds. What is not there is no reason, but for one: that a page names nothing that gambling sites alone name.

How it is wired in: the judge makes `Parts` of the calibrated contributions of both channels and calls `reasons_of`.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from casefile.records import Reason
from classifier.detectors.finding import clean
from classifier.features import Extractor, Features
from classifier.page import Page
from classifier.quoting import LINKS, LONGEST_QUOTE, Seen, quote_of
from classifier.text import MADE_OF, SHIFT, TextFeatures, named
from classifier.wording import (
    REST,
    Subject,
    beside_in_words,
    concept_in_words,
    evidence_in_words,
    shape_in_words,
    subjects_in_words,
)

Floats = npt.NDArray[np.float64]

MOST_FOR, MOST_AGAINST = 8, 3
"""Reasons given for and against."""

LEAST_REASON = 0.05
"""Log-odds below which nothing is a reason."""

MOST_WORDS = 20
"""Words of the text channel that are looked at, the strongest first."""

LAST = "everything else on the page, and the model's starting point"
NOTHING_STRONG = "names nothing that gambling sites alone name"
NOTHING_STRONG_READ = "what a visitor reads names nothing that gambling sites alone name"
NOTHING = "names nothing of gambling"

ALL_FUNCTION_WORDS = """
    без был была были было быть вам вас ваш ваша ваше ваши весь все всего всем всех где для до его ее если есть еще же за здесь из или именно их
    как какие когда которые который кто ли либо между мне можно мы на над нам нас наш наша наши не него нее нет них но ну об один он она они от
    очень по под после потом при про сами свой себя сейчас со сначала так также там тем то того тоже только уже чем через что чтобы эта эти это
    этого этой этот арқылы бар барлық басқа бен бойынша болады болып бұл бір біз бізде дейін да де егер емес енді және жоқ кейін көп қалай қандай
    мен немесе ол оның олар осы пен сондай сіз сіздің туралы тек үшін ғана әр about after all also and any are but can do each for from get has
    have here how if in into is it its may more most no not now of on one or other our out over per so such than that the their them then there
    these they this to too up us was we were what when which who will with you your ile için bir bu da de ve veya olan olarak uchun bilan va bu
    del las los con por para una uno como más que est les des une dans pour sur avec pas dos das não com uma por der die das und ist nicht mit
"""
FUNCTION_WORDS = frozenset(ALL_FUNCTION_WORDS.split())
"""Words that say nothing by themselves in the languages of most pages."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What everything on a page added to its log-odds, calibrated. `dense` (columns,) as `Extractor.columns`; `nothing` (columns,): what the same columns
    would add on a page that has none of what they count; `text` (features,) as `TextFeatures.hashes`. What they leave to the log-odds is the start.
    """

    dense: Floats
    nothing: Floats
    text: Floats


@dataclass(slots=True)
class _Told:
    """Reasons in the making: what each subject adds; where its words stand; words of the text channel by themselves."""

    weights: dict[Subject, float] = field(default_factory=lambda: defaultdict(float))
    texts: dict[Subject, str] = field(default_factory=dict)
    quotes: dict[Subject, str] = field(default_factory=dict)


def reasons_of(page: Page, extractor: Extractor, features: Features, parts: Parts, log_odds: float) -> tuple[Reason, ...]:
    """The strongest reasons for and against, in order of weight, and last what all else and the start add: together `log_odds`.

    `features`: what `extractor` read of `page`.
    """
    told = _Told()
    seen = Seen(page, extractor, features)
    _tell_columns(told, seen, parts)
    _tell_words(told, seen, parts.text)
    ranked = sorted(((round(weight, 3), subject) for subject, weight in told.weights.items()), key=lambda one: (-abs(one[0]), one[1]))
    strong = [
        (weight, subject, text)
        for weight, subject in ranked
        if abs(weight) >= LEAST_REASON and (text := _text(told, seen, weight, subject))
    ]
    chosen = [one for one in strong if one[0] > 0][:MOST_FOR] + [one for one in strong if one[0] < 0][:MOST_AGAINST]
    rest = round(log_odds - sum(weight for weight, _, _ in chosen), 3)
    reasons = (
        Reason(text=text, weight=weight, quote=told.quotes.get(subject) or seen.quote_of(subject)) for weight, subject, text in chosen
    )
    return (*reasons, Reason(text=LAST, weight=rest))


def _tell_columns(told: _Told, seen: Seen, parts: Parts) -> None:
    """What the numbers add, by subject: what counts things named from nothing named, the rest from the average."""
    subjects = seen.subjects
    from_nothing = np.where(subjects.spoken, parts.dense - parts.nothing, parts.dense)
    sums = np.bincount(subjects.of, weights=from_nothing, minlength=len(subjects.told))
    for number in np.flatnonzero(sums):
        if subjects.told[number] != REST:
            told.weights[subjects.told[number]] = float(sums[number])
    named_nothing = float(parts.nothing[subjects.spoken].sum())
    strong = seen.are("strong")
    if named_nothing < 0 and not strong[seen.where <= LINKS].any():
        absent = Subject("absent")
        told.weights[absent] = named_nothing
        told.texts[absent] = NOTHING_STRONG_READ if strong.any() else NOTHING_STRONG if len(strong) else NOTHING


def _tell_words(told: _Told, seen: Seen, parts: Floats) -> None:
    """What words of the text channel add: to the concept they name, else by themselves."""
    text = seen.features.text
    loud = np.flatnonzero(np.abs(parts) >= LEAST_REASON / 2)
    loud = loud[np.argsort(-np.abs(parts[loud]), kind="stable")][:MOST_WORDS]
    for one, number in zip(named(text, loud), loud, strict=True):
        concept = seen.lexicon.first_concept(text.source[one.begin : one.end])
        read = int(text.hashes[number] >> SHIFT) not in range(MADE_OF, 7)
        if concept:
            subject = Subject("concept", concept)
        elif read and _means_something(one.words):
            subject = Subject("words", one.words.rstrip("…").casefold())
            told.texts.setdefault(
                subject,
                f"words beginning «{_plain(one.words)}»" if one.kind == "stem" else f"{_kind_in_words(one.kind)} «{_plain(one.words)}»",
            )
            told.quotes.setdefault(subject, _quote_in(text, one.begin, one.end))
        else:
            continue
        told.weights[subject] += float(parts[number])


def _text(told: _Told, seen: Seen, weight: float, subject: Subject) -> str:
    """A subject in words, empty where there is nothing to tell."""
    if subject in told.texts:
        return told.texts[subject]
    if subject.sort == "concept":
        times, places = seen.places(subject.name)
        speaks = seen.lexicon.kinds[seen.lexicon.number_of(subject.name)] == "apart"
        return concept_in_words(subject.name, times, places, speaks=speaks) if places else ""
    if subject.sort == "beside":
        number = seen.number(f"beside: {subject.name}")
        return beside_in_words(subject.name, number) if number else ""
    if subject.sort == "evidence":
        return evidence_in_words(subject.name, seen.number(f"evidence: {subject.name}"))
    if subject.sort == "shape":
        number = seen.number(subject.name)
        return shape_in_words(subject.name, number) if weight > 0 and number else ""
    return _of_many(seen, subject)


def _of_many(seen: Seen, subject: Subject) -> str:
    """The subjects that are made of several concepts."""
    if subject.sort == "strong":
        return subjects_in_words("subjects of gambling", seen.gambling(near=False))
    if subject.sort == "near":
        return subjects_in_words("subjects of gambling in one passage", seen.gambling(near=True))
    if subject.sort == "soft":
        number = seen.times("soft")
        return f"words of bonuses, accounts and payments: {number}" if number else ""
    if subject.sort == "masked":
        words = ", ".join(f"«{clean(word)}»" for word in seen.features.hits.masked[:3])
        return f"words in disguise: {words}" if words else ""
    return ""


def _means_something(words: str) -> bool:
    """Whether words are more than function words and numbers."""
    return any(len(word) > 2 and not word.isdigit() and word.casefold() not in FUNCTION_WORDS for word in words.rstrip("…").split())


def _kind_in_words(kind: str) -> str:
    return {"title": "words of the title", "title phrase": "words of the title"}.get(kind, "words")


def _plain(words: str) -> str:
    """Words of the page in a reason's own text."""
    return clean(words)[:LONGEST_QUOTE]


def _quote_in(text: TextFeatures, begin: int, end: int) -> str:
    """The words around a feature of the text channel, of the segment it stands in."""
    low = text.source.rfind("\n", 0, begin) + 1
    high = text.source.find("\n", end)
    return quote_of(text.source[low : high if high >= 0 else len(text.source)], begin - low, end - low)
