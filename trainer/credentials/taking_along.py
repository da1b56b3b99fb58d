"""What holders take along: the files of a certificate, and its page for a profile elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from flask import current_app
from flask_babel import gettext as _

from trainer.content.serving import served
from trainer.credentials.certificate import CertificatePaper, NameNeedsFonts
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf, verification_url
from trainer.credentials.rules import show_serial
from trainer.web.ways import way_to_extra

_LINKEDIN: Final = "https://www.linkedin.com/profile/add"


class TakenAlong(NamedTuple):
    """Files by their names, what each of them is, and why there are none."""

    files: dict[str, bytes]
    words: Sequence[str] = ()
    missing: Sequence[str] = ()


def certificate_files(credential: Credential, others: TakenAlong | None) -> dict[str, bytes]:
    """Return the PDFs and other files by their names, with a text that says what each is, or why it isn't there."""
    parts = [_papers(credential), *([others] if others else [])]
    files = {name: data for part in parts for name, data in part.files.items()}
    return {"README.txt": _readme(credential, parts).encode(), **files}


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


def _papers(credential: Credential) -> TakenAlong:
    try:
        files = {
            "certificate-letter.pdf": certificate_pdf(credential, CertificatePaper.LETTER),
            "certificate-a4.pdf": certificate_pdf(credential, CertificatePaper.A4),
        }
    except NameNeedsFonts as error:
        return TakenAlong({}, missing=(_("There’s no PDF."), str(error)))
    return TakenAlong(
        files,
        (
            _("certificate-letter.pdf: to print on Letter paper"),
            _("certificate-a4.pdf: to print on A4 paper"),
        ),
    )


def _readme(credential: Credential, parts: Sequence[TakenAlong]) -> str:
    check = way_to_extra("file_check")
    lines = [
        _("%(course)s: certificate of %(name)s", course=credential.course_title, name=credential.holder_name),
        _("Number: %(serial)s", serial=show_serial(credential.serial)),
        "",
        *(text for part in parts for text in part.words),
        *(text for part in parts for text in part.missing),
        "",
        _("Anyone can check the certificate here:"),
        verification_url(credential.serial),
    ]
    if check:
        lines += [
            _("Anyone can check one of these files here:"),
            f"{current_app.config['SETTINGS'].base_url}{check}",
        ]
    return "\n".join([*lines, ""])
