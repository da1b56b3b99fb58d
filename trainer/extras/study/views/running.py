"""A firm's or a class's page of its study: setting it up, how many take part, its protocol, closing it, what it found.

Each page has two addresses, and looks like the firm's other pages or like the class's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

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
from trainer.extras.study.queries import Host, count_shown, find_protocol, get_trial, list_courses, list_protocols
from trainer.extras.study.rules import Arm, earliest_due
from trainer.instructing.access import teaching
from trainer.instructing.queries import TeachingContext
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.paper import pdf_answer
from trainer.web.redirects import go

of_firm = Blueprint("trials", __name__, template_folder="../templates", url_prefix="/organizations")
of_class = Blueprint("class_trials", __name__, template_folder="../templates", url_prefix="/cohorts")
View = Callable[..., Any]


class Runner:
    """Who sets up and follows a study: an owner of the firm, or the instructor of the class."""

    def __init__(self, actor: Actor | None, context: TeachingContext | None) -> None:
        """Take who was let in: to a firm, or to a class."""
        self.actor, self.context = actor, context
        self.host = Host(actor.organization if actor else None, context.cohort if context else None)
        self.user_id: UUID = (context or actor).user_id  # type: ignore[union-attr]

    @property
    def layout(self) -> str:
        """The template that the pages extend."""
        return "study/_in_class.html" if self.context else "study/_in_firm.html"

    @property
    def sets_due_days(self) -> bool:
        """True unless due days of a firm depend on it, which its owners alone answer for."""
        return self.actor is None or self.actor.may(May.SET_FIRM)

    def address(self, page: str, **values: Any) -> str:
        """Return the address of one of the pages."""
        if self.context:
            return url_for(f"class_trials.{page}", cohort_id=self.context.cohort.id, **values)
        return url_for(f"trials.{page}", organization_id=self.host.firm_id, **values)

    def show(self, template: str, **values: Any) -> str:
        """Return a page."""
        return render_template(template, run=self, actor=self.actor, context=self.context, **values)


def page(rule: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Serve the view below at the address of a firm's study, and at that of a class's."""

    def declare(view: View) -> View:
        @of_firm.route(f"/<uuid:organization_id>/study{rule}", endpoint=view.__name__, methods=methods)
        @access(Who.ACCOUNT, own=True)
        @acting(May.SET_FIRM)
        @wraps(view)
        def in_firm(actor: Actor, **values: Any) -> Any:
            return view(Runner(actor, None), **values)

        @of_class.route(f"/<uuid:cohort_id>/study{rule}", endpoint=view.__name__, methods=methods)
        @access(Who.ACCOUNT, own=True)
        @teaching
        @wraps(view)
        def in_class(context: TeachingContext, **values: Any) -> Any:
            return view(Runner(context.actor, context), **values)

        return view

    return declare


@page("")
def show(run: Runner) -> str:
    """Show where the study stands; without one, there is no such page."""
    trial = get_trial(run.host)
    figures = count_figures(trial) if trial.closed_at else None
    return run.show(
        "study/trial.html",
        trial=trial,
        course=served().courses.get(trial.course or ""),
        shown=count_shown(trial, run.host) if trial.opened_at else None,
        due_on=earliest_due(trial.enroll_until) if trial.enroll_until else None,
        versions=list_protocols(trial),
        figures=figures.is_shown if figures else None,
        arms=Arm,
    )


@page("/facts", ("GET", "POST"))
def change(run: Runner) -> Response | str | tuple[str, int]:
    """Set the study up, or change what may still be changed."""
    trial = get_trial(run.host)
    if trial.opened_at and not run.sets_due_days:
        raise NotFound
    form = TrialForm(obj=trial)
    form.course.choices = [(course.slug, course.file.title) for course in list_courses(served(), run.host)]
    if form.validate_on_submit():
        with form.refusing("contact"), transaction():
            set_up(run.user_id, get_trial(run.host), form.facts, served(), now())
        if not form.errors:
            flash(_("Saved."))
            return go(run.address("show"))
    shown = run.show("study/facts.html", trial=trial, form=form)
    return (shown, 422) if form.is_submitted() else shown


@page("/opening", ("GET", "POST"))
def start(run: Runner) -> Response | str:
    """Ask, then freeze the protocol and invite everyone."""
    form, trial = Form(), get_trial(run.host)
    if not run.sets_due_days:
        raise NotFound
    if not form.validate_on_submit():
        if trial.enroll_until is None:
            return go(run.address("change"))
        return run.show("study/opening.html", trial=trial, form=form, due_on=earliest_due(trial.enroll_until))
    with transaction():
        open_trial(run.user_id, get_trial(run.host), served(), now())
    if run.context:
        flash(_("The study is open. People in your class see the invitation on “My course.”"))
    else:
        flash(_("The study is open. People at your firm see the invitation on “My course.”"))
    return go(run.address("show"))


@page("/closing", ("GET", "POST"))
def close(run: Runner) -> Response | str:
    """Ask, then close the study for good."""
    form, trial = Form(), get_trial(run.host)
    if not form.validate_on_submit():
        return run.show("study/closing.html", trial=trial, form=form)
    with transaction():
        close_trial(get_trial(run.host), now(), run.user_id)
    flash(_("The study is closed."))
    return go(run.address("show"))


@page("/protocol-<int:version>.txt")
def protocol_text(run: Runner, version: int) -> Response:
    """Give a version of the protocol as text, to the letter of which its digest is made."""
    protocol = find_protocol(get_trial(run.host), version)
    if protocol is None:
        raise NotFound
    answer = Response(protocol.text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="protocol-{version}.txt"'
    return answer


@page("/protocol-<int:version>.pdf")
def protocol_pdf(run: Runner, version: int) -> Response:
    """Give a version of the protocol as a PDF."""
    protocol = find_protocol(get_trial(run.host), version)
    if protocol is None:
        raise NotFound
    return pdf_answer(f"protocol-{version}", draw_protocol(protocol))
