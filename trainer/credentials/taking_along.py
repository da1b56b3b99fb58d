"""What holders take along: all files of a certificate in one, and its page for a profile elsewhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import urlencode

from flask import current_app
from flask_babel import gettext as _

from trainer.content.serving import served
from trainer.core.errors import NotYet
from trainer.credentials.badge import BadgeChoice
from trainer.credentials.badges import badge_files
from trainer.credentials.certificate import CertificatePaper, NameNeedsFonts
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf, verification_url
from trainer.credentials.rules import show_serial

_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the same certificate gives the same bytes
_LINKEDIN: Final = "https://www.linkedin.com/profile/add"


def certificate_files(credential: Credential, choice: BadgeChoice) -> dict[str, bytes]:
    """Return the PDFs and the badge by their names, with a text that says what each is, or why it isn't there."""
    papers: dict[str, bytes] = {}
    badge: dict[str, bytes] = {}
    missing: list[str] = []
    try:
        papers = {
            "certificate-letter.pdf": certificate_pdf(credential, CertificatePaper.LETTER),
            "certificate-a4.pdf": certificate_pdf(credential, CertificatePaper.A4),
        }
    except NameNeedsFonts as error:
        missing += [_("There’s no PDF."), str(error)]
    try:
        badge = badge_files(credential, choice)
    except NotYet as error:
        missing += [_("There’s no badge."), str(error.message)]
    names = [*papers, *badge]
    return {"README.txt": _readme(credential, names, missing).encode(), **papers, **badge}


def zip_certificate(credential: Credential, choice: BadgeChoice) -> bytes:
    """Return these files as one ZIP; the same certificate, choice and key always give the same."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in certificate_files(credential, choice).items():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def sharing_url(credential: Credential) -> str | None:
    """Return the address of the page that the holder shares, or None while it is off."""
    key = credential.sharing_key
    return f"{current_app.config['SETTINGS'].base_url}/shared/{key}" if key else None


def linkedin_url(credential: Credential) -> str | None:
    """Return where LinkedIn proposes an entry of a profile, which leads to the shared page; None while that is off."""
    page = sharing_url(credential)
    if page is None:
        return None
    issued, until = credential.issued_on, credential.valid_until
    entry = {
        "startTask": "CERTIFICATION_NAME",
        "name": credential.course_title,
        "organizationName": served().site.name,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "expirationYear": until.year,
        "expirationMonth": until.month,
        "certUrl": page,
    }
    return f"{_LINKEDIN}?{urlencode(entry)}"


def _readme(credential: Credential, names: Collection[str], missing: Sequence[str]) -> str:
    words = {
        "certificate-letter.pdf": _("certificate-letter.pdf: to print on Letter paper"),
        "certificate-a4.pdf": _("certificate-a4.pdf: to print on A4 paper"),
        "badge.png": _("badge.png, badge.svg: pictures that hold an Open Badge 3.0, for wallets and other systems"),
        "badge.jwt": _("badge.jwt: the same badge as text"),
    }
    lines = [
        _("%(course)s: certificate of %(name)s", course=credential.course_title, name=credential.holder_name),
        _("Number: %(serial)s", serial=show_serial(credential.serial)),
        "",
        *(text for name, text in words.items() if name in names),
        *missing,
        "",
        _("Anyone can check the certificate here:"),
        verification_url(credential.serial),
        _("Anyone can check one of these files here:"),
        f"{current_app.config['SETTINGS'].base_url}/verify/file",
    ]
    return "\n".join([*lines, ""])
