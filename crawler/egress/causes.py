"""From causes to outcomes: the one table of what an error of the far end is called. Pure."""

import errno
import ssl

import dns.rcode

from casefile.outcomes import Outcome

BY_ERRNO: dict[int, Outcome] = {
    errno.ECONNREFUSED: Outcome.CONNECTION_REFUSED,
    errno.ECONNRESET: Outcome.CONNECTION_RESET,
    errno.ECONNABORTED: Outcome.CONNECTION_RESET,
    errno.EPIPE: Outcome.CONNECTION_RESET,
    errno.ESHUTDOWN: Outcome.CONNECTION_RESET,
    errno.ETIMEDOUT: Outcome.CONNECT_TIMEOUT,
    errno.EHOSTUNREACH: Outcome.UNREACHABLE,
    errno.ENETUNREACH: Outcome.UNREACHABLE,
    errno.EHOSTDOWN: Outcome.UNREACHABLE,
    errno.ENETDOWN: Outcome.UNREACHABLE,
    errno.EADDRNOTAVAIL: Outcome.UNREACHABLE,
    errno.EAFNOSUPPORT: Outcome.UNREACHABLE,
    errno.EACCES: Outcome.UNREACHABLE,
    errno.EPERM: Outcome.UNREACHABLE,
}
"""What the system says of a connection; anything else is UNREACHABLE, with the system's words in the event's detail."""

BY_RCODE: dict[int, Outcome] = {
    dns.rcode.NOERROR: Outcome.OK,
    dns.rcode.NXDOMAIN: Outcome.NXDOMAIN,
    dns.rcode.SERVFAIL: Outcome.SERVFAIL,
    dns.rcode.FORMERR: Outcome.SERVFAIL,
    dns.rcode.NOTIMP: Outcome.SERVFAIL,
    dns.rcode.REFUSED: Outcome.DNS_REFUSED,
    dns.rcode.NOTAUTH: Outcome.DNS_REFUSED,
}
"""What a resolver says; any other code is SERVFAIL."""

STATUS: dict[Outcome, str] = {
    Outcome.REFUSED_EGRESS: "403 Forbidden",
    Outcome.REFUSED_PORT: "403 Forbidden",
    Outcome.BUDGET_TIME: "403 Forbidden",
    Outcome.BUDGET_BYTES: "403 Forbidden",
    Outcome.NOT_ARCHIVED: "404 Not Found",
    Outcome.CONNECT_TIMEOUT: "504 Gateway Timeout",
    Outcome.READ_TIMEOUT: "504 Gateway Timeout",
    Outcome.DNS_TIMEOUT: "504 Gateway Timeout",
}
"""What the client is answered; any other outcome is a 502. Clients go by the log, since a site can answer with these numbers too."""


def outcome_of_rcode(rcode: int) -> Outcome:
    """The outcome that a DNS response code means."""
    return BY_RCODE.get(rcode, Outcome.SERVFAIL)


def outcome_of_error(error: BaseException, *, connected: bool) -> Outcome:
    """The outcome that an error means, while dialling or on a connection that stands."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Outcome.CERTIFICATE
    if isinstance(error, ssl.SSLError):
        return Outcome.TLS
    if isinstance(error, EOFError):
        return Outcome.BAD_RESPONSE
    if connected and (isinstance(error, TimeoutError) or getattr(error, "errno", None) == errno.ETIMEDOUT):
        return Outcome.READ_TIMEOUT
    number = getattr(error, "errno", None)
    if number in BY_ERRNO:
        return BY_ERRNO[number]
    if isinstance(error, TimeoutError):
        return Outcome.CONNECT_TIMEOUT
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return Outcome.CONNECTION_RESET
    return Outcome.CONNECTION_REFUSED if isinstance(error, ConnectionRefusedError) else Outcome.UNREACHABLE


def status_of(outcome: Outcome) -> str:
    """The status line with which the proxy tells a client of an outcome."""
    return STATUS.get(outcome, "502 Bad Gateway")
