"""The step `families`: hosts that belong together, with the reason of every tie.

Two sorts of shared fact, and what each may do:

* An **owner's** identifier is an account: a counter, a pixel, a chat, a verified name, an account at a cashier (strong evidence). Whoever shares one belongs
  to one owner: it joins by itself.
* A **platform's** identifier (`INDEPENDENT` names them: API shape, WebSocket, favicon, contact) is shared by everybody who rents the same platform, bought
  the same template or kept its icon: similarity is not ownership. Two such facts of different sorts that the same hosts share join them, but never
  hosts that both show accounts and none in common: those have different owners. So rivals on one white-label platform stay apart, whatever they share.
  (A site's verification joins like an account where it is the same, but is no sign of another owner where it differs: one owner has one for every site.)

Anybody can copy a counter out of a page, so a shared fact alone is not enough where the latest verdicts say that two hosts are different things. A **clear**
host (a licensed operator is clear by rule) joins none that is not: an innocent's counter that a casino copied must not pull the innocent in, nor the innocent's
other sites, and a casino's counter planted on an innocent's page must not either. The fact ties those on each side of that line among themselves, counts
their number alone, and is told of neither as shared with the other side. Clear hosts are joined by no platform's identifier at all: thousands
of honest shops rent one shop builder. The price: a casino that looks clear is in no family of mirrors until a verdict on it says otherwise.

Only what a host showed at its last visit counts, so that a fact once copied does not tie for ever.

A family is named for the first-seen of its members that are in the mirror band, else for its first-seen member; it keeps its name while that member is in it
and in the mirror band. One that another swallowed is closed by a row without members. Game providers are no identifiers at all.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from casefile import changes, queries
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import Band, Clock, Count, Evidence, EvidenceKind, Family, StepReport, Strength, Tie
from casefile.store import Case
from classifier.detectors import api_shape, favicon, websocket_host
from classifier.detectors.shared_identifier import VERIFICATION

Fact = tuple[str, str]
"""Kind of identifier and its value."""

Holders = dict[Fact, dict[str, Hostname]]
"""For every fact, its hosts by name."""

INDEPENDENT: dict[str, str] = {
    api_shape.SUBJECT: "backend",
    websocket_host.SUBJECT: "backend",
    favicon.SUBJECT: "icon",
    "telegram": "contact",
}
"""Platform identifiers, and of which sort each is: an API and a socket of one platform are one fact told twice."""

WEAK_SHARE = 0.5
"""What a platform identifier weighs of an owner's that as many hosts share."""

MOST_HOLDERS = 500
"""Hosts over which a platform identifier is everybody's: it joins nobody."""

MOST_FACTS = 20
"""Platform identifiers of one host that are paired: a page of ten thousand would cost ten thousand squared. The rarest come first."""


@dataclass(slots=True)
class Shared:
    """What hosts share: facts of owners and of platforms that two hosts or more have, and which hosts show an account at all, shared or not.

    `clear`: the names of hosts whose latest verdict is clear.
    """

    owners: Holders = field(default_factory=dict)
    platforms: Holders = field(default_factory=dict)
    owned: set[str] = field(default_factory=set)
    clear: Collection[str] = frozenset()


@dataclass(slots=True)
class Groups:
    """Union-find over host names."""

    parent: dict[str, str] = field(default_factory=dict)

    def root(self, name: str) -> str:
        """The name that stands for the group of `name`."""
        while self.parent.setdefault(name, name) != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, first: str, second: str) -> None:
        """Make the groups of two names one."""
        self.parent[self.root(second)] = self.root(first)


def families(case: Case, *, clock: Clock, progress: Progress) -> StepReport:
    """Join hosts by what they share and append what is new; a family with its ties is one transaction."""
    order = queries.first_sightings(case)
    bands = {verdict.host.name: verdict.band for verdict in queries.latest_verdicts(case)}
    shared = shared_facts(changes.identifiers_of_last_visits(case), {name for name, band in bands.items() if band is Band.CLEAR})
    groups = joined(shared, order)
    known = {family.family: family.members for family in queries.families_now(case)}
    mirrors = {name for name, band in bands.items() if band is Band.MIRROR}
    names = [name_of(members, mirrors, known) for members in groups]
    # as last told: a fact that two shared, then three, then two again is told again
    told = {(tie.family, tie.host.name, tie.kind, tie.fact): tie.population for tie in queries.all_ties(case)}
    progress.start("families", len(groups))
    changed = 0
    for name, members, ties in zip(names, groups, ties_of(groups, names, shared, clock), strict=True):
        fresh = [tie for tie in ties if told.get((tie.family, tie.host.name, tie.kind, tie.fact)) != tie.population]
        new = known.get(name) != members
        case.add([*([Family(family=name, members=members, found_at=clock())] if new else []), *fresh])
        changed += new
        progress.advance("changed" if new else "unchanged")
    gone = [name for name, members in sorted(known.items()) if members and name not in set(names)]
    case.add([Family(family=name, members=(), found_at=clock()) for name in gone])
    skipped = (Count(outcome="unchanged", number=len(groups) - changed),) if len(groups) > changed else ()
    return StepReport(step="families", done=changed + len(gone), skipped=skipped, finished_at=clock())


def name_of(members: Sequence[Hostname], mirrors: Collection[str], known: Collection[str]) -> str:
    """What a family is called, for one of its `members` (first-seen first): a mirror before others, then one that a family is called for now."""
    return min(members, key=lambda one: (one.name not in mirrors, one.name not in known)).name  # the first of equals


def shared_facts(evidence: Iterable[Evidence], clear: Collection[str] = frozenset()) -> Shared:
    """The identifiers that two hosts or more share, in order of kind and value; `clear`: the names of hosts that are judged clear."""
    owners: Holders = defaultdict(dict)
    platforms: Holders = defaultdict(dict)
    for one in evidence:
        if one.kind is not EvidenceKind.IDENTIFIER:
            continue
        if one.strength is Strength.STRONG:
            owners[one.subject, one.value][one.host.name] = one.host
        elif one.subject in INDEPENDENT:
            platforms[one.subject, one.value][one.host.name] = one.host
    owned = {name for (kind, _), hosts in owners.items() if kind not in VERIFICATION for name in hosts}
    return Shared(owners=_of_several(owners), platforms=_of_several(platforms), owned=owned, clear=clear)


def _of_several(holders: Holders) -> Holders:
    return {fact: hosts for fact, hosts in sorted(holders.items()) if len(hosts) > 1}


def joined(shared: Shared, order: Mapping[str, int]) -> list[tuple[Hostname, ...]]:
    """Groups of hosts that belong together, members and groups in the order they were first seen."""
    groups = Groups()
    for hosts in shared.owners.values():
        for side in sides_of(hosts, shared.clear):
            first, *others = side
            for other in others:
                groups.join(first, other)
    owned = {groups.root(name) for name in shared.owned}
    for names in pairs_of_facts(shared.platforms):
        _join_alike(groups, owned, names, shared.clear)
    return _in_order(groups, shared, order)


def sides_of(hosts: Mapping[str, Hostname], clear: Collection[str]) -> Iterator[dict[str, Hostname]]:
    """Those of the hosts that are clear, and those that are not, each where there are any: no fact joins one with the other."""
    for is_clear in (False, True):
        if side := {name: host for name, host in hosts.items() if (name in clear) is is_clear}:
            yield side


def _join_alike(groups: Groups, owned: set[str], names: list[str], clear: Collection[str]) -> None:
    """Join hosts that share two platform identifiers, unless they have different owners: then nobody knows whose the rest are.

    A clear host is joined to nobody by them, but one that shows an account is an owner too: what it rents is not the casino's own.
    """
    roots = dict.fromkeys(groups.root(name) for name in names)
    owners = [root for root in roots if root in owned]
    if len(owners) > 1 or any(root in clear for root in owners):
        return
    for first, other in pairwise(owners + [root for root in roots if root not in owned and root not in clear]):
        groups.join(first, other)


def _in_order(groups: Groups, shared: Shared, order: Mapping[str, int]) -> list[tuple[Hostname, ...]]:
    """The groups of two hosts or more."""
    hosts = {name: host for holders in (shared.owners, shared.platforms) for found in holders.values() for name, host in found.items()}
    members: dict[str, list[Hostname]] = defaultdict(list)
    for name in sorted(hosts, key=lambda name: (order.get(name, len(order)), name)):
        members[groups.root(name)].append(hosts[name])
    return [tuple(group) for group in members.values() if len(group) > 1]


def pairs_of_facts(platforms: Holders) -> Iterator[list[str]]:
    """For every two platform identifiers of different sorts that the same hosts share, those hosts by name; the rarest pairs first."""
    facts_of: dict[str, list[Fact]] = defaultdict(list)
    for fact, hosts in sorted(platforms.items(), key=lambda one: (len(one[1]), one[0])):
        if len(hosts) <= MOST_HOLDERS:
            for name in hosts:
                facts_of[name].append(fact)
    holders: dict[tuple[Fact, Fact], list[str]] = defaultdict(list)
    for name, facts in sorted(facts_of.items()):
        for one, other in combinations(sorted(facts[:MOST_FACTS]), 2):
            if INDEPENDENT[one[0]] != INDEPENDENT[other[0]]:
                holders[one, other].append(name)
    several = [(pair, names) for pair, names in holders.items() if len(names) > 1]
    yield from (names for _, names in sorted(several, key=lambda one: (len(one[1]), one[0])))


def ties_of(groups: Sequence[tuple[Hostname, ...]], names: Sequence[str], shared: Shared, clock: Clock) -> Iterator[list[Tie]]:
    """The ties of each group, called as `names` says: every identifier that two of its members or more share, with how many hosts in all share it."""
    place = {member.name: number for number, members in enumerate(groups) for member in members}
    ties: list[list[Tie]] = [[] for _ in groups]
    for (kind, fact), hosts, weight in _told_facts(shared):
        inside: dict[int, list[Hostname]] = defaultdict(list)
        for name, host in hosts.items():
            if name in place:
                inside[place[name]].append(host)
        for number, found in inside.items():
            if len(found) > 1:
                ties[number] += [
                    Tie(family=names[number], host=host, kind=kind, fact=fact, population=len(hosts), weight=weight, found_at=clock())
                    for host in found
                ]
    yield from ties


def _told_facts(shared: Shared) -> Iterator[tuple[Fact, dict[str, Hostname], float]]:
    """Every shared fact with the hosts on one side that share it, and what it weighs there; those of owners first."""
    for holders, share in ((shared.owners, 1.0), (shared.platforms, WEAK_SHARE)):
        for fact, hosts in holders.items():
            for side in sides_of(hosts, shared.clear):
                yield fact, side, round(weight_of(len(side)) * share, 4)


def weight_of(population: int) -> float:
    """1 for a fact of two hosts, less the more share it: 1 / log2(population), four decimals."""
    return round(1.0 / math.log2(max(population, 2)), 4)
