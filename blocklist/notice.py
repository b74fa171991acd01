"""What the authority sends on for a batch: names, the signs found as Order No. 282 names them, who decided, and digests by which the evidence is found again.

Values only; `cli.notice` writes them as text, JSON or a page to print. Words of pages pass through `mask`, which takes out the numbers of cards and people and makes
them inert; the analyst's own note stays inside. What the law's words are and what is a paraphrase, `data/reference/order282.csv` says in every row, and the notice
repeats it: a sign that the project named itself must not look like one of the order's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from blocklist.policy import Policy
from casefile import queries
from casefile.errors import UsageError
from casefile.hostname import Hostname
from casefile.plaintext import is_plain_line
from casefile.records import ArchiveRef, Capture, Clock, Decision, Entry, Evidence, Scope, Verdict
from casefile.reference import OrderSign
from casefile.store import Case

Mask = Callable[[str], str]
"""Makes words of a page fit to be passed around: inert, on one line, without the numbers and addresses of people."""

LONGEST_NUMBER = 100

SCOPES = {Scope.EXACT: "this name alone", Scope.SUBDOMAINS: "this name and all names below it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sign on one resource: `sign` is its number in the notice's list of signs; `facts`: what was found, in words."""

    sign: int
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign as the notice names it; see `casefile.reference.OrderSign`. `number` counts from 1."""

    number: int
    sign: str
    term: str
    basis: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A fact that was found, where and when: `record_id` and `sha256` (hex, of its payload) are those of the WARC record it lies in, empty where in none."""

    kind: str
    subject: str
    value: str
    strength: str
    quote: str
    url: str
    found_at: str
    record_id: str
    sha256: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A WARC record that a page was kept in; `sha256` (hex) of its payload."""

    kind: str
    record_id: str
    sha256: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that the verdict or a fact stands on. `body_sha256` (hex) of its body as archived; `replayed_from`: where it came from an archive, its date."""

    url: str
    taken_at: str
    replayed_from: str
    how: str
    vantage: str
    status: int
    body_sha256: str
    records: tuple[Stored, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One entry of the batch with its grounds. Times are ISO 8601 with the zone's offset; `since`: the serial of the release that first listed it.

    `lost`: where the case file no longer holds who decided or what was judged, where that is to be found; what it does not hold is empty here.
    """

    name: str
    unicode_name: str
    scope: str
    since: int
    listed_at: str
    expires_at: str
    family: str
    reason: str
    act: str
    decided_by: str
    decided_at: str
    label: str
    probability: float
    judged_at: str
    reasons: tuple[str, ...]
    signs: tuple[Found, ...]
    proofs: tuple[Proof, ...]
    pages: tuple[Page, ...]
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A numbered notice. `serial`: the release whose new entries it covers, 0 where hosts were named; `left`: names of that batch that left the list since."""

    number: str
    act: str
    made_at: str
    zone: str
    serial: int
    resources: tuple[Resource, ...]
    signs: tuple[Sign, ...]
    left: tuple[str, ...]


def entries_of_batch(case: Case, serial: int, hosts: Sequence[Hostname]) -> tuple[int, list[Entry], tuple[str, ...]]:
    """The entries that a notice covers: the named hosts', else what a release (0: the latest) listed anew; and of these the names that left since.

    Returns the serial (0 for named hosts), the entries sorted by name, and those names. Raises `UsageError` where there is none to send.
    """
    if hosts and serial:
        raise UsageError("name hosts or a release with --release, not both")
    if hosts:
        return 0, _named(case, hosts), ()
    release = queries.release_of(case, serial) if serial else queries.latest_release(case)
    if release is None:
        raise UsageError(
            f"there is no release {serial}: the folder releases shows those there are" if serial else "nothing was published yet"
        )
    batch = sorted(queries.entries_new_in(case, release.serial), key=lambda one: one.host.name)
    on_list = {one.host: one for one in queries.of_hosts(case, Entry, [one.host for one in batch], view="listed")}
    stands = [on_list[one.host] for one in batch if one.host in on_list and on_list[one.host].since == release.serial]
    if not stands:
        raise UsageError(f"release {release.serial} listed nothing new that is still on the list: name another with --release, or hosts")
    names = {one.host.name for one in stands}
    return release.serial, stands, tuple(one.host.name for one in batch if one.host.name not in names)


def _named(case: Case, hosts: Sequence[Hostname]) -> list[Entry]:
    listed = {entry.host: entry for entry in queries.of_hosts(case, Entry, hosts, view="listed")}
    if strangers := [host.name for host in dict.fromkeys(hosts) if host not in listed]:
        more = f" and {len(strangers) - 5} more" if len(strangers) > 5 else ""
        raise UsageError(f"not on the list: {', '.join(strangers[:5])}{more}; a notice is sent for what is listed")
    return sorted(listed.values(), key=lambda entry: entry.host.name)


def notice_of(
    case: Case,
    serial: int,
    hosts: Sequence[Hostname],
    signs: Sequence[OrderSign],
    policy: Policy,
    *,
    number: str,
    act: str = "",
    mask: Mask,
    clock: Clock,
) -> Notice:
    """The notice for a batch (`entries_of_batch`), times in the zone of the authority. Reads only. Raises `UsageError`."""
    _check_words(number, act)
    covered, entries, left = entries_of_batch(case, serial, hosts)
    grounds = _Grounds(case, entries, policy, mask)
    legend = _Legend(signs)
    resources = tuple(grounds.resource(entry, legend) for entry in entries)
    return Notice(
        number=number.strip(),
        act=act.strip(),
        made_at=_moment(clock(), policy),
        zone=policy.timezone,
        serial=covered,
        resources=resources,
        signs=legend.used(),
        left=left,
    )


def _check_words(number: str, act: str) -> None:
    for name, text in (("--number", number), ("--act", act)):
        if not text.strip() and name == "--number":
            raise UsageError("a notice has a number: give it with --number")
        if len(text) > LONGEST_NUMBER or not is_plain_line(text):
            raise UsageError(f"{name} is one plain line of at most {LONGEST_NUMBER} characters")


class _Legend:
    """The signs that a notice uses, numbered as they are first used."""

    def __init__(self, rows: Sequence[OrderSign]) -> None:
        # of two rows for the same the later counts: a configuration lays its own, completed table over the shipped one
        self._rows: Mapping[tuple[str, str, str], OrderSign] = {(row.of, row.value, row.subject): row for row in rows}
        self._numbers: dict[OrderSign, int] = {}

    def number_of(self, of: str, value: str, subject: str = "") -> int:
        """The number of the sign for a label or a kind of evidence, 0 where the table has none."""
        row = self._rows.get((of, value, subject)) or self._rows.get((of, value, ""))
        return self._numbers.setdefault(row, len(self._numbers) + 1) if row else 0

    def used(self) -> tuple[Sign, ...]:
        """The signs in the order of their numbers."""
        return tuple(
            Sign(number=number, sign=row.sign, term=row.term, basis=row.basis, source=row.source, date=row.date)
            for row, number in self._numbers.items()
        )


class _Grounds:
    """The grounds of many entries, read from the case file in bulk."""

    def __init__(self, case: Case, entries: Sequence[Entry], policy: Policy, mask: Mask) -> None:
        self._policy, self._mask = policy, mask
        self._evidence = queries.by_id(case, Evidence, (number for entry in entries for number in entry.evidence))
        self._verdicts = queries.by_id(case, Verdict, (entry.verdict for entry in entries))
        self._decisions = queries.by_id(case, Decision, (entry.decision for entry in entries))
        wanted = {one.capture_id for one in self._evidence.values()}
        wanted |= {number for verdict in self._verdicts.values() for number in verdict.captures}
        self._captures = queries.by_id(case, Capture, wanted)

    def resource(self, entry: Entry, legend: _Legend) -> Resource:
        """One entry with its grounds."""
        # an entry that was read back from a release folder, after the case file was lost, names neither
        verdict, decision = self._verdicts.get(entry.verdict), self._decisions.get(entry.decision)
        whole = verdict is not None and decision is not None
        evidence = [self._evidence[number] for number in entry.evidence if number in self._evidence]
        numbers = {*(verdict.captures if verdict else ()), *(one.capture_id for one in evidence)}
        pages = [self._captures[number] for number in sorted(numbers) if number in self._captures]
        return Resource(
            name=entry.host.name,
            unicode_name=entry.host.unicode_name if entry.host.unicode_name != entry.host.name else "",
            scope=SCOPES[entry.scope],
            since=entry.since,
            listed_at=self._moment(entry.listed_at),
            expires_at=self._moment(entry.expires_at),
            family=entry.family,
            reason=entry.reason,
            act=entry.act,
            decided_by=decision.analyst if decision else "",
            decided_at=self._moment(decision.decided_at) if decision else "",
            label=verdict.label.value if verdict else "",
            probability=round(verdict.probability, 3) if verdict else 0.0,
            judged_at=self._moment(verdict.judged_at) if verdict else "",
            reasons=tuple(self._mask(one.quoted) for one in verdict.reasons) if verdict else (),
            signs=self._signs(verdict, evidence, legend),
            proofs=tuple(self._proof(one) for one in evidence),
            pages=tuple(self._page(one) for one in pages),
            lost="" if whole else f"the grounds were lost with the case file: they stand in dossier.json of release {entry.since}",
        )

    def _signs(self, verdict: Verdict | None, evidence: Iterable[Evidence], legend: _Legend) -> tuple[Found, ...]:
        facts: dict[int, dict[str, None]] = {}
        if verdict and (number := legend.number_of("label", verdict.label.value)):
            facts[number] = {f"judged {verdict.label.value}, probability {verdict.probability:.3f}": None}
        for one in evidence:
            if number := legend.number_of("evidence", one.kind.value, one.subject):
                facts.setdefault(number, {})[self._mask(f"{one.kind.value}: {one.subject}: {one.value}")] = None
        return tuple(Found(sign=number, facts=tuple(found)) for number, found in sorted(facts.items()))

    def _proof(self, one: Evidence) -> Proof:
        return Proof(
            kind=one.kind.value,
            subject=self._mask(one.subject),
            value=self._mask(one.value),
            strength=one.strength.value,
            quote=self._mask(one.quote),
            url=self._mask(one.url),
            found_at=self._moment(one.found_at),
            record_id=one.record.record_id if one.record else "",
            sha256=one.record.sha256 if one.record else "",
            file=one.record.file if one.record else "",
        )

    def _page(self, one: Capture) -> Page:
        kept: dict[str, ArchiveRef] = {ref.record_id: ref for ref in (*one.records, one.dom, one.screenshot, one.observed) if ref}
        return Page(
            url=self._mask(one.final_url or one.url),
            taken_at=self._moment(one.taken_at),
            replayed_from=self._moment(one.replayed_from) if one.replayed_from else "",
            how=one.how.value,
            vantage=self._mask(one.vantage.name),
            status=one.status,
            body_sha256=one.body_sha256,
            records=tuple(Stored(kind=ref.kind, record_id=ref.record_id, sha256=ref.sha256, file=ref.file) for ref in kept.values()),
        )

    def _moment(self, moment: datetime) -> str:
        return _moment(moment, self._policy)


def _moment(moment: datetime, policy: Policy) -> str:
    """A time where the authority sits, to the second, with its offset from UTC."""
    return moment.astimezone(ZoneInfo(policy.timezone)).isoformat(timespec="seconds")
