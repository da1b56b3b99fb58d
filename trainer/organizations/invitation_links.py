"""The codes in invitations' links: short enough to read out, made with the installation's keys, stored nowhere.

An invitation has two: one that is mailed, and proves that whoever has it got the mail, and one that the firm hands on
itself. It is found by a digest of either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, or_

from trainer.core import signing
from trainer.core.signing import is_sealed
from trainer.organizations.models import Invitation

_MAILED, _SHOWN = "invitation", "invitation-shown"
_SHORT: Final = 22
"""Characters of a code, each of 6 bits: 132 bits, and a link of at most 60 characters where the host has up to 25."""


class Digests(NamedTuple):
    """What is stored of the two codes."""

    mailed_digest: str
    shown_digest: str


def digests_of(invitation_id: uuid.UUID, nonce: str) -> Digests:
    """Return what to store of an invitation's codes."""
    return Digests(*(_stored(_codes(purpose, invitation_id, nonce)[0]) for purpose in (_MAILED, _SHOWN)))


def token_of(invitation: Invitation) -> str:
    """Return what stands in the mailed address. Whoever has it has the address that it was mailed to."""
    return _token(invitation, _MAILED, invitation.mailed_digest)


def shown_token_of(invitation: Invitation) -> str:
    """Return what stands in a link that the firm hands on itself. It proves nothing about an address."""
    return _token(invitation, _SHOWN, invitation.shown_digest)


def named_by(token: str) -> ColumnElement[bool] | None:
    """Return the condition of the invitation that a token may open, or None for one that can't be any."""
    number, dot, _code = token.partition(".")
    if dot:  # a link of an earlier version: the id, then a seal
        try:
            return Invitation.id == uuid.UUID(hex=number)
        except ValueError:
            return None
    stored = _stored(token)
    return or_(Invitation.mailed_digest == stored, Invitation.shown_digest == stored)


def is_mailed(token: str, invitation: Invitation) -> bool | None:
    """Return True if it is the token that was mailed, False if it is the one to hand on, None if it is neither."""
    _number, dot, code = token.partition(".")
    for purpose in (_MAILED, _SHOWN):
        if dot:
            fits = is_sealed(code, purpose, invitation.id.hex, invitation.nonce)
        else:
            codes = _codes(purpose, invitation.id, invitation.nonce)
            fits = any(hmac.compare_digest(token.encode(), made.encode()) for made in codes)
        if fits:
            return purpose == _MAILED
    return None


def _token(invitation: Invitation, purpose: str, stored: str | None) -> str:
    codes = _codes(purpose, invitation.id, invitation.nonce)
    return next((code for code in codes if _stored(code) == stored), codes[0])


def _codes(purpose: str, invitation_id: uuid.UUID, nonce: str) -> list[str]:
    """Return the code as each key that we still have makes it, the current one first."""
    return [made[:_SHORT] for made in signing.digests(f"{purpose}-link", invitation_id.hex, nonce)]


def _stored(code: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).decode().rstrip("=")
