"""Taking a course again when its certificate is about to expire or has expired."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import renewals
from trainer.content.serving import get_course
from trainer.core.clock import now
from trainer.core.db import transaction
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
