"""Certificates of the drill's own authority, as an engineer gives one to each machine."""

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from onecity.bootstrap.moment import now

_DAY = timedelta(days=1)


class Authority:
    """Signs the certificates of machines; `paper` is what all of them trust."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the drill")])
        constraints = (x509.BasicConstraints(ca=True, path_length=0), True)
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        self._own = self._built(self._name, self._key.public_key(), constraints, (usage, True))
        self.paper = self._own.public_bytes(serialization.Encoding.PEM)

    def machine(self, name: str, address: str) -> tuple[bytes, bytes]:
        """The certificate and the key of a machine, for what it serves and what it asks."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(address))])
        both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        found = self._built(subject, key.public_key(), (names, False), (both, False))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return found.public_bytes(serialization.Encoding.PEM), private

    def _built(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *extensions: tuple[x509.ExtensionType, bool]
    ) -> x509.Certificate:
        at = now()
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(at - _DAY).not_valid_after(at + _DAY)
        known = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), False)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        if key == self._key.public_key():
            builder = builder.add_extension(known, False)
        return builder.sign(self._key, hashes.SHA256())


def given(authority: Authority, folder: Path, name: str, address: str) -> tuple[Path, Path, Path]:
    """The authority's certificate, and a machine's certificate and key, as files."""
    paper, key = authority.machine(name, address)
    paths = folder / "authority.pem", folder / "machine.pem", folder / "machine.key"
    for path, content in zip(paths, (authority.paper, paper, key), strict=True):
        path.write_bytes(content)
    return paths
