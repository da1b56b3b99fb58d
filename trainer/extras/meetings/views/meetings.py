"""Meetings in person: plan or record one, change it, print its sign-in sheet, note who was there."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.extras.meetings import sessions, undoing, words
from trainer.extras.meetings.forms import AttendanceForm, SessionForm, SignatureForm
from trainer.extras.meetings.models import ClassSession
from trainer.extras.meetings.presence import list_signatures, list_unread
from trainer.extras.meetings.queries import get_class_session, list_attendance, list_class_sessions
from trainer.extras.meetings.records import list_records
from trainer.extras.meetings.sheet import PAPERS, draw_sheet, what_is_taught
from trainer.instructing.access import looking, teaching
from trainer.instructing.downloads import asked_form, file_answer, table_answer
from trainer.instructing.operations import note_export
from trainer.instructing.queries import TeachingContext, list_members
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint(
    "meetings", __name__, url_prefix="/cohorts/<uuid:cohort_id>/sessions", template_folder="../templates"
)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@looking
def meetings(context: TeachingContext) -> str:
    """List the meetings of a class."""
    form = SessionForm(formdata=None, course=find_course(context), held_on=context.today(now()), number=uuid4())
    return _page(context, form)


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@teaching
def hold(context: TeachingContext) -> Response | tuple[str, int]:
    """Record or plan a meeting."""
    form = SessionForm(course=find_course(context))
    if form.validate_on_submit():
        plan = _plan(form)
        try:
            with transaction():
                held = sessions.hold_session(
                    *(context, plan.held_on, plan.minutes, plan.lessons, plan.note, get_course(context), now()),
                    place=plan.place,
                    number=_uuid(form.number.data),
                )
        except (Conflict, Invalid) as error:
            _blame(form, error)
        else:
            is_ahead = held.held_on > context.today(now())
            flash(_("Planned. Print the sign-in sheet.") if is_ahead else _("Recorded. Now check off who was there."))
            return go(url_for(".meeting", cohort_id=context.cohort.id, class_session_id=held.id))
    return _page(context, form), 422


@blueprint.get("/<uuid:class_session_id>")
@access(Who.ACCOUNT, own=True)
@looking
def meeting(context: TeachingContext, class_session_id: UUID) -> str:
    """Show a meeting, who was there and what was signed."""
    return meeting_page(context, class_session_id)


@blueprint.route("/<uuid:class_session_id>/facts", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@teaching
def change(context: TeachingContext, class_session_id: UUID) -> Response | str | tuple[str, int]:
    """Change a meeting, as long as nothing was signed off."""
    held, course = get_class_session(context, class_session_id), find_course(context)
    form = SessionForm(course=course, **_said(held, course))
    if form.validate_on_submit():
        try:
            with transaction():
                sessions.change_session(context, class_session_id, _plan(form), get_course(context), now())
        except (Conflict, Invalid) as error:
            _blame(form, error)
        else:
            flash(_("Saved."))
            return go(url_for(".meeting", cohort_id=context.cohort.id, class_session_id=class_session_id))
    page = render_template(
        "meetings/meeting_change.html",
        context=context,
        held=held,
        form=form,
        course=course,
        is_signed=sessions.is_signed(held),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/<uuid:class_session_id>/sheet.pdf")
@access(Who.ACCOUNT, own=True)
@teaching
def sheet(context: TeachingContext, class_session_id: UUID) -> Response:
    """Return the sign-in sheet on the paper that the address names, or on Letter."""
    held, paper = get_class_session(context, class_session_id), request.args.get("paper", "letter")
    if paper not in PAPERS:
        raise NotFound
    return file_answer(draw_sheet(context, held, find_course(context), paper), "application/pdf", "sign-in.pdf")


@blueprint.post("/<uuid:class_session_id>/attendance")
@access(Who.ACCOUNT, own=True)
@teaching
def attend(context: TeachingContext, class_session_id: UUID) -> Response | tuple[str, int]:
    """Note who was there."""
    form = attendance_form(context, get_class_session(context, class_session_id))
    if form.validate_on_submit():
        with form.refusing("members"), transaction():
            chosen = [UUID(person_id) for person_id in form.members.data or []]
            sessions.note_attendance(context, class_session_id, chosen, now(), walk_ins=form.names)
        if not form.errors:
            flash(_("Saved."))
            return go(url_for(".meeting", cohort_id=context.cohort.id, class_session_id=class_session_id))
    return meeting_page(context, class_session_id, attendance=form), 422


@blueprint.post("/exports")
@access(Who.ACCOUNT, own=True)
@teaching
def export(context: TeachingContext) -> Response:
    """Return who was at which meeting and what was signed, as CSV or XLSX; the export is recorded."""
    table = words.meetings_table(list_records(context, find_course(context)), context.zone)
    form = asked_form()
    with transaction():
        note_export(context, "export.meetings", form, now())
    return table_answer(table, form)


def find_course(context: TeachingContext) -> Course | None:
    """Return the course of a class, or None if it isn't offered anymore."""
    return served().courses.get(context.cohort.course)


def get_course(context: TeachingContext) -> Course:
    """Return the course of a class. Raises Conflict if it isn't offered anymore."""
    course = find_course(context)
    if course is None:
        raise Conflict(_("This course isn’t offered anymore."))
    return course


def attendance_form(context: TeachingContext, held: ClassSession, *, is_new: bool = False) -> AttendanceForm:
    """Return the form for who was at a meeting: as it was sent, or as it is known."""
    people = [(str(member.id), member.name) for member in list_members(context.cohort)]
    if not is_new:
        return AttendanceForm(people=people)
    there = [str(member_id) for member_id in list_attendance(held)]
    return AttendanceForm(formdata=None, people=people, members=there, walk_ins="\n".join(held.walk_ins or ()))


def meeting_page(
    context: TeachingContext,
    class_session_id: UUID,
    *,
    attendance: AttendanceForm | None = None,
    signature: SignatureForm | None = None,
) -> str:
    """Return the page of a meeting, with a form as it was sent, if one was refused."""
    held, instant = get_class_session(context, class_session_id), now()
    course = find_course(context)
    known = attendance or attendance_form(context, held, is_new=True)
    listed = {str(choice[0]) for choice in known.members.choices or ()}
    there = {member_id for member_id in list_attendance(held) if str(member_id) in listed}
    signed = list_signatures(context, held)
    covered = {person[0] for entry in signed for person in entry.people}
    return render_template(
        "meetings/meeting.html",
        context=context,
        held=held,
        course=course,
        taught=what_is_taught(held, course),
        form=attendance or signature or known,
        attendance=known,
        signature=signature or SignatureForm(formdata=None),
        statement=sessions.statement_of(held),
        is_ahead=held.held_on > context.today(instant),
        there=there,
        unsigned=there - (covered - list_unread(held)),
        signed=signed,
        can_undo=lambda entry: undoing.can_undo(entry, current_user.id, instant),
        minutes_left=lambda entry: undoing.minutes_left(entry, instant),
        is_signed=bool(signed) or sessions.is_signed(held),
    )


def _plan(form: SessionForm) -> sessions.MeetingPlan:
    assert form.held_on.data is not None
    minutes, place, remark = int(form.minutes.data or 0), str(form.place.data or ""), str(form.note.data or "")
    return sessions.MeetingPlan(form.held_on.data, minutes, form.taught, place, remark)


def _blame(form: SessionForm, error: Conflict | Invalid) -> None:
    field = form.modules if not form.taught else form.held_on
    field.errors = [error.message]


def _said(held: ClassSession, course: Course | None) -> dict[str, object]:
    """Return a meeting's values for the form: whole modules, and single lessons of others."""
    modules = [
        module.slug
        for module in (course.modules if course else ())
        if all(lesson.id in held.lessons for lesson in module.lessons)
    ]
    rest = [lesson for lesson in held.lessons if lesson.partition("/")[0] not in modules]
    facts = {"held_on": held.held_on, "minutes": held.minutes, "place": held.place, "note": held.note}
    return {**facts, "modules": modules, "lessons": rest}


def _uuid(given: str | None) -> UUID | None:
    try:
        return UUID(given or "")
    except ValueError:
        return None


def _page(context: TeachingContext, form: SessionForm) -> str:
    return render_template(
        "meetings/meetings.html",
        context=context,
        form=form,
        course=find_course(context),
        today=context.today(now()),
        meetings=list_class_sessions(context),
    )
