"""The look-ups of a night: every host that is due is asked for once, every answer is archived, then committed.

Whether a host is dead, failing or resurrected is not decided here: it is what `casefile.queries.state_of` reads from the look-ups. A machine without
network concludes nothing about any host: what did not come out well is left for the next run, and `NetworkDown` says so.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from casefile.archive import ArchiveWriter
from casefile.errors import NetworkDown
from casefile.hostname import Hostname
from casefile.outcomes import Outcome
from casefile.progress import Progress
from casefile.queries import hosts_to_resolve
from casefile.records import Clock, Count, Resolution, StepReport
from casefile.store import Case
from crawler.egress.addresses import refusal
from crawler.egress.resolver import SILENT, Answer, LiveResolver, Resolver, network_is_up
from crawler.egress.web import Web
from crawler.options import CrawlOptions


def resolve(case: Case, options: CrawlOptions, web: Web, archive: Path, *, since: datetime, clock: Clock, progress: Progress) -> StepReport:
    """Look up every pending host not looked up since `since`. `archive`: the archive folder.

    Raises `NetworkDown` when no resolver answers, `DiskFullError` and `ArchiveError` from the archive; what was committed before stays.
    """
    began = time.monotonic()
    pending = hosts_to_resolve(case, since)
    progress.start("resolve", len(pending))
    outcomes: Counter[Outcome] = Counter()
    for first in range(0, len(pending), options.commit_hosts):
        hosts = pending[first : first + options.commit_hosts]
        answers, up = asyncio.run(_look_up_all(web.resolver, hosts, options.lookups_at_once, check=not web.replays))
        heard = [(host, answer) for host, answer in zip(hosts, answers, strict=True) if up or answer.outcome is Outcome.OK]
        for outcome in _keep(case, archive, heard, clock, options.keep_free_octets):
            outcomes[outcome] += 1
            progress.advance(outcome.value)
        if not up:
            raise NetworkDown(_no_network(options, web.resolver))
    failed = tuple(
        Count(outcome=one.value, number=number)
        for one, number in sorted(outcomes.items(), key=lambda row: row[0].value)
        if one is not Outcome.OK
    )
    return StepReport(
        step="resolve", done=outcomes[Outcome.OK], failed=failed, seconds=round(time.monotonic() - began, 3), finished_at=clock()
    )


async def _look_up_all(resolver: Resolver, hosts: Sequence[Hostname], at_once: int, *, check: bool) -> tuple[list[Answer], bool]:
    """The answers in the order of `hosts`, and whether failures among them are to be believed: then a name that always exists is answered."""
    places = asyncio.Semaphore(at_once)

    async def one(host: Hostname) -> Answer:
        async with places:
            return await resolver.look_up(host.name, nameservers=True)

    answers = await asyncio.gather(*(one(host) for host in hosts))
    outcomes = {answer.outcome for answer in answers}
    doubtful = check and (Outcome.OK not in outcomes or not outcomes.isdisjoint(SILENT))
    return answers, not doubtful or await network_is_up(resolver)


def _keep(case: Case, folder: Path, heard: Sequence[tuple[Hostname, Answer]], clock: Clock, floor: int) -> list[Outcome]:
    """Archive the answers in one finished file, then commit them; returns their outcomes."""
    if not heard:
        return []
    writer = ArchiveWriter(folder, f"dns-{clock():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}", floor_bytes=floor)
    try:
        found = [_resolution(writer, host, answer, clock()) for host, answer in heard]
        finished = writer.finish(clock())
    except BaseException:
        writer.discard()
        raise
    case.add([finished, *found])
    return [one.outcome for one in found]


def _resolution(writer: ArchiveWriter, host: Hostname, answer: Answer, now: datetime) -> Resolution:
    record = writer.resource(f"dns:{host.name}", "text/dns", answer.text.encode("ascii", "backslashreplace"), taken_at=now, site=host.name)
    refused = answer.outcome is Outcome.OK and any(refusal(address) for address in answer.addresses)
    return Resolution(
        host=host,
        outcome=Outcome.REFUSED_EGRESS if refused else answer.outcome,
        addresses=answer.addresses,
        cnames=answer.cnames,
        nameservers=answer.nameservers,
        ttl=answer.ttl,
        record=record,
        resolved_at=now,
    )


def _no_network(options: CrawlOptions, resolver: Resolver) -> str:
    asked = ", ".join(options.nameservers or getattr(resolver, "nameservers", ())) or "of this system"
    return (
        f"no network: none of the resolvers {asked} answered; check the connection or set crawl.nameservers; "
        "nothing was lost, run the same command again"
    )


def resolver_state(options: CrawlOptions) -> str:
    """What is wrong with name resolution on this machine, empty where a resolver answers; for `doctor`."""
    try:
        resolver = LiveResolver(options.nameservers, options.dns_seconds)
    except NetworkDown as error:
        return str(error)
    return "" if asyncio.run(network_is_up(resolver)) else _no_network(options, resolver)
