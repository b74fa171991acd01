"""The step `families`: hosts that share an identifier belong together.

First version: only strong identifiers (counters, pixels, chat widgets, site verification) join hosts. A family is named for its first-seen member; a
family that another swallowed is closed by a row without members.
"""

import math
from collections import defaultdict
from collections.abc import Iterable

from casefile import queries
from casefile.hostname import Hostname
from casefile.progress import Progress
from casefile.records import Clock, Count, EvidenceKind, Family, StepReport, Strength, Tie
from casefile.store import Case

Fact = tuple[str, str]
"""Kind of identifier and its value."""


def families(case: Case, *, clock: Clock, progress: Progress) -> StepReport:
    """Join hosts by what they share and append what is new; a family with its ties is one transaction."""
    order = queries.first_sightings(case)
    holders = hosts_by_fact(case)
    groups = joined(holders.values(), order)
    known = {family.family: family.members for family in queries.families_now(case)}
    tied = {(tie.family, tie.host.name, tie.kind, tie.fact, tie.population) for tie in queries.all_ties(case)}
    progress.start("families", len(groups))
    changed = 0
    for members in groups:
        name = members[0].name
        ties = [
            tie
            for tie in ties_of(name, members, holders, clock)
            if (tie.family, tie.host.name, tie.kind, tie.fact, tie.population) not in tied
        ]
        new = known.get(name) != members
        case.add([*([Family(family=name, members=members, found_at=clock())] if new else []), *ties])
        changed += new
        progress.advance("changed" if new else "unchanged")
    current = {members[0].name for members in groups}
    gone = [name for name, members in sorted(known.items()) if members and name not in current]
    case.add([Family(family=name, members=(), found_at=clock()) for name in gone])
    skipped = (Count(outcome="unchanged", number=len(groups) - changed),) if len(groups) > changed else ()
    return StepReport(step="families", done=changed + len(gone), skipped=skipped, finished_at=clock())


def hosts_by_fact(case: Case) -> dict[Fact, dict[str, Hostname]]:
    """For every identifier that two hosts or more share, its hosts by name."""
    holders: dict[Fact, dict[str, Hostname]] = defaultdict(dict)
    for one in queries.all_evidence(case):
        if one.kind is EvidenceKind.IDENTIFIER and one.strength is Strength.STRONG:
            holders[one.subject, one.value][one.host.name] = one.host
    return {fact: hosts for fact, hosts in sorted(holders.items()) if len(hosts) > 1}


def joined(groups: Iterable[dict[str, Hostname]], order: dict[str, int]) -> list[tuple[Hostname, ...]]:
    """Groups of hosts with a host in common as one (union-find), members and groups in the order they were first seen."""
    parent: dict[str, str] = {}
    hosts: dict[str, Hostname] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group in groups:
        first, *others = group
        for other in others:
            parent[root(other)] = root(first)
        hosts.update(group)
    members: dict[str, list[Hostname]] = defaultdict(list)
    for name in sorted(hosts, key=lambda name: (order.get(name, len(order)), name)):
        members[root(name)].append(hosts[name])
    return [tuple(group) for group in members.values()]


def ties_of(family: str, members: tuple[Hostname, ...], holders: dict[Fact, dict[str, Hostname]], clock: Clock) -> Iterable[Tie]:
    """A tie for every member and identifier it shares, with how many hosts share it."""
    for (kind, fact), hosts in holders.items():
        for member in members:
            if member.name in hosts:
                yield Tie(
                    family=family, host=member, kind=kind, fact=fact, population=len(hosts), weight=weight_of(len(hosts)), found_at=clock()
                )


def weight_of(population: int) -> float:
    """1 for a fact of two hosts, less the more share it: 1 / log2(population), four decimals."""
    return round(1.0 / math.log2(max(population, 2)), 4)
