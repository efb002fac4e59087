"""Certificates for loopback servers, made for each test: good ones, expired ones, ones of another host."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mail.mailing import NOW


def make_certificate(folder: Path, *, host: str = "127.0.0.1", until: datetime = NOW + timedelta(days=36500)) -> Path:
    """A file with a key and a certificate that signs itself, for an address of this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(NOW - timedelta(days=3650)).not_valid_after(until)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    certificate = built.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file
