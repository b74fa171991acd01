"""Analysts' decisions as labelled pages: decided hosts alone, one group a family, capped so that no flood of decisions can steer what is learnt.

The rules, with their numbers:

    decided     the latest word on a host is an approval or a rejection, given after it was judged; what was put off, taken off, or only proposed is no example
    guilty      approved: the label of the verdict that stood then (operator, promotion; operator where it said neither)
    innocent    rejected: about where the verdict said so, else other
    left out    hosts that were hacked or licensed then: their pages are not what the decision was about
    a page      of the captures that verdict was made of, read back from the archive, with `THIN` characters or more; two a host at most, the front page first;
                the same text counts once
    a family    `PAGES_A_FAMILY` pages at most, its oldest decisions first, so that a flood that comes later takes no place of those that were there
    an analyst  `FAMILIES_AN_ANALYST` families at most, the newest first: a flood of one analyst displaces that analyst's own alone
    weight      in training a family weighs what one owner of gambling pages weighs in the corpus (`classifier.learning.relearning`)
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from casefile import queries
from casefile.examples import Decided, decided_hosts
from casefile.records import Action, Capture, Label, PageKind
from casefile.store import Case
from classifier.model import THIN
from classifier.page import Page
from classifier.reading import Reading, stands_for_its_site

PAGES_A_HOST = 2
PAGES_A_FAMILY = 5
FAMILIES_AN_ANALYST = 100
HOSTS_LOOKED_AT = 20
"""Hosts of a family whose pages are read before it is left with fewer pages than it may have."""

NO_EXAMPLE = (Label.HACKED, Label.LICENSED)

ERROR_STATUS = 400

Read = Callable[[Capture], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled page of a decided host. `target` as in `classifier.training.corpus`: operator, promotion, about, other; `sha256`: of its text."""

    host: str
    family: str
    analyst: str
    target: str
    landing: bool
    page: Page
    sha256: str

    @property
    def guilty(self) -> bool:
        """Whether an analyst approved the host."""
        return self.target in ("operator", "promotion")


def examples_of(case: Case, read: Read) -> list[Example]:
    """The examples of a case file; `read` reads a capture's page back from the archive. The same decisions give the same list."""
    found: list[Example] = []
    told: set[str] = set()
    for family, decided in capped(families_of(case, decided_hosts(case))):
        found += list(_of_family(case, read, family, decided, told))
    return found


def families_of(case: Case, decided: Iterable[Decided]) -> dict[str, list[Decided]]:
    """Decided hosts by family, oldest decision first; a host of no family stands with those of its registrable name."""
    families = {member.name: family.family for family in queries.families_now(case) for member in family.members}
    grouped: dict[str, list[Decided]] = defaultdict(list)
    for one in decided:
        if one.verdict.label not in NO_EXAMPLE:
            grouped[families.get(one.decision.host.name, one.decision.host.registrable)].append(one)
    return grouped


def capped(families: dict[str, list[Decided]]) -> list[tuple[str, list[Decided]]]:
    """The families that count, by name: of every analyst, who decided a family first, the newest; none with more hosts than are looked at."""
    left: Counter[str] = Counter()
    kept = []
    newest = sorted(families, key=lambda name: (families[name][0].decision.decided_at, name), reverse=True)
    for name in newest:
        analyst = families[name][0].decision.analyst
        left[analyst] += 1
        if left[analyst] <= FAMILIES_AN_ANALYST:
            kept.append((name, families[name][:HOSTS_LOOKED_AT]))
    return sorted(kept)


def digest_of(examples: Sequence[Example]) -> str:
    """SHA-256 over what the examples are, in their order: what was learnt can be named, and found again."""
    told = (f"{one.family}\t{one.host}\t{one.target}\t{one.analyst}\t{one.sha256}\n" for one in examples)
    return hashlib.sha256("".join(told).encode()).hexdigest()


def counts_of(examples: Sequence[Example]) -> dict[str, object]:
    """What the card says of the examples: how many, of how many families, by target and by analyst, and their digest."""
    return {
        "pages": len(examples),
        "families": len({one.family for one in examples}),
        "by target": dict(sorted(Counter(one.target for one in examples).items())),
        "by analyst": dict(sorted(Counter(one.analyst for one in examples).items())),
        "sha256": digest_of(examples),
    }


def _of_family(case: Case, read: Read, family: str, decided: Sequence[Decided], told: set[str]) -> Iterator[Example]:
    """The examples of one family; `told`: digests of texts that are examples already."""
    left = PAGES_A_FAMILY
    for one in decided:
        for landing, page in _pages(case, read, one)[:PAGES_A_HOST]:
            sha256 = hashlib.sha256(page.text.encode("utf-8", "replace")).hexdigest()
            if sha256 in told or not left:
                continue
            told.add(sha256)
            left -= 1
            decision = one.decision
            yield Example(
                host=decision.host.name,
                family=family,
                analyst=decision.analyst,
                target=target_of(one),
                landing=landing,
                page=page,
                sha256=sha256,
            )
        if not left:
            return


def target_of(one: Decided) -> str:
    """The target that a decision gives the pages of its host."""
    label = one.verdict.label
    if one.decision.action is Action.APPROVE:
        return Label.PROMOTION.value if label is Label.PROMOTION else Label.OPERATOR.value
    return Label.ABOUT.value if label is Label.ABOUT else Label.OTHER.value


def _pages(case: Case, read: Read, one: Decided) -> list[tuple[bool, Page]]:
    """The pages that a verdict was made of, each address once, the front page first and then those that say most: (is front page, page)."""
    captures = queries.by_id(case, Capture, one.verdict.captures)
    found: dict[str, tuple[bool, Page]] = {}
    for capture in captures.values():
        if capture.status >= ERROR_STATUS or not stands_for_its_site(capture):
            continue
        page = read(capture).page
        if page is None or page.cut or len(page.text) < THIN:
            continue
        known = found.get(capture.url)
        if known is None or len(known[1].text) < len(page.text):
            found[capture.url] = (capture.page is PageKind.LANDING, page)
    return sorted(found.values(), key=lambda told: (not told[0], -len(told[1].text)))
