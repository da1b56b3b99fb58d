"""Meetings in person: write one down, note who was there, sign off the lessons taught."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.content.library import Course, Lesson
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.instructing import sessions
from trainer.instructing.access import looking, teaching
from trainer.instructing.forms import AttendanceForm, SessionForm
from trainer.instructing.queries import (
    Desk,
    get_class_session,
    list_attendance,
    list_class_sessions,
    list_members,
    list_signed_off,
)
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("meetings", __name__, url_prefix="/cohorts/<uuid:cohort_id>/sessions")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@looking
def meetings(desk: Desk) -> str:
    """List the meetings of a class."""
    return _page(desk, _form(desk, is_new=True))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@teaching
def hold(desk: Desk) -> Response | tuple[str, int]:
    """Record a meeting."""
    form = _form(desk)
    if form.validate_on_submit():
        assert form.held_on.data is not None
        try:
            with transaction():
                held = sessions.hold_session(
                    desk,
                    form.held_on.data,
                    int(form.minutes.data or 0),
                    form.lessons.data or [],
                    str(form.note.data or ""),
                    _course(desk),
                    now(),
                )
        except Invalid as error:
            form.held_on.errors = [error.message]
        else:
            flash(_("Recorded. Now check off who was there."))
            return go(url_for(".meeting", cohort_id=desk.cohort.id, class_session_id=held.id))
    return _page(desk, form), 422


@blueprint.get("/<uuid:class_session_id>")
@access(Who.ACCOUNT, own=True)
@looking
def meeting(desk: Desk, class_session_id: UUID) -> str:
    """Show a meeting and who was there."""
    there = list_attendance(get_class_session(desk, class_session_id))
    return _meeting_page(
        desk, class_session_id, _attendance_form(desk, members=[str(member_id) for member_id in there])
    )


@blueprint.post("/<uuid:class_session_id>/attendance")
@access(Who.ACCOUNT, own=True)
@teaching
def attend(desk: Desk, class_session_id: UUID) -> Response | tuple[str, int]:
    """Note who was there."""
    get_class_session(desk, class_session_id)
    form = _attendance_form(desk)
    if form.validate_on_submit():
        try:
            with transaction():
                chosen = [UUID(member_id) for member_id in form.members.data or []]
                sessions.note_attendance(desk, class_session_id, chosen, now())
        except (Conflict, Invalid) as error:
            form.members.errors = [error.message]
        else:
            flash(_("Saved."))
            return go(url_for(".meeting", cohort_id=desk.cohort.id, class_session_id=class_session_id))
    return _meeting_page(desk, class_session_id, form), 422


@blueprint.post("/<uuid:class_session_id>/sign-off")
@access(Who.ACCOUNT, own=True)
@teaching
def sign_off(desk: Desk, class_session_id: UUID) -> Response:
    """Sign off the lessons taught for everyone who was there."""
    get_class_session(desk, class_session_id)
    course, is_local = _course(desk), current_app.config["SETTINGS"].is_local
    try:
        with transaction():
            done = sessions.sign_off(desk, class_session_id, course, is_local, now())
    except NotYet as error:
        flash(error.message)
    else:
        said = ngettext("Signed off for %(num)s person.", "Signed off for %(num)s people.", done.people)
        flash(said if done.lessons else _("Nothing new to sign off."))
        if done.held_back:
            flash(
                ngettext(
                    "%(num)s lesson has to wait: someone reads in order, and one comes first.",
                    "%(num)s lessons have to wait: someone reads in order, and others come first.",
                    done.held_back,
                )
            )
    return go(url_for(".meeting", cohort_id=desk.cohort.id, class_session_id=class_session_id))


def _course(desk: Desk) -> Course:
    course = served().courses.get(desk.cohort.course)
    if course is None:
        raise Conflict(_("This course isn’t offered anymore."))
    return course


def _lesson_name(course: Course, lesson: Lesson) -> str:
    name = f"{lesson.module_title}: {lesson.file.title}"
    return name if course.is_core(lesson) else _("%(lesson)s (optional)", lesson=name)


def _form(desk: Desk, *, is_new: bool = False) -> SessionForm:
    course = served().courses.get(desk.cohort.course)
    lessons = [(lesson.id, _lesson_name(course, lesson)) for lesson in course.lessons] if course else []
    if is_new:
        return SessionForm(formdata=None, lessons_taught=lessons, held_on=desk.today(now()))
    return SessionForm(lessons_taught=lessons)


def _attendance_form(desk: Desk, members: list[str] | None = None) -> AttendanceForm:
    people = [(str(member.id), member.name) for member in list_members(desk.cohort)]
    return AttendanceForm(people=people) if members is None else AttendanceForm(people=people, members=members)


def _page(desk: Desk, form: SessionForm) -> str:
    return render_template("instructing/meetings.html", desk=desk, form=form, meetings=list_class_sessions(desk))


def _meeting_page(desk: Desk, class_session_id: UUID, form: AttendanceForm) -> str:
    held = get_class_session(desk, class_session_id)
    course = served().courses.get(desk.cohort.course)
    return render_template(
        "instructing/meeting.html",
        desk=desk,
        held=held,
        form=form,
        lessons=[lesson for lesson in course.lessons if lesson.id in held.lessons] if course else [],
        there=list_attendance(held),
        signed_off=list_signed_off(held),
    )
