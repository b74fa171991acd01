"""Names that no entry may take along: what lies below a listed name and was unlisted, rejected, cleared by an appeal, or is a hacked site.

An entry that covers its subdomains says that all of them are the operator's. Where one below it is known not to be, the entry is narrowed to its exact name, when it is
selected and as long as it stands; the same where the host itself is a hacked site, whose other names are its owner's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from casefile import queries
from casefile.hostname import Hostname
from casefile.records import Appeal, Entry, Scope
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """`above`: every name over one that is kept apart, with one of those; `hacked`: the names of hacked sites."""

    above: Mapping[str, str]
    hacked: frozenset[str]

    def narrows(self, host: Hostname) -> bool:
        """Whether an entry of `host` covers its exact name alone."""
        return host.name in self.hacked or host.name in self.above

    def narrowed(self, entry: Entry) -> Entry:
        """The entry, as a row that replaces it where it has to be narrower than it is."""
        if entry.scope is Scope.EXACT or not self.narrows(entry.host):
            return entry
        return replace(entry, id=0, serial=0, renews=entry.since, scope=Scope.EXACT)


def kept_apart(case: Case) -> Apart:
    """What the case file knows now."""
    hacked = queries.hacked_names(case)
    names = queries.names_taken_off(case) | hacked
    return Apart(above={above: name for name in sorted(names) for above in names_above(name)}, hacked=hacked)


def bar_over(host: Hostname, barred: Mapping[str, Appeal]) -> Appeal | None:
    """The upheld appeal that keeps a host off the list: its own, or that of a name above it as far as one owner's names go."""
    for name in (host.name, *names_above(host.name)):
        if name in barred:
            return barred[name]
        if name == host.registrable:
            return None
    return None


def names_above(name: str) -> Iterator[str]:
    """Every name above `name`, the nearest first."""
    while "." in name:
        name = name.partition(".")[2]
        yield name
