"""Front page and a learner's own page."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template
from flask_login import current_user

from trainer.assessment.queries import find_any_open_attempt
from trainer.assignments.queries import list_own_duties
from trainer.core.clock import now, today
from trainer.courses.current import content
from trainer.credentials.queries import list_credentials
from trainer.credentials.rules import show_serial
from trainer.credentials.views import status_of
from trainer.learning.queries import can_renew, list_enrollments, standing
from trainer.organizations.queries import list_firms, list_shut_firms
from trainer.organizations.rules import Role, firm_state
from trainer.web.access import Who, access
from trainer.web.still import still

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@access(Who.PUBLIC)
@still
def front() -> str:
    """Say what this is, for whom, how long it takes, and where to start."""
    return render_template("home/front.html", courses=list(content().courses.values()))


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
        courses=list(courses.values()),
    )
