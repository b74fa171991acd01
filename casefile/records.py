"""The records that cross between packages: frozen, with aware UTC times, tuples and enums; no dict crosses a border.

Each record says in its docstring which package makes it; a test holds the code to that. `id` is 0 until the record is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from casefile.hostname import Hostname
from casefile.outcomes import Outcome

Clock = Callable[[], datetime]
"""Gives the aware UTC time; `cli` hands one to every step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A source named this host, here, then, for this reason. Made by `crawler.sources`.

    `url`: the address that was named, empty where only a host was; `where`: the file and line, page or post that named it.
    """

    id: int = 0
    host: Hostname
    source: str
    reason: str
    where: str = ""
    url: str = ""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRef:
    """Where one WARC record lies. Made by `casefile.archive`.

    `offset`: octets from the start of the file `file` in the archive folder; `sha256`: hex digest of the record's payload as archived.
    """

    file: str
    offset: int
    record_id: str
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What DNS said of a host. Made by `crawler.resolve`. `ttl` in seconds, the smallest of the chain; `record` its WARC record."""

    id: int = 0
    host: Hostname
    outcome: Outcome
    addresses: tuple[str, ...] = ()
    cnames: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    ttl: int = 0
    record: ArchiveRef | None = None
    resolved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    """From where and as whom a page is asked for: configuration, kept with every capture.

    `egress`: name of the way out (`direct`, or an upstream proxy); `country`: two letters, empty where not known.
    """

    name: str
    egress: str
    country: str
    language: str
    user_agent: str
    referrer: str = ""


class How(Enum):
    """How a page was taken."""

    STATIC = "static"
    RENDERED = "rendered"


class PageKind(Enum):
    """Why a page of the site was asked for."""

    LANDING = "landing"
    DEPOSIT = "deposit"
    RULES = "rules"
    CONTACTS = "contacts"
    PROMO = "promo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect on the way to the page: the address that redirected, its status (0 where there is none) and how (`http`, `meta`, `script`)."""

    url: str
    status: int
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One page asked for once from one vantage, complete or failed with an outcome. Made by `crawler.fetch` and `crawler.render`.

    `records`: all WARC records of it in order (request, response of every hop; of a static page the last response holds the body);
    `body_sha256`: digest of the archived payload of the body, empty where there is none; `body_size` in octets;
    `reason`: what a person needs to know beside the outcome; `replayed_from`: in replay, the date of the record that was served.
    Of a rendered page only: `title`; `dom`: the final DOM as HTML, which is its body (`urn:dom:URL`); `screenshot`: PNG (`urn:fullPage:URL`);
    `observed`: what the browser saw beside it, as JSON of a `casefile.observation.Observation` (`urn:pageinfo:URL`).
    """

    id: int = 0
    host: Hostname
    url: str
    page: PageKind
    how: How
    vantage: Vantage
    outcome: Outcome
    reason: str = ""
    status: int = 0
    final_url: str = ""
    hops: tuple[Hop, ...] = ()
    content_type: str = ""
    records: tuple[ArchiveRef, ...] = ()
    body_sha256: str = ""
    body_size: int = 0
    replayed_from: datetime | None = None
    title: str = ""
    dom: ArchiveRef | None = None
    screenshot: ArchiveRef | None = None
    observed: ArchiveRef | None = None
    taken_at: datetime

    @property
    def body_record(self) -> ArchiveRef | None:
        """The WARC record that holds the page's body, where there is one."""
        if self.how is How.RENDERED:
            return self.dom if self.body_sha256 else None
        return next((ref for ref in reversed(self.records) if ref.kind == "response"), None) if self.body_sha256 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """A finished WARC file. Made by `crawler` when it commits what points into it. `size` in octets, `sha256` of the whole file."""

    name: str
    size: int
    sha256: str
    finished_at: datetime


class EvidenceKind(Enum):
    """What sort of fact an Evidence is. GAMBLING is a part of a page that only gambling has: an odds table, a game provider's frame."""

    PAYMENT = "payment"
    PROMOTER = "promoter"
    LICENCE = "licence"
    IDENTIFIER = "identifier"
    BRAND = "brand"
    GAMBLING = "gambling"
    OFFICER = "officer"


class Strength(Enum):
    """How far an Evidence carries alone."""

    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One fact found on a captured page. Made by `classifier.detectors`.

    `subject`: what it is about (provider name, promo code, licence number, identifier type such as `google-analytics`);
    `value`: the exact string that ties pages together; `quote`: the words on the page around it (at most 200 characters).
    """

    id: int = 0
    host: Hostname
    capture_id: int
    url: str
    kind: EvidenceKind
    subject: str
    value: str
    strength: Strength
    quote: str
    record: ArchiveRef | None
    detector: str
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The detectors of this set have read this capture, whatever they found. Made by `classifier.examine`."""

    capture_id: int
    detectors: str
    examined_at: datetime


class Label(Enum):
    """What a host is. HACKED and LICENSED are set by rules over data, the rest by the model."""

    OPERATOR = "operator"
    PROMOTION = "promotion"
    HACKED = "hacked"
    LICENSED = "licensed"
    ABOUT = "about"
    OTHER = "other"


class Band(Enum):
    """How sure: MIRROR is over the listing bar, CLEAR under the review bar, UNSURE between, or not readable."""

    MIRROR = "mirror"
    UNSURE = "unsure"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that carried a verdict: words a person can check, what it added to the log-odds (0 for a rule), and the page's words around it.

    `quote` is empty where the page has no words to show, and in verdicts that were kept before quotes were.
    """

    text: str
    weight: float
    quote: str = ""

    @property
    def quoted(self) -> str:
        """The words, and where the page has some the page's."""
        return f"{self.text}: “{self.quote}”" if self.quote else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two visitors were shown different things. `first`, `second`: who they were (`desktop static`, `phone rendered`).

    `similarity`: of the visible words, 0 (nothing in common) to 1; `text`: the difference in words a person can check;
    `first_shown`, `second_shown`: characters of text that each was shown, -1 where it got no page, None in verdicts that are older than these fields.
    """

    first: str
    second: str
    similarity: float
    text: str
    first_shown: int | None = None
    second_shown: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the model says of a host. Made by `classifier.score`. `probability` is P(operator or promotion), 0 to 1.

    `captures`: ids of the captures judged; `through_capture`, `through_evidence`: the highest ids that were known then; `differences`: what was shown
    to one visitor and not to another; `render_for`: why a browser should look before this verdict stands, empty where it need not or has.
    """

    id: int = 0
    host: Hostname
    label: Label
    probability: float
    name_probability: float
    band: Band
    reasons: tuple[Reason, ...]
    model: str
    captures: tuple[int, ...]
    through_capture: int
    through_evidence: int
    differences: tuple[Difference, ...] = ()
    render_for: tuple[str, ...] = ()
    judged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """This host shares this fact with others of the family. Made by `classifier.families`.

    `population`: how many hosts share it; `weight`: 1 for a fact of two hosts, less the more hosts share it.
    """

    id: int = 0
    family: str
    host: Hostname
    kind: str
    fact: str
    population: int
    weight: float
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Hosts that belong together, as of `found_at`; a later row with the same `family` replaces the view. Made by `classifier.families`."""

    id: int = 0
    family: str
    members: tuple[Hostname, ...]
    found_at: datetime


class Action(Enum):
    """What an analyst decided."""

    APPROVE = "approve"
    REJECT = "reject"
    DEFER = "defer"
    UNLIST = "unlist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An analyst's decision on a host. Made by `blocklist.review`. `act`: the number of the legal act, where there is one."""

    id: int = 0
    host: Hostname
    action: Action
    analyst: str
    note: str
    act: str = ""
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A standing order on a family, begun or ended. Made by `blocklist.orders`; the latest of a host counts.

    `host`: the host that the family was named for: the order is on whatever family holds it, so that it outlives a merger. While it stands, later
    mirrors of the family are proposed: they wait in review, marked.
    """

    id: int = 0
    host: Hostname
    stands: bool
    analyst: str
    note: str
    act: str = ""
    decided_at: datetime


class Scope(Enum):
    """What an entry covers."""

    EXACT = "exact"
    SUBDOMAINS = "subdomains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the blocklist, as of the release `serial` (0 while only selected). Made by `blocklist.selection`.

    `reason` and `act` are what ISPs are told. `renews`: for a row that renews an entry, the serial of the release that first listed it.
    """

    id: int = 0
    host: Hostname
    scope: Scope
    family: str = ""
    evidence: tuple[int, ...]
    decision: int
    verdict: int
    reason: str = ""
    act: str = ""
    serial: int = 0
    renews: int = 0
    listed_at: datetime
    expires_at: datetime

    @property
    def since(self) -> int:
        """The serial of the release that first listed it."""
        return self.renews or self.serial


class Cause(Enum):
    """Why an entry left: DECISION and EXPIRY explain themselves to a circuit breaker, the others do not."""

    DECISION = "decision"
    EXPIRY = "expiry"
    RECHECK = "recheck"
    GUARD = "guard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """An entry that left the list, with the reason ISPs are given. Made by `blocklist.release`."""

    id: int = 0
    host: Hostname
    cause: Cause = Cause.DECISION
    reason: str
    serial: int
    removed_at: datetime


class AppealState(Enum):
    """Where an appeal stands. UPHELD: the host is never listed again while this is the last word on it."""

    OPENED = "opened"
    UPHELD = "upheld"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A step of an appeal against a listing; the latest of a host counts. Made by `blocklist.appeal`.

    `person`: who appeals where it is opened, the analyst where it is decided; `due_at`: until when it must be decided.
    """

    id: int = 0
    host: Hostname
    state: AppealState
    person: str
    note: str
    act: str = ""
    due_at: datetime
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterImport:
    """A national register as it was imported, whole; the latest of a `source` counts. Made by `blocklist.register`.

    `names`: host names in A-labels, sorted, `*.` before those whose subdomains are blocked too; `sha256` of the imported file.
    """

    id: int = 0
    source: str
    file: str
    sha256: str
    names: tuple[str, ...]
    imported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of a release: `size` in octets, `sha256` in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Two names by which an ISP's monitor proves that the list is in use: `listed` always is, `free` never is; `since`: the release that brought `listed`."""

    listed: str
    free: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The head of the decision log: how many rows each part held, and a digest that any change of one of them changes (`casefile.decision_log`)."""

    decisions: int
    orders: int
    appeals: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Who published past circuit breakers, why, and past which; it covers one release."""

    analyst: str
    reason: str
    breakers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published state of the blocklist. Made by `blocklist.release`. `previous` is 0 for the first.

    `files`: every file of the folder, manifest and signature too. All from `origin` on is what the manifest says beside counts and digests, kept so that a
    release broken off by a kill can be written again byte for byte: `suffixes` those of the door, `replayed` that something in it was never seen live,
    `usual` how many new entries a release usually has, `signature` the text of manifest.json.minisig.
    """

    id: int = 0
    serial: int
    previous: int
    made_at: datetime
    entries: int
    added: int
    removed: int
    files: tuple[ReleaseFile, ...]
    origin: str
    valid_hours: int
    replayed: bool
    suffixes: tuple[str, ...] = ()
    changed: int = 0
    usual: int = 0
    block_page: str = ""
    block_address: str = ""
    canary: Canary | None = None
    log: LogHead | None = None
    override: Override | None = None
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A night that was begun; it is over when a StepReport `night` names it. Made by `cli.night`.

    `due_before`: what was last looked at before this moment is looked at again; `asked`: digest of what the command named (seeds, archives), so
    that only the same command goes on with it.
    """

    id: int = 0
    replay: bool
    asked: str
    started_at: datetime
    due_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many came out one way."""

    outcome: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """What a step did. Made by every step, kept by `cli.night`. `failed` and `skipped` list their outcomes; `seconds` is elapsed time."""

    id: int = 0
    night: int = 0
    round: int = 0
    step: str
    done: int
    failed: tuple[Count, ...] = ()
    skipped: tuple[Count, ...] = ()
    seconds: float = 0.0
    finished_at: datetime

    @property
    def failures(self) -> int:
        """How many failed, of all outcomes."""
        return sum(count.number for count in self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A fact about this case file itself (the configuration it was made with). Made by `cli`; the latest of a key counts."""

    key: str
    value: str
    set_at: datetime


Record = (
    Sighting | Resolution | Capture | ArchiveFile | Evidence | Examination | Verdict | Tie | Family
    | Decision | Order | Appeal | Entry | Removal | Release | RegisterImport | Night | StepReport | Setting
)  # fmt: skip
"""Everything that has a table of its own."""

WRITTEN_BY: dict[type, str] = {
    Sighting: "crawler",
    Resolution: "crawler",
    Capture: "crawler",
    ArchiveFile: "crawler",
    Evidence: "classifier",
    Examination: "classifier",
    Verdict: "classifier",
    Tie: "classifier",
    Family: "classifier",
    Decision: "blocklist",
    Order: "blocklist",
    Appeal: "blocklist",
    RegisterImport: "blocklist",
    Entry: "blocklist",
    Removal: "blocklist",
    Release: "blocklist",
    Night: "cli",
    StepReport: "cli",
    Setting: "cli",
}
"""The one package that writes each table (a StepReport is made by every step, and written by `cli`)."""
