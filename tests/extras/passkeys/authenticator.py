"""A key ring as a browser has one: makes passkeys and signs with them, rightly or as a thief would like to."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

LOCAL = "http://127.0.0.1:8000"
_PRESENT, _VERIFIED, _KEY_INCLUDED = 0x01, 0x04, 0x40


@dataclass(frozen=True)
class Key:
    """A passkey, and what it says of itself."""

    rp_id: str = "127.0.0.1"
    origin: str = LOCAL
    user_handle: bytes = b""
    is_verified: bool = True
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, options: dict[str, Any], **changes: Any) -> tuple[Key, str]:
        """Return (the passkey for the person whom the options name, what the browser sends)."""
        key = replace(self, user_handle=base64url_to_bytes(options["user"]["id"]), **changes)
        point = key.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(key.id).to_bytes(2, "big") + key.id + encode_cbor(cose)
        data = key._data(0, _KEY_INCLUDED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = key._client("webauthn.create", options["challenge"])
        return key, key._answer({"clientDataJSON": client, "attestationObject": attestation})

    def sign(self, challenge: str, count: int = 0, **changes: Any) -> str:
        """Return what the browser sends for a challenge."""
        key = replace(self, **changes)
        data, client = key._data(count), key._client("webauthn.get", challenge)
        signature = key.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return key._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": key.user_handle,
            }
        )

    def _data(self, count: int, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.is_verified else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        number = bytes_to_base64url(self.id)
        encoded = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": encoded})
