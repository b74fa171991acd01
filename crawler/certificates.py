"""Certificates are verified, and a failure says why: expired, self-signed, another name. In replay the roots are the run's own authority.

One context serves all hosts (Scrapy's own policy reads the system's roots anew for every connection).
"""

from collections.abc import Callable

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

REASONS = {
    9: "not valid yet",
    10: "expired",
    18: "self-signed",
    19: "self-signed authority in its chain",
    20: "issued by an unknown authority",
    21: "issued by an unknown authority",
    23: "revoked",
    62: "for another name",
}
"""What OpenSSL's verification errors (X509_V_ERR_*) mean to a person."""

ANOTHER_NAME = REASONS[62]
MOST_COMPLAINTS = 10_000


@implementer(IPolicyForHTTPS)
class CheckedCertificates:
    """Twisted's policy for https: verifies chain and name with one context, and remembers why a host's certificate failed.

    `ca_file`: PEM file of the roots, empty for the system's.
    """

    def __init__(self, ca_file: str = "") -> None:
        self._context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        self._context.set_min_proto_version(SSL.TLS1_VERSION)
        self._context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_LEGACY_SERVER_CONNECT)
        if ca_file:
            self._context.load_verify_locations(ca_file)
        else:
            self._context.set_default_verify_paths()
        self._complaints: dict[str, str] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> ClientTLSOptions:  # noqa: N802, ARG002 (Twisted's names)
        """The creator of connections to one host."""
        return _CheckedOptions(lambda _: SSL.Connection(self._context), hostname.decode("ascii"), self._complain)

    def complaint(self, host: str) -> str:
        """Why the certificate of `host` last failed, empty where it did not; asked once."""
        return self._complaints.pop(host, "")

    def _complain(self, host: str, reason: str) -> None:
        if len(self._complaints) >= MOST_COMPLAINTS:
            self._complaints.clear()
        self._complaints.setdefault(host, reason)


class _CheckedOptions(ClientTLSOptions):
    def __init__(
        self, create: Callable[[TLSMemoryBIOProtocol], SSL.Connection], hostname: str, complain: Callable[[str, str], None]
    ) -> None:
        super().__init__(create, hostname)
        self._host = hostname
        self._complain = complain

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802, N803 (Twisted's names)
        """A connection whose certificate is checked by `_verify`."""
        connection = super().clientConnectionForTLS(tlsProtocol)
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, self._verify)
        return connection

    def _verify(self, _connection: SSL.Connection, certificate: X509, error: int, depth: int, passed: int) -> bool:
        if not passed:
            self._complain(self._host, REASONS.get(error, f"verification error {error}"))
            return False
        if depth == 0 and not _is_for(certificate, self._host):
            self._complain(self._host, ANOTHER_NAME)
            return False
        return True


def _is_for(certificate: X509, host: str) -> bool:
    wanted = IPAddress_ID(host) if isIPAddress(host) or isIPv6Address(host) else DNS_ID(host)
    try:
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except (VerificationError, CertificateError, ValueError):
        return False
    return True
