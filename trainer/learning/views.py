"""The course page and the lesson page of every reader, and what a learner does there."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.forms import NameForm
from trainer.accounts.operations import name_for_certificate
from trainer.content.library import Content, Course, Lesson
from trainer.content.serving import get_course, get_lesson, served, served_in
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Invalid, NotFound
from trainer.core.feature import ask
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_credential
from trainer.learning import operations
from trainer.learning.activity import credit_reading, opened_mark, read_mark
from trainer.learning.forms import AttestationForm, PlaceForm
from trainer.learning.models import Enrollment
from trainer.learning.page import lesson_page
from trainer.learning.queries import (
    find_enrollment,
    get_enrollment,
    lessons_again,
    path_of,
    standing,
    taken,
    wants_place,
)
from trainer.learning.questions import read_carried
from trainer.learning.rules import LONGEST_BEAT, CourseProgress, longest_reading
from trainer.web.access import Who, access, unattended
from trainer.web.language import language_tag
from trainer.web.page_cache import cached_page
from trainer.web.redirects import go, safe_path
from trainer.web.ways import way_to

blueprint = Blueprint("learning", __name__, template_folder="templates")


@blueprint.get("/courses/<course>")
@access(Who.PUBLIC)
@cached_page
def show_course(course: str) -> str:
    """Show a course with its modules, and where the learner stands."""
    language = language_tag()
    whole = get_course(course, language)
    enrollment, where = _standing(whole)
    return render_template(
        "learning/course.html",
        course=taken(whole, enrollment) if enrollment else whole,
        translation=served_in(language).standing(
            "vocabulary.yaml", *whole.own_files, *whole.module_files, *whole.lessons
        ),
        enrollment=enrollment,
        standing=where,
        credential=_credential(enrollment),
        earlier=_earlier(enrollment),
        workplace=_workplace(whole, enrollment),
        path=path_of(taken(whole, enrollment) if enrollment else whole, None, ()),
        cards=served().cards,
    )


@blueprint.post("/courses/<course>/enrollments")
@access(Who.LEARNER, begins=True)
def enroll(course: str) -> Response:
    """Start a course, at its first lesson or at the one that is being read."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        operations.enroll(user_id, whole, now())
    following = safe_path(request.form.get("next"), _lesson_url(whole, whole.first_lesson))
    # Its page goes on at once where none is due.
    if whole.file.pretest is not None and ask("is_taught", user_id, whole.slug):
        return go(way_to("pretest", course=whole.slug, next=following))
    return go(following)


@blueprint.get("/courses/<course>/<module>/<lesson>")
@access(Who.PUBLIC)
@cached_page
def show_lesson(course: str, module: str, lesson: str) -> tuple[str, int]:
    """Show a lesson and what was answered in it. Without an enrollment this leaves no cookie and no row."""
    try:
        whole, loaded_lesson = get_lesson(course, module, lesson, language_tag())
    except NotFound:
        there = [
            other.region for other in served().regions.values() if _has_lesson(other, course, f"{module}/{lesson}")
        ]
        if not there:
            raise
        return render_template("learning/elsewhere.html", regions=there, course=served().courses.get(course)), 404
    carrying = read_carried(whole, loaded_lesson, request.args.get("answers"))
    return lesson_page(whole, loaded_lesson, carrying, request.args.get("incomplete"))


@blueprint.post("/courses/<course>/<module>/<lesson>/completions")
@access(Who.LEARNER, begins=True)
def complete_lesson(course: str, module: str, lesson: str) -> Response:
    """Mark a lesson as read, credit the time it was open, and go on to the next."""
    whole, loaded_lesson = get_lesson(course, module, lesson)
    user_id, at = current_user.id, now()
    with transaction():
        enrollment = get_enrollment(user_id, whole.slug)
        whole = taken(whole, enrollment)
        if whole.lesson(loaded_lesson.id) is None:  # one of those for renewing
            raise NotFound
        mark, longest = request.form.get("opened_at"), longest_reading(loaded_lesson.file.minutes)
        credit_reading(enrollment, loaded_lesson, mark, longest, at)
        is_named = loaded_lesson.id in lessons_again(enrollment.id, whole, at)[0]
        operations.mark_as_read(enrollment, whole, loaded_lesson, at)
        left = lessons_again(enrollment.id, whole, at)[0]
        operations.complete(enrollment, whole, current_app.config["SETTINGS"].is_local, at)
        following = whole.neighbors(loaded_lesson.id, enrollment.place)[1]
        asks = following is not None and wants_place(whole, enrollment, standing(enrollment, whole), following)
    if is_named:
        again = next((named for named in map(whole.lesson, left) if named), None)
        return go(_lesson_url(whole, again) if again else url_for(".show_course", course=whole.slug))
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
    pictures = {lesson.slug: lesson.picture for lesson in whole.choice.lessons}
    return render_template("learning/place.html", course=whole, form=form, pictures=pictures), status


@blueprint.post("/courses/<course>/activity")
@access(Who.LEARNER)
@unattended
def activity(course: str) -> Response:
    """Credit the time since the last beat of a lesson's page, and return the mark for the next one.

    With `away=1` nothing is credited: the page was hidden, and only a fresh mark is asked for.
    """
    whole, user_id, at = get_course(course), current_user.id, now()
    with transaction():
        enrollment = get_enrollment(user_id, whole.slug)
        mark = request.form.get("opened_at")
        opened = read_mark(enrollment, mark)
        lesson = whole.lesson(opened.page) if opened else None
        if lesson is None:
            raise Invalid(_l("This page was open too long. Reload it."))
        if request.form.get("away") != "1":
            credit_reading(enrollment, lesson, mark, LONGEST_BEAT, at)
        following = opened_mark(enrollment, lesson.id, at)
    return jsonify(opened_at=following)


@blueprint.route("/courses/<course>/name", methods=["GET", "POST"])
@access(Who.ACCOUNT)
def certificate_name(course: str) -> Response | str | tuple[str, int]:
    """Ask for the name that the certificate will show."""
    whole, user_id = get_course(course), current_user.id
    form = NameForm(certificate_name=current_user.certificate_name)
    if form.validate_on_submit():
        with form.refusing("certificate_name"), transaction():
            name_for_certificate(user_id, str(form.certificate_name.data))
        if not form.errors:
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


def _has_lesson(content: Content, course: str, lesson: str) -> bool:
    return course in content.courses and content.courses[course].lesson(lesson) is not None


def _standing(course: Course) -> tuple[Enrollment | None, CourseProgress | None]:
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


def _earlier(enrollment: Enrollment | None) -> Credential | None:
    """Return the credential that an enrollment renews."""
    if enrollment is None or enrollment.cycle == 1 or enrollment.completed_at is not None:
        return None
    return find_credential(enrollment.user_id, enrollment.course, enrollment.cycle - 1)


def _lesson_url(course: Course, lesson: Lesson) -> str:
    return url_for("learning.show_lesson", course=course.slug, module=lesson.module_slug, lesson=lesson.slug)
