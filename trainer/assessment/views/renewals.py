"""Taking a course again when its certificate is about to expire or has expired."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import renewal_mails, renewals
from trainer.content.serving import get_course
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.credentials.rules import show_serial
from trainer.learning.certificates import get_own
from trainer.learning.queries import taken
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("renewals", __name__, template_folder="../templates")


@blueprint.post("/courses/<course>/renewals")
@access(Who.ACCOUNT)
def start(course: str) -> Response:
    """Begin a renewal at the first lesson that it takes, or continue one."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        first = taken(whole, renewals.renew(user_id, whole, now())).first_lesson
    return go(url_for("learning.show_lesson", course=whole.slug, module=first.module_slug, lesson=first.slug))


@blueprint.post("/my-certificates/<uuid:credential_id>/renewal-mail")
@access(Who.ACCOUNT, own=True)
def mail(credential_id: UUID) -> Response:
    """Send a mail once the certificate can be renewed, or don't."""
    is_wanted, user_id = request.form.get("wanted") == "y", current_user.id
    with transaction():
        credential = get_own(user_id, credential_id)
        cycle = (user_id, credential.course, credential.cycle)
        if is_wanted:
            renewal_mails.ask_for_mail(*cycle, now())
        else:
            renewal_mails.end_mail(*cycle)
        serial = show_serial(credential.serial)
    flash(_("We’ll email you once you can renew it.") if is_wanted else _("We won’t email you about renewing it."))
    return go(url_for("credentials.verify", serial=serial))
