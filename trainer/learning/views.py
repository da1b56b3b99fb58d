"""The course page and the lesson page of every reader, and what a learner does there."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from flask import Blueprint, current_app, jsonify, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.forms import NameForm
from trainer.accounts.operations import name_for_certificate
from trainer.accounts.queries import read_session_id
from trainer.content.library import Course, Lesson
from trainer.content.serving import get_course, get_lesson, served, served_in
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import Invalid, NotFound
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_credential
from trainer.items.payload import Given
from trainer.learning import operations
from trainer.learning.activity import opened_mark, read_mark
from trainer.learning.forms import AttestationForm, PlaceForm
from trainer.learning.models import Enrollment
from trainer.learning.queries import (
    can_renew,
    find_begun,
    find_enrollment,
    get_enrollment,
    list_answers,
    path_of,
    standing,
    wants_place,
)
from trainer.learning.questions import ask, place_of, read_carried, still_open
from trainer.learning.rules import LONGEST_BEAT, Begun, Standing, longest_reading
from trainer.web.access import Who, access, unattended
from trainer.web.language import language_tag
from trainer.web.redirects import go, safe_path
from trainer.web.still import hole, shared_page, still
from trainer.web.ways import way_to

blueprint = Blueprint("learning", __name__, template_folder="templates")


@blueprint.get("/courses/<course>")
@access(Who.PUBLIC)
@still
def show_course(course: str) -> str:
    """Show a course with its modules, and where the learner stands."""
    language = language_tag()
    whole = get_course(course, language)
    enrollment, where = _standing(whole)
    return render_template(
        "learning/course.html",
        course=whole,
        translation=served_in(language).standing(
            "vocabulary.yaml", *whole.own_files, *whole.module_files, *whole.lessons
        ),
        enrollment=enrollment,
        standing=where,
        credential=_credential(enrollment),
        workplace=_workplace(whole, enrollment),
        path=path_of(whole, None, ()),
        cards=served().cards,
        can_renew=enrollment is not None and enrollment.completed_at is not None and can_renew(enrollment, today()),
    )


@blueprint.post("/courses/<course>/enrollments")
@access(Who.LEARNER)
def enroll(course: str) -> Response:
    """Start a course, at its first lesson or at the one that is being read."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        operations.enroll(user_id, whole, now())
    following = safe_path(request.form.get("next"), _lesson_url(whole, whole.first_lesson))
    if whole.file.pretest is not None:  # its page goes on at once where none is due
        return go(way_to("pretest", course=whole.slug, next=following))
    return go(following)


@blueprint.post("/courses/<course>/renewals")
@access(Who.ACCOUNT)
def renew(course: str) -> Response:
    """Take a completed course again, when its certificate runs out soon or has run out."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        operations.renew(user_id, whole, now())
    return go(_lesson_url(whole, whole.first_lesson))


@blueprint.get("/courses/<course>/<module>/<lesson>")
@access(Who.PUBLIC)
@still
def show_lesson(course: str, module: str, lesson: str) -> tuple[str, int]:
    """Show a lesson and what was answered in it. Without an enrollment this leaves no cookie and no row."""
    whole, found = get_lesson(course, module, lesson, language_tag())
    session_id = read_session_id(session.get("_user_id"))
    is_learner, begun = find_begun(session_id, whole.slug) if session_id else (False, None)
    answers, incomplete = read_carried(whole, found, request.args.get("answers")), request.args.get("incomplete")
    to_answer: tuple[str, ...] = ()
    if begun and found.questions:
        kept = list_answers(begun.id, found)
        to_answer = still_open(whole, found, begun.read, kept)
        answers = {**kept, **{name: given for name, given in answers.items() if name == incomplete}}
    opened_at = opened_mark(begun, now()) if begun else ""
    standing_alike: Hashable = None
    if begun:
        standing_alike = (begun.place, begun.is_paced, begun.is_tested_out, begun.read, to_answer)
    page = shared_page(
        (whole.slug, found.id, is_learner, standing_alike),
        lambda: _lesson_page(whole, found, is_learner, begun, to_answer),
        {
            "body": _body(whole, found, answers, is_learner, begun, opened_at) if found.questions else found.html,
            "opened_at": opened_at,
        },
    )
    return page, 422 if incomplete in answers else 200


@blueprint.post("/courses/<course>/<module>/<lesson>/completions")
@access(Who.LEARNER)
def complete_lesson(course: str, module: str, lesson: str) -> Response:
    """Mark a lesson as read, credit the time it was open, and go on to the next."""
    whole, found = get_lesson(course, module, lesson)
    user_id, at = current_user.id, now()
    with transaction():
        enrollment = get_enrollment(user_id, whole.slug)
        opened_at = read_mark(enrollment, request.form.get("opened_at"))
        if opened_at is not None:
            operations.credit_activity(enrollment, opened_at, longest_reading(found.file.minutes), at)
        operations.mark_as_read(enrollment, whole, found, at)
        operations.complete(enrollment, whole, current_app.config["SETTINGS"].is_local, at)
        following = whole.neighbors(found.id, enrollment.place)[1]
        asks = following is not None and wants_place(whole, enrollment, standing(enrollment, whole), following)
    if asks:
        return go(url_for(".place", course=whole.slug))
    return go(_lesson_url(whole, following) if following else url_for(".show_course", course=whole.slug))


@blueprint.route("/courses/<course>/place", methods=["GET", "POST"])
@access(Who.LEARNER)
def place(course: str) -> Response | str | tuple[str, int]:
    """Ask where the learner works, which decides what they read, and what they practice first."""
    whole, user_id = get_course(course), current_user.id
    if whole.choice is None:
        raise NotFound
    enrollment = find_enrollment(user_id, whole.slug)
    if enrollment is None:
        return go(url_for(".show_course", course=whole.slug))  # which says how to start
    form = PlaceForm(whole.choice.lessons, place=enrollment.place)
    if form.validate_on_submit():
        lesson = whole.lesson_at(form.place.data)
        assert lesson is not None  # it is one of the choices
        with transaction():
            operations.choose_place(get_enrollment(user_id, whole.slug), lesson)
        return go(safe_path(request.args.get("next"), _lesson_url(whole, lesson)))
    status = 422 if form.is_submitted() else 200
    return render_template("learning/place.html", course=whole, form=form), status


@blueprint.post("/courses/<course>/activity")
@access(Who.LEARNER)
@unattended
def activity(course: str) -> Response:
    """Credit the time since the page's last beat, and return the mark for the next one.

    With `away=1` nothing is credited: the page was hidden, and only a fresh mark is asked for.
    """
    whole, user_id, at = get_course(course), current_user.id, now()
    with transaction():
        enrollment = get_enrollment(user_id, whole.slug)
        opened_at = read_mark(enrollment, request.form.get("opened_at"))
        if opened_at is None:
            raise Invalid(_l("This page was open too long. Reload it."))
        if request.form.get("away") != "1":
            operations.credit_activity(enrollment, opened_at, LONGEST_BEAT, at)
        mark = opened_mark(enrollment, at)
    return jsonify(opened_at=mark)


@blueprint.route("/courses/<course>/name", methods=["GET", "POST"])
@access(Who.ACCOUNT)
def certificate_name(course: str) -> Response | str | tuple[str, int]:
    """Ask for the name as it shall stand on the certificate."""
    whole, user_id = get_course(course), current_user.id
    form = NameForm(certificate_name=current_user.certificate_name)
    if form.validate_on_submit():
        try:
            with transaction():
                name_for_certificate(user_id, str(form.certificate_name.data))
        except Invalid as error:
            form.certificate_name.errors = [error.message]
        else:
            return go(safe_path(request.args.get("next"), url_for("learning.show_course", course=whole.slug)))
    status = 422 if form.is_submitted() else 200
    return render_template("learning/name.html", course=whole, form=form), status


@blueprint.route("/courses/<course>/attestation", methods=["GET", "POST"])
@access(Who.ACCOUNT)
def attestation(course: str) -> Response | str | tuple[str, int]:
    """Ask to sign the sentence that the course asks for before its final."""
    whole, user_id = get_course(course), current_user.id
    enrollment = find_enrollment(user_id, whole.slug)
    if enrollment is None or not enrollment.asks.attestation:
        return go(way_to("final", course=whole.slug))  # which says what comes first
    form = AttestationForm()
    if form.validate_on_submit():
        with transaction():
            enrollment = get_enrollment(user_id, whole.slug)
            operations.attest(enrollment, str(form.attested_as.data), now())
            # The final may be passed already: the sentence was asked for later.
            operations.complete(enrollment, whole, current_app.config["SETTINGS"].is_local, now())
        return go(way_to("final", course=whole.slug))
    status = 422 if form.is_submitted() else 200
    return render_template("learning/attestation.html", course=whole, enrollment=enrollment, form=form), status


def _body(
    whole: Course, found: Lesson, answers: Mapping[str, Given], is_learner: bool, begun: Begun | None, opened_at: str
) -> str:
    """Return the text of a lesson with its questions. What follows one is closed until it is answered, or was read."""
    opens_all = request.args.get("open") == "all" or (begun is not None and found.id in begun.read)
    return render_template(
        "learning/_body.html",
        course=whole,
        lesson=found,
        asked=ask(found, answers, incomplete=request.args.get("incomplete"), opens_all=opens_all),
        answers=request.args.get("answers"),
        is_learner=is_learner,
        opened_at=opened_at,
    )


def _lesson_page(
    whole: Course, found: Lesson, is_learner: bool, begun: Begun | None, to_answer: tuple[str, ...]
) -> str:
    where = path_of(whole, begun.place, begun.read, is_tested_out=begun.is_tested_out) if begun else None
    need = where.find(found.id) if where else None
    previous, following = whole.neighbors(found.id, begun.place if begun else None)
    return render_template(
        "learning/lesson.html",
        is_learner=is_learner,
        course=whole,
        lesson=found,
        translation=served_in(language_tag()).standing(found),
        body=hole("body"),
        to_answer=[
            (number, place_of(one.id)) for number, one in enumerate(found.questions, start=1) if one.id in to_answer
        ],
        module=next(one for one in whole.modules if one.slug == found.module_slug),
        previous=previous,
        following=following,
        asks_place=bool(begun and where and following and wants_place(whole, begun, where, following)),
        workplace=whole.lesson_at(begun.place) if begun else None,
        cards=served().cards,
        is_enrolled=begun is not None,
        standing=where,
        need=need,
        is_read=begun is not None and found.id in begun.read,
        opened_at=hole("opened_at"),
        comes_first=where.comes_first(found.id) if begun and where and begun.is_paced else None,
    )


def _standing(course: Course) -> tuple[Enrollment | None, Standing | None]:
    if not current_user.is_authenticated:
        return None, None
    enrollment = find_enrollment(current_user.id, course.slug)
    return (enrollment, standing(enrollment, course)) if enrollment else (None, None)


def _workplace(course: Course, enrollment: Enrollment | None) -> Lesson | None:
    return course.lesson_at(enrollment.place) if enrollment else None


def _credential(enrollment: Enrollment | None) -> Credential | None:
    if enrollment is None or enrollment.credential_id is None:
        return None
    return find_credential(enrollment.user_id, enrollment.course, enrollment.cycle)


def _lesson_url(course: Course, lesson: Lesson) -> str:
    return url_for("learning.show_lesson", course=course.slug, module=lesson.module_slug, lesson=lesson.slug)
