"""What may never be listed, whoever approves it: each refusal names its rule.

Asked when an analyst approves, when entries are selected, and again of the names in the written files. Facts come from the reference tables
(`guarded.csv`, `licensed.csv`, `shared_hosts.csv`) and the Public Suffix List; there is no way around it but to correct a table. A shared host is refused itself and in its own
service names; a tenant is listed by exact name, and not at all where tenants are paths.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Door, Hostname, SuffixKind, normalise
from casefile.records import Scope
from casefile.reference import Reference

STATE = {"gov.kz": "kz-government", "mil.kz": "kz-government", "edu.kz": "kz-education"}
"""Second levels of .kz kept for the state and for schools (rules of the .kz domain, nic.kz): nothing in them, and not they themselves."""

TENANTS_ARE_PATHS = frozenset({"link-in-bio", "messenger", "social", "documents", "short-link"})
"""Kinds of shared host where a tenant is a path: no name there belongs to one tenant, so none may be listed. In the others a tenant is a name."""

SERVICE_LABELS = frozenset({
    "www", "web", "m", "mobile", "login", "signin", "sso", "auth", "oauth", "id", "account", "accounts", "my", "api", "app", "apps",
    "mail", "email", "webmail", "smtp", "imap", "pop", "mx", "ns", "ns1", "ns2", "static", "assets", "img", "images", "media", "cdn",
    "admin", "dashboard", "panel", "cp", "manage", "editor", "help", "support", "docs", "status", "blog",
})  # fmt: skip
"""Labels that the owner of a shared host keeps for itself: `login.wix.com` is the builder's door for all its tenants, not a tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a host may not be listed: the rule's name, and a sentence for the analyst."""

    rule: str
    text: str


class Guard:
    """The never-list. `door` says which suffixes beside the public list this case file knows; raises `UsageError` for a broken table."""

    def __init__(self, reference: Reference, door: Door) -> None:
        self.reference = reference
        self.door = door
        self._shared = {_name(one.name): one.kind for one in reference.shared_hosts}
        self._guarded = {_name(one.name): one.kind for one in reference.guarded}
        self._licensed = {self._registrable(one.domain): one.operator for one in reference.licensed}
        self._above = {ancestor: ("public-suffix", rule) for rule in door.suffixes() for ancestor in _above(rule.removeprefix("!"))}
        self._above |= {
            ancestor: ("guarded", name)
            for names in (self._guarded, self._shared, self._licensed)
            for name in names
            for ancestor in _above(name)
        }

    def with_suffixes(self, suffixes: Iterable[str]) -> "Guard":
        """The same never-list behind a door with these extra suffixes (those a release was made with)."""
        door = Door(suffixes)
        return self if door.extra_suffixes == self.door.extra_suffixes else Guard(self.reference, door)

    def refusal(self, host: Hostname, scope: Scope) -> Refusal | None:
        """The first rule that forbids to list `host` with `scope`; None where none does."""
        return self._by_name(host) or self._by_table(host) or self._by_scope(host, scope)

    def scope_for(self, host: Hostname) -> Scope:
        """With subdomains where the host is a registrable name of its own; a tenant or a sub-host is never widened."""
        alone = host.name == host.registrable and not host.is_suffix and not host.on_shared_suffix
        return Scope.SUBDOMAINS if alone and not self._under(host.name, self._shared) else Scope.EXACT

    def _by_name(self, host: Hostname) -> Refusal | None:
        if host.is_suffix:
            return Refusal(rule="public-suffix", text=f"{host} is itself a suffix under which others register names")
        if host.kind in (SuffixKind.RESERVED, SuffixKind.UNKNOWN):
            return Refusal(
                rule="reserved-name",
                text=f".{host.suffix} is reserved or not known to the Public Suffix List: no site of the web lies there",
            )
        if state := self._under(host.name, STATE):
            return Refusal(rule=STATE[state], text=f"{host} belongs to {state}, kept for the state and for schools; tell the owner instead")
        return None

    def _by_table(self, host: Hostname) -> Refusal | None:
        if licensed := self._under(host.name, self._licensed):
            return Refusal(
                rule="licensed-operator", text=f"{host} belongs to {self._licensed[licensed]}, who holds a licence (licensed.csv)"
            )
        if shared := self._under(host.name, self._shared):
            if text := self._not_a_tenant(host.name, shared):
                return Refusal(rule="shared-host", text=text)
        elif host.on_shared_suffix and (text := _own_service(host.name, host.suffix)):
            return Refusal(rule="shared-host", text=text)
        if guarded := self._under(host.name, self._guarded):
            return Refusal(rule="guarded", text=f"{host} is guarded: {guarded} stands in guarded.csv as {self._guarded[guarded]}")
        return None

    def _not_a_tenant(self, name: str, shared: str) -> str:
        """Why a name at or below a shared host is not one tenant's, empty where it is."""
        kind = self._shared[shared]
        if name == shared:
            return f"{name} has many tenants ({kind}, shared_hosts.csv)"
        if kind in TENANTS_ARE_PATHS:
            return f"{name} serves all tenants of {shared} ({kind}, shared_hosts.csv): a tenant there is a path, which a list of names cannot block"
        return _own_service(name, shared)

    def _by_scope(self, host: Hostname, scope: Scope) -> Refusal | None:
        if scope is Scope.EXACT:
            return None
        if shared := self._under(host.name, self._shared):
            return Refusal(rule="shared-host", text=f"{host} is a tenant of {shared}: only its exact name may be listed")
        if host.on_shared_suffix:
            return Refusal(
                rule="shared-host", text=f"{host} lies under {host.suffix}, a suffix of a private host: only its exact name may be listed"
            )
        if host.name in self._above:
            rule, below = self._above[host.name]
            what = "under which others register names" if rule == "public-suffix" else "which may never be listed"
            return Refusal(rule=rule, text=f"{host} with its subdomains would take {below} with it, {what}")
        return None

    @staticmethod
    def _under(name: str, table: dict[str, str]) -> str:
        """The name in `table` that is `name` or lies above it, the nearest one; empty where there is none."""
        return next((one for one in (name, *_above(name)) if one in table), "")

    def _registrable(self, text: str) -> str:
        return self.door.parse(_name(text)).registrable


def _own_service(name: str, shared: str) -> str:
    """Why a name below a shared host is a service of the host itself, empty where it is a tenant's."""
    own = name.removesuffix("." + shared).rpartition(".")[2]
    return f"{name} is a service of {shared} itself ({own}), used by all its tenants" if own in SERVICE_LABELS else ""


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _name(text: str) -> str:
    try:
        return normalise(text)
    except HostnameRefused as error:
        raise UsageError(f"a reference table holds a name that cannot be guarded: {error}; correct the table") from None
