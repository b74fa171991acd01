"""A certificate authority that lives for one replay: archived https pages are served under it, and nothing else trusts it.

Keys are made anew each run. The dates are fixed and wide, since a replay's clock may stand on another day than the client's.
"""

import ssl
from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2049, 12, 31, tzinfo=UTC)
MOST_CONTEXTS = 256
"""Hosts whose TLS context is kept; one costs some tens of kilobytes."""

CA_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mirrorwatch replay, throwaway")])


class Authority:
    """Makes a server context for any host name. `folder`: a private folder that the caller removes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: OrderedDict[str, ssl.SSLContext] = OrderedDict()
        self.ca_file = folder / "replay-ca.pem"
        self.ca_file.write_bytes(_pem(self._ca()))
        self._key_file = folder / "leaf-key.pem"
        self._key_file.touch(mode=0o600)
        self._key_file.write_bytes(
            self._leaf_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )

    def context_for(self, host: str) -> ssl.SSLContext:
        """A TLS server context whose certificate names `host`; made once a host, HTTP/1.1 only."""
        if host in self._contexts:
            self._contexts.move_to_end(host)
            return self._contexts[host]
        leaf = self._folder / "leaf.pem"
        leaf.write_bytes(_pem(self._leaf(host)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf, self._key_file)
        context.set_alpn_protocols(["http/1.1"])
        self._contexts[host] = context
        if len(self._contexts) > MOST_CONTEXTS:
            self._contexts.popitem(last=False)
        return context

    def _ca(self) -> x509.Certificate:
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        return (
            _builder(CA_NAME, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _leaf(self, host: str) -> x509.Certificate:
        """The name stands in the alternative names alone: a common name holds 64 characters at most."""
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "mirrorwatch replay")])
        return (
            _builder(subject, self._leaf_key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(authority, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _builder(subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(CA_NAME)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
