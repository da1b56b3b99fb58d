"""Links that earlier versions printed on sign-in sheets or gave to people who were met: what has changed since."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.web.access import Who, access
from trainer.web.errors import error_response

blueprint = Blueprint("old_links", __name__)


@blueprint.get("/here/<code>")
@access(Who.PUBLIC)
def here(code: str) -> Response:
    """Say that nobody signs in at a meeting by phone anymore; whatever the code."""
    return error_response(
        410,
        _(
            "You can’t sign in at a meeting by phone anymore. Sign the sheet instead. The instructor checks off who is "
            "there."
        ),
    )


@blueprint.get("/attended/<uuid:walk_in_id>/<code>")
@access(Who.PUBLIC)
def attended(walk_in_id: UUID, code: str) -> Response:
    """Say that what was signed off for a name can't be claimed anymore; whatever the link."""
    return error_response(
        410,
        _(
            "What was signed off for a name on a list can’t be claimed anymore. Join the class with its code, and ask "
            "the person who taught it to sign off what you were taught."
        ),
    )
