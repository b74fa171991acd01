"""Certificates for the loopback web: one authority, and leaves that are good, expired, for another name, or signed by themselves."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GOOD, EXPIRED, WRONG_NAME, SELF_SIGNED = "good", "expired", "wrong-name", "self-signed"


class Authority:
    """Signs leaves; `ca_file` is what a client must trust. Files are kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Loopback test authority")
        certificate = _builder(self._name, self._name, self._key.public_key(), days=2).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.ca_file = folder / "authority.pem"
        self.ca_file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, quality: str) -> ssl.SSLContext:
        """A server context whose certificate for `host` is of that quality."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = f"other-{host}" if quality == WRONG_NAME else host
        issuer, signer = (_name(host), key) if quality == SELF_SIGNED else (self._name, self._key)
        builder = _builder(_name(host), issuer, key.public_key(), days=-1 if quality == EXPIRED else 2)
        leaf = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(named)]), critical=False).sign(signer, hashes.SHA256())
        path = self.folder / f"{quality}-{host}.pem"
        path.write_bytes(
            leaf.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
    )
