"""Encryption with a passphrase, in the format of age (https://age-encryption.org/v1), so that its own program reads it.

pyrage takes a passphrase only for bytes in memory, not for streams: a file takes about three times its size there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyrage import DecryptError, passphrase

LEAST: Final = 16
"""Characters of a passphrase."""
MOST: Final = 1 << 30
"""Bytes of a file that is encrypted."""
_REASONS: Final = {
    "Decryption failed": "the passphrase is another one",
    "No matching keys found": "it isn't a file encrypted with a passphrase",
    "Excessive work parameter for passphrase.": "it asks for more work than any backup of ours",
}


class TooLarge(ValueError):
    """It has more than MOST bytes."""


class NotDecrypted(ValueError):
    """It can't be decrypted; the message says why, in one line."""


def encrypt(chunks: Iterable[bytes], secret: str) -> bytes:
    """Return the encrypted file. Raises TooLarge."""
    plain = bytearray()
    for chunk in chunks:
        plain += chunk
        if len(plain) > MOST:
            raise TooLarge
    encrypted: bytes = passphrase.encrypt(bytes(plain), secret)
    return encrypted


def decrypt(encrypted: bytes, secret: str) -> bytes:
    """Return what was encrypted. Raises NotDecrypted unless every byte is as it was."""
    try:
        plain: bytes = passphrase.decrypt(encrypted, secret)
    except DecryptError as refused:
        raise NotDecrypted(_REASONS.get(str(refused).split("\n")[0], "it is damaged or incomplete")) from None
    return plain
