"""Encryption with a passphrase, in the format of age (https://age-encryption.org/v1), so that its own program reads it.

Files of any size pass through in chunks. Each chunk is authenticated with its place, the last one as the last: nothing
can be changed, swapped or cut off without being noticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

VERSION: Final = b"age-encryption.org/v1\n"
CHUNK: Final = 64 * 1024
LEAST: Final = 16
"""Characters of a passphrase."""
_TAG: Final = 16
_WORK: Final = 16  # 64 MB and a fifth of a second for each guess
_MOST_WORK: Final = 20  # a file of someone else's must not take all memory
_LABEL: Final = b"age-encryption.org/v1/scrypt"
_HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n"
    rb"([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n"
)
_LONGEST_HEADER: Final = 200


class NotDecrypted(ValueError):
    """It can't be decrypted; the message says why, in one line."""


def encrypt(chunks: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """Yield the encrypted file."""
    file_key, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = ChaCha20Poly1305(_wrapping_key(passphrase, salt, _WORK)).encrypt(bytes(12), file_key, None)
    header = VERSION + b"-> scrypt " + _encode(salt) + f" {_WORK}\n".encode() + _encode(wrapped) + b"\n---"
    nonce = secrets.token_bytes(16)
    yield header + b" " + _encode(_seal(file_key, header)) + b"\n" + nonce
    cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
    for number, chunk, is_last in _cut(chunks, CHUNK):
        yield cipher.encrypt(_nonce(number, is_last), chunk, None)


def decrypt(chunks: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """Yield what was encrypted. Raises NotDecrypted at the first byte that isn't as it was."""
    source = iter(chunks)
    begin = b""
    while len(begin) < _LONGEST_HEADER and (more := next(source, b"")):
        begin += more
    header = _HEADER.match(begin)
    rest = begin[header.end() :] if header else b""
    if header is None or len(rest) < 16:
        raise NotDecrypted("it isn't a file encrypted with a passphrase")
    salt, work, wrapped, seal = header.groups()
    if int(work) > _MOST_WORK:
        raise NotDecrypted("it asks for more work than any backup of ours")
    try:
        wrapping = ChaCha20Poly1305(_wrapping_key(passphrase, _decode(salt), int(work)))
        file_key = wrapping.decrypt(bytes(12), _decode(wrapped), None)
    except (InvalidTag, binascii.Error):
        raise NotDecrypted("the passphrase is another one") from None
    if not hmac.compare_digest(_seal(file_key, header[0][: header.end(3) + len("\n---")]), _decode(seal)):
        raise NotDecrypted("its beginning was changed")
    cipher = ChaCha20Poly1305(_derive(file_key, rest[:16], b"payload"))
    for number, chunk, is_last in _cut(_chain(rest[16:], source), CHUNK + _TAG):
        try:
            yield cipher.decrypt(_nonce(number, is_last), chunk, None)
        except InvalidTag:
            raise NotDecrypted("it is damaged or incomplete") from None


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _cut(chunks: Iterable[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield (number, bytes, whether they are the last) in pieces of one size; the last may be shorter."""
    waiting, number = bytearray(), 0
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > size:
            yield number, bytes(waiting[:size]), False
            del waiting[:size]
            number += 1
    yield number, bytes(waiting), True


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _wrapping_key(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << work, r=8, p=1).derive(passphrase.encode())


def _seal(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), header, hashlib.sha256)


def _derive(file_key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt or None, info=purpose).derive(file_key)


def _encode(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))
