"""An authenticator in software, as far as the tests of passkeys need one."""

import hashlib
import json
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One key for one site; `flags` says what the device claims of its owner, `count` its counter."""

    host: str = "portal.example.org"
    origin: str = "https://portal.example.org"
    flags: int = PRESENT | VERIFIED
    count: int = 1
    id: bytes = b"key of a fictitious person"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, challenge: bytes) -> str:
        """What a browser sends after making the key."""
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return self._sent("webauthn.create", challenge, {"attestationObject": text(cbor2.dumps(statement))})

    def signed(self, challenge: bytes) -> str:
        """What a browser sends to log in; the counter moves on."""
        self.count += 1
        data = self._data()
        signature = self.key.sign(
            data + hashlib.sha256(self._client("webauthn.get", challenge)).digest(), ec.ECDSA(hashes.SHA256())
        )
        proof = {"authenticatorData": text(data), "signature": text(signature)}
        return self._sent("webauthn.get", challenge, proof)

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: bytes) -> bytes:
        return json.dumps({"type": kind, "challenge": text(challenge), "origin": self.origin}).encode()

    def _sent(self, kind: str, challenge: bytes, proof: dict[str, str]) -> str:
        response = {"clientDataJSON": text(self._client(kind, challenge)), **proof}
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
