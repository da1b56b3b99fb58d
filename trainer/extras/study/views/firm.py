"""A firm's page of its study: setting it up, how many take part, its protocol, closing it, what it found."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.extras.study.figures import count_figures
from trainer.extras.study.forms import TrialForm
from trainer.extras.study.operations import close_trial, open_trial, set_up
from trainer.extras.study.protocol import draw_protocol
from trainer.extras.study.queries import count_shown, find_protocol, get_trial, list_courses, list_protocols
from trainer.extras.study.rules import Arm, earliest_due
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.paper import pdf_answer
from trainer.web.redirects import go

blueprint = Blueprint("trials", __name__, template_folder="../templates", url_prefix="/organizations")


@blueprint.get("/<uuid:organization_id>/study")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def show(actor: Actor) -> str:
    """Show where the firm's study stands; without one, there is no such page."""
    trial = get_trial(actor)
    figures = count_figures(trial) if trial.closed_at else None
    return render_template(
        "study/trial.html",
        actor=actor,
        trial=trial,
        course=served().courses.get(trial.course or ""),
        shown=count_shown(trial) if trial.opened_at else None,
        due_on=earliest_due(trial.enroll_until) if trial.enroll_until else None,
        versions=list_protocols(trial),
        figures=figures.is_shown if figures else None,
        arms=Arm,
    )


@blueprint.route("/<uuid:organization_id>/study/facts", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def change(actor: Actor) -> Response | str | tuple[str, int]:
    """Set the study up, or change what may still be changed."""
    trial = get_trial(actor)
    form = TrialForm(obj=trial)
    form.course.choices = [(course.slug, course.file.title) for course in list_courses(served())]
    if form.validate_on_submit():
        with form.refusing("contact"), transaction():
            set_up(actor, get_trial(actor), form.facts, served(), now())
        if not form.errors:
            flash(_("Saved."))
            return go(url_for(".show", organization_id=actor.organization_id))
    page = render_template("study/facts.html", actor=actor, trial=trial, form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/<uuid:organization_id>/study/opening", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def start(actor: Actor) -> Response | str:
    """Ask, then freeze the protocol and invite everyone."""
    form, trial = Form(), get_trial(actor)
    if not form.validate_on_submit():
        if trial.enroll_until is None:
            return go(url_for(".change", organization_id=actor.organization_id))
        due_on = earliest_due(trial.enroll_until)
        return render_template("study/opening.html", actor=actor, trial=trial, form=form, due_on=due_on)
    with transaction():
        open_trial(actor, get_trial(actor), served(), now())
    flash(_("The study is open. People at your firm see the invitation on “My course.”"))
    return go(url_for(".show", organization_id=actor.organization_id))


@blueprint.route("/<uuid:organization_id>/study/closing", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def close(actor: Actor) -> Response | str:
    """Ask, then close the study for good."""
    form, trial = Form(), get_trial(actor)
    if not form.validate_on_submit():
        return render_template("study/closing.html", actor=actor, trial=trial, form=form)
    with transaction():
        close_trial(get_trial(actor), now(), actor.user_id)
    flash(_("The study is closed."))
    return go(url_for(".show", organization_id=actor.organization_id))


@blueprint.get("/<uuid:organization_id>/study/protocol-<int:version>.txt")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def protocol_text(actor: Actor, version: int) -> Response:
    """Give a version of the protocol as text, to the letter of which its digest is made."""
    protocol = find_protocol(get_trial(actor), version)
    if protocol is None:
        raise NotFound
    answer = Response(protocol.text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="protocol-{version}.txt"'
    return answer


@blueprint.get("/<uuid:organization_id>/study/protocol-<int:version>.pdf")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def protocol_pdf(actor: Actor, version: int) -> Response:
    """Give a version of the protocol as a PDF."""
    protocol = find_protocol(get_trial(actor), version)
    if protocol is None:
        raise NotFound
    return pdf_answer(f"protocol-{version}", draw_protocol(protocol))
