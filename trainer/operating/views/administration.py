"""`/administration`: how the installation is, its firms, and who may teach public classes. For administrators."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.queries import find_user
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.core.heartbeat import list_heartbeats
from trainer.core.processes import list_processes
from trainer.instructing.operations import approve_instructor, revoke_instructor
from trainer.operating.checkup import look_at_rest
from trainer.operating.forms import ApprovalForm
from trainer.operating.health import look_for_readiness
from trainer.operating.queries import list_instructors, list_queues
from trainer.operating.rules import Level, in_words
from trainer.organizations.access import administering
from trainer.organizations.closing import read_lines
from trainer.web.access import Who, access
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint("administration", __name__, url_prefix="/administration", template_folder="../templates")
MOST_FIRMS = 50


@blueprint.route("", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@limit_acts("60 per hour", methods=["POST"])
@administering
def overview() -> Response | str | tuple[str, int]:
    """Show how the installation is, what waits, and who may teach in public; let someone."""
    form = ApprovalForm()
    if form.validate_on_submit():
        actor_id = current_user.id
        try:
            with transaction():
                user = approve_instructor(str(form.email.data), now(), actor_id)
        except (NotFound, Conflict) as refused:
            form.email.errors = [refused.message or _("No account has this address.")]
        else:
            flash(_("%(email)s can teach public classes.", email=user.email))
            return go(url_for(".overview"))
    instant = now()
    findings = [*look_for_readiness(), *look_at_rest()]
    page = render_template(
        "operating/administration.html",
        form=form,
        findings=sorted(findings, key=lambda finding: list(Level).index(finding.level), reverse=True),
        open_findings=sum(finding.level is not Level.OK for finding in findings),
        processes=list_processes(),
        queues=list_queues(instant),
        tasks=list_heartbeats(),
        instructors=list_instructors(),
        now=instant,
        in_words=in_words,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/firms")
@access(Who.ACCOUNT, own=True)
@administering
def firms() -> str:
    """List the firms, a page at a time, narrowed by a part of their names."""
    sought = request.args.get("q", "").strip()[:120]
    page = read_lines(sought, request.args.get("after"), MOST_FIRMS)
    return render_template("operating/firms.html", page=page, sought=sought)


@blueprint.post("/instructors/<uuid:user_id>/withdrawal")
@access(Who.ACCOUNT, own=True)
@limit_acts("60 per hour")
@administering
def withdraw(user_id: UUID) -> Response:
    """Withdraw someone's approval, at once."""
    actor_id = current_user.id
    with transaction():
        user = find_user(user_id)
        if user is None or user.email is None:
            raise NotFound
        revoke_instructor(user.email, now(), actor_id)
    flash(_("%(email)s can no longer teach public classes.", email=user.email))
    return go(url_for(".overview"))
