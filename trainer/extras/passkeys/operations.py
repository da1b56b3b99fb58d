"""Passkeys: what is asked of a browser, what it answered, and keeping, renaming and removing them.

Never commits. A challenge is good for five minutes, in the browser that asked for it, once.
`webauthn` is imported where it is needed: few use passkeys, and every process would start later for it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from trainer.accounts.models import User
from trainer.accounts.operations import end_sessions
from trainer.accounts.second_factor import forget_recovery_codes, issue_recovery_codes
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid
from trainer.core.limits import DatabaseStorage
from trainer.core.outbox import post
from trainer.core.signing import digest
from trainer.extras.passkeys.models import Passkey
from trainer.extras.passkeys.queries import get_passkey, list_passkeys
from trainer.web.language import mail_language

CHALLENGE_LASTS: Final = dt.timedelta(minutes=5)
MOST: Final = 20
"""Passkeys of one account."""
_LONGEST_ANSWER: Final = 20_000


@dataclass(frozen=True)
class RelyingParty:
    """Where passkeys count: made from the configured address, never from what a request says."""

    base_url: str
    name: str

    @property
    def rp_id(self) -> str:
        """Return the host that a passkey belongs to."""
        return urlsplit(self.base_url).hostname or ""


def ask_to_sign_in(site: RelyingParty) -> tuple[str, str]:
    """Return (what the browser asks its authenticators, as JSON, and the challenge in it). Nobody is named in it."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(rp_id=site.rp_id, user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options), bytes_to_base64url(options.challenge)


def ask_to_make(user: User, site: RelyingParty) -> tuple[str, str]:
    """Return (what the browser asks for a new passkey, as JSON, and the challenge in it)."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in list_passkeys(user.id)]
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=user.id.bytes,
        user_name=user.email or "",
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def use_challenge(challenge: str) -> bool:
    """Use a challenge up; return False if it was used before, even a moment ago in another process."""
    # In the database, wherever limits are counted: a server that was away in between would know of no earlier use.
    seconds = 2 * int(CHALLENGE_LASTS.total_seconds())
    return DatabaseStorage().incr(digest("passkey-challenge", challenge), seconds) == 1


def add_passkey(
    user: User, answer: str, challenge: str, site: RelyingParty, name: str, now: dt.datetime, *, but: uuid.UUID | None
) -> list[str]:
    """Keep a passkey that a browser made for this challenge, and tell its owner by mail. Takes the user locked.

    Returns recovery codes with the first one of an account without a second step: from then on the password alone
    changes nothing here, and someone may lose what holds the passkey. With the first one, sessions end, but for one.
    Raises Invalid for an answer that doesn't prove one, Conflict for one that is known or one too many.
    """
    from webauthn import base64url_to_bytes, verify_registration_response

    assert user.email is not None
    try:
        made = verify_registration_response(
            credential=answer[:_LONGEST_ANSWER],
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.base_url,
            require_user_verification=True,
        )
    except Exception:  # whatever a stranger sends, it is no proof
        raise Invalid(_l("Your device didn’t make a passkey. Try again.")) from None
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise Conflict(_l("This passkey is already in use."))
    before = len(list_passkeys(user.id))
    if before >= MOST:
        raise Conflict(_l("You have %(most)s passkeys. Remove one first.", most=MOST))
    passkey = Passkey(
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        created_at=now,
    )
    db.session.add(passkey)
    db.session.flush()
    if not before:
        end_sessions(user.id, now, but=but)
    post("passkey-added", user.email, mail_language(user.language), {"user": user.id.hex}, now)
    note("passkey.added", now, actor_id=user.id, subject_id=passkey.id)
    return [] if before or user.has_second_factor else issue_recovery_codes(user, now)


def try_passkey(answer: str, challenge: str, site: RelyingParty, now: dt.datetime) -> User | None:
    """Return whose passkey signed this challenge for this site after checking who holds it, or None.

    A counter that has gone back is refused: the passkey may have been copied, and its owner is told.
    """
    from webauthn import base64url_to_bytes, verify_authentication_response

    passkey = _find_named(answer)
    if passkey is None:
        return None
    try:
        signed = verify_authentication_response(
            credential=answer[:_LONGEST_ANSWER],
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # compared below, where its owner can be told
            require_user_verification=True,
        )
    except Exception:  # whatever a stranger sends, it is no proof
        return None
    user = db.session.get_one(User, passkey.user_id)
    if max(signed.new_sign_count, passkey.sign_count) > 0 and signed.new_sign_count <= passkey.sign_count:
        if user.email is not None:
            post("passkey-copied", user.email, mail_language(user.language), {"user": user.id.hex}, now)
        note("passkey.refused", now, actor_id=user.id, subject_id=passkey.id)
        return None
    passkey.sign_count, passkey.used_at = signed.new_sign_count, now
    return user


def rename_passkey(user_id: uuid.UUID, passkey_id: uuid.UUID, name: str) -> None:
    """Give someone's passkey another name. Raises NotFound for anybody else's."""
    get_passkey(user_id, passkey_id).name = name


def remove_passkey(
    user: User, passkey_id: uuid.UUID, now: dt.datetime, *, but: uuid.UUID | None = None, by_operator: bool = False
) -> None:
    """Forget a passkey, end the other sessions, since it may have opened them, and tell its owner by mail.

    Raises NotFound for anybody else's.
    """
    assert user.email is not None
    db.session.delete(get_passkey(user.id, passkey_id))
    db.session.flush()
    if not user.has_second_factor and not list_passkeys(user.id):
        forget_recovery_codes(user.id)
    end_sessions(user.id, now, but=but)
    post("passkey-removed", user.email, mail_language(user.language), {"user": user.id.hex}, now)
    note("passkey.removed", now, actor_id=None if by_operator else user.id, subject_id=passkey_id)


def remove_passkeys(user: User, now: dt.datetime) -> bool:
    """Remove all passkeys of an account for an operator; return whether there were any."""
    passkeys = list_passkeys(user.id)
    for passkey in passkeys:
        remove_passkey(user, passkey.id, now, by_operator=True)
    return bool(passkeys)


def forget_passkeys(user_id: uuid.UUID) -> None:
    """Delete someone's passkeys without a word."""
    db.session.execute(delete(Passkey).where(Passkey.user_id == user_id))


def _find_named(answer: str) -> Passkey | None:
    """Return the passkey that an answer names, locked, if it says it is its owner's."""
    from webauthn.helpers import parse_authentication_credential_json

    try:
        given: Any = parse_authentication_credential_json(answer[:_LONGEST_ANSWER])
    except Exception:  # whatever a stranger sends, it is no proof
        return None
    passkey = db.session.scalar(select(Passkey).where(Passkey.credential_id == given.raw_id).with_for_update())
    handle = given.response.user_handle
    return passkey if passkey is not None and handle in {None, passkey.user_id.bytes} else None
