"""Look-ups: what DNS says of a name, with NXDOMAIN, no address, SERVFAIL, refusal and silence told apart.

Names that arrive here went through `casefile.hostname.Door`. Whether an address may be dialled is judged by `crawler.egress.addresses`, not here.
"""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from casefile.errors import ConfigError, NetworkDown
from casefile.outcomes import Outcome
from crawler.egress.causes import outcome_of_rcode
from crawler.egress.dns_text import records_of, text_of

CONTROL_NAME = "a.root-servers.net"
"""A name that every resolver with a network can answer."""

SILENT = (Outcome.DNS_TIMEOUT, Outcome.SERVFAIL, Outcome.DNS_REFUSED)
"""Outcomes that a machine which just lost its network gives."""

LONGEST_CHAIN = 12
MOST_ADDRESSES = 16
ATTEMPTS = 2
"""Rounds over all name servers; each gets its share of the time."""

UDP_PAYLOAD = 1232


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What DNS says of one name.

    `addresses`: IPv4 first; `cnames`: the chain in order; `nameservers`: of its zone, where asked for; `ttl`: smallest of the chain in seconds;
    `text`: the answer for the archive (`crawler.egress.dns_text`), from which `answer_from_text` makes it again.
    """

    outcome: Outcome
    addresses: tuple[str, ...] = ()
    cnames: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    ttl: int = 0
    text: str = ""


class Resolver(Protocol):
    """Looks names up; the far end failing is an outcome, never an exception."""

    async def look_up(self, name: str, *, nameservers: bool = False) -> Answer:
        """A and AAAA of a checked name with its CNAME chain, and the name servers of its zone where asked."""


async def network_is_up(resolver: Resolver) -> bool:
    """Whether a name that always exists can be looked up; asked when other look-ups fail, before anything is concluded from that.

    A resolver that is cut off is silent, or fails, or (behind a captive gateway) says that no name exists.
    """
    return (await resolver.look_up(CONTROL_NAME)).outcome is Outcome.OK


class LiveResolver:
    """Asks recursive resolvers over UDP, and TCP where an answer is truncated.

    `nameservers`: their addresses, `ADDRESS` or `ADDRESS#PORT`, empty for the system's; `seconds`: for all tries of one question.
    """

    def __init__(self, nameservers: Sequence[str], seconds: float) -> None:
        """Raises `ConfigError` for an address that is none, `NetworkDown` when the system names no resolver."""
        self.nameservers = tuple(nameservers) or _of_the_system()
        self._servers = [_server(text) for text in self.nameservers]
        self._share = seconds / (ATTEMPTS * len(self._servers))

    async def look_up(self, name: str, *, nameservers: bool = False) -> Answer:
        """See `Resolver`. An address of either family makes it OK; else NXDOMAIN counts before a failure, and a failure before NO_ADDRESS."""
        v4, v6 = await asyncio.gather(self._ask(name, "A"), self._ask(name, "AAAA"))
        replies = [v4, v6]
        outcome = _joint_outcome(name, v4, v6)
        if nameservers and outcome in (Outcome.OK, Outcome.NO_ADDRESS):
            replies.append(await self._zone_servers(name))
        records = [rrset for reply in replies for rrset in reply.records]
        detail = "; ".join(dict.fromkeys(reply.detail for reply in replies if reply.detail))
        return answer_from_records(name, outcome, records, text_of(outcome, records, detail))

    async def _zone_servers(self, name: str) -> "_Reply":
        """The NS records of the zone that `name` is in: its own, else those of the zone that an SOA or the next label names."""
        candidate = dns.name.from_text(name)
        reply = _Reply(Outcome.NO_ADDRESS)
        while len(candidate.labels) > 2:
            reply = await self._ask(candidate.to_text(), "NS")
            own = [rrset for rrset in reply.records if rrset.rdtype == dns.rdatatype.NS and rrset.name == candidate]
            if own or reply.outcome not in (Outcome.OK, Outcome.NXDOMAIN):
                return _Reply(reply.outcome, own, reply.detail)
            zone = reply.zone
            candidate = zone if zone is not None and candidate.is_subdomain(zone) and zone != candidate else candidate.parent()
        return _Reply(Outcome.NO_ADDRESS)

    async def _ask(self, name: str, kind: str) -> "_Reply":
        """One question to each server in turn until one answers it; the last failure is reported."""
        question = dns.message.make_query(dns.name.from_text(name), kind, use_edns=0, payload=UDP_PAYLOAD)
        last = _Reply(Outcome.DNS_TIMEOUT, detail="no name server answered")
        for address, port in self._servers * ATTEMPTS:
            try:
                message, _ = await dns.asyncquery.udp_with_fallback(
                    question, address, timeout=self._share, port=port, ignore_unexpected=True, ignore_errors=True
                )
            except dns.exception.Timeout:
                continue
            except OSError as error:
                last = _Reply(last.outcome, detail=f"{address}: {error.strerror or error}")
                continue
            except (dns.exception.DNSException, EOFError) as error:
                last = _Reply(Outcome.SERVFAIL, detail=f"{address}: {str(error)[:120]}")
                continue
            last = _reply_of(message)
            if last.outcome in (Outcome.OK, Outcome.NXDOMAIN):
                return last
        return last


@dataclass(frozen=True, slots=True)
class _Reply:
    """One answer of a server: OK for NOERROR, with or without records; `zone` is the owner of the SOA beside an empty answer."""

    outcome: Outcome
    records: Sequence[dns.rrset.RRset] = ()
    detail: str = ""
    zone: dns.name.Name | None = None


def answer_from_records(name: str, outcome: Outcome, records: Iterable[dns.rrset.RRset], text: str) -> Answer:
    """The answer that records give when the CNAME chain is followed from `name`; records of other names are left out."""
    by_key = {(rrset.name, rrset.rdtype, number): rrset for number, rrset in enumerate(records)}
    owner = dns.name.from_text(name)
    cnames: list[str] = []
    ttls: list[int] = []
    while len(cnames) < LONGEST_CHAIN:
        step = next((rrset for (at, kind, _), rrset in by_key.items() if at == owner and kind == dns.rdatatype.CNAME), None)
        if step is None:
            break
        owner = step[0].target
        cnames.append(_plain(owner))
        ttls.append(step.ttl)
    addresses: list[str] = []
    for wanted in (dns.rdatatype.A, dns.rdatatype.AAAA):
        for (at, kind, _), rrset in by_key.items():
            if at == owner and kind == wanted:
                addresses += [record.address for record in rrset]
                ttls.append(rrset.ttl)
    servers = sorted({_plain(one.target) for (_, kind, _), rrset in by_key.items() if kind == dns.rdatatype.NS for one in rrset})
    return Answer(
        outcome=outcome,
        addresses=tuple(dict.fromkeys(addresses))[:MOST_ADDRESSES],
        cnames=tuple(cnames),
        nameservers=tuple(servers[:MOST_ADDRESSES]),
        ttl=min(ttls, default=0),
        text=text,
    )


def answer_from_text(name: str, text: str) -> Answer:
    """The answer that was archived as `text`; raises `ArchiveError` when it is not one."""
    outcome, records = records_of(text)
    return answer_from_records(name, outcome, records, text)


def _joint_outcome(name: str, v4: _Reply, v6: _Reply) -> Outcome:
    found = answer_from_records(name, Outcome.OK, [*v4.records, *v6.records], "")
    if found.addresses:
        return Outcome.OK
    if Outcome.NXDOMAIN in (v4.outcome, v6.outcome):
        return Outcome.NXDOMAIN
    failed = next((reply.outcome for reply in (v4, v6) if reply.outcome is not Outcome.OK), None)
    return failed or Outcome.NO_ADDRESS


def _reply_of(message: dns.message.Message) -> _Reply:
    outcome = outcome_of_rcode(message.rcode())
    zone = next((rrset.name for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA), None)
    detail = "" if outcome in (Outcome.OK, Outcome.NXDOMAIN) else f"response code {dns.rcode.to_text(message.rcode())}"
    return _Reply(outcome, tuple(message.answer), detail, zone)


def _plain(name: dns.name.Name) -> str:
    """A name as text, lower case, without the trailing dot; dnspython escapes what is not printable."""
    return name.canonicalize().to_text(omit_final_dot=True)


def _of_the_system() -> tuple[str, ...]:
    try:
        found = dns.resolver.Resolver(configure=True).nameservers
    except dns.resolver.NoResolverConfiguration:
        found = []
    if not found:
        raise NetworkDown("no network: this system names no resolver; connect it, or set crawl.nameservers, and run the same command again")
    return tuple(str(server) for server in found)


def _server(text: str) -> tuple[str, int]:
    address, _, port = text.partition("#")
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
        return address, int(port or "53")
    except (OSError, ValueError):
        raise ConfigError(f"crawl.nameservers: {text!a} is not an IP address (nor ADDRESS#PORT)") from None
