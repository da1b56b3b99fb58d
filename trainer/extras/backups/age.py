"""Encryption in the format of age (https://age-encryption.org/v1), so that its own program reads it.

Files of any size are encrypted to an identity, in chunks, by pyrage. Only the identity is encrypted with a passphrase,
and here: pyrage would make that as costly as the machine is fast, and refuse to read on a slow or busy one what a fast
one wrote.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from secrets import token_bytes
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pyrage import DecryptError, EncryptError, IdentityError, decrypt_io, encrypt_io, passphrase
from pyrage.x25519 import Identity

Sink = Callable[[bytes], object]
"""Takes a file, part by part."""
LEAST: Final = 16
"""Characters of a passphrase."""
_BY_PASSPHRASE: Final = b"age-encryption.org/v1\n-> scrypt "
_DOUBLINGS: Final = 17
"""What a try of a passphrase costs, as a power of two: 128 MB, and about half a second."""
_CHUNK: Final = 64 * 1024
_DAMAGED: Final = "it is damaged or incomplete"
_REASONS: Final = {
    "Decryption failed": "the passphrase is another one",
    "No matching keys found": "it isn't a file encrypted with a passphrase",
    "Excessive work parameter for passphrase.": "it asks for more work than any backup of ours",
}


class NotDecrypted(ValueError):
    """It can't be decrypted; the message says why, in one line."""


def encrypt(chunks: Iterable[bytes], sink: Sink, identity: Identity) -> None:
    """Encrypt a file to an identity, and pass each part on at once. Raises what chunks and sink raise."""
    reader, writer = _ChunkReader(chunks), _Writer(sink)
    try:
        encrypt_io(reader, writer, [identity.to_public()])
    except EncryptError:
        if reader.problem is None and writer.problem is None:
            raise
    _raise_first(reader, writer)


def decrypt(chunks: Iterable[bytes], sink: Sink, identity: Identity) -> None:
    """Decrypt a file that was encrypted to an identity, and pass each part on once it is known to be as it was.

    Raises NotDecrypted at the first that isn't, and what chunks and sink raise.
    """
    reader, writer = _ChunkReader(chunks), _Writer(sink)
    refusal = None
    try:
        decrypt_io(reader, writer, [identity])
    except DecryptError as refused:
        refusal = "its key is another one" if str(refused) == "No matching keys found" else _DAMAGED
    except OSError:
        refusal = _DAMAGED
    _raise_first(reader, writer)
    if refusal:
        raise NotDecrypted(refusal)


def encrypt_identity(identity: Identity, secret: str) -> bytes:
    """Return the file of an identity, encrypted with a passphrase."""
    return encrypt_with_passphrase(f"{identity}\n".encode(), secret)


def decrypt_identity(encrypted: bytes, secret: str) -> Identity:
    """Return the identity in such a file. Raises NotDecrypted."""
    try:
        return Identity.from_str(decrypt_with_passphrase(encrypted, secret).decode().strip())
    except (IdentityError, UnicodeDecodeError):
        raise NotDecrypted("it holds no identity") from None


def encrypt_with_passphrase(plain: bytes, secret: str) -> bytes:
    """Encrypt for `decrypt_with_passphrase`; the steps are in the format's specification."""
    salt, file_key, nonce = token_bytes(16), token_bytes(16), token_bytes(16)
    labeled = b"age-encryption.org/v1/scrypt" + salt
    wrapping = Scrypt(salt=labeled, length=32, n=2**_DOUBLINGS, r=8, p=1).derive(secret.encode())
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = b"%b%b %d\n%b\n---" % (_BY_PASSPHRASE, _text(salt), _DOUBLINGS, _text(wrapped))
    seal = HMAC(_derive(file_key, b"", b"header"), SHA256())
    seal.update(header)
    cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
    chunks = [plain[start : start + _CHUNK] for start in range(0, len(plain), _CHUNK)] or [b""]
    nonces = [number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]) for number in range(len(chunks))]
    parts = [cipher.encrypt(own, chunk, None) for own, chunk in zip(nonces, chunks, strict=True)]
    return b"".join([header, b" ", _text(seal.finalize()), b"\n", nonce, *parts])


def _text(raw: bytes) -> bytes:
    return b64encode(raw).rstrip(b"=")


def _derive(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def is_by_passphrase(encrypted: bytes) -> bool:
    """Return whether a file that begins like this was encrypted with a passphrase."""
    return encrypted.startswith(_BY_PASSPHRASE)


def decrypt_with_passphrase(encrypted: bytes, secret: str) -> bytes:
    """Return what was encrypted with a passphrase: an identity, or a whole file of version 0.9.0 or earlier.

    That takes three times its size in memory. Raises NotDecrypted unless every byte is as it was.
    """
    try:
        plain: bytes = passphrase.decrypt(encrypted, secret)
    except DecryptError as refused:
        raise NotDecrypted(_REASONS.get(str(refused).split("\n")[0], _DAMAGED)) from None
    return plain


# pyrage says no more of what goes wrong in a reader or writer than its text, and nothing at all of the last bytes that
# it writes. So both keep it.


class _ChunkReader:
    """Chunks, to be read like a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), memoryview(b"")
        self.problem: BaseException | None = None

    def read(self, size: int) -> bytes:
        """Return some of the next bytes, or none at the end."""
        try:
            while not self._rest and (chunk := next(self._chunks, None)) is not None:
                self._rest = memoryview(chunk)
        except BaseException as problem:
            self.problem = problem
            raise
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


class _Writer:
    """A sink, to be written to like a file."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.problem: BaseException | None = None

    def write(self, raw: bytes) -> int:
        """Pass the bytes on; return how many they are."""
        if self.problem is not None:  # what pyrage still holds isn't what comes next
            raise self.problem
        try:
            self._sink(raw)
        except BaseException as problem:
            self.problem = problem
            raise
        return len(raw)

    def flush(self) -> None:
        """Do nothing: none are held back."""


def _raise_first(reader: _ChunkReader, writer: _Writer) -> None:
    problem = reader.problem or writer.problem
    if problem is not None:
        raise problem
