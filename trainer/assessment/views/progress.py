"""My progress: a page of one's own. Nobody else sees it, and of scenes kept closed it has counts only."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import is_shut, shut_before
from trainer.assessment import words
from trainer.assessment.check_ins import list_done
from trainer.assessment.picture import draw
from trainer.assessment.progress import find_progress
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.clock import today
from trainer.learning.queries import list_enrollments
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("progress", __name__, template_folder="../templates")


@blueprint.get("/progress")
@access(Who.LEARNER)
def show() -> str:
    """Show how someone judges: over time, by category, and when certain."""
    course = _course()
    return render_template(
        "assessment/progress.html",
        course=course,
        progress=find_progress(current_user.id, served(), course, shut_before()),
        check_ins_done=[done for done in list_done(current_user.id) if not is_shut(done[0].started_at)],
        icons=served().icons,
        words=words,
    )


@blueprint.get("/progress/picture.png")
@access(Who.LEARNER)
def picture() -> Response:
    """Return a picture of the newest result for its owner to share, with `name` the one of their certificates."""
    shared = find_progress(current_user.id, served(), None, shut_before()).to_share
    if shared is None:
        return go(url_for(".show"))  # which says that there is nothing to show
    name = current_user.certificate_name or "" if request.args.get("name") == "y" else ""
    response = make_response(draw(shared, name, served(), today()))
    response.mimetype = "image/png"
    response.headers["Content-Disposition"] = "attachment; filename=result.png"
    return response


def _course() -> Course:
    """Return the course that was begun last, or else the one whose first try is offered."""
    content = served()
    begun = (content.courses.get(enrollment.course) for enrollment in list_enrollments(current_user.id))
    return next((course for course in begun if course is not None), content.courses[content.site.first_try])
