"""What is found of a file that someone checks."""

from __future__ import annotations

from enum import StrEnum

from trainer.credentials.rules import CredentialStatus


class FileVerdict(StrEnum):
    """What is found of a file; the first four are those of a certificate, the last two of an evidence pack."""

    VALID = CredentialStatus.VALID.value
    EXPIRED = CredentialStatus.EXPIRED.value
    SUPERSEDED = CredentialStatus.SUPERSEDED.value
    REVOKED = CredentialStatus.REVOKED.value
    ALTERED = "altered"
    DIFFERS = "differs"
    COMPROMISED = "compromised"
    NOT_OURS = "not_ours"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    PACK_SIGNED = "pack_signed"
    PACK_UNSIGNED = "pack_unsigned"
