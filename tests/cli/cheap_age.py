"""Files of age that are encrypted with a passphrase in no time: pyrage takes up to three seconds and a gigabyte."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024


def encrypt(plain: bytes, secret: str) -> bytes:
    """Return what pyrage would (https://age-encryption.org/v1), with a passphrase that is cheap to guess."""
    salt, file_key, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrapping = hashlib.scrypt(secret.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=2, r=8, p=1, dklen=32)
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %b 1\n%b\n---" % (_text(salt), _text(wrapped))
    seal = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    chunks = [plain[at : at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]
    nonces = [number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]) for number in range(len(chunks))]
    parts = [cipher.encrypt(own, chunk, None) for own, chunk in zip(nonces, chunks, strict=True)]
    return b"".join([header, b" ", _text(seal), b"\n", nonce, *parts])


def _text(raw: bytes) -> bytes:
    return b64encode(raw).rstrip(b"=")


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)
