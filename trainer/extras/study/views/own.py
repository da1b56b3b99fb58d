"""What someone who is invited reads and agrees to, and what comes next for those who take part."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment.queries import get_attempt, has_passed
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotYet
from trainer.extras.study.forms import ConsentForm
from trainer.extras.study.operations import agree, start_second, withdraw
from trainer.extras.study.queries import OwnTrial, get_own
from trainer.extras.study.rules import Arm
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.redirects import go

blueprint = Blueprint("studies", __name__, template_folder="../templates")


@blueprint.get("/studies/<uuid:trial_id>")
@access(Who.ACCOUNT, own=True)
def show(trial_id: UUID) -> str:
    """Explain the study and ask whether someone takes part; to those who do, say what comes next."""
    own = get_own(current_user.id, trial_id, served(), now())
    if own.person is None:
        return _asking(own, ConsentForm(formdata=None))
    return render_template("study/taking_part.html", own=own, waits=own.person.arm == Arm.LATER, form=Form())


@blueprint.post("/studies/<uuid:trial_id>/participation")
@access(Who.ACCOUNT, own=True)
def participate(trial_id: UUID) -> Response | tuple[str, int]:
    """Take part, and go on to the first set of scenes."""
    user_id, form = current_user.id, ConsentForm()
    own = get_own(user_id, trial_id, served(), now())
    if own.person is not None:
        return go(url_for("studies.show", trial_id=trial_id))
    if not form.validate_on_submit():
        return _asking(own, form), 422
    with transaction():
        attempt_id = agree(user_id, trial_id, served(), now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.route("/studies/<uuid:trial_id>/withdrawal", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
def leave(trial_id: UUID) -> Response | str:
    """Ask, then stop taking part."""
    form, user_id = Form(), current_user.id
    if not form.validate_on_submit():
        own = get_own(user_id, trial_id, served(), now())
        return render_template("study/withdrawal.html", own=own, form=form)
    with transaction():
        withdraw(user_id, trial_id, served(), now())
    flash(_("You no longer take part. Your answers won’t be used."))
    return go(url_for("studies.show", trial_id=trial_id))


@blueprint.post("/studies/<uuid:trial_id>/second-form")
@access(Who.ACCOUNT, own=True)
def second(trial_id: UUID) -> Response:
    """Start the second set of scenes, or go on with it."""
    user_id = current_user.id
    with transaction():
        attempt_id = start_second(user_id, trial_id, served(), now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/second-counts")
@access(Who.LEARNER, own=True)
def counts(attempt_id: UUID) -> Response | str:
    """Thank someone for the second set, and say how many were right once they have passed a final."""
    attempt = get_attempt(current_user.id, attempt_id)
    if attempt.kind != Kind.RETEST:
        return go(url_for("assessment.attempt", attempt_id=attempt_id))
    if attempt.tally is None:
        raise NotYet(_("This isn’t handed in yet."))
    after = RightOf.of(Tally.read(attempt.tally))
    return render_template("study/counts.html", after=after, is_told=has_passed(current_user.id))


def _asking(own: OwnTrial, form: ConsentForm) -> str:
    assert own.course.file.pretest is not None
    return render_template("study/consent.html", own=own, form=form, scenes=own.course.file.pretest.scenes)
