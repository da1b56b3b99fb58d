"""A learner hands in a note to a class, withdraws it, reads the answer, and hands in a new version."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import is_shut, lead_to_slips, shut_before
from trainer.content.serving import get_lesson
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.extras.notes import handing_in as operations
from trainer.extras.notes.forms import HandInForm, RewriteForm
from trainer.instructing.models import Cohort
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("handing_in", __name__, template_folder="../templates")


@blueprint.before_request
def keep_shut() -> Response | None:
    """Lead whoever opens a note from before a slip to where they can show that it is theirs."""
    note_id = (request.view_args or {}).get("note_id")
    if note_id is None or shut_before() is None:
        return None
    return lead_to_slips() if is_shut(operations.get_own(current_user.id, note_id).handed_in_at) else None


@blueprint.route("/courses/<course>/<module>/<lesson>/answers/<question>/hand-in", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
def hand_in(course: str, module: str, lesson: str, question: str) -> Response | str | tuple[str, int]:
    """Show a note as its reader would see it, and hand it in to a class."""
    whole, loaded_lesson = get_lesson(course, module, lesson)
    user_id = current_user.id
    written = operations.written_in_lesson(user_id, whole, loaded_lesson, question, shut_before())
    taking = operations.list_taking(user_id, course)
    form = HandInForm(cohorts=[(str(cohort.id), cohort.title) for cohort, _member in taking])
    if request.method == "GET" and len(taking) == 1:
        form.cohort.data = str(taking[0][0].id)
    if form.validate_on_submit():
        chosen = next((cohort.id for cohort, _member in taking if str(cohort.id) == form.cohort.data), None)
        if chosen is None:
            form.cohort.errors = [_("Choose a class from the list.")]
        else:
            with form.refusing("cohort"), transaction():
                note_id = operations.hand_in(user_id, chosen, written, now()).id
            if not form.errors:
                flash(_("Handed in. You’ll read the answer here and on “My course.”"))
                return go(url_for(".own_note", note_id=note_id))
    page = render_template(
        "notes/hand_in.html",
        form=form,
        written=written,
        taking=taking,
        lesson=loaded_lesson,
        back=url_for("learning.show_lesson", course=course, module=module, lesson=lesson),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/my-notes")
@access(Who.ACCOUNT)
def own_notes() -> str:
    """List the notes that someone handed in."""
    notes = [row for row in operations.list_own(current_user.id) if not is_shut(row[0].handed_in_at)]
    return render_template("notes/own_notes.html", notes=notes, read_note=operations.read_note)


@blueprint.get("/my-notes/<uuid:note_id>")
@access(Who.ACCOUNT, own=True)
def own_note(note_id: UUID) -> str:
    """Show a note that someone handed in, and its answer."""
    return _page(note_id, None)


@blueprint.post("/my-notes/<uuid:note_id>/withdrawal")
@access(Who.ACCOUNT, own=True)
def withdraw(note_id: UUID) -> Response:
    """Take a note back that waits for an answer."""
    user_id = current_user.id
    try:
        with transaction():
            operations.withdraw(user_id, note_id, now())
    except Conflict as error:
        flash(error.message)
        return go(url_for(".own_note", note_id=note_id))
    flash(_("Withdrawn. Your instructor no longer sees this note."))
    return go(url_for(".own_notes"))


@blueprint.post("/my-notes/<uuid:note_id>/reading")
@access(Who.ACCOUNT, own=True)
def mark_read(note_id: UUID) -> Response:
    """Record that the answer was read, so that “My course” no longer shows it."""
    user_id = current_user.id
    with transaction():
        operations.mark_read(user_id, note_id, now())
    return go(url_for("home.me"))


@blueprint.post("/my-notes/<uuid:note_id>/rewrite")
@access(Who.ACCOUNT, own=True)
def rewrite(note_id: UUID) -> Response | tuple[str, int]:
    """Hand in a new version of a note that was answered."""
    form, user_id = RewriteForm(), current_user.id
    operations.get_own(user_id, note_id)
    if form.validate_on_submit():
        with form.refusing("text"), transaction():
            new_id = operations.rewrite(user_id, note_id, str(form.text.data), now()).id
            operations.mark_read(user_id, note_id, now())
        if not form.errors:
            flash(_("Your new version is handed in."))
            return go(url_for(".own_note", note_id=new_id))
    return _page(note_id, form), 422


def _page(note_id: UUID, form: RewriteForm | None) -> str:
    own = operations.get_own(current_user.id, note_id)
    is_open = operations.may_rewrite(current_user.id, own)
    if form is None and is_open:
        form = RewriteForm(formdata=None, text=own.text)
    return render_template(
        "notes/own_note.html",
        own=own,
        cohort=db.session.get_one(Cohort, own.cohort_id),
        payload=operations.read_note(own.question),
        form=form,
        is_open=is_open,
    )
