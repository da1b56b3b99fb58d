"""A credential as a PDF, with the address where it is checked."""

from __future__ import annotations

from flask import current_app

from trainer.content.serving import served
from trainer.credentials import rules
from trainer.credentials.certificate import CertificatePaper, render_certificate
from trainer.credentials.models import Credential


def verification_url(serial: str) -> str:
    """Return the address printed on paper: always of the configured site, whatever host was asked."""
    return f"{current_app.config['SETTINGS'].base_url}/verify/{rules.show_serial(serial)}"


def certificate_pdf(credential: Credential, sheet: CertificatePaper = CertificatePaper.LETTER) -> bytes:
    """Return the certificate; the same credential on the same paper always gives the same bytes.

    Raises NameNeedsFonts where the holder's name can't be printed.
    """
    return _draw(credential, verification_url(credential.serial), sheet)


def sample_pdf(credential: Credential) -> bytes:
    """Return a sample certificate of a made-up credential, marked as a sample."""
    return _draw(credential, None, CertificatePaper.LETTER)


def _draw(credential: Credential, url: str | None, sheet: CertificatePaper) -> bytes:
    content, stated = served(), credential.stated
    is_titled = stated.course_title in {course.file.credential_title for course in content.courses.values()}
    return render_certificate(stated, url, content.site.name, content.vocabulary, sheet, is_titled=is_titled)
