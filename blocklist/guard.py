"""What may never be listed, whoever approves it: each refusal names its rule.

Asked when an analyst approves, when entries are selected, and again of the names in the written files. Facts come from the reference tables
(`guarded.csv`, `licensed.csv`, `shared_hosts.csv`), the Public Suffix List and the imported top list; there is no way around it but to correct a table.
The rules, by name:

    public-suffix      a name under which others register names, or that would take one with it
    reserved-name      no public name: reserved, or under a suffix that nobody knows
    root, wildcard, single-label, ip-literal, rpz-trigger, host-name      text that is no host name at all (`refusal_of`)
    shared-host        a host of many tenants, or a service of one; a tenant is listed by its exact name, and not at all where tenants are paths
    licensed-operator  stands in licensed.csv
    government, education, bank, payment, cdn, cloud, dns, mail ...       the `kind` of the row of guarded.csv that names it
    popular            stands in the imported top list
    own-name           a name of the list itself (its zone, its canaries, the block page), what lies under one or would take one with it

Of guarded and shared names the nearest above a host counts, so that a guard on a cloud leaves the tenants of its shared hosts alone.
"""

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from blocklist.popular import Popular
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import NUMBER, RPZ_TRIGGERS, SPECIAL_USE, Door, Hostname, SuffixKind, normalise
from casefile.plaintext import inert
from casefile.records import Scope
from casefile.reference import Reference

STATE = {"gov.kz": "government", "mil.kz": "government", "edu.kz": "education"}
"""Second levels of .kz kept for the state and for schools (rules of the .kz domain, nic.kz): nothing in them, and not they themselves."""

TENANTS_ARE_PATHS = frozenset({"link-in-bio", "messenger", "social", "documents", "short-link"})
"""Kinds of shared host where a tenant is a path: no name there belongs to one tenant, so none may be listed. In the others a tenant is a name."""

STOPS_AT_TENANTS = "cloud"
"""The kind of guard that ends where the Public Suffix List says that customers' names begin. A CDN's does not: what lies below serves many at once."""

SERVICE_LABELS = frozenset({
    "www", "web", "m", "mobile", "login", "signin", "sso", "auth", "oauth", "id", "account", "accounts", "my", "api", "app", "apps",
    "mail", "email", "webmail", "smtp", "imap", "pop", "mx", "ns", "ns1", "ns2", "static", "assets", "img", "images", "media", "cdn",
    "admin", "dashboard", "panel", "cp", "manage", "editor", "help", "support", "docs", "status", "blog",
})  # fmt: skip
"""Labels that the owner of a shared host keeps for itself: `login.wix.com` is the builder's door for all its tenants, not a tenant."""

KIND = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a host may not be listed: the rule's name, and a sentence for the analyst."""

    rule: str
    text: str


class Guard:
    """The never-list. `door` says which suffixes beside the public list this case file knows, `popular` is the imported top list, `own`: the names of the list itself.

    Raises `UsageError` for a broken table.
    """

    def __init__(self, reference: Reference, door: Door, popular: Popular | None = None, own: Iterable[str] = ()) -> None:
        self.reference = reference
        self.door = door
        self.popular = popular
        self.own = tuple(own)
        self._shared = {_name(one.name): _kind(one.name, one.kind) for one in reference.shared_hosts}
        self._guarded = {_name(one.name): _kind(one.name, one.kind) for one in reference.guarded}
        self._licensed = {self._registrable(one.domain): one.operator for one in reference.licensed}
        self._above = {ancestor: ("public-suffix", rule) for rule in door.suffixes() for ancestor in _levels(rule.removeprefix("!"))[1:]}
        self._above |= {ancestor: ("shared-host", name) for name in self._shared for ancestor in _levels(name)[1:]}
        self._above |= {ancestor: (kind, name) for name, kind in self._guarded.items() for ancestor in _levels(name)[1:]}
        self._above |= {ancestor: ("licensed-operator", name) for name in self._licensed for ancestor in _levels(name)[1:]}

    def with_suffixes(self, suffixes: Iterable[str]) -> "Guard":
        """The same never-list behind a door with these extra suffixes (those a release was made with)."""
        door = Door(suffixes)
        return self if door.extra_suffixes == self.door.extra_suffixes else Guard(self.reference, door, self.popular, self.own)

    def with_own(self, own: Iterable[str]) -> "Guard":
        """The same never-list for a list whose own names are these (those a release says)."""
        other = copy.copy(self)
        other.own = tuple(own)
        return other

    def refusal(self, host: Hostname, scope: Scope) -> Refusal | None:
        """The first rule that forbids to list `host` with `scope`; None where none does."""
        names = _levels(host.name)
        shared = _nearest(names, self._shared)
        return (
            self._by_name(host, names)
            or self._by_own(host, names, scope)
            or self._by_table(host, names, shared)
            or self._by_popularity(host, names, shared)
            or (self._by_scope(host, shared) if scope is Scope.SUBDOMAINS else None)
        )

    def refusal_of(self, text: str) -> Refusal | None:
        """The same of text as it came, which may be no host name at all, with the scope that it would be listed with."""
        try:
            host = self.door.parse(text)
        except HostnameRefused as error:
            return Refusal(rule=_rule_of_text(text), text=str(error))
        return self.refusal(host, self.scope_for(host))

    def scope_for(self, host: Hostname) -> Scope:
        """With subdomains where the host is a registrable name of its own; a tenant or a sub-host is never widened."""
        alone = host.name == host.registrable and not host.is_suffix and not host.on_shared_suffix
        return Scope.SUBDOMAINS if alone and not _nearest(_levels(host.name), self._shared) else Scope.EXACT

    def _by_name(self, host: Hostname, names: list[str]) -> Refusal | None:
        if host.is_suffix:
            return Refusal(rule="public-suffix", text=f"{host} is itself a suffix under which others register names")
        if host.kind in (SuffixKind.RESERVED, SuffixKind.UNKNOWN):
            return Refusal(
                rule="reserved-name",
                text=f".{host.suffix} is reserved or not known to the Public Suffix List: no site of the web lies there",
            )
        if state := _nearest(names, STATE):
            return Refusal(rule=STATE[state], text=f"{host} belongs to {state}, kept for the state and for schools; tell the owner instead")
        return None

    def _by_own(self, host: Hostname, names: list[str], scope: Scope) -> Refusal | None:
        for own in self.own:
            if own in names:
                what = "is" if own == host.name else f"lies under {own},"
                return Refusal(rule="own-name", text=f"{host} {what} a name of the list itself: its zone, a canary or the block page")
            if scope is Scope.SUBDOMAINS and own.endswith(f".{host.name}"):
                return Refusal(rule="own-name", text=f"{host} with its subdomains would take {own} with it, a name of the list itself")
        return None

    def _by_table(self, host: Hostname, names: list[str], shared: str) -> Refusal | None:
        if licensed := _nearest(names, self._licensed):
            return Refusal(
                rule="licensed-operator", text=f"{host} belongs to {self._licensed[licensed]}, who holds a licence (licensed.csv)"
            )
        if shared:
            if text := self._not_a_tenant(host.name, shared):
                return Refusal(rule="shared-host", text=text)
        elif host.on_shared_suffix and (text := _own_service(host.name, host.suffix)):
            return Refusal(rule="shared-host", text=text)
        guarded = _nearest(names, self._guarded)
        if not guarded or len(guarded) < len(shared):
            return None
        kind = self._guarded[guarded]
        if kind == STOPS_AT_TENANTS and host.on_shared_suffix and len(guarded) <= len(host.suffix):
            return None
        return Refusal(rule=kind, text=f"{host} is guarded: {guarded} stands in guarded.csv as {kind}")

    def _not_a_tenant(self, name: str, shared: str) -> str:
        """Why a name at or below a shared host is not one tenant's, empty where it is."""
        kind = self._shared[shared]
        if name == shared:
            return f"{name} has many tenants ({kind}, shared_hosts.csv)"
        if kind in TENANTS_ARE_PATHS:
            return f"{name} serves all tenants of {shared} ({kind}, shared_hosts.csv): a tenant there is a path, which a list of names cannot block"
        return _own_service(name, shared)

    def _by_popularity(self, host: Hostname, names: list[str], shared: str) -> Refusal | None:
        """A host is as popular as itself, its registrable name and what lies between; a tenant not as the host that it is a tenant of."""
        if self.popular is None:
            return None
        least = max(len(host.registrable), len(shared) + 1 if shared else 0)
        for one in names:
            if len(one) < least:
                break
            if rank := self.popular.rank(one):
                return Refusal(rule="popular", text=f"{host} is popular: {one} has rank {rank:,} in {self._top_list()}")
        return None

    def _by_scope(self, host: Hostname, shared: str) -> Refusal | None:
        """Why a host may not be listed with its subdomains."""
        if shared:
            return Refusal(rule="shared-host", text=f"{host} is a tenant of {shared}: only its exact name may be listed")
        if host.on_shared_suffix:
            return Refusal(
                rule="shared-host", text=f"{host} lies under {host.suffix}, a suffix of a private host: only its exact name may be listed"
            )
        if host.name in self._above:
            rule, below = self._above[host.name]
            what = "under which others register names" if rule == "public-suffix" else "which may never be listed"
            return Refusal(rule=rule, text=f"{host} with its subdomains would take {below} with it, {what}")
        if self.popular is not None and (rank := self.popular.below(host.name)):
            return Refusal(
                rule="popular",
                text=f"{host} with its subdomains would take a popular name with it: one below it has rank {rank:,} in {self._top_list()}",
            )
        return None

    def _top_list(self) -> str:
        assert self.popular is not None
        return f"the top list imported on {self.popular.imported_at:%Y-%m-%d} ({self.popular.source})"

    def _registrable(self, text: str) -> str:
        return self.door.parse(_name(text)).registrable


def _rule_of_text(text: str) -> str:
    """The rule that text breaks which the door refused."""
    name = inert(text).strip().strip("[]").lower()
    last = name.removesuffix(".").rpartition(".")[2]
    if not name.strip("."):
        return "root"
    if "*" in name:
        return "wildcard"
    if last in RPZ_TRIGGERS:
        return "rpz-trigger"
    if NUMBER.fullmatch(last) or _is_address(name):
        return "ip-literal"
    if last in SPECIAL_USE:
        return "reserved-name"
    return "single-label" if last == name.removesuffix(".") else "host-name"


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("/")[0])
    except ValueError:
        return False
    return True


def _own_service(name: str, shared: str) -> str:
    """Why a name below a shared host is a service of the host itself, empty where it is a tenant's."""
    own = name.removesuffix("." + shared).rpartition(".")[2]
    return f"{name} is a service of {shared} itself ({own}), used by all its tenants" if own in SERVICE_LABELS else ""


def _levels(name: str) -> list[str]:
    """A name and all above it, the name itself first."""
    levels = [name]
    while "." in name:
        name = name[name.index(".") + 1 :]
        levels.append(name)
    return levels


def _nearest(names: list[str], table: dict[str, str]) -> str:
    """The first of `names` that stands in `table`, empty where none does."""
    for one in names:
        if one in table:
            return one
    return ""


def _name(text: str) -> str:
    try:
        return normalise(text)
    except HostnameRefused as error:
        raise UsageError(f"a reference table holds a name that cannot be guarded: {error}; correct the table") from None


def _kind(name: str, kind: str) -> str:
    """A kind names a rule, so it is a word."""
    if not KIND.fullmatch(kind):
        raise UsageError(f"a reference table gives {name} the kind {kind[:40]!a}: it must be a word in small letters; correct the table")
    return kind
