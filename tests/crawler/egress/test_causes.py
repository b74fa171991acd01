"""The table of causes, row by row."""

import errno
import ssl

import dns.rcode
import pytest

from casefile.outcomes import Outcome
from crawler.egress.causes import BY_ERRNO, BY_RCODE, outcome_of_error, outcome_of_rcode, status_of

ERRORS = {
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
CODES = {
    dns.rcode.NOERROR: Outcome.OK,
    dns.rcode.NXDOMAIN: Outcome.NXDOMAIN,
    dns.rcode.SERVFAIL: Outcome.SERVFAIL,
    dns.rcode.FORMERR: Outcome.SERVFAIL,
    dns.rcode.NOTIMP: Outcome.SERVFAIL,
    dns.rcode.REFUSED: Outcome.DNS_REFUSED,
    dns.rcode.NOTAUTH: Outcome.DNS_REFUSED,
}


def test_every_row_is_tested_here() -> None:
    assert BY_ERRNO.keys() == ERRORS.keys()
    assert BY_RCODE.keys() == CODES.keys()


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_an_error_while_dialling(number: int) -> None:
    assert outcome_of_error(OSError(number, "words"), connected=False) is ERRORS[number]


@pytest.mark.parametrize("code", CODES, ids=str)
def test_a_response_code(code: int) -> None:
    assert outcome_of_rcode(code) is CODES[code]


def test_a_response_code_without_a_row_is_a_failing_server() -> None:
    assert outcome_of_rcode(dns.rcode.BADCOOKIE) is Outcome.SERVFAIL


@pytest.mark.parametrize(
    ("error", "connected", "outcome"),
    [
        (TimeoutError(), False, Outcome.CONNECT_TIMEOUT),
        (TimeoutError(), True, Outcome.READ_TIMEOUT),
        (OSError(errno.ETIMEDOUT, "words"), True, Outcome.READ_TIMEOUT),
        (OSError(errno.ECONNRESET, "words"), True, Outcome.CONNECTION_RESET),
        (ConnectionResetError("Connection lost"), True, Outcome.CONNECTION_RESET),
        (ConnectionRefusedError("words"), False, Outcome.CONNECTION_REFUSED),
        (EOFError("breaks off"), True, Outcome.BAD_RESPONSE),
        (ssl.SSLCertVerificationError("words"), True, Outcome.CERTIFICATE),
        (ssl.SSLError("words"), True, Outcome.TLS),
        (OSError(errno.EMFILE, "words"), False, Outcome.UNREACHABLE),
    ],
)
def test_an_error_by_its_kind(error: BaseException, connected: bool, outcome: Outcome) -> None:
    assert outcome_of_error(error, connected=connected) is outcome


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.REFUSED_EGRESS, "403"), (Outcome.READ_TIMEOUT, "504"), (Outcome.NXDOMAIN, "502"), (Outcome.NOT_ARCHIVED, "404")],
)
def test_what_the_client_is_answered(outcome: Outcome, status: str) -> None:
    assert status_of(outcome).startswith(status)
