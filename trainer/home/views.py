"""Front page, the page for firms and instructors, and a learner's own page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from trainer.assessment import words
from trainer.assessment.access import list_own_results
from trainer.assessment.check_ins import find_check_ins
from trainer.assessment.next_steps import find_next_step
from trainer.assessment.renewals import find_renewal
from trainer.assessment.rules import Kind, Tally
from trainer.assignments.queries import list_own_duties
from trainer.content.library import Course
from trainer.content.serving import served, served_in
from trainer.core.clock import now, today
from trainer.core.errors import Conflict, NotFound
from trainer.credentials.queries import list_credentials, status_on
from trainer.credentials.rules import show_serial
from trainer.instructing.invitations import list_own_invitations
from trainer.instructing.queries import find_cohort_by_code, list_own_classes
from trainer.learning.models import Enrollment
from trainer.learning.queries import list_enrollments, standing, taken
from trainer.organizations.access import keep_own_firm
from trainer.organizations.codes import find_code, read_code, show_code
from trainer.organizations.forms import AskCodeForm
from trainer.organizations.posters import SAMPLE_FIRM, draw, firm_poster
from trainer.organizations.queries import list_firms, list_shut_firms
from trainer.organizations.refused_codes import no_code
from trainer.organizations.rules import STAFF, Role, firm_state
from trainer.web.access import Who, access
from trainer.web.language import language_tag
from trainer.web.limits import limit_failures
from trainer.web.page_cache import cached_page
from trainer.web.paper import qr_code
from trainer.web.redirects import go

blueprint = Blueprint("home", __name__, template_folder="templates")
_VOCABULARY = "vocabulary.yaml"
_SAMPLE_CODE = "SAMPLE"  # six letters: no code of a firm or class looks like this


@blueprint.get("/")
@access(Who.PUBLIC)
@cached_page
def front() -> str:
    """Say what this is, for whom, how long it takes, and where to start."""
    content = served_in(language_tag())
    return render_template(
        "home/front.html",
        courses=list(content.courses.values()),
        translation=content.standing(_VOCABULARY, *(f"courses/{slug}/course.yaml" for slug in content.courses)),
        first_try=content.courses[content.site.first_try],
    )


@blueprint.get("/for-firms")
@access(Who.PUBLIC)
@cached_page
def for_firms() -> str:
    """Show a firm or an instructor what they would get, before they have an account."""
    return render_template(
        "home/for_firms.html",
        translation=served_in(language_tag()).standing(_VOCABULARY),
        firm=SAMPLE_FIRM,
        code=_SAMPLE_CODE,
        qr=Markup(qr_code(_printed(url_for(".for_firms")))),  # noqa: S704 drawn from our own address
    )


@blueprint.get("/sample-poster.pdf")
@access(Who.PUBLIC)
@cached_page
def sample_poster() -> Response:
    """Return the poster of a made-up firm. Its picture leads to the page for firms; its code opens nothing."""
    day = today()
    until = day + dt.timedelta(days=30)
    data = draw([firm_poster(str(SAMPLE_FIRM), _SAMPLE_CODE, _printed(url_for(".for_firms")), until)], day)
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "inline; filename=sample-poster.pdf"
    return response


def _practiced(doing: Sequence[tuple[Enrollment, Course]]) -> dict[str, Any]:
    """Return the course whose practice is offered, how practice of it went, and the newest result with its counts."""
    results = list_own_results()
    judged = [
        (attempt, tally)
        for attempt in results
        if attempt.kind in (Kind.FINAL, Kind.PRACTICE) and (tally := Tally.read(attempt.tally or {})).answered
    ]
    newest = min(judged, key=lambda row: row[0].kind != Kind.FINAL, default=None)
    course = next((course for _enrollment, course in sorted(doing, key=lambda row: bool(row[0].completed_at))), None)
    return {
        "course": course,
        "results": [attempt for attempt in results if course and attempt.course == course.slug],
        "last": words.last,
        "newest": newest,
    }


def _waits(course: Course | None, is_begun: bool) -> bool:
    """Return whether what is required is still to be begun; in the course for renewing, there is nothing to begin."""
    return course is not None and (course.is_for_renewal or not is_begun)


def _printed(path: str) -> str:
    """Return an address as it stands on paper: always of the configured site."""
    return f"{current_app.config['SETTINGS'].base_url}{path}"


@blueprint.get("/join")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def ask_code() -> Response | str | tuple[str, int]:
    """Ask for a code, and go where it leads: into a firm or into a class."""
    if "code" not in request.args:
        return render_template("organizations/ask_code.html", form=AskCodeForm(formdata=None))
    form = AskCodeForm(request.args)
    if not form.validate():
        return render_template("organizations/ask_code.html", form=form), 422
    given = str(form.code.data)
    code = read_code(given)
    if code is None:
        form.code.errors = [_("A code has eight letters and digits. Check it and try again.")]
        return render_template("organizations/ask_code.html", form=form), 422
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
    courses = served().courses
    at, doing = now(), []
    for enrollment in list_enrollments(current_user.id):
        course = courses.get(enrollment.course)
        where = standing(enrollment, course)
        way = find_next_step(course, enrollment, where, at) if course and enrollment.completed_at is None else None
        doing.append((enrollment, taken(course, enrollment) if course else None, where, way))
    newest: dict[str, Enrollment] = {}
    for enrollment, *_rest in sorted(doing, key=lambda row: row[0].cycle):
        newest[enrollment.course] = enrollment
    # One that was under way in an account that was joined to this one goes on in the newest.
    doing = [row for row in doing if row[0].completed_at is not None or newest[row[0].course] is row[0]]
    there = served_in(language_tag()).courses
    credentials = list_credentials(current_user.id)
    earned = [
        (
            credential,
            status_on(credential, today()),
            show_serial(credential.serial),
            find_renewal(credential, there, today()),
        )
        for credential in credentials
    ]
    renewals = {renewal.course.slug: renewal for _credential, _status, _serial, renewal in earned if renewal}
    due = {duty.course: duty for duty in reversed(list_own_duties(current_user.id, now())) if duty.is_open}
    # What someone waits for comes first, then what was begun last.
    doing.sort(key=lambda row: due[row[0].course].due_on if row[0].course in due else dt.date.max)
    firms = [(firm, Role(membership.role)) for membership, firm in list_firms(current_user.id)]
    keep_own_firm([firm.id for firm, role in firms if role in STAFF])
    shut = [
        (firm, firm_state(firm.suspended_at, firm.closed_at)) for _membership, firm in list_shut_firms(current_user.id)
    ]
    # The worker begins what was required a moment ago within the hour; nobody has to wait for it.
    waiting = [(courses[slug], duty) for slug, duty in due.items() if _waits(courses.get(slug), slug in newest)]
    return render_template(
        "home/me.html",
        doing=doing,
        due=due,
        waiting=waiting,
        check_ins=find_check_ins(current_user.id, served(), today(), credentials),
        today=today(),
        **_practiced([(enrollment, course) for enrollment, course, *_rest in doing if course]),
        earned=earned,
        renewals=renewals,
        firms=firms,
        shut=shut,
        classes=list_own_classes(current_user.id),
        invitations=list_own_invitations(current_user.id, at),
        show_code=show_code,
        courses=list(courses.values()),
    )
