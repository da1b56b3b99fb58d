"""The instructor of a class reads the notes that were handed in, grades them, and answers with saved comments."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.extras.notes import grading as operations
from trainer.extras.notes.access import reading_notes
from trainer.extras.notes.forms import NoteAnswerForm
from trainer.extras.notes.grading import STATE_NAMES, NoteState
from trainer.extras.notes.handing_in import read_note
from trainer.extras.notes.models import ClassNote
from trainer.instructing.queries import TeachingContext
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("class_notes", __name__, url_prefix="/cohorts/<uuid:cohort_id>/notes")
_SHOWN = 80
"""Characters of a saved comment in the list to choose from."""


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@reading_notes
def notes(context: TeachingContext) -> str:
    """List the notes of a class: those that wait, or those that were answered."""
    asked = request.args.get("state")
    state = NoteState(asked) if asked in set(NoteState) else NoteState.WAITING
    return render_template(
        "notes/notes.html",
        context=context,
        state=state,
        states=STATE_NAMES,
        counts=operations.count_notes(context),
        page=operations.list_notes(context, state, request.args.get("after")),
        read_note=read_note,
    )


@blueprint.route("/<uuid:note_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@reading_notes
def note(context: TeachingContext, note_id: UUID) -> Response | str | tuple[str, int]:
    """Show a note, and answer it. With `do=insert`, a saved comment goes into the answer and nothing is sent."""
    try:
        handed_in, _member = operations.get_note(context, note_id)
    except NotFound as error:
        if request.method == "GET":
            raise
        flash(error.message)
        return go(url_for(".notes", cohort_id=context.cohort.id))
    form, user_id, cohort_id = _form(context, handed_in), context.user_id, context.cohort.id
    if not form.is_submitted():
        return _page(context, note_id, form)
    if request.form.get("do") == "insert":
        status = 200 if _insert(context, form) else 422
        return _page(context, note_id, form), status
    if form.validate():
        comment = str(form.comment.data or "")
        try:
            with transaction():
                operations.answer_note(context, note_id, form.met.data or [], comment, now())
                if form.keeps.data and comment:
                    operations.save_comment(user_id, comment, now())
        except Invalid as error:
            form.keeps.errors = [error.message]
        except (Conflict, NotFound) as error:
            flash(error.message)
            return go(url_for(".notes", cohort_id=cohort_id))
        else:
            flash(_("Answered. The learner sees it on “My course,” and gets an email if their account has an address."))
            return go(url_for(".notes", cohort_id=cohort_id))
    return _page(context, note_id, form), 422


@blueprint.post("/comments/<uuid:comment_id>/removal")
@access(Who.ACCOUNT, own=True)
@reading_notes
def remove_comment(context: TeachingContext, comment_id: UUID) -> Response:
    """Delete one of one's own saved comments."""
    user_id, cohort_id = context.user_id, context.cohort.id
    try:
        with transaction():
            operations.remove_comment(user_id, comment_id)
    except NotFound as error:
        flash(error.message)
    else:
        flash(_("The saved comment was deleted. Answers that were sent stay as they are."))
    back = request.form.get("note", type=UUID)
    if back is None:
        return go(url_for(".notes", cohort_id=cohort_id))
    return go(url_for(".note", cohort_id=cohort_id, note_id=back))


def _form(context: TeachingContext, handed_in: ClassNote) -> NoteAnswerForm:
    points = [(check.id, check.text) for check in read_note(handed_in.question).checks]
    comments = operations.list_comments(context.user_id)
    shown = [(str(comment.id), _short(comment.text)) for comment in comments]
    return NoteAnswerForm(points=points, comments=shown)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"


def _insert(context: TeachingContext, form: NoteAnswerForm) -> bool:
    """Put the chosen comment behind what is written; return False if none is chosen."""
    texts = {str(comment.id): comment.text for comment in operations.list_comments(context.user_id)}
    text = texts.get(str(form.saved.data))
    if text is None:
        form.saved.errors = [_("Choose a saved comment first.")]
        return False
    form.comment.data = "\n".join(part for part in (form.comment.data, text) if part)
    form.saved.data = ""
    return True


def _page(context: TeachingContext, note_id: UUID, form: NoteAnswerForm) -> str:
    handed_in, member = operations.get_note(context, note_id)
    return render_template(
        "notes/note.html",
        context=context,
        form=form,
        handed_in=handed_in,
        member=member,
        payload=read_note(handed_in.question),
        earlier=operations.list_earlier(context, handed_in),
        comments=operations.list_comments(context.user_id),
    )
