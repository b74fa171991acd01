"""The types of the sample web: how a host answers and what a right night must come to; and the small constructors its modules share."""

from dataclasses import dataclass
from enum import Enum


class Served(Enum):
    """How a host answers."""

    PLAIN = "as it is"
    GZIP = "with gzip content encoding"
    WINDOWS_1251 = "in Windows-1251, declared as UTF-8"
    NOT_FOUND = "404 for everything"
    REDIRECT = "302 to another host"
    DEAD = "not in the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where a promoter leads: `mark` is the parameter (`ref=sulu77`) or promo code by which the promoter is paid, `through` the hosts that redirect, `to` the mirror."""

    mark: str
    to: str
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host. `site`: folder of its page sources; `seed`: its line in seeds.txt, empty for none; `also`: further addresses of its landing page;
    `fill`: further `{{name}}` values for the templates of its site; `status` and `headers`: of its answers, where they are not the usual; `sends`: paths
    that answer 302, each with the address it sends to; `icon`: the name that its /favicon.ico is drawn from, empty for none.

    The columns of truth.csv are fields of the same name: `kind` is operator, promotion, licensed, about, other, dead, redirect, hacked, parked, service (an
    API, game, chat or payment host that only pages of others ask) or unknown (a challenge stands before it); `listable` says whether an analyst's approval may list it;
    `expected_band` is mirror, review (close to the subject, or not to be seen: a person may have to look, never over the listing bar), clear, or none
    (nothing to judge, or a rule decides); `payments` and `promo_codes` are what must be found on its pages, separated by semicolons;
    `needs_browser` says whether what it is shows only once its scripts have run. `ties` are what a mirror shares with the rest of its family,
    `leads` where a promoter leads to.
    """

    host: str
    site: str = ""
    served: Served = Served.PLAIN
    seed: str = ""
    also: tuple[str, ...] = ()
    leads_to: str = ""
    kind: str = "other"
    family: str = ""
    listable: str = "no"
    expected_band: str = "clear"
    payments: str = ""
    promo_codes: str = ""
    needs_browser: str = "no"
    note: str = ""
    fill: tuple[tuple[str, str], ...] = ()
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()
    sends: tuple[tuple[str, str], ...] = ()
    icon: str = ""
    ties: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()


TRUTH_COLUMNS = ("host", "kind", "family", "listable", "expected_band", "payments", "promo_codes", "needs_browser", "note")


def dead(name: str, note: str) -> Host:
    """A host that is in the seeds and not in the archive."""
    return Host(host=name, served=Served.DEAD, seed=name, kind="dead", expected_band="none", note=note)


def plain(name: str, site: str, note: str, *, served: Served = Served.PLAIN, payments: str = "", codes: str = "") -> Host:
    """A site that has nothing to do with gambling."""
    return Host(host=name, site=site, served=served, seed=name, payments=payments, promo_codes=codes, note=note)


def near(name: str, site: str, note: str, *, kind: str = "about", served: Served = Served.PLAIN, payments: str = "") -> Host:
    """An innocent site whose words are close to gambling: a person may have to look, it must never be listed."""
    return Host(host=name, site=site, served=served, seed=name, kind=kind, expected_band="review", payments=payments, note=note)


def bare(name: str, site: str, served: Served, note: str) -> Host:
    """A site with nothing on it to judge."""
    return Host(host=name, site=site, served=served, seed=name, expected_band="none", note=note)
