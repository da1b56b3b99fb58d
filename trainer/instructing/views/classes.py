"""A learner's way into a class and out of it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.instructing import operations
from trainer.instructing.forms import JoinClassForm
from trainer.instructing.invitations import decline, find_own_invitation
from trainer.instructing.queries import find_cohort_by_code, find_membership, list_views, today_in
from trainer.organizations.codes import show_code
from trainer.organizations.queries import find_actor
from trainer.organizations.refused_codes import no_code
from trainer.web.access import Who, access
from trainer.web.limits import limit_failures
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("classes", __name__)


@blueprint.get("/classes")
@access(Who.PUBLIC)
def classes() -> Response:
    """Go to the page where codes are entered: posters of classes name this address."""
    return go(way_to("enter_code", code=request.args.get("code")))


@blueprint.get("/classes/<code>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def show(code: str) -> str | tuple[str, int]:
    """Show a class and what its instructor will see, and offer to join."""
    if not _is_known():
        return _page(code, None)  # a form would leave a cookie with whoever only reads
    return _page(code, JoinClassForm(formdata=None, name=current_user.certificate_name))


@blueprint.post("/classes/<code>/members")
@access(Who.ACCOUNT)
@limit_failures("60 per hour")
def join(code: str) -> Response | str | tuple[str, int]:
    """Join a class."""
    if find_cohort_by_code(code) is None:
        return no_code(NotFound(), code)
    form, user_id = JoinClassForm(), current_user.id
    if form.validate_on_submit():
        try:
            with transaction():
                member = operations.join(user_id, code, str(form.name.data), served().courses, now())
        except Conflict as error:
            return no_code(error, code)
        except (Invalid, NotYet) as error:
            form.name.errors = [error.message]
        else:
            flash(_("You’re in. The instructor knows you as %(name)s.", name=member.name))
            return go(way_to("me"))
    return _page(code, form, 422)


@blueprint.post("/classes/<code>/departure")
@access(Who.ACCOUNT)
def leave(code: str) -> Response:
    """Leave a class."""
    user_id = current_user.id
    with transaction():
        operations.leave(user_id, code, now())
    flash(_("You’ve left the class. What you did stays yours; the instructor no longer sees any of it."))
    return go(way_to("me"))


@blueprint.post("/classes/<code>/refusal")
@access(Who.ACCOUNT)
@limit_failures("60 per hour")
def refuse(code: str) -> Response | tuple[str, int]:
    """Decline an invitation to a class."""
    cohort_and_firm, user_id = find_cohort_by_code(code), current_user.id
    if cohort_and_firm is None:
        return no_code(NotFound(), code)
    try:
        with transaction():
            decline(user_id, cohort_and_firm[0], now())
    except NotFound:
        flash(_("You aren’t invited to this class, so there is nothing to decline."))
    except Conflict as error:
        flash(error.message)
        return go(url_for(".show", code=code))
    else:
        flash(_("Declined. You’ll get no more emails about this class. You can still join it later with its code."))
    return go(way_to("me"))


def _page(code: str, form: JoinClassForm | None, status: int = 200) -> str | tuple[str, int]:
    cohort_and_firm = find_cohort_by_code(code)
    if cohort_and_firm is None:
        return no_code(NotFound(), code)
    cohort, organization = cohort_and_firm
    is_known = _is_known()
    is_in = is_known and find_membership(current_user.id, cohort) is not None
    if not is_in and not operations.is_open(cohort, today_in(organization, now())):
        return no_code(Conflict(operations.NOT_OPEN), code)
    page = render_template(
        "instructing/class.html",
        cohort=cohort,
        organization=organization,
        course=served().courses.get(cohort.course),
        code=show_code(cohort.code),
        form=form,
        is_known=is_known,
        is_in=is_in,
        views=list_views(cohort),
        invitation=find_own_invitation(current_user.id, cohort) if is_known else None,
        is_stranger=is_known and organization is not None and find_actor(current_user.id, organization.id) is None,
    )
    return page, status


def _is_known() -> bool:
    return current_user.is_authenticated and not current_user.is_guest
