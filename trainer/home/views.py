"""Front page and a learner's own page."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment.queries import find_any_open_attempt
from trainer.assignments.queries import list_own_duties
from trainer.core.clock import now, today
from trainer.core.errors import Conflict, NotFound
from trainer.courses.current import content
from trainer.credentials.queries import list_credentials
from trainer.credentials.rules import show_serial
from trainer.credentials.views import status_of
from trainer.instructing.queries import find_cohort_by_code, list_own_classes
from trainer.joining.invitation_forms import AskCodeForm
from trainer.joining.invitation_views import no_code
from trainer.learning.queries import can_renew, list_enrollments, standing
from trainer.organizations.codes import find_code, read_code, show_code
from trainer.organizations.queries import list_firms, list_shut_firms
from trainer.organizations.rules import Role, firm_state
from trainer.web.access import Who, access
from trainer.web.limits import limit_tries
from trainer.web.redirects import go
from trainer.web.still import still

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@access(Who.PUBLIC)
@still
def front() -> str:
    """Say what this is, for whom, how long it takes, and where to start."""
    return render_template("home/front.html", courses=list(content().courses.values()))


@blueprint.get("/join")
@access(Who.PUBLIC)
@limit_tries("60 per hour", only_failed=True)
def ask_code() -> Response | str | tuple[str, int]:
    """Ask for a code, and go where it leads: into a firm or into a class."""
    if "code" not in request.args:
        return render_template("joining/ask_code.html", form=AskCodeForm(formdata=None))
    form = AskCodeForm(request.args)
    if not form.validate():
        return render_template("joining/ask_code.html", form=form), 422
    given = str(form.code.data)
    code = read_code(given)
    if code is None:
        form.code.errors = [_("A code has eight letters and digits. Look at it again.")]
        return render_template("joining/ask_code.html", form=form), 422
    if find_cohort_by_code(code) is not None:
        return go(url_for("classes.show", code=show_code(code)))
    try:
        find_code(code, now())
    except Conflict:
        pass  # its page says that it has run out
    except NotFound as error:
        return no_code(error, given)
    return go(url_for("entry.join", code=show_code(code)))


@blueprint.get("/me")
@access(Who.LEARNER)
def me() -> str:
    """Show the one thing to do next, and what was earned."""
    courses = content().courses
    doing = [
        (
            enrollment,
            courses.get(enrollment.course),
            standing(enrollment, courses.get(enrollment.course)),
            find_any_open_attempt(enrollment.id),
        )
        for enrollment in list_enrollments(current_user.id)
    ]
    newest = {enrollment.course: enrollment for enrollment, *_rest in reversed(doing)}
    again = {
        one.credential_id
        for one in newest.values()
        if one.completed_at is not None and one.course in courses and can_renew(one, today())
    }
    earned = [
        (one, status_of(one), show_serial(one.serial), one.id in again) for one in list_credentials(current_user.id)
    ]
    due = {duty.course: duty for duty in reversed(list_own_duties(current_user.id, now())) if duty.is_open}
    # What someone waits for comes first, then what was begun last.
    doing.sort(key=lambda row: due[row[0].course].due_on if row[0].course in due else dt.date.max)
    firms = [(firm, Role(membership.role)) for membership, firm in list_firms(current_user.id)]
    shut = [
        (firm, firm_state(firm.suspended_at, firm.closed_at)) for _membership, firm in list_shut_firms(current_user.id)
    ]
    # The worker begins what was required a moment ago within the hour; nobody has to wait for it.
    waiting = [(courses[one], duty) for one, duty in due.items() if one in courses and one not in newest]
    return render_template(
        "home/me.html",
        doing=doing,
        due=due,
        waiting=waiting,
        earned=earned,
        firms=firms,
        shut=shut,
        classes=list_own_classes(current_user.id),
        show_code=show_code,
        courses=list(courses.values()),
    )
