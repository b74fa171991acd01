"""The parent of a crawling child, static or rendering: hosts out, pages in, through one proxy, into captures. `crawler.fetch` and `crawler.render.step` are
two thin steps over it.

Rows are committed only after every WARC file they point into is synced and renamed. A child that dies or hangs is started again for the rest; the hosts
that it had in work are visited once more at the end, each alone, and one at which a child dies again is recorded so and left.
"""

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from casefile.archive import OPEN_SUFFIX
from casefile.errors import ArchiveError, BrowserError, CasefileError, DiskFullError
from casefile.hostname import Hostname
from casefile.outcomes import OUTCOMES, Outcome
from casefile.progress import Progress
from casefile.records import ArchiveFile, Capture, Clock, Count, How, PageKind, StepReport
from casefile.reference import Reference
from casefile.store import Case
from crawler.child import Child
from crawler.content import broken_visit
from crawler.egress.log import EgressEvent, EgressLog
from crawler.egress.proxy import ProxyHandle
from crawler.messages import (
    Answer,
    Begun,
    Browser,
    Credential,
    FileDone,
    Finish,
    HostBroken,
    HostDone,
    HostJob,
    Job,
    Message,
    PageTaken,
    Question,
    Stopped,
)
from crawler.options import CrawlOptions, Egress
from crawler.pages import place_of

STARTS = 20
"""How often a child is started for one step at most."""

IDLE_DEATHS = 2
"""After so many deaths with no host in work the fault is not a page's, and starting again is of no use."""

GRACE = 30.0
"""Seconds beyond a site's budget in which a child must have said something: every visit has ended by then, or hangs."""

IN_HAND = 4
"""Hosts handed out beyond those in work, so that no worker waits for the parent."""

BROKEN_OFF = "broken-off"
"""What the report calls a host whose visit ended by a fault of ours, or took the child with it; a capture says how."""

SEEN_BY_CHILD = (Outcome.CERTIFICATE, Outcome.TLS)
"""Outcomes that only the child can see live, since the proxy tunnels https unopened; the parent adds them to the log."""

StartProxy = Callable[[], AbstractContextManager[ProxyHandle]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What one step does with hosts that the other does not.

    `step`: its name; `module`: the child's, run by `python -m`; `at_once`: hosts in work; `urls_of`: the addresses to hand out with a host; `died`: the
    outcome of a host at which a child dies twice; `browser`: the one to render with.
    """

    step: str
    module: str
    how: How
    at_once: int
    urls_of: Callable[[Hostname], tuple[str, ...]]
    died: Outcome = Outcome.UNREADABLE
    browser: Browser | None = None


@dataclass(slots=True, kw_only=True)
class HostState:
    """What the parent knows of a host that it handed out: its captures, and which WARC files they lie in; `broken`: a fault of ours ended its visit."""

    place: int
    begun: bool = False
    done: bool = False
    broken: bool = False
    captures: list[Capture] = field(default_factory=list)

    @property
    def files(self) -> set[str]:
        """Names of the files that the host's records lie in."""
        return {record.file for capture in self.captures for record in capture.records}


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One run of the step: hands hosts out, takes pages in, commits what is finished. `suspects`: in work when a child died; they stand last in `pending`."""

    case: Case
    trade: Trade
    options: CrawlOptions
    log: EgressLog
    clock: Clock
    progress: Progress
    pending: deque[Hostname]
    replays: bool
    suspects: set[Hostname] = field(default_factory=set)
    out: dict[Hostname, HostState] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    stop: CasefileError | None = None
    handed: int = 0

    def run(self, start_proxy: StartProxy, reference: Reference, archive: Path, log: Path, *, lock: int) -> None:
        """Start a child, and again for what is left when it dies; raises what the child reports of the disk. Each has a proxy of its own, since one
        that hung has used up the time of the sites that it had in work.
        """
        prefix = f"{self.trade.step}-{self.clock():%Y%m%dT%H%M%S%f}"
        idle = 0
        for start in range(STARTS):
            if not self.pending:
                break
            job = self._job
            with (
                start_proxy() as proxy,
                Child(job(proxy, reference, archive, prefix), self.case.door, log, lock, self.trade.module) as child,
            ):
                self._converse(child, proxy)
                status = child.exit_status()
            self._commit()
            for left in archive.glob(f"{prefix}-*{OPEN_SUFFIX}"):
                left.unlink()
            if self.stop is not None:
                raise self.stop
            if status == 0:
                break
            cause = f"said nothing for {self._patience:g} s" if child.hung else _ending(status)
            in_work = self._take_back(cause, Outcome.BUDGET_TIME if child.hung else self.trade.died)
            idle += not in_work
            last = idle == IDLE_DEATHS or start + 1 == STARTS
            rest = f"{len(self.pending)} hosts stay pending" if last else f"starting it again for {len(self.pending)} hosts"
            self.progress.note(f"the crawl's child process {cause} with {in_work} hosts in work, {log} says more; {rest}")
            if last:
                break

    @property
    def _patience(self) -> float:
        return self.options.limits.seconds + GRACE

    def _job(self, proxy: ProxyHandle, reference: Reference, archive: Path, prefix: str) -> Job:
        return Job(
            proxy=proxy.url,
            ca_file=str(proxy.ca_file or ""),
            archive=str(archive),
            prefix=prefix,
            replays=self.replays,
            now=self.clock(),
            monotonic=time.monotonic(),
            extra_suffixes=self.case.door.extra_suffixes,
            link_words=reference.link_words,
            browser=self.trade.browser,
            options=replace(self.options, egresses=tuple(Egress(name=one.name, country=one.country) for one in self.options.egresses)),
        )

    def _converse(self, child: Child, proxy: ProxyHandle) -> None:
        self._hand_out(child, proxy, self.trade.at_once + IN_HAND)
        for message in child.messages(self._patience):
            if isinstance(message, Question):
                child.tell(self._answer(message))
                continue
            self._take(message)
            if isinstance(message, HostDone | HostBroken):
                self._hand_out(child, proxy, 1)

    def _hand_out(self, child: Child, proxy: ProxyHandle, number: int) -> None:
        jobs: list[Message] = []
        while self.pending and len(jobs) < number and self._may_go(self.pending[0], alone=not jobs):
            host = self.pending.popleft()
            self.out[host] = HostState(place=self.handed)
            self.handed += 1
            jobs.append(HostJob(host=host, urls=self.trade.urls_of(host), credentials=self._credentials(proxy, host)))
        if len(jobs) < number and not self.pending:
            jobs.append(Finish())
        child.tell(*jobs)

    def _may_go(self, host: Hostname, *, alone: bool) -> bool:
        """Whether a host may be handed out now: a suspect only alone, so that it takes no other with it."""
        return host not in self.suspects or (alone and all(state.done for state in self.out.values()))

    def _credentials(self, proxy: ProxyHandle, host: Hostname) -> tuple[Credential, ...]:
        pairs = ((one.name, proxy.credentials(host.name, one.egress, one.name, self.trade.how)) for one in self.options.vantages)
        return tuple(Credential(vantage=name, user=user, password=password) for name, (user, password) in pairs)

    def _answer(self, question: Question) -> Answer:
        event = self.log.served(question.site, question.vantage, question.url) if question.url else None
        event = event or self.log.last(question.site, question.host, question.port)
        if event is None:
            return Answer(number=question.number)
        return Answer(number=question.number, outcome=event.outcome.value, detail=event.detail, address=event.address)

    def _take(self, message: Message) -> None:
        if isinstance(message, Begun):
            self.out[message.host].begun = True
        elif isinstance(message, PageTaken):
            self.out[message.capture.host].captures.append(self._completed(message.capture))
        elif isinstance(message, HostDone | HostBroken):
            self._done(message)
        elif isinstance(message, FileDone):
            self._commit(message.file)
        elif isinstance(message, Stopped):
            kind = DiskFullError if message.disk else BrowserError if message.browser else ArchiveError
            self.stop = kind(message.text)

    def _done(self, message: HostDone | HostBroken) -> None:
        state = self.out[message.host]
        state.done = True
        self.log.forget(message.host.name)
        if isinstance(message, HostBroken):
            state.broken = True
            self.progress.note(f"the visit of {message.host} broke off ({message.error}); it is recorded so, the crawl's log says more")

    def _completed(self, capture: Capture) -> Capture:
        """The capture with what only the parent knows; what only the child saw goes to the log. In replay no page that was had is without a date."""
        site = capture.host.name
        served = self.log.served(site, capture.vantage.name, capture.final_url)
        if capture.outcome in SEEN_BY_CHILD and (served is None or served.outcome is not capture.outcome):
            self.log.add(self._event(capture))
        if self.replays and (served is None or served.replayed_from is None):
            served = next((event for event in reversed(self.log.events()) if event.site == site and event.replayed_from), None)
        return replace(capture, replayed_from=served.replayed_from if served else None)

    def _event(self, capture: Capture) -> EgressEvent:
        host, port = place_of(capture.final_url)
        last = self.log.last(capture.host.name, host, port)
        return EgressEvent(
            site=capture.host.name,
            vantage=capture.vantage.name,
            host=host,
            port=port,
            address=last.address if last else "",
            url=capture.final_url,
            outcome=capture.outcome,
            detail=capture.reason,
            at=self.clock(),
        )

    def _commit(self, *finished: ArchiveFile) -> None:
        """Append the finished file and every host whose files are all finished, in the order in which they were handed out."""
        self.files.update(file.name for file in finished)
        ready = [host for host, state in self.out.items() if state.done and state.files <= self.files]
        ready.sort(key=lambda host: self.out[host].place)
        captures = [capture for host in ready for capture in in_order(self.out[host].captures)]
        self.case.add((*finished, *captures))
        for host in ready:
            state = self.out.pop(host)
            outcome = BROKEN_OFF if state.broken else outcome_of_host(state.captures).value
            self.outcomes[outcome] += 1
            self.progress.advance(outcome)

    def _take_back(self, cause: str, outcome: Outcome) -> int:
        """After a child's death: how many hosts it had in work. They are pending again, last; what it only held, first; one that was suspect is recorded."""
        in_work = [host for host, state in self.out.items() if state.begun and not state.done]
        for host in in_work:
            if host in self.suspects:
                self._give_up(host, f"the crawl's child process {cause} in this visit, twice", outcome)
        self.suspects.update(in_work)
        held = sorted(self.out, key=lambda host: self.out[host].place)
        self.pending.extendleft(host for host in reversed(held) if host not in self.suspects)
        self.pending.extend(host for host in held if host in self.suspects)
        self.out.clear()
        return len(in_work)

    def _give_up(self, host: Hostname, reason: str, outcome: Outcome) -> None:
        del self.out[host]
        capture = broken_visit(host, self.options.vantages[0], outcome, reason, self.clock(), replays=self.replays, how=self.trade.how)
        self.case.add((self._completed(capture),))
        self.log.forget(host.name)
        self.outcomes[BROKEN_OFF] += 1
        self.progress.advance(BROKEN_OFF)

    def report(self, seconds: float) -> StepReport:
        """What came of it: done are hosts with a page that was read; skipped are hosts that no child took."""
        read = {outcome.value for outcome, facts in OUTCOMES.items() if facts.read}
        failed = {outcome: number for outcome, number in self.outcomes.items() if outcome not in read}
        return StepReport(
            step=self.trade.step,
            done=sum(number for outcome, number in self.outcomes.items() if outcome in read),
            failed=tuple(Count(outcome=outcome, number=number) for outcome, number in sorted(failed.items())),
            skipped=(Count(outcome="not-started", number=len(self.pending)),) if self.pending else (),
            seconds=seconds,
            finished_at=self.clock(),
        )


def _ending(status: int) -> str:
    return f"ended ({f'signal {signal.Signals(-status).name}' if status < 0 else f'exit status {status}'})"


def in_order(captures: Iterable[Capture]) -> list[Capture]:
    """A host's captures: landing pages of every vantage first, the rest as they were asked for, which is by vantage and kind."""
    return sorted(captures, key=lambda capture: capture.page is not PageKind.LANDING)


def outcome_of_host(captures: Iterable[Capture]) -> Outcome:
    """How a host came out: the best of its landing pages (read, then answering, then the first)."""
    landings = [capture.outcome for capture in captures if capture.page is PageKind.LANDING]
    return max(landings, key=lambda outcome: (outcome is Outcome.OK, OUTCOMES[outcome].read, OUTCOMES[outcome].alive))
