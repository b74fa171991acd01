"""How an attempt to reach the far end came out: one table, one row an outcome.

An outcome is data. `OUTCOMES` says for each what it means to an operator, whether a page came back that can be judged
(`read`), whether the host answers at all (`alive`), and whether trying again soon is worth it (`passing`).
"""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """The name is what is stored, logged and shown."""

    OK = "ok"
    HTTP_ERROR = "http-error"
    CHALLENGE = "challenge"
    NOT_A_PAGE = "not-a-page"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    REDIRECT_LIMIT = "redirect-limit"
    CRASHED = "crashed"
    BAD_RESPONSE = "bad-response"
    READ_TIMEOUT = "read-timeout"
    CERTIFICATE = "certificate"
    TLS = "tls"
    CONNECT_TIMEOUT = "connect-timeout"
    CONNECTION_REFUSED = "connection-refused"
    CONNECTION_RESET = "connection-reset"
    UNREACHABLE = "unreachable"
    NXDOMAIN = "nxdomain"
    NO_ADDRESS = "no-address"
    SERVFAIL = "servfail"
    DNS_REFUSED = "dns-refused"
    DNS_TIMEOUT = "dns-timeout"
    REFUSED_EGRESS = "refused-egress"
    REFUSED_PORT = "refused-port"
    BUDGET_TIME = "budget-time"
    BUDGET_BYTES = "budget-bytes"
    UPSTREAM_FAILED = "upstream-failed"
    NOT_ARCHIVED = "not-archived"
    CLIENT_GONE = "client-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFacts:
    """What follows from an outcome; `dead` means the name itself is gone, which is a state of the host and not a fault."""

    meaning: str
    read: bool = False
    alive: bool = False
    dead: bool = False
    passing: bool = False


OUTCOMES: dict[Outcome, OutcomeFacts] = {
    Outcome.OK: OutcomeFacts(meaning="answered as asked", read=True, alive=True),
    Outcome.HTTP_ERROR: OutcomeFacts(meaning="answered with status 400 or above", read=True, alive=True, passing=True),
    Outcome.CHALLENGE: OutcomeFacts(meaning="answered with a challenge (captcha, JavaScript check); recorded, never solved", alive=True),
    Outcome.NOT_A_PAGE: OutcomeFacts(meaning="answered with something that is not text (download, image)", alive=True),
    Outcome.EMPTY: OutcomeFacts(meaning="answered with an empty body", alive=True),
    Outcome.UNREADABLE: OutcomeFacts(meaning="the body cannot be decoded (broken or unknown content encoding, binary)", alive=True),
    Outcome.TOO_LARGE: OutcomeFacts(meaning="the body is over the page limit, compressed or unpacked", alive=True),
    Outcome.REDIRECT_LIMIT: OutcomeFacts(meaning="more than 10 redirects, or a loop", alive=True),
    Outcome.CRASHED: OutcomeFacts(meaning="the page crashed or hung the browser's tab", alive=True, passing=True),
    Outcome.BAD_RESPONSE: OutcomeFacts(meaning="the answer is not HTTP, or breaks off", alive=True, passing=True),
    Outcome.READ_TIMEOUT: OutcomeFacts(meaning="connected, but the answer did not come in time", alive=True, passing=True),
    Outcome.CERTIFICATE: OutcomeFacts(meaning="the TLS certificate does not verify", alive=True),
    Outcome.TLS: OutcomeFacts(meaning="the TLS handshake failed for another reason than the certificate", alive=True, passing=True),
    Outcome.CONNECT_TIMEOUT: OutcomeFacts(meaning="no answer to the connection attempt", passing=True),
    Outcome.CONNECTION_REFUSED: OutcomeFacts(meaning="the address refuses connections on this port", passing=True),
    Outcome.CONNECTION_RESET: OutcomeFacts(meaning="the connection was reset", passing=True),
    Outcome.UNREACHABLE: OutcomeFacts(meaning="no route to the address", passing=True),
    Outcome.NXDOMAIN: OutcomeFacts(meaning="the name does not exist", dead=True),
    Outcome.NO_ADDRESS: OutcomeFacts(meaning="the name exists but has no address", dead=True),
    Outcome.SERVFAIL: OutcomeFacts(meaning="the name servers fail", passing=True),
    Outcome.DNS_REFUSED: OutcomeFacts(meaning="the resolver refuses the question", passing=True),
    Outcome.DNS_TIMEOUT: OutcomeFacts(meaning="the resolver does not answer", passing=True),
    Outcome.REFUSED_EGRESS: OutcomeFacts(meaning="the name points to a non-public address; not visited"),
    Outcome.REFUSED_PORT: OutcomeFacts(meaning="a port that is not a web port; not visited"),
    Outcome.BUDGET_TIME: OutcomeFacts(meaning="the site's time budget is spent", alive=True),
    Outcome.BUDGET_BYTES: OutcomeFacts(meaning="the site's byte budget is spent", alive=True),
    Outcome.UPSTREAM_FAILED: OutcomeFacts(meaning="the configured upstream proxy failed", passing=True),
    Outcome.NOT_ARCHIVED: OutcomeFacts(meaning="replay: the host is archived, this page is not", alive=True),
    Outcome.CLIENT_GONE: OutcomeFacts(meaning="our own client closed the connection first", passing=True),
}


READ = tuple(outcome.value for outcome, facts in OUTCOMES.items() if facts.read)
DEAD = tuple(outcome.value for outcome, facts in OUTCOMES.items() if facts.dead)
"""Outcomes of pages that were read, and of hosts that are gone, as stored."""


def marks(values: tuple[str, ...]) -> str:
    """The values as SQL text between commas; they are our own constants."""
    return ", ".join(f"'{value}'" for value in values)
