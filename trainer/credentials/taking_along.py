"""What holders take along: all files of a certificate in one, and its page for a profile elsewhere."""

from __future__ import annotations

import io
import zipfile
from typing import Final
from urllib.parse import urlencode

from flask import current_app
from flask_babel import gettext as _

from trainer.content.serving import served
from trainer.credentials.badge import Choice
from trainer.credentials.badges import badge_files
from trainer.credentials.certificate import NameNeedsFonts, Sheet
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf, verification_url
from trainer.credentials.rules import show_serial

_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the same certificate gives the same bytes
_LINKEDIN: Final = "https://www.linkedin.com/profile/add"


def zip_certificate(credential: Credential, choice: Choice) -> bytes:
    """Return the PDFs and the badge as one ZIP, with a text that says what each is."""
    badge = badge_files(credential, choice)
    try:
        papers = {
            "certificate-letter.pdf": certificate_pdf(credential, Sheet.LETTER),
            "certificate-a4.pdf": certificate_pdf(credential, Sheet.A4),
        }
        missing = ""
    except NameNeedsFonts as error:
        papers, missing = {}, str(error)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in {"README.txt": _readme(credential, missing).encode(), **papers, **badge}.items():
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


def _readme(credential: Credential, missing: str) -> str:
    papers = [
        _("certificate-letter.pdf: to print on Letter paper"),
        _("certificate-a4.pdf: to print on A4 paper"),
    ]
    lines = [
        _("%(course)s: certificate of %(name)s", course=credential.course_title, name=credential.holder_name),
        _("Number: %(serial)s", serial=show_serial(credential.serial)),
        "",
        *([_("There’s no PDF."), missing] if missing else papers),
        _("badge.png, badge.svg: pictures that hold an Open Badge 3.0, for wallets and other systems"),
        _("badge.jwt: the same badge as text"),
        "",
        _("Anyone can check the certificate here:"),
        verification_url(credential.serial),
        _("Anyone can check one of these files here:"),
        f"{current_app.config['SETTINGS'].base_url}/verify/file",
    ]
    return "\n".join([*lines, ""])
