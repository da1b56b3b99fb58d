"""Our signature beside a pack's manifest, and its check: a compact JWS without its middle (RFC 7515, appendix F).

Of a pack that someone was sent, only these two small files are looked into.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import zipfile
from typing import Final

from flask import url_for

from trainer.core.issuer_keys import ALGORITHM, is_signed_by, sign
from trainer.credentials.issuer import issuer, issuer_keys, method_id

TYPE: Final = "pack-manifest"
"""Of what is signed, in the header: no badge, whose type is another, can be taken for it, nor it for a badge."""
MANIFEST: Final = "manifest.json"
"""The file of a pack that is signed: it has the SHA-256 of every other one."""
SEAL: Final = f"{MANIFEST}.jws"
_LARGEST: Final = {MANIFEST: 4 * 2**20, SEAL: 64 * 1024}
"""Bytes of what is read of a pack, once it is unpacked; the manifest of 10,000 certificates has a third of that."""


def seal(data: bytes) -> bytes | None:
    """Return the signature of a file; None where there is no key yet."""
    key = issuer_keys().current
    if key is None:
        return None
    header, _, signature = sign(key, {"typ": TYPE, "kid": method_id(issuer().did, key)}, data).split(".")
    return f"{header}..{signature}".encode()


def is_sealed(data: bytes, given: bytes) -> bool:
    """Return whether this is our signature of exactly these bytes, with a key that counts."""
    try:
        header, middle, signature = given.decode("ascii").strip().split(".")
        said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    did = issuer().did
    payload = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return middle == "" and any(
        said == {"alg": ALGORITHM, "typ": TYPE, "kid": method_id(did, key)}
        and is_signed_by(key, f"{header}.{payload}.{signature}")
        for key in issuer_keys().trusted
    )


def check_pack(data: bytes) -> tuple[str, bool] | None:
    """Return the page that tells of a pack, and whether it has our signature; None if a file is neither a pack nor the
    manifest of one."""
    manifest, given = _read_pack(data) if data.startswith(b"PK") else (data, None)
    if not _is_manifest(manifest):
        return None
    url = url_for("pack_checks.check", sha256=hashlib.sha256(manifest).hexdigest())
    return url, given is not None and is_sealed(manifest, given)


def _read_pack(data: bytes) -> tuple[bytes, bytes | None]:
    """Return the manifest of a ZIP, empty if there is none that can be read, and its signature.

    The directory is looked at before anything is unpacked: of bzip2 and LZMA, zipfile unpacks all that it has read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename in _LARGEST]
            names = {entry.filename for entry in entries}
            if len(names) < len(entries) or not all(map(_is_plain, entries)):
                return b"", None
            read = {entry.filename: _read_entry(archive, entry) for entry in entries}
    except Exception:  # whatever zipfile raises for files that are broken or encrypted: it has no base of its own
        return b"", None
    return read.get(MANIFEST, b""), read.get(SEAL)


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    is_known = entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    return is_known and entry.file_size <= _LARGEST[entry.filename]


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(
        entry
    ) as file:  # asked for a number of bytes, or it unpacks them all, whatever the directory says
        return file.read(entry.file_size + 1)


def _is_manifest(data: bytes) -> bool:
    try:
        said = json.loads(data) if data.startswith(b"{") else None
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and isinstance(said.get("sha256"), dict) and "organization" in said
