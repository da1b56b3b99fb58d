"""The page behind the code on a sign-in sheet: someone who is there signs in on their own phone."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.instructing import arrivals, operations
from trainer.instructing.forms import JoinForm
from trainer.instructing.invitations import find_own_invitation
from trainer.instructing.queries import find_membership, list_views
from trainer.instructing.walk_ins import settle_waiting
from trainer.organizations.queries import find_actor
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import show_times_of
from trainer.web.limits import limit_failures
from trainer.web.redirects import go

blueprint = Blueprint("arrivals", __name__)


@blueprint.get("/here/<code>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def show(code: str) -> str | tuple[str, int]:
    """Show a meeting on its day, and offer to sign in at it."""
    return _page(code)


@blueprint.post("/here/<code>")
@access(Who.ACCOUNT)
@limit_failures("60 per hour")
def arrive(code: str) -> Response | str | tuple[str, int]:
    """Sign in at a meeting; someone who isn't in the class joins it with the same form."""
    meeting = arrivals.find_meeting(code)
    if meeting is None:
        return _page(code)
    session, cohort, organization = meeting
    is_in, user_id = find_membership(current_user.id, cohort) is not None, current_user.id
    form = None if is_in else JoinForm()
    if form is None or form.validate_on_submit():
        try:
            with transaction():
                arrivals.check_day(session, cohort, organization, now())
                if form is not None:
                    operations.join(user_id, cohort.code, str(form.name.data), served().courses, now())
                # Also of someone who is in already: their address may have been confirmed since.
                member = arrivals.arrive(user_id, code, now())
                settle_waiting(member, served().courses, current_app.config["SETTINGS"].is_local, now())
        except (Conflict, Invalid, NotYet) as error:
            if form is None:
                return _page(code)
            form.name.errors = [error.message]
        else:
            flash(_("You’re signed in. The instructor still checks who is really there."))
            return go(url_for(".show", code=code))
    return _page(code, form, 422)


def _page(code: str, form: JoinForm | None = None, status: int = 200) -> str | tuple[str, int]:
    meeting = arrivals.find_meeting(code)
    if meeting is None:
        raise NotFound(_("We don’t know this code. Scan the one on the sheet again, or sign on paper."))
    session, cohort, organization = meeting
    show_times_of(organization.time_zone if organization else "UTC")
    is_known = current_user.is_authenticated and not current_user.is_guest
    user_id = current_user.id if is_known else None
    refusal = None
    try:
        arrivals.check_day(session, cohort, organization, now())
    except Conflict as error:
        refusal, status = error.message, 409
    is_in = user_id is not None and find_membership(user_id, cohort) is not None
    if user_id is not None and not is_in and form is None:
        form = JoinForm(formdata=None, name=current_user.certificate_name)
    page = render_template(
        "instructing/here.html",
        held=session,
        cohort=cohort,
        organization=organization,
        views=list_views(cohort),
        invitation=None if user_id is None else find_own_invitation(user_id, cohort),
        course=served().courses.get(cohort.course),
        code=code,
        refusal=refusal,
        form=None if is_in else form,
        plain=Form(formdata=None) if is_in else None,
        is_known=is_known,
        is_in=is_in,
        is_stranger=user_id is not None and organization is not None and find_actor(user_id, organization.id) is None,
        arrival=arrivals.find_arrival(session, cohort, user_id) if user_id else None,
    )
    return page, status
