"""What an Open Badge of a credential says: plain data, by the frozen facts alone, so always the same.

Its words are English, whatever the language of whoever downloads it: it is read by other systems, years later.
https://www.imsglobal.org/spec/ob/v3p0
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from trainer.content.subject import Vocabulary
from trainer.credentials.issuer import Issuer
from trainer.credentials.models import Credential, PassedFinal
from trainer.credentials.rules import STATUS_PLACES, show_serial

VC_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
CONTEXT: Final = [VC_CONTEXT, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
TYPE: Final = "OpenBadgeCredential"

_LAST_SECOND: Final = dt.time(23, 59, 59)
_TRIAL: Final = "Local trial: issued by a copy of this app on someone’s own computer. It proves nothing to others."


@dataclass(frozen=True)
class BadgeChoice:
    """What the holder chose to have in the badge beside what the certificate's public page says."""

    email: str | None = None
    """Their address: only a salted hash of it is told."""
    has_results: bool = False


def badge_id(issuer: Issuer, serial: str) -> str:
    """Return what a credential is called in its badge: the address of its public page."""
    return f"{issuer.url}/verify/{show_serial(serial)}"


def list_url(issuer: Issuer, number: int) -> str:
    """Return the address of a status list."""
    return f"{issuer.url}/badges/status/{number}"


def describe(credential: Credential, issuer: Issuer, vocabulary: Vocabulary, choice: BadgeChoice) -> dict[str, Any]:
    """Return the badge's claims: the credential at the top level, and the same again by the names of JWT.

    It is valid from the second of issue until the end of its last day, both in UTC.
    """
    begins = credential.issued_at.astimezone(dt.UTC).replace(microsecond=0)
    ends = dt.datetime.combine(credential.valid_until, _LAST_SECOND, dt.UTC)
    subject = _subject(credential, issuer, vocabulary, choice)
    number, index = divmod(credential.status_index, STATUS_PLACES)
    own_id = badge_id(issuer, credential.serial)
    return {
        "@context": CONTEXT,
        "id": own_id,
        "type": ["VerifiableCredential", TYPE],
        "name": credential.course_title,
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url},
        "validFrom": show_instant(begins),
        "validUntil": show_instant(ends),
        "credentialSubject": subject,
        "credentialStatus": {
            "id": f"{list_url(issuer, number)}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": list_url(issuer, number),
        },
        "iss": issuer.did,
        "jti": own_id,
        "sub": subject["id"],
        "nbf": int(begins.timestamp()),
        "exp": int(ends.timestamp()),
    }


def show_instant(instant: dt.datetime) -> str:
    """Return an instant of UTC by RFC 3339, in whole seconds."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _subject(credential: Credential, issuer: Issuer, vocabulary: Vocabulary, choice: BadgeChoice) -> dict[str, Any]:
    achievement = _achievement(credential, issuer, vocabulary)
    subject: dict[str, Any] = {
        "id": uuid.uuid5(credential.id, "subject").urn,
        "type": ["AchievementSubject"],
        "narrative": f"Learning time: {credential.minutes} min active",
        "identifier": _identifiers(credential, choice),
        "achievement": achievement,
    }
    if choice.has_results and credential.final:
        final = PassedFinal(**credential.final)
        achievement["resultDescription"], subject["result"] = _results(credential, final)
    return subject


def _identifiers(credential: Credential, choice: BadgeChoice) -> list[dict[str, Any]]:
    name = {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": credential.holder_name}
    if choice.email is None:
        return [name]
    # Told with the hash, as the standard has it. That it is another in each badge keeps badges from being matched.
    salt = uuid.uuid5(credential.id, "salt").hex
    hashed = hashlib.sha256((choice.email + salt).encode()).hexdigest()
    email = {"type": "IdentityObject", "identityType": "emailAddress", "hashed": True}
    return [name, {**email, "identityHash": f"sha256${hashed}", "salt": salt}]


def _achievement(credential: Credential, issuer: Issuer, vocabulary: Vocabulary) -> dict[str, Any]:
    page = f"{issuer.url}/courses/{credential.course}"
    edition = f" ({credential.edition})" if credential.edition else ""
    disclaimers = vocabulary.disclaimers
    narrative = [
        f"The holder has completed “{credential.course_title}”, version {credential.course_version}{edition}, "
        f"{vocabulary.sentences.certificate}, and {credential.achievement}",
        f"The final had {credential.scenes} written scenes.",
        f"{disclaimers.kind}; measured on written scenes; {disclaimers.approval}.",
        *(
            f"{state} requires an approved course. This course is not approved. "
            "These records alone don’t show compliance."
            for state in credential.unapproved_states
        ),
    ]
    description = f"{credential.course_title}: {vocabulary.sentences.certificate}."
    return {
        "id": f"{page}#{quote(credential.course_version)}-{credential.course_digest[:12]}",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": credential.course_title,
        "description": f"{_TRIAL} {description}" if credential.is_local_trial else description,
        "version": f"{credential.course_version}{edition}",
        "criteria": {"id": page, "narrative": "\n\n".join(narrative)},
    }


def _results(credential: Credential, final: PassedFinal) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the counts of the final that earned it, as descriptions and values."""
    counts = [
        ("caught", "Scenes to report that were reported", final.caught, final.to_report),
        (
            "over-reported",
            "Scenes to leave alone that were reported",
            final.over_reported,
            final.scenes - final.to_report,
        ),
    ]
    described, values = [], []
    for key, name, value, most in counts:
        own_id = uuid.uuid5(credential.id, key).urn
        described.append(
            {
                "id": own_id,
                "type": ["ResultDescription"],
                "name": name,
                "resultType": "RawScore",
                "valueMin": "0",
                "valueMax": str(most),
            }
        )
        values.append({"type": ["Result"], "resultDescription": own_id, "value": str(value)})
    return described, values
