"""The static crawl as a step: hosts that resolve and were not captured yet, through one proxy and one Scrapy child, into captures.

Rows are committed only after every WARC file they point into is synced and renamed. A child that dies takes with it only the hosts that it had in
work (they stay pending for the next run); it is started once more for the rest.
"""

import signal
import time
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from casefile.archive import OPEN_SUFFIX
from casefile.errors import ArchiveError, CasefileError, DiskFullError
from casefile.hostname import Hostname
from casefile.outcomes import OUTCOMES, Outcome
from casefile.progress import Progress
from casefile.queries import hosts_to_fetch, named_urls
from casefile.records import ArchiveFile, Capture, Clock, Count, PageKind, StepReport
from casefile.reference import Reference
from casefile.store import Case
from crawler.child import Child
from crawler.egress.log import EgressEvent, EgressLog
from crawler.egress.proxy import ProxyHandle, running_proxy
from crawler.egress.web import Web
from crawler.messages import (
    Answer,
    Begun,
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

STARTS = 2
"""How often a child is started for one step at most."""

IN_HAND = 4
"""Hosts handed out beyond those in work, so that no worker waits for the parent."""

BROKEN_OFF = "broken-off"
"""What the report calls a host whose visit ended by a fault of ours; it stays pending."""

SEEN_BY_CHILD = (Outcome.CERTIFICATE, Outcome.TLS)
"""Outcomes that only the child can see, since the proxy tunnels https unopened; the parent adds them to the log."""


def fetch(
    case: Case,
    options: CrawlOptions,
    web: Web,
    reference: Reference,
    archive: Path,
    logs: Path,
    *,
    since: datetime,
    lock: int,
    clock: Clock,
    progress: Progress,
) -> StepReport:
    """Capture the pending hosts. `archive`: folder of the WARC files; `logs`: folder for `crawl.log` and `egress.log`; `lock`: descriptor of the night's lock.

    Raises `DiskFullError` (after committing what was finished) when the disk budget is reached, `ArchiveError` when the archive cannot be written.
    """
    began = time.monotonic()
    pending = deque(hosts_to_fetch(case, since))
    progress.start("fetch", len(pending))
    with closing(EgressLog(logs / "egress.log", clock)) as log:
        crawl = Crawl(case=case, options=options, log=log, clock=clock, progress=progress, pending=pending)
        if pending:
            with running_proxy(web, options.limits, options.egresses, clock, log, case.door) as proxy:
                crawl.run(proxy, reference, archive.resolve(), logs / "crawl.log", replays=web.replays, lock=lock)
    return crawl.report(time.monotonic() - began)


@dataclass(slots=True, kw_only=True)
class HostState:
    """What the parent knows of a host that it handed out: its captures, and which WARC files they lie in."""

    place: int
    begun: bool = False
    done: bool = False
    captures: list[Capture] = field(default_factory=list)

    @property
    def files(self) -> set[str]:
        """Names of the files that the host's records lie in."""
        return {record.file for capture in self.captures for record in capture.records}


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One run of the step: hands hosts out, takes pages in, commits what is finished."""

    case: Case
    options: CrawlOptions
    log: EgressLog
    clock: Clock
    progress: Progress
    pending: deque[Hostname]
    out: dict[Hostname, HostState] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    stop: CasefileError | None = None
    handed: int = 0

    def run(self, proxy: ProxyHandle, reference: Reference, archive: Path, log: Path, *, replays: bool, lock: int) -> None:
        """Start a child, and once more for what is left when it dies; raises what the child reports of the disk."""
        prefix = f"fetch-{self.clock():%Y%m%dT%H%M%S%f}"
        for start in range(STARTS):
            if not self.pending:
                break
            job = self._job(proxy, reference, archive, prefix, replays=replays)
            with Child(job, self.case.door, log, lock) as child:
                self._converse(child, proxy)
                status = child.exit_status()
            self._commit()
            for left in archive.glob(f"{prefix}-*{OPEN_SUFFIX}"):
                left.unlink()
            if self.stop is not None:
                raise self.stop
            if status == 0:
                break
            self._take_back(status, log, last=start + 1 == STARTS)

    def _job(self, proxy: ProxyHandle, reference: Reference, archive: Path, prefix: str, *, replays: bool) -> Job:
        return Job(
            proxy=proxy.url,
            ca_file=str(proxy.ca_file or ""),
            archive=str(archive),
            prefix=prefix,
            replays=replays,
            now=self.clock(),
            monotonic=time.monotonic(),
            extra_suffixes=self.case.door.extra_suffixes,
            link_words=reference.link_words,
            options=replace(self.options, egresses=tuple(Egress(name=one.name, country=one.country) for one in self.options.egresses)),
        )

    def _converse(self, child: Child, proxy: ProxyHandle) -> None:
        self._hand_out(child, proxy, self.options.sites_at_once + IN_HAND)
        for message in child.messages():
            if isinstance(message, Question):
                child.tell(self._answer(message))
                continue
            self._take(message)
            if isinstance(message, HostDone | HostBroken):
                self._hand_out(child, proxy, 1)

    def _hand_out(self, child: Child, proxy: ProxyHandle, number: int) -> None:
        jobs: list[Message] = []
        while self.pending and len(jobs) < number:
            host = self.pending.popleft()
            self.out[host] = HostState(place=self.handed)
            self.handed += 1
            jobs.append(HostJob(host=host, urls=tuple(named_urls(self.case, host)), credentials=self._credentials(proxy, host)))
        if len(jobs) < number:
            jobs.append(Finish())
        child.tell(*jobs)

    def _credentials(self, proxy: ProxyHandle, host: Hostname) -> tuple[Credential, ...]:
        pairs = ((one.name, proxy.credentials(host.name, one.egress, one.name)) for one in self.options.vantages)
        return tuple(Credential(vantage=name, user=user, password=password) for name, (user, password) in pairs)

    def _answer(self, question: Question) -> Answer:
        event = self.log.last(question.site, question.host, question.port)
        if event is None:
            return Answer(number=question.number)
        return Answer(number=question.number, outcome=event.outcome.value, detail=event.detail, address=event.address)

    def _take(self, message: Message) -> None:
        if isinstance(message, Begun):
            self.out[message.host].begun = True
        elif isinstance(message, PageTaken):
            self.out[message.capture.host].captures.append(self._completed(message.capture))
        elif isinstance(message, HostDone):
            self.out[message.host].done = True
            self.log.forget(message.host.name)
        elif isinstance(message, HostBroken):
            self._broken_off(message.host)
            self.progress.note(f"the visit of {message.host} broke off ({message.error}); it stays pending, the crawl's log says more")
        elif isinstance(message, FileDone):
            self._commit(message.file)
        elif isinstance(message, Stopped):
            self.stop = DiskFullError(message.text) if message.disk else ArchiveError(message.text)

    def _completed(self, capture: Capture) -> Capture:
        """The capture with what only the parent knows; what only the child saw goes to the log."""
        site = capture.host.name
        if capture.outcome in SEEN_BY_CHILD:
            self.log.add(self._event(capture))
        served = self.log.served(site, capture.vantage.name, capture.final_url)
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
            outcome = outcome_of_host(self.out.pop(host).captures).value
            self.outcomes[outcome] += 1
            self.progress.advance(outcome)

    def _broken_off(self, host: Hostname) -> None:
        self.out.pop(host)
        self.outcomes[BROKEN_OFF] += 1
        self.progress.advance(BROKEN_OFF)

    def _take_back(self, status: int, log: Path, *, last: bool) -> None:
        """After a child's death: what it had in work is left for the next run, what it only held is pending again."""
        in_work = [host for host, state in self.out.items() if state.begun and not state.done]
        for host in in_work:
            self._broken_off(host)
        self.pending.extendleft(sorted(self.out, key=lambda host: self.out[host].place, reverse=True))
        self.out.clear()
        cause = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        rest = f"{len(self.pending)} hosts stay pending" if last else f"starting it again for {len(self.pending)} hosts"
        self.progress.note(f"the crawl's child process ended ({cause}) with {len(in_work)} hosts in work, {log} says more; {rest}")

    def report(self, seconds: float) -> StepReport:
        """What came of it: done are hosts with a page that was read; skipped are hosts that no child took."""
        read = {outcome.value for outcome, facts in OUTCOMES.items() if facts.read}
        failed = {outcome: number for outcome, number in self.outcomes.items() if outcome not in read}
        return StepReport(
            step="fetch",
            done=sum(number for outcome, number in self.outcomes.items() if outcome in read),
            failed=tuple(Count(outcome=outcome, number=number) for outcome, number in sorted(failed.items())),
            skipped=(Count(outcome="not-started", number=len(self.pending)),) if self.pending else (),
            seconds=seconds,
            finished_at=self.clock(),
        )


def in_order(captures: Iterable[Capture]) -> list[Capture]:
    """A host's captures: landing pages of every vantage first, the rest as they were asked for, which is by vantage and kind."""
    return sorted(captures, key=lambda capture: capture.page is not PageKind.LANDING)


def outcome_of_host(captures: Iterable[Capture]) -> Outcome:
    """How a host came out: the best of its landing pages (read, then answering, then the first)."""
    landings = [capture.outcome for capture in captures if capture.page is PageKind.LANDING]
    return max(landings, key=lambda outcome: (outcome is Outcome.OK, OUTCOMES[outcome].read, OUTCOMES[outcome].alive))
