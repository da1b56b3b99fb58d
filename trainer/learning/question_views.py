"""Answering a question of a lesson: kept for someone who is enrolled, carried along for anyone else.

What is carried is in the address, so that Back and Reload work. Once someone has written a text of their own, the page
comes back in answer to the form instead, and carries it in its own forms.
"""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.content.library import Course, Lesson
from trainer.content.serving import get_lesson
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.items.payload import Given
from trainer.items.registry import FURTHER, read_further
from trainer.learning import operations
from trainer.learning.activity import credit_reading
from trainer.learning.page import lesson_page
from trainer.learning.queries import find_enrollment, get_enrollment, taken
from trainer.learning.questions import address, has_words, read_carried, unfinished
from trainer.learning.rules import longest_reading
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.language import language_tag
from trainer.web.redirects import go

blueprint = Blueprint("questions", __name__)


@blueprint.get("/courses/<course>/<module>/<lesson>/answers/<question>")
@access(Who.PUBLIC)
def question(course: str, module: str, lesson: str, question: str) -> Response:
    """Go to a question whose page came back in answer to a form, and was opened again by its address."""
    whole, loaded_lesson = get_lesson(course, module, lesson)
    if loaded_lesson.question(question) is None:
        raise NotFound
    return go(address(whole, loaded_lesson, question, {}))


@blueprint.post("/courses/<course>/<module>/<lesson>/answers/<question>")
@access(Who.PUBLIC)
def answer(course: str, module: str, lesson: str, question: str) -> Response | tuple[str, int]:
    """Take an answer, or a step of it, and go back to the question. Of someone who isn't enrolled nothing is kept.

    Of someone who is, an answer is kept once it is whole, and a text of their own at each step.
    """
    if current_user.is_authenticated:
        current_app.extensions["csrf"].protect()
    whole, loaded_lesson = get_lesson(course, module, lesson)
    asked = loaded_lesson.question(question)
    begun = find_enrollment(current_user.id, whole.slug) if current_user.is_authenticated else None
    if asked is None or (taken(whole, begun) if begun else whole).lesson(loaded_lesson.id) is None:
        raise NotFound  # as the lesson's own page, for lessons for renewing
    payload = read_further(asked.payload)
    form = FURTHER[asked.type].form.for_saving(payload.order_for_all(), allow_gaps=False)
    is_valid = form.validate()
    is_whole = is_valid and form.is_whole(form.given)
    incomplete = None if is_valid else question
    if form.is_tampered:
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    carried = read_carried(whole, loaded_lesson, request.form.get("answers"))
    if begun is None:
        return _back(whole, loaded_lesson, question, {**carried, question: form.given}, incomplete)
    user_id, at = current_user.id, now()
    with transaction():
        enrollment = get_enrollment(user_id, whole.slug)
        mark, longest = request.form.get("opened_at"), longest_reading(loaded_lesson.file.minutes)
        credit_reading(enrollment, loaded_lesson, mark, longest, at)
        is_kept = is_whole or (is_valid and FURTHER[asked.type].is_written)
        if is_kept:
            marked = payload.mark(form.given) if is_whole else None
            operations.answer(enrollment, loaded_lesson, asked, form.given, marked, at)
    others = {name: given for name, given in unfinished(loaded_lesson, carried).items() if name != question}
    answers = others if is_kept else {**others, question: form.given}
    return _back(whole, loaded_lesson, question, answers, incomplete)


def _back(
    course: Course, lesson: Lesson, question: str, answers: dict[str, Given], incomplete: str | None
) -> Response | tuple[str, int]:
    """Go back to the question, with the answers that nobody keeps: in the address, or a text in the page alone."""
    if not has_words(lesson, answers):
        return go(address(course, lesson, question, answers, incomplete))
    told = get_lesson(course.slug, lesson.module_slug, lesson.slug, language_tag())[1]
    return lesson_page(course, told, answers, incomplete)
