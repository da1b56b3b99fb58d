"""A firm's copy of a certificate: the PDF with the firm's name and logo below it."""

from __future__ import annotations

from typing import Literal, cast
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.compliance.queries import list_completions
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.credentials.certificate import Beside, NameNeedsFonts, Sheet
from trainer.credentials.operations import note_filed
from trainer.credentials.paper import filed_pdf
from trainer.credentials.rules import read_serial
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.logos import find_logo
from trainer.organizations.queries import get_person
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.limits import limit_acts
from trainer.web.paper import pdf_answer

blueprint = Blueprint(
    "certificate_copies",
    __name__,
    url_prefix="/organizations/<uuid:organization_id>/people/<uuid:membership_id>/certificates",
)


@blueprint.get("/<serial>.pdf")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SEE_TRAINING)
@limit_acts("300 per hour")
def copy(actor: Actor, membership_id: UUID, serial: str) -> Response:
    """Return the copy, on A4 if asked, of a certificate that the person's page shows; the check of files knows it."""
    completions = list_completions(actor, get_person(actor, membership_id))
    credential = next((held for held in completions if held.serial == read_serial(serial)), None)
    logo = find_logo(actor.organization_id)
    if credential is None:
        raise NotFound
    if logo is None:
        raise NotFound(_("The firm has no logo. An owner adds it in the firm’s settings."))
    beside = Beside(actor.organization.name, cast(Literal["png", "jpg"], logo.kind), logo.content)
    try:
        pdf = filed_pdf(credential, beside, Sheet.A4 if request.args.get("paper") == "a4" else Sheet.LETTER)
    except NameNeedsFonts as error:
        raise NotFound(str(error)) from error
    credential_id = credential.id
    with transaction():
        note_filed(credential_id, pdf, now())
    return pdf_answer("certificate", pdf)
