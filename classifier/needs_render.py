"""Whether a browser should look at a host before its verdict stands, and why: a rule on what was fetched, and on what was made of it.

A browser is asked for where the landing page, from any vantage,

1. is a shell: under 400 characters of text that a visitor sees, and a script or a frame that could fill it (what only counts visitors cannot);
2. sends its visitor on by script, or tells visitors to turn JavaScript on, and has little text else;
3. is thin: under 200 characters of text, or nothing at all;
4. could not be had for a challenge, or was refused with a status that sites give to programs;

or where the host

5. showed different things to different vantages (`classifier.differences`);
6. is judged within 1.0 of log-odds under the listing bar, or 0.15 under the review bar;
7. is over the listing bar without strong evidence of a payment route or of a promoter, which an entry needs;

or, of a host that would else be clear, where the landing page, however much text it has (`classifier.hides`),

8. is written anew by a script of its own (`document.body.innerHTML =`, `document.write`, a shadow root);
9. is left by a script or a handler that runs without a click;
10. has a script that unpacks what it runs, or puts the names of such things together of pieces;
11. has a frame of another site, or one that it fills itself, that could cover it;
12. shows less than it says: most of its text is hidden by its own attributes.

So a plain site with ample text asks for nothing, and neither does a mirror whose fetched pages carry two kinds of evidence. What asked and was not
rendered is never clear: `unseen` says what is wanting; neither is a shell that shows as little to a browser (`still_shells`), since what comes late, or after
a click, is not waited for. Pure.
"""

import math
import re
from collections.abc import Iterator, Sequence

from casefile.outcomes import Outcome
from casefile.records import Band, Capture, Evidence, EvidenceKind, How, PageKind, Strength
from casefile.reference import Reference
from classifier.addresses import common_hosts, is_below
from classifier.differences import ERROR_STATUS, THIN, Compared, Readings
from classifier.hides import SENDS_ON, hidden_by
from classifier.judging import HostJudgement
from classifier.model import Bars
from classifier.page import Page, host_of
from classifier.reading import Reading, stands_for_its_site

SHELL = 400
SHORT = 1_000
"""Characters of visible text under which a script may be the page, and under which a page may be no more than a stop on the way."""

NEAR_LISTING = 1.0
NEAR_REVIEW = 0.15
"""Log-odds. A page in review is looked at by a person anyway: a browser is worth its time where it may carry the host over the listing bar. Under the
review bar lie most of the web's pages, and nobody looks at them."""

REFUSALS = frozenset((401, 403, 406, 429, 503))
"""Statuses with which sites turn programs away."""

FILLS = re.compile(
    r"createElement|innerHTML|insertAdjacent|document\.write|fetch\s*\(|XMLHttpRequest|WebSocket|atob\s*\(|eval\s*\(|import\s*\("
)
"""What an inline script does that puts something on a page."""

COUNTS = re.compile(r"\b(?:gtag|ym|ga|fbq|_gaq|_tmr|dataLayer|hotjar|Ya\.Metrika|schema\.org)\b")
LONGEST_COUNTER = 2_000
"""What the inline scripts of counters name, and characters of such a script."""

ASKS_FOR_SCRIPT = re.compile(
    r"(?:включите|включить|разрешите|необходимо включ\w+|требуется|нужен|қосыңыз|қосу керек).{0,60}javascript|javascript.{0,60}(?:включ|қос|отключ|требуется|необходим)"
    r"|(?:enable|requires?|turn on|need).{0,40}javascript|javascript.{0,40}(?:enabled|required|disabled|to run this app)",
    re.IGNORECASE,
)
"""`Turn JavaScript on` in Russian, Kazakh and English."""

FACTS = (EvidenceKind.PAYMENT, EvidenceKind.PROMOTER, EvidenceKind.OFFICER)
"""Kinds of evidence that complete an entry beside what the pages say, where they are strong."""

Asked = dict[str, str]
"""The sentence of every rule that asks, by the rule's name."""


def asks_of_host(
    readings: Readings, found: HostJudgement, evidence: Sequence[Evidence], compared: Sequence[Compared], bars: Bars, reference: Reference
) -> tuple[str, ...]:
    """Why a browser should look, a sentence each; empty where it need not. `readings`, `compared`: of the last visit; only static ones are looked at."""
    asks: Asked = {}
    for vantage, asked in asks_of_vantages(readings, reference, clear=found.band is Band.CLEAR).items():
        for rule, sentence in asked.items():
            asks.setdefault(rule, f"{sentence} (vantage {vantage})")
    static = [one.difference for one in compared if not one.difference.first.endswith(How.RENDERED.value)]
    for one in static:
        if not one.second.endswith(How.RENDERED.value):
            asks.setdefault("vantages", f"{one.first} and {one.second} were shown different things: {one.text}")
    asks.update(_asks_of_judgement(found, evidence, bars))
    return tuple(asks.values())


def asks_of_vantages(readings: Readings, reference: Reference, *, clear: bool) -> dict[str, Asked]:
    """What the landing pages of each vantage, as fetched, ask for; `clear`: of a host that would else be so."""
    asked: dict[str, Asked] = {}
    common = common_hosts(reference)
    for vantage, landings in landings_by_vantage(readings, How.STATIC).items():
        read = [reading.page for capture, reading in landings if reading.page is not None and capture.status < ERROR_STATUS]
        found = dict(one for page in read for one in asks_of_page(page, common))
        if clear and not found:
            found = dict(one for page in read for one in hidden_by(page, common))
        if not read:
            found = dict(one for capture, _ in landings for one in _asks_of_outcome(capture))
        if found:
            asked[vantage] = found
    return asked


def landings_by_vantage(readings: Readings, how: How) -> dict[str, list[tuple[Capture, Reading]]]:
    """The landing pages that stand for the site, by vantage."""
    found: dict[str, list[tuple[Capture, Reading]]] = {}
    for capture, reading in readings:
        if capture.how is how and capture.page is PageKind.LANDING and stands_for_its_site(capture):
            found.setdefault(capture.vantage.name, []).append((capture, reading))
    return found


def asks_of_page(page: Page, common: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The rules on one page as fetched: the name of the rule and a sentence, the most telling first."""
    length = len(page.shown)
    if length < SHORT and SENDS_ON.search(page.inline):
        yield "redirect", f"a script sends the visitor of a page with {length} characters of text elsewhere"
    elif length < SHELL and (filled := fillers_of(page, common)):
        yield "shell", f"the page has {length} characters of text and is filled by {filled}"
    elif length < SHORT and ASKS_FOR_SCRIPT.search(f"{page.noscript} {page.shown if length < SHELL else ''}"):
        yield "noscript", "the page asks its visitors to turn JavaScript on"
    elif length < THIN:
        yield "thin", f"the page has {length} characters of text (under {THIN})"


def fillers_of(page: Page, common: frozenset[str]) -> str:
    """What could fill a page with little text, in words; empty where nothing could."""
    parts = {
        "scripts": sum(not is_below(host_of(address), common) for address in page.scripts)
        + bool(may_fill(page.inline) or may_fill(page.handlers)),
        "frames": sum(not is_below(host_of(address), common) for address in page.frames)
        + sum(address == "srcdoc" for address in (*page.covers, *page.unsized)),
    }
    return " and ".join(f"{number} {name if number > 1 else name[:-1]}" for name, number in parts.items() if number)


def may_fill(script: str) -> bool:
    """Whether an inline script may put something on a page: any but what only counts visitors."""
    if FILLS.search(script):
        return True
    return bool(script.strip()) and not (len(script) < LONGEST_COUNTER and COUNTS.search(script))


def still_shells(readings: Readings, reference: Reference) -> tuple[str, ...]:
    """Landing pages that asked for a browser as shells, and show as little to it, in words: such a host is not clear."""
    asked = asks_of_vantages(readings, reference, clear=False)
    return tuple(
        f"as a browser shows it, the landing page still has {len(reading.page.shown)} characters of text, and its script may show more to a person (vantage {vantage})"
        for vantage, landings in landings_by_vantage(readings, How.RENDERED).items()
        if "shell" in asked.get(vantage, {})
        for capture, reading in landings
        if reading.page is not None and capture.status < ERROR_STATUS and THIN <= len(reading.page.shown) < SHELL
    )


def unseen(readings: Readings, reference: Reference) -> tuple[str, ...]:
    """What asked for a browser, or was given to one, and was not seen by it, in words: such a host is never clear."""
    rendered = landings_by_vantage(readings, How.RENDERED)
    seen = {vantage for vantage, landings in rendered.items() if any(is_seen(capture, reading) for capture, reading in landings)}
    told = []
    for vantage in dict.fromkeys((*rendered, *asks_of_vantages(readings, reference, clear=True))):
        if vantage in seen:
            continue
        came = next((_outcome(capture, reading) for capture, reading in rendered.get(vantage, ())), "not rendered")
        told.append(f"landing page not seen by a browser from vantage {vantage}: {came}")
    return tuple(told)


def is_seen(capture: Capture, reading: Reading) -> bool:
    """Whether a page came."""
    return reading.page is not None and capture.status < ERROR_STATUS


def _outcome(capture: Capture, reading: Reading) -> str:
    return f"status {capture.status}" if reading.page is not None else reading.outcome


def _asks_of_outcome(capture: Capture) -> Iterator[tuple[str, str]]:
    if capture.outcome is Outcome.CHALLENGE:
        yield "challenge", "the site answered with a challenge"
    elif capture.outcome is Outcome.EMPTY:
        yield "thin", "the site answered with an empty page"
    elif capture.status in REFUSALS:
        yield "refused", f"the site answered with status {capture.status}"


def _asks_of_judgement(found: HostJudgement, evidence: Sequence[Evidence], bars: Bars) -> Iterator[tuple[str, str]]:
    odds = _log_odds(found.probability)
    for name, bar, near in (("listing", bars.mirror, NEAR_LISTING), ("review", bars.review, NEAR_REVIEW)):
        if 0 < _log_odds(bar) - odds <= near:
            yield "near", f"the score {found.probability:.3f} is near the {name} bar {bar:.3f}"
    strong = {one.kind for one in evidence if one.strength is Strength.STRONG}
    if found.band is Band.MIRROR and not strong.intersection(FACTS):
        yield "evidence", "over the listing bar, and no payment route or promoter was found yet"


def _log_odds(probability: float) -> float:
    """The log-odds of a probability, never infinite."""
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))
