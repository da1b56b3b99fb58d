"""A credential as a PDF, with the address where it is checked."""

from __future__ import annotations

from flask import current_app

from trainer.credentials import rules
from trainer.credentials.certificate import CertificateFacts, render_certificate
from trainer.credentials.models import Credential


def verification_url(serial: str) -> str:
    """Return the address printed on paper: always of the configured site, whatever host was asked."""
    return f"{current_app.config['SETTINGS'].base_url}/verify/{rules.show_serial(serial)}"


def certificate_pdf(credential: Credential) -> bytes:
    """Return the certificate; the same credential always gives the same bytes.

    Raises NameNeedsFonts where the holder's name can't be printed.
    """
    facts = CertificateFacts(
        holder_name=credential.holder_name,
        course_title=credential.course_title,
        edition=credential.edition,
        achievement=credential.achievement,
        minutes=credential.minutes,
        issued_on=credential.issued_on,
        valid_until=credential.valid_until,
        course_version=credential.course_version,
        serial=rules.show_serial(credential.serial),
        is_local_trial=credential.is_local_trial,
        scenes=credential.scenes,
        unapproved_states=tuple(credential.unapproved_states),
    )
    return render_certificate(facts, verification_url(credential.serial))
