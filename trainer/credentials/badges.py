"""Badges of this installation: signed, drawn, and listed where they no longer count."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.content.serving import served
from trainer.core.errors import NotFound, NotYet
from trainer.core.issuer_keys import IssuerKey, IssuerKeys, sign
from trainer.credentials.badge import VC_CONTEXT, BadgeChoice, Issuer, describe, list_url, show_instant
from trainer.credentials.baking import bake_png, bake_svg
from trainer.credentials.models import Credential
from trainer.credentials.queries import has_status_list, list_off
from trainer.credentials.rules import STATUS_PLACES
from trainer.web.language import show_day
from trainer.web.paper import draw_picture

TEMPLATE: Final = Path(__file__).with_name("badge.typ")


def issuer() -> Issuer:
    """Return who issues here: always the configured address, whatever host was asked."""
    return Issuer(served().site.name, current_app.config["SETTINGS"].base_url)


def issuer_keys() -> IssuerKeys:
    """Return the keys that sign and signed here, as they are now."""
    keys: IssuerKeys = current_app.config["SETTINGS"].issuer_keys
    return keys


def signed_badge(credential: Credential, choice: BadgeChoice) -> str:
    """Return the badge as a signed text; the same credential, choice and key always give the same."""
    return _sign(describe(credential, issuer(), served().vocabulary, choice))


def badge_picture(credential: Credential, choice: BadgeChoice, kind: Literal["png", "svg"]) -> bytes:
    """Return the badge as a picture that holds the signed text."""
    token = signed_badge(credential, choice)
    texts = {
        "brand": served().site.name,
        "course": credential.course_title,
        "title": _("Certificate of completion"),
        "until": _("Valid until %(day)s", day=show_day(credential.valid_until, "long")),
        "trial": _("Local trial") if credential.is_local_trial else "",
    }
    picture = draw_picture(TEMPLATE, texts, kind)
    return bake_png(picture, token) if kind == "png" else bake_svg(picture, token)


def badge_files(credential: Credential, choice: BadgeChoice | None = None) -> dict[str, bytes]:
    """Return all files of a badge by their names: the signed text, and the pictures that hold it."""
    choice = choice or BadgeChoice()
    return {
        "badge.jwt": signed_badge(credential, choice).encode(),
        "badge.png": badge_picture(credential, choice, "png"),
        "badge.svg": badge_picture(credential, choice, "svg"),
    }


def status_list(number: int, day: dt.date) -> str:
    """Return the signed list of the badges that no longer count: withdrawn, or replaced by a newer one.

    It is valid from the start of the day, so that a verifier's clock may be a little slow. Raises NotFound.
    """
    if not has_status_list(number):
        raise NotFound(_l("There is no such list."))
    own = issuer()
    url, begins = list_url(own, number), dt.datetime.combine(day, dt.time(), dt.UTC)
    subject = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": _encode(number),
    }
    return _sign(
        {
            "@context": [VC_CONTEXT],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": own.did,
            "validFrom": show_instant(begins),
            "credentialSubject": subject,
            "iss": own.did,
            "jti": url,
            "sub": subject["id"],
            "nbf": int(begins.timestamp()),
        }
    )


def did_document() -> dict[str, Any]:
    """Return the public halves of all keys whose signatures count, the current one first. Raises NotFound."""
    did, keys = issuer().did, issuer_keys().trusted
    if not keys:
        raise NotFound(_l("No key has been created here yet."))
    methods = [
        {
            "id": method_id(did, key),
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": {**key.public, "alg": "RS256", "use": "sig", "kid": key.id},
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def method_id(did: str, key: IssuerKey) -> str:
    """Return what a key is called in the issuer's document and in the header of what it signed."""
    return f"{did}#{key.id}"


def _sign(claims: Mapping[str, Any]) -> str:
    key = issuer_keys().current
    if key is None:
        raise NotYet(_l("Badges can’t be signed on this site yet. Please tell the people who run it."))
    # As they are: letters that are escaped or composed anew would be other bytes than those of the certificate.
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    return sign(key, {"typ": "JWT", "kid": method_id(issuer().did, key)}, payload)


def _encode(number: int) -> str:
    """Return the bits of a list, the first place in the highest bit, packed."""
    bits = bytearray(STATUS_PLACES // 8)
    for index in list_off(number):
        place, bit = divmod(index % STATUS_PLACES, 8)
        bits[place] |= 0x80 >> bit
    packed = gzip.compress(bytes(bits), 6, mtime=0)  # a fifteenth of the time of 9, for a seventh more bytes
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
