"""Badges of this installation: signed, drawn, and listed where they no longer count."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.content.serving import served
from trainer.core.errors import NotFound, NotYet
from trainer.core.issuer_keys import sign
from trainer.credentials.issuer import issuer, issuer_keys, method_id
from trainer.credentials.models import Credential
from trainer.credentials.rules import STATUS_PLACES
from trainer.credentials.taking_along import TakenAlong, certificate_files
from trainer.extras.badges.badge import VC_CONTEXT, BadgeChoice, describe, list_url, show_instant
from trainer.extras.badges.baking import bake_png, bake_svg
from trainer.extras.badges.queries import has_status_list, list_off
from trainer.web.language import show_day
from trainer.web.paper import draw_picture

TEMPLATE: Final = Path(__file__).with_name("badge.typ")
_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the same certificate gives the same bytes


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


def take_along(credential: Credential, choice: BadgeChoice | None = None) -> TakenAlong:
    """Return the signed text and the pictures that hold it as files, or say why there are none."""
    choice = choice or BadgeChoice()
    try:
        files = {
            "badge.jwt": signed_badge(credential, choice).encode(),
            "badge.png": badge_picture(credential, choice, "png"),
            "badge.svg": badge_picture(credential, choice, "svg"),
        }
    except NotYet as error:
        return TakenAlong({}, missing=(_("There’s no badge."), str(error.message)))
    return TakenAlong(
        files,
        (
            _("badge.png, badge.svg: pictures that hold an Open Badge 3.0, for wallets and other systems"),
            _("badge.jwt: the same badge as text"),
        ),
    )


def zip_certificate(credential: Credential, choice: BadgeChoice) -> bytes:
    """Return the PDFs and the badge as one ZIP; the same certificate, choice and key always give the same."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in certificate_files(credential, take_along(credential, choice)).items():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


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
